"""What `init --ci` writes: the pipelines that look for a note and tell of it."""

from collections.abc import Iterable, Iterator, Mapping

from changenote import __version__
from changenote.cli import console
from changenote.cli.setting_up import Change, Found, existing, rendered
from changenote.store.emitting import scalar

SYSTEMS = ("github", "gitlab", "gitea")

_GITLAB_OWN, _GITLAB = ".gitlab-ci.yml", ".gitlab/changenote.gitlab-ci.yml"
_GITEA, _FORGEJO = ".gitea/workflows/changenote.yml", ".forgejo/workflows/changenote.yml"
_WHEEL = f"tools/changenote_kb-{__version__}-py3-none-any.whl"
_WHEELS = "changenote_kb-*.whl"

# Actions by the hash of what their tag named when it was looked at: a tag can be moved.
PINNED = {
    "checkout": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "setup_python": "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
    "upload_artifact": "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
}
# Gitea and Forgejo look for short names in different places; older runners know Node 20 alone.
_ELSEWHERE = "https://github.com/actions"
PINNED_ELSEWHERE = {
    "checkout": f"{_ELSEWHERE}/checkout@34e114876b0b11c390a56381ad16ebd13914f8d5 # v4.3.1",
    "setup_python": f"{_ELSEWHERE}/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0",
}

_FILES: Mapping[str, Mapping[str, str]] = {
    "github": {
        ".github/workflows/changenote-check.yml": "ci/github-check.yml.j2",
        ".github/workflows/changenote-tell.yml": "ci/github-tell.yml.j2",
    },
    "gitlab": {_GITLAB: "ci/gitlab.yml.j2"},
    "gitea": {_GITEA: "ci/gitea.yml.j2"},
}


def changes(found: Found, system: str) -> Iterator[Change]:
    """The files for one system; those that are there stay as they are."""
    for name, template in _FILES[system].items():
        path = found.root / (_FORGEJO if name == _GITEA and _is_forgejo(found) else name)
        old = existing(path)
        yield Change(path, old, old if old is not None else _written(template, found))
    if system == "gitlab":
        yield from _included(found)


def _is_forgejo(found: Found) -> bool:
    """Is it Forgejo, which looks into a folder of its own? Its address alone does not say."""
    host = found.forge.web.partition("://")[2] if found.forge else ""
    return host.startswith("codeberg.org/") or (found.root / ".forgejo").is_dir()


def _written(template: str, found: Found) -> str:
    branch = scalar(found.default_branch)
    return pipeline(template, _installed(found), default_branch=branch)


def pipeline(
    template: str, install: str, *, default_branch: str = "main", reusable: bool = False
) -> str:
    """The text of a pipeline; `install` is what pip installs there."""
    return rendered(
        template,
        marks="<>",
        install=install,
        default_branch=default_branch,
        reusable=reusable,
        **(PINNED_ELSEWHERE if "gitea" in template else PINNED),
    )


def _installed(found: Found) -> str:
    """The wheel of changenote in the repository, or where it should be put."""
    every = sorted(found.root.glob(f"*/{_WHEELS}")) or sorted(found.root.glob(_WHEELS))
    name = every[-1].relative_to(found.root).as_posix() if every else _WHEEL
    return f"./{name}"


def tell_of_wheel(found: Found, made: Iterable[Change]) -> None:
    """Say that the pipelines which were made need the wheel, where it is not there."""
    install = _installed(found)
    if not (found.root / install).is_file() and any(install in change.new for change in made):
        console.notice(
            f"The pipelines install {install}, which is not there yet: put the wheel there, or"
            " change the line CHANGENOTE in them to what pip can install."
        )


def _included(found: Found) -> Iterator[Change]:
    """GitLab's own file, made if there is none; a team's own is left to the team."""
    path = found.root / _GITLAB_OWN
    old = existing(path)
    if old is None:
        yield Change(path, None, rendered("ci/gitlab-ci.yml.j2"))
    elif _GITLAB not in old:
        console.notice(f"Add this to {_GITLAB_OWN}:\n  include:\n    - local: {_GITLAB}")
