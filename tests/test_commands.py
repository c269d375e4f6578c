"""Reading, finding, checking and undoing: the commands around a note."""

import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from changenote.cli import check
from changenote.store.database import path_in
from changenote.store.project import config_from, find_project
from tests.house import NOTE, valid_note
from tests.workshop import COMPLETE, Workshop

FULL = (Path(__file__).parent / "data" / "notes" / "full.yaml").read_text()


@pytest.fixture
def library(workshop: Workshop) -> Workshop:
    """Three notes: the full example, one of another service, and a draft."""
    workshop.note(FULL.replace("related: [20260903-7c2mha]\n", ""), words="cache-cart-totals")
    workshop.note(
        "schema: 1\nid: 20261120-aaaaaa\ntitle: Index orders by day\nkind: database\nstatus: shipped\n"
        'owner: "@acme/orders"\nservice: orders\nshipped: {at: "2026-11-20T10:00:00Z", environment: production}\n'
        "reason: The day view scanned rakico_polyfill.sql rows.\nexpected: Under a second.\n"
        "rollback:\n  strategy: restore\n  when: inserts slower than 50 ms\n  steps:\n"
        "    - run: psql -c 'DROP INDEX orders_by_day'\n  verify: the index is gone\n"
        "files:\n  - {path: db/orders.sql, change: renamed, from: db/old.sql}\n"
        "no_command: migrated by deploy\nno_metric: the staging database is too small to say\nchecklist: {database: {indexes checked: ok}}\n",
        "20261120-aaaaaa",
        "index-orders",
    )
    workshop.note(
        "schema: 1\nid: 20261123-bbbbbb\ntitle: A draft of something\nkind: fix\nstatus: draft\n",
        "20261123-bbbbbb",
        "draft",
    )
    return workshop


def ids(out: str) -> list[str]:
    return [line.split()[0] for line in out.splitlines()]


def test_list_shows_all_notes_newest_first(library: Workshop) -> None:
    done = library.run("list")

    assert ids(done.out) == ["20261123-bbbbbb", "20261122-k3f9xq", "20261120-aaaaaa"]
    assert "Cache cart totals per session" in done.out
    assert "improved" in done.out.splitlines()[1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (["kind:database"], ["20261120-aaaaaa"]),
        (["owner:@acme/cart"], ["20261122-k3f9xq"]),
        (["file:app/cart/"], ["20261122-k3f9xq"]),
        (["file:db/old.sql"], ["20261120-aaaaaa"]),
        (["after:2026-11-21", "-status:draft"], ["20261122-k3f9xq"]),
        (["verdict:improved"], ["20261122-k3f9xq"]),
        (["status:draft"], ["20261123-bbbbbb"]),
        (["summed the basket"], ["20261122-k3f9xq"]),
        (["polyfill"], ["20261120-aaaaaa"]),
        (["-tag:cart", "status:shipped"], ["20261120-aaaaaa"]),
        (["--", "-tag:cart", "status:shipped"], ["20261120-aaaaaa"]),
        (["status:shipped", "-summed"], ["20261120-aaaaaa"]),
        (["status:shipped", "-n1"], ["20261122-k3f9xq"]),
    ],
)
def test_one_small_language_filters_list_and_search(
    library: Workshop, query: list[str], expected: list[str]
) -> None:
    assert ids(library.run("list", *query).out) == expected
    found = library.run("search", "--json", *query).data
    assert [row["id"] for row in found] == expected


def test_a_wrong_key_names_the_known_ones(library: Workshop) -> None:
    done = library.run("list", "knd:fix")

    assert done.code == 2
    assert "kind" in done.err
    assert "service" in done.err


def test_list_as_json_has_a_documented_shape(library: Workshop) -> None:
    (row,) = library.run("list", "--json", "service:orders").data

    assert row == {
        "id": "20261120-aaaaaa",
        "title": "Index orders by day",
        "kind": "database",
        "status": "shipped",
        "owner": "@acme/orders",
        "service": "orders",
        "environment": "production",
        "shipped_at": "2026-11-20T10:00:00Z",
        "outcome": None,
        "verdict": None,
        "tags": [],
        "pull_requests": [],
        "path": "changes/2026/20261120-aaaaaa-index-orders.yaml",
    }


