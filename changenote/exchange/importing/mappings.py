"""YAML of other tools as texts and lists of texts, whatever a person made of it."""

from collections.abc import Mapping
from typing import Any

from changenote.exchange.importing.entries import LeftOut, Source
from changenote.exchange.importing.texts import tidy
from changenote.model.problems import Path
from changenote.model.reading import Plain, is_null, resolved
from changenote.patterns import pattern
from changenote.store import codec

Data = dict[str, Any]

_COMMENT = pattern(r"\s#")


def mapping_in(source: Source, text: str = "", *, line: int = 1) -> Data | LeftOut:
    """The keys and values of a YAML file, or of a part of it that begins at a line."""
    document = codec.load((text or source.text).encode("utf-8", "surrogatepass"), with_places=True)
    if document.problems:
        problem = document.problems[0]
        at = document.position(problem.path)[0] + line - 1
        return _left_out(source, f"{problem.found}; expected {problem.expected}", at)
    if not isinstance(document.data, Mapping):
        return _left_out(source, "it has no keys with values", line)
    return dict(document.data)


def _left_out(source: Source, reason: str, line: int) -> LeftOut:
    return LeftOut(file=source.file, line=line, reason=reason)


def cut_texts(source: Source, *keys: str) -> tuple[str, ...]:
    """A remark for each text below some keys (or all) that a ` #` ends.

    YAML takes what follows for a comment, and hardly anybody means it so.
    """
    document = codec.load(source.text.encode("utf-8", "surrogatepass"), with_places=True)
    comments = [_last_comment(line) for line in source.text.split("\n")]
    remarks = []
    for path, (line, column) in document.positions.items():
        is_text = isinstance(value_at(document.data, path), Plain)
        if is_text and (not keys or path[0] in keys) and comments[line - 1] >= column:
            remarks.append(f"line {line}: what follows ` #` is a comment for YAML, and left out")
    return tuple(remarks)


def _last_comment(line: str) -> int:
    """Where the last ` #` of a line stands, from 0; -1 where there is none."""
    return max((found.start() for found in _COMMENT.finditer(line)), default=-1)


def value_at(data: Any, path: Path) -> Any:
    """The value that stands at a path of YAML data."""
    for part in path:
        data = data[part]
    return data


def text_of(value: object) -> str:
    """A value as text: what a person wrote where YAML took a text with a colon for keys, too."""
    if value is None or is_null(value):
        return ""
    if isinstance(value, Mapping):
        return tidy("\n".join(f"{key}: {text_of(inner)}" for key, inner in value.items()))
    if isinstance(value, list | tuple):
        return "\n".join(f"- {text_of(item)}" for item in value)
    return tidy(str(value))


def texts_of(value: object) -> list[str]:
    """A list of texts, where one alone may stand without a list; without empty ones."""
    every = value if isinstance(value, list | tuple) else [value]
    return [text for text in map(text_of, every) if text]


def rest_of(data: Data, known: tuple[str, ...]) -> Data:
    """What stands under keys that nobody knows, and is kept all the same."""
    return {str(k): resolved(v) for k, v in data.items() if k not in known and not is_null(v)}
