"""Nothing comes with changenote, or with its sites, under a licence that nobody has looked at."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from tests.licences import FOR_DEVELOPERS, FOR_USERS, ON_SITES, SIGNED, is_fine, licence_of
from tests.locks import FOLDER, ROOT, locked

LOOK = (
    "read the licence in the package; if it is fine, write it and why into"
    " requirements/licences.toml, otherwise do without the package"
)
ASSETS = Path(str(files("material"))) / "templates/assets"
LOCKS = sorted(path.name for path in FOLDER.glob("*.txt"))
CARRIED = {each["name"]: each["licence"] for each in SIGNED["carried"]}


def names(lock: str) -> set[str]:
    return {each.name for each in locked(lock)}


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_that_is_locked_has_a_licence_that_is_signed(lock: str) -> None:
    licences = FOR_USERS if lock in ("run.txt", "lowest.txt") else FOR_DEVELOPERS

    found = {name: licence_of(name) for name in names(lock)}

    assert {name: said for name, said in found.items() if not is_fine(said, licences)} == {}, LOOK


def test_a_package_that_says_nothing_or_is_not_there_has_no_licence() -> None:
    assert licence_of("no-such-package") == ""
    assert not is_fine("", FOR_DEVELOPERS)


@pytest.mark.parametrize(
    ("expression", "for_users", "for_developers"),
    [
        ("MIT", True, True),
        ("GPL-2.0-or-later OR Apache-2.0", True, True),
        ("MIT AND GPL-3.0-only", False, True),
        ("GPL-3.0-or-later", False, False),
        ("MIT AND (Apache-2.0 OR AGPL-3.0-only)", False, False),
        ("Proprietary", False, False),
    ],
)
def test_one_way_of_several_is_enough_and_all_parts_of_it_are_needed(
    expression: str, for_users: bool, for_developers: bool
) -> None:
    assert is_fine(expression, FOR_USERS) is for_users
    assert is_fine(expression, FOR_DEVELOPERS) is for_developers


def test_what_is_signed_for_a_package_is_still_needed() -> None:
    every = set().union(*map(names, LOCKS))

    assert set(SIGNED["packages"]) - every == set()


def test_what_a_site_carries_is_listed_under_a_licence_that_is_signed() -> None:
    maps = [json.loads(path.read_text("utf-8")) for path in ASSETS.rglob("*.map")]
    made_of = {
        found[1]
        for each in maps
        for source in each["sources"]
        if (found := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)", source))
    }
    apart = {path.stem for path in ASSETS.glob("javascripts/lunr/*.js")}

    assert len(maps) == 4
    assert {*made_of, *apart} - set(CARRIED) == set(), LOOK
    assert [name for name, said in CARRIED.items() if not is_fine(said, ON_SITES)] == []


def test_material_that_tests_use_says_where_it_is_from_and_under_which_licence() -> None:
    data = ROOT / "tests/data"
    ours = (data / "README.md").read_text()

    for folder in (path for path in data.iterdir() if path.is_dir()):
        note = folder / "README.md"
        said = note.read_text() if note.exists() else ""
        assert re.search(r"MIT|Apache-2\.0|CC-BY|licence", said) or f"`{folder.name}`" in ours
