"""Events in Datadog, which dashboards can lay over their graphs.

https://docs.datadoghq.com/api/latest/events/#post-an-event (v1)
"""

from changenote.config import Announce
from changenote.exchange.announcing.facts import IN_WORDS, Facts, State, shortened
from changenote.exchange.announcing.messages import Message, Request, System
from changenote.patterns import pattern

_KINDS: dict[State, str] = {
    "shipped": "info",
    "degraded": "warning",
    "failed": "error",
    "rolled_back": "error",
}
_LONGEST_TITLE = 100
_LONGEST_TEXT = 4000
_LONGEST_TAG = 200
_HOURS = 18.0
_NO_TAG = pattern(r"[^\w./:-]+")
_INVISIBLE = "\u200b"
SITES = (
    "datadoghq.com",
    "us3.datadoghq.com",
    "us5.datadoghq.com",
    "datadoghq.eu",
    "ap1.datadoghq.com",
    "ap2.datadoghq.com",
    "uk1.datadoghq.com",
    "ddog-gov.com",
    "us2.ddog-gov.com",
)


def messages(facts: Facts, _to: Announce) -> tuple[Message, ...]:
    """One event for every state of a note, together in the stream by `aggregation_key`."""
    title = f"{facts.service or facts.id}: {facts.title} ({IN_WORDS[facts.state]})"
    body = {
        "title": _quiet(shortened(title, _LONGEST_TITLE - 10))[:_LONGEST_TITLE],
        "text": _text(facts),
        "date_happened": int(facts.moment.timestamp()),
        "aggregation_key": f"change-note:{facts.id}",
        "alert_type": _KINDS[facts.state],
        "priority": "normal",
        "tags": _tags(facts),
    }
    request = Request(method="POST", path="/api/v1/events", body=body)
    return (Message(key=f"{facts.id}-{facts.state}", request=request),)


def _text(facts: Facts) -> str:
    """Plain text; Markdown would need a mark at its start, which this is not."""
    said = {
        "Did it help?": _quiet(facts.verdict),
        "Undo it:": _quiet(facts.undo),
        "Note:": facts.link.replace("@", "%40") or facts.id,
        "Incident:": facts.incident.replace("@", "%40"),
    }
    lines = [f"{name} {value}" for name, value in said.items() if value]
    return "\n".join(lines)[:_LONGEST_TEXT]


def _quiet(text: str) -> str:
    """The text without an @ that notifies somebody: one without a name behind it is only a sign."""
    return text.replace("@", f"@{_INVISIBLE}")


def _tags(facts: Facts) -> list[str]:
    named = {
        "change_note": facts.id,
        "service": facts.service,
        "env": facts.environment,
        "version": facts.version,
        "outcome": facts.state,
    }
    tags = (f"{name}:{_NO_TAG.sub('_', value.lower())}" for name, value in named.items() if value)
    return ["deployment", *(tag[:_LONGEST_TAG] for tag in tags)]


SYSTEM = System(
    name="datadog",
    title="Datadog",
    messages=messages,
    address_variables={"DD_HOST": "{}", "DD_SITE": "https://api.{}"},
    token_variables=("DD_API_KEY", "DATADOG_API_KEY"),
    right="an API key of the organisation on this site",
    public=tuple(f"https://api.{site}" for site in SITES),
    header="DD-API-KEY",
    hours=_HOURS,
    prefixes=("DD_",),
)
