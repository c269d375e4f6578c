"""Plain numbers: one on a line, or parted by spaces or commas, or a JSON list of them.

Every number is a run. A unit may stand behind the numbers (`318.4 ms`); `#` starts a comment.
"""

import math
import re
from collections.abc import Iterator

from changenote.capture.results.document import AGAIN, Document, named_number, number_of
from changenote.capture.results.series import Series
from changenote.errors import BadResult
from changenote.model.problems import shown
from changenote.patterns import pattern

NAME = "numbers"
_TOKEN = pattern(
    r"(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf(?:inity)?)(?![a-z]))?"
    r"(?P<unit>[A-Za-zµμ%][\w/%µμ]*)?",
    re.IGNORECASE,
)
_GAP = pattern(r"[\s,;]+")
_COMMENT = pattern(r"#.*")


def recognises(document: Document) -> bool:
    """Is it nothing but numbers?"""
    if document.json:
        values = document.root.value
        return isinstance(values, list) and bool(values) and not isinstance(values[0], list | dict)
    first = next((tokens for line in _lines(document.text) if (tokens := _tokens(line))), [])
    return bool(first) and all(_matches(first))


def series(document: Document) -> list[Series]:
    """All numbers, in the order of the file."""
    if document.json:
        values = tuple(item.number() for item in document.root.items())
        return [_series(values, None)]
    found: list[float] = []
    units: set[str] = set()
    for number, line in enumerate(_lines(document.text), 1):
        if _tokens(line):
            found.extend(_of_line(line, f"{document.file}:{number}", units))
    if len(units) > 1:
        raise BadResult(
            f"{document.file} has numbers in {' and '.join(sorted(units))}",
            expected="one unit for all numbers",
            hint="write all of them in one unit",
        )
    return [_series(tuple(found), units.pop() if units else None)]


def number_in(text: str, where: str, unit: str | None = None) -> float:
    """The finite number that a text is; `where` names the place for the error."""
    text = text.strip()
    try:
        value = int(text) if re.fullmatch(r"[-+]?\d{1,300}", text) else float(text)
    except ValueError:
        found = shown(text) if text else "empty"
    else:
        if math.isfinite(value) and "_" not in text:
            return value
        found = named_number(value) if "_" not in text else shown(text)
    raise BadResult(f"{where} is {found}", expected=number_of(unit), hint=AGAIN)


def _lines(text: str) -> list[str]:
    return [_COMMENT.sub("", line) for line in text.splitlines()]


def _tokens(line: str) -> list[str]:
    return [token for token in _GAP.split(line) if token]


def _matches(tokens: list[str]) -> Iterator[re.Match[str] | None]:
    """What each token is: a number, perhaps with its unit, or a unit behind a number; or None."""
    unit_may_follow = False
    for token in tokens:
        match = _TOKEN.fullmatch(token)
        yield match if match and (match["number"] or unit_may_follow) else None
        unit_may_follow = bool(match and not match["unit"])


def _of_line(line: str, where: str, units: set[str]) -> list[float]:
    found: list[float] = []
    for match in _matches(_tokens(line)):
        if match is None:
            raise BadResult(
                f"{where} is {shown(line.strip())}",
                expected="a finite number for each run, and at most its unit",
                hint="give one number on a line, or CSV with a column for each thing measured",
            )
        if match["number"]:
            found.append(number_in(match["number"], where))
        if match["unit"]:
            units.add(match["unit"])
    return found


def _series(values: tuple[float, ...], unit: str | None) -> Series:
    return Series(name="", unit=unit, values=values, tool=NAME, sample="run")
