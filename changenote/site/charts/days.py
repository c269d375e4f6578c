"""Time as an axis: where a moment lies, and which days or months are written below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from changenote.site.charts.drawing import Tick, spaced
from changenote.site.wording import day

_MOST = 6  # labels that fit on a phone
_SHORT = 80  # days, up to which days are labelled and not months
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 600, 3000, 24000)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From the first moment to the last."""

    first: datetime
    last: datetime

    def share(self, moment: datetime) -> float:
        """Where a moment lies, from 0 to 1."""
        whole = (self.last - self.first).total_seconds()
        return (moment - self.first).total_seconds() / whole if whole else 0.5

    def ticks(self) -> list[Tick]:
        """Days, months or years with their names, from the first on."""
        length = (self.last - self.first).days
        if length <= _SHORT:
            step = next(step for step in _DAYS if length // step < _MOST)
            return self._labelled(self._days(step), "day")
        first, last = (12 * at.year + at.month - 1 for at in (self.first, self.last))
        step = next(step for step in _MONTHS if (last - first) // step < _MOST)
        days = self._months(first, last, step)
        return self._labelled(days, "year" if {found.month for found in days} == {1} else "month")

    def _days(self, step: int) -> list[date]:
        first, last = self.first.date(), self.last.date()
        every = (first + timedelta(days=n) for n in range(0, (last - first).days + 1, step))
        return [found for found in every if self._holds(found)]

    def _months(self, first: int, last: int, step: int) -> list[date]:
        """The first of every so many months, which are counted from the year 0 on."""
        start = -(-first // step) * step
        every = (date(n // 12, n % 12 + 1, 1) for n in range(start, last + 1, step) if n >= 12)
        return [found for found in every if self._holds(found)]

    def _holds(self, found: date) -> bool:
        return self.first <= _midnight(found) <= self.last

    def _labelled(self, days: Sequence[date], unit: str) -> list[Tick]:
        if not days:
            return [Tick.at(0.5, day(self.first.date()))]
        ticks = (
            Tick.at(self.share(_midnight(found)), _label(found, unit, is_first=not n))
            for n, found in enumerate(days)
        )
        return spaced(list(ticks), keep="first")


def span(moments: Sequence[datetime]) -> Span:
    """The time from the earliest moment to the latest; there is at least one."""
    return Span(first=min(moments), last=max(moments))


def _midnight(found: date) -> datetime:
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def _label(found: date, unit: str, *, is_first: bool) -> str:
    """`22 Nov`, `Nov` or `2026`; the first of each year, and of all, says the year as well."""
    number, name, year = day(found).split()
    if unit == "year":
        return year
    if unit == "month":
        return f"{name} {year}" if is_first or found.month == 1 else name
    return f"{number} {name} {year}" if is_first else f"{number} {name}"
