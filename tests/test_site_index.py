"""The index and llms.txt: what programs read of all notes."""

import json
from dataclasses import replace

from jsonschema import Draft202012Validator

from changenote.site.book import Asset, Book
from changenote.site.pages import printed
from changenote.site.search.facts import facts_plans
from tests.books import SAMPLE, book, least
from tests.site_files import HERE, for_programs, index, shipped


def test_the_index_keeps_the_shape_that_is_published_beside_it(sample_book: Book) -> None:
    schema = json.loads(for_programs(sample_book)["changes/index.schema.json"])
    Draft202012Validator.check_schema(schema)
    strict = json.loads(json.dumps(schema))
    strict["properties"]["notes"]["items"]["additionalProperties"] = False

    for of in (sample_book, replace(sample_book, site_url=HERE), book()):
        assert list(Draft202012Validator(strict).iter_errors(index(of))) == []


def test_the_index_tells_of_a_note_what_programs_ask(sample_book: Book) -> None:
    assert index(sample_book)["notes"][0] == {
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


def test_what_nobody_sees_is_an_escape_in_every_file_of_many_notes() -> None:
    hiding = 'title: "Pay \u202e\u115f"\nkind: fix\nstatus: shipped\nreason: "a \u202e\u115f"\n'
    more = 'service: "x\u202e\u115f"\ntags: ["t\u202e\u115f"]\nauthors: ["m\u202e\u115f"]\n'
    of = book(f"schema: 1\nid: 20261122-k3f9xq\n{hiding}{more}")
    made = [plan.make() for plan in facts_plans(printed(of)) if plan.path.endswith(".json")]

    files = for_programs(of) | {one.path: one.content for one in made if isinstance(one, Asset)}
    texts = {path: content.decode() for path, content in files.items()}

    read = {"llms.txt", "feed.xml", "feed.json", "changes/index.json", "changes/search/facts.json"}
    assert [path for path, text in texts.items() if "\u202e" in text or "\u115f" in text] == []
    assert read <= {path for path, text in texts.items() if "u202e" in text and "u115f" in text}
    assert index(of)["notes"][0]["title"] == r"Pay \u202e\u115f"


def test_a_rehearsal_of_other_steps_does_not_count_in_the_index() -> None:
    text = (SAMPLE / "changes/2026/20261122-k3f9xq-cache-cart-totals.yaml").read_text("utf-8")

    changed = index(book(text.replace("cart_total_cache off", "cart_total_cache maybe")))

    assert changed["notes"][0]["rollback"]["rehearsed"] is False


def test_the_index_has_every_note_and_every_file_that_is_none(sample_book: Book) -> None:
    found = index(sample_book)

    assert [note["file"] for note in found["notes"]] == [
        row.file for row in sorted(sample_book.entries, key=lambda e: e.note.id, reverse=True)
    ]
    assert found["unreadable"] == [
        {"file": "changes/2026/20261121-bad0ne-broken.yaml", "address": "20261121-bad0ne/"}
    ]


def test_the_index_has_a_line_for_each_note(sample_book: Book) -> None:
    lines = for_programs(sample_book)["changes/index.json"].decode().splitlines()

    assert sum(line.startswith('{"id":') for line in lines) == 5


def test_llms_txt_has_the_form_and_names_data_rollbacks_and_newest_notes() -> None:
    text = for_programs(book(shipped("20261122-k3f9xq", service="farm")))["llms.txt"].decode()

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

    listed = for_programs(book(text))["llms.txt"].decode()

    assert "- [x\\](http://evil.example) \\<b\\> \\`y\\` \\[z](changes/20261122-k3f9xq/)" in listed
