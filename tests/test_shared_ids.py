"""Two files with one id: nothing is taken for the other, and whoever meets them is told of both."""

from pathlib import Path

import pytest

from tests.house import said
from tests.sites import mkdocs
from tests.workshop import Workshop

ID = "20261122-k3f9xq"
FIRST, SECOND = f"changes/2026/{ID}-cart.yaml", f"changes/2026/{ID}-copy.yaml"


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """A note, and a copy of it with other steps."""
    workshop.note(_with_steps("./flags set cart off"), ID, "cart")
    workshop.note(_with_steps("./flags set copy off"), ID, "copy")
    return workshop


def _with_steps(run: str) -> str:
    return (
        f"schema: 1\nid: {ID}\ntitle: Cache cart totals\nkind: fix\nstatus: shipped\n"
        'shipped: {at: "2026-11-20T10:00:00Z", environment: production}\n'
        f"reason: It was slow.\nexpected: It is fast.\nrollback:\n  steps:\n    - run: {run}\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["rollback", ID],
        ["rollback", "k3f9xq", "--run", "--yes"],
        ["rollback", "--last"],
        ["rollback", "--last", "--commands"],
        ["show", "k3f9xq"],
        ["edit", "k3f9xq"],
        ["rehearse", "k3f9xq", "--environment", "staging"],
        ["set", "k3f9xq", "status=rolled_back"],
        ["outcome", "k3f9xq", "failed"],
        ["run", "--into", "k3f9xq", "--", "touch", "ran"],
        ["related", "k3f9xq", "aaaaaa"],
        ["supersede", "k3f9xq", "aaaaaa"],
    ],
    ids=" ".join,
)
def test_none_of_two_files_with_one_id_is_taken_for_the_other(
    shop: Workshop, words: list[str]
) -> None:
    before = [path.read_bytes() for path in shop.notes()]

    done = shop.run(*words)

    error = said(done)
    assert (done.code, done.out) == (2, "")
    assert error.what == f"2 files have the id {ID}: {FIRST}, {SECOND}"
    assert error.retry == "safe, nothing was done"
    assert "`changenote check`" in error.next
    assert "path instead of the id" in error.next
    assert [path.read_bytes() for path in shop.notes()] == before
    assert not (shop.folder / "ran").exists()


@pytest.mark.parametrize("given", ["from the root", "absolute", "name"])
def test_the_path_of_either_file_says_which_is_meant(shop: Workshop, given: str) -> None:
    def path(file: str) -> str:
        ways = {"from the root": file, "absolute": str(shop.folder / file)}
        return ways.get(given, Path(file).name)

    done = [shop.run("rollback", path(file), "--commands").out for file in (FIRST, SECOND)]

    assert done == ["./flags set cart off\n", "./flags set copy off\n"]


def test_a_path_from_the_folder_one_is_in_is_enough(shop: Workshop) -> None:
    inside = Workshop(shop.folder / "changes")

    done = inside.run("rollback", SECOND.removeprefix("changes/"), "--commands")

    assert done.out == "./flags set copy off\n"


def test_a_path_that_is_neither_file_tells_nothing(shop: Workshop) -> None:
    done = shop.run("show", f"changes/2026/{ID}-gone.yaml")

    assert said(done).what == f"2 files have the id {ID}: {FIRST}, {SECOND}"


def test_what_was_run_by_path_is_written_into_that_file(shop: Workshop) -> None:
    shop.write("flags", "#!/bin/sh\n").chmod(0o755)

    done = shop.run("rollback", SECOND, "--run", "--yes", "--mark")

    first, second = (path.read_text() for path in shop.notes())
    assert done.code == 0, done.err
    assert "status: rolled_back" in second
    assert "status: rolled_back" not in first


def test_a_command_is_added_to_the_file_that_was_named(shop: Workshop) -> None:
    done = shop.run("run", "--into", SECOND, "--", "true")

    first, second = (path.read_text() for path in shop.notes())
    assert done.code == 0, done.err
    assert ("commands:" in second, "commands:" in first) == (True, False)


def _shown_where(site: Path) -> list[str]:
    """The warning of each file, with the address at which a site has that file."""
    ways = []
    for file, other in ((FIRST, SECOND), (SECOND, FIRST)):
        text = site.parent.joinpath(file).read_bytes()
        (note,) = (p for p in site.glob("changes/*/note.yaml") if p.read_bytes() == text)
        ways.append(
            f"{file}: found {ID}, also in {other}, expected an id of its own; "
            f"this file is shown at changes/{note.parent.name}/"
        )
    return ways


def test_a_build_warns_of_both_and_says_which_address_shows_which(shop: Workshop) -> None:
    config = "site_name: x\nplugins: [changenote]\n"

    built = mkdocs(shop.folder, config)

    lines = [line for line in built.said.splitlines() if line.startswith("WARNING")]
    assert built.code == 0
    assert lines == [f"WARNING -  changenote: {line}" for line in _shown_where(built.folder)]
    assert mkdocs(shop.folder, config, "--strict").code == 1


def test_pages_for_other_builders_come_with_the_same_words(shop: Workshop) -> None:
    done = shop.run("site", "pages", "--to", "pages")

    assert done.code == 0
    assert [line for line in done.err.splitlines() if ID in line] == _shown_where(
        shop.folder / "pages"
    )


def test_a_site_is_not_proved_while_files_share_an_id(shop: Workshop) -> None:
    mkdocs(shop.folder, "site_name: x\nplugins: [changenote, search]\n")

    done = shop.run("check", "--site", "public", "--format", "json")

    assert done.code == 1
    assert [(f["rule"], f["file"], f["found"]) for f in done.data["findings"]] == [
        ("duplicate-id", FIRST, f"{ID}, also in {SECOND}"),
        ("duplicate-id", SECOND, f"{ID}, also in {FIRST}"),
    ]


def test_a_team_that_turned_the_rule_off_is_not_warned(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "severity: {duplicate-id: off}\n")

    done = shop.run("site", "pages", "--to", "pages")

    assert ID not in done.err
