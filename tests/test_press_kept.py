"""A build after another one: what is the same stays, and nothing of the earlier one that is not."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from changenote.errors import SiteFailed
from changenote.site import builder
from changenote.site.book import Page
from changenote.site.builder import build
from changenote.site.press.kept import HIDDEN, drop_unwritten, put_back, set_aside
from changenote.site.press.manifest import (
    Entry,
    Manifest,
    line_of,
    manifest_path,
    read_manifest,
    write_manifest,
)
from changenote.site.press.sheets import Shape
from changenote.site.press.titles import Titles
from changenote.store.project import Project, find_project
from tests.books import sample_project
from tests.forked import in_place_of

NOTE = "changes/20261122-k3f9xq/index.html"
LAST = '{{"layout":1,"files":{files},"shapes":[{shapes}],"pages":{{{pages}}},"counts":{{}}}}\n'
SHAPE = Shape(
    folder="changes/",
    below=1,
    anchor="top",
    levels=(2, 3),
    hide=("toc",),
    has_title=True,
    has_description=True,
    has_heading=True,
    has_older=False,
    has_newer=False,
    has_feed=False,
)._asdict()
PAGE = asdict(Page(path="x/", title="X", description="", content="", toc=((1, "top", "X"),)))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The sample notes, and their site."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795348800")  # sites say when they were built
    monkeypatch.setattr(
        builder,
        "_MKDOCS",
        tuple(in_place_of("mkdocs", {**os.environ, "NO_MKDOCS_2_WARNING": "true"})),
    )
    made = find_project(sample_project(tmp_path / "shop"))
    build(made, site(made))
    return made


def site(project: Project) -> Path:
    """Where the site is built."""
    return project.root / "public"


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a site by its path."""
    every = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def manifest(project: Project) -> Manifest:
    """What the last build left."""
    return read_manifest(manifest_path(project.cache, site(project)))


def counts(project: Project) -> Counter[str]:
    """What the last build did."""
    return manifest(project).counts


def assert_right(project: Project) -> None:
    """The site is the one that a build into a new folder makes."""
    new = build(project, project.root / "new").folder
    assert files(site(project)) == files(new)


def edit(path: Path, before: str, after: str) -> None:
    """Change a word of a file."""
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_nothing_is_made_or_written_when_nothing_changed(project: Project) -> None:
    was = {name: (site(project) / name).stat().st_mtime_ns for name in manifest(project).lines}

    built = build(project, site(project))

    now = {name: (site(project) / name).stat().st_mtime_ns for name in manifest(project).lines}
    assert now == was
    assert counts(project)["made"] == counts(project)["written"] == 0
    assert counts(project)["kept"] == len(was)
    assert f"0 pages and files written, {len(was)} kept." in built.notices


def test_what_hangs_on_a_changed_note_is_written_and_nothing_else(project: Project) -> None:
    note = next(project.notes.rglob("*k3f9xq*.yaml"))
    before = files(site(project))
    edit(note, "Cache cart totals per session", "Cache the totals of carts")

    built = build(project, site(project))

    after, did = files(site(project)), counts(project)
    ours = [name for name in manifest(project).lines if before.get(name) != after[name]]
    assert "Cache the totals of carts" in after[NOTE].decode()
    assert did["written"] == len(ours)
    assert did["kept"] > did["written"]
    assert did["removed"] > did["missed"] == 0  # parts of the search: there are others now
    assert built.notices[-1].endswith(" kept.")
    assert_right(project)


def test_pages_of_a_note_that_is_gone_go_with_it(project: Project) -> None:
    next(project.notes.rglob("*k3f9xq*.yaml")).unlink()

    built = build(project, site(project))

    assert not (site(project) / NOTE).parent.exists()
    assert counts(project)["removed"] > 3
    assert f" {counts(project)['missed']} pages removed." in built.notices[-1]
    assert_right(project)


