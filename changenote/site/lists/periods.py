"""Long lists in pieces that one page can hold: by year, by month, and by days of a busy month.

Pieces are cut by the calendar, and a month from its oldest day on: a new note leaves old ones
where they are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import Generic, Protocol, TypeVar

from changenote.site import wording

MOST = 100
"""So many lines are on one page."""

_MANY, _PER_HEADING = 15, 3


class Dated(Protocol):
    """Something that happened on a day; `month` is `2026-11`, or `undated`."""

    @property
    def day(self) -> date | None:
        """The day, if it is known."""

    @property
    def month(self) -> str:
        """The month."""


Thing = TypeVar("Thing", bound=Dated)


@dataclass(frozen=True, kw_only=True)
class Period(Generic[Thing]):
    """A stretch of time with its things, newest first; `inner` are its pieces, none if it is short.

    `name` is its place below the whole list: empty, `2026`, `2026-11` or `2026-11/3`.
    """

    name: str
    title: str
    things: tuple[Thing, ...]
    inner: "tuple[Period[Thing], ...]" = ()


@dataclass(frozen=True, kw_only=True)
class Part(Generic[Thing]):
    """Things below one heading; both are empty where there is none."""

    name: str
    title: str
    things: tuple[Thing, ...]


def whole(things: Sequence[Thing], *, most: int = MOST) -> Period[Thing]:
    """A list, newest first, and its years if it is too long for one page."""
    inner = tuple(_years(things, most)) if len(things) > most else ()
    return Period(name="", title="", things=tuple(things), inner=inner)


def month_of(name: str, things: Sequence[Thing], *, most: int = MOST) -> Period[Thing]:
    """A month, and its days in pieces if it is too long for one page."""
    inner = tuple(_days(name, things, most)) if len(things) > most else ()
    return Period(name=name, title=wording.month(name), things=tuple(things), inner=inner)


def every(period: Period[Thing]) -> Iterator[Period[Thing]]:
    """A period and all pieces in it, newest first."""
    yield period
    for inner in period.inner:
        yield from every(inner)


def parts(things: Sequence[Thing]) -> tuple[Part[Thing], ...]:
    """A list by month, or by year where months would be headings with hardly anything below."""
    for name, title in ((_month, wording.month), (_year, str)):
        groups = _grouped(things, name)
        if len(things) > _MANY and 1 < len(groups) <= len(things) / _PER_HEADING:
            return tuple(
                Part(name=key, title=title(key), things=found) for key, found in groups.items()
            )
    return (Part(name="", title="", things=tuple(things)),) if things else ()


def days(things: Sequence[Thing]) -> str:
    """`3 Nov 2026`, or `3 – 9 Nov 2026` for more than one day; empty where no day is known."""
    known = [thing.day for thing in things if thing.day]
    if not known:
        return ""
    return wording.between(min(known), max(known))


def _month(thing: Dated) -> str:
    return thing.month


def _year(thing: Dated) -> str:
    return thing.month.partition("-")[0]


def _grouped(things: Sequence[Thing], name: Callable[[Dated], str]) -> dict[str, tuple[Thing, ...]]:
    return {key: tuple(found) for key, found in groupby(things, key=name)}


def _years(things: Sequence[Thing], most: int) -> Iterator[Period[Thing]]:
    for name, found in _grouped(things, _year).items():
        inner = tuple(_months(found, most)) if len(found) > most else ()
        if [period.name for period in inner] == [name]:  # things without a date have no months
            inner = inner[0].inner
        yield Period(name=name, title=name, things=found, inner=inner)


def _months(things: Sequence[Thing], most: int) -> Iterator[Period[Thing]]:
    """The months of a year, newest first; quiet ones that follow each other share a page.

    Such a page is called after the oldest of them, so that newer ones do not rename it.
    """
    shared: list[list[tuple[str, tuple[Thing, ...]]]] = []
    for month in reversed(_grouped(things, _month).items()):
        if shared and sum(len(of) for _, of in (*shared[-1], month)) <= most:
            shared[-1].append(month)
        else:
            shared.append([month])
    for months in reversed(shared):
        (oldest, _), (newest, _) = months[0], months[-1]
        together = tuple(thing for _, of in reversed(months) for thing in of)
        period = month_of(oldest, together, most=most)
        yield replace(period, title=wording.months(oldest, newest))


def _days(month: str, things: Sequence[Thing], most: int) -> Iterator[Period[Thing]]:
    """Whole days together where they fit on a page; a day that does not is cut as well."""
    cuts = [0]
    oldest_first = things[::-1]
    for _, found in groupby(enumerate(oldest_first), key=lambda item: item[1].day):
        numbers = [number for number, _ in found]
        if numbers[-1] - cuts[-1] >= most and numbers[0] > cuts[-1]:
            cuts.append(numbers[0])
        while numbers[-1] - cuts[-1] >= most:
            cuts.append(cuts[-1] + most)
    pieces = list(enumerate(pairwise([*cuts, len(things)]), start=1))
    for number, (start, end) in reversed(pieces):
        found_there = tuple(oldest_first[start:end][::-1])
        yield Period(
            name=f"{month}/{number}",
            title=days(found_there) or f"{wording.month(month)}, part {number}",
            things=found_there,
        )