def test_search_says_why_a_note_matched(library: Workshop) -> None:
    done = library.run("search", "summed")

    assert done.out.splitlines()[:3] == [
        "Cache cart totals per session",
        "  20261122-k3f9xq · shop-web · performance · improved",
        "  reason: p95 of GET /cart was 840 ms because every request »summed« the basket again.",
    ]


def test_show_as_json_is_the_note_and_what_is_worked_out_from_it(library: Workshop) -> None:
    data = library.run("show", "k3f9xq", "--json").data

    assert data["title"] == "Cache cart totals per session"
    assert data["metrics"][0]["before"][0] == 841.2
    first, second = data["derived"]["metrics"]
    assert first["verdict"] == "improved"
    assert first["trust"] == "interleaved"
    assert set(first) == {"verdict", "p", "ratio", "ci95", "trust", "flags"}
    assert second["verdict"] == "no_change"


def test_the_verdicts_of_all_metrics_stand_in_the_order_of_the_note(library: Workshop) -> None:
    metrics = (
        "metrics:\n"
        '  - {name: errors, unit: "1", better: lower, before: [0, 4, 5, 6], after: [0, 0, 0, 1]}\n'
        "  - {name: size, unit: kB, better: lower, before: 120, after: 118}\n"
        "  - {name: time, unit: ms, better: lower, before: [9, 8, 9, 8], after: [4, 4, 5, 4]}\n"
    )
    library.note(NOTE.replace("ID", "20251120-g00d00"), "20251120-g00d00")
    library.note(
        NOTE.replace("ID", "20251121-g00d00").replace(
            "no_metric: the dashboard was down\n", metrics
        ),
        "20251121-g00d00",
    )

    none = library.run("show", "20251120-g00d00", "--json").data["derived"]["metrics"]
    three = library.run("show", "20251121-g00d00", "--json").data["derived"]["metrics"]

    assert none == []
    by_shift, reported, by_ratio = three
    assert [m["verdict"] for m in three] == ["inconclusive", "unverified", "improved"]
    assert {"ratio": by_shift["ratio"], "ci95": by_shift["ci95"]} == {"ratio": None, "ci95": None}
    assert by_shift["shift"] == -4.0
    assert by_shift["shift_ci95"][0] < by_shift["shift"] < by_shift["shift_ci95"][1]
    assert reported == {
        "verdict": "unverified",
        "p": None,
        "ratio": None,
        "ci95": None,
        "trust": "reported",
        "flags": [],
    }
    assert set(by_ratio) == set(reported)
    assert by_ratio["ci95"][0] < by_ratio["ratio"] < by_ratio["ci95"][1]


def test_show_is_a_page_for_people(library: Workshop) -> None:
    out = library.run("show", "k3f9xq").out

    headings = [
        line
        for line in out.splitlines()
        if line and not line.startswith((" ", "2026", "shipped", "GET", "changes"))
    ]
    assert headings == [
        "Cache cart totals per session",
        "Undo it",
        "Why",
        "Expected",
        "How it went",
        "Did it help?",
        "What was run",
        "What was touched",
        "What was looked at",
        "Links",
        "Tags",
        "Review",
    ]
    assert "2.6 times faster" in out


ROLLBACK = """\
When       GET /cart p95 over 900 ms for 10 min, or any wrong-total report
Decides    @acme/cart on-call
Strategy   flag
Time limit 15m
Data       reversible; loses nothing
"""

STEPS = """\
# step 1 of 2 · takes 15s · expect: flag off acknowledged by 12/12 hosts
./flags set cart_total_cache off --env production
# step 2 of 2 · expect: HTTP 200 and "cache=off"
curl -fsS https://shop.example/cart/health

Verify     p95 back to 800-900 ms on https://grafana.example/d/cart
"""


@pytest.mark.parametrize("words", [["k3f9xq"], ["--last"], ["--service", "shop-web"]])
def test_rollback_is_one_plain_screen_with_steps_ready_to_copy(
    library: Workshop, words: list[str]
) -> None:
    done = library.run("rollback", *words)

    assert done.code == 0
    assert done.out.startswith("Undo: Cache cart totals per session\n")
    assert ROLLBACK in done.out
    assert done.out.endswith(STEPS)
    assert len(done.out.splitlines()) < 24


