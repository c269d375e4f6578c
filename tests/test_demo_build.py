"""The demo's answers fit its history, and its builder deletes only what it made."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.demo.answers import Answer, arguments, partial_note, read_answers
from tests.demo.build import HERE, build, empty
from tests.demo.history import read_history
from tests.demo.rebuild import Rebuilt

HISTORY = read_history(HERE / "history.jsonl")
ANSWERS = read_answers(HERE / "answers.yaml")


def test_there_are_answers_about_at_least_25_merges_each_once_and_oldest_first() -> None:
    order = [commit.pull_request for commit in HISTORY]

    places = [order.index(answer.pull_request) for answer in ANSWERS]

    assert places == sorted(set(places))
    assert len(places) >= 25


def test_every_version_is_the_first_release_of_its_service_after_the_merge() -> None:
    versions = {a.pull_request: a.options["version"] for a in ANSWERS if "version" in a.options}

    assert versions == {
        answer.pull_request: first_release(answer)
        for answer in ANSWERS
        if answer.pull_request in versions
    }


def test_options_become_words_and_lists_repeat_their_option() -> None:
    merge = Rebuilt(commit=HISTORY[0], sha="f00d", parent="cafe")
    options: Mapping[str, str | list[str]] = {
        "title": "Go back",
        "rollback-step": ["git revert {head}", "make"],
    }
    answer = Answer(pull_request=1, after=(), options=options, also={})

    words = arguments(answer, merge, HISTORY[0].committed)

    assert words == [
        *("--base", "cafe", "--head", "f00d", "--shipped-at", "2026-07-07T11:44:59-04:00"),
        *("--title", "Go back"),
        *("--rollback-step", "git revert f00d", "--rollback-step", "make"),
    ]


def test_parts_without_an_option_and_related_notes_are_given_as_a_partial_note() -> None:
    answer = Answer(pull_request=2, after=(1,), options={}, also={"assumptions": ["one host"]})

    text = partial_note(answer, {1: "20261122-k3f9xq"})

    assert text == '{"assumptions": ["one host"], "related": ["20261122-k3f9xq"]}'


def test_a_folder_with_contents_of_others_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "thesis.txt").write_text("ten years of work")

    with pytest.raises(SystemExit, match="was not made by the demo"):
        empty(tmp_path)

    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"


def test_a_folder_of_an_earlier_demo_starts_empty(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    empty(folder)
    (folder / "changes").mkdir()

    empty(folder)

    assert [path.name for path in folder.iterdir()] == [".git"]


def first_release(answer: Answer) -> str:
    package = str(answer.options["service"]).replace("astro-", "@astrojs/")
    start = [commit.pull_request for commit in HISTORY].index(answer.pull_request)
    return next(t for c in HISTORY[start:] for t in c.tags if t.rpartition("@")[0] == package)


def test_the_demo_is_built_from_the_first_commit_to_the_last_page(tmp_path: Path) -> None:
    build(tmp_path / "demo")

    notes = list((tmp_path / "demo/changes").glob("*/*.yaml"))
    assert len(notes) > len(ANSWERS)
    assert (tmp_path / "demo/public/index.html").is_file()
    for note in notes:
        assert "[redacted: " not in note.read_text(encoding="utf-8"), note.name
