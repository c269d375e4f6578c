"""What is installed for users, for development and for tests is known before, file by file."""

import json
import re

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.locks import FOLDER, GROUPS, HEADER, ROOT, asked_for, locked, name_of

AGAIN = "pyproject.toml asks for something else: run `make lock`, and commit what it has written"
OURS = "changenote-kb"
LOCKS = {
    "run.txt": asked_for(),
    "dev.txt": asked_for(extras=True, group="dev"),
    "lowest.txt": asked_for(extras=True),
    **{f"{name}.txt": asked_for(project=False, group=name) for name in GROUPS if name != "dev"},
}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_names_versions_and_hashes_and_nothing_else(name: str) -> None:
    text = (FOLDER / name).read_text()

    assert locked(name)
    assert text == HEADER + "".join(each.text for each in locked(name))


def test_there_is_no_other_file_with_requirements() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == set(LOCKS)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_what_pyproject_asks_for_and_no_more(name: str) -> None:
    asked = {name_of(requirement) for requirement in LOCKS[name]}

    assert {each.name for each in locked(name) if OURS in each.by} == asked, AGAIN


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_keeps_within_the_bounds_of_pyproject(name: str) -> None:
    versions = [(each.name, each.version) for each in locked(name)]

    outside = [
        f"{requirement} is locked at {version}"
        for requirement in LOCKS[name]
        for other, version in versions
        if other == name_of(requirement) and version not in requirement.specifier
    ]

    assert outside == [], AGAIN


@pytest.mark.parametrize("name", LOCKS)
def test_nothing_is_locked_for_something_that_is_not_there(name: str) -> None:
    names = {OURS, *(each.name for each in locked(name))}
    options = {"-c", "--override"}

    needed_by = {who.partition("[")[0] for each in locked(name) for who in each.by}

    assert needed_by - names - options == set(), AGAIN


@pytest.mark.parametrize("name", ["run.txt", "build.txt"])
def test_what_is_developed_with_is_what_users_run(name: str) -> None:
    some = {(each.name, each.version) for each in locked(name)}

    assert some - {(each.name, each.version) for each in locked("dev.txt")} == set(), AGAIN


def lowest(requirement: Requirement) -> Version:
    """The least version that a requirement allows."""
    (least,) = (s.version for s in requirement.specifier if s.operator == ">=")
    return Version(least)


def test_the_lowest_versions_are_the_lowest_that_are_allowed() -> None:
    versions = {each.name: Version(each.version) for each in locked("lowest.txt")}

    for requirement in LOCKS["lowest.txt"]:
        assert versions[name_of(requirement)] == lowest(requirement), AGAIN


def installs() -> list[str]:
    """Every line of the Makefile that installs something."""
    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    return re.findall(r"^\t.*(?:\bpip\b|PIP|HASHED|npm ).*", text, re.M)


def test_make_installs_nothing_but_what_is_locked() -> None:
    hashed = re.compile(
        r"python \$\(HASHED\)(?: -r requirements/[a-z]+\.txt)+$"
        r"|python \$\(PIP\) --no-deps -e \.$"
        r"|npm ci .*--ignore-scripts"
        r"|uv pip compile|\$\(COMPILE\)"
    )

    assert installs()
    assert [line for line in installs() if not hashed.search(line)] == []


def test_every_package_of_node_has_a_hash_and_comes_from_nowhere_else() -> None:
    packages = json.loads((ROOT / "tests/web/package-lock.json").read_text())["packages"]

    del packages[""]

    assert packages
    assert [name for name, each in packages.items() if "sha512-" not in each["integrity"]] == []
    assert [name for name, each in packages.items() if "resolved" in each] == []
