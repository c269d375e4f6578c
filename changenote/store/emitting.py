"""Plain data → YAML text, in one form per value: the same data is the same bytes.

Written by us because ruamel's emitter costs as much start-up time as all of `changenote new`.
What it writes is read back by two parsers in the tests. Scalars that any YAML version would take
for something else than text (`no`, `0644`, `12:30`, `1e10000`) are quoted.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from changenote.model.reading import Plain
from changenote.patterns import pattern

WIDTH = 100

_GROUPS = (
    ("schema", "id", "title", "kind", "status", "owner", "authors", "service", "shipped"),
    ("reason", "expected", "rollback"),
    ("baseline", "assumptions", "variables"),
    ("source", "files", "files_omitted"),
    ("commands", "no_command"),
    ("metrics", "no_metric"),
    ("monitoring", "cache_rules", "checklist", "images"),
    ("tags", "stack", "tools", "difficulty", "related", "supersedes", "flags", "revision"),
)
_GROUP_OF = {key: number for number, keys in enumerate(_GROUPS) for key in keys}

# What changes the direction of a line, or cannot be seen, would hide what the rest of a line says
# from whoever reads the file or a change of it. What words and emoji are made with may stay.
_HIDDEN = r"\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
_PLAIN = pattern(
    r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~.+"
    + _HIDDEN
    + r"]|[-.][A-Za-z/_])[^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff"
    + _HIDDEN
    + "]*"
)
_AMBIGUOUS = pattern(r":( |$)| #|\s$")
_NOT_IN_FLOW = pattern(r"[,\[\]{}:]")
_LOOKS_TYPED = pattern(
    r"(?i)y|n|yes|no|on|off|true|false|null|[-+]?\.?(nan|inf)"
    r"|[-+]?[\d_,.]+(e[-+]?\d+)?|[-+]?0[xob][\da-f_]+|[-+]?\d+(:[0-5]?\d)+(\.\d*)?"
)
_TYPED_WORDS = frozenset("y n yes no on off true false null nan inf".split())
_NUMBER = pattern(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_HEXADECIMAL = pattern(r"[0-9a-f]{7,64}")
_MOMENT = pattern(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")
_NOT_LITERAL = pattern(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff" + _HIDDEN + r"]|[ \t]\n|[ \t]$"
)


def dump(data: Mapping[str, Any]) -> str:
    """A note's data as YAML text, ending in a newline."""
    lines: list[str] = []
    group = None
    for key, value in data.items():
        now = _GROUP_OF.get(key, len(_GROUPS))
        if group is not None and now != group:
            lines.append("")
        group = now
        lines.extend(_entry(key, value, 0))
    return "\n".join(lines) + "\n"


def same_group(first: str, second: str) -> bool:
    """Do two top-level keys stand together, without an empty line between them?"""
    return _GROUP_OF.get(first, len(_GROUPS)) == _GROUP_OF.get(second, len(_GROUPS))


def entry(key: str, value: Any) -> str:
    """One top-level key with its value as YAML text, ending in a newline."""
    return "\n".join(_entry(key, value, 0)) + "\n"


def entry_lines(key: str, value: Any, indent: int) -> list[str]:
    """The lines of `key: value`, all indented, without newlines."""
    return _entry(key, value, indent)


def item_lines(value: Any, indent: int) -> list[str]:
    """The lines of one list item, all indented, the first with its dash; without newlines."""
    return _item(value, indent)


