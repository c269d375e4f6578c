"""The page to bookmark: how to undo the last change of every service, whatever still works."""

import json
from dataclasses import replace

import pytest

from changenote.capture.reverting import Applies
from changenote.checks.runnable import FILL_IN
from changenote.config import Config
from changenote.site.book import Broken, InGit
from tests.books import assets, book, ids, least, links, page, words
from tests.test_home import shipped

UNDO = """\
rollback:
  strategy: restore
  when: payments fail for five minutes
  decider: "@acme/on-call"
  point_of_no_return: After midnight the old tokens are gone.
  data: {reversible: false, loses: orders of the last minutes}
  steps:
    - {run: ./switch off --all, expect: off on 12 hosts, takes: 15s}
    - {run: "curl -fsS https://shop.example/health"}
  verify: p95 back at 800 ms
  fallback: Call the provider.
"""


def rollbacks(*texts: str, config: Config | None = None) -> str:
    """The HTML of the page."""
    return page(book(*texts, config=config), "rollback/").content


def sheets(content: str) -> list[str]:
    """The words of each part, in order."""
    return [words(part.partition("</section>")[0]) for part in content.split("<section")[1:]]


def test_every_command_is_there_in_full_with_what_to_know_before_and_after_it() -> None:
    (sheet,) = sheets(rollbacks(shipped("20261122-k3f9xq", "Take new tokens", more=UNDO)))

    parts = (
        "farm production",
        "Take new tokens",
        "Shipped 22 Nov 2026, 12:00 UTC",
        "Restore the earlier state",
        "Point of no return After midnight the old tokens are gone.",
        "Data cannot go back; loses: orders of the last minutes",
        "When payments fail for five minutes",
        "Decides @acme/on-call",
        "./switch off --all expect off on 12 hosts takes 15s",
        "curl -fsS https://shop.example/health",
        "Verify p95 back at 800 ms",
        "If that fails Call the provider.",
        "Rehearsed never",
    )
    places = [sheet.find(part) for part in parts]
    assert -1 not in places, sheet
    assert places == sorted(places)


def test_nothing_on_it_is_folded_away_or_needs_a_script() -> None:
    content = rollbacks(shipped("20261122-k3f9xq", "Take new tokens", more=UNDO))

    assert "<details" not in content
    assert "<script" not in content
    assert " hidden" not in content


def test_a_long_trigger_does_not_keep_the_commands_waiting() -> None:
    undo = UNDO.replace("for five minutes", "for five minutes" + " or more" * 40)

    (sheet,) = sheets(rollbacks(shipped("20261122-k3f9xq", "Take new tokens", more=undo)))

    assert sheet.index("./switch off --all") < sheet.index("When payments fail")


def test_each_service_and_environment_has_its_newest_change_the_main_environment_first() -> None:
    made = rollbacks(
        shipped("20261123-000000", "Try it", environment="staging"),
        shipped("20261122-000000", "Ship it"),
        shipped("20261121-000000", "Ship that", service="barn"),
        shipped("20261120-000000", "Ship it before"),
    )

    titles = [sheet.partition("¶ ")[0].partition(">")[2].strip() for sheet in sheets(made)]
    assert titles == ["farm production", "barn production", "farm staging"]
    assert "Ship it before" not in words(made)


def test_the_main_environment_is_the_teams_own_or_else_the_usual_one() -> None:
    notes = (
        shipped("20261123-000000", "Try it", environment="lab"),
        shipped("20261122-000000", "Ship it", environment="npm"),
        shipped("20261121-000000", "Ship that", service="barn", environment="npm"),
    )

    usual = sheets(rollbacks(*notes))
    own = sheets(rollbacks(*notes, config=Config(environment="lab")))

    assert "npm" in usual[0]
    assert "lab" in own[0]


def test_services_are_found_by_name_at_the_top() -> None:
    made = rollbacks(
        shipped("20261122-000000", "Ship it", service="zoo"),
        shipped("20261121-000000", "Ship that", service="Barn"),
    )

    assert "production Barn zoo" in words(made.partition("<section")[0])
    jumps = {link[1:] for link in links(made.partition("<section")[0]) if link.startswith("#")}
    assert len(jumps) == 2
    assert jumps <= ids(made)


@pytest.mark.parametrize("status", ["rolled_back", "superseded"])
def test_when_the_last_change_is_undone_already_the_one_in_effect_is_shown(status: str) -> None:
    (sheet,) = sheets(
        rollbacks(
            shipped("20261122-000000", "Count twice", status=status),
            shipped("20261121-000000", "Count once", more=UNDO),
        )
    )

    in_words = status.replace("_", " ")
    assert f"undone already: Count twice ({in_words}, of 22 Nov 2026)" in sheet
    assert sheet.index("Below is how to undo the one before it") < sheet.index("Count once")
    assert "./switch off --all" in sheet


def test_when_nothing_is_in_effect_there_is_nothing_to_run() -> None:
    (sheet,) = sheets(
        rollbacks(shipped("20261122-000000", "Count twice", status="rolled_back", more=UNDO))
    )

    assert "Nothing to undo: no change noted here is in effect." in sheet
    assert "./switch off --all" not in sheet


