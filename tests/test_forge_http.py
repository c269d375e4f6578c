"""HTTP to a forge: nothing counts twice, no token leaks, every failure says what to do."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from changenote.errors import ForgeFailed
from changenote.forge import http
from changenote.forge.address import parsed
from changenote.forge.credential import Credential
from changenote.forge.http import Client
from tests.far_end import FarEnd, Hours, Reply, far_end, is_left_within, ok

TOKEN = "hunter2-is-not-known-by-its-shape"


def client(end: FarEnd, hours: Hours | None = None, *, path: str = "") -> Client:
    """A client with a token, whose waiting takes no time."""
    address = parsed(f"{end.url}{path}")
    assert address
    token = Credential(TOKEN, source="GH_TOKEN", header="Authorization", before="Bearer ")
    return Client(address, credential=token, clock=(hours or Hours()).clock)


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def failure(end: FarEnd, method: str = "GET", hours: Hours | None = None) -> ForgeFailed:
    """How a request fails."""
    with pytest.raises(ForgeFailed) as failed:
        _ = client(end, hours).send(method, "/x", None if method == "GET" else {"a": 1}).data
    return failed.value


def test_a_request_says_who_asks_and_has_the_token_in_its_header() -> None:
    with far_end(Reply(data={"login": "dana"})) as end:
        answer = client(end, path="/api/v3").send("POST", "/user", {"body": "ü"}, query={"a": 1})

    assert answer.data == {"login": "dana"}
    assert end.asked == ["POST /api/v3/user?a=1"]
    assert end.requests[0].data == {"body": "ü"}
    assert end.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert end.requests[0].headers["user-agent"].startswith("changenote/")
    assert end.requests[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT"])
def test_what_may_be_repeated_is_tried_again_with_longer_and_longer_waits(
    method: str, status: int
) -> None:
    hours = Hours()
    with far_end(Reply(status), Reply(status), Reply(data=1)) as end:
        answer = client(end, hours).send(method, "/x", {})

    assert answer.data == 1
    assert hours.waited == [1, 2]


@pytest.mark.parametrize("reply", [Reply(500), Reply(503), Reply(429), Reply(is_dropped=True)])
def test_what_could_count_twice_is_never_sent_twice(reply: Reply) -> None:
    hours = Hours()
    with far_end(reply) as end:
        failed = failure(end, "POST", hours)

    assert len(end.requests) == 1
    assert hours.waited == []
    assert "nothing was done" in failed.retry or "not safe by itself" in failed.retry


def test_a_post_is_tried_again_where_certainly_nothing_was_sent(unused_port: int) -> None:
    hours = Hours()

    failed = failure(FarEnd(port=unused_port), "POST", hours)

    assert hours.waited == [1, 2, 4]
    assert failed.what.startswith(f"127.0.0.1:{unused_port} cannot be reached: ")
    assert failed.retry == "safe"
    assert failed.exit_code == 4


def test_trying_again_has_an_end() -> None:
    hours = Hours()
    with far_end(Reply(502, data={"message": "Bad gateway"})) as end:
        failed = failure(end, hours=hours)

    assert len(end.requests) == 4
    assert hours.waited == [1, 2, 4]
    assert failed.what == f"127.0.0.1:{end.port} answered 502: Bad gateway"
    assert failed.retry == "safe, it may be over soon"


def test_a_rate_limit_is_waited_for_as_long_as_it_says() -> None:
    hours = Hours()
    limited = Reply(429, headers={"Retry-After": "7"})
    with far_end(limited, Reply(data=1)) as end:
        answer = client(end, hours).get("/x")

    assert answer.data == 1
    assert hours.waited == [7]


def test_a_rate_limit_with_a_date_is_waited_for() -> None:
    hours = Hours()
    limited = Reply(503, headers={"Retry-After": "Fri, 15 Jan 2027 08:00:30 GMT"})
    with far_end(limited, Reply(data=1)) as end:
        client(end, hours).get("/x")

    assert hours.waited == [30]


def test_a_rate_limit_that_ends_soon_by_githubs_own_header_is_waited_for() -> None:
    hours = Hours()
    reset = str(int(hours.seconds) + 12)
    limited = Reply(403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})
    with far_end(limited, Reply(data=1)) as end:
        client(end, hours).get("/x")

    assert hours.waited == [12]


def test_a_rate_limit_that_lasts_is_said_and_not_waited_for() -> None:
    hours = Hours()
    with far_end(Reply(429, headers={"Retry-After": "3000"})) as end:
        failed = failure(end, hours=hours)

    assert hours.waited == []
    assert failed.retry == "safe, in 3000 s: nothing was done"
    assert failed.expected == "room within its rate limit"


@pytest.mark.parametrize(
    ("status", "expected", "hint"),
    [
        (401, "a token that it knows", "Is the token in GH_TOKEN there, whole, and still valid?"),
        (403, "a token that may do this", "Give the token in GH_TOKEN the right to read"),
        (404, "a repository, pull request or commit that is there", "Forges say 404 for both."),
        (409, "no other change at the same time", "Run the same command again."),
        (422, "a request that it takes", "What it says above is the cause."),
    ],
)
def test_a_refusal_says_what_was_expected_and_what_to_do(
    status: int, expected: str, hint: str
) -> None:
    said = {"message": "No", "errors": [{"code": "invalid"}, "and more"]}
    with far_end(Reply(status, data=said)) as end:
        failed = failure(end, "PATCH")

    assert failed.what == f"127.0.0.1:{end.port} answered {status}: No invalid; and more"
    assert expected in failed.expected
    assert hint in failed.hint
    assert failed.retry == "safe, but useless until it is mended"
    assert failed.status == status
    assert len(end.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b"<html>Please log in</html>"),
        Reply(raw=b'{"half": '),
        Reply(raw=b"[" * 100_000),
        Reply(raw=b"\xff\xfe\x00"),
        Reply(raw=b""),
    ],
)
def test_an_answer_that_is_no_json_is_said(reply: Reply) -> None:
    with far_end(reply) as end:
        failed = failure(end)

    assert failed.what == f"127.0.0.1:{end.port} answered with something that is not whole JSON"


def test_an_answer_that_is_cut_off_is_asked_for_again_and_never_taken_for_whole() -> None:
    hours = Hours()
    with far_end(Reply(raw=b"[1, 2]  ", cut=6), Reply(data=[3])) as end:
        answer = client(end, hours).get("/x")

    assert answer.data == [3]
    assert hours.waited == [1]


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 1000)
    with far_end(Reply(raw=b" " * 1001)) as end:
        failed = failure(end)

    assert failed.what == f"127.0.0.1:{end.port} answers with more than 1,000 bytes"


def test_silence_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        failed = failure(FarEnd(port=silent.getsockname()[1]), "POST")

    assert "does not answer: nothing came for" in failed.what
    assert failed.retry == "not safe by itself: it may have been carried out"


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n270f\r\n",
    ],
)
def test_an_answer_that_trickles_in_is_not_waited_for_for_ever(
    start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_ANSWER", 0.1)
    left = []

    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        left.append(is_left_within(10, connection, b"1"))

    with far_end(Reply(instead=drip)) as end:
        failed = failure(end, "POST")

    assert failed.what == f"127.0.0.1:{end.port} does not answer: no whole answer within 0 s"
    assert failed.retry == "not safe by itself: it may have been carried out"
    assert left == [True]


def test_waits_that_the_far_end_asks_for_have_an_end_in_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "LONGEST_REQUEST", 130.0)
    hours = Hours()
    with far_end(Reply(429, headers={"Retry-After": "50"})) as end:
        failed = failure(end, hours=hours)

    assert hours.waited == [50]
    assert failed.retry == "safe, in 50 s: nothing was done"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0" * 70_000,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n[1]",
        b"HTTP/1.1 429 X\r\nRetry-After: Fri, 99 Foo 2027\r\n\r\n",
        b"HTTP/1.1 429 X\r\nRetry-After: 9999999999 Oct 6 8:0\r\n\r\n",
        b"HTTP/1.1 429 X\r\nRetry-After: " + b"9" * 400 + b"\r\n\r\n",
        b"HTTP/1.1 301 X\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ],
)
def test_whatever_the_far_end_says_it_is_an_error_of_the_house(said: bytes) -> None:
    with speaking(said) as port:
        failed = failure(FarEnd(port=port))

    assert failed.what.startswith("127.0.0.1:") or "from" in failed.expected
    assert failed.expected
    assert failed.retry
    assert TOKEN not in str(vars(failed))


@contextmanager
def speaking(said: bytes) -> Iterator[int]:
    """A server that says these bytes to whoever comes."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            """Listen to one request, say it, hang up."""
            self.request.recv(65_536)
            self.request.sendall(said)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_request_goes_through_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = parsed("https://api.github.invalid")
    assert address
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with far_end(Reply(407)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://dana:w%20rd@127.0.0.1:{proxy.port}")
        with pytest.raises(ForgeFailed) as failed:
            Client(address, clock=Hours().clock).get("/user")
        monkeypatch.setenv("https_proxy", "nonsense with spaces")
        with pytest.raises(ForgeFailed, match="HTTPS_PROXY names no proxy"):
            Client(address).get("/user")

    assert failed.value.what.startswith("api.github.invalid cannot be reached: ")
    assert proxy.asked[0] == "CONNECT api.github.invalid:443"
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic ZGFuYTp3IHJk"
    assert "w rd" not in str(vars(failed.value))


def test_a_proxy_that_is_none_is_an_error_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    address = parsed("https://api.github.invalid")
    assert address
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with speaking(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        with pytest.raises(ForgeFailed) as failed:
            Client(address, clock=Hours().clock).get("/user")

    assert failed.value.what == "api.github.invalid cannot be reached: SSH-2.0-OpenSSH_9.2"
    assert failed.value.retry == "safe"


def test_a_redirect_on_the_same_server_is_followed() -> None:
    moved = Reply(301, headers={"Location": "/repositories/7?a=b"})
    with far_end(moved, Reply(data=1)) as end:
        answer = client(end).get("/x")

    assert answer.data == 1
    assert end.asked == ["GET /x", "GET /repositories/7?a=b"]


def test_a_change_is_sent_on_only_where_the_redirect_keeps_it_a_change() -> None:
    with far_end(Reply(307, headers={"Location": "/y"}), Reply(data=1)) as end:
        client(end).send("PATCH", "/x", {"a": 1})
    with far_end(Reply(302, headers={"Location": "/y"}), Reply(data=1)) as other:
        failed = failure(other, "PATCH")

    assert end.requests[1].method == "PATCH"
    assert end.requests[1].data == {"a": 1}
    assert other.asked == ["PATCH /x"]
    assert "has moved what was to be changed (302)" in failed.what


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_a_token_to_another_server(status: int) -> None:
    with far_end(Reply(data="got it")) as elsewhere:
        places = [
            f"{elsewhere.url}/steal",
            f"//127.0.0.1:{elsewhere.port}/steal",
            f"http://localhost:{elsewhere.port}/steal",
        ]
        for place in places:
            with far_end(Reply(status, headers={"Location": place})) as end:
                failed = failure(end)
            assert "another server" in failed.what
            assert TOKEN not in str(vars(failed))

    assert elsewhere.requests == []


@pytest.mark.parametrize("place", ["https://127.0.0.1:{port}/x", "ftp://127.0.0.1/", "http://[/"])
def test_no_redirect_changes_the_scheme(place: str) -> None:
    with far_end(Reply(301)) as end:
        end.replies = [Reply(301, headers={"Location": place.format(port=end.port)})]
        failed = failure(end)

    assert "another server" in failed.what
    assert len(end.requests) == 1


def test_where_a_redirect_leads_is_asked_without_going_there() -> None:
    place = "https://store.example/signed?sig=a%2Bb"
    with far_end(Reply(503), Reply(302, headers={"Location": place})) as end:
        found = client(end, Hours()).leads_to("/x")

    assert found == place
    assert end.asked == ["GET /x", "GET /x"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [(Reply(data=1), "does not say where that is"), (Reply(404, data={}), "answered 404")],
)
def test_an_answer_that_leads_nowhere_is_said(reply: Reply, said: str) -> None:
    with far_end(reply) as end, pytest.raises(ForgeFailed, match=said):
        client(end).leads_to("/x")


def test_redirects_in_a_circle_end() -> None:
    with far_end(Reply(302, headers={"Location": "/x"})) as end:
        failed = failure(end)

    assert failed.what == f"127.0.0.1:{end.port} redirects more than 5 times"


def test_all_pages_are_read_by_their_links() -> None:
    with far_end(Reply()) as end:
        link = f'<{end.url}/x?page=1>; rel="prev", <{end.url}/x?page=%s>; rel="next"'
        end.replies = [
            ok(1, 2, headers=[("Link", link % 2)]),
            ok(3, headers=[("X-Next-Page", "3")]),
            ok(4, headers=[("X-Next-Page", "")]),
        ]
        items = list(client(end).pages("/x", {"per_page": 2}))

    assert items == [1, 2, 3, 4]
    assert end.asked == ["GET /x?per_page=2", "GET /x?page=2", "GET /x?per_page=2&page=3"]


def test_a_next_page_on_another_server_is_not_asked_for() -> None:
    with far_end(ok(2)) as elsewhere, far_end(Reply()) as end:
        end.replies = [ok(1, headers=[("Link", f'<{elsewhere.url}/x>; rel="next"')])]
        with pytest.raises(ForgeFailed, match="answers with a page to another server"):
            list(client(end).pages("/x", {}))

    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (ok(1, headers=[("X-Next-Page", "1")]), "has no last page after 2 pages"),
        (Reply(data={"message": "all is well"}), "something that is no list"),
    ],
)
def test_pages_without_end_and_pages_that_are_none_are_said(reply: Reply, said: str) -> None:
    with far_end(reply) as end, pytest.raises(ForgeFailed, match=said):
        list(client(end).pages("/x", {}))


@pytest.mark.parametrize("status", [401, 403, 422, 500])
def test_a_token_shows_nowhere_even_if_the_far_end_repeats_it(status: int) -> None:
    with far_end(Reply(status, data={"message": f"bad token {TOKEN}, ghp_{'a1B2' * 9}"})) as end:
        failed = failure(end, "POST")
        shown = f"{client(end)!r} {client(end).credential!r} {vars(failed)!r} {failed}"

    assert TOKEN not in shown
    assert "a1B2a1B2" not in shown
    assert "[redacted: token]" in failed.what


@pytest.mark.parametrize("token", ["", " ", "two words", "a\r\nHost: evil", "ü", "a\0b"])
def test_a_token_that_no_header_can_hold_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ForgeFailed) as failed:
        Credential(token, source="GH_TOKEN", header="Authorization")

    assert failed.value.what == (
        "the token in GH_TOKEN cannot be used: it is empty or has characters of no token"
    )


def test_plain_http_is_for_this_machine_or_what_was_configured() -> None:
    address = parsed("http://git.example/api/v1")
    assert address

    with pytest.raises(ForgeFailed, match="over plain http, where everybody can listen"):
        Client(address)

    assert Client(address, is_plain_fine=True).address == address


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("https://api.github.com", "api.github.com"),
        ("https://GIT.example:8443/api/v4/", "git.example:8443"),
        ("http://[::1]:80/", "[::1]"),
        ("https://user:word@git.example/", None),
        ("https://git.example/api?x=1", None),
        ("ftp://git.example", None),
        ("git.example", None),
        ("https://git.example/a\r\nb", None),
        ("https://git.example:99999/", None),
    ],
)
def test_an_address_is_one_without_a_query_or_a_password(base: str, name: str | None) -> None:
    address = parsed(base)

    assert (address.name if address else None) == name
