"""Versions and the tags that carry them: which comes before which, and which comes next."""

from collections.abc import Iterable, Sequence
from typing import Literal

from changenote.patterns import pattern
from changenote.records import record

Bump = Literal["major", "minor", "patch"]
Numbers = tuple[int, int, int]
Rank = tuple[Numbers, bool, list[tuple[int, int, str]]]

_NUMBER = r"(?:0|[1-9]\d*)"
_SEMANTIC = pattern(
    rf"(?P<prefix>(?:.*?[^\d.])??)(?P<numbers>{_NUMBER}\.{_NUMBER}\.{_NUMBER})"
    r"(?:-(?P<trial>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)
_NAME = pattern(r"(?=.*\d)[A-Za-z0-9@](?:[A-Za-z0-9@._+~/-]*[A-Za-z0-9])?")
_REFUSED_BY_GIT = ("..", "//", "/.", "@{", ".lock/")
_LONGEST = 100
_FIRST_YEAR = 1900  # a first number from here on is a year


@record
class Version:
    """A semantic version with what stands before its numbers: `v`, `astro@` or nothing.

    `trial` is what makes it a pre-release: `rc.1` of `v2.0.0-rc.1`.
    """

    prefix: str
    numbers: Numbers
    trial: str = ""

    @property
    def family(self) -> str:
        """What versions of one line have in common before their numbers; `v` says nothing."""
        return family(self.prefix)

    @property
    def rank(self) -> Rank:
        """What versions of a family are ordered by: https://semver.org/#spec-item-11."""
        parts = self.trial.split(".") if self.trial else []
        order = [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts]
        return self.numbers, not order, order

    def __str__(self) -> str:
        numbers = ".".join(map(str, self.numbers))
        return f"{self.prefix}{numbers}{'-' if self.trial else ''}{self.trial}"


def family(prefix: str) -> str:
    """What is in front of a version without the `v` that says only that it is one."""
    return prefix[:-1] if prefix.endswith(("v", "V")) and not prefix[:-1][-1:].isalpha() else prefix


def parsed(name: str) -> Version | None:
    """The semantic version that a name is; None for dates, years and others."""
    match = _SEMANTIC.fullmatch(name)
    if not match:
        return None
    major, minor, patch = map(int, match["numbers"].split("."))
    if major >= _FIRST_YEAR:
        return None
    return Version(
        prefix=match["prefix"], numbers=(major, minor, patch), trial=match["trial"] or ""
    )


def is_name(name: str) -> bool:
    """Can a version be called so? It has to be a tag of git, and a heading."""
    is_whole = len(name) <= _LONGEST and not any(part in name for part in _REFUSED_BY_GIT)
    return is_whole and bool(_NAME.fullmatch(name)) and not name.endswith(".lock")


def same(first: str, second: str) -> bool:
    """Are these two names of one version? A `v` in front makes no difference."""
    return bare(first).casefold() == bare(second).casefold()


def bare(name: str) -> str:
    """The name of a version without a `v` at its very start."""
    return name[1:] if name[:1] in ("v", "V") and name[1:2].isdecimal() else name


def is_trial_of(name: str, whole: str) -> bool:
    """Is it a pre-release of another version: `v2.0.0-rc.1` of `2.0.0`?"""
    trial, version = parsed(name), parsed(whole)
    if not trial or not version or not trial.trial or version.trial:
        return False
    return trial.numbers == version.numbers and trial.family == version.family


def as_tags_have_it(name: str, tags: Iterable[str]) -> str:
    """A version's name with what tags have in front of theirs, where its own says nothing else.

    `v2.1.0` for 2.1.0 where the newest tag is v2.0.0; the name itself where tags tell nothing.
    """
    version = parsed(name)
    if version is None or version.family:
        return name
    found = [known for known in map(parsed, tags) if known]
    alike = [known for known in found if not known.family] or found
    if len({known.family for known in alike}) != 1:
        return name
    newest = max(alike, key=lambda known: known.rank)
    like_it = f"{newest.prefix}{bare(name)}"
    return like_it if is_name(like_it) else name


def before(name: str, tags: Sequence[str]) -> str | None:
    """The tag of the version before a semantic one; None where there is none.

    Pre-releases count only before a pre-release.
    """
    version = parsed(name)
    if version is None:
        return None
    found = [(known, tag) for tag in tags if (known := parsed(tag))]
    earlier = [
        (known, tag)
        for known, tag in found
        if known.family == version.family
        and known.rank < version.rank
        and (version.trial or not known.trial)
    ]
    return max(earlier, key=lambda pair: pair[0].rank)[1] if earlier else None


def newest(names: Iterable[str], prefix: str | None = None) -> Version | None:
    """The highest whole version among names that are one; of one family, if a prefix is given."""
    wanted = None if prefix is None else family(prefix)
    found = [version for version in map(parsed, names) if version and not version.trial]
    alike = [version for version in found if wanted is None or version.family == wanted]
    return max(alike, key=lambda version: version.rank, default=None)


def families(names: Iterable[str]) -> list[str]:
    """The families of the versions among names, the nameless one first."""
    return sorted({version.family for version in map(parsed, names) if version})


def following(version: Version, bump: Bump) -> Version:
    """The version after one. Before 1.0.0 nothing leads there by itself: major is minor."""
    major, minor, patch = version.numbers
    if bump == "major" and major:
        numbers = (major + 1, 0, 0)
    elif bump == "patch":
        numbers = (major, minor, patch + 1)
    else:
        numbers = (major, minor + 1, 0)
    return Version(prefix=version.prefix, numbers=numbers)
