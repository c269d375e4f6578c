"""The plugin gets into an existing mkdocs.yml, and nothing else changes."""

from pathlib import Path

import pytest

from changenote.errors import ChangenoteError
from changenote.store.mkdocs_config import docs_dir, site_url, with_plugin

BLOCK = """\
site_name: Shop # our shop
plugins:
  # the search
  - search
  - blog:
      blog_dir: news
  # - disabled

# below
theme:
  name: material
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
"""


def added(old: str, new: str) -> list[str]:
    before = old.splitlines()
    rest = list(new.splitlines())
    for line in before:
        rest.remove(line)
    return rest


def test_one_line_is_added_to_a_list_of_plugins() -> None:
    new = with_plugin(BLOCK)

    assert added(BLOCK, new) == ["  - changenote"]
    assert new.index("- changenote") > new.index("blog_dir")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("site_name: a\n", "site_name: a\n\nplugins:\n  - search\n  - changenote\n"),
        ("plugins: [search]\n", "plugins: [changenote, search]\n"),
        ("plugins: []\n", "plugins: [changenote]\n"),
        ("plugins:\n", "plugins:\n  - search\n  - changenote\n"),
        ("plugins:\n- search\nnav: []\n", "plugins:\n- search\n- changenote\nnav: []\n"),
        ("plugins:\n  search: {lang: en}\n", "plugins:\n  search: {lang: en}\n  changenote: {}\n"),
        ("plugins: [\n  search, # why\n]\n", "plugins: [changenote, \n  search, # why\n]\n"),
        ("plugins:\n  - search", "plugins:\n  - search\n  - changenote\n"),
    ],
)
def test_every_form_of_the_list_is_understood(old: str, new: str) -> None:
    assert with_plugin(old) == new


@pytest.mark.parametrize("text", [with_plugin(BLOCK), "plugins:\n  - changenote: {path: notes}\n"])
def test_a_plugin_that_is_there_is_not_added_again(text: str) -> None:
    assert with_plugin(text) == text


@pytest.mark.parametrize("text", ["a: [", "- a\n", "plugins: yes\n"])
def test_what_cannot_be_understood_is_left_to_the_person(text: str) -> None:
    with pytest.raises(ChangenoteError) as caught:
        with_plugin(text)

    assert caught.value.hint == "Add it by hand:  plugins: [search, changenote]"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("site_url: https://docs.example/kb\n", "https://docs.example/kb/"),
        ("site_url: !ENV URL\n", None),
        ("", None),
    ],
)
def test_the_site_address_is_taken_only_when_it_is_one(
    text: str, address: str | None, tmp_path: Path
) -> None:
    (tmp_path / "mkdocs.yml").write_text(text)

    assert site_url(tmp_path) == address


def test_a_folder_without_mkdocs_has_no_site_address(tmp_path: Path) -> None:
    assert site_url(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("site_name: Shop\n", "docs"),
        ("docs_dir: our pages\n", "our pages"),
        ("INHERIT: base.yml\n", None),
        ("docs_dir: !ENV PAGES\n", None),
        ("docs_dir: !ENV [PAGES, docs]\n", None),
        ("site_name: [\n", None),
    ],
)
def test_the_folder_of_own_pages_is_known_where_the_file_alone_says_it(
    text: str, folder: str | None
) -> None:
    assert docs_dir(text.encode()) == folder
