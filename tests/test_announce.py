"""A note where production is watched: once, at its own moment, in which a note can do nothing."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from changenote.cli import carry_out
from changenote.exchange.announcing.systems import SYSTEMS
from changenote.forge import http
from tests.far_end import Reply, Request, far_end, serving
from tests.house import Said, said
from tests.receivers import (
    ASKED_FIRST,
    NAMES,
    QUIET,
    TOKEN,
    WEBHOOK,
    Receiver,
    receiver,
    violations,
)
from tests.workshop import FULL, Done, Workshop

ID = "20261122-k3f9xq"
PAGE = f"https://notes.acme.example/shop/changes/{ID}/"
SECRETS = (TOKEN, "tHeSecretOfTheChannel")
NOW = datetime.now(UTC).replace(microsecond=0)
"""One moment for all notes of a test: Datadog takes no old ones, so it cannot be any."""


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository with a site, and a note of a change that shipped an hour ago."""
    shop = Workshop(tmp_path / "shop", environment=QUIET).start()
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    shop.write("mkdocs.yml", "site_name: x\nsite_url: https://notes.acme.example/shop\n")
    tell(shop)
    return shop


def tell(shop: Workshop, *changes: tuple[str, str], hours: float = 1) -> datetime:
    """Write the note, shipped some hours ago, with texts replaced; when it shipped."""
    at = NOW - timedelta(hours=hours)
    text = FULL.replace("2026-11-22T00:05:00Z", f"{at:%Y-%m-%dT%H:%M:%SZ}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    shop.note(text)
    return at


def announce(
    shop: Workshop, *systems: Receiver, more: tuple[str, ...] = (), **instead: str
) -> Done:
    """Announce the note to systems, with the environment that leads to them."""
    environment = dict(QUIET)
    for system in systems:
        environment |= {name: value for name, value in system.environment.items() if value}
    environment |= instead
    to = [word for system in systems for word in ("--to", system.name)]
    done = shop.run("announce", ID, *to, *more, **environment)
    assert not [secret for secret in SECRETS if secret in done.out + done.err]
    return done


def errors(done: Done) -> dict[str, Said]:
    """What `--json` says of the systems that were not told."""
    failed = {one["to"]: one["error"] for one in done.data["systems"] if one["error"]}
    assert {to for to, error in failed.items() if error["what"] in done.err} == set(failed)
    return {to: Said(**error) for to, error in failed.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_note_is_announced_as_the_system_documents_it_and_only_once(
    name: str, shop: Workshop
) -> None:
    with receiver(name) as system:
        first = announce(shop, system)
        second = announce(shop, system)

    assert (first.code, first.out, first.err) == (0, f"{name}: announced\n", "")
    assert (second.code, second.err) == (0, "")
    assert second.out == f"{name}: announced already, nothing was sent\n"
    assert system.refused == []
    assert system.writes == ["POST"]
    assert len(system.markers) == 1


@contextmanager
def every_receiver(*first: Reply) -> Iterator[list[Receiver]]:
    """All systems, each with replies that it gives first."""
    with ExitStack() as stack:
        yield [stack.enter_context(receiver(name, *first)) for name in NAMES]


def test_what_is_announced_names_the_change_its_verdict_and_the_way_back(shop: Workshop) -> None:
    at = tell(shop)
    with every_receiver() as systems:
        done = announce(shop, *systems)

    assert (done.code, done.err) == (0, "")
    assert done.out == "".join(f"{name}: announced\n" for name in NAMES)
    moments = (str(int(at.timestamp())), f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at:%Y-%m-%d %H:%M} UTC")
    for system in systems:
        text = json.dumps(system.markers, ensure_ascii=False)
        assert "Cache cart totals per session" in text
        assert "shop-web" in text
        assert "production" in text
        assert "v2.14.0" in text
        assert "GET /cart p95: 2.6 times faster (between 2.6 and 2.7)" in text
        assert "./flags set cart_total_cache off --env production and 1 more step" in text
        assert PAGE in text
        assert any(moment in text for moment in moments)


@pytest.mark.parametrize("name", NAMES)
def test_again_is_sent_again_and_where_there_is_a_marker_it_is_edited(
    name: str, shop: Workshop
) -> None:
    with receiver(name) as system:
        announce(shop, system)
        again = announce(shop, system, more=("--again",))

    expected = {"grafana": "PATCH", "honeycomb": "PUT"}.get(name, "POST")
    assert again.code == 0
    assert system.writes == ["POST", expected]
    # What receivers of CDEvents get twice they know by its id.
    assert len(system.markers) == (1 if name in (*ASKED_FIRST, "cdevents") else 2)


def test_a_rollback_is_told_too_and_where_there_is_a_marker_it_says_so(shop: Workshop) -> None:
    with every_receiver() as systems:
        announce(shop, *systems)
        tell(shop, ("status: shipped ", "status: rolled_back "))
        told = announce(shop, *systems)
        again = announce(shop, *systems)

    up_to_date = "announced already, and brought up to date"
    says = {name: up_to_date if name in ASKED_FIRST else "announced" for name in NAMES}
    assert told.out == "".join(f"{name}: {word}\n" for name, word in says.items())
    assert again.out.splitlines() == [f"{n}: announced already, nothing was sent" for n in NAMES]
    for system in systems:
        assert "rolled" in json.dumps(system.markers)
        assert system.refused == []
        assert len(system.markers) == (1 if system.name in ASKED_FIRST else 2)


def test_a_failure_is_told_with_its_incident(shop: Workshop) -> None:
    at = tell(shop, hours=5)
    end = f"{at + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
    incident = "https://status.acme.example/incidents/7"
    failed = f"outcome: failed\n  restored_at: {end}\n  incident: {incident}"
    tell(shop, ("outcome: success", failed), hours=5)

    with every_receiver() as systems:
        done = announce(shop, *systems)

    assert done.code == 0
    for system in systems:
        text = json.dumps(system.markers)
        assert system.refused == []
        assert incident in text or system.name == "honeycomb"  # a marker has one link
        assert "failed" in text


def test_a_failure_is_a_region_where_a_system_draws_one(shop: Workshop) -> None:
    at = tell(shop, hours=5)
    end = f"{at + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
    tell(shop, ("outcome: success", f"outcome: degraded\n  restored_at: {end}"), hours=5)

    with receiver("grafana") as grafana, receiver("honeycomb") as honeycomb:
        announce(shop, grafana, honeycomb)

    assert grafana.markers[0]["timeEnd"] - grafana.markers[0]["time"] == 2 * 3600 * 1000
    assert honeycomb.markers[0]["end_time"] - honeycomb.markers[0]["start_time"] == 2 * 3600
    assert honeycomb.markers[0]["type"] == "deploy-degraded"
    assert "outcome:degraded" in grafana.markers[0]["tags"]


def test_cdevents_tell_what_happened_to_a_service_in_order(shop: Workshop) -> None:
    at = tell(shop, hours=5)
    end = at + timedelta(hours=2)
    failed = f"outcome: failed\n  restored_at: {end:%Y-%m-%dT%H:%M:%SZ}"

    with receiver("cdevents") as system:
        announce(shop, system)
        tell(shop, ("outcome: success", failed), hours=5)
        announce(shop, system)
        tell(
            shop,
            ("outcome: success", failed),
            ("status: shipped ", "status: rolled_back "),
            hours=5,
        )
        announce(shop, system)

    kinds = [one["type"].removeprefix("dev.cdevents.") for one in system.markers]
    assert kinds == [
        "service.deployed.0.3.0",
        "incident.detected.0.3.0",
        "incident.resolved.0.3.0",
        "service.rolledback.0.3.0",
    ]
    assert system.writes == ["POST"] * 4
    deployed, detected, resolved, undone = (one["data"] for one in system.markers)
    assert deployed["subject"]["content"]["artifactId"] == "pkg:generic/shop-web@v2.14.0"
    assert deployed["context"]["source"] == "https://github.com/acme/shop"
    assert detected["subject"]["id"] == resolved["subject"]["id"]
    assert detected["context"]["timestamp"] == deployed["context"]["timestamp"]
    assert undone["context"]["timestamp"] == f"{end:%Y-%m-%dT%H:%M:%SZ}"
    assert undone["subject"]["id"] == deployed["subject"]["id"] == "shop-web"


def test_a_rollback_is_told_at_the_time_of_its_last_command(shop: Workshop) -> None:
    at = tell(shop, hours=10)
    undone = at + timedelta(hours=3)
    command = f"{{run: ./flags off, purpose: rollback, at: {undone:%Y-%m-%dT%H:%M:%SZ}}}"
    rolled_back = ("status: shipped ", "status: rolled_back ")
    tell(shop, rolled_back, ("commands:\n", f"commands:\n  - {command}\n"), hours=10)
    with receiver("pagerduty") as pagerduty, receiver("grafana") as grafana:
        announce(shop, pagerduty, grafana)

    assert pagerduty.markers[0]["payload"]["timestamp"] == f"{undone:%Y-%m-%dT%H:%M:%SZ}"
    marker = grafana.markers[0]
    assert (marker["time"], marker["timeEnd"]) == (at.timestamp() * 1000, undone.timestamp() * 1000)


@pytest.mark.parametrize("days", [-1, 400])
def test_an_end_that_cannot_be_meant_paints_no_region(days: int, shop: Workshop) -> None:
    end = NOW + timedelta(days=days)
    failed = f"outcome: failed\n  restored_at: {end:%Y-%m-%dT%H:%M:%SZ}"
    tell(shop, ("outcome: success", failed))
    with receiver("grafana") as grafana:
        announce(shop, grafana)

    assert grafana.markers[0]["time"] == grafana.markers[0]["timeEnd"]


def test_a_dry_run_prints_the_requests_without_tokens_and_never_connects(shop: Workshop) -> None:
    with receiver("honeycomb") as honeycomb, receiver("pagerduty") as pagerduty:
        done = announce(shop, honeycomb, pagerduty, more=("--dry-run",))

    assert honeycomb.requests == pagerduty.requests == []
    assert done.code == 0
    first, second, third = done.out.split("\n\n# ")
    assert first == (
        "# honeycomb, first\n"
        f"GET {honeycomb.url}/1/markers/__all__\n"
        "X-Honeycomb-Team: [redacted: token]"
    )
    assert second.startswith(
        "honeycomb\n"
        f"POST {honeycomb.url}/1/markers/__all__\n"
        "X-Honeycomb-Team: [redacted: token]\n"
        "Content-Type: application/json\n"
        "\n"
        "{\n"
    )
    assert third.startswith(f"pagerduty\nPOST {pagerduty.url}/v2/change/enqueue\n")
    body = json.loads(third.partition("\n\n")[2])
    assert body["routing_key"] == "[redacted: token]"
    assert body["links"] == [{"href": PAGE, "text": "Change note"}]


def test_a_dry_run_needs_no_address_and_no_token(shop: Workshop) -> None:
    to = [word for name in NAMES for word in ("--to", name)]
    done = shop.run("announce", ID, *to, "--dry-run")

    assert (done.code, done.err) == (0, "")
    assert "POST $GRAFANA_URL/api/annotations\nAuthorization: Bearer $GRAFANA_TOKEN\n" in done.out
    assert "POST $SLACK_WEBHOOK_URL\n" in done.out
    assert "POST https://events.pagerduty.com/v2/change/enqueue\n" in done.out


@pytest.mark.parametrize("name", NAMES)
def test_what_a_dry_run_prints_is_what_is_sent(name: str, shop: Workshop) -> None:
    with receiver(name) as system:
        dry = announce(shop, system, more=("--dry-run", "--json"))
        sent = announce(shop, system, more=("--json",))

    assert dry.data["dry_run"]
    assert not sent.data["dry_run"]
    (told,) = sent.data["systems"]
    assert (told["to"], told["result"], told["error"]) == (name, "created", None)
    assert dry.data["systems"][0]["requests"] == told["requests"]
    requests = [(request.method, request.path) for request in system.requests]
    hidden = f"{system.url}/[redacted: token]"
    printed = [
        (one["method"], one["url"].replace(hidden, system.url + WEBHOOK))
        for one in told["requests"]
    ]
    assert [(method, f"{system.url}{path}".rstrip("/")) for method, path in requests] == printed
    body = json.dumps(system.requests[-1].data).replace(TOKEN, "[redacted: token]")
    assert json.loads(body) == told["requests"][-1]["body"]


def test_what_one_system_refuses_does_not_keep_others_from_being_told(shop: Workshop) -> None:
    with receiver("grafana", Reply(502, headers={"Retry-After": "0"})) as grafana:
        grafana.first *= 4
        with receiver("slack") as slack:
            done = announce(shop, grafana, slack)
            grafana.first = [Reply(403, data={"message": "Permissions needed"})]
            data = announce(shop, grafana, slack, more=("--json",)).data
            again = announce(shop, grafana, slack)

    assert done.code == 4
    assert done.out == "slack: announced\n"
    assert [(one["to"], one["result"]) for one in data["systems"]] == [
        ("grafana", "failed"),
        ("slack", "unchanged"),
    ]
    assert data["systems"][0]["error"] == {
        "what": f"127.0.0.1:{grafana.port} answered 403: Permissions needed",
        "expected": "a token that may do this",
        "retry": "safe, but useless until it is mended",
        "next": "It takes the permissions annotations:read, annotations:create and"
        " annotations:write: is the token in GRAFANA_TOKEN that?",
    }
    assert said(done).what == f"127.0.0.1:{grafana.port} answered 502"
    assert again.code == 0
    assert again.out == "grafana: announced\nslack: announced already, nothing was sent\n"


def test_a_token_that_is_not_known_there_is_said_without_it(shop: Workshop) -> None:
    wrong = "fedcba9876543210fedcba9876543210"
    with every_receiver() as systems:
        *others, slack = systems
        instead = {system.token_variable: wrong for system in others}
        instead[slack.token_variable] = f"{slack.url}/services/T0ACME/B0SHOP/{wrong}"
        done = announce(shop, *systems, more=("--json",), **instead)

    assert done.code == 4
    assert wrong not in done.out + done.err
    assert [system.markers for system in systems] == [[]] * len(NAMES)
    failed = errors(done)
    assert {error.retry for error in failed.values()} == {"safe, but useless until it is mended"}
    assert {name: error.what.partition(" answered ")[2] for name, error in failed.items()} == {
        "grafana": "401: Invalid API key",
        "honeycomb": "401: unknown API key - check your credentials",
        "datadog": "403: Forbidden",
        "pagerduty": "400: Event object is invalid Invalid routing key",
        "cdevents": "401",
        "slack": "404: no_service",
    }


def test_without_a_token_nothing_is_sent_and_it_is_said_what_it_takes(shop: Workshop) -> None:
    with every_receiver() as systems:
        needing = [system for system in systems if system.name != "cdevents"]
        instead = {system.token_variable: "" for system in needing}
        done = announce(shop, *needing, more=("--json",), **instead)

    assert done.code == 4
    failed = errors(done)
    for system in needing:
        assert system.requests == []
        assert failed[system.name].what.startswith("there is no token for ")
        assert system.token_variable in failed[system.name].expected
        assert failed[system.name].next.startswith("It takes ")


def test_cdevents_need_no_token_and_have_none_then(shop: Workshop) -> None:
    with far_end(Reply(202)) as end:
        done = shop.run("announce", ID, "--to", "cdevents", K_SINK=f"{end.url}/broker/")

    assert done.code == 0
    assert end.asked == ["POST /broker"]
    assert "authorization" not in end.requests[0].headers


@pytest.mark.parametrize("name", ["grafana", "cdevents"])
def test_where_nobody_says_where_it_is_that_is_said(name: str, shop: Workshop) -> None:
    done = shop.run("announce", ID, "--to", name, GRAFANA_TOKEN=TOKEN)

    assert done.code == 4
    assert said(done).what.startswith("nobody says where ")


def test_a_rate_limit_says_when_to_come_back(shop: Workshop) -> None:
    limited = Reply(429, data={"message": "slow down"}, headers={"Retry-After": "3600"})
    with every_receiver(limited) as systems:
        done = announce(shop, *systems, more=("--json",))

    assert done.code == 4
    failed = errors(done)
    for system in systems:
        assert len(system.requests) == 1
        assert failed[system.name].what == f"127.0.0.1:{system.port} answered 429: slow down"
        assert failed[system.name].retry == "safe, in 3600 s: nothing was done"


def test_only_what_cannot_count_twice_is_sent_again_by_itself(shop: Workshop) -> None:
    with every_receiver(Reply(503, headers={"Retry-After": "0"})) as systems:
        done = announce(shop, *systems, more=("--json",))

    assert done.code == 4
    failed = errors(done)
    assert set(failed) == {"datadog", "pagerduty", "slack"}
    for system in systems:
        assert len(system.markers) == (0 if system.name in failed else 1)
    unsafe = "not safe by itself: it may have been carried out"
    assert {error.retry for error in failed.values()} == {unsafe}


@pytest.mark.parametrize("name", ASKED_FIRST)
def test_after_a_broken_connection_the_same_command_finds_its_marker(
    name: str, shop: Workshop
) -> None:
    with receiver(name) as system:
        system.first = [Reply(data=[]), Reply(is_dropped=True)]
        broken = announce(shop, system)
        announce(shop, system)
        again = announce(shop, system)

    assert broken.code == 4
    assert said(broken).retry == "safe, the same command looks for the marker first"
    assert said(broken).next == "Run the same command again."
    assert again.out == f"{name}: announced already, nothing was sent\n"
    assert len(system.markers) == 1


def test_no_redirect_takes_a_note_or_a_token_elsewhere(shop: Workshop) -> None:
    with far_end(Reply(data=[])) as thief:
        away = Reply(307, headers={"Location": f"{thief.url}/steal"})
        with every_receiver(away) as systems:
            done = announce(shop, *systems, more=("--json",))

    assert done.code == 4
    assert thief.requests == []
    assert list(errors(done)) == list(NAMES)
    for error in errors(done).values():
        assert "answers with a redirect to another server" in error.what


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("slack", {"SLACK_WEBHOOK_URL": f"http://hooks.slack.invalid{WEBHOOK}"}),
        (
            "honeycomb",
            {"HONEYCOMB_API_ENDPOINT": "http://api.honeycomb.io", "HONEYCOMB_API_KEY": TOKEN},
        ),
    ],
)
def test_no_secret_goes_to_the_public_over_plain_http(
    name: str, environment: dict[str, str], shop: Workshop
) -> None:
    done = shop.run("announce", ID, "--to", name, **environment)

    assert done.code == 4
    assert "over plain http" in said(done).what
    assert not [secret for secret in SECRETS if secret in done.out + done.err]


