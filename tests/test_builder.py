"""`build` and `serve`: on a team's mkdocs.yml or without one, and never at a cost."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from changenote.errors import SiteFailed
from changenote.site.builder import build, serve
from changenote.store.project import Project, find_project
from tests.books import sample_project, words
from tests.house import said
from tests.limits import no_file_above
from tests.sites import MATERIAL, lost_links
from tests.workshop import Workshop

NOTE = "changes/20261122-k3f9xq/"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The sample notes, without any mkdocs.yml."""
    return find_project(sample_project(tmp_path / "shop"))


def test_without_a_mkdocs_yml_there_is_a_built_in_one(project: Project) -> None:
    built = build(project, project.root / "public")

    home = (built.folder / "index.html").read_text("utf-8")
    assert "Acme change notes" in words(home)
    assert (built.folder / NOTE / "index.html").is_file()
    assert lost_links(built.folder) == set()
    assert not {"mkdocs.yml", "docs"} & {p.name for p in project.root.iterdir()}


def test_the_built_in_site_asks_no_other_host(project: Project) -> None:
    built = build(project, project.root / "public")

    assert "fonts.googleapis.com" not in (built.folder / "index.html").read_text("utf-8")
    assert 'data-md-component="source"' not in (built.folder / "index.html").read_text("utf-8")


def test_the_mkdocs_yml_of_the_team_is_used(project: Project) -> None:
    _own(project, MATERIAL)

    built = build(project, project.root / "public")

    assert "Acme knowledge" in (built.folder / NOTE / "index.html").read_text("utf-8")


def test_warnings_are_handed_back_without_noise(project: Project) -> None:
    _own(project, MATERIAL)

    built = build(project, project.root / "public")

    place = "changes/2026/20261121-bad0ne-broken.yaml"
    assert built.warnings == (
        f"WARNING -  changenote: {place}:5:9: found shiped, expected one of draft, shipped, "
        "rolled_back, superseded",
        f"WARNING -  changenote: {place}:7:15: found yesterday, expected a time with its zone, "
        "such as 2026-11-22T14:05:00Z",
    )


def test_a_strict_build_fails_on_a_warning_and_names_it(project: Project) -> None:
    with pytest.raises(SiteFailed) as raised:
        build(project, project.root / "public", strict=True)

    assert "20261121-bad0ne-broken.yaml:5:9" in raised.value.said[0]


def test_what_stopped_a_build_is_said_line_by_line(project: Project) -> None:
    done = Workshop(project.root).run("site", "build", "--strict")

    assert done.err.count("\nWARNING -  changenote: changes/2026/") > 1
    assert done.err.endswith(
        "changenote: MkDocs could not build the site\n"
        "  expected: a site without warnings\n"
        "  retry:    safe, the output folder is made anew each time\n"
        "  next:     What MkDocs said is above.\n"
    )


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (MATERIAL.replace("material", "no-such-theme"), "no-such-theme"),
        (MATERIAL.replace("[search,", "[no-such-plugin,"), "no-such-plugin"),
        ("site_name: [\nplugins: [changenote]\n", "mkdocs.yml"),
    ],
)
def test_a_mkdocs_yml_that_cannot_be_built_says_why(
    project: Project, config: str, says: str
) -> None:
    _own(project, config)

    with pytest.raises(SiteFailed) as raised:
        build(project, project.root / "public")

    said = "\n".join(raised.value.said)
    assert says in said
    assert "Traceback" not in said


def test_a_mkdocs_yml_without_the_plugin_is_refused_with_the_remedy(project: Project) -> None:
    _own(project, "site_name: x\n")

    with pytest.raises(SiteFailed) as raised:
        build(project, project.root / "public")

    assert raised.value.hint == "`changenote init` adds it."


@pytest.mark.parametrize(
    ("setting", "folder"), [("", "docs"), ("docs_dir: our pages\n", "our pages")]
)
def test_a_missing_folder_of_own_pages_is_named_with_the_command_that_makes_it(
    project: Project, setting: str, folder: str
) -> None:
    (project.root / "mkdocs.yml").write_text(MATERIAL + setting)
    shop = Workshop(project.root)

    done = [shop.run("site", "build"), shop.run("site", "serve")]

    for one in done:
        error = said(one)
        assert (
            error.what == f"there is no folder {folder}/, where MkDocs looks for pages of your own"
        )
        assert error.next == f"`mkdir {shlex.quote(folder)}` makes it."
        assert "MkDocs could not" not in one.err


