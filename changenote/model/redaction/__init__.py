"""Secrets out of commands, outputs and prose, before anything of them is stored.

Three kinds of evidence: what stands before a secret (`contexts`), how a service's tokens look
(`tokens`), and a long random word that stands alone. Names and values are judged in `words`.

Own rules, because the maintained set on PyPI is made for source files: detect-secrets 1.5 covers
32 % of the secrets in shell contexts in `tests/data/security`, these cover 98 %.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from changenote.model.redaction.contexts import RULES, Rule
from changenote.model.redaction.tokens import KEY_BLOCK, PREFIXES, PUBLIC, SHAPES
from changenote.model.redaction.words import (
    NAMES,
    OPAQUE,
    is_random,
    is_secret,
    kind_of_name,
    makes_no_words,
)
from changenote.records import record

MARK = r"\[redacted: [A-Za-z ]{1,30}\]"
"""What stands in a redacted text for a secret."""


@record
class Secret:
    """A secret's place, `text[start:end]`, and what it seems to be."""

    start: int
    end: int
    kind: str


def redact(text: str, known: Mapping[str, str] | None = None, *, but: Collection[str] = ()) -> str:
    """The text with `[redacted: kind]` for every secret; a second time changes nothing.

    `known` are secrets by themselves, with their kinds; they go wherever they stand. What is among
    `but` stays.
    """
    # This ends: every round turns text that was no mark into marks.
    while found := find(text, known, but=but):
        text = _with_marks(text, found)
    return text


def redact_at(key: str, text: str, *, but: Collection[str] = ()) -> str:
    """The text that a key has, redacted; the key may tell what it is: `db_password: …`."""
    while found := find_at(key, text, but=but):  # ends as `redact` does
        text = _with_marks(text, found)
    return text


def redacted_lines(
    lines: Sequence[str], known: Mapping[str, str] | None = None
) -> list[str | None]:
    """Lines redacted together, one for each; None for those inside a secret of several lines."""
    text = "\n".join(lines)
    while found := find(text, known):
        text = _with_marks(text, found, keep_lines=True)
    redacted = text.split("\n")
    return [new or (None if old else "") for old, new in zip(lines, redacted, strict=True)]


def find(
    text: str, known: Mapping[str, str] | None = None, *, but: Collection[str] = ()
) -> list[Secret]:
    """The secrets in a text, in order, none overlapping; the marks of `redact` are none.

    For `known` and `but` see `redact`.
    """
    text = re.sub(MARK, _blank, text)
    lowered = text.lower()
    found = [
        *_known(text, known or {}),
        *_key_blocks(text),
        *_of_known_shape(text),
        *_with_known_prefix(text),
        *_after_context(text, lowered),
        *_standing_alone(text),
    ]
    return _others(_apart(found + _said_again(text, found)), text, but)


def find_at(key: str, text: str, *, but: Collection[str] = ()) -> list[Secret]:
    """The secrets in the text that a key has, by what they look like and by what the key says."""
    found = find(text)
    if _holds(key.lower(), NAMES):
        before = len(f"{key}: ")
        found += [
            replace(secret, start=secret.start - before, end=secret.end - before)
            for secret in find(f"{key}: {text}")
            if secret.start >= before
        ]
    return _others(_apart(found), text, but)


def _others(found: list[Secret], text: str, but: Collection[str]) -> list[Secret]:
    if not but:
        return found
    return [secret for secret in found if text[secret.start : secret.end] not in but]


_COMMAND = (
    r'(?:"(?:\\.|[^"\\\n])*+"'
    r"|'[^'\n]*+'"
    r"|\\[\s\S]"
    r"""|[^|;&\n"'\\]|["'\\])++"""
)
_IDENTIFIER = (
    r"(?i:id|arn|tag|version|digest|hash|checksum|integrity|revision|cursor|marker|"
    r"public[ _-]?key)"
    r"""["']?[ \t]{0,4}[:=]?[ \t]{0,4}["'(\[]?\Z"""
)
_SHORT = 200  # a value that was none may hold a name with a value, unless it is longer
_MOST_SAID_AGAIN = 50  # different values that are looked for in the whole text


def _blank(match: re.Match[str]) -> str:
    """White space of the same length that no bare word and no line's end is made of."""
    return "\v" * len(match.group())


def _known(text: str, known: Mapping[str, str]) -> Iterator[Secret]:
    for value, kind in known.items():
        at = text.find(value)
        while at >= 0:
            yield Secret(start=at, end=at + len(value), kind=kind)
            at = text.find(value, at + len(value))


def _key_blocks(text: str) -> Iterator[Secret]:
    if _holds(text, ("PRIVATE KEY", "Private-Lines")):
        for block in re.finditer(KEY_BLOCK, text):
            end = block.start() + len(block.group().rstrip())
            yield Secret(start=block.start(), end=end, kind="private key")


def _of_known_shape(text: str) -> Iterator[Secret]:
    for kind, hints, pattern, _why in SHAPES:
        if _holds(text, hints):
            yield from _every(pattern, kind, text)


