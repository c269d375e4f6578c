"""Which forge a repository is on, where its API is, and which token may go there.

`config.yaml` is in the repository, and a pull request may change it. So it may say where the API
is, but a token only goes to a host that git's remotes or the environment name as well.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from changenote.errors import ForgeFailed
from changenote.forge import github
from changenote.forge.address import Address, parsed
from changenote.forge.api import Forge
from changenote.forge.credential import Credential
from changenote.forge.gitea import Gitea
from changenote.forge.github import GitHub
from changenote.forge.gitlab import GitLab
from changenote.forge.http import Client
from changenote.forge.links import Repository
from changenote.forge.runs import Runs
from changenote.model.redaction import redact
from changenote.records import record

Environment = Mapping[str, str]

_NAMED_BY = {
    "github": ("GITHUB_SERVER_URL", "GITHUB_API_URL", "GH_HOST"),
    "gitlab": ("CI_SERVER_URL", "CI_API_V4_URL", "GITLAB_HOST"),
    "gitea": ("GITEA_SERVER_URL", "GITHUB_SERVER_URL", "GITHUB_API_URL"),
}
"""Variables with a host to which a token may go; pipelines set most of them."""
_API = {
    "github": ("GITHUB_SERVER_URL", "GITHUB_API_URL"),
    "gitlab": ("CI_SERVER_URL", "CI_API_V4_URL"),
    "gitea": ("GITHUB_SERVER_URL", "GITHUB_API_URL"),
}
"""Variables of a pipeline with the server, and with the API of that server."""
_VERSION = {"github": "/api/v3", "gitlab": "/api/v4", "gitea": "/api/v1"}
_PUBLIC = {"github": "github.com", "gitlab": "gitlab.com", "gitea": "codeberg.org"}
_OWN = ".ghe.com"


@record
class Wanted:
    """A repository, and what the team's config and git say of its forge.

    `api` is the API's address and `token_variable` the variable with the token, if they are
    configured. `remotes` are the addresses of the repository's remotes.
    """

    repository: Repository
    environment: Environment
    api: str | None = None
    token_variable: str | None = None
    remotes: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host of the repository's address."""
        return _host(self.repository.web)


def connected(wanted: Wanted) -> Forge:
    """The forge, ready to be asked. Raises `ForgeFailed` without a token that may go there."""
    forge = wanted.repository.forge
    client = _client(wanted)
    path = _path(wanted, client.address)
    if forge == "gitlab":
        return GitLab(client, path)
    return GitHub(client, path) if forge == "github" else Gitea(client, path)


def runs(wanted: Wanted) -> Runs:
    """The runs of GitHub's pipelines, ready to be asked. Raises `ForgeFailed` as `connected`."""
    if wanted.repository.forge != "github":
        raise ForgeFailed(
            f"no run of a pipeline on {wanted.repository.forge} can be asked for",
            expected="a workflow of GitHub Actions",
            retry="safe, nothing was sent",
            hint="`changenote pr comment --pr NUMBER` needs no run.",
        )
    client = _client(wanted)
    return Runs(client, _path(wanted, client.address))


def _client(wanted: Wanted) -> Client:
    forge = wanted.repository.forge
    if forge not in _VERSION:
        raise ForgeFailed(
            f"changenote cannot talk to {forge}",
            expected="GitHub, GitLab, Gitea or Forgejo",
            hint="If it is another one, `forge:` in config.yaml says which.",
        )
    address = api_address(wanted)
    credential = _credential(wanted)
    _refuse_strangers(wanted, address, credential)
    headers = github.HEADERS if forge == "github" else {}
    return Client(address, credential=credential, headers=headers, is_plain_fine=True)


def api_address(wanted: Wanted) -> Address:
    """Where the API is: as configured, as the pipeline says, or where such a forge has it."""
    forge, host = wanted.repository.forge, wanted.host
    server, api = (wanted.environment.get(name, "") for name in _API[forge])
    if wanted.api:
        base = wanted.api
    elif api and _host(server) == host:
        base = api
    elif forge == "github" and (host == _PUBLIC[forge] or host.endswith(_OWN)):
        base = f"https://api.{host}"
    else:
        parts = urlsplit(wanted.repository.web)
        base = f"{parts.scheme}://{parts.netloc}{_VERSION[forge]}"
    address = parsed(base)
    if address is None:
        raise ForgeFailed(
            f"{redact(base)!r} is no address of an API",
            expected="something like https://git.example/api/v4, without name and password",
            hint="`api:` in config.yaml sets it.",
        )
    return address


