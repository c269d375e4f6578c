"""The same knowledge base from other builders: ProperDocs with the plugin, Zensical with pages."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.books import built_pages, sample_project, words
from tests.browser import DESK, Reader, chromium, served
from tests.sites import MATERIAL, lost_links, mkdocs
from tests.workshop import Workshop

NOTE = "changes/20261122-k3f9xq/"
OURS = re.compile(r'<div [^>]*class="cn .*?(?=</article>)', re.S)


def built(*command: str | Path, where: Path) -> None:
    """Run a builder that is installed beside us; it has to get to its end."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", *map(str, command)],
        cwd=where,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample notes, and their site made with MkDocs in `public`."""
    folder = sample_project(tmp_path_factory.mktemp("builders"))
    assert mkdocs(folder, MATERIAL, index=False).code == 0
    return folder


@pytest.fixture(scope="module")
def zensical(project: Path) -> Path:
    """The site that Zensical makes, as a person would have it made."""
    Workshop(project).run("site", "pages", "--to", "z", "--zensical")
    built("zensical", "build", where=project / "z")
    return project / "z/public"


@pytest.fixture(scope="module")
def reader(zensical: Path) -> Iterator[Reader]:
    """Somebody with a browser before the site that Zensical made."""
    with served(zensical) as address, chromium() as driver:
        yield Reader(driver, address)


def ours(site: Path) -> dict[str, str]:
    """What is ours of every page, as a reader sees it."""
    found = {path: OURS.search(html) for path, html in built_pages(site)}
    return {path: words(match[0]) for path, match in found.items() if match}


def test_properdocs_makes_the_site_that_mkdocs_makes(project: Path) -> None:
    built("properdocs", "build", "-f", "mkdocs.yml", "-d", "proper", where=project)

    by_mkdocs, by_properdocs = (
        {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
        for site in (project / "public", project / "proper")
    )
    assert by_properdocs == by_mkdocs
    assert ours(project / "proper") == ours(project / "public")


def test_zensical_shows_every_page_that_mkdocs_shows(project: Path, zensical: Path) -> None:
    by_mkdocs = ours(project / "public")

    by_zensical = ours(zensical)

    assert len(by_mkdocs) > 20
    assert by_zensical.keys() == by_mkdocs.keys()
    differing = [path for path in by_mkdocs if by_zensical[path] != by_mkdocs[path]]
    assert differing == []


def test_no_link_of_the_site_that_zensical_made_leads_nowhere(zensical: Path) -> None:
    assert lost_links(zensical) == set()


def test_zensical_is_told_of_every_page_of_the_navigation(zensical: Path) -> None:
    navigation = re.findall(r'= "(\S+\.md)"', (zensical.parent / "zensical.toml").read_text())

    assert "rollback/index.md" in navigation
    assert [file for file in navigation if not (zensical.parent / "docs" / file).is_file()] == []


def test_a_config_for_zensical_is_yours_once_it_is_there(project: Path, zensical: Path) -> None:
    config = zensical.parent / "zensical.toml"
    mine = config.read_text().replace("Acme change notes", "Mine")
    config.write_text(mine)

    Workshop(project).run("site", "pages", "--to", "z", "--zensical")

    assert config.read_text() == mine


def test_in_zensical_notes_are_found_and_commands_copied(reader: Reader) -> None:
    reader.sits_at(DESK)

    reader.opens("changes/search/?q=kind:performance+basket")
    found = reader.waits_for(
        "return [...document.querySelectorAll('.cn-hits .cn-row__title')].map(a => a.getAttribute('href'))"
    )
    reader.opens(NOTE)
    button = reader.waits_for("return document.querySelector('.cn-step button')?.textContent")

    assert any("20261122-k3f9xq" in address for address in found)
    assert button.startswith("Copy")
    assert reader.complaints() == []
