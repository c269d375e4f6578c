"""A note through its life by command: set, reviewed, told how it went, related, superseded."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changenote.cli.writing.outcome import moment
from changenote.cli.writing.updating import prepare, write
from changenote.errors import ChangedOnDisk, UsageProblem
from changenote.store.editing import with_value
from changenote.store.project import find_project
from tests.house import NOTE, said, valid_note
from tests.workshop import Done, Workshop

OLD, NEW, OTHER = "20251120-g00d00", "20251121-bbbbbb", "20251122-cccccc"

DRAFT = """\
schema: 1
id: 20251123-dddddd
title: Cache cart totals per session
kind: fix   # guessed
status: draft
owner: Dana Dev
service: shop-web
shipped: {at: 2025-11-23T14:05:00Z, environment: production}  # from the tag

# what follows is from the pull request
expected: GET /cart p95 under 400 ms.
rollback:
  strategy: flag
  when: GET /cart p95 over 900 ms for 10 min
  steps:
    - run: ./flags set cart_total_cache off --env production
      expect: 12/12 hosts
  verify: p95 back to 800-900 ms on the cart dashboard

files:
  - {path: app/cart/totals.py, change: modified, added: 38, removed: 6}

no_command: the flag was switched by hand
no_metric: the dashboard was down

flags: [needs_human_review]  # written by a machine
"""
REASON = "reason=p95 of GET /cart was 840 ms because every request summed the basket again."


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository with three notes and a draft."""
    workshop = Workshop(tmp_path).start()
    for note_id in (OLD, NEW, OTHER):
        valid_note(workshop, note_id)
    workshop.note(DRAFT, "20251123-dddddd")
    return workshop


def text(shop: Workshop, note_id: str) -> str:
    return (shop.folder / f"changes/2025/{note_id}-note.yaml").read_text()


def rules(done: Done) -> set[str]:
    return set(re.findall(r"\[([a-z-]+)\]$", done.out, re.M))


def test_superseding_writes_both_ends_and_nothing_else(shop: Workshop) -> None:
    done = shop.run("supersede", "g00d00", "bbbbbb")

    assert done == Done(
        0,
        f"changes/2025/{OLD}-note.yaml\nchanges/2025/{NEW}-note.yaml\n",
        f"{NEW} replaces {OLD}, 'Cache cart totals per session'.\n",
    )
    assert text(shop, OLD) == NOTE.replace("ID", OLD).replace("shipped\n", "superseded\n", 1)
    assert text(shop, NEW) == NOTE.replace("ID", NEW) + f"\nsupersedes: [{OLD}]\n"


def test_what_was_said_once_is_not_written_again(shop: Workshop) -> None:
    for words in (
        ["supersede", OLD, NEW],
        ["related", OLD, NEW, OTHER],
        ["outcome", OTHER, "failed", "--restored-at", "2025-11-20T15:00:00Z"],
        ["review", OTHER],
        ["set", OTHER, "tags+=cart", "difficulty=easy"],
    ):
        first = shop.run(*words)
        before = {path: path.read_bytes() for path in shop.notes()}
        again = shop.run(*words)

        assert (first.code, again.code) == (0, 0)
        assert again.out == ""
        assert again.err == "Nothing to change: it says so already.\n"
        assert {path: path.read_bytes() for path in shop.notes()} == before


def test_a_stop_between_the_two_ends_is_found_and_mended_by_the_same_command(
    shop: Workshop,
) -> None:
    before = text(shop, NEW)
    shop.run("supersede", OLD, NEW)
    shop.note(before, NEW)

    found = shop.run("check")
    again = shop.run("supersede", OLD, NEW)

    assert "superseded-by-none" in rules(found)
    assert again.out == f"changes/2025/{NEW}-note.yaml\n"
    assert "superseded-by-none" not in rules(shop.run("check"))


def test_the_other_half_written_by_hand_is_found_too(shop: Workshop) -> None:
    shop.note(NOTE.replace("ID", NEW) + f"\nsupersedes: [{OLD}]\n", NEW)

    found = shop.run("check")
    shop.run("supersede", OLD, NEW)

    assert "not-superseded" in rules(found)
    assert "not-superseded" not in rules(shop.run("check"))