def _path(wanted: Wanted, address: Address) -> str:
    """The repository on its forge, which may not be at the top of its host."""
    path = urlsplit(wanted.repository.web).path.strip("/")
    if wanted.repository.forge != "gitlab":
        return "/".join(path.split("/")[-2:])
    top = address.path.removesuffix(_VERSION["gitlab"]).strip("/")
    return path.removeprefix(f"{top}/") if top else path


def _credential(wanted: Wanted) -> Credential:
    names = tuple(_variables(wanted))
    for name in names:
        if token := wanted.environment.get(name):
            header, before = _header(wanted.repository.forge, name)
            return Credential(token, source=name, header=header, before=before)
    raise ForgeFailed(
        f"there is no token for {wanted.host}",
        expected=f"a token in {' or '.join(names)}",
        retry="safe, nothing was sent",
        hint=_WHENCE[wanted.repository.forge].format(name=names[0], host=wanted.host),
    )


_WHENCE = {
    "github": "Where `gh` is logged in: {name}=$(gh auth token --hostname {host}) before the"
    " command.",
    "gitlab": "A project access token with the scope `api` will do; CI_JOB_TOKEN will not.",
    "gitea": "An access token with the scopes `write:issue` and `write:repository` will do.",
}


def _variables(wanted: Wanted) -> Iterable[str]:
    """The variables that may have the token for this host, the best first."""
    if wanted.token_variable:
        yield wanted.token_variable
        return
    forge, host, environment = wanted.repository.forge, wanted.host, wanted.environment
    is_pipeline = _host(environment.get("GITHUB_SERVER_URL", "")) == host
    if forge == "github" and (host == _PUBLIC["github"] or host.endswith(_OWN)):
        yield from ("GH_TOKEN", "GITHUB_TOKEN")
    elif forge == "github":
        yield from ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
        yield from ("GH_TOKEN", "GITHUB_TOKEN") if is_pipeline else ()
    elif forge == "gitlab":
        yield from ("GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN")
        is_job = _host(environment.get("CI_SERVER_URL", "")) == host
        yield from ("CI_JOB_TOKEN",) if is_job else ()
    else:
        yield from ("GITEA_TOKEN", "FORGEJO_TOKEN")
        yield from ("GITHUB_TOKEN",) if is_pipeline else ()


def _header(forge: str, variable: str) -> tuple[str, str]:
    """The header that a token goes into, and what stands before it there."""
    if variable == "CI_JOB_TOKEN":
        return "JOB-TOKEN", ""  # GitLab takes it in no other
    # Not GitLab's own PRIVATE-TOKEN: this one is dropped by whatever follows a redirect elsewhere.
    return "Authorization", ("token " if forge == "gitea" else "Bearer ")


def _refuse_strangers(wanted: Wanted, address: Address, credential: Credential) -> None:
    """Raise unless the token may go to this host, and by http only where git goes by http too."""
    known = dict(_trusted(wanted))
    scheme = known.get(address.host)
    if scheme and (address.scheme == "https" or address.is_loopback or scheme == "http"):
        return
    named = _NAMED_BY[wanted.repository.forge][0]
    why = "over plain http" if scheme else "which only config.yaml names"
    raise ForgeFailed(
        f"the token in {credential.source} is not sent to {address.name}, {why}",
        expected="an https:// address on a host that a git remote or the environment names too",
        retry="safe, nothing was sent",
        hint=f"If it is right: {named}={address.scheme}://{address.name} in the environment.",
    )


def _trusted(wanted: Wanted) -> Iterable[tuple[str, str]]:
    """Hosts that a token may go to, with the scheme by which they are named."""
    public = _PUBLIC[wanted.repository.forge]
    for remote in wanted.remotes:
        if host := _host(remote):
            scheme = remote.partition("://")[0]
            yield host, scheme
            yield f"api.{host}", scheme
    for name in _NAMED_BY[wanted.repository.forge]:
        value = wanted.environment.get(name, "")
        address = value if "://" in value else f"https://{value}"
        if host := _host(address):
            yield host, address.partition("://")[0]
    yield public, "https"
    yield f"api.{public}", "https"


def _host(address: str) -> str:
    """The host in an address; empty when there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
