"""HTTP to forges and to others that are told of a note: one small client, on the standard library.

What could count twice is not sent twice, no redirect leads to another host, every wait and every
answer has a bound, and a token is in no error, no `repr` and no answer.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from changenote import __version__
from changenote.errors import ForgeFailed
from changenote.model.redaction import redact
from changenote.patterns import pattern
from changenote.records import record

SECONDS = 20.0
"""How long one connection, or one silence of the far end, may last."""
LONGEST_ANSWER = 60.0
"""Seconds for a whole answer, however it trickles in."""
LONGEST_WAIT = 60.0
"""Seconds that are waited because the far end asks for it; a longer wait is for people."""
MOST_BYTES = 16_000_000
MOST_PAGES = 200
ATTEMPTS = 4

_REPEATABLE = ("GET", "PUT", "PATCH", "DELETE")
_TEMPORARY = (429, 500, 502, 503, 504)
_SAME_METHOD = (307, 308)
_REDIRECTS = (301, 302, 303, *_SAME_METHOD)
_MOST_REDIRECTS = 5
_LOOPBACK = pattern(r"localhost|127(?:\.\d+){3}|\[::1\]")
_BASE = pattern(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::(?P<port>\d{1,5}))?"
    r"(?P<path>(?:/[\w.~%+-]+)*)/?"
)
_TOKEN = pattern(r"[!-~]+")
_NEXT = pattern(r"<([^<>]+)>\s*;[^,<]*\brel=\"?next\"?")
_LONGEST_SAYING = 300

Clock = tuple[Callable[[], float], Callable[[float], None]]
"""The seconds since 1970, and a way to wait."""


@record
class Address:
    """Where a server is; `path` is empty or starts with a slash, and never ends with one."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What has to be the same for a token to go there."""
        return self.scheme, self.host, self.port

    @property
    def name(self) -> str:
        """The host, with the port where it is not the usual one."""
        usual = 443 if self.scheme == "https" else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Is it this machine?"""
        return bool(_LOOPBACK.fullmatch(self.host))


def parsed(base: str) -> Address | None:
    """The address in a text, without a query; None when it is none, or has a name or password."""
    match = _BASE.fullmatch(base.strip())
    if not match:
        return None
    port = int(match["port"] or (443 if match["scheme"] == "https" else 80))
    if not 0 < port < 65536:
        return None
    host, path = match["host"].lower(), match["path"].rstrip("/")
    return Address(scheme=match["scheme"], host=host, port=port, path=path)


class Credential:
    """A token and the header that it goes into; `source` is where it came from.

    Raises `ForgeFailed` for a token that no header can hold.
    """

    def __init__(self, token: str, *, source: str, header: str, before: str = "") -> None:
        token = token.strip()
        if not _TOKEN.fullmatch(token):
            raise ForgeFailed(
                f"the token in {source} cannot be used: it is empty or has characters of no token",
                expected="a token as the forge gave it, on one line",
                hint=f"Set {source} again.",
            )
        self._token = token
        self._before = before
        self.source = source
        self.header = header

    @property
    def value(self) -> str:
        """What the header has to say, for the moment of sending alone."""
        return f"{self._before}{self._token}"

    def without(self, text: str) -> str:
        """A text that may quote the token, without it and without other secrets."""
        return redact(text.replace(self._token, "[redacted: token]"))

    def __repr__(self) -> str:
        """Where it came from, and no more."""
        return f"Credential(source={self.source!r})"


@record
class Answer:
    """What the far end answered; header names are in lower case, `sender` is who it was."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    sender: str

    @property
    def data(self) -> Any:
        """The JSON in it. Raises `ForgeFailed` when it is none."""
        import json

        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ForgeFailed(
                f"{self.sender} answered with something that is not whole JSON",
                expected="JSON, as its API documents it",
                retry="safe for what only reads; something else may have been carried out",
                hint="A proxy or a login page may stand in between. Is the API's address right?",
                status=self.status,
            ) from error


@record
class _Broken:
    """No answer came: why, and whether the far end may have got the request."""

    why: str
    was_sent: bool


