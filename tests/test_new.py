"""`changenote new` writes a complete note about a real change, and loses nothing."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from changenote.model.reading import resolved
from changenote.store import codec
from tests.house import said
from tests.workshop import COMPLETE, Workshop

WRITTEN = """\
schema: 1
id: ID
title: Cache cart totals per session
kind: performance
status: shipped
owner: "@acme/cart"
authors: [Dana Dev <dana@example.com>]
service: shop-web
shipped:
  at: TIME
  environment: production

reason: p95 of GET /cart was 840 ms because every request summed the basket again.
expected: GET /cart p95 under 400 ms
rollback:
  strategy: flag
  when: GET /cart p95 over 900 ms for 10 min
  steps:
    - run: ./flags set cart_total_cache off --env production
  verify: p95 back to 800-900 ms on the cart dashboard

source:
  base: "BASE"
  head: "HEAD"
  first_commit_at: TIME
  pull_requests: ["https://github.com/acme/shop/pull/412"]
  issues: ["https://github.com/acme/shop/issues/398"]
files:
  - {path: app/cart/cache.py, change: added, added: 1}
  - {path: app/cart/totals.py, change: modified, added: 2, removed: 1}

commands:
  - run: ./deploy.sh production v2.14.0
    purpose: deploy
    recorded: typed

metrics:
  - name: GET /cart p95
    unit: ms
    better: lower
    before: [840, 812, 903, 867]
    after: [318, 341, 310, 327]

tags: [cart]
"""


def blanked(text: str, shop: Workshop) -> str:
    """A note's text without what differs from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", text)
    text = re.sub(r"\d{8}-[0-9a-z]{6}", "ID", text)
    text = text.replace(shop.git("rev-parse", "HEAD"), "HEAD")
    return text.replace(shop.git("rev-parse", "v2.13.0"), "BASE")


def data_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = resolved(codec.load(path.read_bytes()).data)
    return found


def test_one_command_writes_a_complete_note_about_the_change_since_the_last_tag(
    workshop: Workshop,
) -> None:
    done = workshop.run("new", "--yes", *COMPLETE)

    (path,) = workshop.notes()
    assert blanked(path.read_text(), workshop) == WRITTEN
    assert done.out == f"{path.relative_to(workshop.folder)}\n"
    assert (
        done.err
        == "Since tag v2.13.0: 1 commit, 2 files (+3 −1), pull request 412.\n  complete: nothing is missing\n"
    )
    assert workshop.run("check", "--strict").code == 0


def test_without_answers_a_draft_says_what_it_lacks(workshop: Workshop) -> None:
    done = workshop.run("new")

    (path,) = workshop.notes()
    data = data_of(path)
    assert (done.code, data["status"]) == (0, "draft")
    assert data["title"] == "Cache cart totals per session"
    assert data["kind"] == "performance"
    assert (
        data["reason"]
        == "p95 of GET /cart was 840 ms because every request summed the basket again."
    )
    assert data["rollback"] == {
        "strategy": "revert",
        "steps": [{"run": f"git revert --no-edit {workshop.git('rev-parse', 'HEAD')}"}],
    }
    assert done.err.splitlines()[1:-1] == [
        "  a draft, because it still lacks:",
        "    expected               what was expected to happen",
        "    rollback.when          what must be seen to roll back",
        "    rollback.verify        how to see that the rollback worked",
        "    commands               a command that was run, or why there was none",
        "    metrics                a number before and after, or why there is none",
    ]
    assert workshop.run("check").code == 0


def test_json_names_id_path_status_and_every_problem(workshop: Workshop) -> None:
    done = workshop.run("new", "--json", *COMPLETE[:-1], "--kind=speed")

    (path,) = workshop.notes()
    problem = {"rule": "unknown-kind", "severity": "error", "where": "kind", "found": "speed"}
    assert done.code == 1
    assert done.data["path"] == str(path.relative_to(workshop.folder))
    assert done.data["id"] == path.name[:15]
    assert done.data["status"] == "draft"
    assert [problem | p for p in done.data["problems"]] == done.data["problems"]
    assert data_of(path)["kind"] == "speed"


def test_a_dry_run_prints_the_note_and_writes_nothing(workshop: Workshop) -> None:
    done = workshop.run("new", "--dry-run", *COMPLETE)

    assert blanked(done.out, workshop) == WRITTEN.replace("id: ID\n", "")
    assert done.err == "  complete: nothing is missing\n"
    assert workshop.notes() == []


