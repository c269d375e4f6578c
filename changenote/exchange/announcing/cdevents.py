"""CDEvents 0.5 in CloudEvents: any broker or dashboard of that vocabulary takes them.

https://github.com/cdevents/spec/blob/v0.5.0/continuous-operations.md and cloudevents-binding.md.
The same note always gives the same events with the same ids, by which receivers know them again.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from changenote.config import Announce
from changenote.exchange.announcing.facts import Facts
from changenote.exchange.announcing.messages import Data, Message, Request, System

_SPECIFICATION = "0.5.0"
_VERSION = "0.3.0"


def messages(facts: Facts, _to: Announce) -> tuple[Message, ...]:
    """What happened to the service, in order: deployed, perhaps an incident, perhaps undone."""
    return tuple(_events(facts))


def _events(facts: Facts) -> Iterator[Message]:
    service = facts.service or facts.id
    where = {"environment": {"id": facts.environment or "unknown"}}
    content = {**where, "artifactId": _artifact(facts)}
    yield _event(facts, "service.deployed", facts.at, service, content)
    if facts.state in ("degraded", "failed"):
        incident = facts.incident or f"{facts.id}-incident"
        said = {**content, "service": {"id": service}}
        told = {**said, "description": f"{facts.title}: the deployment is {facts.state}"}
        yield _event(facts, "incident.detected", facts.at, incident, told)
        if facts.ended:
            told = {**said, "description": f"{facts.title}: service is restored"}
            yield _event(facts, "incident.resolved", facts.ended, incident, told)
    if facts.state == "rolled_back":
        yield _event(facts, "service.rolledback", facts.moment, service, content)


def _event(facts: Facts, what: str, at: datetime, subject: str, content: Data) -> Message:
    kind = f"dev.cdevents.{what}.{_VERSION}"
    number = f"{facts.id}-{what.replace('.', '-')}"
    time = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    source = _source(facts)
    context = {"specversion": _SPECIFICATION, "id": number, "source": source, "type": kind}
    event: Data = {
        "context": {**context, "timestamp": time},
        "subject": {"id": subject, "content": content},
        "customData": {"changeNote": _details(facts)},
        "customDataContentType": "application/json",
    }
    body = {
        "specversion": "1.0",
        "id": number,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "data": event,
    }
    return Message(
        key=number, request=Request(method="POST", path="", body=body), is_repeatable=True
    )


def _source(facts: Facts) -> str:
    return quote(facts.source, safe=":/?#[]@!$&'()*+,;=~%") or "/changenote"


def _artifact(facts: Facts) -> str:
    """A package URL (purl) of what was deployed; which registry it is in, no note says.

    Without a version it has none either: it stands for whichever there was.
    """
    name = quote(facts.service or "service", safe="")
    version = f"@{quote(facts.version, safe='')}" if facts.version else ""
    return f"pkg:generic/{name}{version}"


def _details(facts: Facts) -> dict[str, str]:
    said = {
        "id": facts.id,
        "title": facts.title,
        "version": facts.version,
        "outcome": facts.state,
        "verdict": facts.verdict,
        "rollback": facts.undo,
        "url": facts.link,
    }
    return {key: value for key, value in said.items() if value}


SYSTEM = System(
    name="cdevents",
    title="the receiver of CDEvents",
    messages=messages,
    address_variables={"CDEVENTS_URL": "{}", "K_SINK": "{}"},
    token_variables=("CDEVENTS_TOKEN",),
    right="the right to send events there",
    header="Authorization",
    before="Bearer ",
    headers={"Content-Type": "application/cloudevents+json"},
    is_token_needed=False,
    prefixes=("K_",),
)
