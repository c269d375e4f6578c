"""The page that a site opens on: what changed last, did it help, how to undo it."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from changenote.model.facts import facts
from changenote.model.query import parse
from changenote.site.book import Book, Broken
from tests.books import book, least, links, note_page, page, words

MEASURED = """\
metrics:
  - name: GET /cart p95
    unit: ms
    better: lower
    before: [841, 903, 812, 867, 1012, 838]
    after: [318, 341, 309, 327, 371, 316]
    conditions: {cache: warm}
"""
UNDO = "rollback: {strategy: flag, steps: [{run: ./flags set x off, takes: 15s}, {run: ./check}]}\n"


def shipped(
    note_id: str,
    title: str,
    *,
    service: str = "farm",
    status: str = "shipped",
    more: str = "",
    **where: str,
) -> str:
    """A note that shipped on the day of its id at noon."""
    day = f"{note_id[:4]}-{note_id[4:6]}-{note_id[6:8]}"
    said = {"at": f"'{day}T12:00:00Z'", "environment": "production", **where}
    at = ", ".join(f"{name}: {value}" for name, value in said.items())
    start = least(note_id, title).replace("status: draft", f"status: {status}")
    return f"{start}service: {service}\nshipped: {{{at}}}\n{more}"


def home(*texts: str) -> str:
    """The HTML of the page."""
    return page(book(*texts), "changes/").content


def last(content: str) -> str:
    """The words of the part about the last deployments."""
    return words(content.partition('id="last"')[2].partition("</section>")[0])


def test_the_head_counts_what_shipped_and_what_is_still_a_draft() -> None:
    content = home(
        shipped("20261122-k3f9xq", "Cache cart totals"),
        least("20261121-aaaaa1"),
        least("20261120-aaaaa2"),
    )

    assert "3 change notes: 2 drafts, 1 shipped" in words(content)


def test_the_last_deployment_says_what_where_when_and_whether_it_helped() -> None:
    content = home(
        shipped(
            "20261122-k3f9xq",
            "Cache cart totals",
            version="v2",
            outcome="success",
            more=MEASURED + UNDO,
        )
    )

    assert (
        "farm production v2 success 22 Nov 2026, 12:00 UTC Cache cart totals improved "
        "GET /cart p95 854 → 322.5 ms, 2.6 times faster" in last(content)
    )


def test_its_rollback_is_at_hand() -> None:
    content = home(shipped("20261122-k3f9xq", "Cache cart totals", more=UNDO))

    assert "20261122-k3f9xq/#rollback" in links(content)
    assert "Roll back ./flags set x off 1 of 2 steps ./flags set x off" in last(content)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("no_metric: A typo has no number.\n", "Not measured: A typo has no number."),
        ("", "Nothing was measured."),
        (
            "metrics: [{name: wait, unit: s, better: lower, before: 38, after: 95}]\n",
            "wait: no verdict, the note does not say whether the cache was cold or warm.",
        ),
        (
            "metrics: [{name: size, unit: B, better: lower, before: 3812, after: 9500}]\n",
            "reported size 3,812 → 9,500 B, not measured",
        ),
        (
            "metrics: [{name: size, unit: B, better: lower, deterministic: true, before: 9500,"
            " after: 9500}]\n",
            "no change size 9,500 → 9,500 B, unchanged",
        ),
        (
            "metrics: [{name: size, unit: B, better: lower, before: [100, 101, 100, 99, 100, 101],"
            " after: [100, 100, 101, 99, 101, 100]}]\n",
            "no change size 100 → 100 B, within 2 %",
        ),
        (
            "metrics: [{name: a, before: 1, after: 2}, {name: b, before: 1, after: 2}]\n",
            "2 metrics, none of them speaks for the note.",
        ),
    ],
)
def test_where_nothing_helped_or_was_measured_it_says_why(more: str, says: str) -> None:
    assert says in last(home(shipped("20261122-k3f9xq", "Count sheep", more=more)))


def test_a_change_that_was_undone_says_so_and_offers_the_way_back_of_what_is_in_effect() -> None:
    content = home(
        shipped("20261122-k3f9xq", "Count twice", status="rolled_back", more=UNDO),
        shipped("20261121-000000", "Count once", more=UNDO),
    )

    assert "Count twice rolled back" in last(content)
    assert "In effect is Count once of 21 Nov 2026." in last(content)
    assert "20261121-000000/#rollback" in links(content)
    assert "20261122-k3f9xq/#rollback" not in links(content)


def test_notes_of_one_deployment_stand_together() -> None:
    content = home(
        *(shipped(f"20261122-00000{n}", f"Note number {n}", version="v9") for n in range(6)),
        shipped("20261121-000000", "An older one", version="v8"),
    )

    assert content.count('class="cn-last"') == 1
    assert (
        "In the same deployment: Note number 4, Note number 3, Note number 2 and 2 more notes"
        in last(content)
    )
    assert "An older one" not in last(content)


def test_the_teams_own_environment_counts_before_a_newer_deployment_elsewhere() -> None:
    content = home(
        shipped("20261122-k3f9xq", "Try it", environment="staging"),
        shipped("20261121-000000", "Ship it"),
    )

    assert "farm production 21 Nov 2026, 12:00 UTC Ship it" in last(content)
    assert "Try it" not in last(content)


def test_of_forty_services_the_newest_are_shown_and_all_are_counted() -> None:
    many = [
        shipped(f"20261101-0000{n:02}", f"Note number {n}", service=f"s{n:02}", more=MEASURED)
        for n in range(40)
    ]

    content = home(*many)

    assert "40 services 40 improved" in last(content)
    assert content.count('class="cn-last ') == 6
    assert "The last deployments of all 40 services" in last(content)
    assert "../rollback/" in links(content)


def test_drafts_are_no_deployments() -> None:
    assert "Nothing has shipped yet: every note is a draft." in last(home(least()))


def test_searching_needs_no_script_and_the_examples_find_something() -> None:
    of = book(
        shipped(
            "20261122-k3f9xq",
            "Count sheep",
            service='"the, farm"',
            more="files: [{path: app/cart/totals.py}]\n"
            + MEASURED.replace("lower", "higher").replace("cache: warm", "cache: cold"),
        )
    )
    content = page(of, "changes/").content

    queries = [
        parse_qs(urlsplit(link).query)["q"][0]
        for link in links(content)
        if link.startswith("search/?q=")
    ]

    assert '<form role="search" aria-label="Change notes" action="search/" method="get">' in content
    assert queries == ['service:"the, farm" after:-30d', "verdict:regressed", "file:app/cart/"]
    found = facts(of.entries[0].note)
    assert all(parse(query, today=date(2026, 11, 23)).matches(found) for query in queries)


def test_the_newest_notes_lead_to_all_of_them() -> None:
    many = [least(f"202611{n % 28 + 1:02}-0000{n:02}", f"Note number {n}") for n in range(60)]

    content = home(*many)

    assert content.count('class="cn-row"') == 15
    assert "All 60 notes, month by month" in words(content)
    assert words(content).index("28 Nov 2026") < words(content).index("27 Nov 2026")


def test_what_moved_without_a_note_is_said_with_its_days() -> None:
    metric = "metrics: [{{name: rows, better: lower, before: {}, after: {}}}]\n"
    content = home(
        shipped("20261122-k3f9xq", "Count sheep", more=metric.format(200, 150)),
        shipped("20261101-000000", "Count goats", more=metric.format(120, 100)),
    )

    assert (
        "Moved without a note¶ Something changed that nobody wrote down. "
        "rows 100 → 200 farm, between 1 Nov 2026 and 22 Nov 2026" in words(content)
    )


def test_a_day_that_no_calendar_has_is_said_as_it_is() -> None:
    metric = "metrics: [{{name: rows, better: lower, before: {}, after: {}}}]\n"
    undated = least("20261399-000000", "Count never").replace("draft", "shipped")
    content = home(
        undated + "service: farm\n" + metric.format(200, 150),
        shipped("20261101-000000", "Count goats", more=metric.format(120, 100)),
    )

    assert "between 1 Nov 2026 and 2026-13-99" in words(content)


def test_what_waits_for_somebody_is_counted_and_linked() -> None:
    content = home(
        least("20261122-k3f9xq"),
        shipped("20261121-000000", "Count goats", more="flags: [needs_human_review]\n"),
    )

    assert "Waiting for somebody¶ Drafts 1 To be confirmed 1" in words(content)
    assert {"review/#drafts", "review/#flagged"} <= set(links(content))


def test_activity_ends_with_the_newest_note_whatever_the_day_is() -> None:
    content = home(
        shipped("20261122-k3f9xq", "Count sheep", status="rolled_back"),
        shipped("20261116-000000", "Count goats"),
        shipped("20200101-000000", "Count years ago"),
    )

    assert "2 notes in 26 weeks, 1 went badly" in words(content)


def test_without_any_note_it_says_what_to_run() -> None:
    text = words(home())

    assert "There is no note yet." in text
    assert "changenote run -- ./deploy.sh production" in text
    assert "changenote new" in text


def test_a_file_that_cannot_be_read_is_named_before_anything_that_may_lack_it() -> None:
    broken = Broken(file="changes/2026/20261122-bad0ne-x.yaml", text="x", findings=())

    text = words(page(replace(book(least()), broken=(broken,)), "changes/").content)
    alone = words(page(replace(book(), broken=(broken,)), "changes/").content)

    assert text.index("1 file could not be read as a note") < text.index("Last deployments")
    assert "changes/2026/20261122-bad0ne-x.yaml" in text
    assert "changes/2026/20261122-bad0ne-x.yaml" in alone


def test_every_page_of_notes_is_one_click_away() -> None:
    found = set(links(home(least())))

    folders = ("timeline", "services", "owners", "kinds", "tags", "stack", "files", "releases")
    assert {f"{name}/" for name in folders} <= found
    assert {"weeks/", "metrics/", "statistics/", "review/", "../rollback/"} <= found


def test_a_note_from_the_edge_of_the_calendar_does_not_stop_it() -> None:
    early = least() + "shipped: {at: '0001-01-01T00:00:00+12:00'}\n"
    text = early.replace("status: draft", "status: shipped")

    assert "1 Jan 1" in words(home(text))
    assert note_page(text)


def test_the_page_is_small_however_many_notes_there_are() -> None:
    def size(of: Book) -> int:
        return len(page(of, "changes/").content)

    few = book(*(shipped(f"20261101-0000{n:02}", f"Note number {n}") for n in range(20)))
    many = book(*(shipped(f"20261101-000{n:03}", f"Note number {n}") for n in range(300)))

    assert size(many) < size(few) * 1.1


def test_a_site_of_nothing_but_notes_does_not_say_its_name_twice() -> None:
    of = book(shipped("20260101-aaaaaa", "First"))

    alone, inside = (page(replace(of, home=home), "changes/").title for home in (True, False))

    assert (alone, inside) == ("Overview", "Change notes")