def test_an_address_of_the_environment_may_be_plain_http_in_a_network_of_ones_own(
    shop: Workshop,
) -> None:
    environment = {"GRAFANA_URL": "http://grafana.invalid:3000", "GRAFANA_TOKEN": TOKEN}
    done = shop.run("announce", ID, "--to", "grafana", "--dry-run", **environment)

    assert done.code == 0
    assert "POST http://grafana.invalid:3000/api/annotations\n" in done.out


def test_a_token_does_not_go_where_only_config_says(shop: Workshop) -> None:
    named = [name for name in NAMES if name != "slack"]
    evil = [f"  {name}: {{address: https://evil.invalid/x}}\n" for name in named]
    shop.write("changes/config.yaml", "".join(["announce:\n", *evil]))
    systems = [Receiver(name) for name in named]
    tokens = {system.token_variable: TOKEN for system in systems}
    to = [word for name in named for word in ("--to", name)]
    done = shop.run("announce", ID, *to, "--json", **tokens)

    assert done.code == 4
    assert TOKEN not in done.out + done.err
    assert {name: error.what for name, error in errors(done).items()} == {
        system.name: f"the token in {system.token_variable} is not sent to evil.invalid,"
        " which only config.yaml names"
        for system in systems
    }


def test_config_may_name_a_public_address_and_the_variable_of_the_token(shop: Workshop) -> None:
    shop.write(
        "changes/config.yaml",
        "announce:\n"
        "  honeycomb: {address: 'https://api.eu1.honeycomb.io', dataset: shop-web}\n"
        "  datadog: {token_variable: SHOP_DATADOG_KEY}\n",
    )
    to = ("--to", "honeycomb", "--to", "datadog", "--dry-run")
    keys = {"HONEYCOMB_API_KEY": TOKEN, "SHOP_DATADOG_KEY": TOKEN, "DD_SITE": "us5.datadoghq.com"}
    done = shop.run("announce", ID, *to, **keys)

    assert done.code == 0
    assert "POST https://api.eu1.honeycomb.io/1/markers/shop-web\n" in done.out
    assert "POST https://api.us5.datadoghq.com/api/v1/events\nDD-API-KEY: [redacted" in done.out


