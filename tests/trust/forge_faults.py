"""What goes wrong on the way to a forge and back, before and after it did what it was asked."""

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.far_end import Reply, Request, is_left_within
from tests.forges import Remembered


@dataclass
class Unwell:
    """A forge of which one request goes wrong, the `at`-th, and all after it if that `lasts`.

    `elsewhere` is the address of another server, `patience` the seconds after which nobody should
    still be waiting, and `left` whether those who were kept waiting were gone by then.
    """

    forge: Remembered
    fault: "Fault | None" = None
    at: int = 1
    lasts: bool = False
    elsewhere: str = ""
    patience: float = 5.0
    count: int = 0
    left: list[bool] = field(default_factory=list)

    def reply(self, request: Request) -> Reply:
        """What it says to a request, if anything."""
        self.count += 1
        is_struck = self.count == self.at or (self.lasts and self.count > self.at)
        if self.fault is None or not is_struck:
            return self.forge.reply(request)
        return self.fault(self, request)

    def silent(self, start: bytes = b"", drip: bytes = b"") -> Reply:
        """Nothing, or a drip now and then."""

        def wait(connection: socket.socket) -> None:
            connection.sendall(start)
            self.left.append(is_left_within(self.patience, connection, drip))

        return Reply(instead=wait)


Fault = Callable[[Unwell, Request], Reply]


def _refused(status: int, headers: dict[str, str] | None = None) -> Fault:
    def reply(_unwell: Unwell, _request: Request) -> Reply:
        return Reply(status, data={"message": "No"}, headers=headers or {})

    return reply


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _done_then(reply: Callable[[Unwell, Reply], Reply]) -> Fault:
    """It does what it is asked, and says something else of it."""
    return lambda unwell, request: reply(unwell, unwell.forge.reply(request))


def _with_link(unwell: Unwell, reply: Reply) -> Reply:
    link = f'<{unwell.elsewhere}/api?page=2>; rel="next"'
    return Reply(reply.status, data=reply.data, headers={"Link": link})


def _with_same_page(unwell: Unwell, request: Request) -> Reply:
    reply = unwell.forge.reply(request)
    link = f'<http://127.0.0.1:{unwell.forge.port}{request.path}>; rel="next"'
    return Reply(reply.status, data=reply.data, headers={"Link": link})


def _moved(status: int) -> Fault:
    def reply(unwell: Unwell, request: Request) -> Reply:
        return Reply(status, headers={"Location": f"{unwell.elsewhere}{request.path}"})

    return reply


_LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
_HTML = Reply(raw=b"<html>Please log in</html>", headers={"Content-Type": "text/html"})

SLOW: dict[str, Fault] = {
    "time-out before": lambda unwell, _: unwell.silent(),
    "time-out after": _done_then(lambda unwell, _: unwell.silent()),
    "slow drip": _done_then(lambda unwell, _: unwell.silent(_LONG, b" ")),
    "slow drip of headers": lambda unwell, _: unwell.silent(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "429 for an hour": _refused(429, {"Retry-After": "3600"}),
    "429 for ever": _refused(429, {"Retry-After": "9" * 30}),
}
"""Those that could keep somebody waiting."""

LEADING_AWAY: dict[str, Fault] = {
    "redirect 302": _moved(302),
    "redirect 307": _moved(307),
    "link of a page to another host": _done_then(_with_link),
}
"""Those that lead to another host."""

FAULTS: dict[str, Fault] = {
    **SLOW,
    **LEADING_AWAY,
    "reset before": lambda _unwell, _request: Reply(instead=_reset),
    "reset after": _done_then(lambda _unwell, _reply: Reply(instead=_reset)),
    **{str(status): _refused(status) for status in (401, 403, 404, 409, 422, 429)},
    "429 for a minute": _refused(429, {"Retry-After": "60"}),
    **{str(status): _refused(status) for status in (500, 501, 502, 503, 504)},
    "502 after": _done_then(lambda _unwell, _reply: Reply(502, raw=b"")),
    "HTML": lambda _unwell, _request: _HTML,
    "HTML after": _done_then(lambda _unwell, _reply: _HTML),
    "truncated JSON": _done_then(lambda _, reply: Reply(reply.status, raw=reply.body[:-1])),
    "cut off": _done_then(lambda _, reply: Reply(reply.status, raw=reply.body, cut=5)),
    "link of a page to itself": _with_same_page,
}
"""All of them: those of the forge, of what stands between, and of the way."""
