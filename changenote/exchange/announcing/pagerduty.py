"""Change events in PagerDuty: they stand beside incidents of the service and page nobody.

https://developer.pagerduty.com/docs/send-change-event
"""

from changenote.config import Announce
from changenote.exchange.announcing.facts import IN_WORDS, Facts, shortened
from changenote.exchange.announcing.messages import Data, Message, Request, System

_LONGEST_SUMMARY = 1024


def messages(facts: Facts, _to: Announce) -> tuple[Message, ...]:
    """One event for every state of a note."""
    named = " ".join(part for part in (facts.service, facts.version) if part) or facts.id
    summary = f"{named}: {facts.title} ({IN_WORDS[facts.state]})"
    body: Data = {
        "payload": {
            "summary": shortened(summary, _LONGEST_SUMMARY),
            "timestamp": f"{facts.moment:%Y-%m-%dT%H:%M:%SZ}",
            "source": facts.service or facts.source or "changenote",
            "custom_details": _details(facts),
        }
    }
    links = {"Change note": facts.link, "Incident": facts.incident}
    if any(links.values()):
        body["links"] = [{"href": href, "text": text} for text, href in links.items() if href]
    request = Request(method="POST", path="/v2/change/enqueue", body=body)
    return (Message(key=f"{facts.id}-{facts.state}", request=request),)


def _details(facts: Facts) -> dict[str, str]:
    said = {
        "change_note": facts.id,
        "service": facts.service,
        "environment": facts.environment,
        "version": facts.version,
        "outcome": facts.state.replace("_", " "),
        "did_it_help": facts.verdict,
        "undo_it": facts.undo,
    }
    return {key: value for key, value in said.items() if value}


SYSTEM = System(
    name="pagerduty",
    title="PagerDuty",
    messages=messages,
    address_variables={"PAGERDUTY_EVENTS_URL": "{}"},
    token_variables=("PAGERDUTY_ROUTING_KEY", "PAGERDUTY_INTEGRATION_KEY"),
    right="the integration key of an Events API V2 integration of the service",
    public=("https://events.pagerduty.com", "https://events.eu.pagerduty.com"),
    token_key="routing_key",  # noqa: S106 - the name of a key, not its value
    prefixes=("PD_",),
)
