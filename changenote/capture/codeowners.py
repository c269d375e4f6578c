"""Who owns what was changed, from a CODEOWNERS file as GitHub and GitLab read it.

The last rule that fits a path decides, in each section where there are sections. Gitea's file has
the same name and another syntax (regular expressions), so it is not read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, takewhile
from pathlib import Path

from changenote.git import real_path
from changenote.patterns import pattern
from changenote.records import record

MOST_BYTES = 3_000_000  # what GitHub reads
_PLACES = {
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    "gitea": (),
}
_USUAL_PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

_SECTION = pattern(r"(?P<optional>\^)?\[(?P<name>[^\[\]]+)\](?:\[\d+\])?(?:\s+(?P<owners>.*))?$")
_OWNER = pattern(r"@[^\s@]\S*|[^\s@]+@[^\s@]+\.[^\s@]+")
_SPECIAL = pattern(r"[*?\\]")
_MARKS = pattern(r"\*+|\\.|.", re.S)
_WORDS = pattern(r"(?:\\.|[^\s\\])+|\\$")
_FOR_ALL = ("*", "**", "/**", "/", "**/*")
_MOST_RULES = 20_000
_LONGEST = 8_192  # characters of a pattern; no path is as long


@record
class Rule:
    """One line: which paths, and who owns them (nobody: the paths are owned by nobody)."""

    pattern: str
    owners: tuple[str, ...]
    section: str = ""
    excludes: bool = False

    @property
    def is_for_all(self) -> bool:
        """Does it name an owner for whatever nobody else owns?"""
        return self.pattern in _FOR_ALL


def rules_in(root: Path, forge: str | None) -> list[Rule]:
    """The rules of the repository's CODEOWNERS file; none when no such file can be read."""
    for place in _PLACES.get(forge or "", _USUAL_PLACES):
        path = root / place
        try:
            if not path.is_file():
                continue
            if path.stat().st_size > MOST_BYTES:
                return []
            return parse(path.read_bytes().decode("utf-8-sig", "replace"))
        except OSError:
            return []
    return []


def parse(text: str) -> list[Rule]:
    """The rules of a CODEOWNERS file in their order; lines that are none are left out."""
    return list(islice(_rules(text), _MOST_RULES))


def _rules(text: str) -> Iterator[Rule]:
    section = ""
    usual: tuple[str, ...] = ()
    for line in text.splitlines():
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        if match := _SECTION.match(words):
            section, usual = match["name"].strip().lower(), _owners(match["owners"] or "")
            continue
        first, *rest = _WORDS.findall(words)
        if len(first) > _LONGEST:
            continue
        excludes = first.startswith("!")
        owners = _owners(" ".join(rest)) or (usual if not rest else ())
        if excludes and not section:
            continue  # GitHub skips such a line
        yield Rule(
            pattern=first.removeprefix("!"),
            owners=() if excludes else owners,
            section=section,
            excludes=excludes,
        )


def _owners(words: str) -> tuple[str, ...]:
    """The people and teams named before a comment; a role (`@@maintainer`) is nobody to ask."""
    named = takewhile(lambda word: not word.startswith("#"), words.split())
    return tuple(dict.fromkeys(word for word in named if _OWNER.fullmatch(word)))


def owner_of(
    changed: Iterable[Mapping[str, object]], rules: Sequence[Rule], *, default: str | None = None
) -> str | None:
    """Who owns the most changed lines of a note's `files`; None when nobody does.

    A file without counts is one line. Between equals the one with more files wins, then the one
    named first in the rules. `default` (the team's decision for its notes) wins over a rule for
    all files, and loses against one that names the files.
    """
    shares = _shares(changed, rules, for_all=default is None)
    order = list(dict.fromkeys(owner for rule in rules for owner in rule.owners))
    ranked = sorted(shares, key=lambda owner: (*(-n for n in shares[owner]), order.index(owner)))
    return next(iter(ranked), default)


def _shares(
    changed: Iterable[Mapping[str, object]], rules: Sequence[Rule], *, for_all: bool
) -> dict[str, tuple[int, int]]:
    """Lines and files by owner; without `for_all`, only of who owns one by a rule that names it."""
    shares: dict[str, tuple[int, int]] = {}
    named: set[str] = set()
    for entry in changed:
        for rule in _deciding(real_path(str(entry.get("path", ""))), rules):
            for owner in rule.owners:
                lines, files = shares.get(owner, (0, 0))
                shares[owner] = (lines + _lines(entry), files + 1)
            named.update(() if rule.is_for_all else rule.owners)
    return {owner: share for owner, share in shares.items() if for_all or owner in named}


def _lines(entry: Mapping[str, object]) -> int:
    counts = (entry.get("added"), entry.get("removed"))
    return max(sum(count for count in counts if isinstance(count, int)), 1)


def _deciding(path: str, rules: Sequence[Rule]) -> list[Rule]:
    """The last rule of each section that fits a path; none where the section excludes it."""
    last: dict[str, Rule] = {}
    excluded: set[str] = set()
    for rule in rules:
        if fits(rule.pattern, path):
            last[rule.section] = rule
            if rule.excludes:
                excluded.add(rule.section)
    return [rule for section, rule in last.items() if section not in excluded]


def fits(shape: str, path: str) -> bool:
    """Does a path from the root, without a slash before it, fit a rule's pattern?

    A pattern that names a folder fits all that is in it; `docs/*` fits files, and no folders.
    """
    if shape[:1] == "/" and not _SPECIAL.search(shape):
        name = shape.strip("/")
        return not name or path.startswith(f"{name}/") or (path == name and shape[-1] != "/")
    return bool(_compiled(shape).fullmatch(path))


@lru_cache(maxsize=_MOST_RULES)
def _compiled(shape: str) -> "re.Pattern[str]":
    """A pattern as a regular expression that takes no longer for a hostile one.

    What comes before the last `*` of a name, or the last `**` of a path, is taken where it fits
    first, and never tried elsewhere: if the rest fits at all, it fits after that.
    """
    names = shape.strip("/").split("/")
    if "/" not in shape.rstrip("/"):
        names = ["**", *names]
    below = "/.*" if shape.endswith("/") else "" if shape.endswith("/*") else "(?:/.*)?"
    first, *others = _apart(names)
    text = _path(first)
    for number, group in enumerate(others, 1):
        text += "/" if number == 1 and first else ""
        if number < len(others):
            text += f"(?>(?:[^/]+/)*?{_path(group)}/)"
        else:
            text += f"(?:[^/]+/)*{_path(group)}" if group else ".+"
    return re.compile(text + below, re.S)


def _apart(names: Sequence[str]) -> list[list[str]]:
    """The names between the `**` of a path; only the first and last group can be empty."""
    groups: list[list[str]] = [[]]
    for number, name in enumerate(names):
        if name != "**":
            groups[-1].append(name)
        elif not number or groups[-1]:
            groups.append([])
    return groups


def _path(names: Sequence[str]) -> str:
    return "/".join(_name(name) for name in names)


def _name(glob: str) -> str:
    pieces = [""]
    for mark in _MARKS.findall(glob):
        if mark[0] == "*":
            pieces.append("")
        else:
            pieces[-1] += "[^/]" if mark == "?" else re.escape(mark[-1])
    first, *middle = pieces[:-1] or pieces
    text = first + "".join(f"(?>[^/]*?{piece})" for piece in middle)
    return text + (f"[^/]*{pieces[-1]}" if len(pieces) > 1 else "")
