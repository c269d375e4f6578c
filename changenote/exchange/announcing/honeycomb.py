"""Markers in Honeycomb, found again by the id at the end of their text and then edited in place.

https://api-docs.honeycomb.io/api/markers
"""

from typing import Any
from urllib.parse import quote

from changenote.config import Announce
from changenote.exchange.announcing.facts import IN_WORDS, Facts
from changenote.exchange.announcing.messages import Data, Found, Look, Message, Request, System

_TYPES = {
    "shipped": "deploy",
    "degraded": "deploy-degraded",
    "failed": "deploy-failed",
    "rolled_back": "deploy-rolled-back",
}
"""Honeycomb gives every type its own colour."""


def messages(facts: Facts, to: Announce) -> tuple[Message, ...]:
    """One marker, with an end where the note says when the trouble was over."""
    path = f"/1/markers/{quote(to.honeycomb.dataset, safe='')}"
    said: Data = {
        "start_time": int(facts.at.timestamp()),
        "message": _message(facts),
        "type": _TYPES[facts.state],
    }
    if facts.ended:
        said["end_time"] = int(facts.ended.timestamp())
    if facts.link:
        said["url"] = facts.link
    return (
        Message(
            key=facts.id,
            request=Request(method="POST", path=path, body=said),
            look=Look(
                request=Request(method="GET", path=path),
                find=lambda answer: _found(answer, path, facts, said),
            ),
        ),
    )


def _message(facts: Facts) -> str:
    named = " ".join(part for part in (facts.service, facts.version) if part)
    where = f" in {facts.environment}" if facts.environment else ""
    return (
        f"{named}: {facts.title} ({IN_WORDS[facts.state]}{where}). Did it help? {facts.verdict}."
        f" Undo it: {facts.undo} {_mark(facts)}"
    ).removeprefix(": ")


def _mark(facts: Facts) -> str:
    return f"[{facts.id}]"


def _found(answer: Any, path: str, facts: Facts, said: Data) -> Found | None:
    items = answer if isinstance(answer, list) else []
    for one in items:
        number, text = (
            (one.get(k) for k in ("id", "message")) if isinstance(one, dict) else ("", "")
        )
        if isinstance(number, str) and str(text).endswith(_mark(facts)):
            keys = ("start_time", "end_time", "message", "type", "url")
            is_same = all((one.get(key) or None) == said.get(key) for key in keys)
            edit = Request(method="PUT", path=f"{path}/{quote(number, safe='')}", body=said)
            return Found(is_same=is_same, edit=edit)
    return None


SYSTEM = System(
    name="honeycomb",
    title="Honeycomb",
    messages=messages,
    address_variables={"HONEYCOMB_API_ENDPOINT": "{}"},
    token_variables=("HONEYCOMB_API_KEY",),
    right="the permission Manage Markers, which a configuration key can have",
    public=("https://api.honeycomb.io", "https://api.eu1.honeycomb.io"),
    header="X-Honeycomb-Team",
)
