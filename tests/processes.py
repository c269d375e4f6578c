"""Other processes, as the kernel shows them: a fresh machine may have no `ps`."""

from contextlib import suppress
from pathlib import Path


def wait_until_gone(process: int) -> None:
    """Until a process has ended, collected or not; a test that hangs is stopped from outside."""
    state = Path(f"/proc/{process}/stat")
    while state.exists():
        with suppress(OSError):
            if state.read_text().rpartition(")")[2].split()[0] == "Z":
                return
