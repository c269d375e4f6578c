"""The plugin in real MkDocs builds: whatever the theme and settings, the notes are complete."""

import json
import re
from pathlib import Path

import pytest

from tests.books import LEAST, sample_project, words
from tests.sites import MATERIAL, Site, lost_links, mkdocs

NOTE = "changes/20261122-k3f9xq/index.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The sample notes in Material's theme."""
    return mkdocs(sample_project(tmp_path_factory.mktemp("site")))


def test_every_note_has_its_permanent_address(site: Site) -> None:
    assert site.code == 0
    assert "Cache cart totals per session" in words(site.text(NOTE))


def test_the_search_field_of_the_theme_says_what_it_finds_beside_notes(site: Site) -> None:
    assert site.text("changes/search/index.html").count('placeholder="Search all pages"') == 1


def test_every_link_of_the_site_leads_somewhere(site: Site) -> None:
    assert lost_links(site.folder) == set()


def test_assets_are_beside_the_pages(site: Site) -> None:
    assert (site.folder / "changes/20261122-k3f9xq/p95.png").read_bytes().startswith(b"\x89PNG")
    assert site.text("changes/20261122-k3f9xq/note.yaml").startswith("schema: 1\n")
    assert json.loads(site.text("changes/schema.json"))["title"] == "Change note"


def test_a_broken_note_becomes_a_page_and_a_warning(site: Site) -> None:
    assert (
        "changes/2026/20261121-bad0ne-broken.yaml:5:9: found shiped, expected one of draft"
        in site.said
    )
    assert "Found shiped" in words(site.text("changes/20261121-bad0ne/index.html"))


def test_a_strict_build_fails_on_a_broken_note(tmp_path: Path) -> None:
    built = mkdocs(sample_project(tmp_path), MATERIAL, "--strict")

    assert built.code == 1
    assert "20261121-bad0ne-broken.yaml:5:9" in built.said


def test_a_strict_build_of_good_notes_succeeds(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "changes/2026/20261121-bad0ne-broken.yaml").unlink()

    assert mkdocs(project, MATERIAL, "--strict").code == 0


def test_a_file_that_is_no_note_is_a_warning_and_on_the_overview(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "changes/2026/cart.yaml").write_text("x")

    built = mkdocs(project)

    assert "changes/2026/cart.yaml:1:1: found cart.yaml" in built.said
    assert "1 file in the notes folder is no note." in words(built.text("changes/index.html"))


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_other_themes_show_the_same_notes(tmp_path: Path, theme: str) -> None:
    built = mkdocs(
        sample_project(tmp_path), f"site_name: x\ntheme: {theme}\nplugins: [search, changenote]\n"
    )

    assert "./flags set cart_total_cache off --env production" in words(built.text(NOTE))
    assert lost_links(built.folder) == set()


def test_without_directory_urls_every_link_names_a_file(tmp_path: Path) -> None:
    built = mkdocs(sample_project(tmp_path), MATERIAL + "use_directory_urls: false\n")

    assert built.code == 0
    assert lost_links(built.folder, directories=False) == set()


def test_the_notes_folder_and_the_address_can_be_chosen(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "changes").rename(project / "log")
    config = MATERIAL.replace("changenote", "changenote: {notes: log, path: what/changed}")

    built = mkdocs(project, config.replace("[search, c", "[search, {c").replace("}]", "}}]"))

    assert built.code == 0
    assert "Cache cart totals" in built.text("what/changed/20261122-k3f9xq/index.html")


@pytest.mark.parametrize("path", ["''", "../x", "a//b"])
def test_an_address_outside_the_site_is_refused(tmp_path: Path, path: str) -> None:
    config = MATERIAL.replace("[search, changenote]", f"[search, {{changenote: {{path: {path}}}}}]")

    built = mkdocs(sample_project(tmp_path), config)

    assert built.code == 1
    assert "expected a folder of the site" in built.said
    assert "Traceback" not in built.said


def test_an_unusable_team_config_is_one_clear_line(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "changes/config.yaml").write_text("title: [no]\n")

    built = mkdocs(project)

    assert built.code == 1
    assert "config.yaml:1:8: " in built.said
    assert "Traceback" not in built.said


