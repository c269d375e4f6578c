"""What is installed works: the wheel alone, and with the oldest versions it says it can work with."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.workshop import COMPLETE, Workshop

ROOT = Path(__file__).parent.parent
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


def installed(folder: Path, *what: str) -> Path:
    """An empty environment with something installed; the path of its `changenote`."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    quiet = ["-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *quiet, *what], check=True, capture_output=True)
    return folder / "bin" / "changenote"


def use(command: Path, shop: Workshop) -> None:
    """Set up, write a note, check it, build the site."""
    for words in (["init"], ["new", "--yes", *COMPLETE], ["check"], ["site", "build", "--strict"]):
        done = subprocess.run(
            [str(command), *words], cwd=shop.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr + done.stdout
    (note,) = shop.notes()
    page = shop.folder / "public" / "changes" / note.name[:15] / "index.html"
    assert "./flags set cart_total_cache off" in page.read_text()


def test_the_wheel_in_an_empty_environment_is_the_whole_product(
    packages: Path, tmp_path: Path, workshop: Workshop
) -> None:
    (wheel,) = packages.glob("*.whl")

    use(installed(tmp_path / "env", str(wheel)), workshop)


def test_the_oldest_versions_that_are_allowed_do_the_work(
    packages: Path, tmp_path: Path, workshop: Workshop
) -> None:
    (wheel,) = packages.glob("*.whl")
    oldest = [d.split(",")[0].replace(">=", "==") for d in PROJECT["dependencies"]]

    use(installed(tmp_path / "env", str(wheel), *oldest), workshop)


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
