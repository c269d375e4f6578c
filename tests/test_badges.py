"""A badge says when a service was last changed and what came of it, wherever it is embedded."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.books import assets, book, least, links, page, words
from tests.test_home import MEASURED, shipped

SVG = "{http://www.w3.org/2000/svg}"


def badges(*texts: str) -> dict[str, ElementTree.Element]:
    """Every badge by its file name."""
    return {
        path.rpartition("/")[2]: ElementTree.fromstring(content)  # noqa: S314  # our own
        for path, content in assets(book(*texts)).items()
        if path.startswith("changes/badges/")
    }


def says(*texts: str) -> str:
    """What the only badge says to those who cannot see it."""
    (badge,) = badges(*texts).values()
    return badge.findtext(f"{SVG}title") or ""


@pytest.mark.parametrize(
    ("status", "more", "where", "expected"),
    [
        ("shipped", MEASURED, {}, "22 Nov 2026, improved"),
        ("shipped", "", {}, "22 Nov 2026, not measured"),
        ("shipped", MEASURED, {"outcome": "failed"}, "22 Nov 2026, failed"),
        ("rolled_back", MEASURED, {"outcome": "failed"}, "22 Nov 2026, rolled back"),
    ],
)
def test_it_says_the_day_and_what_came_of_the_change(
    status: str, more: str, where: dict[str, str], expected: str
) -> None:
    note = shipped("20261122-k3f9xq", "Count sheep", status=status, more=more, **where)

    assert says(note) == f"farm: last change {expected}"


def test_each_service_has_one_and_a_change_without_a_service_or_a_draft_has_none() -> None:
    found = badges(
        shipped("20261122-000000", "Count sheep"),
        shipped("20261121-000000", "Count goats", service="shop-web"),
        shipped("20261120-000000", "Count cows"),
        least("20261119-000000").replace("draft", "shipped"),
        least("20261118-000000") + "service: never-shipped\n",
    )

    assert set(found) == {"farm.svg", "shop-web.svg"}


def test_what_is_seen_is_what_is_said() -> None:
    (badge,) = badges(shipped("20261122-k3f9xq", "Count sheep", more=MEASURED)).values()

    seen = [text.text for text in badge.iter(f"{SVG}text")]
    assert seen == ["last change", "22 Nov 2026, improved"]
    ends = [float(t.attrib["x"]) + float(t.attrib["textLength"]) for t in badge.iter(f"{SVG}text")]
    assert max(ends) < float(badge.attrib["width"])


def test_whatever_a_service_is_called_the_picture_stays_a_picture() -> None:
    name = '</title><script>alert(1)</script>&"'
    quoted = '"</title><script>alert(1)</script>&\\""'

    found = badges(shipped("20261122-k3f9xq", "Count sheep", service=quoted))

    (badge,) = found.values()
    assert badge.findtext(f"{SVG}title") == f"{name}: last change 22 Nov 2026, not measured"
    assert {element.tag for element in badge.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "clipPath", "rect", "g", "text")
    }


@pytest.mark.parametrize("site", ["https://kb.example/", ""])
def test_the_page_of_a_service_shows_it_and_how_to_embed_it(site: str) -> None:
    of = replace(book(shipped("20261122-k3f9xq", "Count sheep")), site_url=site)

    content = page(of, "changes/services/farm/").content

    start = site or "https://YOUR-SITE/"
    assert "../../badges/farm.svg" in links(content)
    assert (
        f"[![Last change]({start}changes/badges/farm.svg)]({start}changes/services/farm/)"
        in words(content)
    )


def test_the_page_of_a_service_that_never_shipped_shows_none() -> None:
    of = book(least() + "service: farm\n")

    assert "badges" not in page(of, "changes/services/farm/").content
