"""A metric has a page over all notes, and what moved without a note is found."""

import re
from datetime import date, timedelta
from urllib.parse import urljoin

import pytest

from changenote.site.book import Book
from changenote.site.edition import Edition
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.numbers.metrics import metric_path, moved_between_notes
from tests.books import book, links, page, paths, words

SERVICE = "changes/metrics/shop-web/"


def noted(
    day: str,
    metrics: str,
    *,
    service: str = "shop-web",
    status: str = "shipped",
    title: str = "",
) -> str:
    """A note that shipped on a day (`2026-03-01`), as YAML; `metrics` is the inside of a list."""
    letters = re.sub(r"[^a-hj-km-np-tv-z]", "", service + "aaaaaa")[:6]
    return (
        f"schema: 1\nid: {day.replace('-', '')}-{letters}\ntitle: {title or 'Change of ' + day}\n"
        f"kind: fix\nstatus: {status}\nservice: {service}\n"
        f"shipped: {{at: {day}T12:00:00Z, environment: production}}\nmetrics: [{metrics}]\n"
    )


def metric(before: float, after: float, name: str = "p95", unit: str = "ms", more: str = "") -> str:
    """A metric as YAML."""
    return f"{{name: {name}, unit: {unit}, better: lower, before: {before}, after: {after}{more}}}"


def made(of: Book) -> Edition:
    """A book being made into pages."""
    return edition(of, environment())


MOVING = book(
    noted("2026-03-01", metric(800, 790)),
    noted("2026-03-15", metric(950, 700)),
    noted("2026-04-01", metric(705, 690)),
    noted("2026-04-02", metric(20, 21, name="queue"), service="mailer"),
    noted("2026-04-20", metric(40, 22, name="queue"), service="mailer"),
    noted("2026-05-01", metric(1, 2, name="drafted"), status="draft"),
)


def test_what_moved_without_a_note_is_told_newest_first() -> None:
    moved = moved_between_notes(made(MOVING))

    assert [(m.history.service, m.history.name, m.numbers, m.path) for m in moved] == [
        ("mailer", "queue", "21 → 40 ms", "changes/metrics/mailer/queue/"),
        ("shop-web", "p95", "790 → 950 ms", f"{SERVICE}p95/"),
    ]
    assert [(m.earlier.day, m.later.day) for m in moved] == [
        ("2026-04-02", "2026-04-20"),
        ("2026-03-01", "2026-03-15"),
    ]
    assert moved[0].says == (
        "moved between notes (21 → 40 ms): something changed that nobody wrote down"
    )


def test_points_of_another_environment_are_told_apart_and_never_the_last_word() -> None:
    staging = noted("2026-04-01", metric(3000, 2900)).replace("production", "staging")
    of = book(noted("2026-03-01", metric(800, 790)), noted("2026-03-15", metric(780, 700)), staging)

    made = page(of, f"{SERVICE}p95/").content
    said = words(made)

    assert "Last in production: 700 ms, 15 Mar 2026" in said
    assert made.count('<rect class="cn-hollow"') == made.count('<rect class="cn-elsewhere"') == 1
    assert "in another environment" in said
    assert "3,000 → 2,900 ms in staging. Change of 2026-04-01" in said
    assert "environment: staging" in said[said.index("All notes") :]
    assert "700 ms" in words(page(of, "changes/metrics/").content)


def test_a_metric_of_staging_alone_is_plain() -> None:
    of = book(
        noted("2026-03-01", metric(9, 8, name="other")),
        noted("2026-03-02", metric(9, 8, name="another")),
        noted("2026-04-01", metric(3000, 2900)).replace("production", "staging"),
    )

    made = page(of, f"{SERVICE}p95/").content

    assert "Last: 2,900 ms, 1 Apr 2026" in words(made)
    assert "cn-elsewhere" not in made


def test_every_metric_has_a_page_and_a_line_that_leads_to_it() -> None:
    every = {p for p in paths(MOVING) if p.startswith("changes/metrics/")}
    index = page(MOVING, "changes/metrics/")

    assert every == {"changes/metrics/", "changes/metrics/mailer/queue/", f"{SERVICE}p95/"}
    to = {urljoin(f"/{index.path}", link).removeprefix("/") for link in links(index.content)}
    assert every - {index.path} <= to
    assert "2 metrics over all notes." in words(index.content)


def test_a_page_says_what_the_command_says() -> None:
    text = words(page(MOVING, f"{SERVICE}p95/").content)

    assert "3 points, lower is better. Last: 690 ms, 1 Apr 2026 reported" in text
    assert "Change points are looked for from 10 points on." in text
    assert "790 → 950 ms between 1 Mar 2026 Change of 2026-03-01 and 15 Mar 2026" in text