PARTIAL = {
    "expected": "p95 under 400 ms",
    "rollback": {"when": "p95 over 900 ms", "verify": "p95 back"},
    "no_metric": "no load test before the first release",
    "no_command": "deployed by merging",
    "x": {"ticket": "SHOP-7"},
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PARTIAL),
        json.dumps(PARTIAL, indent=2),
        "expected: p95 under 400 ms\nrollback: {when: p95 over 900 ms, verify: p95 back}\n"
        "no_metric: no load test before the first release\nno_command: deployed by merging\nx: {ticket: SHOP-7}\n",
    ],
)
def test_a_script_gives_a_partial_note_as_json_or_yaml(workshop: Workshop, text: str) -> None:
    done = workshop.run("new", "--from", "-", "--json", given=text)

    (path,) = workshop.notes()
    data = data_of(path)
    assert (done.code, done.data["status"], done.data["problems"]) == (0, "shipped", [])
    assert {k: data[k] for k in ("expected", "no_metric", "x")} == {
        k: PARTIAL[k] for k in ("expected", "no_metric", "x")
    }
    assert data["rollback"] == {
        "strategy": "revert",
        "when": "p95 over 900 ms",
        "steps": [{"run": f"git revert --no-edit {workshop.git('rev-parse', 'HEAD')}"}],
        "verify": "p95 back",
    }


def test_options_win_over_the_file_and_the_file_over_git(workshop: Workshop) -> None:
    (workshop.folder / "part.yaml").write_text("title: From the file\nreason: From the file\n")

    workshop.run("new", "--from", "part.yaml", "--title", "From the option", "--base", "v2.13.0")

    data = data_of(workshop.notes()[0])
    assert (data["title"], data["reason"]) == ("From the option", "From the file")


def test_the_steps_of_a_file_stay_when_an_option_names_the_strategy(workshop: Workshop) -> None:
    text = "rollback: {steps: [{run: ./flags set cart off}]}\n"

    workshop.run("new", "--from", "-", "--rollback-strategy", "flag", given=text)

    assert data_of(workshop.notes()[0])["rollback"] == {
        "strategy": "flag",
        "steps": [{"run": "./flags set cart off"}],
    }


def test_the_next_note_begins_where_the_last_one_ended(workshop: Workshop) -> None:
    workshop.run("new", "--yes", *COMPLETE)
    first = data_of(workshop.notes()[0])
    workshop.commit("Add the note")
    workshop.commit(
        "fix: round totals (#413)", {"app/cart/totals.py": "def total():\n    return 2\n"}
    )

    done = workshop.run("new", "--yes")

    second = data_of(next(p for p in workshop.notes() if first["id"] not in p.name))
    source = second["source"]
    assert isinstance(source, dict)
    assert done.err.startswith(
        f"Since note {first['id']}: 1 commit, 1 file (+1 −1), pull request 413."
    )
    assert source["base"] == first["source"]["head"]
    assert [f["path"] for f in second["files"]] == ["app/cart/totals.py"]
    assert second["title"] == "Round totals"


def test_on_a_branch_the_note_is_about_the_branch(workshop: Workshop) -> None:
    workshop.git("switch", "-q", "-c", "feature")
    workshop.commit("Add a basket", {"basket.py": "x = 1\n"})

    done = workshop.run("new", "--yes")

    assert done.err.startswith("Since branch main: 1 commit, 1 file (+1 −0).")


def test_when_only_notes_were_committed_there_is_nothing_to_note(workshop: Workshop) -> None:
    workshop.run("new", "--yes", *COMPLETE)
    workshop.commit("Add the note")

    done = workshop.run("new", "--yes")

    assert "nothing but notes has changed" in done.err
    assert "`--base REV`" in done.err


def test_the_first_note_is_about_the_release_that_was_out_before_notes_were_set_up(
    workshop: Workshop,
) -> None:
    workshop.git("tag", "v8.0.0")
    workshop.commit("Round totals", {"app/cart/totals.py": "def total(): return 1\n"})
    workshop.git("tag", "v9.0.0")
    workshop.run("init")
    workshop.commit("Set up change notes")

    done = workshop.run("new", "--yes")

    assert done.err.startswith("Since tag v8.0.0: 1 commit, 1 file ")
    text = workshop.notes()[0].read_text()
    assert "title: Round totals\n" in text
    assert "version: v9.0.0\n" in text
    assert workshop.git("rev-parse", "v9.0.0") in text