def test_what_is_left_of_a_first_build_is_removed_by_whoever_knows_that_it_is(
    project: Project,
) -> None:
    (project.root / "public/assets").mkdir(parents=True)  # as a build that failed leaves it
    shop = Workshop(project.root)

    error = said(shop.run("site", "build"))

    out = project.root / "public"
    assert error.what == (
        f"the site cannot be built into {out}: nothing tells that an earlier build wrote what is in"
        " it, such as assets, and the folder would be emptied"
    )
    assert f"`rm -r {out}` and build again" in error.next


def test_an_output_folder_that_cannot_be_one_is_named_and_no_other_cause(project: Project) -> None:
    (project.root / "public").write_text("mine")
    shop = Workshop(project.root)

    error = said(shop.run("site", "build", "--to", "public/site"))

    assert error.what == (
        f"the site cannot be built into {project.root}/public/site: {project.root}/public is a file"
    )
    assert (project.root / "public").read_text() == "mine"


def test_a_folder_of_the_site_that_cannot_be_written_is_not_blamed_on_mkdocs_yml(
    project: Project,
) -> None:
    shop = Workshop(project.root)
    build(project, project.root / "public")
    (project.root / "public/changes/assets/changenote.css").unlink()
    (project.root / "docs").mkdir()
    (project.root / "docs/changes").mkdir()
    (project.root / "docs/changes/assets").write_text("a file where a folder of ours should be")
    (project.root / "mkdocs.yml").write_text(MATERIAL)

    error = said(shop.run("site", "build"))

    assert error.expected == "what is named above"


@pytest.mark.parametrize(
    ("config", "option", "what", "remedy"),
    [
        ("", "../gone", "--source {root}/../gone", "or leave the option away."),
        ("sources: [../gone]\n", "", "sources: ../gone", "or take it out of `sources:` in"),
    ],
)
def test_a_checkout_that_is_missing_is_said_as_it_was_named(
    project: Project, config: str, option: str, what: str, remedy: str
) -> None:
    (project.notes / "config.yaml").write_text(config)
    shop = Workshop(project.root)

    error = said(shop.run("site", "build", *(["--source", option] if option else [])))

    assert error.what.startswith(f"{what.format(root=project.root)} is not there: no folder ")
    assert remedy in error.next
    assert not (project.root / "public").exists()


@pytest.mark.parametrize("out", [".", "..", "changes", "changes/2026", "/"])
def test_a_folder_with_anything_of_value_is_never_built_into(project: Project, out: str) -> None:
    before = sorted(project.root.rglob("*"))

    with pytest.raises(SiteFailed):
        build(project, project.root / out)

    assert sorted(project.root.rglob("*")) == before


def test_modules_of_the_repository_do_not_get_in_the_way(project: Project) -> None:
    (project.root / "yaml.py").write_text("raise SystemExit('the wrong yaml')\n")
    (project.root / "markdown.py").write_text("raise SystemExit('the wrong markdown')\n")

    assert build(project, project.root / "public").folder.is_dir()


SERVE = """\
import sys
from pathlib import Path
from changenote.site.builder import serve
from changenote.store.project import find_project
serve(find_project(Path(sys.argv[1])), sys.argv[2])
"""


@pytest.fixture
def served(project: Project) -> Iterator[str]:
    """The address of a served site."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(project.root), address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    yield f"http://{address}/"
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 0


def test_a_saved_note_and_config_are_on_the_served_site(served: str, project: Project) -> None:
    note = project.notes / "2026/20261122-k3f9xq-cache-cart-totals.yaml"
    _wait_for(served + NOTE, "Cache cart totals per session")

    note.write_text(note.read_text("utf-8").replace("Cache cart totals", "Remember cart totals"))
    _wait_for(served + NOTE, "Remember cart totals per session")
    (project.notes / "config.yaml").write_text("title: Renamed\n")
    _wait_for(served + "changes/", "Renamed")


def _wait_for(address: str, text: str) -> None:
    """Until a page has a text; gives up after a minute."""
    seen = ""
    for _ in range(600):
        try:
            with urlopen(address, timeout=60) as answer:  # noqa: S310  # our own server
                seen = answer.read().decode()
        except (URLError, ConnectionError):
            seen = ""
        if text in seen:
            return
        time.sleep(0.1)
    raise AssertionError(f"{text!r} did not appear at {address}: {words(seen)[:300]}")


def _own(project: Project, config: str) -> None:
    (project.root / "docs").mkdir()
    (project.root / "docs/index.md").write_text("# Acme\n")
    (project.root / "mkdocs.yml").write_text(config)


def test_a_full_disk_is_one_line(project: Project) -> None:
    done = subprocess.run(
        [*no_file_above(3000), sys.executable, "-m", "changenote", "site", "build"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "OSError: [Errno 27] File too large" in done.stderr


def test_an_address_that_is_taken_is_told_before_anything_is_built(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(SiteFailed) as refused:
            serve(project, address)

    assert refused.value.what == f"MkDocs could not serve the site at {address}"