def test_the_table_of_a_page_holds_every_value() -> None:
    content = page(MOVING, f"{SERVICE}p95/").content

    rows = re.findall(r'data-label="Before"[^>]*>([^<]*)</td>\s*<td[^>]*>([^<]*)</td>', content)
    assert rows == [("705 ms", "690 ms"), ("950 ms", "700 ms"), ("800 ms", "790 ms")]


def test_of_a_metric_of_many_notes_the_newest_hundred_are_listed_and_all_drawn() -> None:
    every = [
        noted(f"{date(2026, 1, 1) + timedelta(days=n)}", metric(100, 100 + n % 2))
        for n in range(101)
    ]

    html = page(book(*every), f"{SERVICE}p95/").content

    assert "These are the newest 100 of 101 notes; the plot shows all of them." in words(html)
    table = html[html.index("<tbody") :]
    assert table.count("<tr ") == 100
    assert "Change of 2026-04-11" in table
    assert "Change of 2026-01-01" not in table
    assert "../../../20260101-shpweb/" in links(html)


def test_change_points_are_told_with_their_note() -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (1, 2, 3, 4) for day in (1, 8, 15, 22)]
    levels = [100 + n % 3 for n in range(8)] + [50 + n % 2 for n in range(8)]
    notes = (noted(d, metric(v, v, more="")) for d, v in zip(days, levels, strict=True))

    text = words(page(book(*notes), f"{SERVICE}p95/").content)

    assert "100.9 → 50.5 ms, better from 1 Mar 2026 on: Change of 2026-03-01" in text
    assert "level between change points" in text


def test_conditions_that_all_share_are_said_once_and_others_beside_their_note() -> None:
    warm = ", conditions: {host: staging-2, cache: warm}"
    cold = ", conditions: {host: staging-2, cache: cold}"
    of = book(
        noted("2026-03-01", metric(800, 790, more=warm)),
        noted("2026-03-15", metric(950, 700, more=cold)),
    )

    text = words(page(of, f"{SERVICE}p95/").content)

    assert text.count("host: staging-2") == 1
    assert "Measured with host: staging-2." in text
    assert "cache: cold measured differently: cache: warm → cold" in text


def test_one_name_in_two_units_is_two_pages_and_the_older_keeps_its_address() -> None:
    old = noted("2026-03-01", metric(800, 790, name="size", unit="kB"))
    new = noted("2026-03-15", metric(30, 20, name="size", unit="files"))

    alone, both = made(book(old)), made(book(new, old))

    assert metric_path(alone, "shop-web", "size", "MB") == f"{SERVICE}size/"
    assert metric_path(both, "Shop-Web", "Size", "MB") == f"{SERVICE}size/"
    other = metric_path(both, "shop-web", "size", "files")
    assert re.fullmatch(rf"{SERVICE}size-files-[0-9a-f]{{8}}/", other or "")
    assert len([p for p in paths(book(new, old)) if p.startswith(SERVICE)]) == 2


def test_drafts_have_no_page() -> None:
    assert metric_path(made(MOVING), "shop-web", "drafted", "ms") is None


def test_metrics_that_moved_come_first() -> None:
    of = book(
        noted("2026-03-01", metric(10, 10, name="calm") + ", " + metric(10, 10, name="wild")),
        noted("2026-04-01", metric(10, 10, name="calm") + ", " + metric(30, 10, name="wild")),
        noted("2026-05-01", metric(10, 10, name="calm")),
    )

    content = page(of, "changes/metrics/").content

    assert re.findall(r'scope="row"><a href="([^"]*)"', content) == [
        "shop-web/wild/",
        "shop-web/calm/",
    ]


HOSTILE = '"</title><script>hurt()</script>\'<img src=x onerror=hurt()> & zebra"'


@pytest.mark.parametrize("path", ["changes/metrics/", "changes/statistics/"])
def test_names_are_text_everywhere(path: str) -> None:
    of = book(
        noted("2026-03-01", metric(1, 1, name=HOSTILE, unit=HOSTILE)).replace("shop-web", HOSTILE),
        noted("2026-03-02", metric(9, 9, name=HOSTILE, unit=HOSTILE)).replace("shop-web", HOSTILE),
        noted("2026-03-02", metric(9, 9)),
    )

    shown = [page(of, p).content for p in paths(of) if p.startswith(path) and p.endswith("/")]

    assert sum("zebra" in words(content) for content in shown) > 1
    for content in shown:
        assert "<script" not in content
        assert "<img" not in content


def test_a_book_without_metrics_says_how_to_add_one() -> None:
    text = words(page(book(), "changes/metrics/").content)

    assert "No note has a metric yet. changenote metrics add ID adds one." in text
