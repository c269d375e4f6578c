"""The far end of the network: a real server on this machine that says what it is told to say."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_DRIP = 0.01  # seconds between two drips


@dataclass(frozen=True)
class Request:
    """One request as it came; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is said once. `is_dropped`: nothing is, the connection is closed; `cut`: only so much.

    `instead` of it all, something is done with the connection.
    """

    status: int = 200
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    is_dropped: bool = False
    cut: int | None = None
    instead: Callable[[socket.socket], None] | None = None

    @property
    def body(self) -> bytes:
        """The bytes of the answer."""
        return json.dumps(self.data).encode() if self.raw is None else self.raw


@dataclass
class FarEnd:
    """A server that gives its replies one after the other, the last one again and again."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[str]:
        """Method and path of every request."""
        return [f"{request.method} {request.path}" for request in self.requests]

    def next_reply(self, request: Request) -> Reply:
        """What to say to a request, which is kept."""
        self.requests.append(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def far_end(*replies: Reply) -> Iterator[FarEnd]:
    """A server that is there until the end of the block."""
    end = FarEnd(replies=list(replies))
    with serving(end.next_reply) as port:
        end.port = port
        yield end


@contextmanager
def serving(reply_to: Any) -> Iterator[int]:
    """A server whose replies a function gives, and its port."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            size = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(size))
            _say(self, reply_to(request))

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_CONNECT = _do  # noqa: N815 - names that Python calls

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # its end waits for what is still being said
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _say(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.close_connection = True
    if reply.instead:
        reply.instead(handler.connection)
    if reply.instead or reply.is_dropped:
        return
    body = reply.body
    handler.send_response(reply.status)
    for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
        handler.send_header(name, value)
    with suppress(ConnectionError):  # nobody waits for it any more
        handler.end_headers()
        handler.wfile.write(body[: reply.cut])


def is_left_within(seconds: float, connection: socket.socket, drip: bytes = b"") -> bool:
    """Does the other side hang up in time, though nothing comes, or a drip now and then?"""
    until = time.monotonic() + seconds
    connection.settimeout(_DRIP)
    while time.monotonic() < until:
        try:
            connection.sendall(drip)
            if not connection.recv(1):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@dataclass
class Hours:
    """A clock that only waiting moves."""

    seconds: float = 1_800_000_000.0
    waited: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Any:
        """As the client wants it."""
        return (lambda: self.seconds, self._wait)

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.seconds += seconds


def ok(*items: Any, headers: Sequence[tuple[str, str]] = ()) -> Reply:
    """A page of a list."""
    return Reply(data=list(items), headers=dict(headers))
