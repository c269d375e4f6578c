"""Tell a system of a note, once however often it is asked to."""

from collections.abc import Mapping
from typing import Any, Literal

from changenote.errors import ForgeFailed
from changenote.exchange.announcing.connecting import Line
from changenote.exchange.announcing.messages import Data, Look, Message, Request
from changenote.forge.http import Client

Result = Literal["created", "updated", "unchanged"]


def send(line: Line, message: Message, *, again: bool = False) -> Result:
    """Make a system show a message; what was done for it. Raises `ForgeFailed`.

    Where it can be asked, a marker that is there is edited in place, and left alone when it says
    the same already, unless it is to be written `again`.
    """
    client = line.client()
    if message.look is None:
        _carry_out(client, line, message.request, is_repeatable=message.is_repeatable)
        return "created"
    found = message.look.find(_answer(client, line, message.look))
    if found and found.is_same and not again:
        return "unchanged"
    try:
        _carry_out(client, line, found.edit if found else message.request)
    except ForgeFailed as error:
        if error.retry.startswith("not safe"):
            error.retry = "safe, the same command looks for the marker first"
            error.hint = "Run the same command again."
        raise
    return "updated" if found else "created"


def shown(line: Line, request: Request) -> Data:
    """A request as data that may be printed: `{method, url, headers, body}`."""
    headers = dict(line.system.headers or {})
    if line.system.header and line.token:
        headers[line.system.header] = f"{line.system.before}{line.token}"
    if request.body is not None:
        headers.setdefault("Content-Type", "application/json")
    body = None if request.body is None else _with_token(line, request.body, line.token)
    url = f"{line.base}{request.path}{_query(request.query)}"
    return {"method": request.method, "url": url, "headers": headers, "body": body}


def _answer(client: Client, line: Line, look: Look) -> Any:
    return client.get(_path(line, look.request), look.request.query).data


def _carry_out(
    client: Client, line: Line, request: Request, *, is_repeatable: bool | None = None
) -> None:
    secret = line.credential.value if line.credential else ""
    body = _with_token(line, request.body or {}, secret)
    client.send(request.method, _path(line, request), body, is_repeatable=is_repeatable or None)


def _path(line: Line, request: Request) -> str:
    """The path below the address, which may be empty where the address has one itself."""
    return request.path or ("" if line.address and line.address.path else "/")


def _with_token(line: Line, body: Data, token: str) -> Data:
    return {line.system.token_key: token, **body} if line.system.token_key else body


def _query(query: Mapping[str, str | int] | None) -> str:
    from urllib.parse import urlencode

    return f"?{urlencode(query)}" if query else ""