class Client:
    """Asks one server. `address` is the start of every path.

    `is_plain_fine` says that plain http was configured for a host that is not this machine.
    """

    def __init__(
        self,
        address: Address,
        *,
        credential: Credential | None = None,
        headers: Mapping[str, str] | None = None,
        is_plain_fine: bool = False,
        clock: Clock = (time.time, time.sleep),
    ) -> None:
        if address.scheme != "https" and not address.is_loopback and not is_plain_fine:
            raise ForgeFailed(
                f"{address.name} would be asked over plain http, where everybody can listen",
                expected="an address that starts with https://",
                hint="Is there an https:// address of it?",
            )
        self.address = address
        self.credential = credential
        self._headers = {"Accept": "application/json", **(headers or {})}
        self._is_plain_fine = is_plain_fine
        self._clock = clock
        self._now, self._sleep = clock

    def __repr__(self) -> str:
        """The address, and where the token came from."""
        return f"Client({self.address.name!r}, credential={self.credential!r})"

    def at(self, path: str) -> "Client":
        """The same server, with another start of every path."""
        return Client(
            replace(self.address, path=path),
            credential=self.credential,
            headers=self._headers,
            is_plain_fine=self._is_plain_fine,
            clock=self._clock,
        )

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Answer:
        """What is there. Raises `ForgeFailed`, also for every status that is not 2xx."""
        return self.send("GET", path, query=query)

    def send(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        query: Mapping[str, str | int] | None = None,
        is_repeatable: bool | None = None,
    ) -> Answer:
        """The answer to a request with JSON in it. Raises `ForgeFailed` as `get` does.

        A request that may count twice (POST, unless `is_repeatable`) is sent again only when
        certainly nothing was sent.
        """
        return self._sent(method, self._target(path, query), data, is_repeatable)

    def pages(self, path: str, query: Mapping[str, str | int]) -> Iterator[Any]:
        """The items of a list on all of its pages, asked for as they are needed.

        Raises `ForgeFailed` when a page is no list, or there are more than `MOST_PAGES`.
        """
        target = self._target(path, query)
        seen = {target}
        while True:
            answer = self._sent("GET", target, None, None)
            items = answer.data
            if not isinstance(items, list):
                raise self._failed("answered with something that is no list", answer.status)
            yield from items
            following = self._next_page(answer, path, query)
            if following is None:
                return
            if following in seen or len(seen) >= MOST_PAGES:
                raise self._failed(f"has no last page after {len(seen)} pages", answer.status)
            seen.add(following)
            target = following

    def _next_page(self, answer: Answer, path: str, query: Mapping[str, str | int]) -> str | None:
        link = _NEXT.search(answer.headers.get("link", ""))
        if link:
            return self._followed(link[1], self._target(path, query), "page")
        number = answer.headers.get("x-next-page", "").strip()
        return self._target(path, {**query, "page": number}) if number.isdecimal() else None

    def _target(self, path: str, query: Mapping[str, str | int] | None) -> str:
        from urllib.parse import urlencode

        return f"{self.address.path}{path}" + (f"?{urlencode(query)}" if query else "")

    def _sent(self, method: str, target: str, data: Any, is_repeatable: bool | None) -> Answer:
        may_repeat = method in _REPEATABLE if is_repeatable is None else is_repeatable
        for attempt in range(1, ATTEMPTS + 1):
            outcome = self._redirected(method, target, data)
            pause = self._pause(outcome, attempt, may_repeat)
            if pause is None or attempt == ATTEMPTS:
                break
            self._sleep(pause)
        if isinstance(outcome, _Broken):
            raise self._no_answer(outcome, may_repeat)
        if not 200 <= outcome.status < 300:
            raise self._refused(outcome, method, may_repeat)
        return outcome

    def _pause(self, outcome: Answer | _Broken, attempt: int, may_repeat: bool) -> float | None:
        """Seconds to wait before the same request is sent again; None when it is not."""
        backoff = float(2 ** (attempt - 1))
        if isinstance(outcome, _Broken):
            return backoff if may_repeat or not outcome.was_sent else None
        is_temporary = outcome.status in _TEMPORARY or _is_limited(outcome)
        if not may_repeat or not is_temporary:
            return None
        asked = _wait_asked(outcome, self._now())
        if asked is None:
            return backoff
        return max(asked, 0.0) if asked <= LONGEST_WAIT else None

    def _redirected(self, method: str, target: str, data: Any) -> Answer | _Broken:
        """The answer, after redirects on the same server."""
        status = 0
        for _ in range(_MOST_REDIRECTS):
            outcome = self._once(method, target, data)
            if isinstance(outcome, _Broken) or outcome.status not in _REDIRECTS:
                return outcome
            status = outcome.status
            if method != "GET" and status not in _SAME_METHOD:
                raise self._failed(f"has moved what was to be changed ({status})", status)
            target = self._followed(outcome.headers.get("location", ""), target, "redirect")
        raise self._failed(f"redirects more than {_MOST_REDIRECTS} times", status)

    def _followed(self, location: str, target: str, what: str) -> str:
        """The path and query that an address leads to. Raises when it is on another server."""
        from urllib.parse import urljoin, urlsplit

        here = self.address
        try:
            parts = urlsplit(urljoin(f"{here.scheme}://{here.host}:{here.port}{target}", location))
            usual = 443 if parts.scheme == "https" else 80
            there = (parts.scheme, _bracketed(parts.hostname or ""), parts.port or usual)
        except ValueError:
            there = ("", "", 0)
            parts = urlsplit("")
        if there != here.origin or not location.isascii() or not location.isprintable():
            raise ForgeFailed(
                f"{here.name} answers with a {what} to another server, {self._clean(there[1])}:"
                f"{there[2]}",
                expected=f"an answer from {here.scheme}://{here.name} itself: a token goes nowhere"
                " else",
                hint="If it has moved, set `api:` in config.yaml to the API's new address.",
            )
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _once(self, method: str, target: str, data: Any) -> Answer | _Broken:
        import http.client
        import json

        body = None if data is None else json.dumps(data).encode()
        connection = self._connection()
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:  # the latter for a host that cannot be one
            connection.close()
            return _Broken(why=_reason(error), was_sent=False)
        try:
            connection.request(method, target, body=body, headers=self._sent_headers(body))
            return self._read(connection.getresponse())
        except (OSError, http.client.HTTPException) as error:
            return _Broken(why=_reason(error), was_sent=True)
        finally:
            connection.close()

    def _connection(self) -> Any:
        """A connection that is not open yet, through the proxy that the environment names."""
        import http.client
        from urllib.request import getproxies, proxy_bypass

        here = self.address
        host = here.host.strip("[]")
        if here.scheme == "http":
            return http.client.HTTPConnection(host, here.port, timeout=SECONDS)
        named = "" if proxy_bypass(here.host) else getproxies().get("https", "")
        if not named:
            return http.client.HTTPSConnection(host, here.port, timeout=SECONDS)
        proxy, headers = _proxy(named)
        through = http.client.HTTPSConnection(proxy.host, proxy.port, timeout=SECONDS)
        through.set_tunnel(host, here.port, headers)
        return through

    def _sent_headers(self, body: bytes | None) -> dict[str, str]:
        headers = {**self._headers, "User-Agent": f"changenote/{__version__}"}
        headers["Connection"] = "close"
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if self.credential:
            headers[self.credential.header] = self.credential.value
        return headers

    def _read(self, response: Any) -> Answer:
        """The whole answer. Raises `OSError` when it is cut off or late, `ForgeFailed` too long."""
        until = time.monotonic() + LONGEST_ANSWER
        expected = response.length
        body = bytearray()
        while part := response.read(65_536):
            body += part
            if len(body) > MOST_BYTES:
                raise self._failed(f"answers with more than {MOST_BYTES:,} bytes", response.status)
            if time.monotonic() > until:
                raise TimeoutError(f"no whole answer within {LONGEST_ANSWER:.0f} s")
        if expected is not None and len(body) < expected:
            raise ConnectionError("the answer was cut off")
        headers = {name.lower(): value for name, value in response.getheaders()}
        sender = self.address.name
        return Answer(status=response.status, headers=headers, body=bytes(body), sender=sender)

    def _clean(self, text: str) -> str:
        """What the far end says, on one line, bounded, with no secret in it."""
        line = " ".join(text.split())
        line = self.credential.without(line) if self.credential else redact(line)
        return line if len(line) <= _LONGEST_SAYING else f"{line[:_LONGEST_SAYING]}…"

    def _failed(self, what: str, status: int | None = None) -> ForgeFailed:
        return ForgeFailed(
            f"{self.address.name} {what}",
            expected="an answer as its API documents it",
            retry="not before the cause is found",
            hint="Is the API's address right? `api:` in config.yaml sets it.",
            status=status,
        )

    def _no_answer(self, broken: _Broken, may_repeat: bool) -> ForgeFailed:
        is_safe = may_repeat or not broken.was_sent
        what = "does not answer" if broken.was_sent else "cannot be reached"
        return ForgeFailed(
            f"{self.address.name} {what}: {self._clean(broken.why)}",
            expected=f"an answer within {SECONDS:.0f} s",
            retry="safe" if is_safe else "not safe by itself: it may have been carried out",
            hint="Look at the network, at HTTPS_PROXY, and at the forge's status page."
            if is_safe
            else "Look at the forge first.",
        )

    def _refused(self, answer: Answer, method: str, may_repeat: bool) -> ForgeFailed:
        says = f": {said}" if (said := self._clean(_message(answer))) else ""
        expected, retry, hint = self._advice(answer, method, may_repeat)
        return ForgeFailed(
            f"{self.address.name} answered {answer.status}{says}",
            expected=expected,
            retry=retry,
            hint=hint,
            status=answer.status,
        )

    def _advice(self, answer: Answer, method: str, may_repeat: bool) -> tuple[str, str, str]:
        """What was expected, whether a retry is safe, and what to do."""
        status, token = answer.status, self._token_in_words()
        if _is_limited(answer) or status == 429:
            pause = _wait_asked(answer, self._now())
            when = f"in {max(pause, 1):.0f} s" if pause is not None else "later"
            hint = "Another token, or fewer requests at a time, would help."
            return "room within its rate limit", f"safe, {when}: nothing was done", hint
        if status in _ADVICE:
            expected, hint = _ADVICE[status]
            return expected, "safe, but useless until it is mended", hint.format(token=token)
        if status >= 500:
            safe = "safe, it may be over soon"
            unsafe = "not safe by itself: it may have been carried out"
            retry = safe if may_repeat else unsafe
            return "a server that is well", retry, "Look at the forge's status page."
        return f"an answer to {method} that says it worked", "not before the cause is found", ""

    def _token_in_words(self) -> str:
        return f"the token in {self.credential.source}" if self.credential else "no token was sent;"


