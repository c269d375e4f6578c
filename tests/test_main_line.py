"""The main line is read once and continued: what is joined is what reading all of it gives."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random

import pytest

from changenote.git_facts import main_line as line
from changenote.git_facts.main_line import Landing, MainLine
from changenote.store.database import path_in
from changenote.store.project import find_project
from tests.test_reverting import LINES, changed
from tests.workshop import Workshop

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SHELVES = count()


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository with three commits."""
    shop = Workshop(tmp_path / "shop").start()
    shop.write(".git/info/exclude", ".changenote\n")
    shop.commit("Start", {"a.txt": LINES, "b.txt": LINES})
    shop.commit("One", {"a.txt": changed(1)})
    shop.commit("Two", {"b.txt": changed(2)})
    return shop


def read(shop: Workshop, since: datetime = LONG_AGO, *, shelf: Path | None = None) -> MainLine:
    """The line as of HEAD, from what is known of it."""
    project = replace(find_project(shop.folder), shelf=shelf)
    return line.main_line(project, shop.git("rev-parse", "HEAD"), since, limit=60)


def read_anew(shop: Workshop, since: datetime = LONG_AGO) -> MainLine:
    """The same where nothing is known yet."""
    return read(shop, since, shelf=shop.folder.parent / f"shelf-{next(SHELVES)}")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commits that git told of, as they are read."""
    seen: list[str] = []
    landings = line._landings

    def counted(out: bytes) -> Iterator[Landing]:
        for landing in landings(out):
            seen.append(landing.sha)
            yield landing

    monkeypatch.setattr(line, "_landings", counted)
    return seen


def test_after_a_new_commit_that_commit_alone_is_read(shop: Workshop, told: list[str]) -> None:
    read(shop)
    assert len(told) == 3
    told.clear()

    new = shop.commit("Three", {"a.txt": changed(1, 3)})
    joined = read(shop)

    assert told == [new]
    assert joined == read_anew(shop)


def test_a_line_that_was_amended_goes_on_from_nowhere(shop: Workshop, told: list[str]) -> None:
    read(shop)
    told.clear()

    shop.git("commit", "-q", "--amend", "-m", "Two, in other words")
    joined = read(shop)

    assert len(told) == 3
    assert joined == read_anew(shop)


def test_a_merged_branch_is_an_ancestor_and_not_the_line(shop: Workshop, told: list[str]) -> None:
    shop.git("checkout", "-q", "-b", "side", "HEAD~1")
    shop.commit("Beside", {"c.txt": "c\n"})
    read(shop)
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    told.clear()

    joined = read(shop)

    assert len(told) == 4
    assert joined == read_anew(shop)


def test_another_start_has_a_line_of_its_own(shop: Workshop, told: list[str]) -> None:
    read(shop)
    shop.commit("Three")
    told.clear()

    later = read(shop, datetime(2021, 1, 1, tzinfo=UTC))

    assert len(told) == 4
    assert later == read_anew(shop)


def test_new_commits_from_before_the_start_are_left_out_of_a_joined_line(
    shop: Workshop, told: list[str]
) -> None:
    start = datetime.fromtimestamp(shop.clock, UTC)
    read(shop, start)
    told.clear()

    shop.clock -= 86_400 * 3
    shop.commit("By a clock that goes wrong")
    shop.clock += 86_400 * 3
    right = shop.commit("Right again", {"a.txt": changed(4)})
    joined = read(shop, start)

    assert told == [right]
    assert joined == read_anew(shop, start)


@pytest.mark.parametrize("depth", [1, 2])
def test_a_shallow_clone_goes_on_from_where_it_is_cut_off(
    shop: Workshop, tmp_path: Path, told: list[str], depth: int
) -> None:
    clone = Workshop(tmp_path / "clone")
    shop.git("clone", "-q", f"--depth={depth}", f"file://{shop.folder}", str(clone.folder))
    read(clone)
    told.clear()

    new = clone.commit("Three", {"a.txt": changed(1, 3)})
    joined = read(clone)

    assert told == [new]
    assert joined.known_since > 0
    assert joined == read_anew(clone)
    clone.git("fetch", "-q", "--unshallow")
    assert read(clone) == read_anew(clone)


def test_a_line_that_was_told_by_half_is_not_continued(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = line._asked
    monkeypatch.setattr(line, "_asked", lambda *a: (asked(*a)[0], "late"))
    read(shop)
    monkeypatch.undo()

    shop.commit("Three")

    assert read(shop) == read_anew(shop)


@pytest.mark.parametrize(
    "damaged",
    [
        "no JSON",
        "null",
        "[]",
        '{"landings": []}',
        '{"landings": "all", "known_since": 0, "whole": true}',
        '{"landings": [["a", [], 1]], "known_since": 0, "whole": true}',
        '{"landings": [["a", [], "1", []]], "known_since": 0, "whole": true}',
        '{"landings": [["a", [], 1, [["b", 7]]]], "known_since": 0, "whole": true}',
        '{"landings": [], "known_since": null, "whole": true}',
    ],
)
def test_a_damaged_row_costs_time_and_nothing_else(shop: Workshop, damaged: str) -> None:
    def damage() -> None:
        with closing(sqlite3.connect(path_in(shop.folder / ".changenote"))) as database:
            database.execute("UPDATE answers SET answer = ? WHERE kind = 'main line'", (damaged,))
            database.commit()

    whole = read(shop)
    damage()
    assert read(shop) == whole
    damage()
    shop.commit("Three")

    assert read(shop) == read_anew(shop)


def step(shop: Workshop, random: Random, number: int) -> None:
    """Something that happens to a history; what cannot be done now is another commit."""
    branches = shop.git("branch", "--format=%(refname:short)").split()
    files = sorted(path.name for path in shop.folder.glob("*.txt"))
    chosen = random.choice(files)
    match random.randrange(7):
        case 0:
            shop.git("mv", chosen, f"{number}.txt")
            shop.commit(f"Rename {number}", {f"{number}.txt": changed(number % 9)})
        case 1:
            is_merge = len(shop.git("log", "-1", "--format=%P").split()) > 1
            side = ("-m", "1") if is_merge else ()
            shop.git("revert", "--no-commit", *side, "HEAD")
            shop.commit(f"Revert {number}")
        case 2:
            shop.git("commit", "-q", "--amend", "--allow-empty", "-m", f"Amended {number}")
        case 3:
            shop.git("checkout", "-q", "-b", f"side-{number}", "HEAD~1")
            shop.commit(f"Beside {number}", {f"side-{number}.txt": f"{number}\n"})
        case 4:
            shop.git("checkout", "-q", random.choice(branches))
        case 5:
            other = random.choice(branches)
            shop.git("merge", "-q", "--no-ff", "-sours", "-m", f"Merge {number}", other)
        case _:
            shop.commit(f"Change {number}", {chosen: changed(number % 9, word=f"{number}")})


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_to_a_history_it_is_told_as_if_read_anew(
    shop: Workshop, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - the same history every time, nothing secret
    start = datetime.fromtimestamp(shop.clock, UTC)
    shop.clock += 86_400
    for number in range(12):
        step(shop, random, number)

        assert read(shop, start) == read_anew(shop, start), (seed, number)
