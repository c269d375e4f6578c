"""What the numbers hang on: the machine and the versions, without names of hosts or people."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks import peers
from changenote import __version__


def machine() -> dict[str, str]:
    """Processor, cores, memory and system, as far as this system tells."""
    return {
        "processor": _field("/proc/cpuinfo", "model name", ":") or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "system": _field("/etc/os-release", "PRETTY_NAME", "=") or platform.system(),
    }


def versions(*, of_peers: bool = True) -> dict[str, str]:
    """The version of everything that was run."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "changenote": __version__,
        "Python": platform.python_version(),
        "click": version("click"),
        "git": git.split()[2],
        **(peers.versions() if of_peers else {}),
    }


def _memory() -> str:
    kilobytes = _field("/proc/meminfo", "MemTotal", ":").removesuffix("kB").strip()
    return f"{int(kilobytes) / 1024**2:.0f} GB" if kilobytes else "unknown"


def _field(file: str, key: str, separator: str) -> str:
    """The first value of a key in a file of `key separator value` lines; empty when not there."""
    path = Path(file)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    values = (line.partition(separator) for line in lines)
    return next((v.strip().strip('"') for k, _, v in values if k.strip() == key), "")
