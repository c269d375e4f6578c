"""`check --site`: whatever goes missing between the notes and a built site is named."""

import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from changenote.cli.checking.proving import prove
from changenote.store.project import find_project
from tests.books import least, sample_project
from tests.house import said, valid_note
from tests.sites import MATERIAL, mkdocs
from tests.workshop import Workshop

NOTE = "changes/2026/20261122-k3f9xq-cache-cart-totals.yaml"
PAGE = "changes/20261122-k3f9xq"
CONFIG = MATERIAL + "site_url: https://kb.example/acme/\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the sample notes and its site in public/."""
    project = sample_project(tmp_path_factory.mktemp("proof"))
    assert mkdocs(project, CONFIG).code == 0
    return project


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Workshop:
    """A copy of it, to spoil."""
    copytree(built, tmp_path / "shop")
    return Workshop(tmp_path / "shop").start()


def proved(shop: Workshop, site: str = "public") -> list[tuple[str, str, str]]:
    """What the proof finds: rule, file and what was found."""
    found, _ = prove(find_project(shop.folder), shop.folder / site)
    above = f"{shop.folder.as_posix()}/"
    return [(f.rule, f.file.removeprefix(above), f.found) for f in found]


def test_a_fresh_site_shows_every_note_and_nothing_else(shop: Workshop) -> None:
    done = shop.run("check", "--site", "public")

    assert (done.code, done.out) == (0, "the site has all of 6 files\n")
    assert done.err == (
        "5 notes and 1 unreadable files on disk, 6 pages, 6 in the search, 6 in index.json,"
        " 4 in feed.xml of 4 that belong there\n"
    )


def test_notes_of_a_source_belong_on_the_site_as_well(shop: Workshop) -> None:
    other = Workshop(shop.folder.parent / "search").start()
    valid_note(other, "20251120-g00d00")

    done = shop.run("check", "--site", "public", "--source", "../search")
    alone = shop.run("check", "--source", "../search")

    assert done.code == 1
    assert "found:    no page changes/20251120-g00d00/" in done.out
    assert said(alone).what.startswith("--source belongs to --site: ")


@pytest.mark.parametrize(
    ("config", "site"),
    [
        (CONFIG + "use_directory_urls: false\n", "public"),
        (
            MATERIAL.replace("[search, changenote]", "[search, changenote: {path: what/changed}]"),
            "public",
        ),
        ("site_name: x\ntheme: readthedocs\nplugins: [search, changenote]\n", "public"),
        (MATERIAL, "."),
    ],
    ids=["files", "path", "theme", "folder above"],
)
def test_any_way_of_building_passes(tmp_path: Path, config: str, site: str) -> None:
    project = Workshop(sample_project(tmp_path))
    mkdocs(project.folder, config)

    assert proved(project.start(), site) == []


def test_a_note_written_since_is_missing_everywhere_and_named_once(shop: Workshop) -> None:
    shop.note(least("20261130-new000"), "20261130-new000", "sheep")

    done = shop.run("check", "--site", "public", "--format", "json")

    assert done.code == 1
    assert [(f["rule"], f["severity"], f["file"], f["found"]) for f in done.data["findings"]] == [
        (
            "site-page",
            "error",
            "changes/2026/20261130-new000-sheep.yaml",
            "no page changes/20261130-new000/, nor is it in the search, index.json",
        )
    ]


def test_a_note_that_changed_since_is_outdated_on_the_site(shop: Workshop) -> None:
    path = shop.folder / NOTE
    path.write_text(path.read_text("utf-8") + "# corrected\n", "utf-8")

    assert proved(shop) == [("site-outdated", NOTE, f"another version of it on the page {PAGE}/")]


def test_a_note_taken_away_since_leaves_a_page_without_a_note(shop: Workshop) -> None:
    (shop.folder / NOTE).unlink()
    rmtree(shop.folder / "changes/2026/20261122-k3f9xq")

    found = proved(shop)

    assert (
        "site-page",
        f"public/{PAGE}/index.html",
        "a page of a note that is not in the notes folder",
    ) in found
    assert ("site-feed", "public/feed.xml", "1 entry too many") in found


def _without_search(site: Path) -> None:
    for path in site.glob("changes/search/words/*/pages.z"):
        listed = [url for url in json.loads(zlib.decompress(path.read_bytes())) if PAGE not in url]
        path.write_bytes(zlib.compress(json.dumps(listed).encode()))


def _without_row(site: Path) -> None:
    path = site / "changes/search/facts.json"
    data = json.loads(path.read_bytes())
    data["ids"] = ["20261122-gone00" if name in PAGE else name for name in data["ids"]]
    path.write_text(json.dumps(data), "utf-8")


def _without_any_search(site: Path) -> None:
    rmtree(site / "changes/search")
    rmtree(site / "search")


def _without_index(site: Path) -> None:
    path = site / "changes/index.json"
    lines = [line for line in path.read_text("utf-8").splitlines() if "k3f9xq" not in line]
    path.write_text("\n".join(lines), "utf-8")


def _without_entry(site: Path) -> None:
    path = site / "feed.xml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"<entry>.*?</entry>\n", "", text, count=1, flags=re.S), "utf-8")