def test_rollback_prints_just_the_commands_for_a_shell(library: Workshop) -> None:
    done = library.run("rollback", "--service", "orders", "--commands")

    assert done.out == "psql -c 'DROP INDEX orders_by_day'\n"


@pytest.mark.parametrize("option", [[], ["--commands"]])
def test_where_no_rollback_is_written_down_other_places_to_look_are_named(
    library: Workshop, option: list[str]
) -> None:
    done = library.run("rollback", "bbbbbb", *option)

    assert done.code == 1
    assert done.err.endswith(
        "  next: changenote show 20261123-bbbbbb (its commits and pull request)\n"
        "        changenote trace FILE (other notes about a file that it touched)\n"
    )


def test_rollback_needs_no_git_and_no_network(library: Workshop) -> None:
    done = library.run("rollback", "--last", PATH="/nowhere")

    assert done.code == 0


@pytest.mark.parametrize("words", [[], ["k3f9xq", "--last"], ["--service", "nobody"], ["zzzzzz"]])
def test_rollback_says_when_it_is_not_clear_which_change_is_meant(
    library: Workshop, words: list[str]
) -> None:
    done = library.run("rollback", *words)

    assert done.code == 2
    assert "  expected: " in done.err


def test_trace_finds_the_notes_that_touched_a_file_a_folder_or_an_earlier_name(
    library: Workshop,
) -> None:
    assert ids(library.run("trace", "app/cart/totals.py").out) == ["20261122-k3f9xq"]
    assert ids(library.run("trace", "app/").out) == ["20261122-k3f9xq"]
    assert ids(library.run("trace", "db/orders.sql").out) == ["20261120-aaaaaa"]
    assert ids(library.run("trace", "db/old.sql").out) == ["20261120-aaaaaa"]
    assert library.run("trace", "README.md").out == ""


def test_trace_finds_the_note_whose_commit_wrote_a_line(workshop: Workshop) -> None:
    workshop.run("new", "--yes", *COMPLETE)
    first = workshop.notes()[0].name[:15]
    workshop.commit("Add the note")
    workshop.commit("Round", {"app/cart/totals.py": "def total():\n    return round(cached())\n"})
    workshop.run("new", "--yes", *COMPLETE)
    second = next(p.name[:15] for p in workshop.notes() if first not in p.name)

    assert ids(workshop.run("trace", "app/cart/totals.py:1").out) == [first]
    assert ids(workshop.run("trace", "app/cart/totals.py:2").out) == [second]


def test_check_reports_every_finding_of_every_file(library: Workshop) -> None:
    library.note("schema: 1\ntitle: [\n", "20261101-cccccc", "broken")
    library.write("changes/2026/stray.txt", "what am I?")
    library.write("changes/config.yaml", "severity: {nonsense: off}\n")

    done = library.run("check")

    assert done.code == 1
    places = [line.split(": ")[0] for line in done.out.splitlines() if line.startswith("changes/")]
    assert "changes/2026/20261101-cccccc-broken.yaml:3:1" in places
    assert "changes/2026/stray.txt:1:1" in places
    assert "changes/config.yaml:1:12" in places


def test_check_says_the_same_from_its_index_and_without_it(library: Workshop) -> None:
    cold = library.run("check", "--format", "json")
    warm = library.run("check", "--format", "json")

    assert path_in(library.folder / ".changenote").exists()
    assert cold.out == warm.out


def test_check_can_be_asked_about_one_file_or_why_a_rule_is_there(library: Workshop) -> None:
    file = library.note("schema: 1\nid: 20261101-cccccc\n", "20261101-cccccc", "broken")

    one = library.run("check", str(file.relative_to(library.folder)))
    other = library.run("check", "changes/2026/20261120-aaaaaa-index-orders.yaml")
    why = library.run("check", "--explain", "duplicate-key")

    assert (one.code, other.code, why.code) == (1, 0, 0)
    assert why.out.startswith("duplicate-key: ")