def test_a_merge_is_reverted_against_its_first_parent(workshop: Workshop) -> None:
    workshop.git("switch", "-q", "-c", "feature")
    workshop.commit("Add a basket", {"basket.py": "x = 1\n"})
    workshop.git("switch", "-q", "main")
    workshop.git(
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "Merge pull request #5 from acme/feature\n\nAdd a basket",
        "feature",
    )
    head = workshop.git("rev-parse", "HEAD")

    workshop.run("new", "--yes", "--base", "HEAD^")

    data = data_of(workshop.notes()[0])
    assert data["title"] == "Add a basket"
    assert data["rollback"] == {
        "strategy": "revert",
        "steps": [{"run": f"git revert --no-edit -m 1 {head}"}],
    }


def test_another_strategy_drops_the_suggested_revert(workshop: Workshop) -> None:
    workshop.run("new", "--yes", "--rollback-strategy", "none")

    assert data_of(workshop.notes()[0])["rollback"] == {"strategy": "none"}


def test_lock_and_generated_files_are_counted_not_listed(workshop: Workshop) -> None:
    workshop.write(".gitattributes", "schema.graphql linguist-generated\n")
    workshop.commit(
        "Update",
        {
            "yarn.lock": "x\n",
            "a/Cargo.lock": "x\n",
            "app.min.js": "x\n",
            "schema.graphql": "x\n",
            "app.js": "x\n",
        },
    )

    workshop.run("new", "--yes", "--base", "HEAD^")

    data = data_of(workshop.notes()[0])
    assert [f["path"] for f in data["files"]] == [".gitattributes", "app.js"]
    assert data["files_omitted"] == {"generated": 2, "lock": 2}


def test_more_files_than_a_note_holds_are_counted(workshop: Workshop) -> None:
    workshop.commit("Many", {f"f{n:03}.txt": "x\n" for n in range(510)})

    workshop.run("new", "--yes", "--base", "HEAD^")

    data = data_of(workshop.notes()[0])
    assert len(data["files"]) == 500
    assert data["files_omitted"] == {"more": 10}


def test_a_rename_says_where_the_file_was(workshop: Workshop) -> None:
    workshop.git("mv", "app/cart/totals.py", "app/cart/sums.py")
    workshop.commit("Rename")

    workshop.run("new", "--yes", "--base", "HEAD^")

    assert data_of(workshop.notes()[0])["files"] == [
        {"path": "app/cart/sums.py", "change": "renamed", "from": "app/cart/totals.py"}
    ]


def test_secrets_never_reach_the_disk(workshop: Workshop) -> None:
    workshop.run(
        "new",
        "--yes",
        "--command=curl -H 'Authorization: Bearer abcDEF123456ghiJKL789mno' https://x.example",
        "--rollback-step=mysql -psup3rs3cret99 shop",
        "--reason=the password was hunter2: PASSWORD=correcthorsebattery9",
    )

    text = workshop.notes()[0].read_text()
    assert not any(s in text for s in ("abcDEF123456", "sup3rs3cret99", "correcthorsebattery9"))
    assert text.count("[redacted") == 3


def test_what_was_taken_out_is_told_without_the_secret(workshop: Workshop) -> None:
    step = "curl -u deploy:sup3rS3cret99 https://ci.example/"

    done = workshop.run("new", "--yes", f"--rollback-step={step}", "--reason=The cart was slow.")
    changed = workshop.run("set", done.out.rpartition("/")[2][:15], f"rollback.steps[0].run={step}")
    check = workshop.run("check")
    screen = workshop.run("rollback", done.out.strip())

    told = (
        "rollback.steps[0].run: taken out, as no note holds a secret: password.\n"
        "  next: write a variable in its place, such as $DEPLOY_PASSWORD, and set it elsewhere.\n"
    )
    assert done.err.startswith(told)
    assert told in changed.err
    assert "sup3rS3cret99" not in done.err + changed.err
    assert "warning: rollback.steps[0].run [redacted-command]" in check.out
    assert "# A secret was taken out of this, so fill it in before you paste it:" in screen.out


def test_a_secret_that_its_key_tells_or_holds_is_taken_out_and_told_too(
    workshop: Workshop,
) -> None:
    odd = {"db_password": "hunter2hunter2", "password: hunter3hunter3": "1"}

    done = workshop.run("new", "--yes", "--from=-", given=json.dumps({"title": "Say it", "x": odd}))
    changed = workshop.run(
        "set", done.out.rpartition("/")[2][:15], "x.db_password=hunter4hunter4", "x.mode=a"
    )

    assert data_of(workshop.notes()[0])["x"] == {
        "db_password": "[redacted: password]",
        "password: [redacted: password]": "1",
        "mode": "a",
    }
    assert "x.db_password: taken out, as no note holds a secret: password.\n" in done.err
    assert "x.db_password: taken out, as no note holds a secret: password.\n" in changed.err
    assert "x.password: [redacted: password]: taken out, as no note holds" in done.err
    assert not any(f"hunter{number}" in done.err + changed.err for number in (2, 3, 4))