def test_a_variable_that_config_names_is_the_one_that_is_missed(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "announce: {slack: {token_variable: SHOP_SLACK_CHANNEL}}\n")
    to = ("--to", "slack")
    done = shop.run("announce", ID, *to, SLACK_WEBHOOK_URL=f"https://hooks.slack.com{WEBHOOK}")
    dry = shop.run("announce", ID, *to, "--dry-run")

    assert done.code == 4
    assert said(done).expected == "a token in SHOP_SLACK_CHANNEL"
    assert "POST $SHOP_SLACK_CHANNEL\n" in dry.out


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("honeycomb", "GITHUB_TOKEN"),
        ("honeycomb", "DD_API_KEY"),
        ("datadog", "SHOP_DD_KEY"),
        ("pagerduty", "AWS_SECRET_ACCESS_KEY"),
        ("cdevents", "NPM_TOKEN"),
        ("slack", "ADDRESS_OF_A_STRANGER"),
    ],
)
def test_config_sends_no_secret_of_something_else(name: str, variable: str, shop: Workshop) -> None:
    shop.write("changes/config.yaml", f"announce: {{{name}: {{token_variable: {variable}}}}}\n")
    with receiver(name) as system:
        secret = system.environment | {variable: f"{system.url}/{TOKEN}"}
        done = shop.run("announce", ID, "--to", name, **secret)

    assert done.code == 4
    assert said(done).what == (
        f"{variable} is not sent to {SYSTEMS[name].title}: only config.yaml says that it may"
    )
    assert said(done).next.endswith(f"CHANGENOTE_TOKEN_VARIABLES={variable} in the environment.")
    assert system.requests == []