def test_severities_come_from_the_config(library: Workshop) -> None:
    file = "changes/2026/20261120-aaaaaa-index-orders.yaml"
    path = library.folder / file
    path.write_text(path.read_text().replace("owner:", "ownr:"))

    assert library.run("check", file).code == 1
    library.write("changes/config.yaml", "severity: {missing-part: warning}\n")

    assert library.run("check", file).code == 0
    assert library.run("check", file, "--strict").code == 1


def test_fmt_puts_notes_in_order_and_only_says_so_when_asked(library: Workshop) -> None:
    before = library.notes()[0].read_text()

    would = library.run("fmt", "--check")
    diff = library.run("fmt", "--diff")
    assert library.notes()[0].read_text() == before
    changed = library.run("fmt")
    again = library.run("fmt", "--check")

    assert (would.code, changed.code, again.code) == (1, 0, 0)
    assert diff.out.startswith("--- a/changes/2026/20261120-aaaaaa-index-orders.yaml\n")
    assert library.run("check").code == 0


def test_schema_is_what_init_writes_to_the_notes_folder(workshop: Workshop) -> None:
    workshop.run("init")

    written = (workshop.folder / "changes" / "note.schema.json").read_text()
    assert workshop.run("schema").data == __import__("json").loads(written)


def test_init_sets_up_a_repository_and_a_second_run_changes_nothing(workshop: Workshop) -> None:
    workshop.write("mkdocs.yml", "site_name: Shop # ours\n")
    workshop.write(".gitignore", "node_modules")

    dry = workshop.run("init", "--dry-run")
    assert not (workshop.folder / "changes").exists()
    first = workshop.run("init")
    second = workshop.run("init")

    assert "+  - changenote" in dry.out
    assert first.out.splitlines() == [
        "made changes/config.yaml",
        "made changes/note.schema.json",
        "added to mkdocs.yml",
        "made .github/pull_request_template.md",
        "made AGENTS.md",
        "added to .gitignore",
    ]
    assert (second.out, second.err) == ("", "Everything is set up already. Nothing was changed.\n")
    assert (workshop.folder / ".gitignore").read_text() == "node_modules\n/public/\n/.changenote/\n"
    config = (workshop.folder / "changes" / "config.yaml").read_text()
    assert (
        "forge: github\nrepository: https://github.com/acme/shop\ndefault_branch: main\n" in config
    )
    assert workshop.run("check").code == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(workshop: Workshop, shell: str) -> None:
    done = workshop.run("completion", shell)

    assert done.code == 0
    assert "_CHANGENOTE_COMPLETE" in done.out


def test_ids_are_completed_from_the_notes(library: Workshop) -> None:
    done = library.run(
        _CHANGENOTE_COMPLETE="bash_complete", COMP_WORDS="changenote show 202611", COMP_CWORD="2"
    )

    assert done.out.splitlines() == [
        "plain,20261123-bbbbbb",
        "plain,20261122-k3f9xq",
        "plain,20261120-aaaaaa",
    ]


def test_a_misspelt_command_names_the_nearest(workshop: Workshop) -> None:
    done = workshop.run("shwo")

    assert done.code == 2
    assert "Did you mean `show`?" in done.err


def test_site_build_makes_a_site_even_without_a_mkdocs_config(library: Workshop) -> None:
    done = library.run("site", "build")

    assert done.code == 0, done.err
    page = (library.folder / "public" / "changes" / "20261122-k3f9xq" / "index.html").read_text()
    assert "Cache cart totals per session" in page
    assert done.out == "public/index.html\n"


def test_site_pages_writes_markdown_for_any_builder(library: Workshop) -> None:
    done = library.run("site", "pages", "--to", "pages")

    assert done.code == 0, done.err
    assert (library.folder / "pages" / "changes" / "20261122-k3f9xq" / "index.md").is_file()
    assert library.run("site", "pages", "--to", "pages").out.endswith(", 0 removed\n")


