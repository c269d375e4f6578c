"""What a commit's message says: pull request, title, kind, issues, people."""

import re

from changenote.git import Commit
from changenote.patterns import pattern
from changenote.records import record

_SQUASH = pattern(r"\s*\(([#!])(\d+)\)\s*$")
_MERGES = (
    pattern(r"Merge pull request #(?P<number>\d+) from \S+"),  # GitHub
    pattern(r"Merge pull request '.*' \([#!](?P<number>\d+)\) from \S+ into \S+"),  # Gitea
    pattern(r"Merged in \S+ \(pull request #(?P<number>\d+)\)"),  # Bitbucket Cloud
    pattern(r"(?:Merge p|P)ull request #(?P<number>\d+)(?::| |$)"),  # Bitbucket Server
    pattern(r"Merged PR (?P<number>\d+):"),  # Azure
)
_GITLAB = pattern(r"^See merge request \S*?!(?P<number>\d+)\s*$", re.M)
_REVIEWED_ON = pattern(
    r"^Reviewed-on: https?://\S+/(?:pulls?|merge_requests)/(?P<number>\d+)\s*$", re.M
)
_CONVENTIONAL = pattern(
    r"(?P<type>[a-z]+)(?:\((?P<scope>[^()]+)\))?(?P<breaking>!)?: +(?P<rest>\S.*)", re.I
)
_TITLE_AFTER_COLON = pattern(r"(?:Merged PR \d+|(?:Merge p|P)ull request #\d+): *(?P<title>\S.*)")
_QUOTED_TITLE = pattern(r"Merge pull request '(?P<title>.*)' \([#!]\d+\)")
_CLOSES = pattern(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?):?\s+#(\d+)\b", re.I
)
_TRAILER = pattern(r"^[A-Za-z][A-Za-z-]*: \S.*$")
_CO_AUTHOR = pattern(r"^Co-authored-by: +(.+<[^<>]+>)\s*$", re.M | re.I)

_SHORTEST_TITLE, _LONGEST_TITLE = 5, 100
_LONGEST_REASON = 2000  # a paragraph; somebody's generated log is none

_KIND_OF_TYPE = {
    "feat": "feature",
    "feature": "feature",
    "fix": "fix",
    "bugfix": "fix",
    "hotfix": "fix",
    "perf": "performance",
    "security": "security",
    "docs": "docs",
    "doc": "docs",
    "deps": "dependency",
    "ci": "infrastructure",
    "build": "infrastructure",
    "infra": "infrastructure",
    "config": "config",
    "db": "database",
    "migration": "database",
    "cache": "cache",
}
_KIND_OF_WORDS = (
    (
        pattern(r"\b(?:bump|upgrade|renovate|update dependenc|dependabot|pin) ?", re.I),
        "dependency",
    ),
    (pattern(r"\b(?:cve-\d|vulnerab|xss|csrf|security)", re.I), "security"),
    (pattern(r"\b(?:cache|caching|ttl)\b", re.I), "cache"),
    (pattern(r"\b(?:migration|index(?:es)? on|schema change|database)\b", re.I), "database"),
    (pattern(r"\b(?:faster|slow|speed|performance|latency|memory use)\b", re.I), "performance"),
    (pattern(r"^\W*(?:fix|correct|repair|prevent|handle|avoid|revert)", re.I), "fix"),
    (pattern(r"^\W*(?:add|introduce|support|allow|implement)", re.I), "feature"),
)


@record
class Told:
    """What the messages of a change tell; the title is empty when they have no subject."""

    title: str
    kind: str
    reason: str
    pull_requests: tuple[int, ...]
    issues: tuple[int, ...]
    authors: tuple[str, ...]


def pull_request_number(subject: str, body: str) -> int | None:
    """The number in a merge or squash commit's message; the last `(#n)` of a subject wins."""
    for shape in (_GITLAB, _REVIEWED_ON):
        if match := shape.search(body):
            return int(match["number"])
    for shape in _MERGES:
        if match := shape.match(subject):
            return int(match["number"])
    match = _SQUASH.search(subject)
    return int(match[2]) if match else None


