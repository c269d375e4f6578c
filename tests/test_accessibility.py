"""Everybody can read and use every kind of page: axe-core, by day and night, at desk and phone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.books import one_of_each_kind, sample_project
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.sites import MATERIAL, mkdocs

AXE = Path(__file__).parents[1] / ".venv/web/node_modules/axe-core/axe.min.js"
RUN = """
const [rules, done] = arguments;
axe.run(document, rules ? {runOnly: {type: "rule", values: rules}} : {}).then(found => done(
    found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html}`))
));
"""
# What hangs on colours alone is all that differs by night.
BY_NIGHT = ["color-contrast", "link-in-text-block"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample notes, in Material's theme."""
    return mkdocs(sample_project(tmp_path_factory.mktemp("axe")), MATERIAL).folder


@pytest.fixture(scope="module")
def reader(site: Path) -> Iterator[Reader]:
    """Somebody with a browser."""
    with served(site) as address, chromium() as driver:
        yield Reader(driver, address)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_kind_of_page(
    reader: Reader, site: Path, size: tuple[int, int], scheme: str
) -> None:
    reader.sits_at(size, scheme)
    rules = BY_NIGHT if scheme == "dark" else None

    found: dict[str, Any] = {}
    for kind, path in one_of_each_kind(site).items():
        reader.opens(path)
        reader.driver.execute_script(AXE.read_text("utf-8"))
        if violations := reader.driver.execute_async_script(RUN, rules):
            found[f"{kind} {path}"] = violations

    assert found == {}, json.dumps(found, indent=2)
