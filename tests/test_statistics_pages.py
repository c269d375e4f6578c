"""The statistics say what they are of, what they rest on, and nothing that notes do not know."""

import re

from changenote.config import Config
from tests.books import book, page, paths, words

ALL = "changes/statistics/"


def shipped(day: str, parts: str = "", *, service: str = "shop-web", more: str = "") -> str:
    """A note that shipped on a day, as YAML; `parts` is more of what it says of shipping."""
    letters = (service.replace("o", "0").replace("-", "") + "aaaaaa")[:6].replace("i", "1")
    environment = "" if "environment" in parts else ", environment: production"
    return (
        f"schema: 1\nid: {day.replace('-', '')}-{letters.replace('l', '1')}\n"
        f"title: Change of {day}\nkind: fix\nstatus: shipped\nservice: {service}\n"
        f"shipped: {{at: {day}T12:00:00Z{environment}{parts}}}\n{more}"
    )


SHIPPING = book(
    shipped("2025-02-01", ", outcome: success"),
    shipped("2026-01-10", ", outcome: success"),
    shipped("2026-03-01", ", outcome: failed, restored_at: 2026-03-01T14:00:00Z"),
    shipped("2026-03-02", ", outcome: success", service="mailer"),
    shipped("2026-03-20", more="source: {first_commit_at: 2026-03-18T12:00:00Z}\n"),
    shipped("2026-03-21", ", environment: staging"),
)


def test_the_time_ends_with_the_newest_deployment_and_says_so() -> None:
    text = words(page(SHIPPING, ALL).content)

    assert "Deployments to production, 20 Dec 2025 – 20 Mar 2026 (90 days)." in text
    assert "The time ends with the newest deployment." in text


def test_a_later_note_of_another_environment_hides_no_deployment() -> None:
    of = book(
        shipped("2026-01-10"),
        shipped("2026-01-11", service="mailer"),
        shipped("2026-11-22", ", environment: staging"),
    )

    text, one = words(page(of, ALL).content), words(page(of, f"{ALL}mailer/").content)

    assert "Deployments to production, 10 – 11 Jan 2026 (1 day, since the first note)." in text
    assert "2 in 1 day" in text
    assert "Not counted: 1 note(s) about other environments (staging)." in text
    assert "1 in 1 day" in one
    assert "The time ends with the newest deployment of all services." in one


def test_the_five_metrics_are_told_in_the_words_of_the_command() -> None:
    text = words(page(SHIPPING, ALL).content)

    assert "Deployment frequency 4 in 90 days, 0.3 a week" in text
    assert "Change lead time 2 days (n = 1)" in text
    assert "Of 4 notes 3 have no first commit before it." in text
    assert "Change fail rate 25 % to 50 %" in text
    assert "Of 4 deployments 1 has no outcome, hence the range." in text
    assert "Failed deployment recovery time 2 h (n = 1)" in text
    assert "Deployment rework rate 0 % (0 of 4)" in text
    assert "never 0; only that a change was planned goes without saying." in text
    assert "Not counted: 1 note(s) about other environments (staging)." in text
    assert "https://dora.dev" in page(SHIPPING, ALL).content


def test_every_service_has_a_line_and_a_page() -> None:
    content = page(SHIPPING, ALL).content

    lines = re.findall(r'scope="row"><a href="([^"]*)">([^<]*)</a>', content)
    assert lines == [("mailer/", "mailer"), ("shop-web/", "shop-web")]
    assert {f"{ALL}mailer/", f"{ALL}shop-web/"} <= set(paths(SHIPPING))
    assert "1 in 90 days" in words(page(SHIPPING, f"{ALL}mailer/").content)
    assert "3 in 90 days" in words(page(SHIPPING, f"{ALL}shop-web/").content)


def test_quarters_show_a_direction() -> None:
    quarters = re.findall(
        r'rowheader" scope="row">(\d[^<]*)</th>\s*<td[^>]*>(\d+)<', page(SHIPPING, ALL).content
    )

    assert quarters == [
        ("2026, quarter 1, so far", "4"),
        ("2025, quarter 4", "0"),
        ("2025, quarter 3", "0"),
        ("2025, quarter 2", "0"),
        ("2025, quarter 1", "1"),
    ]


def test_weeks_are_drawn_up_to_the_newest_deployment() -> None:
    content = page(SHIPPING, ALL).content

    assert "Week of 16 Mar 2026: 1 deployment<" in content
    assert "Week of 23 Feb 2026: 1 deployment, 1 went badly<" in content


def test_notes_of_one_deployment_are_one() -> None:
    of = book(
        shipped("2026-03-01", ", version: v2, outcome: success"),
        shipped("2026-03-02", ", version: v2, outcome: success"),
    )

    text = words(page(of, ALL).content)

    assert "1 in 1 day" in text
    assert (
        "2 notes; those that name the same deployment, or else the same version, are one." in text
    )


def test_a_slip_in_the_year_of_one_note_does_not_hide_all_others() -> None:
    of = book(
        shipped("2026-03-01"),
        shipped("2026-03-20", service="mailer").replace("at: 2026", "at: 2062"),
    )

    text = words(page(of, ALL).content)

    assert "1 Mar 2026" in text
    assert "2062" not in text
    assert "1 note(s) without a time of shipping that can be" in text


def test_the_environment_is_the_one_of_the_config() -> None:
    of = book(shipped("2026-03-01", ", environment: live"), config=Config(environment="live"))

    assert "Deployments to live" in words(page(of, ALL).content)


def test_where_nothing_reached_the_environment_the_page_says_so() -> None:
    of = book(shipped("2026-03-01", ", environment: staging"))

    assert "No note in this time says that it shipped to production." in words(
        page(of, ALL).content
    )


def test_a_book_of_drafts_has_no_numbers() -> None:
    of = book(shipped("2026-03-01").replace("status: shipped", "status: draft"))

    assert "No note has shipped yet." in words(page(of, ALL).content)


def test_what_only_git_knows_is_left_to_the_command() -> None:
    assert "changenote stats tells" in words(page(SHIPPING, ALL).content)