def test_a_newer_note_that_is_broken_does_not_hide_behind_an_older_rollback(
    library: Workshop,
) -> None:
    path = next(p for p in library.notes() if "k3f9xq" in p.name)
    path.write_text(path.read_text().replace("tags: [cart, cache]", "tags: {a: b}"))

    done = library.run("rollback", "--last", "--commands")

    assert (
        done.out.splitlines()
        == [
            "./flags set cart_total_cache off --env production",
            "curl -fsS https://shop.example/cart/health",
        ]
        or "20261123-bbbbbb" in done.err
    )
    assert "Only the rollback of this note could be read" in library.run("rollback", "k3f9xq").err


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("reason:", "reason: again\nreason:", 0),
        ("reason:", 'assumptions: ["a \\x07 bell"]\nreason:', 0),
        ("  when:", "  when: twice\n  when:", 1),
    ],
    ids=["a key twice", "a control character", "a key of the rollback twice"],
)
def test_a_rollback_can_be_read_whatever_is_wrong_beside_it(
    workshop: Workshop, old: str, new: str, code: int
) -> None:
    note = valid_note(workshop)
    note.write_text(note.read_text().replace(old, new, 1))

    done = workshop.run("rollback", "g00d00")

    assert done.code == code
    assert ("# step 1 of" in done.out) == (code == 0)


def test_a_note_whose_rollback_is_broken_too_gives_an_error_not_another_note(
    library: Workshop,
) -> None:
    path = library.note(
        "schema: 1\nid: 20261124-dddddd\nrollback: [\n", "20261124-dddddd", "newest"
    )

    done = library.run("rollback", "--last")

    assert done.code == 1
    assert path.name in done.err
    assert done.out == ""


def test_the_site_is_never_built_over_files_that_no_build_wrote(library: Workshop) -> None:
    kept = library.write("app/cart/basket.py", "precious = True\n")

    done = library.run("site", "build", "--to", "app")
    inside_git = library.run("site", "build", "--to", ".git/hooks")

    assert (done.code, inside_git.code) == (3, 3)
    assert kept.read_text() == "precious = True\n"
    assert "nothing tells that an earlier build wrote what is in it, such as cart" in done.err


def test_a_moment_at_the_end_of_time_is_a_moment(library: Workshop) -> None:
    library.run("new", "--yes", "--shipped-at", "9999-12-31T23:59:59-05:00")

    assert library.run("list").code == 0
    assert library.run("rollback", "--last").code in (0, 1)


def test_init_keeps_windows_line_ends_and_links(workshop: Workshop) -> None:
    real = workshop.write("docs/mkdocs.yml", "")
    real.write_bytes(b"site_name: Shop\r\n")
    (workshop.folder / "mkdocs.yml").symlink_to(real)

    done = workshop.run("init")

    assert done.code == 0, done.err
    assert (workshop.folder / "mkdocs.yml").is_symlink()
    assert (
        real.read_bytes() == b"site_name: Shop\r\n\r\nplugins:\r\n  - search\r\n  - changenote\r\n"
    )


def test_the_other_spelling_of_the_site_config_is_used(workshop: Workshop) -> None:
    workshop.write("mkdocs.yaml", "site_name: Shop\nsite_dir: out\n")

    workshop.run("init")

    assert not (workshop.folder / "mkdocs.yml").exists()
    assert "changenote" in (workshop.folder / "mkdocs.yaml").read_text()


def test_a_forge_that_is_not_known_is_named_with_its_line(workshop: Workshop) -> None:
    workshop.write("changes/config.yaml", "forge: sourcehut\n")

    done = workshop.run("new", "--yes")

    assert done.code == 1
    assert "config.yaml:1:8: sourcehut" in done.err


def test_a_file_that_is_no_note_is_reported_whatever_the_config_says(library: Workshop) -> None:
    library.note("title: [\n", "20261101-cccccc", "broken")
    library.write("changes/config.yaml", "severity: {yaml-syntax: off}\n")

    done = library.run("check")

    assert done.code == 1
    assert "[yaml-syntax]" in done.out
    assert "[fixed-severity]" in done.out


def test_a_step_that_is_no_command_is_not_offered_for_pasting(library: Workshop) -> None:
    path = next(p for p in library.notes() if "aaaaaa" in p.name)
    path.write_text(
        path.read_text().replace("psql -c 'DROP INDEX orders_by_day'", "Revert the change")
    )

    screen = library.run("rollback", "aaaaaa")
    commands = library.run("rollback", "aaaaaa", "--commands")

    assert "# This is no command, so do not paste it:\n#   Revert the change\n" in screen.out
    assert (commands.code, commands.out) == (1, "")