def test_a_second_file_that_cannot_be_written_says_that_the_first_one_is(shop: Workshop) -> None:
    project = find_project(shop.folder)
    first, second = (
        prepare(project, name, lambda _, text: with_value(text, ("difficulty",), "easy"))
        for name in (OLD, NEW)
    )
    second.stored.path.write_text("# somebody else's\n")

    with pytest.raises(ChangedOnDisk) as error:
        write(first, second)

    assert error.value.retry == (
        f"safe, the same command goes on; changes/2025/{OLD}-note.yaml is written"
    )
    assert second.stored.path.read_text() == "# somebody else's\n"


def test_a_note_replaces_neither_itself_nor_what_replaces_it(shop: Workshop) -> None:
    shop.run("supersede", OLD, NEW)
    shop.run("supersede", NEW, OTHER)
    before = {path: path.read_bytes() for path in shop.notes()}

    itself, loop = shop.run("supersede", OLD, OLD), shop.run("supersede", OTHER, OLD)

    assert said(itself).what == f"{OLD} cannot replace itself"
    assert said(loop).what == f"{OTHER} replaces {OLD} already, itself or through others"
    assert {itself.code, loop.code} == {2}
    assert {path: path.read_bytes() for path in shop.notes()} == before


def test_that_a_change_was_rolled_back_stays_true_when_another_one_replaces_it(
    shop: Workshop,
) -> None:
    shop.note(NOTE.replace("ID", OLD).replace("status: shipped", "status: rolled_back"), OLD)

    shop.run("supersede", OLD, NEW)

    assert "status: rolled_back\n" in text(shop, OLD)
    assert text(shop, NEW).endswith(f"\nsupersedes: [{OLD}]\n")


def test_related_notes_name_each_other(shop: Workshop) -> None:
    done = shop.run("related", OLD, NEW, OTHER)

    assert done.err == f"{OLD} and {NEW}, {OTHER} name each other.\n"
    assert text(shop, OLD).endswith(f"\nrelated: [{NEW}, {OTHER}]\n")
    assert text(shop, NEW).endswith(f"\nrelated: [{OLD}]\n")
    assert text(shop, OTHER).endswith(f"\nrelated: [{OLD}]\n")


@pytest.mark.parametrize("others", [["g00d00"], ["bbbbbb", "bbbbbb"]])
def test_a_note_is_related_to_different_notes(shop: Workshop, others: list[str]) -> None:
    done = shop.run("related", "g00d00", *others)

    assert said(done).expected == "ids of different notes"


def test_a_dry_run_shows_the_change_and_writes_nothing(shop: Workshop) -> None:
    before = {path: path.read_bytes() for path in shop.notes()}

    done = shop.run("outcome", OTHER, "degraded", "--dry-run")

    file = f"changes/2025/{OTHER}-note.yaml"
    assert done.out.splitlines()[:2] == [f"--- a/{file}", f"+++ b/{file}"]
    assert [line for line in done.out.splitlines()[2:] if line[0] in "+-"] == [
        "-shipped: {at: 2025-11-20T14:05:00Z, environment: production}",
        "+shipped: {at: 2025-11-20T14:05:00Z, environment: production, outcome: degraded}",
    ]
    assert {path: path.read_bytes() for path in shop.notes()} == before


def test_programs_get_what_changed_as_json(shop: Workshop) -> None:
    words = ["supersede", OLD, NEW, "--json"]

    would, done = shop.run(*words, "--dry-run").data, shop.run(*words).data

    old = {"id": OLD, "path": f"changes/2025/{OLD}-note.yaml", "status": "superseded"}
    new = {"id": NEW, "path": f"changes/2025/{NEW}-note.yaml", "status": "shipped"}
    assert done == {
        "changed": True,
        "dry_run": False,
        "notes": [{**old, "changed": True}, {**new, "changed": True}],
    }
    assert would["dry_run"] is True
    assert [note.pop("diff")[:6] for note in would["notes"]] == ["--- a/", "--- a/"]
    assert would["notes"] == done["notes"]


