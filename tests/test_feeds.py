"""Feeds, in both forms: what readers are told of a change."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urljoin
from xml.etree import ElementTree

from changenote.config import Config
from changenote.site.book import Book, InGit
from changenote.site.exports.feeds import NEWEST, NEWEST_OF_ONE
from tests.books import book, least, links, published, words
from tests.site_files import HERE, for_programs, index, json_feed, shipped

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def flock(count: int, **more: str) -> list[str]:
    """So many notes, the newest last; each in one second after the one before."""
    return [
        shipped(f"20261122-{n:06d}", at=f"2026-11-22T10:{n // 60:02d}:{n % 60:02d}Z", **more)
        for n in range(count)
    ]


def atom(of: Book, path: str = "feed.xml") -> ElementTree.Element:
    """A feed, read by a parser that takes nothing but XML."""
    return ElementTree.fromstring(for_programs(of)[path])  # noqa: S314  # we have just written it


def texts(feed: ElementTree.Element, path: str) -> list[str]:
    """The text of every element at a path."""
    return [element.text or "" for element in feed.findall(path, ATOM)]


def test_every_feed_is_valid_atom(sample_book: Book) -> None:
    feeds = [name for name in for_programs(sample_book) if name.endswith("feed.xml")]

    for name in feeds:
        _check_atom(atom(sample_book, name))
    assert len(feeds) == 11
    assert len({texts(atom(sample_book, name), "a:id")[0] for name in feeds}) == 11


def _check_atom(feed: ElementTree.Element) -> None:
    """What RFC 4287 demands of a feed and its entries, in sections 4.1.1 and 4.1.2."""
    for element in (feed, *feed.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"a:{name}", ATOM)) == 1, name
        assert texts(element, "a:id")[0].startswith("urn:uuid:")
        assert len(element.findall("a:link[@rel='alternate']", ATOM)) == 1
        moments = texts(element, "a:updated") + texts(element, "a:published")
        assert all(datetime.fromisoformat(moment).tzinfo for moment in moments)
    assert texts(feed, "a:author/a:name")
    assert len(feed.findall("a:link[@rel='self']", ATOM)) == 1
    ids = texts(feed, "a:entry/a:id")
    assert len(ids) == len(set(ids))


def test_every_json_feed_has_the_shape_of_version_1_1(sample_book: Book) -> None:
    feeds = [name for name in for_programs(sample_book) if name.endswith("feed.json")]

    for name in feeds:
        feed = json_feed(sample_book, name)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"]
        for item in feed["items"]:
            assert item["id"]
            assert item["content_html"]
            assert datetime.fromisoformat(item["date_published"]).tzinfo
            assert all(author["name"] for author in item.get("authors", ()))
    assert len(feeds) == 11


def test_both_forms_of_a_feed_say_the_same(sample_book: Book) -> None:
    xml, plain = atom(sample_book), json_feed(sample_book)["items"]

    for name, path in (
        ("id", "a:entry/a:id"),
        ("title", "a:entry/a:title"),
        ("summary", "a:entry/a:summary"),
        ("content_html", "a:entry/a:content"),
        ("date_published", "a:entry/a:published"),
        ("date_modified", "a:entry/a:updated"),
    ):
        assert texts(xml, path) == [item[name] for item in plain]


def test_an_entry_tells_the_answer_the_reason_and_the_way_back(sample_book: Book) -> None:
    item = json_feed(sample_book)["items"][0]

    assert item == {
        "id": "urn:uuid:938b9d13-09cd-54a4-a13f-2c2050f35983",
        "url": "changes/20261122-k3f9xq/",
        "title": "Cache cart totals per session",
        "summary": "GET /cart p95: 2.6 times faster (between 2.6 and 2.7), measured alternately",
        "content_html": item["content_html"],
        "date_published": "2026-11-22T14:05:00+00:00",
        "date_modified": "2026-11-22T14:05:00+00:00",
        "tags": ["performance", "shop-web", "cart", "cache"],
        "authors": [{"name": "Dev"}],
    }
    assert words(item["content_html"]) == (
        "Improved. GET /cart p95: 2.6 times faster (between 2.6 and 2.7), measured alternately"
        " shop-web · production · v2.14.0"
        " p95 of GET /cart was 840 ms because every request summed the basket again."
        " Roll back (flag) when: GET /cart p95 over 900 ms for 10 min, or any wrong-total report"
        " Loses data: nothing ./flags set cart_total_cache off --env production"
        "expect: flag off acknowledged by 12/12 hosts curl -fsS https://shop.example/cart/health"
        'expect: HTTP 200 and "cache=off"'
        " Verify: p95 back to 800-900 ms on https://grafana.example/d/cart"
    )


def test_drafts_are_in_no_feed_until_they_ship() -> None:
    draft = least() + "service: farm\n"

    assert json_feed(book(draft))["items"] == []
    assert json_feed(book(draft), "changes/services/farm/feed.json")["items"] == []
    assert texts(atom(book(draft)), "a:updated") == ["1970-01-01T00:00:00+00:00"]


def test_a_change_that_was_rolled_back_says_so_first() -> None:
    text = shipped("20261122-k3f9xq").replace("status: shipped", "status: rolled_back")

    content = json_feed(book(text))["items"][0]["content_html"]

    assert words(content).startswith("Rolled back.")


def test_a_feed_has_the_newest_notes_first_and_ends_somewhere() -> None:
    of = book(*flock(NEWEST + 1, service="farm", tags="[wool]"))

    every, farm, wool = (
        [item["url"] for item in json_feed(of, name)["items"]]
        for name in ("feed.json", "changes/services/farm/feed.json", "changes/tags/wool/feed.json")
    )

    assert (len(every), every[0]) == (NEWEST, f"changes/20261122-{NEWEST:06d}/")
    assert (len(farm), farm[0]) == (NEWEST_OF_ONE, f"../../20261122-{NEWEST:06d}/")
    assert farm == wool


def test_a_service_and_a_tag_have_feeds_of_their_own_and_no_others() -> None:
    of = book(
        shipped("20261122-aaaaaa", service="farm", tags="[wool, wool]"),
        shipped("20261122-bbbbbb", service="mill", tags="[flour]"),
    )

    farm = json_feed(of, "changes/services/farm/feed.json")
    wool = json_feed(of, "changes/tags/wool/feed.json")

    assert farm["title"] == "Change notes: farm"
    assert [i["url"] for i in farm["items"]] == ["../../20261122-aaaaaa/"]
    assert [i["url"] for i in wool["items"]] == ["../../20261122-aaaaaa/"]


def test_what_a_feed_reader_knows_a_note_by_never_changes() -> None:
    before = book(shipped("20261122-k3f9xq", title="Count sheep"))
    text = shipped("20261122-k3f9xq", title="Count all sheep").replace("kind: fix", "kind: jobs")
    moved = replace(before, entries=(published(text, "other/2026/file.yaml"),))
    elsewhere = replace(moved, site_url=HERE, root="what/changed")

    ids = {texts(atom(of), "a:entry/a:id")[0] for of in (before, moved, elsewhere)}

    assert len(ids) == 1


def test_two_files_with_one_id_are_two_entries() -> None:
    text = shipped("20261122-k3f9xq")
    of = replace(book(), entries=(published(text, "a.yaml"), published(text, "b.yaml")))

    ids = texts(atom(of), "a:entry/a:id")

    assert len(set(ids)) == 2


def test_a_feed_says_when_a_note_last_changed() -> None:
    text = shipped("20261122-k3f9xq") + "revision: {last_reviewed: 2026-12-01}\n"
    of = book(text)
    revised = InGit(revised=datetime(2026, 12, 2, 8, tzinfo=UTC))
    in_git = replace(of, in_git={of.entries[0].file: revised})

    assert texts(atom(of), "a:entry/a:updated") == ["2026-12-01T00:00:00+00:00"]
    assert texts(atom(in_git), "a:entry/a:updated") == ["2026-12-02T08:00:00+00:00"]
    assert texts(atom(in_git), "a:updated") == ["2026-12-02T08:00:00+00:00"]
    assert texts(atom(in_git), "a:entry/a:published") == ["2026-11-22T10:00:00+00:00"]


def test_hostile_text_stays_text_in_a_feed() -> None:
    title = "</title><script>hurt()</script> & ]]>"
    text = shipped(
        "20261122-k3f9xq",
        title=json.dumps(title),
        reason=json.dumps(
            "<script>hurt()</script> <img src=x onerror=hurt()> [x](javascript:hurt)"
        ),
        tags=json.dumps(['"><script>']),
    )

    xml, item = atom(book(text)), json_feed(book(text))["items"][0]

    assert texts(xml, "a:entry/a:title") == [title] == [item["title"]]
    assert [c.get("term") for c in xml.findall("a:entry/a:category", ATOM)] == ["fix", '"><script>']
    assert "<script" not in item["content_html"]
    assert "<img" not in item["content_html"]
    assert links(item["content_html"]) == []


def test_characters_that_xml_forbids_do_not_break_a_feed() -> None:
    of = book(shipped("20261122-k3f9xq"), config=Config(title="a\x00b\x1b[31m\ufffe\ud800"))

    assert texts(atom(of), "a:title") == ["a�b�[31m��"]
    assert json_feed(of)["items"]


def test_feeds_give_no_mail_address_away() -> None:
    authors = '["Dana Q <dana@example.com>", "<kim@example.com>", "lee@example.com", "@acme/cart"]'
    of = book(shipped("20261122-k3f9xq", authors=authors))

    assert texts(atom(of), "a:entry/a:author/a:name") == ["Dana Q", "kim", "lee", "@acme/cart"]


def test_links_are_whole_addresses_where_the_site_is_known_and_lead_there_where_not() -> None:
    of = book(shipped("20261122-k3f9xq", service="farm"))
    known = replace(of, site_url=HERE)
    note, farm = f"{HERE}changes/20261122-k3f9xq/", "changes/services/farm/feed.json"

    for path in ("feed.json", farm):
        absolute, relative = json_feed(known, path), json_feed(of, path)
        assert absolute["items"][0]["url"] == note
        assert urljoin(HERE + path, relative["items"][0]["url"]) == note
        assert absolute["feed_url"] == HERE + path == urljoin(HERE + path, relative["feed_url"])
    assert index(known)["notes"][0]["address"] == note
    assert urljoin(f"{HERE}changes/index.json", index(of)["notes"][0]["address"]) == note
    assert f"]({note})" in for_programs(known)["llms.txt"].decode()