def _turned(site: Path) -> None:
    path = site / "feed.json"
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps({**data, "items": data["items"][::-1]}), "utf-8")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (
            lambda site: (site / PAGE / "index.html").unlink(),
            ("site-page", NOTE, f"no page {PAGE}/"),
        ),
        (
            lambda site: (site / PAGE / "index.html").write_text("Not found"),
            ("site-page", NOTE, f"no page {PAGE}/"),
        ),
        (_without_search, ("site-search", NOTE, "not in the text search")),
        (_without_index, ("site-index", NOTE, "not in index.json")),
        (_without_entry, ("site-feed", NOTE, "not in feed.xml")),
        (_turned, ("site-feed", "public/feed.json", "entries in another order")),
        (
            lambda site: (site / "feed.xml").unlink(),
            ("site-feed", "public/feed.xml", "no such file"),
        ),
        (
            lambda site: (site / "changes/tags/cart/feed.json").write_text("no JSON"),
            ("site-feed", NOTE, "not in changes/tags/cart/feed.json"),
        ),
        (
            lambda site: (site / "changes/index.json").unlink(),
            ("site-index", "public/changes/index.json", "no such file"),
        ),
        (_without_row, ("site-search", NOTE, "not on the search page")),
        (
            _without_row,
            (
                "site-search",
                "public/changes/search/facts.json",
                "20261122-gone00, which is no note",
            ),
        ),
        (_without_any_search, ("site-search", "public/changes", "no index of a search")),
    ],
)
def test_whatever_is_missing_is_named(
    shop: Workshop, spoil: Callable[[Path], None], expected: tuple[str, str, str]
) -> None:
    spoil(shop.folder / "public")

    assert expected in proved(shop)


ODD = (
    "7",
    '[1, null, "x", {"folder": 7, "ids": null}, {"folder": "\\u0000", "ids": "x"}]',
    '{"a":' * 100_000,
    '{"ids": 7, "addresses": [1], "notes": 3, "unreadable": {"a": 1}, "docs": 5, "items": 7}',
    '{"ids": [{}], "addresses": {"x": 1, "0": []}, "notes": [1, {"address": 7}], "items": [null]}',
)
"""JSON that no build has written."""


@pytest.mark.parametrize(
    ("file", "rules"),
    [
        ("changes/search/facts.json", {"site-search"}),
        ("changes/index.json", {"site-index"}),
        ("feed.json", {"site-feed"}),
        ("changes/search/words/parts.json", {"site-search"}),
    ],
)
def test_data_of_any_shape_in_a_site_is_read_and_what_it_lacks_is_named(
    shop: Workshop, file: str, rules: set[str]
) -> None:
    for text in ODD:
        (shop.folder / "public" / file).write_text(text, "utf-8")

        assert {rule for rule, _, _ in proved(shop)} == rules, text[:20]


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _without_end(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _of_gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(6_000_000_000)  # a hole: it takes no room on the disk


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("put", [_pipe, _without_end, _of_gigabytes, _link_to_itself])
def test_what_stands_in_the_place_of_a_file_never_holds_up_the_proof(
    shop: Workshop, put: Callable[[Path], None]
) -> None:
    for name in ("changes/index.json", "feed.xml", f"{PAGE}/index.html"):
        path = shop.folder / "public" / name
        path.unlink()
        put(path)

    found = {(rule, file) for rule, file, _ in proved(shop)}

    assert {("site-index", "public/changes/index.json"), ("site-page", NOTE)} <= found


def test_an_index_that_pagefind_made_is_read(shop: Workshop) -> None:
    site = shop.folder / "public"
    rmtree(site / "changes/search/words")
    rmtree(site / "search")
    pagefind = [sys.executable, "-m", "pagefind", "--site", str(site)]
    subprocess.run(pagefind, check=True, capture_output=True)
    whole = proved(shop)
    for path in site.glob("pagefind/fragment/*"):
        path.unlink()

    emptied = proved(shop)

    assert [f for f in whole if f[0] == "site-search"] == []
    assert ("site-search", NOTE, "not in the text search") in emptied


def test_the_search_of_the_theme_is_read(tmp_path: Path) -> None:
    config = MATERIAL.replace("[search, changenote]", "[search, changenote: {search: builtin}]")
    project = Workshop(sample_project(tmp_path)).start()
    index = mkdocs(project.folder, config).folder / "search/search_index.json"
    data = json.loads(index.read_bytes())
    docs = [doc for doc in data["docs"] if PAGE not in doc["location"]]

    before = proved(project)
    index.write_text(json.dumps({**data, "docs": docs}), "utf-8")

    assert before == []
    assert proved(project) == [("site-search", NOTE, "not in the text search")]


def test_two_files_with_one_id_are_two_pages_and_the_only_finding(tmp_path: Path) -> None:
    project = Workshop(tmp_path).start()
    for words in ("one", "two"):
        project.note(least(), words=words)
    mkdocs(project.folder)

    files = [f"changes/2026/20261122-k3f9xq-{words}.yaml" for words in ("one", "two")]
    assert [found[:2] for found in proved(project)] == [("duplicate-id", file) for file in files]


def test_a_rule_of_the_proof_can_be_turned_off(shop: Workshop) -> None:
    (shop.folder / "public/feed.xml").unlink()
    config = shop.folder / "changes/config.yaml"
    config.write_text(config.read_text("utf-8") + "severity: {site-feed: off}\n", "utf-8")

    assert proved(shop) == []


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("nowhere", "it is no folder"),
        ("changes", "no page of change notes is in it"),
        ("pages", "it holds pages that a builder has yet to make a site of"),
        (".", "2 of them are in it"),
    ],
)
def test_a_folder_that_is_no_site_is_refused(shop: Workshop, folder: str, why: str) -> None:
    shop.run("site", "pages", "--to", "pages")

    error = said(shop.run("check", "--site", folder))

    assert why in error.what
    assert error.expected == "the folder of one finished site"
    assert error.retry == "safe, nothing was written"
    assert error.next == "`changenote site build --to public` builds one."
