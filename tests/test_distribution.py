"""What is installed works: with the locked versions, and with the oldest that are allowed."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from mcp import Client
from mcp_types import CallToolResult

from tests.agent import text, with_client
from tests.duck import asked
from tests.locks import FOLDER, ROOT
from tests.workshop import COMPLETE, IDENTITY, Workshop

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return folder


def installed(folder: Path, lock: str, packages: Path) -> Path:
    """An environment with what a file of requirements/ names, and our wheel; its `bin`."""
    (wheel,) = packages.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    quiet = ["-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    known = ["--require-hashes", "--no-compile", "-r", str(FOLDER / lock)]
    for what in known, [str(wheel)]:
        subprocess.run([*pip, "install", *quiet, *what], check=True, capture_output=True)
    subprocess.run([*pip, "check"], check=True, capture_output=True)
    return folder / "bin"


def run(programs: Path, shop: Workshop, *words: str, code: int = 0) -> str:
    """What the changenote of an environment prints in a repository, where it ends as it should."""
    done = subprocess.run(
        [str(programs / "changenote"), *words],
        cwd=shop.folder,
        env={**os.environ, **IDENTITY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout + done.stderr


def note(programs: Path, shop: Workshop) -> str:
    """The id of a note, after setting up, writing it and checking it."""
    for words in (["init"], ["new", "--yes", *COMPLETE], ["check"]):
        run(programs, shop, *words)
    (path,) = shop.notes()
    return path.name[:15]


def test_the_wheel_with_the_locked_versions_is_the_whole_product(
    packages: Path, tmp_path: Path, workshop: Workshop
) -> None:
    programs = installed(tmp_path / "env", "run.txt", packages)

    made = note(programs, workshop)
    run(programs, workshop, "site", "build", "--strict")

    page = workshop.folder / "public" / "changes" / made / "index.html"
    assert "./flags set cart_total_cache off" in page.read_text()


@pytest.fixture(scope="module")
def oldest(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the oldest versions that pyproject.toml allows, extras included."""
    return installed(tmp_path_factory.mktemp("oldest") / "env", "lowest.txt", packages)


def test_the_oldest_versions_write_find_show_and_undo_a_note(
    oldest: Path, workshop: Workshop
) -> None:
    made = note(oldest, workshop)

    assert made in run(oldest, workshop, "search", "cart")
    assert "Cache cart totals per session" in run(oldest, workshop, "show", made)
    assert "cart_total_cache off" in run(oldest, workshop, "rollback", made)
    assert "trailer" in run(oldest, workshop, "pr", code=2)
    assert "expected:" in run(oldest, workshop, "show", "--nothing", code=2)


@pytest.fixture
def project(tmp_path: Path) -> Workshop:
    """A repository with the notes and the settings of this project."""
    project = Workshop(tmp_path / "project").start()
    shutil.copytree(ROOT / "changes", project.folder / "changes")
    project.commit("Start", {"README.md": "changenote\n"})
    return project


def test_the_oldest_versions_read_real_notes_and_make_their_site(
    oldest: Path, project: Workshop
) -> None:
    ids = {path.name[:15] for path in project.notes()}
    assert len(ids) > 3

    run(oldest, project, "check")
    run(oldest, project, "site", "build", "--strict", "--to", "site")
    run(oldest, project, "site", "pages", "--to", "pages")

    for folder, name in ("site", "index.html"), ("pages", "index.md"):
        written = project.folder.glob(f"{folder}/**/{name}")
        assert ids <= {path.parent.name for path in written}


def test_the_oldest_versions_export_a_table(oldest: Path, library: Workshop) -> None:
    run(oldest, library, "export", "--to", "notes.parquet")

    (row,) = asked(f"FROM '{library.folder / 'notes.parquet'}' SELECT count(*) AS notes")
    assert row == {"notes": len(library.notes())}


def test_the_oldest_versions_serve_coding_agents(oldest: Path, library: Workshop) -> None:
    async def found(client: Client) -> CallToolResult:
        return await client.call_tool("search", {"query": "cart"})

    result = with_client(
        library, work=found, program=[str(oldest / "python"), "-P", "-m", "changenote"]
    )

    assert "20261122-k3f9xq" in text(result)


def test_wheel_and_source_hold_the_templates_and_the_licence_and_nothing_else(
    packages: Path,
) -> None:
    (wheel,) = packages.glob("*.whl")
    (source,) = packages.glob("*.tar.gz")

    in_wheel = zipfile.ZipFile(wheel).namelist()
    with tarfile.open(source) as archive:
        in_source = [n.split("/", 1)[1] for n in archive.getnames() if "/" in n]

    templates = {
        f"templates/{p.relative_to(ROOT / 'templates').as_posix()}"
        for p in (ROOT / "templates").rglob("*")
        if p.is_file() and p.parent.name != "__pycache__"  # templates that were compiled already
    }
    assert templates <= {n.removeprefix("changenote/") for n in in_wheel}
    assert templates <= set(in_source)
    assert {n.split("/")[0] for n in in_wheel} == {
        "changenote",
        wheel.name.rsplit("-", 3)[0] + ".dist-info",
    }
    assert {n.split("/")[0] for n in in_source} == {
        "changenote",
        "templates",
        "pyproject.toml",
        "PKG-INFO",
        "LICENSE",
        "README.md",
        ".gitignore",
    }
    assert any(n.endswith("licenses/LICENSE") for n in in_wheel)


def test_the_distribution_does_not_take_a_name_that_is_somebody_elses() -> None:
    assert PROJECT["name"] == "changenote-kb"
    assert PROJECT["scripts"] == {"changenote": "changenote.__main__:main"}
