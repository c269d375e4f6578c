"""A badge for each service: when it was last changed, and what came of that.

It gives the date and not "2 days ago": a picture that is made once and kept by caches cannot know
what day it is when somebody looks at it, and would be wrong from tomorrow on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from changenote.site.addresses import folder_name
from changenote.site.book import Asset
from changenote.site.deployed import Deployed, by_service
from changenote.site.edition import Edition
from changenote.site.endings import ENDINGS, standing
from changenote.site.plan import Plan
from changenote.site.row import Row
from changenote.site.wording import day, in_xml

_LABEL = "last change"
_GOOD, _BAD, _ALERT, _PLAIN = "#17703a", "#b3261e", "#a14400", "#59616b"
_COLOURS = {
    "improved": _GOOD,
    "regressed": _BAD,
    "failed": _BAD,
    "degraded": _ALERT,
    "rolled_back": _ALERT,
}
_MARGIN = 7
_SOME_SITE = "https://YOUR-SITE/"  # where nobody said in mkdocs.yml where the site will be

# Widths of letters in pixels, in the fonts of badges at 11 px. The text is fitted to their sum, so
# that another font changes the letters and not the frame.
_NARROW, _WIDE, _USUAL, _CAPITAL = 3.6, 10.2, 6.6, 7.8


@dataclass(frozen=True, kw_only=True)
class Badge:
    """Where a badge lies, from the top of the site, and what shows it in a README."""

    path: str
    markdown: str


@dataclass(frozen=True, kw_only=True)
class _Half:
    """One half of a badge: its text, where that starts, and how wide both are, in pixels."""

    text: str
    x: float
    length: float
    width: float


def badge_plans(edition: Edition) -> Iterator[Plan]:
    """A picture for each service that shipped anything."""
    for place in by_service(edition):
        if place.service:
            path = _path(edition, place.service)
            yield Plan(
                path,
                partial(_badge, edition, path, place),
                partial(_depends, place.service, place.newest),
            )


def _depends(service: str, row: Row) -> tuple[object, ...]:
    return service, row.day, standing(row)


def _badge(edition: Edition, path: str, place: Deployed) -> Asset:
    drawn = edition.rendered("site/badge.svg.j2", path, **_values(place))
    return Asset(path=path, content=drawn.encode())


def badge(edition: Edition, service: str) -> Badge:
    """The badge of a service that shipped something."""
    path, site = _path(edition, service), edition.book.site_url or _SOME_SITE
    page = edition.places.named("services", service)
    return Badge(path=path, markdown=f"[![Last change]({site}{path})]({site}{page})")


def _path(edition: Edition, service: str) -> str:
    return edition.places.asset(f"badges/{folder_name(service)}.svg")


def _values(place: Deployed) -> dict[str, object]:
    row = place.newest
    came_of_it = standing(row)
    label = _half(_LABEL, 0)
    when = day(row.day) if row.day else "date unknown"
    says = _half(f"{when}, {ENDINGS[came_of_it]}", label.width)
    return {
        "service": in_xml(place.service),
        "label": label,
        "says": says,
        "width": label.width + says.width,
        "colour": _COLOURS.get(came_of_it, _PLAIN),
    }


def _half(text: str, start: float) -> _Half:
    length = round(sum(map(_letter, text)), 1)
    return _Half(
        text=text,
        x=round(start + _MARGIN, 1),
        length=length,
        width=round(length + 2 * _MARGIN),
    )


def _letter(letter: str) -> float:
    if letter in "fijlrt.,: 1":
        return _NARROW
    if letter in "mwMW":
        return _WIDE
    return _CAPITAL if letter.isupper() else _USUAL
