"""What a process is denied before it starts: rights, or room on the disk.

A program of its own, `python limits.py LIMIT COMMAND…`, because code between fork and exec is not
safe in a process with threads.
"""

import ctypes
import os
import resource
import sys

_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2

NO_RIGHTS = [sys.executable, __file__, "rights"]
"""Permissions hold for root as well, as they do for everybody else."""


def no_file_above(size: int) -> list[str]:
    """The system refuses to write more than this into one file, as it does on a full disk."""
    return [sys.executable, __file__, str(size)]


def main(limit: str, *command: str) -> None:
    """Take on a limit, then become the command."""
    if limit != "rights":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    elif os.geteuid() == 0:
        _drop_capabilities()
    os.execv(command[0], command)  # noqa: S606 - without a shell on purpose


def _drop_capabilities() -> None:
    system = ctypes.CDLL(None, use_errno=True)
    for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
        if system.prctl(_PR_CAPBSET_DROP, capability):
            raise OSError(ctypes.get_errno(), "capabilities cannot be dropped")


if __name__ == "__main__":
    main(*sys.argv[1:])
