"""How many changes there were, week by week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from markupsafe import Markup

from changenote.site.charts.days import Span
from changenote.site.charts.drawing import drawn
from changenote.site.wording import counted, day

_HIGHEST = 56  # pixels
_LOWEST = 6  # pixels of a column at least, so that one change in a busy year is seen
_LABEL, _AXIS = 18, 22
_SHORTEST = 26  # weeks: fewer are drawn to the right of empty room


@dataclass(frozen=True)
class Week:
    """A week from its first day: how many changes it saw, and how many went badly."""

    start: date
    count: int
    bad: int


class _Column(NamedTuple):
    """A week: how far its columns reach up and down, in pixels."""

    place: int
    up: int
    down: int
    says: str


def activity_plot(weeks: Sequence[Week], *, noun: str = "note") -> Markup:
    """A column for each week, oldest first: bad outcomes hang below the line.

    The weeks follow each other without a gap; `noun` is what was counted. Nothing for no week.
    """
    if not weeks:
        return Markup()
    room = max(_SHORTEST - len(weeks), 0)
    highest = max(week.count - week.bad for week in weeks)
    lowest = max(week.bad for week in weeks)
    unit = _HIGHEST / max(highest + lowest, 1)
    line = _LABEL + max(round(highest * unit), _LOWEST)
    end = line + round(lowest * unit) + (_LOWEST if lowest else 0)
    return drawn(
        "activity.html.j2",
        noun=noun,
        described=_described(weeks, noun),
        weeks=room + len(weeks),
        columns=list(_columns(weeks, unit, room, noun)),
        line=line,
        end=end,
        height=-(-(end + _AXIS) // 10) * 10,
        ticks=_span(weeks, room).ticks(),
        lowest=lowest,
        highest=max(week.count for week in weeks),
        table=[(day(week.start), week.count, week.bad) for week in weeks if week.count],
    )


def _columns(weeks: Sequence[Week], unit: float, first: int, noun: str) -> Iterator[_Column]:
    for place, week in enumerate(weeks, start=first):
        if week.count:
            up, down = (_length(n, unit) for n in (week.count - week.bad, week.bad))
            yield _Column(place, up, down, _said(week, noun))


def _length(count: int, unit: float) -> int:
    return max(round(count * unit), _LOWEST // 2) if count else 0


def _said(week: Week, noun: str) -> str:
    bad = f", {week.bad} went badly" if week.bad else ""
    return f"Week of {day(week.start)}: {counted(week.count, noun)}{bad}"


def _span(weeks: Sequence[Week], room: int) -> Span:
    ends = weeks[0].start - timedelta(days=7 * room), weeks[-1].start + timedelta(days=7)
    first, last = (datetime.combine(end, time(), UTC) for end in ends)
    return Span(first=first, last=last)


def _described(weeks: Sequence[Week], noun: str) -> str:
    total, bad = sum(week.count for week in weeks), sum(week.bad for week in weeks)
    busiest = max(weeks, key=lambda week: week.count)
    return (
        f"{counted(total, noun)} in {counted(len(weeks), 'week')}, {bad} went badly. "
        f"The busiest week was that of {day(busiest.start)} with {busiest.count}."
    )