def _with_known_prefix(text: str) -> Iterator[Secret]:
    kinds = _kinds_by_prefix()
    if _holds(text, kinds):
        prefixes = "|".join(map(re.escape, sorted(kinds, key=len, reverse=True)))
        token = rf"(?<![A-Za-z0-9])({prefixes})(?![A-Z_]{{1,40}}=)([\w.~=+/%\-]{{16,}}+)"
        for match in re.finditer(token, text):
            if makes_no_words(match[2]):
                yield Secret(start=match.start(), end=match.end(), kind=kinds[match[1]])


@cache
def _kinds_by_prefix() -> dict[str, str]:
    return {
        prefix: f"{of} token" for of, prefixes in PREFIXES.items() for prefix in prefixes.split()
    }


def _holds(text: str, hints: Iterable[str]) -> bool:
    for hint in hints:  # noqa: SIM110  # `any` takes twice as long, for every text and every rule
        if hint in text:
            return True
    return False


def _every(pattern: str, kind: str, text: str) -> Iterator[Secret]:
    """Every match that is no part of a longer word."""
    for match in re.finditer(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])", text):
        yield Secret(start=match.start(), end=match.end(), kind=kind)


def _after_context(text: str, lowered: str) -> Iterator[Secret]:
    named = _holds(lowered, NAMES)
    for rule in RULES:
        if (named or rule.kind) and rule.needs in text and _holds(lowered, rule.hints):
            places = _commands(rule.within, text) if rule.within else [(0, len(text))]
            for start, end in places:
                yield from _matches(rule, text, start, end)


def _commands(within: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the commands are that match: a line may hold several, one may go over several lines."""
    wanted = re.compile(within)
    for command in re.finditer(_COMMAND, text):
        if wanted.search(text, *command.span()):
            yield command.span()


def _matches(rule: Rule, text: str, start: int, end: int) -> Iterator[Secret]:
    value_pattern, after = re.compile(rule.value), re.compile(rule.after)
    read = start
    for context in re.compile(rule.before).finditer(text, start, end):
        kind = _kind(rule, context)
        if not kind or context.end() < read:
            continue  # a value is not read again from inside; but a name may be at its end
        value = value_pattern.match(text, context.end(), end)
        if value is None:
            continue
        secret = _judged(rule, kind, value) if after.match(text, value.end()) else None
        if secret or len(value.group()) > _SHORT:
            read = value.end()
        if secret:
            yield secret


def _kind(rule: Rule, context: re.Match[str]) -> str:
    name = context.groupdict().get("name")
    return rule.kind if name is None else kind_of_name(name)


def _judged(rule: Rule, kind: str, value: re.Match[str]) -> Secret | None:
    start, text = _stripped(value)
    is_one = is_secret(
        text, doubtful=kind == OPAQUE, among_words=not rule.plain, certain=rule.certain
    )
    if not is_one:
        return None
    return Secret(start=start, end=start + len(text), kind=kind)


def _stripped(value: re.Match[str]) -> tuple[int, str]:
    """Where the secret itself starts in what was read as a value, and its text."""
    if value.lastgroup is None:
        return value.start(), ""
    text = value.group(value.lastgroup)
    if value.lastgroup == "escaped":
        text = text.rstrip("\\")
    elif value.lastgroup == "bare":
        text = text.rstrip("\\,.;:" if text[0] in "<{[($" else "\\,.;:)]}>")
    elif value.lastgroup == "back" and re.search(r"\s", text):
        text = ""  # a command whose output is the value
    return value.start(value.lastgroup), text


def _standing_alone(text: str) -> Iterator[Secret]:
    """Words that nobody would write by hand, unless they are known to be public."""
    if not re.search(r"[A-Za-z0-9]{20}", text):
        return
    word = r"""(?<![^\s"'`(\[])[A-Za-z0-9_\-]{24,}+={0,2}+(?=[,;:.!?]?(?:[\s"'`)\]]|\Z))"""
    for match in re.finditer(word, re.sub(PUBLIC, _blank, text)):
        named = re.search(_IDENTIFIER, text[max(0, match.start() - 60) : match.start()])
        if is_random(match.group(), shortest=20) and not named:
            yield Secret(start=match.start(), end=match.end(), kind=OPAQUE)


def _said_again(text: str, found: Iterable[Secret]) -> list[Secret]:
    """The same values at other places, as when a shell repeats the commands it runs."""
    kinds = {text[s.start : s.end]: s.kind for s in found}
    values = [value for value in kinds if len(value) >= 8 and re.search(r"\d", value)]
    return [
        secret
        for value in values[:_MOST_SAID_AGAIN]
        for secret in _every(re.escape(value), kinds[value], text)
    ]


def _apart(found: list[Secret]) -> list[Secret]:
    """In order; overlapping ones become one, of the kind of the first."""
    apart: list[Secret] = []
    for secret in sorted(found, key=lambda secret: secret.start):
        if not apart or secret.start >= apart[-1].end:
            apart.append(secret)
        elif secret.end > apart[-1].end:
            apart[-1] = replace(apart[-1], end=secret.end)
    return apart


def _with_marks(text: str, found: list[Secret], *, keep_lines: bool = False) -> str:
    parts, done = [], 0
    for secret in found:
        parts += [text[done : secret.start], f"[redacted: {secret.kind}]"]
        if keep_lines:
            parts.append("\n" * text.count("\n", secret.start, secret.end))
        done = secret.end
    return "".join([*parts, text[done:]])
