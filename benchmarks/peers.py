"""The other tools, at pinned versions in an environment of their own."""

import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
PINNED = _HERE / "peers.txt"
ENVIRONMENT = _HERE / ".peers"


def installed() -> Path:
    """The folder of the peers' commands; made when it is missing or `peers.txt` has changed."""
    stamp = ENVIRONMENT / "peers.txt"
    if not stamp.is_file() or stamp.read_bytes() != PINNED.read_bytes():
        _install()
        stamp.write_bytes(PINNED.read_bytes())
    return ENVIRONMENT / "bin"


def _install() -> None:
    print(f"installing {PINNED.name} into benchmarks/{ENVIRONMENT.name}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
    pip: tuple[str | Path, ...] = (ENVIRONMENT / "bin" / "pip", "--disable-pip-version-check")
    if subprocess.run([*pip, "install", "-q", "-r", PINNED], check=False).returncode:
        raise SystemExit("the peers could not be installed: pip has said why; try again")


def versions(*names: str) -> dict[str, str]:
    """The pinned versions of some of them."""
    lines = PINNED.read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("#")[0].split("==") for line in lines if "==" in line)
    return {name: pins[name].strip() for name in names}
