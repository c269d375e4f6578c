"""The other tools, at pinned versions, each in an environment of its own."""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

LOCKS = Path(__file__).parent / "locks"
ENVIRONMENT = Path(__file__).parent / ".peers"

CHANGELOGS, ANTSIBULL, CLIFF = "changelogs", "antsibull-changelog", "git-cliff"
MATERIAL, ZENSICAL, CHANGIE = "mkdocs-material", "zensical", "changie"

_NAMED = {
    CHANGELOGS: ("towncrier", "scriv", "reno"),
    ANTSIBULL: ("antsibull-changelog",),
    CLIFF: ("git-cliff",),
    MATERIAL: ("mkdocs", "mkdocs-material"),
    ZENSICAL: ("zensical",),
}
_PROCESSORS = {"x86_64": "x64", "aarch64": "arm64"}


def installed(name: str) -> Path:
    """The folder of a peer's commands; made when it is missing or its lock file has changed."""
    if name == CHANGIE:
        return _installed(name, LOCKS / name / "package-lock.json", _from_npm) / _CHANGIES
    return _installed(name, LOCKS / f"{name}.txt", _from_python) / "bin"


def changie() -> str:
    """What the program itself is called; `changie` would start Node.js first."""
    processor = platform.machine()
    return f"linux-{_PROCESSORS.get(processor, processor)}"


def versions() -> dict[str, str]:
    """The pinned version of every peer."""
    found: dict[str, str] = {}
    for lock, names in _NAMED.items():
        lines = (LOCKS / f"{lock}.txt").read_text(encoding="utf-8").splitlines()
        pins = dict(line.split("#")[0].split("==") for line in lines if "==" in line)
        found |= {name: pins[name].strip() for name in names}
    package = json.loads((LOCKS / CHANGIE / "package-lock.json").read_text(encoding="utf-8"))
    return {**found, CHANGIE: package["packages"][f"node_modules/{CHANGIE}"]["version"]}


_CHANGIES = Path("node_modules", CHANGIE, "npm", "dist")


def _installed(name: str, lock: Path, install: Callable[[Path, Path], bool]) -> Path:
    folder = ENVIRONMENT / name
    stamp = folder / ".lock"
    if not stamp.is_file() or stamp.read_bytes() != lock.read_bytes():
        print(f"installing {name} into benchmarks/{ENVIRONMENT.name}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        if not install(folder, lock):
            raise SystemExit(f"{name} could not be installed: what failed is above; try again")
        stamp.write_bytes(lock.read_bytes())
    return folder


def _from_python(folder: Path, lock: Path) -> bool:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = (folder / "bin" / "pip", "--disable-pip-version-check", "install", "-q", "-r", lock)
    return not subprocess.run(pip, check=False).returncode


def _from_npm(folder: Path, lock: Path) -> bool:
    shutil.copytree(lock.parent, folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    npm = ("npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error")
    return not subprocess.run(
        npm, cwd=folder, env={**os.environ, "PATH": path}, check=False
    ).returncode