def test_the_outcome_is_written_shown_and_found(shop: Workshop) -> None:
    words = ["--restored-at", "2025-11-20T16:25:00+01:00", "--incident", "https://x.example/i/7"]

    done = shop.run("outcome", OTHER, "failed", *words)

    assert done.err == "Cache cart totals per session: deployment failed.\n"
    assert (
        "  environment: production\n  outcome: failed\n"
        "  restored_at: 2025-11-20T16:25:00+01:00\n  incident: https://x.example/i/7\n"
    ) in text(shop, OTHER)
    assert (
        "How it went\n  Outcome    failed\n"
        "  Restored   2025-11-20 15:25 UTC, 1h 20m after it shipped\n"
        "  Incident   https://x.example/i/7\n"
    ) in shop.run("show", OTHER).out
    assert OTHER in shop.run("search", "x.example/i/7").out


@pytest.mark.parametrize(
    ("outcome", "state"), [("degraded", "degraded"), ("failed", "failed"), ("success", "improved")]
)
def test_a_bad_outcome_stands_in_lists_before_a_good_verdict(
    shop: Workshop, outcome: str, state: str
) -> None:
    runs = f"before: {[840 + n for n in range(10)]}, after: {[310 + n for n in range(10)]}"
    metric = f"{{name: p95, unit: ms, better: lower, conditions: {{cache: none}}, {runs}}}"
    shop.note(
        text(shop, OTHER).replace("no_metric: the dashboard was down", f"metrics: [{metric}]"),
        OTHER,
    )

    shop.run("outcome", OTHER, outcome)

    (line,) = shop.run("list", f"id:{OTHER}").out.splitlines()
    (row,) = shop.run("list", "--json", f"id:{OTHER}").data
    assert line.endswith(f"  {state}")
    assert (row["outcome"], row["verdict"]) == (outcome, "improved")


def test_while_service_is_not_back_the_command_for_it_is_named(shop: Workshop) -> None:
    done = shop.run("outcome", OTHER, "failed")

    assert done.err.splitlines()[-1] == (
        f"Once service is back: `changenote outcome {OTHER} failed --restored-at now`."
    )


def test_service_is_restored_after_the_change_shipped_and_not_in_the_future(
    shop: Workshop,
) -> None:
    early = shop.run("outcome", OTHER, "failed", "--restored-at", "2025-11-20T14:00:00Z")
    late = shop.run("outcome", OTHER, "failed", "--restored-at", "2999-01-01T00:00:00Z")

    assert said(early).expected == "a time after it shipped, 2025-11-20T14:05:00+00:00"
    assert said(late).expected.startswith("a time that has passed")
    assert {early.code, late.code} == {1}
    assert text(shop, OTHER) == NOTE.replace("ID", OTHER)


def test_a_deployment_that_went_well_has_nothing_to_restore(shop: Workshop) -> None:
    shop.run("outcome", OTHER, "failed", "--restored-at", "2025-11-20T15:00:00Z")

    done = shop.run("outcome", OTHER, "success")

    assert said(done).what == "a deployment that went well has no restored_at"
    assert said(done).next == (
        f"`changenote set {OTHER} shipped.restored_at=` takes out what the note says of it."
    )
    assert shop.run("set", OTHER, "shipped.restored_at=").code == 0
    assert shop.run("outcome", OTHER, "success").code == 0


def test_an_address_with_a_password_is_refused_and_not_repeated(shop: Workshop) -> None:
    done = shop.run("outcome", OTHER, "failed", "--incident", "https://u:s3cretpw@x.example/1")

    assert done.code == 1
    assert "s3cretpw" not in done.out + done.err


TIMES = {
    "now": "2026-11-22T14:05:00Z",
    "20m ago": "2026-11-22T13:45:00Z",
    "1h30m ago": "2026-11-22T12:35:00Z",
    "2026-11-22T15:05:00+01:00": "2026-11-22T15:05:00+01:00",
}


@pytest.mark.parametrize(("words", "expected"), TIMES.items())
def test_a_time_is_now_some_time_ago_or_written_out(words: str, expected: str) -> None:
    assert moment(words, datetime(2026, 11, 22, 14, 5, tzinfo=UTC)) == expected