def test_the_environment_allows_further_variables_of_config(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "announce: {honeycomb: {token_variable: MARKERS}}\n")
    with receiver("honeycomb") as system:
        told = {"MARKERS": TOKEN, "CHANGENOTE_TOKEN_VARIABLES": "OTHER, MARKERS"}
        quiet = system.environment | {"HONEYCOMB_API_KEY": ""} | told
        done = shop.run("announce", ID, "--to", "honeycomb", **quiet)

    assert done.code == 0, done.err
    assert system.markers


@pytest.mark.parametrize(
    ("name", "variable", "value", "example"),
    [
        ("datadog", "DD_SITE", "evil.example/#", "datadoghq.com"),
        ("datadog", "DD_HOST", "nowhere", "https://api.datadoghq.com"),
        ("pagerduty", "PAGERDUTY_EVENTS_URL", "nowhere", "https://events.pagerduty.com"),
        ("grafana", "GRAFANA_URL", "nowhere", "https://grafana.example"),
    ],
)
def test_a_wrong_address_is_shown_as_it_was_given(
    name: str, variable: str, value: str, example: str, shop: Workshop
) -> None:
    done = shop.run("announce", ID, "--to", name, **{variable: value})

    assert done.code == 4
    assert said(done).what == f"{value!r} in {variable} is no address"
    assert said(done).expected == f"something like {example}, without name and password"


