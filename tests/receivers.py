"""Systems that are told of notes, on this machine: small servers with a memory, which have tests.

Each takes only what its documentation describes (`tests/data/announce`), and then does with it what
the system does.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from jsonschema import Draft202012Validator

from tests.far_end import Reply, Request, serving

NAMES = ("grafana", "honeycomb", "datadog", "pagerduty", "cdevents", "slack")
ASKED_FIRST = ("grafana", "honeycomb")
"""Systems that say what they have."""

TOKEN = "0123456789abcdef0123456789abcdef"
WEBHOOK = "/services/T0ACME/B0SHOP/tHeSecretOfTheChannel"

_TOKEN_IN = {
    "grafana": ("GRAFANA_URL", "GRAFANA_TOKEN"),
    "honeycomb": ("HONEYCOMB_API_ENDPOINT", "HONEYCOMB_API_KEY"),
    "datadog": ("DD_HOST", "DD_API_KEY"),
    "pagerduty": ("PAGERDUTY_EVENTS_URL", "PAGERDUTY_ROUTING_KEY"),
    "cdevents": ("K_SINK", "CDEVENTS_TOKEN"),
}
QUIET = dict.fromkeys(
    [name for pair in _TOKEN_IN.values() for name in pair]
    + "SLACK_WEBHOOK_URL GRAFANA_SERVICE_ACCOUNT_TOKEN DATADOG_API_KEY DD_SITE CDEVENTS_URL"
    " PAGERDUTY_INTEGRATION_KEY".split(),
    "",
)
"""An environment that names none of them."""

_DESCRIPTIONS = Path(__file__).parent / "data/announce"


@dataclass
class Receiver:
    """What one system has got, and why it refused what it refused.

    `first` are replies that it gives before it does what it should.
    """

    name: str
    port: int = 0
    markers: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    first: list[Reply] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead to it, and to no other system."""
        if self.name == "slack":
            return {**QUIET, "SLACK_WEBHOOK_URL": f"{self.url}{WEBHOOK}"}
        address, token = _TOKEN_IN[self.name]
        return {**QUIET, address: self.url, token: TOKEN}

    @property
    def token_variable(self) -> str:
        """The variable with its token."""
        return "SLACK_WEBHOOK_URL" if self.name == "slack" else _TOKEN_IN[self.name][1]

    @property
    def writes(self) -> list[str]:
        """The methods of requests that changed something."""
        return [request.method for request in self.requests if request.method != "GET"]

    def reply(self, request: Request) -> Reply:
        """What it says to a request."""
        self.requests.append(request)
        if self.first:
            return self.first.pop(0)
        if not _is_known(self.name, request):
            return _UNKNOWN[self.name]
        wrong = violations(self.name, request)
        if wrong:
            self.refused += wrong
            return Reply(400, data={"message": "; ".join(wrong)})
        return _carried_out(self, request)


def violations(name: str, request: Request) -> list[str]:
    """What a system's documentation does not allow about a request."""
    described = json.loads((_DESCRIPTIONS / f"{name}.json").read_text())["requests"]
    parts = urlsplit(request.path)
    fitting = [
        one
        for one in described
        if one["method"] == request.method and re.fullmatch(one["path"], parts.path)
    ]
    if not fitting:
        return [f"{request.method} {parts.path} is not described"]
    wrong = [
        f"header {header}: {request.headers.get(header)}"
        for header, shape in fitting[0]["headers"].items()
        if not re.fullmatch(shape, request.headers.get(header, ""))
    ]
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if not re.fullmatch(fitting[0].get("query", {}).get(key, r"(?!)"), value):
            wrong.append(f"query {key}={value}")
    if "body" in fitting[0]:
        every = Draft202012Validator(fitting[0]["body"]).iter_errors(request.data)
        wrong += [f"{error.json_path}: {error.message}" for error in every]
    elif request.body:
        wrong.append("a body")
    return wrong


@contextmanager
def receiver(name: str, *first: Reply) -> Iterator[Receiver]:
    """A system that is there until the end of the block."""
    system = Receiver(name, first=list(first))
    with serving(system.reply) as port:
        system.port = port
        yield system


def _is_known(name: str, request: Request) -> bool:
    """Has a request the token? Bodies are looked at only where it is in there."""
    if name == "slack":
        return request.path == WEBHOOK
    if name == "pagerduty":
        return bool(request.data.get("routing_key") == TOKEN)
    header = {"honeycomb": "x-honeycomb-team", "datadog": "dd-api-key"}.get(name, "authorization")
    return request.headers.get(header, "").removeprefix("Bearer ") == TOKEN


_UNKNOWN = {
    "grafana": Reply(401, data={"message": "Invalid API key"}),
    "honeycomb": Reply(401, data={"error": "unknown API key - check your credentials"}),
    "datadog": Reply(403, data={"errors": ["Forbidden"]}),
    "pagerduty": Reply(
        400,
        data={
            "status": "invalid event",
            "message": "Event object is invalid",
            "errors": ["Invalid routing key"],
        },
    ),
    "cdevents": Reply(401, raw=b""),
    "slack": Reply(404, raw=b"no_service", headers={"Content-Type": "text/plain"}),
}


def _carried_out(system: Receiver, request: Request) -> Reply:
    if request.method == "GET":
        return Reply(data=_asked(system, request))
    if request.method in ("PATCH", "PUT"):
        number = urlsplit(request.path).path.rpartition("/")[2]
        one = next(each for each in system.markers if str(each["id"]) == number)
        one.update(_kept(system.name, request.data))
        return Reply(data={"message": "Annotation patched"} if system.name == "grafana" else one)
    said = _kept(system.name, request.data)
    if system.name in ASKED_FIRST:
        count = len(system.markers) + 1
        said = {**said, "id": count if system.name == "grafana" else f"m{count}"}
    # The id of an event is unique, and a second one of the same id is the same one.
    if system.name != "cdevents" or said["id"] not in [one["id"] for one in system.markers]:
        system.markers.append(said)
    return _ANSWERS.get(system.name) or Reply(data={"id": said["id"], "message": "added"})


def _kept(name: str, said: dict[str, Any]) -> dict[str, Any]:
    """What becomes of what was sent: Grafana sorts tags, and a point ends where it starts."""
    if name != "grafana":
        return said
    return {**said, "tags": sorted(said["tags"]), "timeEnd": said.get("timeEnd") or said["time"]}


_ANSWERS = {
    "datadog": Reply(202, data={"status": "ok", "event": {"id": 1}}),
    "pagerduty": Reply(202, data={"status": "success", "message": "Change event processed"}),
    "cdevents": Reply(202, raw=b""),
    "slack": Reply(200, raw=b"ok", headers={"Content-Type": "text/html"}),
}


def _asked(system: Receiver, request: Request) -> list[dict[str, Any]]:
    if system.name == "honeycomb":
        return system.markers
    query = parse_qs(urlsplit(request.path).query)
    dashboard = query.get("dashboardUID", [None])[0]
    return [
        one
        for one in system.markers
        if set(query.get("tags", ())) <= set(one["tags"])
        and (dashboard is None or one.get("dashboardUID") == dashboard)
    ]
