"""What other programs read of a site: feeds, the index, llms.txt and short addresses."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from changenote.config import Config
from changenote.site.book import Asset, Book, Broken, InGit
from changenote.site.exports.feeds import NEWEST, NEWEST_OF_ONE, feed_plans
from changenote.site.exports.index import index_plans
from changenote.site.exports.llms import llms_plan
from changenote.site.exports.short_links import short_link_plans
from changenote.site.loading import project_of, read_book
from changenote.site.pages import printed
from tests.books import SAMPLE, book, least, links, published, words

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HERE = "https://kb.example/acme/"


@pytest.fixture(scope="module")
def sample() -> Book:
    """The sample notes."""
    return read_book(project_of(SAMPLE / "changes"))


def shipped(note_id: str, *, at: str = "2026-11-22T10:00:00Z", **more: str) -> str:
    """A note of a change that shipped, as YAML."""
    text = least(note_id, more.pop("title", "Count sheep"))
    fields = "".join(f"{name}: {value}\n" for name, value in more.items())
    return text.replace("draft", "shipped") + f"shipped: {{at: {at}}}\n" + fields


def flock(count: int, **more: str) -> list[str]:
    """So many notes, the newest last; each in one second after the one before."""
    return [
        shipped(f"20261122-{n:06d}", at=f"2026-11-22T10:{n // 60:02d}:{n % 60:02d}Z", **more)
        for n in range(count)
    ]


def assets(of: Book) -> dict[str, bytes]:
    """The files for other programs."""
    edition = printed(of)
    makers = (feed_plans, index_plans, llms_plan, short_link_plans)
    made = (plan.make() for plans in makers for plan in plans(edition))
    return {one.path: one.content for one in made if isinstance(one, Asset)}


def atom(of: Book, path: str = "feed.xml") -> ElementTree.Element:
    """A feed, read by a parser that takes nothing but XML."""
    return ElementTree.fromstring(assets(of)[path])  # noqa: S314  # we have just written it


def texts(feed: ElementTree.Element, path: str) -> list[str]:
    """The text of every element at a path."""
    return [element.text or "" for element in feed.findall(path, ATOM)]


def json_feed(of: Book, path: str = "feed.json") -> Any:
    """A JSON Feed as data."""
    return json.loads(assets(of)[path])


def index(of: Book) -> Any:
    """The index as data."""
    return json.loads(assets(of)["changes/index.json"])


def test_every_feed_is_valid_atom(sample: Book) -> None:
    feeds = [name for name in assets(sample) if name.endswith("feed.xml")]

    for name in feeds:
        _check_atom(atom(sample, name))
    assert len(feeds) == 11
    assert len({texts(atom(sample, name), "a:id")[0] for name in feeds}) == 11


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


def test_every_json_feed_has_the_shape_of_version_1_1(sample: Book) -> None:
    feeds = [name for name in assets(sample) if name.endswith("feed.json")]

    for name in feeds:
        feed = json_feed(sample, name)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"]
        for item in feed["items"]:
            assert item["id"]
            assert item["content_html"]
            assert datetime.fromisoformat(item["date_published"]).tzinfo
            assert all(author["name"] for author in item.get("authors", ()))
    assert len(feeds) == 11


def test_both_forms_of_a_feed_say_the_same(sample: Book) -> None:
    xml, plain = atom(sample), json_feed(sample)["items"]

    for name, path in (
        ("id", "a:entry/a:id"),
        ("title", "a:entry/a:title"),
        ("summary", "a:entry/a:summary"),
        ("content_html", "a:entry/a:content"),
        ("date_published", "a:entry/a:published"),
        ("date_modified", "a:entry/a:updated"),
    ):
        assert texts(xml, path) == [item[name] for item in plain]


def test_an_entry_tells_the_answer_the_reason_and_the_way_back(sample: Book) -> None:
    item = json_feed(sample)["items"][0]

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
    assert f"]({note})" in assets(known)["llms.txt"].decode()


def test_the_index_keeps_the_shape_that_is_published_beside_it(sample: Book) -> None:
    schema = json.loads(assets(sample)["changes/index.schema.json"])
    Draft202012Validator.check_schema(schema)
    strict = json.loads(json.dumps(schema))
    strict["properties"]["notes"]["items"]["additionalProperties"] = False

    for of in (sample, replace(sample, site_url=HERE), book()):
        assert list(Draft202012Validator(strict).iter_errors(index(of))) == []


def test_the_index_tells_of_a_note_what_programs_ask(sample: Book) -> None:
    assert index(sample)["notes"][0] == {
        "id": "20261122-k3f9xq",
        "title": "Cache cart totals per session",
        "kind": "performance",
        "status": "shipped",
        "owner": "@acme/cart",
        "service": "shop-web",
        "environment": "production",
        "shipped_at": "2026-11-22T14:05:00Z",
        "outcome": "success",
        "verdict": "improved",
        "tags": ["cart", "cache"],
        "pull_requests": ["https://github.com/acme/shop/pull/412"],
        "answer": "GET /cart p95: 2.6 times faster (between 2.6 and 2.7), measured alternately",
        "version": "v2.14.0",
        "flags": [],
        "rollback": {
            "strategy": "flag",
            "steps": 2,
            "rehearsed": True,
            "rehearsed_at": "2026-11-22T11:40:00Z",
        },
        "file": "changes/2026/20261122-k3f9xq-cache-cart-totals.yaml",
        "address": "20261122-k3f9xq/",
        "short": "../c/k3f9xq/",
    }


def test_a_rehearsal_of_other_steps_does_not_count_in_the_index() -> None:
    text = (SAMPLE / "changes/2026/20261122-k3f9xq-cache-cart-totals.yaml").read_text("utf-8")

    changed = index(book(text.replace("cart_total_cache off", "cart_total_cache maybe")))

    assert changed["notes"][0]["rollback"]["rehearsed"] is False


def test_the_index_has_every_note_and_every_file_that_is_none(sample: Book) -> None:
    found = index(sample)

    assert [note["file"] for note in found["notes"]] == [
        row.file for row in sorted(sample.entries, key=lambda e: e.note.id, reverse=True)
    ]
    assert found["unreadable"] == [
        {"file": "changes/2026/20261121-bad0ne-broken.yaml", "address": "20261121-bad0ne/"}
    ]


def test_the_index_has_a_line_for_each_note(sample: Book) -> None:
    lines = assets(sample)["changes/index.json"].decode().splitlines()

    assert sum(line.startswith('{"id":') for line in lines) == 5


def test_llms_txt_has_the_form_and_names_data_rollbacks_and_newest_notes() -> None:
    text = assets(book(shipped("20261122-k3f9xq", service="farm")))["llms.txt"].decode()

    assert text.startswith(
        "# Change notes\n\n> 1 change note about 1 service: what changed in production, why,"
        " did it help, and how to undo it.\n\n"
    )
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Change notes",
        "## Data",
        "## Ways in",
        "## Newest notes",
    ]
    assert "- [Index](changes/index.json): every note" in text
    assert "- [Rollback](rollback/): the newest note of each service" in text
    assert "address is `changes/<id>/`" in text
    assert text.endswith("- [Count sheep](changes/20261122-k3f9xq/): 2026-11-22, farm, shipped\n")


def test_a_title_cannot_write_markdown_into_llms_txt() -> None:
    text = least(title=json.dumps("x](http://evil.example) <b> `y` [z"))

    listed = assets(book(text))["llms.txt"].decode()

    assert "- [x\\](http://evil.example) \\<b\\> \\`y\\` \\[z](changes/20261122-k3f9xq/)" in listed


def test_a_short_address_leads_to_its_note_without_a_script() -> None:
    made = assets(replace(book(least()), site_url=HERE))["c/k3f9xq/index.html"].decode()

    assert '<meta http-equiv="refresh" content="0; url=../../changes/20261122-k3f9xq/">' in made
    assert f'<link rel="canonical" href="{HERE}changes/20261122-k3f9xq/">' in made
    assert links(made)[-1] == "../../changes/20261122-k3f9xq/"
    assert words(made) == "Count sheep Count sheep"
    assert "<script" not in made


def test_two_notes_with_one_ending_are_both_named() -> None:
    of = book(least("20261122-k3f9xq", "Count sheep"), least("20261123-k3f9xq", "Shear sheep"))

    made = assets(of)["c/k3f9xq/index.html"].decode()

    assert links(made) == ["../../changes/20261123-k3f9xq/", "../../changes/20261122-k3f9xq/"]
    assert "Shear sheep (20261123-k3f9xq) Count sheep (20261122-k3f9xq)" in words(made)
    assert "refresh" not in made


def test_a_file_that_cannot_be_read_has_a_short_address_too(sample: Book) -> None:
    made = assets(sample)["c/bad0ne/index.html"].decode()

    assert links(made)[-1] == "../../changes/20261121-bad0ne/"


def test_a_file_that_cannot_be_read_shares_an_ending() -> None:
    broken = Broken(file="f.yaml", text="", findings=(), id="20250101-k3f9xq")
    of = replace(book(least()), broken=(broken,))

    made = assets(of)["c/k3f9xq/index.html"].decode()

    assert links(made) == ["../../changes/20261122-k3f9xq/", "../../changes/20250101-k3f9xq/"]


def test_a_title_cannot_do_anything_on_a_short_page() -> None:
    made = assets(book(least(title=json.dumps('"><script>hurt()</script>'))))

    assert "<script" not in made["c/k3f9xq/index.html"].decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("Count sheep", "Something else"),
        lambda text: text.replace("kind: fix", "kind: feature"),
        lambda text: text + "service: farm\n",
    ],
)
def test_the_address_of_a_note_is_for_ever(change: Callable[[str], str]) -> None:
    before = book(least())
    after = replace(
        before, entries=(published(change(least()), "moved/2026/20261122-k3f9xq.yaml"),)
    )

    paths = {printed(of).by_name["", "20261122-k3f9xq"].path for of in (before, after)}
    short = {
        assets(of)["c/k3f9xq/index.html"].partition(b"refresh")[2][:60] for of in (before, after)
    }

    assert paths == {"changes/20261122-k3f9xq/"}
    assert len(short) == 1