def test_a_dataset_of_config_leads_to_no_other_place(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "announce: {honeycomb: {dataset: ../../2/keys}}\n")
    with receiver("honeycomb") as system:
        done = announce(shop, system)

    assert done.code == 1
    assert said(done).what.endswith("changes/config.yaml:1:33: ../../2/keys")
    assert system.requests == []


def test_plain_http_in_config_is_refused_even_without_a_token(shop: Workshop) -> None:
    with far_end(Reply(202)) as end:
        shop.write("changes/config.yaml", f"announce: {{cdevents: {{address: '{end.url}'}}}}\n")
        done = shop.run("announce", ID, "--to", "cdevents")

    assert done.code == 4
    assert end.requests == []
    assert "by plain http" in said(done).what


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GRAFANA_URL", "grafana"),
        ("GRAFANA_URL", "https://dana:hunter2secret@grafana.invalid"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack.invalid/"),
    ],
)
def test_an_address_that_is_none_is_said(variable: str, value: str, shop: Workshop) -> None:
    name = variable.partition("_")[0].lower()
    done = shop.run("announce", ID, "--to", name, **{variable: value, "GRAFANA_TOKEN": TOKEN})

    assert done.code == 4
    assert variable in said(done).what
    assert said(done).next == f"Set {variable} again."
    assert "hunter2secret" not in done.err


