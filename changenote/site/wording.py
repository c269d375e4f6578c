"""Numbers, times, names and counts as people read them; English, whatever the machine speaks."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from changenote.model.identity import created_on
from changenote.model.measures import UNWRITTEN
from changenote.model.note import Note, in_utc, seconds, shipped_at

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""https://www.w3.org/TR/xml/#charsets: even a reference to any other character breaks a file."""

_NUMBERED = re.compile(
    r"https?://[^/]+/(.+?)/(?:-/)?(?:pull|pulls|merge_requests|pull-requests|issues)/(\d+)/?"
)


def day(value: date) -> str:
    """`22 Nov 2026`."""
    return f"{value.day} {_MONTHS[value.month - 1][:3]} {value.year}"


def between(first: date, last: date) -> str:
    """`3 – 9 Nov 2026`, with month and year on both sides where they differ; a day alone."""
    if first == last:
        return day(last)
    shown = day(first).split()
    if first.year == last.year:
        shown = shown[: 1 if first.month == last.month else 2]
    return f"{' '.join(shown)} – {day(last)}"


def moment(value: datetime) -> str:
    """`22 Nov 2026, 14:05 UTC`."""
    utc = in_utc(value)
    return f"{day(utc)}, {utc.hour:02}:{utc.minute:02} UTC"


def month(name: str) -> str:
    """`November 2026` from `2026-11`; other names as they are."""
    year, _, number = name.partition("-")
    known = number.isdigit() and 1 <= int(number) <= len(_MONTHS)
    return f"{_MONTHS[int(number) - 1]} {year}" if known else name


def months(first: str, last: str) -> str:
    """`March – May 2026` from two months of one year; a month alone."""
    if first == last:
        return month(last)
    return f"{month(first).partition(' ')[0]} – {month(last)}"


def day_of(note: Note) -> date | None:
    """The day a note counts by: when it shipped, or else the day in its id."""
    at = shipped_at(note)
    return at.date() if at else created_on(note.id)


def month_of(note: Note) -> str:
    """`2026-11`, or `undated`."""
    found = day_of(note)
    return f"{found.year:04}-{found.month:02}" if found else "undated"


def age_before(earlier: datetime, later: datetime) -> str:
    """`3 hours before`, `on the same day` …; nothing when it was not earlier."""
    passed = (later - earlier).total_seconds()
    if passed < 0:
        return ""
    for name, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if passed >= length:
            return f"{counted(int(passed // length), name)} before it shipped"
    return "just before it shipped"


def number(value: float) -> str:
    """`184,320`, `861.1`, `0.0042`: whole numbers as they are, others with four digits."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"


def exact(value: float) -> str:
    """A number as it was written down."""
    return repr(value)


def with_unit(value: float, unit: str | None) -> str:
    """`861.1 ms`; a bare count has no unit."""
    return f"{number(value)} {unit}" if unit and unit not in UNWRITTEN else number(value)


def counted(count: int, noun: str) -> str:
    """`1 note`, `1,204 notes`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def total(durations: list[str | None]) -> str:
    """The sum of durations as `1m 5s`; nothing when one of them is not known."""
    if not durations or not all(durations):
        return ""
    left = round(sum(seconds(d) for d in durations if d))
    hours, minutes = divmod(left // 60, 60)
    parts = ((hours, "h"), (minutes, "m"), (left % 60, "s"))
    return " ".join(f"{n}{unit}" for n, unit in parts if n) or "0s"


def shortened(text: str, most: int) -> str:
    """A text on one line, cut at a space where it is longer than `most` characters."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return f"{cut.rpartition(' ')[0] or cut} …"


def people(note: Note) -> Iterator[str]:
    """The authors, or else the owner. Pages are copied far: mail addresses stay at home."""
    for author in note.authors or (note.owner or "",):
        name = author.partition("<")[0].strip() or author.strip("<> ")
        if name:
            yield name.partition("@")[0].strip() or name


def in_xml(text: str) -> str:
    """A text with a sign in place of every character that no XML may hold."""
    return _NOT_XML.sub("\ufffd", text)


def short_address(url: str) -> str:
    """`acme/shop#412` for a pull request or an issue, else the address without its scheme."""
    match = _NUMBERED.fullmatch(url)
    if match:
        return f"{match[1]}#{match[2]}"
    return url.removeprefix("mailto:").removeprefix("https://").removeprefix("http://")
