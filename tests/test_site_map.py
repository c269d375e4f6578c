"""The site map names all of our pages as MkDocs names those that it knows."""

from pathlib import Path
from typing import Any

import pytest
from mkdocs.config.base import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page

from changenote.site.mkdocs_files import Listed, listed_pages

PATHS = ("", "changes/", "changes/20261122-k3f9xq/", "changes/tags/50 % für alle/", "a/b+c&d/")


def config(folder: Path, **options: Any) -> MkDocsConfig:
    """The config of a site without pages."""
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text("site_name: Notes\n")
    return load_config(str(folder / "mkdocs.yml"), docs_dir=str(folder / "docs"), **options)


def named_by_mkdocs(path: str, of: MkDocsConfig) -> Listed:
    """What a site map says of a page with this path when MkDocs builds it."""
    file = File(f"{path}index.md", of.docs_dir, of.site_dir, of.use_directory_urls)
    page = Page(None, file, of)
    return Listed(Listed.Entry(page.canonical_url, page.abs_url, page.update_date))


@pytest.mark.parametrize("url", ["https://x.example/", "https://x.example/our notes"])
@pytest.mark.parametrize("has_folders", [True, False])
def test_our_pages_are_named_as_mkdocs_would(tmp_path: Path, url: str, has_folders: bool) -> None:
    of = config(tmp_path, site_url=url, use_directory_urls=has_folders)

    made = list(listed_pages(PATHS, of))

    assert made == [named_by_mkdocs(path, of) for path in PATHS]


def test_no_page_is_named_where_nobody_knows_the_address(tmp_path: Path) -> None:
    of = config(tmp_path)

    assert list(listed_pages(PATHS, of)) == []
    assert named_by_mkdocs(PATHS[1], of).page.canonical_url is None