def told(main_line: list[Commit], every: list[Commit]) -> Told:
    """What a range tells: `main_line` are its first parents, `every` all commits, newest first."""
    numbers = {pull_request_number(c.subject, c.body): None for c in reversed(main_line)}
    first = _most_telling(main_line)
    title, reason = title_and_reason(first) if first else ("", "")
    return Told(
        title=_long_enough(title, first) if first else "",
        kind=kind_of(first) if first else "",
        reason=reason,
        pull_requests=tuple(n for n in numbers if n is not None),
        issues=_issues(every),
        authors=_authors(every),
    )


def _most_telling(main_line: list[Commit]) -> Commit | None:
    """The newest commit that came in by a pull request, else the newest of all."""
    merged = [c for c in main_line if pull_request_number(c.subject, c.body) is not None]
    return next(iter(merged or main_line), None)


def title_and_reason(commit: Commit) -> tuple[str, str]:
    """The change's title, without prefixes and numbers, and the first paragraph of its message."""
    paragraphs = _paragraphs(commit.body)
    subject = _SQUASH.sub("", commit.subject)
    if match := _TITLE_AFTER_COLON.match(commit.subject) or _QUOTED_TITLE.match(commit.subject):
        subject = match["title"]
    elif len(commit.parents) > 1 and paragraphs and commit.subject.startswith("Merge"):
        subject = " ".join(paragraphs.pop(0).split())
    if match := _CONVENTIONAL.fullmatch(subject):
        subject = match["rest"]
    reason = _shortened(paragraphs[0], _LONGEST_REASON) if paragraphs else ""
    title = subject[:1].upper() + subject[1:]
    return _shortened(title, _LONGEST_TITLE), reason


def _long_enough(title: str, commit: Commit) -> str:
    """A title that notes accept: a very short one names its commit too."""
    if 0 < len(title) < _SHORTEST_TITLE:
        return f"{title} (commit {commit.sha[:12]})"
    return title


def _shortened(text: str, longest: int) -> str:
    """A text cut between words, or inside one that would take half of it away."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > longest / 2 else cut) + "…"


def _paragraphs(body: str) -> list[str]:
    """The paragraphs of a message that are prose: no trailers, rules, headings or comments."""
    text = re.sub(r"<!--.*?-->", "", body, flags=re.S)
    kept = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line for line in paragraph.strip().splitlines() if not _is_noise(line)]
        if lines:
            kept.append("\n".join(lines))
    return kept


def _is_noise(line: str) -> bool:
    words = line.strip()
    return (
        not words
        or set(words) <= set("-=* ")
        or words.startswith(("#", "See merge request "))
        or bool(_TRAILER.match(words) and re.match(r"[A-Za-z]+(?:-[A-Za-z]+)+: ", words))
    )


def kind_of(commit: Commit) -> str:
    """The kind that a message speaks of; nothing when it does not."""
    match = _CONVENTIONAL.fullmatch(_SQUASH.sub("", commit.subject))
    if match and match["scope"] and "dep" in match["scope"].lower():
        return "dependency"
    if match and match["type"].lower() in _KIND_OF_TYPE:
        return _KIND_OF_TYPE[match["type"].lower()]
    title, _ = title_and_reason(commit)
    return next((kind for words, kind in _KIND_OF_WORDS if words.search(title)), "")


def _issues(commits: list[Commit]) -> tuple[int, ...]:
    found = {int(n): None for c in reversed(commits) for n in _CLOSES.findall(c.body)}
    return tuple(found)


def _authors(commits: list[Commit]) -> tuple[str, ...]:
    people: dict[str, None] = {}
    for commit in reversed(commits):
        people[commit.author] = None
        people.update(dict.fromkeys(_CO_AUTHOR.findall(commit.body)))
    return tuple(p for p in people if "[bot]" not in p)