@pytest.mark.parametrize("words", ["14:05", "2026-11-22T14:05:00", "yesterday", "20m", "ago", ""])
def test_a_time_without_a_zone_is_refused(words: str) -> None:
    with pytest.raises(UsageProblem, match="is no time"):
        moment(words, datetime(2026, 11, 22, 14, 5, tzinfo=UTC))


def test_a_review_says_who_and_when_and_counts_up(shop: Workshop) -> None:
    today = datetime.now(UTC).date()

    first = shop.run("review", OTHER)
    shop.run("review", OTHER, "--by", "@ann")

    assert first.err == "Reviewed by Dana Dev; 'Cache cart totals per session' is shipped.\n"
    assert text(shop, OTHER) == NOTE.replace("ID", OTHER) + (
        f'\nrevision:\n  version: 2\n  status: reviewed\n  last_reviewed: {today}\n  by: "@ann"\n'
    )
    assert shop.run("show", OTHER).out.splitlines()[-3:-1] == [
        f"  reviewed by @ann on {today} (version 2)",
        "",
    ]


def test_a_review_needs_a_name(shop: Workshop) -> None:
    shop.git("config", "user.name", "")
    shop.git("config", "user.email", "")

    done = shop.run("review", OTHER)

    assert said(done).what == "it is not known who you are"


def test_a_draft_that_was_made_for_you_is_found_filled_in_and_finished(shop: Workshop) -> None:
    waiting = shop.run("list", "status:draft", "owner:me")
    too_early = shop.run("review", "dddddd")
    filled = shop.run("set", "dddddd", REASON)
    done = shop.run("review", "dddddd")

    assert waiting.out.startswith("20251123-dddddd")
    assert said(too_early).what == "20251123-dddddd is a draft that still lacks 1 part: reason"
    assert filled.err == (
        "Set reason; the note is draft.\n"
        "It is complete: `changenote review 20251123-dddddd` makes it a shipped note.\n"
    )
    assert done.err == "Reviewed by Dana Dev; 'Cache cart totals per session' is shipped.\n"
    assert text(shop, "20251123-dddddd") == DRAFT.replace(
        "# what follows is from the pull request\n",
        f"reason: {REASON[7:]}\n# what follows is from the pull request\n",
    ).replace("status: draft", "status: shipped").replace(
        "flags: [needs_human_review]  # written by a machine\n",
        "revision:\n  version: 1\n  status: reviewed\n"
        f"  last_reviewed: {datetime.now(UTC).date()}\n  by: Dana Dev\n",
    )
    assert shop.run("list", "status:draft", "owner:me").out == ""


@pytest.mark.parametrize("owner", ["Dana Dev", "dana@example.com", "@dana", "Dana Dev <dana@x.y>"])
def test_me_is_known_by_name_address_and_handle(shop: Workshop, owner: str) -> None:
    shop.run("set", "dddddd", f"owner={owner}")

    assert shop.run("list", "owner:me").out.startswith("20251123-dddddd")


def test_a_draft_ships_with_the_last_part_that_it_lacked(shop: Workshop) -> None:
    shop.note(DRAFT.replace("flags: [needs", "tags: [needs"), "20251123-dddddd")

    done = shop.run("set", "dddddd", REASON, "--json")

    assert done.data["notes"][0]["status"] == "shipped"


def test_a_draft_that_lacked_nothing_stays_one(shop: Workshop) -> None:
    shop.note(NOTE.replace("ID", OTHER).replace("status: shipped", "status: draft"), OTHER)

    done = shop.run("set", OTHER, "tags+=cart", "--json")

    assert done.data["notes"][0]["status"] == "draft"
    assert done.data["lacks"] == []