@pytest.mark.parametrize(
    "name", ["../mine", "changes/../../mine", "/mine", "", "..\\mine", "C:mine", "\\\\host\\mine"]
)
def test_a_manifest_that_names_files_elsewhere_counts_for_nothing(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "built.txt"
    line = line_of(Entry(key="", shape=-1, size=1, changed=1))
    write_manifest(path, Manifest(lines={"changes/a..b/index.html": line}))
    fine = read_manifest(path).lines

    write_manifest(path, Manifest(lines={"changes/a..b/index.html": line, name: line}))

    assert fine
    assert read_manifest(path).lines == {}


def test_what_a_stopped_build_hid_is_not_published_by_one_that_keeps_nothing(
    project: Project,
) -> None:
    (site(project) / HIDDEN).mkdir()
    (site(project) / "changes").rename(site(project) / HIDDEN / "changes")
    (project.root / "docs").mkdir()
    (project.root / "look_on.py").write_text("def on_post_page(output, **_):\n    return output\n")
    (project.root / "mkdocs.yml").write_text(
        "site_name: x\nplugins: [changenote]\nhooks: [look_on.py]\n"
    )

    build(project, site(project))

    assert (site(project) / NOTE).is_file()
    assert not (site(project) / HIDDEN).exists()


def test_a_link_in_the_place_of_the_hidden_folder_leads_nowhere(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "public"
    (elsewhere / "mine").mkdir(parents=True)
    (elsewhere / "mine/file").write_text("mine")
    folder.mkdir()
    (folder / HIDDEN).symlink_to(elsewhere)

    set_aside(folder, Manifest())
    put_back(folder, Manifest())

    assert (elsewhere / "mine/file").is_file()
    assert not list(folder.iterdir())


def test_what_a_builder_will_write_again_is_there_until_it_does(tmp_path: Path) -> None:
    for name in ("index.html", "assets/main.css", "assets/old.css", "gone/index.html", "linked"):
        (tmp_path / "public" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "public" / name).write_text(name)
    (tmp_path / "snapshot").hardlink_to(tmp_path / "public/linked")

    set_aside(tmp_path / "public", Manifest())
    kept = put_back(tmp_path / "public", Manifest(), {"index.html", "assets/main.css", "linked"})

    assert files(tmp_path / "public") == {
        "index.html": b"index.html",
        "assets/main.css": b"assets/main.css",
    }
    assert set(kept.theirs) == {"index.html", "assets/main.css"}
    assert (tmp_path / "snapshot").read_text() == "linked"


def test_what_a_builder_did_not_write_again_goes_at_the_end(tmp_path: Path) -> None:
    css, page = tmp_path / "assets/main.css", tmp_path / "index.html"
    css.parent.mkdir()
    css.write_text("old")
    page.write_text("old")
    set_aside(tmp_path, Manifest())
    kept = put_back(tmp_path, Manifest(), {"assets/main.css", "index.html"})
    state = page.stat()

    page.write_text("new")
    os.utime(page, ns=(state.st_atime_ns, state.st_mtime_ns))
    drop_unwritten(tmp_path, kept.theirs)

    assert files(tmp_path) == {"index.html": b"new"}
    assert not css.parent.exists()


def test_a_build_that_fails_leaves_the_styles_and_pages_of_the_one_before(
    project: Project,
) -> None:
    before = files(site(project))
    (project.notes / "templates/site").mkdir(parents=True)
    (project.notes / "templates/site/home.html.j2").write_text("{{ nobody.knows }}")

    with pytest.raises(SiteFailed):
        build(project, site(project))

    after = files(site(project))
    assert {name for name in before if name.startswith("assets/")} <= after.keys()
    assert NOTE in after


def test_a_page_of_the_team_that_is_gone_is_gone_from_the_site(project: Project) -> None:
    (project.root / "mkdocs.yml").write_text("site_name: x\nplugins: [changenote]\n")
    (project.root / "docs").mkdir()
    for name in ("index", "guide"):
        (project.root / f"docs/{name}.md").write_text(f"# {name}\n")
    build(project, site(project))

    (project.root / "docs/guide.md").unlink()
    build(project, site(project))

    assert not (site(project) / "guide").exists()
    assert_right(project)


def test_a_build_over_what_is_there_keeps_it_too(project: Project) -> None:
    (project.root / "mkdocs.yml").write_text("site_name: x\nplugins: [changenote]\n")
    (project.root / "docs").mkdir()
    build(project, site(project))
    (site(project) / "changes/theirs.txt").write_text("of another tool")
    next(project.notes.rglob("*k3f9xq*.yaml")).unlink()

    subprocess.run(
        [sys.executable, "-P", "-m", "mkdocs", "build", "--dirty", "-d", "public"],
        cwd=project.root,
        capture_output=True,
        check=True,
    )

    assert (site(project) / "changes/theirs.txt").is_file()
    assert not (site(project) / NOTE).parent.exists()
    assert counts(project)["kept"] > counts(project)["removed"] > 3


def test_what_somebody_changed_or_added_in_the_site_is_put_right(project: Project) -> None:
    (site(project) / NOTE).write_text("mine")
    (site(project) / "changes/index.json").unlink()
    (site(project) / "changes/stray/deep").mkdir(parents=True)
    (site(project) / "changes/stray/deep/file.html").write_text("x")
    (site(project) / "changes/stray/link").symlink_to(project.root)

    build(project, site(project))

    assert not (site(project) / "changes/stray").exists()
    assert project.notes.is_dir()
    assert counts(project)["written"] == 2
    assert_right(project)


def test_a_file_that_only_looks_untouched_is_made_anew_from_scratch(project: Project) -> None:
    page = site(project) / NOTE
    state = page.stat()
    page.write_bytes(b"x" * state.st_size)
    os.utime(page, ns=(state.st_atime_ns, state.st_mtime_ns))

    build(project, site(project), from_scratch=True)

    assert counts(project)["kept"] == 0
    assert_right(project)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}\n",
        "[]\n",
        "changes/x\ta\t1\t2\t3\n",
        'changes/x\ta\t1\t2\n{"layout":1,"files":1,"shapes":[],"pages":{},"counts":{}}\n',
        'changes/x\ta\t1\t2\t3\n{"layout":1,"files":2,"shapes":[],"pages":{},"counts":{}}\n',
        'changes/x\ta\t1\t2\t3\n{"layout":0,"files":1,"shapes":[],"pages":{},"counts":{}}\n',
        'changes/x\ta\t1\t2\t3\n{"layout":1,"files":1,"shapes":[[{},""]],"pages":{},"counts":{}}\n',
        '{"layout":1,"files":0,"shapes":[],"pages":{"x":{}},"counts":{}}\n',
        "\0\xff",
        "changes/x\ta\t-2\t2\t3\n" + LAST.format(files=1, shapes="", pages=""),
        "changes/./x\ta\t1\t2\t3\n" + LAST.format(files=1, shapes="", pages=""),
        "changes/\0\ta\t1\t2\t3\n" + LAST.format(files=1, shapes="", pages=""),
        "[" * 100_000 + "\n",
    ],
)
def test_a_damaged_manifest_counts_for_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest").write_text(text, "latin-1")

    assert read_manifest(tmp_path / "manifest") == Manifest()


