"""`changenote release`: which notes ship, what is written, and that it can be run again."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changenote.cli.shipping.changelog_file import changelog_file
from changenote.errors import ChangedOnDisk
from changenote.store.project import find_project
from tests.house import said
from tests.released import (
    FEATURE,
    FIX,
    PERFORMANCE,
    add,
    bytes_of,
    shop_with_notes,
    started,
    text,
)
from tests.test_bad_terminals import Terminal
from tests.workshop import Done, Workshop

# From Python 3.12 on, any fork in a process with threads (pytest-xdist has some) is warned of.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

DAY = "--date=2026-11-22"

CHANGELOG = """\
# Changelog

All notable changes to this project are documented in this file.

The format is based on [Keep a Changelog](https://keepachangelog.com/en/2.0.0/),
and versions follow [Semantic Versioning](https://semver.org/spec/v2.0.0.html).

## [Unreleased]

## [2.14.0] - 2026-11-22

### Added

- Show orders by day ([20261020-aaaaaa](changes/2026/20261020-aaaaaa-note.yaml))

### Changed

- Cache cart totals per session ([20261022-cccccc](changes/2026/20261022-cccccc-note.yaml))

### Fixed

- Forget cart totals at logout ([20261021-bbbbbb](changes/2026/20261021-bbbbbb-note.yaml))

[Unreleased]: https://github.com/acme/shop/compare/v2.14.0...HEAD
[2.14.0]: https://github.com/acme/shop/compare/v2.13.0...v2.14.0
"""
PLAN = """\
v2.14.0: 3 notes since v2.13.0.
  Added       20261020-aaaaaa  Show orders by day
  Changed     20261022-cccccc  Cache cart totals per session
  Fixed       20261021-bbbbbb  Forget cart totals at logout
"""


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return shop_with_notes(tmp_path)


def changelog(shop: Workshop) -> str:
    return (shop.folder / "CHANGELOG.md").read_bytes().decode()


def section(done: Done) -> str:
    assert done.code == 0, done.err
    return done.out


def test_a_release_is_written_into_its_notes_and_into_a_changelog(shop: Workshop) -> None:
    before = bytes_of(shop)

    done = shop.run("release", "v2.14.0", DAY)

    ids = (FEATURE, FIX, PERFORMANCE)
    files = [f"changes/2026/{i}-note.yaml" for i in ids]
    assert done == Done(
        0,
        "".join(f"{file}\n" for file in (*files, "CHANGELOG.md")),
        f"{PLAN}Commit this, then `git tag v2.14.0`.\n",
    )
    was, to = b"environment: production}", b"environment: production, version: v2.14.0}"
    released = {file: before[file].replace(was, to) for file in files}
    assert bytes_of(shop) == {**before, **released, "CHANGELOG.md": CHANGELOG.encode()}
    assert shop.run("check").code == 0


def test_a_second_run_changes_nothing(shop: Workshop) -> None:
    shop.run("release", "v2.14.0", DAY)
    before = bytes_of(shop)

    again = shop.run("release", "v2.14.0")

    assert again == Done(0, "", f"{PLAN}Nothing to change: it says so already.\n")
    assert bytes_of(shop) == before


def test_a_tag_and_time_make_no_difference_to_a_second_run(shop: Workshop) -> None:
    shop.run("release", "v2.14.0", DAY)
    shop.commit("Release")
    shop.git("tag", "v2.14.0")
    add(shop, "20261101-dddddd", "Round prices up")
    shop.commit("Something else")
    before = bytes_of(shop)

    again = shop.run("release", "v2.14.0")

    assert (again.code, again.out) == (0, "")
    assert bytes_of(shop) == before


def test_a_dry_run_shows_every_change_and_makes_none(shop: Workshop) -> None:
    before = bytes_of(shop)

    done = shop.run("release", "v2.14.0", DAY, "--dry-run")

    assert (done.code, done.err) == (0, PLAN)
    added = "".join(f"+{line}\n" for line in CHANGELOG.splitlines())
    assert done.out.endswith(
        f"--- a/CHANGELOG.md\n+++ b/CHANGELOG.md\n@@ -0,0 +1,{len(CHANGELOG.splitlines())} @@\n{added}"
    )
    assert done.out.count("+shipped: {at: ") == 3
    assert bytes_of(shop) == before


def test_a_stop_after_some_notes_is_mended_by_the_same_command(
    shop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = shop_with_notes(tmp_path_factory.mktemp("whole"))
    whole.run("release", "v2.14.0", DAY)
    shop.run("set", FIX, "shipped.version=v2.14.0")

    done = shop.run("release", "v2.14.0", DAY)

    assert done.code == 0
    assert bytes_of(shop) == bytes_of(whole)


def test_nothing_is_written_when_one_file_cannot_be(shop: Workshop) -> None:
    (shop.folder / "CHANGELOG.md").mkdir()
    before = bytes_of(shop)

    done = shop.run("release", "v2.14.0", DAY)

    assert done.code == 3
    assert said(done).what == "CHANGELOG.md cannot be read: is a directory"
    assert bytes_of(shop) == before


def test_version_takes_the_form_that_tags_have(shop: Workshop) -> None:
    done = shop.run("release", "2.14.0", DAY, "--yes")

    assert done.err.startswith("v2.14.0: 3 notes since v2.13.0.\n")
    assert changelog(shop) == CHANGELOG


def test_notes_are_new_by_their_commits_or_else_by_their_files(tmp_path: Path) -> None:
    shop = started(tmp_path)
    first = shop.git("rev-parse", "HEAD")
    late = shop.commit("Change", {"app.py": "2\n"})
    add(shop, "20261010-eeeeee", "Written late", more=f'\nsource: {{head: "{first}"}}\n')
    add(shop, "20261011-ffffff", "Written in time", more=f'\nsource: {{head: "{late}"}}\n')
    add(shop, "20261012-gggggg", "Squashed away", more=f'\nsource: {{head: "{"0" * 40}"}}\n')
    shop.commit("Write notes")

    done = shop.run("release", "v2.14.0", "--format", "json")

    assert [e["id"] for e in done.data["entries"]] == ["20261011-ffffff", "20261012-gggggg"]


def test_since_looks_further_back(shop: Workshop) -> None:
    shop.git("tag", "v2.13.5", "HEAD")

    nothing = shop.run("release", "v2.14.0", DAY, "--dry-run")
    since = shop.run("release", "v2.14.0", DAY, "--dry-run", "--since", "v2.13.0")

    assert nothing.code == 1
    assert said(nothing).what == ("no note ships with v2.14.0: there is no new note since v2.13.5")
    assert since.err == PLAN


def test_without_a_tag_all_notes_ship_that_have_no_version(tmp_path: Path) -> None:
    shop = Workshop(tmp_path).start()
    add(shop, FEATURE, "Show orders by day", "feature")
    add(shop, FIX, "Forget cart totals at logout")
    shop.run("set", FIX, "shipped.version=v1.0.0")

    done = shop.run("release", "v1.1.0", DAY, "--dry-run")

    assert done.err == (
        "v1.1.0: 1 note since the start.\n"
        "  Added       20261020-aaaaaa  Show orders by day\n"
        "Left out:\n"
        "  20261021-bbbbbb  Forget cart totals at logout: shipped with v1.0.0\n"
    )


def test_what_is_in_a_tag_of_the_version_ships_and_nothing_later(shop: Workshop) -> None:
    shop.git("tag", "v2.14.0")
    add(shop, "20261101-dddddd", "Round prices up")
    shop.commit("Later")

    done = shop.run("release", "v2.14.0", "--dry-run")

    assert done.err == PLAN
    day = datetime.fromtimestamp(shop.clock - 60, UTC).date()
    assert f"+## [2.14.0] - {day}\n" in done.out


def test_notes_of_prereleases_ship_with_the_release_itself(shop: Workshop) -> None:
    shop.run("release", "v2.14.0-rc.1", DAY)
    shop.commit("Release")
    shop.git("tag", "v2.14.0-rc.1")

    done = shop.run("release", "v2.14.0", DAY)

    assert done.err.startswith(PLAN)
    assert "version: v2.14.0}" in (shop.folder / f"changes/2026/{FIX}-note.yaml").read_text()
    assert "compare/v2.13.0...v2.14.0\n" in changelog(shop)


def test_what_is_not_in_effect_or_not_finished_is_left_out_and_named(shop: Workshop) -> None:
    add(shop, "20261023-dddddd", "Index orders by day", status="draft")
    add(shop, "20261024-eeeeee", "Round prices up", status="rolled_back")
    add(shop, "20261025-ffffff", "Round prices down", status="superseded")
    add(shop, "20261026-gggggg", "Round prices", more="\nsupersedes: [20261025-ffffff]\n")

    done = shop.run("release", "v2.14.0", DAY, "--json")

    assert {n["id"] for n in done.data["notes"]} == {FEATURE, FIX, PERFORMANCE, "20261026-gggggg"}
    assert done.data["left_out"] == [
        {"id": "20261023-dddddd", "title": "Index orders by day", "reason": "a draft"},
        {"id": "20261024-eeeeee", "title": "Round prices up", "reason": "rolled back"},
        {
            "id": "20261025-ffffff",
            "title": "Round prices down",
            "reason": "superseded by a note that ships",
        },
    ]


def test_one_service_of_many_is_released_by_itself(shop: Workshop) -> None:
    shop.git("tag", "orders@1.0.0", "v2.13.0")
    add(shop, "20261023-dddddd", "Index orders by day", "database", service="orders")

    done = shop.run(
        "release", "orders@1.1.0", DAY, "--service=orders", "--changelog=orders/CHANGELOG.md"
    )

    assert done.err.startswith("orders@1.1.0: 1 note since orders@1.0.0.\n")
    made = (shop.folder / "orders/CHANGELOG.md").read_text()
    assert "([20261023-dddddd](../changes/2026/20261023-dddddd-note.yaml))" in made
    assert (
        "[orders@1.1.0]: https://github.com/acme/shop/compare/orders%401.0.0...orders%401.1.0"
        in (made)
    )


def test_entries_lead_to_the_site_where_there_is_one(shop: Workshop) -> None:
    shop.write("mkdocs.yml", "site_name: shop\nsite_url: https://docs.shop.example/kb\n")

    done = shop.run("release", "v2.14.0", DAY, "--format", "markdown")

    address = f"https://docs.shop.example/kb/changes/{FIX}/"
    assert f"- Forget cart totals at logout ([{FIX}]({address}))\n" in section(done)


def test_breaking_changes_are_marked_and_stand_first(shop: Workshop) -> None:
    add(shop, "20261101-dddddd", "Round prices up", more="\ntags: [Breaking]\n")
    add(shop, "20261102-eeeeee", "Drop the old API", more="\ntags: [removed, breaking-change]\n")
    add(shop, "20261103-ffffff", "Do not use the basket API", more="\ntags: [deprecated]\n")

    done = shop.run("release", "v3.0.0", DAY, "--format", "markdown")

    shown = re.sub(r" \(\[.*", "", section(done))
    assert shown == (
        "## [3.0.0] - 2026-11-22\n\n"
        "### Added\n\n- Show orders by day\n\n"
        "### Changed\n\n- Cache cart totals per session\n\n"
        "### Deprecated\n\n- Do not use the basket API\n\n"
        "### Removed\n\n- **Breaking:** Drop the old API\n\n"
        "### Fixed\n\n- **Breaking:** Round prices up\n- Forget cart totals at logout\n"
    )


def test_cves_come_first_under_security(shop: Workshop) -> None:
    add(shop, "20261101-dddddd", "Ask for the password", "security", more="\ntags: [breaking]\n")
    add(
        shop,
        "20261102-eeeeee",
        "Update the parser",
        "dependency",
        more="\ntags: [cve-2026-12345]\n",
    )
    add(shop, "20261103-ffffff", "Close CVE-2026-777777 in uploads")

    done = shop.run("release", "v2.14.0", DAY, "--format", "markdown")

    part = re.sub(r" \(\[.*", "", section(done)).partition("### Security\n\n")[2]
    assert part == (
        "- CVE-2026-12345: Update the parser\n"
        "- Close CVE-2026-777777 in uploads\n"
        "- **Breaking:** Ask for the password\n"
    )


def test_a_team_decides_where_its_kinds_stand(shop: Workshop) -> None:
    shop.write(
        "changes/config.yaml",
        "kinds:\n  experiment: {changelog: Added}\n  performance: {changelog: none}\n",
    )
    add(shop, "20261101-dddddd", "Try another checkout", "experiment")

    done = shop.run("release", "v2.14.0", DAY)

    assert done.err.startswith(
        "v2.14.0: 4 notes since v2.13.0.\n"
        "  Added       20261020-aaaaaa  Show orders by day\n"
        "  Added       20261101-dddddd  Try another checkout\n"
        "  Fixed       20261021-bbbbbb  Forget cart totals at logout\n"
        "  (none)      20261022-cccccc  Cache cart totals per session\n"
    )
    assert PERFORMANCE not in changelog(shop)
    assert "v2.14.0" in (shop.folder / f"changes/2026/{PERFORMANCE}-note.yaml").read_text()


def test_a_team_s_own_templates_come_first(shop: Workshop) -> None:
    shop.write(
        "changes/templates/release/section.md.j2",
        "## {{ release.label }} ({{ release.day }})\n"
        "{% for entry in release.entries %}\n* {{ entry.title }}, {{ entry.note.owner | escaped }}\n{% endfor %}\n",
    )

    done = shop.run("release", "v2.14.0", DAY)

    assert done.code == 0
    assert "## 2.14.0 (2026-11-22)\n* Show orders by day, `@acme/cart`\n" in changelog(shop)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            "{{ release.nothing }}",
            "cannot be used: 'changenote.release.section.Release object' has",
        ),
        ("{% if %}", "cannot be used: "),
        ("### Words\n", "could not be found again"),
        ("{{ ''.__class__.__mro__ }}", "cannot be used: access to attribute '__class__'"),
    ],
)
def test_a_template_with_a_mistake_stops_everything(
    shop: Workshop, template: str, expected: str
) -> None:
    shop.write("changes/templates/release/section.md.j2", template)
    before = bytes_of(shop)

    done = shop.run("release", "v2.14.0", DAY)

    assert done.code == 1
    assert expected in said(done).what
    assert bytes_of(shop) == before


def test_the_text_for_a_forge_has_no_heading_and_whole_addresses(shop: Workshop) -> None:
    done = shop.run("release", "v2.14.0", "--format", "github-release")

    files = "https://github.com/acme/shop/blob/v2.14.0/changes/2026"
    assert done == Done(
        0,
        "### Added\n\n"
        f"- Show orders by day ([{FEATURE}]({files}/{FEATURE}-note.yaml))\n\n"
        "### Changed\n\n"
        f"- Cache cart totals per session ([{PERFORMANCE}]({files}/{PERFORMANCE}-note.yaml))\n\n"
        "### Fixed\n\n"
        f"- Forget cart totals at logout ([{FIX}]({files}/{FIX}-note.yaml))\n\n"
        "**All commits:** <https://github.com/acme/shop/compare/v2.13.0...v2.14.0>\n",
        "",
    )


def test_programs_get_the_release_as_json(shop: Workshop) -> None:
    done = shop.run("release", "v2.14.0", DAY, "--format", "json")

    first = done.data["entries"][0]
    assert {**done.data, "entries": []} == {
        "version": "v2.14.0",
        "date": "2026-11-22",
        "since": "v2.13.0",
        "compare": "https://github.com/acme/shop/compare/v2.13.0...v2.14.0",
        "entries": [],
        "unlisted": [],
        "left_out": [],
    }
    assert first == {
        "id": FEATURE,
        "heading": "Added",
        "title": "Show orders by day",
        "kind": "feature",
        "service": "shop",
        "breaking": False,
        "cves": [],
        "address": f"https://github.com/acme/shop/blob/v2.14.0/changes/2026/{FEATURE}-note.yaml",
        "path": f"changes/2026/{FEATURE}-note.yaml",
        "pull_requests": [],
    }


def test_an_old_release_is_printed_again_from_its_notes(shop: Workshop) -> None:
    shop.run("release", "v2.14.0", DAY)
    shop.commit("Release")
    shop.git("tag", "v2.14.0")
    add(shop, "20261101-dddddd", "Round prices up")
    shop.run("release", "v2.15.0", DAY)

    done = shop.run("release", "v2.14.0", "--format", "markdown")

    assert section(done) in changelog(shop)


def test_a_title_cannot_leave_its_entry(shop: Workshop) -> None:
    title = "<img src=x> @everyone](https://evil.example) `x` *b* {{ 7*7 }}"
    add(shop, "20261101-dddddd", json.dumps(title))

    done = shop.run("release", "v2.14.0", DAY, "--format", "github-release")

    assert (
        "- &lt;img src=x&gt; `@everyone](https://evil.example`) &#96;x&#96; \\*b\\*"
        " \\{\\{ 7\\*7 \\}\\} ([20261101-dddddd](" in section(done)
    )


def test_what_people_wrote_stays_and_what_waits_is_named(shop: Workshop) -> None:
    before = "# Log\n\n## [Unreleased]\n### Added\n- By hand\n\n## [v2.13.0] - 2026-09-01\n- Old\n"
    shop.write("CHANGELOG.md", before)

    done = shop.run("release", "v2.14.0", DAY)

    assert "CHANGELOG.md: 1 line stays under Unreleased. Move what ships now.\n" in done.err
    head, middle, tail = changelog(shop).partition("## [v2.14.0] - 2026-11-22\n")
    assert head == before[: before.index("## [v2.13.0]")]
    assert middle
    assert "\n## [v2.13.0] - 2026-09-01\n- Old\n" in tail


def test_a_changelog_of_another_form_is_left_alone_and_the_section_shown(shop: Workshop) -> None:
    before = "Shop 2.13.0\n===========\n\n2.13.0\n------\n\n* Old\n"
    shop.write("CHANGELOG.md", before)
    files = bytes_of(shop)

    done = shop.run("release", "v2.14.0", DAY)
    after = bytes_of(shop)
    alone = shop.run("release", "v2.14.0", DAY, "--no-changelog")

    assert done.code == 1
    wanted = CHANGELOG[CHANGELOG.index("## [2.14") : CHANGELOG.index("\n[Unreleased]:")]
    assert done.out == f"{wanted}\n"
    assert said(done).what == (
        "the changelog cannot be added to: line 4 is no heading such as `## [1.2.3]`"
    )
    assert after == files
    assert alone.code == 0
    assert changelog(shop) == before


def test_notes_that_come_later_are_named_and_the_section_is_kept(shop: Workshop) -> None:
    shop.run("release", "v2.14.0", DAY)
    edited = changelog(shop).replace("- Show", "- Nicely show")
    shop.write("CHANGELOG.md", edited)
    add(shop, "20261101-dddddd", "Round prices up")

    done = shop.run("release", "v2.14.0")

    assert done.out == "changes/2026/20261101-dddddd-note.yaml\n"
    assert (
        "CHANGELOG.md has a section of 2.14.0, which is left as it is. These are not in it:"
        " 20261101-dddddd. `--format markdown` prints their entries.\n" in done.err
    )
    assert changelog(shop) == edited


@pytest.mark.parametrize(
    "version", ["", "next", "v1..2", "-1", "v1 2", "1.0\n", "v1@{0}", "1" * 101]
)
def test_what_is_no_version_is_refused(shop: Workshop, version: str) -> None:
    done = shop.run("release", "--", version)

    assert done.code == 2
    assert said(done).what.endswith("is no name of a version")


def test_a_changelog_elsewhere_is_not_written(shop: Workshop, tmp_path: Path) -> None:
    (shop.folder / "CHANGELOG.md").symlink_to(tmp_path.parent / "else.md")

    done = shop.run("release", "v2.14.0")
    printed = shop.run("release", "v2.14.0", "--format", "markdown")

    assert (done.code, printed.code) == (2, 0)
    assert "is outside of" in said(done).what
    assert not (tmp_path.parent / "else.md").exists()


def test_a_changelog_that_somebody_else_writes_meanwhile_is_not_overwritten(
    shop: Workshop,
) -> None:
    path = shop.write("CHANGELOG.md", "# Log\n")
    read = changelog_file(find_project(shop.folder), path, "v2.14.0")
    shop.write("CHANGELOG.md", "# Log\n\nMine.\n")

    with pytest.raises(ChangedOnDisk):
        read.write("# Log\n\nOurs.\n")

    assert changelog(shop) == "# Log\n\nMine.\n"


def test_a_changelog_is_found_in_whatever_case_its_name_is(shop: Workshop) -> None:
    shop.write("Changelog.md", "# Log\n")

    done = shop.run("release", "v2.14.0", DAY)

    assert done.out.splitlines()[-1] == "Changelog.md"
    assert not (shop.folder / "CHANGELOG.md").exists()


def test_many_notes_of_another_version_are_counted(shop: Workshop) -> None:
    for number in range(6):
        add(shop, f"2026110{number + 1}-dddddd", f"Change number {number}")
    shop.run("release", "v2.14.0", DAY)
    add(shop, "20261112-eeeeee", "Round prices up")

    done = shop.run("release", "v2.14.1", DAY, "--dry-run")

    assert done.err == (
        "v2.14.1: 1 note since v2.13.0.\n"
        "  Fixed       20261112-eeeeee  Round prices up\n"
        "Left out:\n"
        "  9 notes: shipped with v2.14.0\n"
    )


def test_a_clone_that_was_cut_off_says_so(shop: Workshop, tmp_path: Path) -> None:
    clone = Workshop(tmp_path / "clone")
    shop.git("clone", "-q", "--depth=1", f"file://{shop.folder}", str(clone.folder))

    done = clone.run("release", "v2.14.0")

    assert done.code == 3
    assert said(done).what == "this clone is shallow, and has no tag of a version before"


def test_a_person_is_asked_before_anything_is_written(shop: Workshop) -> None:
    before = bytes_of(shop)

    no = Terminal(shop, "release", "v2.14.0")
    no.answer("Write this? [Y/n]", "n")

    assert no.ended() == (0, "n\nNothing was written.\n")
    assert PLAN.splitlines()[1] in no.seen
    assert bytes_of(shop) == before


def test_a_folder_without_git_has_releases_too(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    shop.note(text(FIX, "Forget cart totals at logout"), FIX)

    done = shop.run("release", "2026-11-22", DAY)

    assert done.code == 0
    made = changelog(shop)
    assert "Semantic Versioning" not in made
    assert made.endswith(
        "## [2026-11-22] - 2026-11-22\n\n### Fixed\n\n- Forget cart totals at logout"
        f" ([{FIX}](changes/2026/{FIX}-note.yaml))\n"
    )