def test_defaults_come_from_the_config(workshop: Workshop) -> None:
    workshop.write("changes/config.yaml", 'owner: "@acme/web"\nservice: web\nenvironment: canary\n')

    workshop.run("new", "--yes")

    data = data_of(workshop.notes()[0])
    assert (data["owner"], data["service"]) == ("@acme/web", "web")
    assert data["shipped"]["environment"] == "canary"


def test_a_kind_can_need_less(workshop: Workshop) -> None:
    workshop.write(
        "changes/config.yaml",
        "kinds:\n  docs: {optional: [metrics, commands, rollback, expected]}\n",
    )

    done = workshop.run("new", "--json", "--kind", "docs")

    assert (done.data["status"], done.data["problems"]) == ("shipped", [])


EDITOR = "import sys, pathlib; p = pathlib.Path(sys.argv[1]); t = p.read_text(); p.write_text(t.replace({old!r}, {new!r}))"


def editor(workshop: Workshop, old: str, new: str) -> str:
    script = workshop.folder.parent / "editor.py"
    script.write_text(EDITOR.format(old=old, new=new))
    import sys

    return f"{sys.executable} {script}"


def test_edit_opens_the_filled_note_and_saves_what_was_made_of_it(workshop: Workshop) -> None:
    done = workshop.run(
        "new",
        "--edit",
        *COMPLETE,
        EDITOR=editor(workshop, "tags: [cart]", "# mine\ntags: [basket]"),
    )

    (path,) = workshop.notes()
    assert done.code == 0
    assert path.read_text().endswith("# mine\ntags: [basket]\n")
    assert "#:" not in path.read_text()
    assert data_of(path)["id"] == path.name[:15]


def test_an_invalid_edit_is_refused_and_every_word_is_kept(workshop: Workshop) -> None:
    done = workshop.run(
        "new", "--edit", *COMPLETE, EDITOR=editor(workshop, "kind: performance", "kind: [my words")
    )

    assert done.code == 1
    assert workshop.notes() == []
    kept = Path(done.err.split("every word is kept in ")[1].split("\n")[0])
    assert "kind: [my words" in kept.read_text()


def test_a_dry_run_for_a_program_has_the_problems_and_the_text(workshop: Workshop) -> None:
    done = workshop.run("new", "--dry-run", "--json", *COMPLETE, "--kind", "speed")

    assert done.code == 1
    assert (done.data["id"], done.data["path"], done.data["status"]) == (None, None, "draft")
    assert [p["rule"] for p in done.data["problems"]] == ["unknown-kind"]
    assert "kind: speed\n" in done.data["note"]
    assert workshop.notes() == []


def test_comments_beside_id_and_status_survive_the_edit(workshop: Workshop) -> None:
    edit = editor(workshop, "status: shipped\n", "status: shipped # waits for Ann\n")

    workshop.run("new", "--edit", *COMPLETE, EDITOR=edit)

    (path,) = workshop.notes()
    assert "status: shipped # waits for Ann\n" in path.read_text()
    assert workshop.run("check").code == 0


def test_a_broken_partial_note_can_be_mended_in_the_editor(workshop: Workshop) -> None:
    workshop.write("part.json", '{"title": "Cache cart totals", "reason": [}')

    done = workshop.run(
        "new", "--from", "part.json", "--edit", EDITOR=editor(workshop, "[}", '"Because"}')
    )

    (path,) = workshop.notes()
    assert done.code == 0, done.err
    assert data_of(path)["reason"] == "Because"
    assert data_of(path)["id"] == path.name[:15]
    assert data_of(path)["files"]


def test_the_commit_that_set_changenote_up_is_no_part_of_the_change(workshop: Workshop) -> None:
    change = workshop.git("rev-parse", "HEAD")
    workshop.run("init")
    workshop.commit("Set up changenote")

    done = workshop.run("new", "--yes")

    data = data_of(workshop.notes()[0])
    assert done.err.startswith("Since tag v2.13.0: 1 commit, 2 files (+3 −1), pull request 412.")
    assert [step["run"] for step in data["rollback"]["steps"]] == [f"git revert --no-edit {change}"]
    assert [f["path"] for f in data["files"]] == ["app/cart/cache.py", "app/cart/totals.py"]


