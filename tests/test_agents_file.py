"""The brief for coding agents that `changenote init` writes: it works, and disturbs nobody's words."""

import re
import shlex
from pathlib import Path

import pytest

from changenote.store.agents_file import BEGIN, END, is_unpaired, with_part
from tests.workshop import Workshop


@pytest.fixture
def fresh(tmp_path: Path) -> Workshop:
    """A repository with one commit, just set up."""
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start", {"app.py": "x = 1\n"})
    assert shop.run("init").code == 0
    shop.commit("Set up change notes")
    return shop


def brief(shop: Workshop) -> str:
    return (shop.folder / "AGENTS.md").read_text()


def test_the_command_in_the_brief_writes_a_complete_note(fresh: Workshop) -> None:
    fresh.commit("Sum each cart once", {"app.py": "x = 2\n"})
    block = re.search(r"```sh\n(.*?)```", brief(fresh), re.S)
    assert block

    (program, *arguments) = shlex.split(block[1].replace("\\\n", " "))
    done = fresh.run(*arguments, "--json")

    assert program == "changenote"
    assert (done.code, done.data["status"], done.data["problems"]) == (0, "shipped", [])
    assert fresh.run("check", "--strict").code == 0


def test_every_command_that_the_brief_names_is_one(fresh: Workshop) -> None:
    named = set(re.findall(r"changenote ([a-z]+)", brief(fresh))) - {"init"}

    assert named == {"new", "run", "set", "check", "rollback", "mcp"}
    for name in named:
        assert fresh.run(name, "--help").code == 0
    options = set(re.findall(r"--[a-z-]+", brief(fresh).replace(BEGIN, "").replace(END, "")))
    known = "".join(fresh.run(name, "--help").out for name in named)
    assert {option for option in options if option not in known} == set()


def test_the_brief_is_short(fresh: Workshop) -> None:
    assert len(brief(fresh).splitlines()) <= 25


def test_setting_up_is_no_part_of_the_change_that_ships_next(fresh: Workshop) -> None:
    fresh.git("tag", "v1", "HEAD~1")
    fresh.commit("Cache cart totals", {"app.py": "x = 2\n"})

    done = fresh.run("new", "--dry-run")

    assert "AGENTS.md" not in done.out
    assert "{path: app.py, change: modified, added: 1, removed: 1}" in done.out


def test_the_brief_joins_what_people_wrote_and_is_renewed_in_its_place(fresh: Workshop) -> None:
    fresh.write("AGENTS.md", "# Agents\n\nRun the tests.\n")

    fresh.run("init")
    first = brief(fresh)
    fresh.write("AGENTS.md", first.replace("once.", "twice.") + "\n## More\n\nBe kind.\n")
    done = fresh.run("init")
    again = fresh.run("init")

    assert first.startswith(f"# Agents\n\nRun the tests.\n\n{BEGIN}\n## Change notes\n")
    assert brief(fresh) == f"{first}\n## More\n\nBe kind.\n"
    assert done.out == "added to AGENTS.md\n"
    assert again.out == ""


def test_the_brief_can_be_left_out(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start", {"app.py": "x = 1\n"})

    done = shop.run("init", "--no-agents")

    assert done.code == 0
    assert not (shop.folder / "AGENTS.md").exists()


PART = f"{BEGIN}\nnew\n{END}"
TEXTS = {
    "nothing": ("", f"{PART}\n"),
    "white space": ("\n\n", f"{PART}\n"),
    "no line end": ("# Agents", f"# Agents\n\n{PART}\n"),
    "an old version": (f"a\n<!-- changenote: begin -->\nold\n{END}\nb", f"a\n{PART}\nb"),
    "a part within a line": (f"a {BEGIN}{END} b", f"a {PART} b"),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=list(TEXTS))
def test_what_is_outside_of_the_marks_stays_byte_for_byte(text: str, expected: str) -> None:
    assert with_part(text, "new\n") == expected
    assert with_part(expected, "new") == expected


@pytest.mark.parametrize(
    "text", [f"a\n{BEGIN}\nmine\n", f"a\n{END}\n", f"{END}\n{BEGIN}\n", f"{PART}\n{PART}\n"]
)
def test_marks_that_are_no_pair_are_left_to_people(fresh: Workshop, text: str) -> None:
    fresh.write("AGENTS.md", text)

    done = fresh.run("init")

    assert is_unpaired(text)
    assert brief(fresh) == text
    assert done.err.startswith(
        "AGENTS.md was left alone: changenote's marks in it are not one pair."
    )
