"""Tests turn to no other host.

An audit hook sees every connection that Python makes in the process of the tests. Of what they
start, the promise `no-network` says the same.
"""

import sys
from typing import Any

import pytest

_HERE = frozenset({"", "localhost", "0.0.0.0", "::", "::1"})  # noqa: S104 - names, nothing is bound


def stay_here() -> None:
    """From now on, whatever turns to another host makes its test fail; there is no way back."""
    sys.addaudithook(_watch)


def _watch(event: str, given: tuple[Any, ...]) -> None:
    # Called for every file and every import, too: the common case comes first.
    if not event.startswith("socket."):
        return
    if event == "socket.getaddrinfo":
        _expect_here(given[0])
    elif event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
        _expect_here(given[1][0])


def _expect_here(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name not in _HERE and not name.startswith("127."):
        pytest.fail(f"a test turns to {name}, and the tests are to run without a network")