def test_fields_take_what_their_type_can_read(shop: Workshop) -> None:
    done = shop.run(
        "set",
        OTHER,
        "tags=cart",
        "tags+=slow",
        "no_metric=",
        "metrics+={name: GET /cart p95, unit: ms, better: lower, before: [840, 812], after: 318}",
        "metrics[0].target=400",
        "metrics[0].before+=840",
        "rollback.steps+=curl -fsS https://shop.example/cart/health",
        "rollback.data.reversible=true",
        "files+=app/cart/cache.py",
        "expected=[x] p95: under 400 ms\nno wrong totals",
        "x.team=7",
    )

    assert done.code == 0
    assert text(shop, OTHER) == NOTE.replace("ID", OTHER).replace(
        "expected: GET /cart p95 under 400 ms.\n",
        "expected: |-\n  [x] p95: under 400 ms\n  no wrong totals\n",
    ).replace(
        "  verify:", "    - run: curl -fsS https://shop.example/cart/health\n  verify:"
    ).replace("dashboard\n\nfiles", "dashboard\n  data: {reversible: true}\n\nfiles").replace(
        "removed: 6}\n", "removed: 6}\n  - {path: app/cart/cache.py}\n"
    ).replace(
        "no_metric: the dashboard was down\n",
        "\nmetrics:\n  - name: GET /cart p95\n    unit: ms\n    better: lower\n    target: 400\n"
        "    before: [840, 812, 840]\n    after: 318\n\ntags: [cart, slow]\n\nx:\n  team: 7\n",
    )


def test_one_command_is_a_list_of_it(shop: Workshop) -> None:
    done = shop.run("set", OTHER, "rollback.steps=./flags set cart off", "commands=./deploy.sh v2")

    assert done.code == 0
    assert "  steps:\n    - run: ./flags set cart off\n  verify:" in text(shop, OTHER)
    assert "commands:\n  - run: ./deploy.sh v2\n" in text(shop, OTHER)


REFUSED = {
    "images+=p95.png": "images[0] cannot be p95.png",
    "rollback=./flags set cart off": "rollback cannot be ./flags set cart off",
    "rollback.data.reversible=yes": "rollback.data.reversible cannot be yes",
    "metrics+={name: a, before: no number}": "metrics[0].before cannot be no number",
    "shiped.at=2025-11-20T14:05:00Z": "there is no field shiped",
    "shipped.when=now": "there is no field shipped.when",
    "status=done": "status cannot be done",
    "owner.name=Ann": "the note cannot be changed at owner.name: the part around it is something else",
    "owner+=Ann": "the note cannot be changed at owner: it is no list",
    f"id={NEW}": f"changes/2025/{OTHER}-note.yaml would no longer be valid: id: {NEW}",
    "title=": f"changes/2025/{OTHER}-note.yaml would no longer be valid: title: nothing",
    "reason": "'reason' sets nothing",
    "=x": "'=x' sets nothing",
    "tags+=": "'tags+=' sets nothing",
    "x.a\x1bb=1": r"'x.a\x1bb=1' sets nothing",
}


@pytest.mark.parametrize(("words", "what"), REFUSED.items())
def test_what_is_not_valid_is_refused_before_anything_is_written(
    shop: Workshop, words: str, what: str
) -> None:
    done = shop.run("set", OTHER, "tags=cart", words)

    assert done.code in (1, 2)
    assert said(done).what == what
    assert text(shop, OTHER) == NOTE.replace("ID", OTHER)


def test_secrets_are_not_set(shop: Workshop) -> None:
    shop.run("set", OTHER, "commands+=curl https://dana:s3cretpw@x.example/deploy")

    assert "s3cretpw" not in text(shop, OTHER)
    assert "[redacted: password]" in text(shop, OTHER)


def test_lists_and_searches_see_a_change_at_once(shop: Workshop) -> None:
    before = shop.run("list", "status:superseded").out
    shop.run("supersede", OLD, NEW)

    assert before == ""
    assert shop.run("list", "status:superseded").out.startswith(OLD)


def test_a_checklist_is_answered_in_one_word_as_for_a_new_note(workshop: Workshop) -> None:
    note = valid_note(workshop)

    done = workshop.run("set", "g00d00", "checklist.security=ok", "checklist.cache=ok na ok")
    unclear = workshop.run("set", "g00d00", "checklist.security=fine")
    unknown = workshop.run("set", "g00d00", "checklist.ours=ok")

    assert done.code == 0, done.err
    assert (
        "security: {permissions: ok, secrets: ok, headers: ok, upload limits: ok, logging: ok}"
        in note.read_text()
    )
    assert "'fine' is no answer" in said(unclear).what
    assert said(unclear).next == (
        "For example: `changenote set ID 'checklist.security.permissions=ok'`"
    )
    assert said(unknown).next == "Name a key: `changenote set ID checklist.ours.KEY=VALUE`."