def test_a_team_template_that_fails_is_named(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    own = project / "changes/templates/site"
    own.mkdir(parents=True)
    (own / "note.html.j2").write_text("\n{% if %}")

    built = mkdocs(project)

    assert built.code == 1
    assert "the template site/note.html.j2:2 failed" in built.said
    assert "Traceback" not in built.said


def test_a_page_of_the_team_at_our_address_stays(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "docs/changes").mkdir(parents=True)
    (project / "docs/changes/index.md").write_text("# Our own words\n")

    built = mkdocs(project)

    assert "Our own words" in built.text("changes/index.html")
    assert "Cache cart totals" in built.text(NOTE)


def test_a_page_of_the_team_that_becomes_the_same_file_stays_too(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "docs/changes").mkdir(parents=True)
    (project / "docs/changes/weeks.md").write_text("# Left out\n")
    theirs = ("README.md", "rollback.md", "changes/timeline.md", "c/k3f9xq.md", "c/m9n8p7/index.md")
    for name in theirs:
        (project / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (project / "docs" / name).write_text("# Our own words\n")

    built = mkdocs(project, MATERIAL + "exclude_docs: weeks.md\n", index=False)

    pages = (
        "index",
        "rollback/index",
        "changes/timeline/index",
        "c/k3f9xq/index",
        "c/m9n8p7/index",
    )
    for name in pages:
        assert "Our own words</h1>" in re.sub("<a .*?</a>", "", built.text(f"{name}.html")), name
    assert "Weeks</h1>" in re.sub("<a .*?</a>", "", built.text("changes/weeks/index.html"))
    for name in theirs[1:]:
        assert f"{name} is a file of your own and stays as it is." in built.said
    assert "Cache cart totals" in built.text(NOTE)


def test_a_site_without_a_home_page_opens_on_the_overview(tmp_path: Path) -> None:
    built = mkdocs(sample_project(tmp_path), index=False)

    assert "5 change notes" in words(built.text("index.html"))
    assert lost_links(built.folder) == set()


def test_without_any_notes_there_is_still_a_site(tmp_path: Path) -> None:
    built = mkdocs(tmp_path)

    assert built.code == 0
    assert "There is no note yet." in words(built.text("changes/index.html"))


def test_a_page_does_not_grow_with_the_number_of_notes(tmp_path: Path) -> None:
    few, many = sample_project(tmp_path / "few"), sample_project(tmp_path / "many")
    for number in range(40):
        note_id = f"20261010-0000{number:02}"
        text = LEAST.format(id=note_id, title=f"Note number {number}", kind="fix")
        (many / f"changes/2026/{note_id}.yaml").write_text(text)

    sizes = [len(mkdocs(project).text(NOTE)) for project in (few, many)]

    assert sizes[0] == sizes[1]


def test_the_navigation_that_mkdocs_chooses_gets_one_section(site: Site) -> None:
    home = site.text("index.html")

    navigation = home[home.index("md-nav--primary") : home.index("md-sidebar--secondary")]
    assert (
        "Change notes Overview Rollback Search Timeline Services "
        "Browse Browse Weeks Releases Files Kinds Tags Stack Owners "
        "Numbers Numbers Metrics Statistics Upkeep Upkeep Review queue Check rules"
        in words(navigation)
    )
    assert "Cache cart totals" not in navigation


@pytest.mark.parametrize("features", ["navigation.prune", "navigation.tabs, navigation.sections"])
def test_chapters_of_the_navigation_keep_their_first_page_and_link_the_overview(
    tmp_path: Path, features: str
) -> None:
    config = MATERIAL.replace(
        "  font: false\n", f"  font: false\n  features: [navigation.indexes, {features}]\n"
    )

    page = mkdocs(sample_project(tmp_path), config).text("changes/files/index.html")

    navigation = page[page.index("md-nav--primary") : page.index("md-sidebar--secondary")]
    assert "Browse Browse Weeks Releases" in words(navigation)
    assert re.search(r'<a href="\.\./"[^>]*>\s*(<span[^>]*>\s*)?Change notes', navigation)


def test_a_note_leads_to_the_one_before_and_the_one_after(tmp_path: Path) -> None:
    config = MATERIAL.replace("  font: false\n", "  font: false\n  features: [navigation.footer]\n")

    note = mkdocs(sample_project(tmp_path), config).text(NOTE)

    footer = note[note.index('class="md-footer"') :]
    assert 'href="../20261120-zz9zz9/" class="md-footer__link md-footer__link--prev"' in footer
    assert "md-footer__link--next" not in footer


def test_a_navigation_of_the_team_is_left_as_it_is(tmp_path: Path) -> None:
    navigation = "nav:\n  - Home: index.md\n  - What changed?: changes/index.md\n"

    built = mkdocs(sample_project(tmp_path), MATERIAL + navigation, "--quiet")

    page = built.text("index.html")
    shown = page[page.index("md-nav--primary") : page.index("md-sidebar--secondary")]
    assert "What changed?" in words(shown)
    assert "Timeline" not in words(shown)
    assert "not included" not in built.said


TITLE = "</title><script>window.hurt=1</script>&lt;script&gt;window.hurt=2&lt;/script&gt; `x`"


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_a_hostile_title_stays_text_on_every_page(tmp_path: Path, theme: str) -> None:
    notes = tmp_path / "changes/2026"
    notes.mkdir(parents=True)
    text = LEAST.format(id="20261122-k3f9xq", title=json.dumps(TITLE), kind="fix")
    hostile = (
        f"tags: [{json.dumps(TITLE)}]\nowner: {json.dumps(TITLE)}\nreason: {json.dumps(TITLE)}\n"
    )
    (notes / "20261122-k3f9xq.yaml").write_text(text + hostile)
    config = MATERIAL if theme == "material" else f"site_name: x\ntheme: {theme}\n"

    built = mkdocs(tmp_path, config.replace("[search,", "[search, tags,") + _plugins(theme))

    for path in built.folder.rglob("*.html"):
        assert "<script>window.hurt" not in path.read_text("utf-8"), path
    title = re.search(r"<title>(.*?)</title>", built.text(NOTE), re.S)
    assert title
    assert "&lt;/title&gt;&lt;script&gt;" in title[1]
    assert "&amp;lt;script" in title[1]


def _plugins(theme: str) -> str:
    return "" if theme == "material" else "plugins: [search, changenote]\n"


def test_the_tags_plugin_lists_notes_with_their_tags(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "docs").mkdir()
    (project / "docs/tags.md").write_text("# Tags\n\n<!-- material/tags -->\n")

    built = mkdocs(project, MATERIAL.replace("[search,", "[search, tags,"))

    assert built.code == 0
    assert "changes/20261122-k3f9xq/" in built.text("tags/index.html")
    assert '<nav class="md-tags" hidden>' in built.text(NOTE)  # we have our own, further down


def test_tags_the_tags_plugin_does_not_allow_do_not_stop_the_build(tmp_path: Path) -> None:
    config = MATERIAL.replace("[search,", "[search, {tags: {tags_allowed: [other]}},")

    assert mkdocs(sample_project(tmp_path), config).code == 0


def test_the_separator_of_the_team_wins(tmp_path: Path) -> None:
    config = MATERIAL.replace("[search,", "[{search: {separator: '[x]+'}},")

    index = json.loads(mkdocs(sample_project(tmp_path), config).text("search/search_index.json"))

    assert index["config"]["separator"] == "[x]+"


def test_lists_of_notes_are_not_searched(tmp_path: Path) -> None:
    config = MATERIAL.replace("changenote]", "{changenote: {search: builtin}}]")

    index = json.loads(mkdocs(sample_project(tmp_path), config).text("search/search_index.json"))

    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert found == {
        "",
        "changes/20260903-7c2mha/",
        "changes/20261101-0a1b2c/",
        "changes/20261118-m9n8p7/",
        "changes/20261120-zz9zz9/",
        "changes/20261121-bad0ne/",
        "changes/20261122-k3f9xq/",
    }


def test_the_same_notes_give_the_same_files(tmp_path: Path) -> None:
    def content(folder: Path) -> dict[str, bytes]:
        built = mkdocs(sample_project(folder))
        return {
            p.relative_to(built.folder).as_posix(): p.read_bytes()
            for p in built.folder.rglob("changes/**/*")
            if p.is_file()
        }

    assert content(tmp_path / "one") == content(tmp_path / "two")
