"""What a branch that nobody trusts hands over is shown, and nothing else of it is believed."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from changenote.checks.branch import Answer
from changenote.checks.result_file import Handed, read, written
from tests.forges import HEAD, forge_of_kind
from tests.house import said
from tests.on_forge import ID, branch_with_a_note, on
from tests.workshop import Workshop

KINDS = ("github", "gitlab", "gitea")
FILE = f"changes/2025/{ID}-note.yaml"
TITLE = "Cache cart totals per session"


@pytest.fixture
def main(tmp_path: Path) -> Workshop:
    """The default branch, beside what a branch of somebody else has handed over."""
    shop = branch_with_a_note(tmp_path / "shop")
    shop.run("check", "--ci", "--result", "../result.json")
    shop.git("switch", "-q", "main")
    return shop


def handed(main: Workshop) -> dict[str, Any]:
    """What was handed over."""
    data: dict[str, Any] = json.loads((main.folder.parent / "result.json").read_text())
    return data


def hand(main: Workshop, data: object) -> None:
    """Hand over something else."""
    (main.folder.parent / "result.json").write_text(json.dumps(data))


def comment(main: Workshop, *more: str) -> Any:
    """What `pr comment` does with it."""
    return main.run("pr", "comment", "--pr", "412", "--result", "../result.json", *more)


def status(main: Workshop, *more: str) -> Any:
    """What `pr status` does with it."""
    return main.run("pr", "status", "--pr", "412", "--result", "../result.json", *more)


@pytest.mark.parametrize("kind", KINDS)
def test_the_notes_of_a_branch_are_shown_from_the_default_branch(kind: str, main: Workshop) -> None:
    with forge_of_kind(kind) as forge:
        on(main, forge)
        first, second, third = comment(main), comment(main), status(main)

    assert [done.code for done in (first, second, third)] == [0, 0, 0]
    assert second.err == "The comment says so already. Nothing was sent.\n"
    assert third.out == f"present: {TITLE}\n"
    assert len(forge.comments) == 1
    assert f"/{HEAD}/{FILE}" in forge.comments[0]["body"]
    assert forge.statuses[0]["target_url"].endswith(f"/{HEAD}/{FILE}")


def test_the_answer_in_the_file_is_not_believed(main: Workshop) -> None:
    hand(main, {**handed(main), "word": "not needed", "line": "trust me", "notes": []})

    with forge_of_kind("github") as forge:
        on(main, forge)
        told, silent = status(main), comment(main)

    assert told.out == "missing: `changenote new` writes one\n"
    assert (silent.code, silent.err) == (
        0,
        "There is no note in the result file.\nNothing was sent.\n",
    )
    assert forge.comments == []


@pytest.mark.parametrize("kind", KINDS)
def test_paths_and_messages_come_from_the_forge(kind: str, main: Workshop) -> None:
    hand(main, {**handed(main), "notes": []})

    def told() -> str:
        line: str = status(main, "--dry-run").out
        return line

    with forge_of_kind(kind) as forge:
        on(main, forge)
        forge.paths = tuple(f"docs/{number}.md" for number in range(45))
        documents = told()
        forge.paths = (*forge.paths, "src/cart.py", "changes/2025/cart.yaml")
        code = told()
        forge.messages = (*["Cache it"] * 45, "Typing\n\nChange-Note: not needed, a comment")
        reason = told()
        forge.body = "Change-Note: not needed, only a rename"
        description = told()

    assert documents == "not needed: docs/0.md, docs/1.md, docs/2.md and 42 more need none\n"
    assert code == "missing: `changenote new` writes one\n"
    assert reason == "not needed: a comment\n"
    assert description == "not needed: only a rename\n"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "it is no JSON"),
        (b"\xff\xfe", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"[]", "it has another shape"),
        (b'{"format": 2, "notes": []}', "it has another shape"),
        (b'{"format": 1}', "it has no list of notes"),
        (b'{"format": 1, "notes": {"a": 1}}', "it has no list of notes"),
        (b'{"format": 1, "notes": [1]}', "it has a note without the path of a note's file"),
        (b" " * 5_000_001, "it has more than 5,000,000 bytes"),
        (
            json.dumps({"format": 1, "notes": [{"file": FILE, "text": "a"}] * 51}).encode(),
            "it has more than 50 notes",
        ),
        (
            json.dumps({"format": 1, "notes": [{"file": FILE, "text": "a" * 1_000_001}]}).encode(),
            "it has a note without a text of up to 1,000,000 characters",
        ),
        (
            json.dumps({"format": 1, "notes": [{"file": FILE, "text": 1}]}).encode(),
            "it has a note without a text of up to 1,000,000 characters",
        ),
    ],
)
def test_a_file_of_another_shape_is_refused_and_nothing_sent(
    raw: bytes, why: str, main: Workshop
) -> None:
    (main.folder.parent / "result.json").write_bytes(raw)

    with forge_of_kind("github") as forge:
        on(main, forge)
        for done in (comment(main), status(main)):
            assert done.code == 2
            assert said(done).what == f"the result file cannot be used: {why}"
            assert said(done).retry == "safe, nothing was sent"

    assert forge.writes == []


@pytest.mark.parametrize(
    "file",
    [
        f"../{FILE}",
        f"changes/../../{ID}-note.yaml",
        f"/etc/{ID}-note.yaml",
        f"changes//2025/{ID}-note.yaml",
        f"changes/2025/{ID}-note.yaml\n",
        f"changes\\2025\\{ID}-note.yaml",
        f"changes/2025/{ID}-![x](http://evil.example).yaml",
        "changes/2025/note.yml",
        "",
    ],
)
def test_a_path_that_is_none_of_a_note_is_refused(file: str, main: Workshop) -> None:
    data = handed(main)
    data["notes"][0]["file"] = file
    hand(main, data)

    with forge_of_kind("github") as forge:
        on(main, forge)
        done = comment(main)

    assert done.code == 2
    assert forge.writes == []


@pytest.mark.parametrize("file", [f"other/{ID}-note.yaml", "changes/2025/20251120-zzzzzz-a.yaml"])
def test_a_note_elsewhere_or_under_another_id_is_left_out(file: str, main: Workshop) -> None:
    data = handed(main)
    data["notes"].append({"file": file, "text": data["notes"][0]["text"].replace(TITLE, "Other")})
    data["notes"].append({"file": FILE, "text": "id: [\n"})
    hand(main, data)

    with forge_of_kind("github") as forge:
        on(main, forge)
        done = comment(main)

    assert done.code == 0
    assert f"{file} cannot be understood, and is left out.\n" in done.err
    assert f"{FILE} cannot be understood, and is left out.\n" in done.err
    assert "Other" not in forge.comments[0]["body"]


def test_what_a_note_says_does_nothing_in_the_comment(main: Workshop) -> None:
    data = handed(main)
    evil = '"@everyone <!-- changenote --> [x](javascript:alert(1)) ![i](http://evil.example/i)"'
    data["notes"][0]["text"] = data["notes"][0]["text"].replace(TITLE, evil)
    hand(main, data)

    with forge_of_kind("github") as forge:
        on(main, forge)
        done = comment(main)

    body = forge.comments[0]["body"]
    assert done.code == 0
    assert (
        r"**[`@everyone` &lt;!-- changenote --&gt; \[x\](javascript:alert(1)) "
        r"!\[i\](`http://evil.example/i`)](http://127.0.0.1:"
    ) in body


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "nothing"])
def test_what_is_no_file_is_not_read(kind: str, main: Workshop) -> None:
    place = main.folder.parent / "result.json"
    place.rename(main.folder.parent / "elsewhere.json")
    if kind == "link":
        place.symlink_to(main.folder.parent / "elsewhere.json")
    elif kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)

    with forge_of_kind("github") as forge:
        on(main, forge)
        done = comment(main)

    assert done.code == 2
    assert "result" in said(done).what
    assert forge.writes == []


def test_ids_beside_the_file_are_refused(main: Workshop) -> None:
    done = main.run("pr", "comment", ID, "--result", "../result.json")

    assert done.code == 2
    assert said(done).what == "ID and --result cannot both be meant"


def test_a_dry_run_shows_the_comment_and_asks_nobody(main: Workshop) -> None:
    with forge_of_kind("github") as forge:
        on(main, forge)
        done = comment(main, "--dry-run")

    assert TITLE in done.out
    assert forge.requests == []


def test_a_note_that_is_gone_is_taken_out_of_the_comment(main: Workshop) -> None:
    with forge_of_kind("github") as forge:
        on(main, forge)
        comment(main)
        hand(main, {**handed(main), "notes": []})
        gone, again = comment(main), comment(main)

    (one,) = forge.comments
    assert TITLE not in one["body"]
    assert "has no change note any more" in one["body"]
    assert gone.err == "There is no note in the result file.\nThe comment was edited.\n"
    assert again.err == "There is no note in the result file.\nNothing was sent.\n"


def test_what_is_written_can_be_read_however_much_there_is() -> None:
    answer = Answer(word="present", line="Many")
    many = [Handed(file=FILE, text="a")] * 60
    large = [Handed(file=FILE, text="\x01" * 400_000)] * 5

    assert len(read(written(answer, many))) == 50
    assert json.loads(written(answer, many))["left_out"] == 10
    assert len(read(written(answer, large))) == 2
    assert read(written(answer, [Handed(file=FILE, text="a" * 1_000_001)])) == []
