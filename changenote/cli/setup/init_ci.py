"""What `init --ci` writes: the pipelines that look for a note and tell of it."""

from collections.abc import Iterable, Iterator, Mapping

from changenote import __version__, git
from changenote.cli import console
from changenote.cli.setup.setting_up import Change, Found, existing, rendered
from changenote.patterns import pattern
from changenote.store.emitting import scalar

SYSTEMS = ("github", "gitlab", "gitea")

_GITLAB_OWN, _GITLAB = ".gitlab-ci.yml", ".gitlab/changenote.gitlab-ci.yml"
_GITEA, _FORGEJO = ".gitea/workflows/changenote.yml", ".forgejo/workflows/changenote.yml"
_WHEEL = f"tools/changenote_kb-{__version__}-py3-none-any.whl"
_WHEELS = "changenote_kb-*.whl"
_NUMBER = pattern(r"\d+")
_INSTALLS = pattern(r"(?m)^ *CHANGENOTE: ([\"']?)(\./.+?\.whl)\1(?=\s|$)")

# GitLab's list of stages, in one line or in several, and the names in it.
_STAGES = pattern(
    r"(?m)^stages:[^\S\n]*"
    r"(\[[^\]]*\]|(?:#.*)?\n(?:[^\S\n]*(?:-.*|#.*)?(?:\n|\Z))+)"
)
_NAMES = pattern(
    r"(?m)(?:[\[,]|^[^\S\n]*-)\s*"
    r"(\"[^\"\n]+\"|'[^'\n]+'|[^\s,\]#'\"-][^,\]#\n]*?)\s*(?=[,\]#]|$)"
)

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
    branch, own = scalar(found.default_branch), existing(found.root / _GITLAB_OWN)
    stage = scalar(_stage(own or ""))
    return pipeline(template, scalar(_installed(found)), default_branch=branch, stage=stage)


def _stage(own: str) -> str:
    """A stage that GitLab's file has: `test`, unless it has a list of others.

    Not `.pre`, which all have: a pipeline with nothing else is not run.
    """
    found = _STAGES.search(own)
    names = [name.strip("'\"") for name in _NAMES.findall(found[1])] if found else []
    return "test" if "test" in names else next((n for n in names if n[0] != "."), "test")


def pipeline(
    template: str,
    install: str,
    *,
    default_branch: str = "main",
    stage: str = "test",
    reusable: bool = False,
) -> str:
    """The text of a pipeline; `install` is what pip installs there. All values are YAML."""
    return rendered(
        template,
        marks="<>",
        install=install,
        default_branch=default_branch,
        stage=stage,
        reusable=reusable,
        **(PINNED_ELSEWHERE if "gitea" in template else PINNED),
    )


def _installed(found: Found) -> str:
    """The newest wheel of changenote in the repository, or where it should be put."""
    return f"./{_newest(found) or _WHEEL}"


def _newest(found: Found) -> str | None:
    every = _wheels(found, f"*/{_WHEELS}") or _wheels(found, _WHEELS)
    return max(every, key=_version, default=None)


def _wheels(found: Found, shape: str) -> list[str]:
    """The wheels that are there, and in git: what it ignores or does not have, no pipeline has."""
    return [name for name in git.files_tracked(shape, found.root) if (found.root / name).is_file()]


def _version(wheel: str) -> tuple[list[int], str]:
    """What orders wheels: the numbers in their names, then all of the path."""
    return [int(number) for number in _NUMBER.findall(wheel.rpartition("/")[2])], wheel


def tell_of_wheel(found: Found, every: Iterable[Change]) -> bool:
    """Say what the pipelines lack: the wheel, or its new name in files that were there before.

    True when it was the name.
    """
    install, files = _installed(found), list(every)
    if _newest(found):
        return _tell_of_name(found, install, [c for c in files if not c.is_needed])
    if any(scalar(install) in change.new for change in files if change.is_needed):
        lacks = "is not there yet: put the wheel there"
        if (found.root / install).is_file():
            lacks = "is not in git yet: add it there"
        console.notice(
            f"The pipelines install {install}, which {lacks}, or change the line CHANGENOTE in them"
            " to what pip can install."
        )
    return False


def _tell_of_name(found: Found, install: str, kept: Iterable[Change]) -> bool:
    """Say which files name another wheel than the one that the repository has."""
    others = [c.path for c in kept if {wheel for _, wheel in _INSTALLS.findall(c.new)} - {install}]
    names = [path.relative_to(found.root).as_posix() for path in others]
    if names:
        console.notice(
            f"The repository has {install}, and these files name another wheel: {', '.join(names)}."
            " They are not written anew: change the lines CHANGENOTE in them."
        )
    return bool(names)


def _included(found: Found) -> Iterator[Change]:
    """GitLab's own file, made if there is none; a team's own is left to the team."""
    path = found.root / _GITLAB_OWN
    old = existing(path)
    if old is None:
        yield Change(path, None, rendered("ci/gitlab-ci.yml.j2"))
    elif _GITLAB not in old:
        console.notice(f"Add this to {_GITLAB_OWN}:\n  include:\n    - local: {_GITLAB}")
