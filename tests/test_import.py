"""Notes of other tools come in whole: nothing is lost, made up, or left out unsaid."""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from changenote.exchange.importing import keep_a_changelog, mappings
from changenote.exchange.importing.drafts import Decisions, Origin, draft
from changenote.exchange.importing.entries import Entry, Source
from changenote.exchange.importing.formats import FORMATS
from changenote.exchange.importing.texts import from_restructured, title_of
from changenote.store import codec
from tests.house import said
from tests.workshop import IDENTITY, Done, Workshop

DATA = Path(__file__).parent / "data/import"
TOOLS = sorted(folder.name for folder in DATA.iterdir() if folder.is_dir())


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository without notes."""
    return Workshop(tmp_path / "shop").start()


def other(shop: Workshop, tool: str) -> Path:
    """A copy of another project that uses the tool, in no repository."""
    return shutil.copytree(DATA / tool, shop.folder.parent / f"other-{tool}")


def notes(shop: Workshop) -> dict[str, Any]:
    """The data of every imported note, by the file and entry that it is from."""
    every = [codec.load(path.read_bytes()).data for path in shop.notes()]
    return {
        one["x"]["imported"]["file"] + one["x"]["imported"].get("entry", ""): one for one in every
    }


def words(text: str) -> list[str]:
    """The words of a text without its markup."""
    return re.findall(r"\w+", text)


# --- All tools ------------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_imported_passes_the_check_with_nothing_but_what_drafts_lack(
    shop: Workshop, tool: str
) -> None:
    done = shop.run("import", tool, str(other(shop, tool)))

    assert done.code == 0, done.err
    assert shop.notes()
    check = shop.run("check", "--format", "json")
    assert check.code == 0
    assert {finding["rule"] for finding in check.data["findings"]} <= {
        "draft-incomplete",
        "no-checklist",
    }


@pytest.mark.parametrize("tool", TOOLS)
def test_a_second_import_writes_nothing_and_says_so(shop: Workshop, tool: str) -> None:
    path = str(other(shop, tool))
    shop.run("import", tool, path)
    before = {note: note.read_bytes() for note in shop.notes()}

    done = shop.run("import", tool, path)

    assert {note: note.read_bytes() for note in shop.notes()} == before
    some = "1 entry" if len(before) == 1 else f"{len(before)} entries"
    assert done.out == (
        f"0 entries of {tool} of other-{tool} became drafts.\n"
        f"{some} had a note already, left alone.\n"
    )


@pytest.mark.parametrize("tool", TOOLS)
def test_a_dry_run_reports_the_same_and_writes_nothing(shop: Workshop, tool: str) -> None:
    path = str(other(shop, tool))

    would = shop.run("import", tool, path, "--dry-run", "--json")

    assert shop.notes() == []
    done = shop.run("import", tool, path, "--json")
    assert {**would.data, "dry_run": False} == done.data
    paths = [shop.folder / note["path"] for note in done.data["notes"]]
    assert sorted(paths) == shop.notes()


@pytest.mark.parametrize("tool", TOOLS)
def test_each_file_is_a_note_or_left_out_with_a_reason(shop: Workshop, tool: str) -> None:
    place = other(shop, tool)

    done = shop.run("import", tool, str(place), "--json")

    report = done.data
    told = {note["from"]["file"] for note in report["notes"]}
    told |= {one["file"] for one in report["left_out"]}
    settings = {"towncrier.toml", "pyproject.toml", ".changie.yaml"}
    files = (path for path in place.rglob("*") if path.is_file())
    assert told == {str(path.relative_to(place)) for path in files} - settings
    assert all(one["reason"] for one in report["left_out"])


@pytest.mark.parametrize("tool", ["towncrier", "reno", "chloggen", "changesets", "changie"])
def test_no_word_is_lost(shop: Workshop, tool: str) -> None:
    place = other(shop, tool)
    for file in place.rglob("remove-dead-*"):
        file.unlink()  # whose text a comment cuts, see below

    shop.run("import", tool, str(place))

    keys = set("change_type note subtext change_logs body kind prelude _".split())  # said otherwise
    kept = {
        codec.load(path.read_bytes()).data["x"]["imported"]["file"]: path for path in shop.notes()
    }
    for file, path in kept.items():
        text = re.sub(r"(?m)^ *#.*$|^\s*\.\. code-block::", "", (place / file).read_text())
        assert set(words(text)) - keys <= set(words(path.read_text()))


# --- Each tool ------------------------------------------------------------------------------------


def test_a_fragment_of_towncrier(shop: Workshop) -> None:
    shop.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    shop.commit(
        "News",
        {
            "changelog/123.bugfix.rst": "The total is right.\n\nAlso `twice <https://x.example/a>`_.\n"
        },
    )
    sha = shop.commit("Settings", {"towncrier.toml": '[tool.towncrier]\ndirectory = "changelog"\n'})

    shop.run("import", "towncrier", ".")

    (path,) = shop.notes()
    first = shop.git("log", "--format=%H", "-1", f"{sha}~1")
    note_id = path.name[:15]
    assert re.sub(r"fingerprint: .*", "fingerprint: F", path.read_text()) == (
        f"""\