_ADVICE = {
    400: ("a request that it takes", "This may be a bug of ours, or a forge too old."),
    401: ("a token that it knows", "Is {token} there, whole, and still valid?"),
    403: (
        "a token that may do this",
        "Give {token} the right to read pull requests and to write comments and statuses.",
    ),
    404: (
        "a repository, pull request or commit that is there and that the token may see",
        "Is the number right, and may {token} see the repository? Forges say 404 for both.",
    ),
    409: ("no other change at the same time", "Run the same command again."),
    410: ("something that is still there", "It was deleted, or is switched off there."),
    422: ("a request that it takes", "What it says above is the cause."),
}


def _proxy(named: str) -> tuple[Address, dict[str, str]]:
    """Where a proxy is, and what it wants to be told. Raises `ForgeFailed` for no address."""
    from base64 import b64encode
    from urllib.parse import unquote

    scheme, _, rest = named.rpartition("://")
    person, _, place = rest.rpartition("@")
    address = parsed(f"{scheme or 'http'}://{place}")
    if address is None:
        raise ForgeFailed(
            "HTTPS_PROXY names no proxy that can be used",
            expected="something like http://proxy.example:3128",
            retry="safe, nothing was sent",
            hint="Set HTTPS_PROXY again, or name the host in NO_PROXY.",
        )
    if not person:
        return address, {}
    word = b64encode(unquote(person).encode()).decode()
    return address, {"Proxy-Authorization": f"Basic {word}"}


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _reason(error: Exception) -> str:
    """Why a connection failed, in few words."""
    if isinstance(error, TimeoutError):
        return str(error) if "whole answer" in str(error) else f"nothing came for {SECONDS:.0f} s"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _is_limited(answer: Answer) -> bool:
    """Is it a rate limit? GitHub says 403 for it as well as 429."""
    has_none_left = answer.headers.get("x-ratelimit-remaining") == "0"
    return answer.status in (403, 429) and (has_none_left or "retry-after" in answer.headers)


def _wait_asked(answer: Answer, now: float) -> float | None:
    """Seconds that the far end asks to wait; None when it does not say, or not in numbers."""
    after = answer.headers.get("retry-after", "").strip()
    if after.isdecimal():
        return float(after)
    if after:
        return _until(after, now)
    has_none_left = answer.headers.get("x-ratelimit-remaining") == "0"
    for name in ("x-ratelimit-reset", "ratelimit-reset"):
        reset = answer.headers.get(name, "").strip()
        if reset.isdecimal() and (has_none_left or answer.status == 429):
            return float(reset) - now
    return None


def _until(date: str, now: float) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp() - now
    except ValueError:
        return None


def _message(answer: Answer) -> str:
    """What the forge says in its error, in its own words."""
    import json

    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(data, Mapping):
        return ""
    found = (data.get(key) for key in ("message", "error", "error_description"))
    said = next((str(value) for value in found if value), "")
    return f"{said} {_details(data.get('errors'))}".strip()


def _details(errors: object) -> str:
    every = errors if isinstance(errors, list) else []
    named = (e.get("message") or e.get("code") if isinstance(e, Mapping) else e for e in every)
    return "; ".join(str(name) for name in named if name)
