"""Annotations in Grafana, found again by a tag and then edited in place.

https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
"""

from html import escape
from typing import Any

from changenote.config import Announce
from changenote.exchange.announcing.facts import IN_WORDS, Facts, host
from changenote.exchange.announcing.messages import Data, Found, Look, Message, Request, System

_PATH = "/api/annotations"
_LONGEST_TAG = 100  # Grafana's column for the value of a tag


def messages(facts: Facts, to: Announce) -> tuple[Message, ...]:
    """One annotation: a point, or a region where the note says when the trouble was over."""
    said: Data = {
        "time": _milliseconds(facts.at),
        "timeEnd": _milliseconds(facts.ended or facts.at),
        "tags": _tags(facts),
        "text": _text(facts),
    }
    place: Data = {}
    if to.grafana.dashboard:
        place["dashboardUID"] = to.grafana.dashboard
        if to.grafana.panel is not None:
            place["panelId"] = to.grafana.panel
    query: dict[str, str | int] = {"tags": _mark(facts), "type": "annotation", "limit": 10}
    return (
        Message(
            key=facts.id,
            request=Request(method="POST", path=_PATH, body={**place, **said}),
            look=Look(
                request=Request(method="GET", path=_PATH, query={**query, **_only(place)}),
                find=lambda answer: _found(answer, _mark(facts), said),
            ),
        ),
    )


def _only(place: Data) -> dict[str, str | int]:
    return {"dashboardUID": place["dashboardUID"]} if place else {}


def _found(answer: Any, mark: str, said: Data) -> Found | None:
    items = answer if isinstance(answer, list) else []
    ours = [one for one in items if isinstance(one, dict) and mark in _tags_of(one)]
    numbered = [one for one in ours if isinstance(one.get("id"), int)]
    if not numbered:
        return None
    first = min(numbered, key=lambda one: one["id"])
    is_same = _plain(first) == _plain(said)
    return Found(
        is_same=is_same, edit=Request(method="PATCH", path=f"{_PATH}/{first['id']}", body=said)
    )


def _plain(one: Data) -> tuple[Any, ...]:
    """What an annotation says; Grafana keeps no order of tags, and a point may have no end."""
    end = one.get("timeEnd") or one.get("time")
    return one.get("text"), one.get("time"), end, sorted(_tags_of(one))


def _tags_of(one: Data) -> list[str]:
    tags = one.get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, list) else []


def _mark(facts: Facts) -> str:
    return f"change-note:{facts.id}"


def _tags(facts: Facts) -> list[str]:
    named = {"service": facts.service, "environment": facts.environment, "version": facts.version}
    tags = [f"{name}:{value}"[:_LONGEST_TAG] for name, value in named.items() if value]
    return ["deployment", _mark(facts), *tags, f"outcome:{facts.state.replace('_', '-')}"]


def _text(facts: Facts) -> str:
    """The text, which Grafana shows as HTML."""
    title = escape(facts.title)
    title = f'<a href="{escape(facts.link)}">{title}</a>' if facts.link else title
    said = f"Did it help? {escape(facts.verdict)}<br>Undo it: {escape(facts.undo)}"
    if facts.incident:
        where = f"Incident at {escape(host(facts.incident))}"
        said += f'<br><a href="{escape(facts.incident)}">{where}</a>'
    return f"{title} ({IN_WORDS[facts.state]})<br>{said}"


def _milliseconds(at: Any) -> int:
    return int(at.timestamp() * 1000)


SYSTEM = System(
    name="grafana",
    title="Grafana",
    messages=messages,
    address_variables={"GRAFANA_URL": "{}"},
    token_variables=("GRAFANA_TOKEN", "GRAFANA_SERVICE_ACCOUNT_TOKEN"),
    right="the permissions annotations:read, annotations:create and annotations:write",
    header="Authorization",
    before="Bearer ",
)
