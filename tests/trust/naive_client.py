"""A client as one is written in an hour: it follows, tries again, and waits."""

import json
import re
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from changenote.forge.address import Address
from changenote.forge.credential import Credential

_TRIES = 3


@dataclass(frozen=True)
class _Said:
    data: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class NaiveClient:
    """As much of the client of forges as they are asked with."""

    address: Address
    credential: Credential
    headers: Mapping[str, str]
    is_plain_fine: bool = True

    def at(self, path: str) -> "NaiveClient":
        """The same server, with another start of every path."""
        return replace(self, address=replace(self.address, path=path))

    def get(self, path: str) -> _Said:
        """What is there."""
        return self.send("GET", path)

    def send(self, method: str, path: str, data: Any = None, **_more: Any) -> _Said:
        """The answer to a request, which is sent until there is one."""
        here = self.address
        return self._said(method, f"http://{here.host}:{here.port}{here.path}{path}", data)

    def pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        """The items on all pages, wherever their links lead."""
        here = self.address
        url = f"http://{here.host}:{here.port}{here.path}{path}?{urlencode(query)}"
        for _ in range(9):
            said = self._said("GET", url, None)
            yield from said.data
            link = re.match("<(.*?)>", said.headers.get("Link") or "")
            if link is None:
                return
            url = link[1]

    def _said(self, method: str, url: str, data: Any) -> _Said:
        body = None if data is None else json.dumps(data).encode()
        token = {self.credential.header: self.credential.value}
        headers = {**self.headers, **token}
        request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - naive
        for _ in range(_TRIES):
            try:
                with urllib.request.urlopen(request) as answer:  # noqa: S310 - naive
                    return _Said(json.loads(answer.read()), answer.headers)
            except HTTPError as error:
                error.close()
            except (OSError, ValueError):
                continue
        raise OSError(f"{_TRIES} times there was no answer")
