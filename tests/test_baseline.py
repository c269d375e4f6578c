"""A before that was measured in time: kept outside of the work tree until there is an after."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from changenote.capture.baselines import both_conditions, saved
from changenote.capture.measured import keep, kept
from changenote.model.reading import resolved
from changenote.store import codec
from tests.house import said, valid_note
from tests.workshop import Workshop


def hyperfine(*times: float) -> str:
    """A result file as hyperfine writes it."""
    result = {"command": "./cart", "times": times, "exit_codes": [0] * len(times)}
    return json.dumps({"results": [{**result, "mean": sum(times) / len(times)}]})


OLD = hyperfine(0.840, 0.845, 0.838, 0.851, 0.842, 0.848)
NEW = hyperfine(0.318, 0.321, 0.325, 0.316, 0.320, 0.330)


@pytest.fixture
def cart(workshop: Workshop) -> Workshop:
    """A shop with a benchmark that prints what `speed` says."""
    workshop.write("speed", "840\n")
    done = workshop.run(
        "baseline", "save", "GET /cart", "--unit=ms", "-ccache=warm", "--", "cat speed"
    )
    assert done.code == 0, done.err
    return workshop


def test_the_same_command_is_run_again_after_the_deploy(cart: Workshop) -> None:
    cart.write("speed", "318\n")

    done = cart.run("baseline", "after", "GET /cart")

    assert done.out == (
        "GET /cart: 2.6 times faster, measured one after the other; cache and load may differ\n"
        "  mind: after: every run gave the same number\n"
        "  mind: before: every run gave the same number\n"
        "\n"
        "before |                                                       O| median 840 ms\n"
        "after  |O                                                       | median 318 ms\n"
        "       318 ms                                              840 ms\n"
        "\n"
    )
    assert done.err.splitlines() == [
        "Running again: cat speed",
        *(f"after, run {n} of 5: 318 ms" for n in range(1, 6)),
        "Kept for the next note: `changenote new` offers it.",
    ]
    (one,) = kept(cart.folder)
    assert one.metric == {
        "name": "GET /cart",
        "unit": "ms",
        "better": "lower",
        "before": [840] * 5,
        "after": [318] * 5,
        "sample": "run of `cat speed`",
        "order": "sequential",
        "conditions": {"cache": "warm"},
    }


def test_another_command_can_be_run_after_and_go_into_a_note(cart: Workshop) -> None:
    path = valid_note(cart)

    done = cart.run(
        "baseline", "after", "GET /cart", "--into=g00d00", "--json", "-q", "-n6", "--", "echo 318"
    )

    assert done.data["note"] == "changes/2025/20251120-g00d00-note.yaml"
    (metric,) = resolved(codec.load(path.read_bytes()).data)["metrics"]
    assert metric == done.data["metrics"][0]["metric"]
    assert (metric["order"], len(metric["before"]), len(metric["after"])) == ("sequential", 5, 6)
    assert metric["sample"] == "run of `cat speed` before, `echo 318` after"
    assert kept(cart.folder) == []


def test_it_runs_again_in_the_folder_where_it_ran(workshop: Workshop) -> None:
    workshop.write("perf/speed", "840\n")
    perf = Workshop(workshop.folder / "perf")
    perf.run("baseline", "save", "cart", "--unit=ms", "-n1", "--", "cat", "speed")

    done = workshop.run("baseline", "after", "cart", "--json")

    assert done.data["metrics"][0]["metric"]["after"] == [840]


def test_wall_time_is_measured_unless_a_number_is_asked_for(workshop: Workshop) -> None:
    workshop.run("baseline", "save", "cart", "-n4", "-q", "--", "sleep 0.02")

    done = workshop.run("baseline", "after", "cart", "--json", "-q", "--", "true")

    (told,) = done.data["metrics"]
    assert (told["metric"]["unit"], told["metric"]["better"]) == ("ms", "lower")
    assert min(told["metric"]["before"]) >= 20


def test_result_files_are_copied_and_compared_later(workshop: Workshop) -> None:
    workshop.write("perf/before.json", OLD)
    workshop.write("perf/after.json", NEW)

    saved_now = workshop.run("baseline", "save", "cart", "perf/before.json")
    (workshop.folder / "perf" / "before.json").unlink()
    done = workshop.run(
        "baseline", "after", "cart", "perf/after.json", "--name=GET /cart", "--json"
    )

    assert (saved_now.out, saved_now.code) == ("cart: perf/before.json\n", 0)
    (told,) = done.data["metrics"]
    assert told["says"].startswith("2.6 times faster (between 2.6 and 2.7), measured one after")
    assert told["metric"]["name"] == "GET /cart"
    assert told["metric"]["order"] == "sequential"
    assert told["metric"]["source"]["tool"] == "hyperfine"
    assert told["metric"]["source"]["files"] == ["perf/before.json", "perf/after.json"]


def test_the_output_of_a_tool_is_read(workshop: Workshop) -> None:
    workshop.write("old.json", OLD)
    workshop.write("new.json", NEW)
    workshop.run("baseline", "save", "cart", "--read=hyperfine", "-q", "--", "cat old.json")

    done = workshop.run("baseline", "after", "cart", "--json", "-q", "--", "cat new.json")

    (told,) = done.data["metrics"]
    assert told["metric"]["before"] == [0.8435] * 5
    assert told["metric"]["after"] == [0.3205] * 5
    assert (told["metric"]["unit"], told["metric"]["source"]) == ("s", {"tool": "hyperfine"})


def test_what_csv_files_do_not_tell_can_be_said(workshop: Workshop) -> None:
    for name, values in (("before", range(840, 846)), ("after", range(318, 324))):
        rows = "\n".join(f"{n},{value},{value * 2}" for n, value in enumerate(values))
        workshop.write(f"{name}.csv", f"run,p95,p99\n{rows}\n")
    workshop.run("baseline", "save", "cart", "before.csv")

    done = workshop.run(
        "baseline", "after", "cart", "after.csv", "--column=p95", "--unit=ms", "--json"
    )

    (told,) = done.data["metrics"]
    assert (told["metric"]["name"], told["metric"]["unit"]) == ("p95", "ms")
    assert told["says"].startswith("2.6 times faster")


def test_files_that_are_no_results_are_refused_when_saved(workshop: Workshop) -> None:
    workshop.write("notes.txt", "fast!\n")

    done = workshop.run("baseline", "save", "cart", "notes.txt")

    assert done.code != 0
    assert "notes.txt" in said(done).what
    assert saved(workshop.folder) == []


def test_a_copy_that_was_changed_is_refused(workshop: Workshop) -> None:
    workshop.write("before.json", OLD)
    workshop.write("after.json", NEW)
    workshop.run("baseline", "save", "cart", "before.json")
    (copy,) = workshop.folder.glob(".git/changenote/baselines/*/0/before.json")
    copy.write_text(NEW)

    done = workshop.run("baseline", "after", "cart", "after.json")

    assert said(done).what == "the copy of before.json in the baseline 'cart' was changed"


def test_what_was_saved_can_be_listed_shown_and_dropped(cart: Workshop) -> None:
    head = cart.git("rev-parse", "HEAD")

    listed = cart.run("baseline", "list")
    shown = cart.run("baseline", "show", "GET /cart")
    plain = cart.run("baseline", "list", "--json").data
    dropped = cart.run("baseline", "drop", "GET /cart")

    assert listed.out == "GET /cart: 5 runs, median 840 ms, just now\n"
    assert shown.out.splitlines()[0] == "GET /cart: 5 runs, median 840 ms"
    assert shown.out.splitlines()[2:] == [
        f"  commit     {head}",
        "  command    cat speed",
        "  folder     .",
        "  conditions cache: warm",
        "  runs       840 ms, 840 ms, 840 ms, 840 ms, 840 ms",
    ]
    assert (plain[0]["name"], plain[0]["values"], plain[0]["commit"]) == (
        "GET /cart",
        [840] * 5,
        head,
    )
    assert dropped.code == 0
    assert cart.run("baseline", "list", "--json").data == []
    assert cart.git("status", "--porcelain") == "?? speed"


def test_an_older_baseline_is_not_lost_by_accident(cart: Workshop) -> None:
    done = cart.run("baseline", "save", "GET /cart", "--", "touch ran")

    assert said(done).what == "there is a baseline 'GET /cart' already"
    assert not (cart.folder / "ran").exists()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["save", "x"], "nothing to measure"),
        (["save", "x", "a.json", "--", "true"], "both result files and a command"),
        (["save", "two\nlines", "--", "true"], "the metric's name is two lines"),
        (["save", "x", "--unit=widgets", "--", "true"], None),
        (["after", "GET /card"], "there is no baseline 'GET /card'"),
        (["after", "GET /cart", "a.json"], None),
        (["drop", "x"], "there is no baseline 'x'"),
        (["show", "x"], "there is no baseline 'x'"),
        (["after", "GET /cart", "--into=zzzzzz", "--", "touch ran"], None),
    ],
)
def test_what_cannot_be_carried_out_is_refused(
    cart: Workshop, words: list[str], what: str | None
) -> None:
    done = cart.run("baseline", *words)

    assert done.code == 2
    assert what in (None, said(done).what)
    assert not (cart.folder / "ran").exists()


def test_a_command_with_a_secret_is_kept_without_it_and_not_run_again(workshop: Workshop) -> None:
    token = "ghp_" + "a1B2" * 9
    workshop.run("baseline", "save", "cart", "-n1", "--", f"true {token}")

    done = workshop.run("baseline", "after", "cart")

    texts = [p.read_text() for p in workshop.folder.glob(".git/changenote/**/*.json")]
    assert not any(token in text for text in texts)
    assert said(done).what == (
        "the command of the baseline held a secret that was not kept: true [redacted: GitHub token]"
    )


def test_a_name_with_a_secret_is_told_as_it_is_kept(workshop: Workshop) -> None:
    token = "ghp_" + "a1B2" * 9

    done = workshop.run("baseline", "save", f"cart {token}", "-n1", "--", "true")

    told = done.err.splitlines()[-1]
    assert told == "After the deploy: changenote baseline after 'cart [redacted: GitHub token]'"
    assert workshop.run("baseline", "show", "cart [redacted: GitHub token]").code == 0


def test_what_the_environment_keeps_secret_is_not_kept_either(workshop: Workshop) -> None:
    secret = "Tulip-garden-7"

    workshop.run(
        "baseline", "save", "cart", "-n1", "--", "true", "-u", f"cart {secret}", DB_PASSWORD=secret
    )

    (manifest,) = workshop.folder.glob(".git/changenote/baselines/*/manifest.json")
    plain = json.loads(manifest.read_text())
    assert plain["command"] == "true -u 'cart [redacted: password]'"
    assert plain["is_whole"] is False


def test_a_failing_run_saves_nothing(workshop: Workshop) -> None:
    done = workshop.run("baseline", "save", "cart", "--", "echo no cart >&2; exit 3")

    assert said(done).what.startswith("before, run 1 of 5: ")
    assert "  | no cart\n" in done.err
    assert saved(workshop.folder) == []


def test_another_machine_is_remarked_on(cart: Workshop) -> None:
    (manifest,) = cart.folder.glob(".git/changenote/baselines/*/manifest.json")
    plain = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**plain, "host": "build-7"}))

    done = cart.run("baseline", "after", "GET /cart", "--json", "-q")

    (remark,) = done.data["remarks"]
    assert remark.startswith("The baseline was measured on build-7, and this is ")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"name": "cart"}', "[" * 100_000])
def test_a_manifest_that_is_broken_is_named_and_stops_nothing(cart: Workshop, text: str) -> None:
    (manifest,) = cart.folder.glob(".git/changenote/baselines/*/manifest.json")
    manifest.write_text(text)

    done = cart.run("baseline", "list")

    assert (done.code, done.out) == (0, "")
    assert f"{manifest.parent} cannot be understood" in done.err
    assert cart.run("baseline", "drop", "GET /cart").code == 0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, {}),
        ({"cache": "warm"}, {"cache": "warm"}, {"cache": "warm"}),
        ({"cache": "cold"}, {"cache": "warm"}, {"cache": "cold -> warm"}),
        ({}, {"cache": "warm"}, {"cache": "unknown -> warm"}),
        ({"cache": "warm", "load": "50 rps"}, {}, {"cache": "warm", "load": "50 rps"}),
        ({}, {"load": "50 rps"}, {"load": "50 rps"}),
        ({"load": "50 rps"}, {"load": "80 rps"}, {"load": "50 rps -> 80 rps"}),
    ],
)
def test_conditions_that_were_not_the_same_say_so(
    before: dict[str, str], after: dict[str, str], expected: dict[str, str]
) -> None:
    assert both_conditions(before, after) == expected


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_kept_metrics_come_oldest_first_from_an_instant_on(workshop: Workshop) -> None:
    root = workshop.folder
    keep(root, {"name": "size", "before": 2, "after": 1}, NOON)
    keep(root, {"name": "p95", "before": 840, "after": 318}, NOON - timedelta(hours=1))

    names = [one.metric["name"] for one in kept(root)]
    recent = kept(root, since=NOON)

    assert names == ["p95", "size"]
    assert [one.metric["name"] for one in recent] == ["size"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"at": "noon", "metric": {"name": "p95"}}', '{"at": 5, "metric": {}}']
)
def test_a_kept_file_that_is_broken_does_not_stop_the_others(workshop: Workshop, text: str) -> None:
    path = keep(workshop.folder, {"name": "p95", "before": 840, "after": 318}, NOON)
    path.with_name("broken.json").write_text(text)

    assert [one.path for one in kept(workshop.folder)] == [path]


def test_names_with_the_same_words_are_kept_apart(workshop: Workshop) -> None:
    for name in ("GET /cart", "get cart", "GET /cart?", "購物車", "../../x"):
        keep(workshop.folder, {"name": name, "before": 1, "after": 2}, NOON)

    assert len(kept(workshop.folder)) == 5
    assert len(list((workshop.folder / ".git/changenote/measured").iterdir())) == 5


def test_baselines_are_for_linked_work_trees_too(cart: Workshop) -> None:
    cart.git("worktree", "add", "-q", "../other")
    other = Workshop(cart.folder.parent / "other")

    assert [one.name for one in saved(other.folder)] == ["GET /cart"]


def test_a_folder_of_results_is_kept_as_a_folder(workshop: Workshop) -> None:
    workshop.write("old/before.json", OLD)
    workshop.write("new/after.json", NEW)

    workshop.run("baseline", "save", "cart", "old")
    done = workshop.run("baseline", "after", "cart", "new", "--json")

    assert done.data["metrics"][0]["verdict"] == "improved"
    assert done.data["metrics"][0]["metric"]["source"]["files"] == ["old", "new"]
