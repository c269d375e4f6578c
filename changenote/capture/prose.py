"""What people wrote in a commit message or a pull request's description, without what machines did.

Descriptions are long, and may be hostile: every step here takes time in proportion to the text.
"""

import re
from collections.abc import Iterator

from changenote.patterns import pattern
from changenote.records import record

MOST_READ = 100_000  # characters; GitHub takes 65,536

_HEADING = pattern(r"#{1,6}(?:\s|$)", holds=("#",))
_BOLD_LINE = pattern(r"(?:\*\*|__)([^*_]{1,80})(?:\*\*|__):?", holds=("**", "__"))
_TRAILER = pattern(r"[A-Za-z]+(?:-[A-Za-z]+)+: \S", holds=(": ",))
_CHECKBOX = pattern(r"[-*+] \[[ xX]\]", holds=("[",))
_ACTIONS = tuple(
    "/approve /area /assign /cc /close /draft /estimate /hold /kind /label /lgtm /milestone"
    " /priority /ready /relate /sig /spend /unassign /unlabel".split()
)
_QUICK_ACTION = pattern(rf"(?:{'|'.join(_ACTIONS)})\b(?!/)", holds=_ACTIONS)
_MERGED_FROM = pattern(
    r"(?:Merge in \S+ from \S+ to \S+|See merge request \S+)$",
    holds=("Merge in ", "See merge request "),
)
_LISTED_COMMIT = pattern(r"\* commit '[0-9a-f]+':?$", holds=("* commit '",))
_ONLY_TAGS = pattern(r"(?:<[^<>]{1,1000}>\s*)+$", holds=("<",))
_IMAGE = pattern(r"\[?!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)(?:\]\([^)\n]{0,500}\))?")
_AROUND_ISSUES = frozenset(
    "close closes closed fix fixes fixed resolve resolves resolved related to ref refs part of see"
    " issue issues ticket tickets and".split()
)
_ONLY_ISSUES = pattern(
    r"(?i)(?:(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|related(?: to)?|refs?|part of|see|issues?"
    r"|tickets?|and)\b:?|[#!]\d+\b|[A-Z][A-Z0-9]+-\d+\b|https?://\S++|[-*+,.;&()\s])++$"
)
_MACHINES = pattern(
    r"\W*(?:generated (?:with|by) \[?\S|this (?:pr|mr|pull request|merge request) contains the"
    r" following updates?:?$|this pr was (?:automatically|auto-)|co-authored by \[?copilot"
    r"|squashed commit of the following:$|related work items:|cc:? @|approved-by:)",
    re.I,
    holds=(
        "generated ",
        "this pr ",
        "this mr ",
        "this pull ",
        "this merge ",
        "co-authored by ",
        "squashed commit of ",
        "related work items:",
        "cc @",
        "cc: @",
        "approved-by:",
    ),
)
_PLACEHOLDER = pattern(r"(?i)[\W_]*+(?:n/?a|none|todo|tbd|wip|no response|same as title)?[\W_]*+$")
_INSTRUCTION = pattern(
    r"[_*<(\s>]*(?:please (?:describe|include|explain|provide|fill|add|give|delete|remove)"
    r"|describe (?:your|the|what|why)|add a (?:short |brief )?(?:description|summary)"
    r"|(?:a )?(?:short|brief) (?:description|summary)|replace this|delete this"
    r"|what does this (?:change|pr|mr)[^.]{0,200}\?$|(?:be )?short and concise)",
    re.I,
    holds=(
        "please ",
        "describe ",
        "add a ",
        "short ",
        "brief ",
        "replace this",
        "delete this",
        "what does this ",
    ),
)
_WHY = pattern(r"(?i)\b(?:why|motivation|reason|rationale|background|context|problem)\b")
_ASIDE = pattern(
    r"(?i)\b(?:check ?list|test|tests|testing|tested|verif\w+|screenshots?|recordings?|demo"
    r"|related|issues?|tickets?|links?|references|type of change|change ?log|release notes?|docs"
    r"|documentation|deploy\w*|rollback|review\w*|todos?|breaking changes?|configuration"
    r"|coderabbit|sourcery|copilot|greptile|ellipsis|acceptance|environment|versions?)\b"
)