def test_a_set_up_that_came_with_other_changes_is_part_of_the_change(workshop: Workshop) -> None:
    workshop.run("init")
    workshop.commit("Set up and add a basket", {"basket.py": "x = 1\n"})

    workshop.run("new", "--yes")

    data = data_of(workshop.notes()[0])
    assert len(data["rollback"]["steps"]) == 2
    assert {"basket.py", "mkdocs.yml"} <= {f["path"] for f in data["files"]}


def test_a_note_about_nothing_is_not_written(workshop: Workshop) -> None:
    workshop.run("new", "--yes", *COMPLETE)
    workshop.commit("Add the note")

    done = workshop.run("new", "--json")

    assert done.code == 2
    assert "nothing to note" in done.err
    assert len(workshop.notes()) == 1


def note_of(workshop: Workshop) -> dict[str, Any]:
    data: dict[str, Any] = resolved(codec.load(workshop.notes()[0].read_bytes()).data)
    return data


def test_the_checklist_of_a_kind_is_in_the_note_with_everything_still_to_do(
    workshop: Workshop,
) -> None:
    done = workshop.run("new", "--json", *COMPLETE, "--kind=cache")

    assert note_of(workshop)["checklist"] == {
        "cache": {"rule named": "todo", "bypass documented": "todo", "examples given": "todo"}
    }
    assert [p["where"] for p in done.data["problems"] if p["rule"] == "open-checklist"] == [
        "checklist.cache.rule named",
        "checklist.cache.bypass documented",
        "checklist.cache.examples given",
    ]


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("cache: ok", ["ok", "ok", "ok"]),
        ("cache: ok na fail", ["ok", "na", "fail"]),
        ("cache: ok, na no cache is passed, todo", ["ok", "na no cache is passed", "todo"]),
        ("cache: ok, on staging only", ["ok, on staging only"] * 3),
        ("cache: bypass documented=ok", ["todo", "ok", "todo"]),
    ],
)
def test_a_checklist_is_answered_on_one_line(
    workshop: Workshop, line: str, answers: list[str]
) -> None:
    workshop.run("new", "--yes", "--kind=cache", f"--checklist={line}")

    assert list(note_of(workshop)["checklist"]["cache"].values()) == answers


def test_fields_of_the_teams_own_are_given_by_name(workshop: Workshop) -> None:
    workshop.write(
        "changes/config.yaml",
        "fields:\n  ticket: {required: true}\n  risk: {type: number}\n",
    )

    done = workshop.run("new", "--json", "--field", "ticket=SHOP-7", "--field=risk=3")

    assert note_of(workshop)["x"] == {"ticket": "SHOP-7", "risk": 3}
    assert not [p for p in done.data["problems"] if p["where"].startswith("x.")]


def test_a_field_without_a_value_is_refused(workshop: Workshop) -> None:
    done = workshop.run("new", "--yes", "--field=ticket")

    assert done.code == 2
    assert said(done).what == "'ticket' has no value"


def test_after_many_notes_of_one_day_the_next_begins_where_the_last_ended(
    workshop: Workshop,
) -> None:
    for number in range(8):
        workshop.commit(f"fix: thing {number} of the day", {f"app/{number}.py": "x\n"})
        workshop.run("new", "--yes")
    last = workshop.git("rev-parse", "HEAD")
    workshop.commit("fix: one more thing", {"app/more.py": "x\n"})

    done = workshop.run("new", "--yes", "--json")

    text = (workshop.folder / done.data["path"]).read_text()
    assert f'base: "{last}"' in text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("db/migrate/20261122_orders.rb", "database"),
        (".github/workflows/ci.yml", "infrastructure"),
        ("docs/guide.md", "docs"),
        ("app/orders.py", "feature"),
    ],
)
def test_where_no_message_tells_the_kind_the_files_may(
    workshop: Workshop, path: str, kind: str
) -> None:
    workshop.commit("Orders by day", {path: "x\n"})

    workshop.run("new", "--yes", "--base=HEAD~1")

    assert note_of(workshop)["kind"] == kind


def test_an_answer_about_secrets_is_no_secret(workshop: Workshop) -> None:
    said = "ok, none are touched"
    given = json.dumps({"checklist": {"security": {"secrets": said}}})

    made = workshop.run("new", "--from", "-", given=given)
    again = workshop.run(
        "set", workshop.notes()[0].name[:15], f"checklist.security.secrets={said} yet"
    )

    assert "taken out" not in made.err + again.err
    assert data_of(workshop.notes()[0])["checklist"] == {"security": {"secrets": f"{said} yet"}}