def test_without_a_way_back_it_says_whom_to_ask() -> None:
    (sheet,) = sheets(rollbacks(shipped("20261122-000000", "Count sheep", more="owner: '@dana'\n")))

    assert "No rollback is written down. Ask @dana before you try one." in sheet


def test_other_notes_of_the_deployment_are_named_and_those_without_a_way_back() -> None:
    made = rollbacks(
        shipped("20261122-000002", "Count sheep", version="v9"),
        shipped("20261122-000001", "Count pigs", version="v9", more=UNDO),
        shipped("20261122-000000", "Count goats", version="v9"),
        shipped("20261121-000000", "Count cows", version="v8"),
    )

    assert (
        "In the same deployment, each with a note of its own:"
        " Count pigs, Count goats (no rollback is written down)."
    ) in words(made)
    assert "../changes/20261122-000000/#rollback" in links(made)


def test_drafts_do_not_count_and_are_counted() -> None:
    made = rollbacks(least("20261123-000000"), shipped("20261122-000000", "Count goats", more=UNDO))

    assert "Drafts do not count: there is 1." in words(made)
    assert len(sheets(made)) == 1
    assert "1 note is a draft, and drafts do not count" in words(rollbacks(least()))


def test_whether_the_revert_still_works_is_said_with_the_commit() -> None:
    of = book(shipped("20261122-000000", "Count goats", more=UNDO))
    applies = Applies(state="conflicts", onto="a" * 40, commit="b" * 40, paths=("app/x.py",))
    told = {of.entries[0].file: InGit(applies=applies)}

    made = page(replace(of, in_git=told, commit="a" * 40), "rollback/").content

    assert "conflicts in app/x.py when bbbbbbb is reverted onto aaaaaaa" in words(made)
    assert "as of commit aaaaaaa" in words(made)


def test_a_file_that_cannot_be_read_may_be_the_newest_change() -> None:
    of = book(shipped("20261122-000000", "Count goats"))
    broken = Broken(file="changes/2026/20261123-bad0ne-x.yaml", text="x", findings=())

    made = page(replace(of, broken=(broken,)), "rollback/").content

    assert "1 file could not be read as a note, so a newer change may be missing" in words(made)


def test_names_that_look_alike_have_places_of_their_own() -> None:
    hostile = '"<b id=x onclick=alert(1)>"'
    made = rollbacks(
        shipped("20261122-000000", "Count goats", service="a b"),
        shipped("20261122-000001", "Count goats", service="a-b"),
        shipped("20261122-000002", "Count goats", service="A B"),
        shipped("20261122-000003", "Count goats", service=hostile, environment=hostile),
        least("20261122-000004").replace("draft", "shipped"),
    )

    anchors = [part.partition('"')[0] for part in made.split('<h2 id="')[1:]]
    assert len(anchors) == len(set(anchors)) == 5
    assert "<b " not in made
    assert "No service named" in words(made)


def test_its_address_is_the_same_wherever_the_other_pages_are() -> None:
    of = replace(book(shipped("20261122-000000", "Count goats", more=UNDO)), root="log")

    assert "../log/20261122-000000/" in links(page(of, "rollback/").content)


def test_before_anything_shipped_it_says_so() -> None:
    assert "Nothing has shipped yet." in words(rollbacks())


LACKING = """\
rollback:
  steps:
    - {run: "mysql -u shop -p[redacted: password] shop < undo.sql", takes: 15s}
    - {run: ./deploy.sh production v2.14.0, takes: 1m}
"""


@pytest.mark.parametrize("path", ["rollback/", "changes/20261122-k3f9xq/"])
def test_a_step_that_lacks_a_secret_says_so_and_is_not_to_be_copied(path: str) -> None:
    text = shipped("20261122-k3f9xq", "Count twice", more=LACKING)
    whole = text.replace("[redacted: password]", "$SHOP")

    cut, other = (page(book(one), path).content for one in (text, whole))

    steps = cut.partition('<ol class="cn-steps">')[2].partition("</ol>")[0].split("<li")[1:]
    assert words(f"<li{steps[0]}").startswith(f"{FILL_IN}: mysql -u shop -p[redacted: password]")
    assert ["data-cn-copy" in step for step in steps] == [False, True]
    assert "data-cn-copy-all" not in cut
    assert FILL_IN not in other
    assert other.count("data-cn-copy>") == 2
    assert "data-cn-copy-all" in other


def test_the_home_page_and_the_feed_say_too_that_a_step_lacks_a_secret() -> None:
    of = book(shipped("20261122-k3f9xq", "Count twice", more=LACKING))

    card = page(of, "changes/").content.partition('class="cn-revert__first"')[2]
    card = card.partition("</details>")[0]

    assert "1 of 2 steps, lacks a secret" in words(card)
    assert f"{FILL_IN}: mysql" in words(card)
    assert "data-cn-copy" not in card
    assert f"<li>{FILL_IN}:<pre>" in json.loads(assets(of)["feed.json"])["items"][0]["content_html"]