def test_the_last_change_says_when_it_is_only_a_draft(library: Workshop) -> None:
    library.run("new", "--yes", "--title", "Something half done")

    done = library.run("rollback", "--last")

    assert "has only a draft. The newest complete one is 20261122-k3f9xq." in done.err


def test_without_a_command_the_help_is_shown(workshop: Workshop) -> None:
    assert workshop.run().out == workshop.run("--help").out


def test_a_text_that_was_wrapped_by_hand_is_wrapped_anew(library: Workshop) -> None:
    path = next(p for p in library.notes() if "aaaaaa" in p.name)
    reason = "reason: |\n  The day view\n  was slow.\n\n  - one\n    item\n  - two\n  ```\n  a\n  b\n  ```\n"
    path.write_text(
        path.read_text().replace("reason: The day view scanned rakico_polyfill.sql rows.\n", reason)
    )

    out = library.run("show", "aaaaaa").out

    shown = "Why\n  The day view was slow.\n\n  - one item\n  - two\n  ```\n  a\n  b\n  ```\n"
    assert shown in out


def test_a_moment_in_the_future_is_looked_at_again_once_it_has_come(
    library: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return cls.fromtimestamp(time.time() + 600, tz)

    soon = datetime.now(UTC) + timedelta(minutes=10)  # five minutes of skew are allowed
    project = find_project(library.folder)
    path = next(p for p in library.notes() if "aaaaaa" in p.name)
    path.write_text(path.read_text().replace("2026-11-20T10:00:00Z", f"{soon:%Y-%m-%dT%H:%M:%SZ}"))
    first, _ = check.check(project)

    monkeypatch.setattr(check, "datetime", Later)
    second, _ = check.check(project)

    assert "future-time" in {finding.rule for finding in first}
    assert "future-time" not in {finding.rule for finding in second}


@pytest.mark.parametrize("name", ["no", "123", "1e5", "null", "a: b"])
def test_a_repository_of_any_name_gets_a_config_that_is_read_as_that_name(
    tmp_path: Path, name: str
) -> None:
    shop = Workshop(tmp_path / name).start()
    shop.commit("Start", {"a.txt": "a\n"})

    done = shop.run("init")

    config, problems, _ = config_from((shop.folder / "changes" / "config.yaml").read_bytes())
    assert done.code == 0, done.err
    assert (config.service, config.title, problems) == (name, f"{name} change notes", [])
    assert (
        YAML(typ="safe", pure=True).load((shop.folder / "changes" / "config.yaml").read_text())[
            "service"
        ]
        == name
    )


def test_edit_does_not_save_a_note_under_another_id(library: Workshop) -> None:
    path = next(p for p in library.notes() if "aaaaaa" in p.name)
    before = path.read_text()

    done = library.run("edit", "aaaaaa", EDITOR="sed -i s/20261120-aaaaaa/20261120-cccccc/")

    assert done.code == 1
    assert "the id at the start of its file name" in done.err
    assert path.read_text() == before


def test_show_tells_a_team_s_checklists_and_fields(workshop: Workshop) -> None:
    workshop.write(
        "changes/config.yaml",
        "checklists: {rollout: [support told]}\n"
        "fields: {ticket: {doc: Ticket in the tracker}, told: {type: boolean}}\n",
    )
    workshop.note(
        FULL.replace("related: [20260903-7c2mha]\n", "")
        + "x: {told: true, ticket: ABC-1, moon: {phase: full}}\n"
    )

    out = workshop.run("show", "k3f9xq").out

    assert (
        "\nFields of your own\n  Ticket in the tracker: ABC-1\n  Told: yes\n  x.moon: phase full\n"
        in out
    )
    assert "\nWhat was looked at\n  performance: 3 ok\n" in out
    assert ids(workshop.run("list", "x.ticket:abc-1").out) == ["20261122-k3f9xq"]
    assert ids(workshop.run("list", "x.told:no").out) == []


def test_a_group_without_a_command_shows_its_help(workshop: Workshop) -> None:
    done = workshop.run("commands")

    assert (done.code, done.err) == (2, workshop.run("commands", "--help").out)
