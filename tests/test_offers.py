"""What was recorded since the last note is in the next one, and nobody has to type it again."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from changenote.capture import journal, measured
from changenote.model.reading import resolved
from changenote.store import codec
from tests.house import said
from tests.workshop import COMPLETE, Workshop

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
UNTOLD = [a for a in COMPLETE if not a.startswith(("--command", "--metric"))]


def entry(run: str, purpose: str | None, *, exit: int | None = 0, minute: int = 0) -> journal.Entry:
    at = NOW + timedelta(minutes=minute)
    return journal.Entry(
        id=journal.new_id(),
        run=run,
        noted=at,
        at=at,
        purpose=purpose,
        exit=exit,
        seconds=94.2,
        folder=".",
        output="live\n",
        recorded="wrapper",
    )


def metric(name: str) -> dict[str, Any]:
    numbers = [8.1, 8.3, 8.2, 8.4, 8.0, 8.2]
    return {
        "name": name,
        "unit": "ms",
        "better": "lower",
        "before": numbers,
        "after": [n / 2 for n in numbers],
        "order": "interleaved",
        "conditions": {"cache": "warm"},
    }


@pytest.fixture
def recorded(workshop: Workshop) -> Workshop:
    """A shop in which four commands ran since its last release."""
    journal.append(
        workshop.folder,
        entry("./deploy.sh production v1", "deploy", exit=1),
        entry("./deploy.sh production v2", "deploy", minute=5),
        entry("k6 run perf/cart.js", "measure", minute=8),
        entry("kubectl get pods", None, minute=9),
    )
    return workshop


def note(workshop: Workshop) -> dict[str, Any]:
    data: dict[str, Any] = resolved(codec.load(workshop.notes()[-1].read_bytes()).data)
    return data


def runs(workshop: Workshop) -> list[str]:
    return [command["run"] for command in note(workshop).get("commands", ())]


def test_deployments_and_measurements_that_succeeded_are_in_the_note(recorded: Workshop) -> None:
    done = recorded.run("new", "--yes", *UNTOLD, "--no-metric=nothing to measure")

    assert done.code == 0
    assert note(recorded)["status"] == "shipped"
    assert note(recorded)["commands"] == [
        {
            "run": "./deploy.sh production v2",
            "purpose": "deploy",
            "exit": 0,
            "takes": "94.2s",
            "at": "2026-11-20T14:05:00Z",
            "recorded": "wrapper",
            "output": "live\n",
        },
        {
            "run": "k6 run perf/cart.js",
            "purpose": "measure",
            "exit": 0,
            "takes": "94.2s",
            "at": "2026-11-20T14:08:00Z",
            "recorded": "wrapper",
            "output": "live\n",
        },
    ]


def test_it_shipped_when_the_deployment_ended(recorded: Workshop) -> None:
    recorded.run("new", "--yes")

    assert note(recorded)["shipped"]["at"] == "2026-11-20T14:06:34Z"


def test_what_one_note_was_offered_is_not_offered_to_the_next(recorded: Workshop) -> None:
    recorded.run("new", "--yes")
    recorded.commit("fix: another thing")
    again = datetime.now(UTC)
    journal.append(recorded.folder, entry("./deploy.sh production v3", "deploy", minute=0))
    late = journal.Entry(
        id="late", run="./deploy.sh v4", noted=again, at=again, purpose="deploy", exit=0,
        recorded="wrapper",
    )  # fmt: skip
    journal.append(recorded.folder, late)
    second = recorded.run("new", "--json").data["path"]

    text = (recorded.folder / second).read_text()
    assert "./deploy.sh v4" in text
    assert "production v" not in text


def test_a_typed_command_joins_the_recorded_ones(recorded: Workshop) -> None:
    recorded.run("new", "--yes", "--command=./purge.sh", "--command=k6 run perf/cart.js")

    assert runs(recorded) == ["./deploy.sh production v2", "k6 run perf/cart.js", "./purge.sh"]


@pytest.mark.parametrize("wish", [["--no-recorded"], ["--no-command=deployed by merging"]])
def test_what_was_recorded_can_be_left_out(recorded: Workshop, wish: list[str]) -> None:
    recorded.run("new", "--yes", *wish)

    assert runs(recorded) == []


def test_a_dry_run_leaves_the_offers_for_the_note(recorded: Workshop) -> None:
    recorded.run("new", "--dry-run")
    recorded.run("new", "--yes")

    assert len(runs(recorded)) == 2


def test_measured_metrics_are_in_the_note_with_one_headline(workshop: Workshop) -> None:
    measured.keep(workshop.folder, metric("cart"), NOW)
    measured.keep(workshop.folder, metric("checkout"), NOW + timedelta(minutes=1))

    workshop.run("new", "--yes", "--metric=pages: 8 -> 9")

    metrics = note(workshop)["metrics"]
    assert [m["name"] for m in metrics] == ["cart", "checkout", "pages"]
    assert [m.get("primary", False) for m in metrics] == [True, False, False]
    assert metrics[0]["order"] == "interleaved"


def test_a_torn_journal_is_told_and_stops_nothing(recorded: Workshop) -> None:
    with journal.journal_file(recorded.folder).open("ab") as file:
        file.write(b'{"id": "half')

    done = recorded.run("new", "--yes")

    assert done.code == 0
    assert "1 line of the journal of commands cannot be read and were left out." in done.err
    assert len(runs(recorded)) == 2


def test_nothing_is_made_where_nothing_was_recorded(workshop: Workshop) -> None:
    workshop.run("new", "--yes")

    assert not (Path(workshop.folder) / ".git" / "changenote").exists()


def hyperfine(times: list[float]) -> str:
    """What hyperfine writes about one command."""
    return json.dumps({"results": [{"command": "./cart", "times": times, "exit_codes": [0] * 5}]})


BEFORE, AFTER = [0.84, 0.9, 0.81, 0.86, 0.88], [0.31, 0.34, 0.3, 0.32, 0.33]


def test_result_files_of_both_sides_become_metrics(workshop: Workshop) -> None:
    workshop.write("perf/before-1.json", hyperfine(BEFORE))
    workshop.write("perf/after-1.json", hyperfine(AFTER))
    workshop.write("perf/after-2.json", hyperfine(AFTER))

    done = workshop.run(
        "new", "--yes", "--before", "perf/before*.json",
        "--after", "perf/after-1.json", "perf/after-2.json",
    )  # fmt: skip

    (metric,) = note(workshop)["metrics"]
    assert done.code == 0
    assert (metric["name"], metric["unit"], metric["order"]) == ("./cart", "s", "sequential")
    assert (metric["before"], metric["after"]) == (BEFORE, AFTER + AFTER)
    assert metric["source"]["files"] == [
        "perf/before-1.json",
        "perf/after-1.json",
        "perf/after-2.json",
    ]


def test_a_saved_baseline_stands_in_for_files_from_before(workshop: Workshop) -> None:
    workshop.write("perf/before.json", hyperfine(BEFORE))
    workshop.write("perf/after.json", hyperfine(AFTER))
    assert workshop.run("baseline", "save", "cart", "perf/before.json").code == 0
    (workshop.folder / "perf/before.json").unlink()

    waiting = workshop.run("new", "--dry-run")
    done = workshop.run("new", "--yes", "--after", "perf/after.json")

    (metric,) = note(workshop)["metrics"]
    assert "`changenote baseline after cart FILES` measures it." in waiting.err
    assert "Compared with the baseline 'cart', saved " in done.err
    assert "no after yet" not in done.err
    assert (metric["before"], metric["after"]) == (BEFORE, AFTER)


def test_of_several_baselines_the_newest_that_fits_stands_in(workshop: Workshop) -> None:
    workshop.write("before.json", hyperfine(BEFORE))
    workshop.write("after.json", hyperfine(AFTER))
    workshop.write("before.csv", "basket (ms)\n1\n2\n")
    for name, file in (("old", "before.json"), ("cart", "before.json"), ("csv", "before.csv")):
        assert workshop.run("baseline", "save", name, file).code == 0

    done = workshop.run("new", *UNTOLD, "--no-command=none", "--dry-run", "--after=after.json")
    workshop.run("baseline", "drop", "old")
    workshop.run("baseline", "drop", "cart")
    alone = workshop.run("new", *UNTOLD, "--no-command=none", "--dry-run", "--after=after.json")

    assert "Compared with the baseline 'cart', saved " in done.err
    assert said(alone).what == "before is from csv and after from hyperfine"


def test_what_fits_no_baseline_is_refused_by_their_names(workshop: Workshop) -> None:
    workshop.write("after.json", hyperfine(AFTER))
    workshop.write("before.csv", "basket (ms)\n1\n2\n")
    for name in ("one", "two"):
        workshop.run("baseline", "save", name, "before.csv")

    done = workshop.run("new", *UNTOLD, "--no-command=none", "--after=after.json")

    assert done.code == 3
    assert said(done).what == (
        "no baseline has anything in common with the files after the change: 'one', 'two'"
    )


def test_a_baseline_that_was_measured_again_is_in_the_note(workshop: Workshop) -> None:
    workshop.run("baseline", "save", "cart", "--unit=ms", "--better=lower", "--", "echo", "840")
    workshop.run("baseline", "after", "cart", "--", "echo", "318")

    done = workshop.run("new", "--yes")

    (metric,) = note(workshop)["metrics"]
    assert done.code == 0
    assert "no after yet" not in done.err
    assert (metric["name"], set(metric["before"]), set(metric["after"])) == ("cart", {840}, {318})


def test_one_file_a_side_is_said_to_be_one_run(workshop: Workshop) -> None:
    for side, value in (("before", 7.5), ("after", 3.25)):
        trend = {"avg": value, "med": value, "p(95)": value, "min": value, "max": value}
        rate = {"rate": 238.0, "count": 2000}
        found = {"metrics": {"http_req_duration": trend, "http_reqs": rate}}
        workshop.write(f"{side}.json", json.dumps(found))

    done = workshop.run("new", "--yes", "--before", "before.json", "--after", "after.json")

    assert "One file is one run, so these numbers are only reported." in done.err


@pytest.mark.parametrize(
    ("partial", "options", "what"),
    [
        (
            "metrics: {a: 1}\n",
            ["--before", "before.json", "--after", "after.json"],
            "the metrics of the partial note are no list, and those of the files join them",
        ),
        (
            "checklist: none\n",
            ["--checklist=cache: ok"],
            "the partial note: checklist has no keys, and an option wants to set one",
        ),
    ],
)
def test_what_a_partial_note_has_is_never_replaced_unseen(
    workshop: Workshop, partial: str, options: list[str], what: str
) -> None:
    workshop.write("before.json", hyperfine(BEFORE))
    workshop.write("after.json", hyperfine(AFTER))

    done = workshop.run("new", "--yes", "--from=-", *options, given=partial)

    assert done.code == 2
    assert what in done.err
    assert workshop.notes() == []


def test_after_without_any_before_says_what_to_do(workshop: Workshop) -> None:
    workshop.write("after.json", hyperfine(AFTER))

    done = workshop.run("new", "--yes", "--after", "after.json")

    assert done.code == 2
    assert said(done).what == "there are result files from after the change, and none from before"
    assert workshop.notes() == []


def deployments(workshop: Workshop, *lines: str) -> None:
    """Deployments that succeeded, a minute apart; a note was written before the last one."""
    *earlier, last = lines
    journal.append(
        workshop.folder, *(entry(run, "deploy", minute=n) for n, run in enumerate(earlier))
    )
    mark = journal.journal_file(workshop.folder).with_name("noted")
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(f"{(NOW + timedelta(hours=1)).isoformat()} 20261119-k3f9xq\n")
    journal.append(workshop.folder, entry(last, "deploy", minute=90))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["./deploy.sh production v1.2.0", "./deploy.sh staging v1.3.0",
             "./deploy.sh production v1.3.0"],
            ("redeploy", ["./deploy.sh production v1.2.0"]),
            id="as it was deployed before",
        ),
        pytest.param(
            ["./deploy.sh production v2.14.0"],
            ("redeploy", ["./deploy.sh production v2.13.0"]),
            id="the tag it began at",
        ),
        pytest.param(
            ["./deploy.sh production"],
            ("revert", ["git revert --no-edit HEAD", "./deploy.sh production"]),
            id="what was reverted",
        ),
        pytest.param(
            ["TOKEN='[redacted: token]' ./deploy.sh"],
            ("revert", ["git revert --no-edit HEAD"]),
            id="with a secret that is not kept",
        ),
    ],
)  # fmt: skip
def test_a_recorded_deployment_tells_how_to_undo_the_change_where_it_runs(
    workshop: Workshop, lines: list[str], expected: tuple[str, list[str]]
) -> None:
    deployments(workshop, *lines)

    workshop.run("new", "--yes")

    rollback = note(workshop)["rollback"]
    head = workshop.git("rev-parse", "HEAD")
    steps = [step["run"].replace(head, "HEAD") for step in rollback["steps"]]
    assert (rollback["strategy"], steps) == expected


def test_what_was_recorded_is_offered_again_when_its_note_is_thrown_away(
    workshop: Workshop,
) -> None:
    workshop.run("run", "--purpose=deploy", "--", "true")
    workshop.run("new", "--yes")
    (path,) = workshop.notes()

    path.unlink()
    again = workshop.run("new", "--yes", "--dry-run").out
    workshop.run("new", "--yes")
    workshop.commit("Add the note", {"app/more.py": "x\n"})
    workshop.git("switch", "-q", "-c", "other", "v2.13.0")
    elsewhere = workshop.run("new", "--yes", "--dry-run", "--title=Another").out

    assert 'run: "true"\n' in again
    assert 'run: "true"' not in elsewhere