schema: 1
id: {note_id}
title: The total is right
kind: fix
status: draft

reason: |-
  The total is right.

  Also [twice](https://x.example/a).

source:
  issues: ["https://github.com/acme/shop/issues/123"]

flags: [needs_human_review]

x:
  imported:
    tool: towncrier
    file: changelog/123.bugfix.rst
    fingerprint: F
    types: [bugfix]
    issues: ["123"]
    day: 2026-09-21
    day_from: git
    commit: "{first}"
"""
    )
    assert note_id.startswith("20260921-")


def test_fragments_of_one_issue_are_notes_each(shop: Workshop) -> None:
    shop.run("import", "towncrier", str(other(shop, "towncrier")))

    found = notes(shop)
    both = [found[f"changelog/10745.improvement.{n}.rst"] for n in (1, 2)]
    assert [one["x"]["imported"]["issues"] for one in both] == [["10745"], ["10745"]]
    assert both[0]["title"] != both[1]["title"]
    assert found["changelog/14716.breaking.rst"]["flags"] == [
        "needs_human_review",
        "needs_kind",
        "needs_date",
    ]
    assert found["changelog/14716.breaking.rst"]["tags"] == ["breaking"]


def test_a_template_is_left_out_and_a_fragment_about_templates_is_not(shop: Workshop) -> None:
    for name in (
        "_template.rst",
        "news.md.j2",
        "12.feature.md",
        "+template-names.bugfix.md",
        "x.md",
    ):
        shop.write(f"newsfragments/{name}", "Templates have names now.\n")

    done = shop.run("import", "towncrier", ".", "--json")

    assert sorted(one["from"]["file"] for one in done.data["notes"]) == [
        "newsfragments/+template-names.bugfix.md",
        "newsfragments/12.feature.md",
    ]
    assert {one["file"]: one["problem"] for one in done.data["left_out"]} == {
        "newsfragments/_template.rst": False,
        "newsfragments/news.md.j2": False,
        "newsfragments/x.md": True,
    }


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Fixed it. More of it.", "Fixed it"),
        ("Fixed it, e.g. ``a.b``, at last.", "Fixed it, e.g. `a.b`, at last"),
        ("- *(cart)* [**breaking**] Drop totals - ([1234abc](https://x.example))", "Drop totals"),
        ("[[bug 1](https://x.example/1)]\n[bug 2] Sums are right", "Sums are right"),
        ("[CVE-2024-1] Sums are right", "[CVE-2024-1] Sums are right"),
        (":func:`pytest.warns` and :ref:`names <there>` work", "pytest.warns and names work"),
        ("Two\nlines\n\n- and a list", "Two lines"),
        ("See:\n```\ncode\n```", "See (12.fix.md)"),
        ("Fix", "Fix (12.fix.md)"),
        ("word " * 30, "word " * 18 + "word…"),
    ],
)
def test_a_title_is_the_first_sentence_without_markup(text: str, title: str) -> None:
    assert title_of(text, "12.fix.md") == title


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("See `the page <https://x.example/a>`_.", "See [the page](https://x.example/a)."),
        ("See `issue 1`_.\n\n.. _issue 1: https://x.example", "See [issue 1](https://x.example)."),
        ("See `issue 1`_.", "See `issue 1`_."),
        (".. code-block:: sh\n\n   run\n     it\n\nDone.", "```sh\nrun\n  it\n```\n\nDone."),
        (
            ".. code-block:: sh\n   :linenos:\n\n   run",
            ".. code-block:: sh\n   :linenos:\n\n   run",
        ),
        (".. note:: Mind that.", ".. note:: Mind that."),
    ],
)
def test_restructured_text_becomes_markdown_where_it_says_the_same(
    text: str, markdown: str
) -> None:
    assert from_restructured(text) == markdown


def test_a_note_of_reno_keeps_its_sections(shop: Workshop) -> None:
    shop.run("import", "reno", str(other(shop, "reno")))

    note = notes(shop)["releasenotes/notes/Assignment_V9_driver-c22be069f7baccb0.yaml"]
    assert note["title"] == "The V8 Assignment driver interface is deprecated"
    assert note["tags"] == ["deprecations", "other"]
    assert note["flags"] == ["needs_human_review", "needs_kind", "needs_date"]
    assert note["reason"].startswith(
        "**deprecations**\n\n- [[blueprint deprecated-as-of-mitaka](https://blueprints.launchpad.net/"
    )
    assert "\n\n**other**\n\n- The list_project_ids_for_user(), " in note["reason"]


def test_fragments_of_scriv_in_both_languages(shop: Workshop) -> None:
    shop.run("import", "scriv", str(other(shop, "scriv")))

    found = notes(shop)
    both = found["changelog.d/20240612_101500_dana_md_anchors.md"]
    assert both["reason"] == (
        "**Added**\n\n"
        "- A new option `md_anchors` puts an anchor before each heading.\n\n"
        "  The names of anchors hold the version.\n"
        "- `--check` says what is wrong and writes nothing.\n\n"
        "**Fixed**\n\n"
        "- Headings with a colon are no longer cut."
    )
    assert both["x"]["imported"]["day"] == "2024-06-12"
    rst = found["changelog.d/20251229_164002_nedbat_finish_151.rst"]
    assert "[Max Christoph](https://github.com/nedbat/scriv/pull/151)" in rst["reason"]
    assert found["changelog.d/20250420_102250_nedbat.rst"]["x"]["imported"]["types"] == ["Added"]


def test_a_change_of_changie_keeps_what_it_was_asked(shop: Workshop) -> None:
    shop.run("import", "changie", str(other(shop, "changie")))

    note = notes(shop)[".changes/unreleased/shop-Fixed-20260701-080000.yaml"]
    imported = note["x"]["imported"]
    assert (note["kind"], note["tags"]) == ("fix", ["shop", "cart"])
    assert imported["custom"] == {"Issue": "931", "Author": "dana"}
    assert (imported["day"], imported["day_from"]) == ("2026-07-01", "its time")
    assert imported["time"] == "2026-07-01T08:00:00.5+02:00"


def test_a_changeset_keeps_its_packages_and_guesses_no_kind(shop: Workshop) -> None:
    shop.run("import", "changesets", str(other(shop, "changesets")))

    note = notes(shop)[".changeset/gentle-regions-shave.md"]
    assert note["x"]["imported"]["packages"] == {"astro": "patch", "@astrojs/mdx": "patch"}
    assert "needs_kind" in note["flags"]
    assert note["tags"] == ["astro", "@astrojs/mdx", "patch"]


def test_an_entry_of_chloggen_that_a_comment_cuts_is_told(shop: Workshop) -> None:
    done = shop.run("import", "chloggen", str(other(shop, "chloggen")))

    cut = ".chloggen/remove-dead-isstringystructure.yaml"
    assert f"{cut}: line 10: what follows ` #` is a comment for YAML, and left out\n" in done.err
    note = notes(shop)[cut]
    assert note["reason"].endswith("with no user-facing behavior change.")
    assert note["x"]["imported"]["component"] == "pkg/confmap"


def test_looking_for_cut_texts_grows_with_a_line_and_not_faster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = 0

    class Counting:
        """The pattern, and how many characters it is given."""

        def __getattr__(self, name: str) -> Any:
            def counted(text: str, start: int = 0) -> Any:
                nonlocal looked_at
                looked_at += len(text) - start
                return getattr(pattern, name)(text, start)

            return counted

    pattern = mappings._COMMENT
    monkeypatch.setattr(mappings, "_COMMENT", Counting())
    short = f"fixes: [{'a, ' * 500}] # cut\n"
    long = f"fixes: [{'a, ' * 1000}] # cut\n"

    counts = []
    for text in (short, long):
        looked_at = 0
        cut = mappings.cut_texts(Source(file="a.yaml", name="a.yaml", text=text))
        counts.append((len(cut), looked_at / len(text)))

    (few, once), (many, again) = counts
    assert (few, many) == (500, 1000)
    assert 0 < again < once * 1.1


def test_each_entry_of_a_changelog_is_a_note_of_its_version(shop: Workshop) -> None:
    shop.run("import", "keep-a-changelog", str(other(shop, "keep-a-changelog")))

    every = notes(shop).values()
    by_title = {one["title"]: one for one in every}
    german = by_title["v1.1 German translation"]
    assert german["shipped"] == {"version": "1.1.2"}
    assert german["id"].startswith("20240927-")
    assert german["x"]["imported"]["compare"].endswith("/compare/v1.1.1...v1.1.2")
    (redesign,) = (one for title, one in by_title.items() if "whose section" in title)
    assert redesign["tags"] == ["breaking", "removed"]
    (summary,) = (one for title, one in by_title.items() if title.startswith("2.0.0 is the first"))
    assert "types" not in summary["x"]["imported"]
    guidance = by_title["New guidance answering long-standing community questions"]
    assert "\n- Format: the `# Changelog` header preamble" in guidance["reason"]


def test_entries_of_git_cliff_keep_scope_and_commit(shop: Workshop) -> None:
    shop.run("import", "git-cliff", str(other(shop, "git-cliff")))

    by_title = {one["title"]: one for one in notes(shop).values()}
    note = by_title["Prepare embedded assets before PyPI and crates.io packaging"]
    assert note["kind"] == "fix"
    assert note["tags"] == ["cd"]
    assert "git-cliff/commit/b99a23250fe159c39a17d223359268611e8547e7" in note["reason"]


def test_sections_of_git_cliff_that_are_no_changes_are_left_out_by_name(shop: Workshop) -> None:
    shop.write(
        "CHANGELOG.md",
        "## [1.0.0] - 2020-01-02\n### Features\n- Search by tag\n\n"
        "### Commit Statistics\n- 5 commit(s) contributed to the release.\n\n"
        "## New Contributors ❤️\n* @ann made their first contribution\n",
    )

    done = shop.run("import", "git-cliff", ".")

    assert done.code == 0
    assert done.err.startswith(
        "CHANGELOG.md:6: left out: “Commit Statistics” is no change\n"
        "CHANGELOG.md:9: left out: “New Contributors ❤️” is no change\n"
    )
    assert [one["title"] for one in notes(shop).values()] == ["Search by tag"]


@pytest.mark.parametrize(
    ("heading", "version", "day"),
    [
        ("## [1.2.0] - 2020-01-02", "1.2.0", "2020-01-02"),
        ("## [1.2.0](https://x.example/c) (2020-01-02)", "1.2.0", "2020-01-02"),
        ("# v1.2.0", "v1.2.0", None),
        ("## Version 1.2.0-rc.1 — 2020-01-02", "1.2.0-rc.1", "2020-01-02"),
        ("1.2.0 - 2020-01-02\n------------------", "1.2.0", "2020-01-02"),
        ("## 2020-01-02", "2020-01-02", "2020-01-02"),
        ("## @acme/shop@1.2.0", "@acme/shop@1.2.0", None),
        ("## [Unreleased]", None, None),
    ],
)
def test_versions_are_written_in_many_ways(
    heading: str, version: str | None, day: str | None
) -> None:
    text = f"# Changelog\n\n{heading}\n\n### Added\n\n- Search by tag\n"

    found = keep_a_changelog.read(Source(file="C", name="C", text=text), {})

    (entry,) = (one for one in found if isinstance(one, Entry))
    assert (entry.version, entry.day and entry.day.isoformat()) == (version, day)
    assert (entry.text, entry.types) == ("Search by tag", ("Added",))


def test_an_entry_has_all_that_belongs_to_it() -> None:
    text = (
        "## 1.0.0 [YANKED]\n\nA word ahead,\nin two lines.\n\n"
        "### Fixed\n\n* First\n  goes on\n\n  and [on][x].\n\n  ```sh\n  # no heading\n  ```\n"
        "  * nested\n* Second\nlazily\n\n<!-- hidden\n* not this -->\nA paragraph.\n\n"
        "#### cart\n\n1. kept as it is\n\n[x]: https://x.example\n"
    )

    found = keep_a_changelog.read(Source(file="C", name="C", text=text), {})

    assert [(one.line, one.text, one.tags) for one in found if isinstance(one, Entry)] == [
        (3, "A word ahead,\nin two lines.", ()),
        (
            8,
            "First\ngoes on\n\nand [on][x].\n\n```sh\n# no heading\n```\n* nested"
            "\n\n[x]: https://x.example",
            (),
        ),
        (17, "Second\nlazily", ()),
        (22, "A paragraph.", ()),
        (26, "1. kept as it is", ("cart",)),
    ]
    assert {one.facts["remark"] for one in found if isinstance(one, Entry)} == {"YANKED"}


# --- Again, and after changes ---------------------------------------------------------------------


def test_the_root_and_the_notes_folder_are_one_origin(shop: Workshop) -> None:
    place = other(shop, "reno")
    shop.run("import", "reno", str(place))

    again = shop.run("import", "reno", str(place / "releasenotes/notes"), "--json")

    assert again.data["notes"] == []
    assert len(again.data["known"]) == 9


def test_a_note_that_was_edited_since_is_left_alone(shop: Workshop) -> None:
    place = other(shop, "changie")
    shop.run("import", "changie", str(place))
    edited = shop.notes()[0]
    edited.write_text(edited.read_text() + "  risk: low\n")
    before = edited.read_bytes()

    shop.run("import", "changie", str(place))

    assert edited.read_bytes() == before


def test_a_note_that_was_edited_into_nonsense_is_not_imported_anew(shop: Workshop) -> None:
    place = other(shop, "changie")
    shop.run("import", "changie", str(place))
    shop.notes()[0].write_text("kind: [\n")

    done = shop.run("import", "changie", str(place), "--json")

    assert (len(done.data["notes"]), len(done.data["known"])) == (0, 4)


def test_an_entry_that_changed_since_is_told_and_its_note_left_alone(shop: Workshop) -> None:
    place = other(shop, "towncrier")
    shop.run("import", "towncrier", str(place))
    before = {note: note.read_bytes() for note in shop.notes()}
    (place / "changelog/10721.doc.rst").write_text("Replaced something else.\n")

    done = shop.run("import", "towncrier", str(place))

    assert {note: note.read_bytes() for note in shop.notes()} == before
    (note,) = (path for path in before if b"10721.doc.rst" in before[path])
    assert (
        f"changelog/10721.doc.rst: changed since; its note {note.name[:15]} is left alone\n"
        in done.out
    )


def test_a_changelog_that_grew_brings_only_its_new_entries(shop: Workshop) -> None:
    old = "## [Unreleased]\n### Fixed\n- Same words\n\n## 1.0.0 - 2020-01-02\n- Same words\n"
    new = "## [Unreleased]\n- Quite new\n\n" + old.replace("[Unreleased]", "1.1.0 - 2020-02-02")
    changelog = shop.write("CHANGELOG.md", old)
    shop.run("import", "keep-a-changelog", ".")
    changelog.write_text(new)

    done = shop.run("import", "keep-a-changelog", ".", "--json")

    assert [note["title"] for note in done.data["notes"]] == ["Quite new"]
    assert (len(done.data["known"]), len(done.data["changed"])) == (1, 1)


def test_the_same_entries_of_two_projects_are_two_notes(shop: Workshop) -> None:
    for name in ("one", "two"):
        shop.write(f"../{name}/CHANGELOG.md", "## 1.0.0 - 2020-01-02\n- Same words\n")
        shop.run("import", "keep-a-changelog", f"../{name}")

    assert len(shop.notes()) == 2


def test_two_people_who_import_the_same_get_the_same_files(tmp_path: Path) -> None:
    made = []
    for name in ("ann", "ben"):
        shop = Workshop(tmp_path / name / "shop").start()
        shop.run("import", "changie", str(other(shop, "changie")))
        made.append({path.name: path.read_bytes() for path in shop.notes()})

    assert made[0] == made[1]
    assert len(made[0]) == 4


# --- Days and kinds -------------------------------------------------------------------------------


def test_git_is_asked_once_for_the_days_of_all_files(shop: Workshop, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    fake = tmp_path / "bin/git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\necho "$@" >> {calls}\nexec {shutil.which("git")} "$@"\n')
    fake.chmod(0o755)
    shop.write("towncrier.toml", '[tool.towncrier]\ndirectory = "news"\n')
    for number in range(3):
        shop.commit("News", {f"news/{number}.bugfix": f"Fixed the number {number}.\n"})

    done = shop.run("import", "towncrier", ".", PATH=f"{fake.parent}:{os.environ['PATH']}")

    assert done.code == 0, done.err
    asked = [line for line in calls.read_text().splitlines() if " log " in line]
    assert len(asked) == 3  # when it came, what it was called, which notes went
    assert {one["x"]["imported"]["day_from"] for one in notes(shop).values()} == {"git"}


def test_the_first_commits_of_a_clone_that_was_cut_off_tell_no_day(shop: Workshop) -> None:
    shop.commit(
        "Start", {"reno/releasenotes/notes/old-0123456789abcdef.yaml": "fixes:\n  - Old one.\n"}
    )
    shop.commit(
        "More", {"reno/releasenotes/notes/mid-0123456789abcdef.yaml": "fixes:\n  - Mid one.\n"}
    )
    shop.commit(
        "Last", {"reno/releasenotes/notes/new-0123456789abcdef.yaml": "fixes:\n  - New one.\n"}
    )
    clone = Workshop(shop.folder.parent / "clone")
    shop.git("clone", "-q", "--depth=2", shop.folder.as_uri(), str(clone.folder))

    clone.run("import", "reno", "reno")

    days = {one["title"]: "needs_date" in one["flags"] for one in notes(clone).values()}
    assert days == {"Old one": True, "Mid one": True, "New one": False}


def test_a_day_that_nobody_knows_can_be_given(shop: Workshop) -> None:
    shop.run("import", "chloggen", str(other(shop, "chloggen")), "--date", "2026-03-04")

    assert {path.name[:8] for path in shop.notes()} == {"20260304"}
    every = notes(shop).values()
    assert {one["x"]["imported"]["day_from"] for one in every} == {"--date"}
    assert not any("needs_date" in one["flags"] for one in every)


def test_a_day_that_is_still_to_come_or_cannot_be_is_none(shop: Workshop) -> None:
    shop.write(
        "CHANGELOG.md",
        "## 3.0.0 - 2999-01-01\n- In the future\n## 2.0.0 - 2020-02-31\n- On no day\n"
        "## 1.0.0 - 0001-01-01\n- Long ago\n",
    )

    shop.run("import", "keep-a-changelog", ".")

    assert [one["flags"][-1] for one in notes(shop).values()] == ["needs_date"] * 3


def test_a_team_says_which_kind_a_type_is(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "kinds: {contrib: {}}\n")
    path = str(other(shop, "towncrier"))

    shop.run("import", "towncrier", path, "--kind", "deprecation=config", "--owner", "@acme/core")

    found = notes(shop)
    assert found["changelog/14813.contrib.rst"]["kind"] == "contrib"
    assert found["changelog/14742.deprecation.rst"]["kind"] == "config"
    assert {one["owner"] for one in found.values()} == {"@acme/core"}


# --- What goes wrong ------------------------------------------------------------------------------


def told(shop: Workshop, tool: str, *, code: int = 1) -> dict[str, str]:
    """The problems of an import, by file."""
    done = shop.run("import", tool, ".", "--json")
    assert done.code == code, done.err
    return {one["file"]: one["reason"] for one in done.data["left_out"] if one["problem"]}


def test_hostile_files_are_problems_and_the_others_come_in(shop: Workshop) -> None:
    folder = shop.folder / "releasenotes/notes"
    for name, raw in {
        "good.yaml": b"fixes:\n  - All right here.\n",
        "binary.yaml": b"fixes:\n  - \x00\x01\n",
        "broken.yaml": b"fixes:\n  - [unclosed\n",
        "latin.yaml": "fixes:\n  - Café\n".encode("latin-1"),
        "wide.yaml": "fixes: [Wide]\n".encode("utf-16"),
        "huge.yaml": b"fixes:\n  - " + b"x" * 400_000,
        "bomb.yaml": b"a: &a [x, x]\nb: &b [*a, *a]\nfixes: *b\n",
        "tag.yaml": b"fixes: !!python/object/apply:os.system [id]\n",
        "list.yaml": b"- fixes\n",
        "empty.yaml": b"",
        "nothing.yaml": b"fixes: []\n",
        "deep.yaml": b"fixes: " + b"[" * 5000,
        "notes.txt": b"Fixed.\n",
    }.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    (folder / "link.yaml").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(".")
    os.mkfifo(folder / "pipe.yaml")

    problems = told(shop, "reno")

    assert [one["title"] for one in notes(shop).values()] == ["All right here"]
    assert {file.rpartition("/")[2] for file in problems} == set(
        "binary.yaml broken.yaml latin.yaml wide.yaml huge.yaml bomb.yaml tag.yaml list.yaml"
        " empty.yaml nothing.yaml deep.yaml notes.txt link.yaml loop pipe.yaml".split()
    )
    assert problems["releasenotes/notes/latin.yaml"] == "line 2 is not in UTF-8"
    assert problems["releasenotes/notes/link.yaml"] == "it is a link, and links are not followed"
    assert problems["releasenotes/notes/huge.yaml"] == "it is larger than 300 kB"


def test_secrets_and_hidden_characters_stay_outside_and_that_is_told(shop: Workshop) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    shop.write(".changeset/a.md", f"---\n'x': patch\n---\n\nPush with token {token} at last\n")
    shop.write(
        ".changeset/b.md", "---\n'x': patch\n---\n\nTurned \u202earound\u202c and \x1b[31mred\n"
    )

    done = shop.run("import", "changesets", ".")

    assert "a.md: a password, token or key was taken out of its text\n" in done.err
    assert "b.md: characters that cannot be seen were taken out of its text\n" in done.err
    text = "".join(path.read_text() for path in shop.notes())
    assert token not in text
    assert not re.search("[\u202e\u202c\x1b]", text)
    assert shop.run("check").code == 0


def test_what_stands_outside_all_versions_of_a_changelog_is_told(shop: Workshop) -> None:
    shop.write(
        "CHANGELOG.md",
        "# Changelog\n\nAll is here.\n\n## Contributing\n\n- Write tests\n\n"
        "## 1.0.0\n- First\n```\n## 0.9.0\n```\n",
    )

    done = shop.run("import", "keep-a-changelog", ".")

    assert done.code == 1
    assert done.err.startswith(
        "CHANGELOG.md:3: left out: the text below “Changelog” is about no version\n"
        "CHANGELOG.md:7: no note: the heading “Contributing” names no version\n"
    )
    (note,) = notes(shop).values()
    assert note["reason"] == "First\n```\n## 0.9.0\n```"


def test_settings_that_cannot_be_read_are_told_and_the_usual_places_count(shop: Workshop) -> None:
    shop.write("pyproject.toml", "[tool.towncrier\n")
    shop.write("newsfragments/1.feature", "New and shiny.\n")

    problems = told(shop, "towncrier")

    assert problems["pyproject.toml"].startswith("it is no valid TOML: ")
    assert len(shop.notes()) == 1


def test_a_file_that_was_renamed_has_its_note_already(shop: Workshop) -> None:
    fragment = "### Added\n\n- Search by tag.\n"
    shop.commit("News", {"changelog.d/a.md": fragment})
    shop.run("import", "scriv", ".")
    for before, after in (("a", "b"), ("b", "ü c")):
        shop.git("mv", f"changelog.d/{before}.md", f"changelog.d/{after}.md")
        shop.commit("Rename")

    done = shop.run("import", "scriv", ".")

    assert done.out == (
        "0 entries of scriv became drafts.\n1 entry had a note already, left alone.\n"
    )


def test_a_file_that_was_renamed_to_another_issue_is_told(shop: Workshop) -> None:
    shop.commit("News", {"newsfragments/12.bugfix": "Sums are right.\n"})
    shop.run("import", "towncrier", ".")
    (note,) = shop.notes()
    shop.git("mv", "newsfragments/12.bugfix", "newsfragments/13.bugfix")
    shop.commit("Name the right issue")

    done = shop.run("import", "towncrier", ".")

    changed = "newsfragments/13.bugfix: changed since; its note"
    assert f"{changed} {note.name[:15]} is left alone\n" in done.out
    assert shop.notes() == [note]


def test_the_same_words_in_a_new_file_are_a_new_entry(shop: Workshop) -> None:
    shop.commit("News", {"newsfragments/+a.misc": "Update dependencies.\n"})
    shop.run("import", "towncrier", ".")
    (shop.folder / "newsfragments/+a.misc").unlink()
    shop.commit("Release")
    shop.commit("News", {"newsfragments/+b.misc": "Update dependencies.\n"})

    shop.run("import", "towncrier", ".")

    assert len(shop.notes()) == 2


@pytest.mark.parametrize("is_renamed", [False, True])
def test_a_note_that_was_deleted_stays_so_until_it_is_wanted(
    shop: Workshop, is_renamed: bool
) -> None:
    files = {f"newsfragments/{n}.bugfix": f"Sum number {n} is right.\n" for n in (1, 2)}
    shop.commit("News", files)
    shop.run("import", "towncrier", ".")
    shop.commit("Notes")
    gone = next(note for note in shop.notes() if "number-1" in note.name)
    gone.unlink()
    if is_renamed:
        shop.git("mv", "newsfragments/1.bugfix", "newsfragments/3.bugfix")
    shop.commit("That was nothing")
    name = "3.bugfix" if is_renamed else "1.bugfix"

    done = shop.run("import", "towncrier", ".")

    assert done.code == 0
    assert len(shop.notes()) == 1
    reason = f"left out: its note {gone.name[:15]} was deleted; --again brings it in"
    assert f"newsfragments/{name}: {reason}\n" in done.err
    wanted = shop.run("import", "towncrier", ".", "--again")
    assert wanted.out.startswith("1 entry of towncrier became drafts.\n")
    assert len(shop.notes()) == 2


def test_a_note_with_a_new_name_was_not_deleted(shop: Workshop) -> None:
    shop.commit("News", {"newsfragments/1.bugfix": "Sums are right.\n"})
    shop.run("import", "towncrier", ".")
    shop.commit("Notes")
    (note,) = shop.notes()
    note.rename(note.with_name(f"{note.name[:15]}-sums.yaml"))
    shop.commit("Call it otherwise")

    done = shop.run("import", "towncrier", ".")

    assert "1 entry had a note already, left alone." in done.out


# What would take the square of the time for its length takes minutes at these lengths.

_IN_YAML = {"changie": "kind: Fixed\nbody: |\n", "chloggen": "note: |\n", "reno": "fixes:\n  - |\n"}
_ABOVE = {
    **_IN_YAML,
    "changesets": "---\na: patch\n---\n",
    "git-cliff": "## [1.0.0]\n### Features\n",
    "keep-a-changelog": "## [1.0.0]\n### Added\n",
    "scriv": "### Added\n",
    "towncrier": "",
}
_NAMES = {
    "changesets": "a.md",
    "git-cliff": "CHANGELOG.md",
    "keep-a-changelog": "CHANGELOG.md",
    "scriv": "a.rst",
    "towncrier": "1.feature",
}


@pytest.mark.parametrize("tool", sorted(FORMATS))
@pytest.mark.parametrize("sign", ["[a](", "`a <", "<!--", "a", " ", "\n", "```\n", "- - ", "<a"])
def test_a_text_of_one_sign_is_read_in_time(tool: str, sign: str) -> None:
    text = f"Begin {sign * (120_000 // len(sign))} end"
    if tool in _IN_YAML:
        text = "".join(f"      {line}\n" for line in text.split("\n"))
    name = _NAMES.get(tool, "a.yaml")

    found = list(FORMATS[tool].read(Source(file=name, name=name, text=f"{_ABOVE[tool]}{text}"), {}))

    (entry,) = (one for one in found if isinstance(one, Entry) and one.text.startswith("Begin"))
    made = draft(entry, Origin(tool=tool), Decisions(known=("feature", "fix")))
    assert made.data["title"].startswith("Begin")


def test_settings_of_one_sign_are_read_in_time(shop: Workshop) -> None:
    shop.write("pyproject.toml", f"a{'.a' * 400_000} = 1\n")
    shop.write("setup.cfg", f"[scriv]\na{' ' * 900_000}b = 1\n")
    shop.write("changelog.d/a.md", "New and shiny.\n")

    problems = told(shop, "scriv")

    assert problems["pyproject.toml"] == ("it has a name of too many parts; the usual places count")
    assert len(shop.notes()) == 1


@pytest.mark.parametrize("folder", ["../outside", "/etc"])
def test_settings_do_not_lead_out_of_the_project(shop: Workshop, folder: str) -> None:
    shop.write("../outside/1.feature", "Not yours.\n")
    shop.write("towncrier.toml", f'[tool.towncrier]\ndirectory = "{folder}"\n')

    done = shop.run("import", "towncrier", ".")

    assert (done.code, shop.notes()) == (2, [])
    assert " leads out of " in said(done).what


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["reno", "."], "there are no notes of reno in "),
        (["reno", "nowhere"], "nowhere does not exist"),
        (["changelog", "."], "'changelog' is not one of "),
        (["reno", ".", "--kind", "fixes=fixs"], "--kind fixes=fixs is no type with a kind"),
        (["reno", ".", "--date", "today"], "--date today is no day"),
    ],
)
def test_what_cannot_be_imported_is_refused(
    shop: Workshop, arguments: list[str], what: str
) -> None:
    done = shop.run("import", *arguments)

    assert done.code == 2
    assert what in said(done).what


def test_notes_of_ours_among_the_fragments_are_no_input(shop: Workshop) -> None:
    shop.write("towncrier.toml", '[tool.towncrier]\ndirectory = "changes"\n')
    shop.write("changes/12.bugfix", "Fixed the rounding.\n")
    shop.run("import", "towncrier", ".")

    again = shop.run("import", "towncrier", ".", "--json")

    assert (again.code, len(again.data["known"]), again.data["left_out"]) == (0, 1, [])


# --- Many -----------------------------------------------------------------------------------------


def test_a_bar_is_drawn_on_a_terminal_only(shop: Workshop) -> None:
    entries = "".join(f"- Entry of the number {number}\n" for number in range(45))
    shop.write("CHANGELOG.md", f"## 1.0.0 - 2020-01-02\n{entries}")

    child = pexpect.spawn(
        sys.executable,
        ["-m", "changenote", "import", "keep-a-changelog", "."],
        cwd=str(shop.folder),
        env={**os.environ, **IDENTITY, "TERM": "xterm"},
        encoding="utf-8",
    )
    child.expect(pexpect.EOF)

    assert "[#############.................] 20 of 45 notes" in str(child.before)
    silent: Done = shop.run("import", "keep-a-changelog", ".")
    assert silent.err == ""


def test_a_site_of_all_that_was_imported_builds(shop: Workshop) -> None:
    for tool in TOOLS:
        assert shop.run("import", tool, str(other(shop, tool))).code == 0

    done = shop.run("site", "build", "--strict", "--to", "../public")

    assert done.code == 0, done.err
    pages = {path.parent.name for path in (shop.folder / "../public/changes").glob("2*/index.html")}
    assert pages == {path.name[:15] for path in shop.notes()}
    assert shop.run("check", "--site", "../public").code == 0
