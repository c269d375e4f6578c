"""One file that holds before and after: two commands of hyperfine, two columns of a CSV file."""

from collections.abc import Sequence
from dataclasses import replace

from changenote.capture.results.series import Series
from changenote.errors import BadResult
from changenote.model.problems import shown
from changenote.patterns import pattern

_BEFORE = pattern(r"(?i)(?<![a-z])(?:before|old|base|baseline)(?![a-z])")
_AFTER = pattern(r"(?i)(?<![a-z])(?:after|new|head|candidate)(?![a-z])")
_EDGES = " :,;_-/()[]"
Sides = tuple[list[Series], list[Series]]


def parted(found: Sequence[Series], file: str) -> Sides:
    """The series before and after, each pair by one name: the words that tell them are cut out."""
    wanted = [series for series in found if series.wanted]
    before = [_named(s, _BEFORE.sub("", s.name)) for s in wanted if _BEFORE.search(s.name)]
    after = [_named(s, _AFTER.sub("", s.name)) for s in wanted if _AFTER.search(s.name)]
    if {s.name for s in before} == {s.name for s in after} and before:
        return before, after
    if len(wanted) == 2 and all(series.tool == "hyperfine" for series in wanted):
        return [wanted[0]], [wanted[1]]
    names = "; ".join(series.name for series in wanted)
    raise BadResult(
        f"{file} does not hold before and after: {shown(names, limit=150) or 'no series'}",
        expected="two commands of hyperfine, or names with `before` and `after` in them",
        hint="give a file for each side: --before FILE --after FILE",
    )


def on_neither(found: Sequence[Series]) -> list[str]:
    """The names of series that a file holds besides those before and after."""
    wanted = [series.name for series in found if series.wanted]
    named = [name for name in wanted if _BEFORE.search(name) or _AFTER.search(name)]
    return [name for name in wanted if name not in named] if named else []


def _named(series: Series, name: str) -> Series:
    return replace(series, name=" ".join(name.split()).strip(_EDGES) or _unnamed(series))


def _unnamed(series: Series) -> str:
    return "run time" if series.tool == "hyperfine" else ""
