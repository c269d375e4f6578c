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
from changenote.forge.address import Address, parsed, usual_port
from changenote.forge.answers import Answer, Broken
from changenote.forge.credential import Credential
from changenote.forge.failures import OF_A_FORGE, Failures, Words
from changenote.forge.patience import Patience
from changenote.patterns import pattern

SECONDS = 20.0
"""How long one connection, or one silence of the far end, may last."""
LONGEST_ANSWER = 60.0
"""Seconds for a whole answer, redirects and all, however it trickles in."""
LONGEST_REQUEST = 300.0
"""Seconds for a request in all: no attempt begins that could end later."""
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
_NEXT = pattern(r"<([^<>]+)>\s*;[^,<]*\brel=\"?next\"?")

Clock = tuple[Callable[[], float], Callable[[float], None]]
"""The seconds since 1970, and a way to wait."""


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
        words: Words = OF_A_FORGE,
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
        self._failures = Failures(name=address.name, credential=credential, words=words)
        self._headers = {"Accept": "application/json", **(headers or {})}
        self._is_plain_fine = is_plain_fine
        self._words = words
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
            words=self._words,
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

    def leads_to(self, path: str) -> str:
        """The address to which the far end sends its reader on; nobody goes there.

        Raises `ForgeFailed` for every answer that is no redirect.
        """
        target = self._target(path, None)
        answer = self._tried(lambda: self._once("GET", target, None, _patience()), may_repeat=True)
        if answer.status in _REDIRECTS:
            return answer.headers.get("location", "")
        if 200 <= answer.status < 300:
            raise self._failures.unlike("does not say where that is", answer.status)
        raise self._failures.refused(answer, "GET", may_repeat=True, now=self._now())

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
                raise self._failures.unlike(
                    "answered with something that is no list", answer.status
                )
            yield from items
            following = self._next_page(answer, path, query)
            if following is None:
                return
            if following in seen or len(seen) >= MOST_PAGES:
                raise self._failures.unlike(
                    f"has no last page after {len(seen)} pages", answer.status
                )
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
        outcome = self._tried(lambda: self._redirected(method, target, data), may_repeat)
        if not 200 <= outcome.status < 300:
            now = self._now()
            raise self._failures.refused(outcome, method, may_repeat=may_repeat, now=now)
        return replace(outcome, is_repeatable=may_repeat)

    def _tried(self, ask: Callable[[], Answer | Broken], may_repeat: bool) -> Answer:
        """Any answer, of one of the attempts. Raises `ForgeFailed` when there was none."""
        last = self._now() + LONGEST_REQUEST - LONGEST_ANSWER
        for attempt in range(1, ATTEMPTS + 1):
            outcome = ask()
            pause = self._pause(outcome, attempt, may_repeat)
            if pause is None or attempt == ATTEMPTS or self._now() + pause > last:
                break
            self._sleep(pause)
        if isinstance(outcome, Broken):
            raise self._failures.no_answer(outcome, may_repeat=may_repeat, within=SECONDS)
        return outcome

    def _pause(self, outcome: Answer | Broken, attempt: int, may_repeat: bool) -> float | None:
        """Seconds to wait before the same request is sent again; None when it is not."""
        backoff = float(2 ** (attempt - 1))
        if isinstance(outcome, Broken):
            return backoff if may_repeat or not outcome.was_sent else None
        is_temporary = outcome.status in _TEMPORARY or outcome.is_limited
        if not may_repeat or not is_temporary:
            return None
        asked = outcome.wait_asked(self._now())
        if asked is None:
            return backoff
        return max(asked, 0.0) if asked <= LONGEST_WAIT else None

    def _redirected(self, method: str, target: str, data: Any) -> Answer | Broken:
        """The answer, after redirects on the same server."""
        status, patience = 0, _patience()
        for _ in range(_MOST_REDIRECTS):
            outcome = self._once(method, target, data, patience)
            if isinstance(outcome, Broken) or outcome.status not in _REDIRECTS:
                return outcome
            status = outcome.status
            if method != "GET" and status not in _SAME_METHOD:
                raise self._failures.unlike(f"has moved what was to be changed ({status})", status)
            target = self._followed(outcome.headers.get("location", ""), target, "redirect")
        raise self._failures.unlike(f"redirects more than {_MOST_REDIRECTS} times", status)

    def _followed(self, location: str, target: str, what: str) -> str:
        """The path and query that an address leads to. Raises when it is on another server."""
        from urllib.parse import urljoin, urlsplit

        here = self.address
        try:
            parts = urlsplit(urljoin(f"{here.scheme}://{here.host}:{here.port}{target}", location))
            port = parts.port or usual_port(parts.scheme)
            there = (parts.scheme, _bracketed(parts.hostname or ""), port)
        except ValueError:
            there = ("", "", 0)
            parts = urlsplit("")
        if there != here.origin or not location.isascii() or not location.isprintable():
            raise self._failures.elsewhere(what, there, scheme=here.scheme)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _once(self, method: str, target: str, data: Any, patience: Patience) -> Answer | Broken:
        import http.client
        import json

        body = None if data is None else json.dumps(data).encode()
        connection = self._connection()
        response = http.client.HTTPResponse
        connection.response_class = lambda sock, **more: response(patience.of(sock), **more)
        try:
            connection.connect()
        # `UnicodeError` for a host that cannot be one, `HTTPException` for a proxy that is none.
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            connection.close()
            return Broken(why=_reason(error), was_sent=False)
        try:
            connection.request(method, target, body=body, headers=self._sent_headers(body))
            with connection.getresponse() as answer:
                return self._read(answer)
        except (OSError, http.client.HTTPException) as error:
            return Broken(why=_reason(error), was_sent=True)
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
        if self.credential and self.credential.header:
            headers[self.credential.header] = self.credential.value
        return headers

    def _read(self, response: Any) -> Answer:
        """The whole answer. Raises `OSError` when it is cut off or late, `ForgeFailed` too long."""
        expected = response.length
        body = bytearray()
        while part := response.read(65_536):
            body += part
            if len(body) > MOST_BYTES:
                raise self._failures.unlike(
                    f"answers with more than {MOST_BYTES:,} bytes", response.status
                )
        if expected is not None and len(body) < expected:
            raise ConnectionError("the answer was cut off")
        headers = {name.lower(): value for name, value in response.getheaders()}
        sender = self.address.name
        return Answer(status=response.status, headers=headers, body=bytes(body), sender=sender)


def _patience() -> Patience:
    return Patience(within=LONGEST_ANSWER, silence=SECONDS)


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
