"""Messages in Slack by an incoming webhook, whose address is the token.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
https://docs.slack.dev/reference/block-kit. What a note says is `plain_text`, where nothing is a
mention, a link or markup; the only `mrkdwn` is our own link.
"""

from urllib.parse import quote

from changenote.config import Announce
from changenote.exchange.announcing.facts import IN_WORDS, Facts, State, host, shortened
from changenote.exchange.announcing.messages import Data, Message, Request, System

_LONGEST_HEADER = 150
_LONGEST_FIELD = 2000
_LONGEST_TEXT = 3000
_INVISIBLE = "\u200b"
_SIGNS: dict[State, str] = {
    "shipped": "🚀",
    "degraded": "⚠️",
    "failed": "🔥",
    "rolled_back": "↩️",
}


def messages(facts: Facts, _to: Announce) -> tuple[Message, ...]:
    """One message for every state of a note."""
    head = f"{_SIGNS[facts.state]} {facts.title} ({IN_WORDS[facts.state]})"
    blocks: list[Data] = [
        {"type": "header", "text": _plain(head, _LONGEST_HEADER)},
        {"type": "section", "fields": [_plain(line, _LONGEST_FIELD) for line in _named(facts)]},
        {"type": "section", "text": _plain(f"Did it help? {facts.verdict}", _LONGEST_TEXT)},
        {"type": "section", "text": _plain(f"Undo it: {facts.undo}", _LONGEST_TEXT)},
        {"type": "context", "elements": [_linked(facts)]},
    ]
    body = {"text": _fallback(facts), "blocks": blocks}
    request = Request(method="POST", path="", body=body)
    return (Message(key=f"{facts.id}-{facts.state}", request=request),)


def _named(facts: Facts) -> list[str]:
    said = {
        "Service": facts.service,
        "Environment": facts.environment,
        "Version": facts.version,
        "At": f"{facts.moment:%Y-%m-%d %H:%M} UTC",
    }
    return [f"{name}: {value}" for name, value in said.items() if value]


def _plain(text: str, most: int) -> Data:
    # Without `emoji`, :words: between colons stay words.
    return {"type": "plain_text", "text": shortened(text, most), "emoji": False}


def _linked(facts: Facts) -> Data:
    note = f"<{_target(facts.link)}|{facts.id}>" if facts.link else facts.id
    text = f"Change note {note}"
    if facts.incident:
        text += f" · <{_target(facts.incident)}|Incident at {_escaped(host(facts.incident))}>"
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _target(address: str) -> str:
    """An address that nothing in it can end."""
    return quote(address, safe="/:?#@!$&*+,;=%~._-").replace("&", "&amp;")


def _fallback(facts: Facts) -> str:
    """What notifications show. Slack's three signs are escaped, and no @ is left before a word."""
    named = f"{facts.service}: " if facts.service else ""
    text = f"{named}{facts.title} ({IN_WORDS[facts.state]})"
    return _escaped(text).replace("@", f"@{_INVISIBLE}")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


SYSTEM = System(
    name="slack",
    title="Slack",
    messages=messages,
    address_variables={},
    token_variables=("SLACK_WEBHOOK_URL",),
    right="the address of an incoming webhook that was not revoked",
)