def inline(value: Any) -> str:
    """A value on one line, as it stands inside brackets."""
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{_text(k, flow=True)}: {inline(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(v) for v in value) + "]"
    return _scalar(value, flow=True)


def requoted(text: str, quote: str) -> str:
    """A text on one line between the quotation marks that were used before, `"` or `'`."""
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return _quoted(text)


def scalar(text: str) -> str:
    """A text as one YAML scalar of a block, quoted where it must be."""
    return _text(text, flow=False)


def _entry(key: str, value: Any, indent: int) -> list[str]:
    """The lines of `key: value`, the first one indented too."""
    label = " " * indent + _text(key, flow=False) + ":"
    if isinstance(value, str) and _is_literal(value):
        return [f"{label} {_literal_mark(value)}", *_literal_lines(value, indent + 2)]
    flow = _flow(value) if indent or not isinstance(value, Mapping) else None
    if flow is not None and len(label) + 1 + len(flow) <= WIDTH:
        return [f"{label} {flow}"]
    if isinstance(value, Mapping) and value:
        return [label, *(line for k, v in value.items() for line in _entry(k, v, indent + 2))]
    if isinstance(value, list | tuple) and value and all(map(_is_number, value)):
        return _numbers(label, value, indent + 2)
    if isinstance(value, list | tuple) and value:
        return [label, *(line for item in value for line in _item(item, indent + 2))]
    return [f"{label} {_scalar_or_empty(value)}"]


def _is_number(value: Any) -> bool:
    if isinstance(value, Plain):
        return _NUMBER.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(label: str, values: Sequence[Any], indent: int) -> list[str]:
    """Samples in brackets over several lines: a hundred lines of one number nobody reads."""
    lines = [f"{label} ["]
    for number, value in enumerate(values, 1):
        word = _scalar(value, flow=True) + ("]" if number == len(values) else ",")
        if len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append(" " * indent + word)
        else:
            lines[-1] += word if lines[-1].endswith("[") else f" {word}"
    return lines


def _item(value: Any, indent: int) -> list[str]:
    """The lines of one list item; its first line carries the dash."""
    dash = " " * indent + "- "
    if isinstance(value, str) and _is_literal(value):
        return [dash + _literal_mark(value), *_literal_lines(value, indent + 2)]
    if isinstance(value, Mapping) and value:
        flow = None if "run" in value else _flow(value)
        if flow is not None and len(dash) + len(flow) <= WIDTH:
            return [dash + flow]
        lines = [line for k, v in value.items() for line in _entry(k, v, indent + 2)]
        return [dash + lines[0].lstrip(" "), *lines[1:]]
    if isinstance(value, list | tuple) and value:
        lines = [line for item in value for line in _item(item, indent + 2)]
        return [dash + lines[0].lstrip(" "), *lines[1:]]
    return [dash + _scalar_or_empty(value)]


def _flow(value: Any) -> str | None:
    """Scalars, and flat lists or mappings of them, on one line; None when that is not possible."""
    if isinstance(value, Mapping):
        pairs = [(_text(k, flow=True), _flow_scalar(v)) for k, v in value.items()]
        if not pairs or any(v is None for _, v in pairs):
            return None
        return "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
    if isinstance(value, list | tuple):
        items = [_flow_scalar(v) for v in value]
        if not items or any(i is None for i in items):
            return None
        return "[" + ", ".join(str(i) for i in items) + "]"
    return None


def _flow_scalar(value: Any) -> str | None:
    if isinstance(value, Mapping | list | tuple) or (isinstance(value, str) and "\n" in value):
        return None
    return _scalar(value, flow=True)


def _scalar_or_empty(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    return _scalar(value, flow=False)


def _scalar(value: Any, *, flow: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return _text(value, flow=flow)


@lru_cache(maxsize=1000, typed=True)  # keys and words that stand in every file of a list
def _text(text: str, *, flow: bool) -> str:
    if isinstance(text, Plain):
        if not text:
            return "null"  # nothing between brackets or behind a dash would be read as less
        if _plain_again(text, flow=flow):
            return str(text)
    if text[4:5] == "-" and _MOMENT.fullmatch(text) and not (flow and ":" in text):
        return text
    if _HEXADECIMAL.fullmatch(text) and any(c.isdigit() for c in text):
        return f'"{text}"'
    if _is_plain(text, flow=flow) and not _looks_typed(text):
        return text
    return _quoted(text)


def _plain_again(text: Plain, *, flow: bool) -> bool:
    """May a scalar that had no quotes go without them here? Its type hangs on that."""
    if len(text) in (40, 64) and _HEXADECIMAL.fullmatch(text):
        return False
    return text == "~" or (
        "\n" not in text
        and (_is_plain(text, flow=flow) or bool(":" not in text and _looks_typed(text)))
    )


def _is_plain(text: str, *, flow: bool) -> bool:
    if not _PLAIN.fullmatch(text) or _AMBIGUOUS.search(text):
        return False
    return not (flow and _NOT_IN_FLOW.search(text))


def _looks_typed(text: str) -> bool:
    """Could a text be taken for something else than text? Most can be told at a glance."""
    if text.isascii() and (text[0].isalpha() or " " in text or "/" in text):
        return text.lower() in _TYPED_WORDS
    return bool(_LOOKS_TYPED.fullmatch(text))


def _quoted(text: str) -> str:
    r"""Double quotes with JSON's escapes, which YAML shares; what is invisible is escaped too."""
    if text.isascii() and text.isprintable():
        return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
    from json import dumps  # slow to load, and for few texts

    quoted = dumps(text, ensure_ascii=False)
    return re.sub(
        rf"[\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff{_HIDDEN}]",
        lambda m: f"\\u{ord(m[0]):04x}",
        quoted,
    )


def _is_literal(text: str) -> bool:
    """Can it stand in lines below `|`? Not with empty ones at its end: one more may follow."""
    return "\n" in text.rstrip("\n") + ("\n" if text.endswith("\n") else "") and not (
        _NOT_LITERAL.search(text)
        or text.startswith(("\n", "\t"))
        or text.endswith("\n\n")
        or not text.strip()
    )


def _literal_mark(text: str) -> str:
    indent = "2" if text.startswith(" ") else ""
    if not text.endswith("\n"):
        return f"|{indent}-"
    return f"|{indent}"


def _literal_lines(text: str, indent: int) -> list[str]:
    lines = text.removesuffix("\n").split("\n")
    return [" " * indent + line if line else "" for line in lines]
