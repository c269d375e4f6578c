"""Beside the plugins that teams use, and with every way Material has of moving between pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.books import built_pages, sample_project
from tests.browser import DESK, Reader, chromium, served
from tests.sites import MATERIAL, lost_links, mkdocs
from tests.test_builders import ours

NOTE = "changes/20261122-k3f9xq/"
CROWDED = """\
site_name: Acme knowledge
theme:
  name: material
  font: false
  features: [navigation.instant, navigation.instant.prefetch, navigation.prune, navigation.indexes,
    navigation.tabs, navigation.footer, content.code.copy, toc.integrate]
plugins:
  - search
  - blog
  - tags
  - macros
  - redirects: {redirect_maps: {old.md: index.md}}
  - rss: {match_path: "blog/posts/.*", use_git: false, date_from_meta: {as_creation: date}}
  - mkdocstrings: {handlers: {python: {paths: [src]}}}
  - minify: {minify_html: true, htmlmin_opts: {remove_comments: true}}
  - changenote
markdown_extensions: [admonition, attr_list, md_in_html, pymdownx.highlight,
  pymdownx.superfences, pymdownx.snippets, tables]
"""
HOME = """\
# Acme

{{ 6 * 7 }} ways to sell. [Changes](changes/index.md)

::: shop

```changenotes
service:shop-web
```
"""
POST = "---\ndate: 2026-11-01\ntags: [cache]\n---\n# We sell\n\nHello.\n\n<!-- more -->\n\nMore.\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and where it is served: Material moves between pages only at the site's address."""
    folder = tmp_path_factory.mktemp("crowded")
    (folder / "public").mkdir()
    with served(folder / "public") as address:
        yield folder, address


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, address: tuple[Path, str]) -> Path:
    """The sample notes with no other plugin."""
    config = f"{MATERIAL}site_url: {address[1]}\n"
    return mkdocs(sample_project(tmp_path_factory.mktemp("plain")), config).folder


@pytest.fixture(scope="module")
def crowded(address: tuple[Path, str]) -> Path:
    """The same notes in a site with a blog, tags, macros, an API reference and more."""
    project = sample_project(address[0])
    for name, text in {
        "docs/index.md": HOME,
        "docs/blog/index.md": "# Blog\n",
        "docs/blog/posts/first.md": POST,
        "src/shop.py": '"""Sells."""\n\n\ndef sell() -> None:\n    """Sell one."""\n',
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    site = mkdocs(project, f"{CROWDED}site_url: {address[1]}\n", index=False)
    assert site.code == 0, site.said
    return site.folder


@pytest.fixture(scope="module")
def reader(crowded: Path, address: tuple[Path, str]) -> Iterator[Reader]:
    """Somebody with a browser."""
    assert crowded.is_dir()
    with chromium() as driver:
        yield Reader(driver, address[1])


def test_every_page_says_the_same_beside_other_plugins(plain: Path, crowded: Path) -> None:
    alone, together = ours(plain), ours(crowded)

    differing = [path for path in alone if together.get(path) != alone[path]]

    assert len(alone) > 20
    assert differing == []


def test_the_other_plugins_do_their_work_beside_ours(crowded: Path) -> None:
    home = (crowded / "index.html").read_text("utf-8")

    assert "42 ways to sell" in home
    assert "Sell one." in home
    assert "Cache cart totals per session" in home
    assert (crowded / "old/index.html").is_file()
    assert "We sell" in (crowded / "feed_rss_created.xml").read_text("utf-8")
    assert "We sell" in (crowded / "blog/index.html").read_text("utf-8")


def test_no_link_leads_nowhere_beside_other_plugins(crowded: Path) -> None:
    notes = [path for path, _ in built_pages(crowded) if path.startswith("changes/")]

    assert {(path, link) for path, link in lost_links(crowded) if path in notes} == set()


def test_a_page_reached_without_loading_it_anew_is_as_good_as_one_that_was_loaded(
    reader: Reader,
) -> None:
    reader.sits_at(DESK)
    reader.opens("changes/")
    reader.waits_for_instant_links()
    reader.asks("window.neverLoadedAnew = true")

    reader.asks(f"document.querySelector('a[href$=\"{NOTE.partition('/')[2]}\"]').click()")
    button = reader.waits_for("return document.querySelector('.cn-step button')?.textContent")
    age = reader.waits_for("return document.querySelector('.cn-age')?.textContent")

    assert button.startswith("Copy")
    assert "ago" in age
    assert reader.asks("return window.neverLoadedAnew") is True
    assert reader.complaints() == []


def test_the_search_page_works_when_it_was_not_loaded_anew(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.opens("changes/timeline/")
    reader.waits_for_instant_links()
    reader.asks("window.neverLoadedAnew = true")

    reader.waits_for("return document.querySelector('a[href$=\"search/\"]')").click()
    found = reader.waits_for("return document.querySelectorAll('.cn-hits .cn-row__title').length")

    assert found >= 5
    assert reader.asks("return window.neverLoadedAnew") is True
    assert reader.complaints() == []
