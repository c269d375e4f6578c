"""A command that stands in for a program, for those who start it themselves.

It asks the server of a program (see `forked`) for a fork with its own streams, and ends as that
does. It imports little: it is to be far quicker than the program.
"""

import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence

LENGTH = 8
"""Bytes of the number that says how long a request is."""


def ask(
    address: str,
    arguments: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    streams: Sequence[int],
) -> socket.socket:
    """Ask for a fork; its exit code will come, one below zero for the number of a signal."""
    asked = json.dumps([list(arguments), folder, dict(environment)]).encode()
    line = socket.socket(socket.AF_UNIX)
    line.connect(address)
    socket.send_fds(line, [len(asked).to_bytes(LENGTH)], list(streams))
    line.sendall(asked)
    return line


def answer(line: socket.socket) -> int:
    """How the fork ended."""
    code = line.recv(100)
    assert code, "the server of the program has ended"
    return int(code)


if __name__ == "__main__":
    _, address, *arguments = sys.argv
    line = ask(address, arguments, os.getcwd(), os.environ, [0, 1, 2])  # noqa: PTH109 - quicker
    for stream in (0, 1):
        os.close(stream)  # whoever reads from the fork waits for its end, not for ours
    code = answer(line)
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)