@pytest.mark.parametrize(
    "change",
    [
        {"levels": [2, [3]]},
        {"levels": [2.0]},
        {"levels": "22"},
        {"hide": [["toc"]]},
        {"hide": [None]},
        {"below": 10**9},
        {"below": -1},
        {"below": "1"},
        {"below": True},
        {"folder": 1},
        {"folder": "changes"},
        {"has_title": {}},
        {"more": 1},
    ],
    ids=str,
)
def test_a_shape_that_no_page_can_have_counts_for_nothing(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = tmp_path / "built.txt"
    shape = {**SHAPE, **change}

    path.write_text(LAST.format(files=0, shapes=json.dumps([SHAPE, ""]), pages=""))
    assert len(read_manifest(path).shapes) == 1
    path.write_text(LAST.format(files=0, shapes=json.dumps([shape, ""]), pages=""))
    assert read_manifest(path) == Manifest()
    path.write_text(LAST.format(files=0, shapes=json.dumps([SHAPE, [""]]), pages=""))
    assert read_manifest(path) == Manifest()


@pytest.mark.parametrize(
    "change",
    [
        {"title": 1},
        {"title": None},
        {"title": ["x"]},
        {"description": {}},
        {"toc": []},
        {"toc": [[1, "top"]]},
        {"toc": [["1", "top", "x"]]},
        {"toc": [[1, "top", 2]]},
        {"tags": [1]},
        {"source": 1},
        {"search": "yes"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_page_that_nobody_can_have_made_counts_for_nothing(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = tmp_path / "built.txt"
    fine, page = ('"x/": ' + json.dumps({**PAGE, **more}) for more in ({}, change))

    path.write_text(LAST.format(files=0, shapes="", pages=fine))
    assert read_manifest(path).pages["x/"].title == "X"
    path.write_text(LAST.format(files=0, shapes="", pages=page))
    assert read_manifest(path) == Manifest()


@pytest.mark.parametrize("put", ["manifest", "titles"])
def test_what_is_remembered_is_written_through_no_link(
    project: Project, monkeypatch: pytest.MonkeyPatch, put: str
) -> None:
    mine = project.root / "mine"
    mine.write_text("mine")
    monkeypatch.setattr(os, "getpid", lambda: 7)
    for name in ("built.7", "built.txt", "titles.json", "titles.json.7"):
        (project.cache / name).unlink(missing_ok=True)
        (project.cache / name).symlink_to(mine)

    if put == "manifest":
        write_manifest(project.cache / "built.txt", Manifest(counts=Counter(made=1)))
        known: object = read_manifest(project.cache / "built.txt").counts["made"]
    else:
        Titles(project.cache, "one", ["x/"]).put("x/", "X")
        known = Titles(project.cache, "one", ["x/"]).of("x/")

    assert mine.read_text() == "mine"
    assert known in (1, "X")
    assert not list(project.cache.glob("*.tmp"))


def test_a_manifest_is_read_as_it_was_written(project: Project, tmp_path: Path) -> None:
    known = manifest(project)

    write_manifest(tmp_path / "copy", known)

    assert read_manifest(tmp_path / "copy") == known
    assert len(known.lines) > 100
    assert known.pages["rollback/"].title == "Rollback"


def test_a_build_that_was_cut_short_is_made_good_by_the_next(project: Project) -> None:
    template = project.notes / "templates/site/rules.html.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{% if %}")
    with pytest.raises(SiteFailed, match="could not build"):
        build(project, site(project))
    template.unlink()

    build(project, site(project))

    assert_right(project)


def test_pages_left_in_hiding_are_found_again(project: Project) -> None:
    hidden = site(project) / HIDDEN
    hidden.mkdir()
    (site(project) / "changes").rename(hidden / "changes")
    for path in list(site(project).iterdir()):
        if path.is_file():
            path.unlink()

    build(project, site(project))

    assert not hidden.exists()
    assert counts(project)["kept"] > counts(project)["written"]
    assert_right(project)


def test_a_page_of_the_team_takes_the_place_of_ours_and_gives_it_back(project: Project) -> None:
    (project.root / "mkdocs.yml").write_text("site_name: x\nplugins: [changenote]\n")
    page = project.root / "docs/changes/kinds/fix.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Our own words\n")

    build(project, site(project))
    taken = files(site(project))["changes/kinds/fix/index.html"].decode()
    page.unlink()
    build(project, site(project))

    assert "Our own words" in taken
    assert_right(project)


def test_a_look_that_changed_changes_every_page(project: Project) -> None:
    config = "site_name: One\nplugins: [changenote]\n"
    (project.root / "docs").mkdir()
    (project.root / "mkdocs.yml").write_text(config)
    build(project, site(project))
    (project.root / "mkdocs.yml").write_text(config.replace("One", "Two"))

    build(project, site(project))

    assert b"One</title>" not in files(site(project))[NOTE]
    assert counts(project)["kept"] > 0  # files that are no pages
    assert_right(project)


def test_a_page_that_comes_into_a_navigation_nobody_shows_is_still_right(project: Project) -> None:
    (project.root / "docs").mkdir()
    (project.root / "bare").mkdir()
    (project.root / "bare/main.html").write_text("{{ page.title }}{{ page.content }}")
    config = "site_name: x\nplugins: [changenote]\ntheme: {name: null, custom_dir: bare}\n"
    for nav in ("", "nav: [changes/20261122-k3f9xq/index.md]\n", ""):
        (project.root / "mkdocs.yml").write_text(f"{config}{nav}")
        build(project, site(project))

    assert_right(project)


def test_a_folder_of_somebody_else_is_still_refused(project: Project) -> None:
    mine = project.root / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("Dear …")

    with pytest.raises(SiteFailed, match="would be emptied"):
        build(project, mine)

    assert (mine / "letter.txt").is_file()
