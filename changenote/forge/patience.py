"""How long an answer may take in all, however slowly it trickles in: its headers count too."""

import time
from io import BufferedReader, RawIOBase
from typing import Any


class Patience:
    """So many seconds for a whole answer, `within`, and so many for one `silence` in it."""

    def __init__(self, *, within: float, silence: float) -> None:
        self.within = within
        self._until = time.monotonic() + within
        self._silence = silence

    def of(self, socket: Any) -> Any:
        """As much of a socket as `http.client` reads an answer from, which ends in time."""
        return _Patient(socket, self)

    def silence(self) -> float:
        """How long may be waited for the next bytes. Raises `TimeoutError` at the end of it all."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no whole answer within {self.within:.0f} s")
        return min(self._silence, left)


class _Patient:
    def __init__(self, socket: Any, patience: Patience) -> None:
        self._socket = socket
        self._patience = patience

    def makefile(self, mode: str) -> BufferedReader:  # noqa: ARG002 - as a socket has it
        """The bytes that come."""
        return BufferedReader(_Bytes(self._socket, self._patience))


class _Bytes(RawIOBase):
    def __init__(self, socket: Any, patience: Patience) -> None:
        self._socket = socket
        self._patience = patience
        self._bytes = socket.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes. Raises `TimeoutError` when they do not come in time."""
        self._socket.settimeout(self._patience.silence())
        try:
            return int(self._bytes.readinto(buffer))
        except TimeoutError:
            self._patience.silence()  # which one is over?
            raise

    def close(self) -> None:
        """Let go of the socket."""
        self._bytes.close()
        super().close()
