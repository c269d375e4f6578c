"""What all charts share: their templates, and numbers and texts as SVG can hold them.

Charts are as wide as their place and as high as they are in pixels: across, all is in percent, so
that letters and dots keep their size on a phone.
"""

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Self

from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from changenote.model.measures import UNWRITTEN
from changenote.resources import templates_folder
from changenote.site.charts.scales import Scale
from changenote.site.compiled import CompiledTemplates
from changenote.site.environment import LeanEnvironment
from changenote.site.wording import in_xml

PHONE = 330
"""Pixels across that a chart has on a phone."""

_LETTER, _BETWEEN = 6.5, 8  # pixels across: a letter of a label, and what parts two labels
_EDGE = 0.08  # of the way across: labels this near an end are not centred on their place
_LONGEST_UNIT = 12


class Tick(NamedTuple):
    """A label at a share of the way across; `side` is the part of it that lies there."""

    share: float
    label: str
    side: Literal["start", "middle", "end"]

    @classmethod
    def at(cls, share: float, label: str) -> Self:
        """A label that stays inside the chart."""
        return cls(
            share, label, "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"
        )

    @property
    def across(self) -> str:
        """Its place, in percent."""
        return across(self.share)

    @property
    def starts(self) -> float:
        """Where its first letter starts on a phone, in pixels across."""
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[self.side]
        return self.share * PHONE - back * len(self.label) * _LETTER

    @property
    def ends(self) -> float:
        """Where its last letter ends on a phone."""
        return self.starts + len(self.label) * _LETTER


def drawn(template: str, **values: Any) -> Markup:
    """A chart from its template."""
    return Markup(_environment().get_template(f"site/charts/{template}").render(**values))  # noqa: S704  # templates escape


@cache
def _environment() -> LeanEnvironment:
    return LeanEnvironment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=CompiledTemplates(),
    )


def across(share: float) -> str:
    """A place on the way from left to right, `43.2%`: a pixel on a wide screen."""
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def down(pixels: float) -> str:
    """A place on the way down, in pixels."""
    return f"{pixels:.1f}".removesuffix(".0")


def written(value: float) -> str:
    """A number as it was written down."""
    return repr(float(value)).removesuffix(".0")


def unit_after(unit: str | None) -> str:
    """What stands behind a number of this unit: a space and a word that is not too long."""
    if not unit or unit in UNWRITTEN:
        return ""
    word = in_xml(unit)
    return f" {word}" if len(word) <= _LONGEST_UNIT else f" {word[: _LONGEST_UNIT - 1]}…"


def drawable(value: float | None) -> bool:
    """Is it a number that has a place on an axis?"""
    return value is not None and math.isfinite(value)


def ticks_across(axis: Scale, unit: str) -> list[Tick]:
    """The labels of an axis from left to right: as many as fit on a phone, the last with unit."""
    found = axis.ticks()
    value, label = found[-1]
    found[-1] = value, label + unit
    return spaced([Tick.at(axis.share(value), label) for value, label in found], keep="last")


def spaced(ticks: Sequence[Tick], *, keep: Literal["first", "last"]) -> list[Tick]:
    """The ticks without those whose labels would run into each other on a phone."""
    for step in range(1, len(ticks)):
        every = ticks[::step] if keep == "first" else ticks[::-step][::-1]
        if all(left.ends + _BETWEEN <= right.starts for left, right in pairwise(every)):
            return list(every)
    return list(ticks[:1] if keep == "first" else ticks[-1:])