def test_grafana_marks_the_one_dashboard_that_config_names(shop: Workshop) -> None:
    shop.write("changes/config.yaml", "announce: {grafana: {dashboard: cart, panel: 2}}\n")
    with receiver("grafana") as system:
        system.markers.append({"id": 9, "tags": [f"change-note:{ID}"], "dashboardUID": "other"})
        announce(shop, system)

    assert "dashboardUID=cart" in system.requests[0].path
    assert (system.markers[1]["dashboardUID"], system.markers[1]["panelId"]) == ("cart", 2)


def test_markers_of_others_are_left_alone(shop: Workshop) -> None:
    others: list[Any] = [
        None,
        {"id": 1},
        {"id": "x", "message": f"[{ID}] was mine"},
        {"message": 3},
    ]
    with receiver("honeycomb") as system:
        system.markers = [*others]
        done = announce(shop, system)

    assert (done.code, done.out) == (0, "honeycomb: announced\n")
    assert system.markers[:4] == others


@pytest.mark.parametrize("name", ASKED_FIRST)
def test_an_answer_that_is_no_list_of_markers_is_an_error_or_no_marker(
    name: str, shop: Workshop
) -> None:
    with receiver(name, Reply(raw=b"<html>log in</html>")) as system:
        done = announce(shop, system)

    assert done.code == 4
    assert "is not whole JSON" in said(done).what
    assert system.markers == []