@record
class Section:
    """The paragraphs under one heading; those above the first heading have an empty one."""

    heading: str
    paragraphs: tuple[str, ...]


def paragraphs(text: str) -> list[str]:
    """The paragraphs that are prose: no headings, comments, trailers, checklists or tables."""
    return [p for section in sections(text) for p in section.paragraphs]


def reason_in(description: str) -> str:
    """The paragraph of a description that says why: under such a heading, else the first one.

    Empty when people filled in nothing that a reader of the change would want.
    """
    found = sections(description)
    about = [s for s in found if not _ASIDE.search(s.heading) or _WHY.search(s.heading)]
    ordered = [s for s in about if _WHY.search(s.heading)] + about
    every = (p for s in ordered for p in s.paragraphs if not says_nothing(p))
    return next(every, "")


def sections(text: str) -> list[Section]:
    """A text by its headings, each with the paragraphs that people wrote."""
    found: list[tuple[str, list[list[str]]]] = [("", [[]])]
    for line in _visible_lines(text):
        heading = _heading(line)
        if heading is not None:
            found.append((heading, [[]]))
        elif not line.strip():
            found[-1][1].append([])
        elif shown := _shown(line):
            found[-1][1][-1].append(shown)
    return [
        Section(heading=heading, paragraphs=tuple("\n".join(p) for p in inner if p))
        for heading, inner in found
    ]


def _visible_lines(text: str) -> Iterator[str]:
    """The lines outside of comments, folded parts and blocks of code."""
    text = text[:MOST_READ].replace("\r\n", "\n")
    text = _without(_without(text, "<!--", "-->"), "<details", "</details>")
    fence = ""
    for line in text.split("\n"):
        mark = line.strip()[:3]
        if fence or mark in ("```", "~~~"):
            fence = "" if mark == fence else fence or mark
        else:
            yield line


def _without(text: str, opening: str, closing: str) -> str:
    """A text without what stands between marks; without the rest where a mark is never closed."""
    kept = []
    place = 0
    while (start := text.find(opening, place)) >= 0:
        kept.append(text[place:start])
        end = text.find(closing, start)
        if end < 0:
            return "".join(kept)
        place = end + len(closing)
    return "".join([*kept, text[place:]])


def _heading(line: str) -> str | None:
    words = line.strip()
    if _HEADING.match(words):
        return words.strip("# ")
    bold = _BOLD_LINE.fullmatch(words)
    return bold[1] if bold else None


def _shown(line: str) -> str:
    """A line without its images; empty when it is none that people wrote to be read."""
    words = line.rstrip()
    bare = words.strip()
    if "![" in bare:
        words = _IMAGE.sub("", words).rstrip()
        bare = words.strip()
    if not bare or set(bare) <= set("-=*_ ") or bare.startswith(("|", "> [!")):
        return ""
    noise = (_TRAILER, _CHECKBOX, _QUICK_ACTION, _MERGED_FROM, _LISTED_COMMIT, _ONLY_TAGS)
    if any(shape.match(bare) for shape in noise) or _MACHINES.match(bare):
        return ""
    return words.removeprefix("> ") if words.startswith("> ") else words


def says_nothing(paragraph: str) -> bool:
    """Is it a template's question or placeholder, or only names of issues?"""
    if len(paragraph) < 400 and not _has_other_word(paragraph) and _ONLY_ISSUES.match(paragraph):
        return True
    lines = paragraph.split("\n")
    return all(_PLACEHOLDER.match(s) or _INSTRUCTION.match(s) for s in (_bare(x) for x in lines))


def _bare(line: str) -> str:
    return line.strip().removeprefix("- ").removeprefix("* ")


def _has_other_word(paragraph: str) -> bool:
    """Is there a word that does not go with the names of issues? Told without a slow pattern."""
    words = (word for word in paragraph.split() if word.isascii() and word.isalpha())
    return any(word.lower() not in _AROUND_ISSUES for word in words)
