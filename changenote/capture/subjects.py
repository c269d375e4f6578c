"""What a commit's message says: pull request, title, kind, issues, people."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from changenote.capture.prose import paragraphs, says_nothing
from changenote.git import Commit
from changenote.model.note import ID
from changenote.model.redaction import redact
from changenote.patterns import pattern
from changenote.records import record

_SQUASH = pattern(
    r"\((?:(?:PR |pull request )?#|[^\s()!]{0,200}!)(?P<number>\d{1,18})\)(?:\s*\[[^\[\]]*\])*\s*$"
)
_MERGES = tuple(
    pattern(shape, holds=(start,))
    for start, shape in (
        # GitHub, Bitbucket
        ("Merge pull ", r"Merge pull request #(?P<number>\d{1,18}) (?:from|in) \S+"),
        # Gitea, Forgejo
        ("Merge pull ", r"Merge pull request '.*' \([#!](?P<number>\d{1,18})\) from \S+"),
        # Bitbucket Cloud
        ("Merged in ", r"Merged in \S+ \(pull request #(?P<number>\d{1,18})\)"),
        # Bitbucket Server
        ("ull request ", r"(?:Merge p|P)ull request #(?P<number>\d{1,18})(?::| |$)"),
        # Azure
        (" PR ", r"Merged? PR (?P<number>\d{1,18}):"),
        # Azure, semi-linear
        ("Merge pull ", r"Merge pull request (?P<number>\d{1,18}) from \S+ into \S+"),
        # bors, homu
        ("Auto merge ", r"Auto merge of #(?P<number>\d{1,18}) - "),
        # bors-ng
        ("Merge #", r"Merge #(?P<number>\d{1,18})$"),
    )
)
_GITLAB = pattern(
    r"^See merge request (?:\S*!|https?://\S+/merge_requests/)(?P<number>\d{1,18})\s*$",
    re.M,
    holds=("See merge request ",),
)
_REVIEWED_ON = pattern(
    r"^Reviewed-on: https?://\S+/(?:pulls?|merge_requests)/(?P<number>\d{1,18})\s*$",
    re.M,
    holds=("Reviewed-on: ",),
)
_LONGEST_END = 300  # characters of a subject in which its number is looked for
_CONVENTIONAL = pattern(
    r"(?P<type>[a-z]+)(?:\((?P<scope>[^()]+)\))?(?P<breaking>!)?: +(?P<rest>\S.*)", re.I
)
_TITLE_AFTER_COLON = pattern(
    r"(?:Merged? PR \d+|(?:Merge p|P)ull request #\d+): *(?P<title>\S.*)",
    holds=(" PR ", "ull request #"),
)
_QUOTED_TITLE = pattern(
    r"Merge (?:pull request '(?P<gitea>.*)' \([#!]\d+\)|\"(?P<gerrit>.*)\"(?: into \S+)?$)",
    holds=("Merge ",),
)
_UNFINISHED = pattern(r"(?:(?:draft|wip):\s*|\[(?:draft|wip)\]\s*)+", re.I, holds=("draft", "wip"))
_FROM_BRANCH = pattern(
    r"Merge (?:remote-tracking )?branch(?:es)? '(?:origin/)?(?P<local>[^']+)'"
    r"|Merge pull request #?\d+ from (?:[^/\s]+/)?(?P<asked>\S+)"
    r"|Merged in (?P<bitbucket>\S+)(?: |$)"
)
_BROUGHT_BACK = pattern(
    r"(?:\w+: *)?(?:back-?)?merge (?:branch )?(?P<name>[\w./-]+) (?:back )?into \S+", re.I
)
_WORKED_ON_BY_ALL = ("main", "master", "develop", "trunk")
_CLOSES = pattern(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?|related work items):?\s+"
    r"(?P<issues>#\d{1,18}\b(?:(?:,? and|,) #\d{1,18}\b)*)",
    re.I,
    holds=("#",),
)
_CO_AUTHOR = pattern(r"^Co-authored-by: +(.+<[^<>]+>)\s*$", re.M | re.I, holds=("<",))
_CHANGE_NOTE = pattern(
    r"^Change-Note:[ \t]*(\S.*(?:\n[ \t]+\S.*)*)", re.M | re.I, holds=("change-note:",)
)
_MARKED = pattern(
    r"^(?:[-*>+] )?[*_]{0,3}Change-Note(?::[*_]{1,3}|[*_]{0,3}:)",
    re.M | re.I,
    holds=("change-note",),
)
_NOTE_ID = pattern(ID)
_WORD = pattern(r"[^\W_]+")
_NUMBERED = pattern(r"#(\d+)")
_NO_NOTE = frozenset(("no", "none", "skip", "not needed", "n/a"))
_NOT_NEEDED = pattern(r"not needed\b[\s,:;.()–—-]*(?P<why>.*)", re.I | re.S)

_UNSEEN = pattern(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
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


def _about(words: str, *, before: str = r"\b", after: str = "") -> re.Pattern[str]:
    each = tuple(words.split(", "))
    return pattern(f"{before}(?:{'|'.join(each)}){after}", re.I, holds=each)


_KIND_OF_WORDS = (
    (_about("bump, upgrade, renovate, update dependenc, dependabot, pin"), "dependency"),
    (_about("cve-, vulnerab, xss, csrf, security"), "security"),
    (_about("cache, caching, ttl", after=r"\b"), "cache"),
    (_about("migration, index on, indexes on, schema change, database", after=r"\b"), "database"),
    (
        _about("faster, slow, speed, performance, latency, memory use", after=r"\b"),
        "performance",
    ),
    (_about("fix, correct, repair, prevent, handle, avoid, revert", before=r"^\W*"), "fix"),
    (_about("add, introduce, support, allow, implement", before=r"^\W*"), "feature"),
)


MergeKind = Literal["merge", "squash", "rebase", "direct"]


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
    """The number in a merge or squash commit's message; the last `(#n)` of a subject wins.

    In a body the last one wins too: those above it came along with a cherry-pick or a squash.
    """
    for shape in (_GITLAB, _REVIEWED_ON):
        if found := shape.findall(body):
            return int(found[-1])
    for shape in _MERGES:
        if match := shape.match(subject):
            return int(match["number"])
    last = _SQUASH.search(subject[-_LONGEST_END:])
    return int(last["number"]) if last else None


def merge_kind(commits: Sequence[Commit]) -> MergeKind:
    """How the commits of one change came to stand on the main line."""
    if any(len(c.parents) > 1 for c in commits):
        return "merge"
    if all(pull_request_number(c.subject, c.body) is None for c in commits):
        return "direct"
    return "squash" if len(commits) == 1 else "rebase"


def is_back_merge(commit: Commit, branch: str) -> bool:
    """Does a merge bring a branch that all work on (`branch`, a release's …) into another?"""
    match = _BROUGHT_BACK.match(commit.subject)
    name = match["name"] if match else _branch_in(commit.subject)
    if len(commit.parents) < 2 or not name:
        return False
    return name in (branch, *_WORKED_ON_BY_ALL) or name.startswith("release")


def _branch_in(subject: str) -> str:
    """The name of the branch that a merge's subject says it merged; empty for another subject."""
    match = _FROM_BRANCH.match(subject)
    return next((name for name in match.groups() if name), "") if match else ""


def change_note(commit: Commit) -> str | None:
    """What the trailer `Change-Note:` says, on one line: words, or the id of a note.

    None without such a trailer, and an empty text where it says that no note is wanted.
    """
    words = _said_of_a_note(commit.body)
    if words is None:
        return None
    return "" if words.lower() in _NO_NOTE or _NOT_NEEDED.match(words) else words


def why_no_note(text: str) -> str:
    """WHY, where a message or a description says `Change-Note: not needed, WHY`; else empty.

    What a template only shows, in a comment of HTML or as code, is not said.
    """
    words = _said_in_prose(text)
    match = _NOT_NEEDED.match(words or "")
    why = match["why"].strip() if match else ""
    return "" if why == "WHY" else why


def wants_no_note(text: str) -> bool:
    """Does a message or a description say that no note is wanted, with a reason or without?"""
    words = _said_in_prose(text) or ""
    return words.lower() in _NO_NOTE or bool(_NOT_NEEDED.match(words))


def _said_in_prose(text: str) -> str | None:
    """What is said of a note, also in an item of a list and in bold."""
    lines = _without_code(_without_comments(text.replace("\r\n", "\n")))
    return _said_of_a_note(_MARKED.sub("Change-Note:", lines))


def _said_of_a_note(text: str) -> str | None:
    match = _CHANGE_NOTE.search(text)
    return " ".join(match[1].split()) if match else None


def _without_code(text: str) -> str:
    """The lines outside of fenced blocks; one that has no end goes on to the last line."""
    kept, fence = [], ""
    for line in text.split("\n"):
        start = line[:3]
        if start in ("```", "~~~") and fence in ("", start):
            fence = "" if fence else start
        elif not fence:
            kept.append(line)
    return "\n".join(kept)


def _without_comments(text: str) -> str:
    kept, rest = "", text
    while "<!--" in rest:
        before, _, after = rest.partition("<!--")
        kept += before
        rest = after.partition("-->")[2]
    return kept + rest


def told(main_line: Sequence[Commit], every: Sequence[Commit]) -> Told:
    """What a range tells: `main_line` are its first parents, `every` all commits, newest first."""
    numbers = {pull_request_number(c.subject, c.body): None for c in reversed(main_line)}
    first = _most_telling(main_line)
    title, reason = title_and_reason(first) if first else ("", "")
    if first and len(main_line) == 1:
        title, reason = _of_merged(first, title, reason, every)
    return Told(
        title=_long_enough(title, first) if first else "",
        kind=kind_of(first) if first else "",
        reason=reason,
        pull_requests=tuple(n for n in numbers if n is not None),
        issues=_issues(every),
        authors=_authors(every),
    )


def _most_telling(main_line: Sequence[Commit]) -> Commit | None:
    """The newest commit that came in by a pull request, else the newest of all."""
    merged = [c for c in main_line if pull_request_number(c.subject, c.body) is not None]
    return next(iter(merged or main_line), None)


def _of_merged(merge: Commit, title: str, reason: str, every: Sequence[Commit]) -> tuple[str, str]:
    """Title and reason of a merge, from what it merged where its own message has none.

    They come from the commit that has the merge's title, or is the only one; else the title is the
    branch's name in words.
    """
    has_title = not _FROM_BRANCH.match(title)
    merged = [c for c in every if len(c.parents) < 2 and c.sha != merge.sha]
    named = [c for c in merged if has_title and title_and_reason(c)[0] == title]
    chosen = named or (merged if len(merged) == 1 else [])
    told_title, told_reason = title_and_reason(chosen[0]) if chosen else ("", "")
    if not has_title:
        title = told_title or _in_words(_branch_in(title)) or title
    return title, reason or told_reason


def _in_words(branch: str) -> str:
    """`feature/cache-totals` as `Cache totals`; empty when that says nothing."""
    words = " ".join(_WORD.findall(branch.rpartition("/")[2]))
    return cleaned_title(words) if " " in words else ""


def title_and_reason(commit: Commit) -> tuple[str, str]:
    """The change's title, without prefixes and numbers, and the first paragraph of its message.

    A trailer `Change-Note:` with words is the reason: somebody wrote it for this.
    """
    subject, extra = _split_subject(commit.subject)
    written = paragraphs(f"{extra}\n\n{commit.body}")
    if match := _TITLE_AFTER_COLON.match(subject):
        subject = match["title"]
    elif match := _QUOTED_TITLE.match(subject):
        subject = match["gitea"] or match["gerrit"] or ""
    elif len(commit.parents) > 1 and written and subject.startswith("Merge"):
        subject = " ".join(written.pop(0).split())
    words = change_note(commit)
    reason = words if words and not _NOTE_ID.fullmatch(words) else _first_that_tells(written)
    return cleaned_title(subject), shortened_reason(reason)


def _split_subject(subject: str) -> tuple[str, str]:
    r"""A subject, and what follows in it where a program wrote `\n` for the end of a line."""
    head, escape, rest = subject.partition("\\n\\n")
    return (head, _without_numbers(rest).replace("\\n", "\n")) if escape else (subject, "")


def _first_that_tells(written: Sequence[str]) -> str:
    """The first paragraph that says something, and is no list item: a squashed commit's subject."""
    told = (p for p in written if "\n" in p or not p.startswith("* "))
    return next((p for p in told if not says_nothing(p)), "")


def cleaned_title(subject: str) -> str:
    """A subject or a pull request's title as the title of a note."""
    # Git leaves a lone carriage return in a subject, and anything else that nobody sees.
    subject = _without_numbers(_UNSEEN.sub("", " ".join(subject.splitlines())))
    if match := _UNFINISHED.match(subject):
        subject = subject[match.end() :]
    if match := _CONVENTIONAL.fullmatch(subject):
        subject = match["rest"]
    return _without_secrets(subject[:1].upper() + subject[1:])


def _without_secrets(title: str) -> str:
    """A title cut to its length after what stands for secrets, which is longer than many of them.

    It does not end in a half of that, which would be taken for a secret.
    """
    short = _shortened(redact(title), _LONGEST_TITLE)
    return short if redact(short) == short else f"{short.rpartition('[')[0]}…"


def _without_numbers(subject: str) -> str:
    """A subject without the numbers in brackets at its end."""
    while match := _SQUASH.search(subject, max(len(subject) - _LONGEST_END, 0)):
        subject = subject[: match.start()].rstrip()
    return subject


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


def kind_of(commit: Commit) -> str:
    """The kind that a message speaks of; nothing when it does not."""
    return kind_told(commit.subject, title_and_reason(commit)[0])


def kind_told(subject: str, title: str, otherwise: str = "") -> str:
    """The kind that a subject's prefix names, else `otherwise`, else what its title speaks of."""
    match = _CONVENTIONAL.fullmatch(_without_numbers(subject))
    if match and match["scope"] and "dep" in match["scope"].lower():
        return "dependency"
    if match and match["type"].lower() in _KIND_OF_TYPE:
        return _KIND_OF_TYPE[match["type"].lower()]
    return otherwise or next((kind for words, kind in _KIND_OF_WORDS if words.search(title)), "")


def shortened_reason(text: str) -> str:
    """A reason of a length that people read."""
    return _shortened(text, _LONGEST_REASON)


def _issues(commits: Sequence[Commit]) -> tuple[int, ...]:
    return issues_closed(f"{_without_numbers(c.subject)}\n{c.body}" for c in reversed(commits))


def issues_closed(texts: Iterable[str]) -> tuple[int, ...]:
    """The issues that texts say a change closes, each once."""
    lists = (match["issues"] for text in texts for match in _CLOSES.finditer(text))
    return tuple({int(n): None for issues in lists for n in _NUMBERED.findall(issues)})


def _authors(commits: Sequence[Commit]) -> tuple[str, ...]:
    """Who wrote the commits, once by address; who merged them did not, if there are others."""
    written = [c for c in commits if len(c.parents) < 2] or commits
    people: dict[str, str] = {}
    for commit in reversed(written):
        told = (commit.author, *_CO_AUTHOR.findall(commit.body))
        for person in filter(None, told):
            people.setdefault(person.rpartition("<")[2].lower(), person)
    return tuple(person for person in people.values() if "[bot]" not in person)