def test_a_second_channel_is_told_as_well(shop: Workshop) -> None:
    with far_end(Reply(raw=b"ok")) as end:
        places = [f"{end.url}/services/T0/B0/{channel}" for channel in ("one", "two", "one")]
        done = [
            shop.run("announce", ID, "--to", "slack", SLACK_WEBHOOK_URL=place) for place in places
        ]

    assert [one.out for one in done] == [
        "slack: announced\n",
        "slack: announced\n",
        "slack: announced already, nothing was sent\n",
    ]
    kept = "".join(path.read_text() for path in shop.folder.glob(".git/changenote/announced/*"))
    names = " ".join(path.name for path in shop.folder.glob(".git/changenote/announced/*"))
    assert "services" not in kept + names


def test_what_was_sent_and_could_not_be_kept_is_not_called_safe_to_send_again(
    shop: Workshop,
) -> None:
    shop.write(".git/changenote/announced", "a file in the place of the folder")
    with receiver("slack") as system:
        done = announce(shop, system)

    assert done.code == 3
    assert said(done).retry == "not safe: it was sent, and would be sent once more"
    assert len(system.markers) == 1


def test_datadog_takes_no_old_event_so_none_is_sent(shop: Workshop) -> None:
    with receiver("datadog") as system:
        announce(shop, system)
        tell(shop, hours=20)
        again = announce(shop, system)
        anyway = announce(shop, system, more=("--again",))

    assert again.out == "datadog: announced already, nothing was sent\n"
    assert anyway.code == 2
    assert said(anyway).what.startswith("Datadog takes no event that is older than 18 hours")
    assert len(system.markers) == 1


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("status: shipped ", "status: draft ", "is a draft"),
        ("  at: ", "  restored_at: ", "does not say when it shipped"),
    ],
)
def test_what_has_not_shipped_is_not_announced(
    old: str, new: str, what: str, shop: Workshop
) -> None:
    tell(shop, (old, new))
    with receiver("grafana") as system:
        done = announce(shop, system)

    assert done.code == 2
    assert what in said(done).what
    assert system.requests == []


def test_an_artifact_has_the_version_that_the_note_has_or_none(shop: Workshop) -> None:
    tell(shop, ("  version: v2.14.0", "  # version: v2.14.0"))
    with receiver("cdevents") as system:
        announce(shop, system)

    (deployed,) = (one["data"] for one in system.markers)
    assert deployed["subject"]["content"]["artifactId"] == "pkg:generic/shop-web"


def test_why_nothing_was_measured_is_not_taken_for_a_result(shop: Workshop) -> None:
    at = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    head = f"schema: 1\nid: {ID}\ntitle: Short\nkind: fix\nstatus: shipped\nno_metric: rare\n"
    shop.note(f"{head}shipped: {{at: {at}}}\n")
    with receiver("slack") as system:
        done = announce(shop, system)

    assert done.code == 0
    assert "nothing measured: rare" in json.dumps(system.markers)


def test_a_note_of_few_words_is_announced_with_what_there_is(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "bare").start()
    at = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    head = f"schema: 1\nid: {ID}\ntitle: Short\nkind: fix\nstatus: shipped\n"
    shop.note(f"{head}shipped: {{at: {at}}}\n")
    with every_receiver() as systems:
        done = announce(shop, *systems)

    assert (done.code, done.err) == (0, "")
    for system in systems:
        assert system.refused == []
        assert "nothing was measured" in json.dumps(system.markers)


HOSTILE = (
    "<!channel> @here <@U012> <https://evil.invalid|click> *b* :fire: %%% <script>x</script>"
    " AKIAIOSFODNN7EXAMPLE \u202e\u200b"
)


def test_a_note_mentions_nobody_and_links_nowhere(shop: Workshop) -> None:
    title = "title: '<!channel> @all <https://evil.invalid|x> <b>&amp'"
    tell(
        shop,
        ("title: Cache cart totals per session", title),
        ("./flags set cart_total_cache off --env production", json.dumps(f"./flags {HOSTILE}")),
        ("service: shop-web", "service: 'a b|@here'"),
    )
    with every_receiver() as systems:
        done = announce(shop, *systems)

    assert done.code == 0
    assert [system.refused for system in systems] == [[]] * len(NAMES)
    every = {system.name: system.markers[0] for system in systems}
    text = json.dumps(every, ensure_ascii=False)
    assert "AKIA" not in text
    assert "\u202e" not in text
    slack = every["slack"]
    assert "<" not in slack["text"]
    assert "@all" not in slack["text"]
    *plain, link = slack["blocks"]
    texts = [t for block in plain for t in [block.get("text"), *block.get("fields", ())] if t]
    assert {one["type"] for one in texts} == {"plain_text"}
    assert link["elements"][0]["text"] == f"Change note <{PAGE}|{ID}>"
    assert "<script" not in every["grafana"]["text"]
    assert every["grafana"]["text"].count("<a ") == 1
    assert "@here" not in every["datadog"]["text"] + every["datadog"]["title"]
    assert not every["datadog"]["text"].startswith("%%%")


def test_an_incident_is_a_link_only_where_it_is_an_address(shop: Workshop) -> None:
    tell(shop, ("outcome: success", "outcome: failed\n  incident: 'javascript:alert(1)'"))
    with receiver("slack") as slack, receiver("grafana") as grafana:
        announce(shop, slack, grafana)
    tell(shop, ("outcome: success", "outcome: degraded\n  incident: 'https://x.invalid/|a>&'"))
    with receiver("slack") as other:
        announce(shop, other)

    assert "javascript" not in json.dumps([slack.markers, grafana.markers])
    link = other.markers[0]["blocks"][-1]["elements"][0]["text"]
    assert link.endswith("<https://x.invalid/%7Ca%3E&amp;|Incident at x.invalid>")


def test_long_texts_are_cut_to_what_a_system_takes(shop: Workshop) -> None:
    long = "word " * 900
    tell(
        shop,
        ("title: Cache cart totals per session", f"title: {'W' * 100}"),
        ("GET /cart p95 over 900 ms for 10 min, or any wrong-total report", long),
        ("service: shop-web", f"service: {'s' * 300}"),
        ("version: v2.14.0", f"version: {'v' * 300}"),
    )
    with every_receiver() as systems:
        done = announce(shop, *systems)

    assert done.code == 0
    assert [system.refused for system in systems] == [[]] * len(NAMES)


def test_a_system_that_is_silent_is_not_waited_for_for_ever(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    over = threading.Event()

    def silent(_request: Request) -> Reply:
        over.wait(20)
        return Reply(is_dropped=True)

    monkeypatch.chdir(shop.folder)
    monkeypatch.setattr(http, "SECONDS", 0.2)
    with serving(silent) as port:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", f"http://127.0.0.1:{port}{WEBHOOK}")
        code = carry_out(["announce", ID, "--to", "slack"])
        over.set()

    failed = said(Done(code, "", capsys.readouterr().err))
    assert code == 4
    assert failed.what.startswith(f"127.0.0.1:{port} does not answer: nothing came for 0")
    assert failed.retry == "not safe by itself: it may have been carried out"
    assert failed.next == "Look at Slack first."


@pytest.mark.parametrize("name", NAMES)
def test_the_systems_of_the_tests_take_no_more_than_is_documented(
    name: str, shop: Workshop
) -> None:
    with receiver(name) as system:
        announce(shop, system)
    good = system.requests[-1]
    more = Request(good.method, good.path, good.headers, json.dumps({**good.data, "x": 1}).encode())

    assert violations(name, good) == []
    assert violations(name, more) != []
    assert violations(name, Request("POST", "/elsewhere/x?y", {}, good.body)) != []
    assert violations(name, Request(good.method, good.path, {}, good.body)) != []
