"""`changenote announce`: tell what watches production when a note's change shipped."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import click

from changenote.capture import shelf
from changenote.cli import console, options
from changenote.cli.pulls import pull_requests
from changenote.cli.pulls.pull_requests import Shown
from changenote.errors import (
    DONE,
    CannotWrite,
    ChangenoteError,
    NoSuchPullRequest,
    UsageProblem,
)
from changenote.exchange.announcing.connecting import Line, line
from changenote.exchange.announcing.facts import Facts, facts
from changenote.exchange.announcing.messages import Message, Name, System
from changenote.exchange.announcing.sending import send, shown
from changenote.exchange.announcing.systems import SYSTEMS
from changenote.records import record
from changenote.store.mkdocs_config import site_url
from changenote.store.project import Project

Data = dict[str, Any]


@record
class _Outcome:
    """What came of telling one system; `error` is why it was not told."""

    system: System
    result: str | None = None
    requests: tuple[Data, ...] = ()
    error: ChangenoteError | None = None


@click.command()
@options.note_id()
@click.option(
    "--to",
    "names",
    type=click.Choice(get_args(Name)),
    multiple=True,
    required=True,
    help="The system to tell; again for each of several.",
)
@click.option("--again", is_flag=True, help="Send it even if it was announced there already.")
@click.option("--dry-run", is_flag=True, help="Print the requests, send nothing.")
@options.as_json
def command(name: str, names: tuple[str, ...], again: bool, dry_run: bool, as_json: bool) -> int:
    """Announce a note: a deployment marker where you watch production.

    Graphs then show where the change fell: what shipped, whether it helped, how to undo it, with a
    link to the note. The moment is when it shipped, not now. Running it twice announces once; once
    the note says that the change failed or was rolled back, run it again to say so there too.

    Addresses and tokens come from the environment, such as GRAFANA_URL and GRAFANA_TOKEN,
    HONEYCOMB_API_KEY, DD_API_KEY and DD_SITE, PAGERDUTY_ROUTING_KEY, K_SINK, SLACK_WEBHOOK_URL;
    `announce:` in config.yaml says more. What one system refuses does not keep others from being
    told.

    \b
    changenote announce k3f9xq --to grafana --to slack --dry-run
    """
    project = options.project_with_notes()
    said = _facts(project, name)
    tell = _Telling(project=project, facts=said, again=again, dry_run=dry_run)
    outcomes = [tell.outcome(SYSTEMS[each]) for each in dict.fromkeys(names)]
    if as_json:
        console.data(_data(said, outcomes, dry_run))
    else:
        _print(outcomes, dry_run)
    for outcome in outcomes:
        if outcome.error:
            console.error(outcome.error)
    return max((one.error.exit_code for one in outcomes if one.error), default=DONE)


def _facts(project: Project, name: str) -> Facts:
    (one,) = pull_requests.named(project, [name])
    config = project.config
    try:
        where = pull_requests.place(project)
    except NoSuchPullRequest:  # a repository on no forge can still have a site
        return _facts_of(project, one, link=_page(project, one), source=config.repository or "")
    link = pull_requests.address_of(where, one)
    return _facts_of(project, one, link=link, source=where.repository.web)


def _facts_of(project: Project, one: Shown, *, link: str, source: str) -> Facts:
    config = project.config
    return facts(
        one.note,
        link=link,
        source=source,
        service=config.service or source.rstrip("/").removesuffix(".git").rpartition("/")[2],
        environment=config.environment,
        allowed=config.allowed,
    )


def _page(project: Project, one: Shown) -> str:
    site = site_url(project.root)
    return f"{site}{project.notes.name}/{one.note.id}/" if site else ""


@record
class _Telling:
    """A note that is being announced, to one system after the other."""

    project: Project
    facts: Facts
    again: bool
    dry_run: bool

    def outcome(self, system: System) -> _Outcome:
        """What comes of telling a system; what stops that is in it, not raised."""
        config = getattr(self.project.config.announce, system.name)
        messages = system.messages(self.facts, self.project.config.announce)
        requests: tuple[Data, ...] = ()
        try:
            way = line(system, config, os.environ)
            requests = tuple(each for message in messages for each in _requests(way, message))
            if self.dry_run:
                _refuse_what_is_too_old(system, self.facts)
            result = None if self.dry_run else self._sent(way, messages)
        except ChangenoteError as error:
            return _Outcome(system=system, requests=requests, result="failed", error=error)
        return _Outcome(system=system, requests=requests, result=result)

    def _sent(self, way: Line, messages: tuple[Message, ...]) -> str:
        results = {self._told(way, message) for message in messages}
        return next(one for one in ("created", "updated", "unchanged") if one in results)

    def _told(self, way: Line, message: Message) -> str:
        """Send a message, unless it is known that it was sent."""
        if message.look:
            return send(way, message, again=self.again)
        path = self._record(way, message)
        if not self.again and shelf.data_in(path) is not None:
            return "unchanged"
        _refuse_what_is_too_old(way.system, self.facts)
        result = send(way, message)
        try:
            shelf.put_data(path, {"note": self.facts.id, "to": way.system.name, "key": message.key})
        except CannotWrite as error:
            error.retry = "not safe: it was sent, and would be sent once more"
            raise
        return result

    def _record(self, way: Line, message: Message) -> Path:
        """Where it is kept that a message was sent to this very place: a service, a channel …"""
        from hashlib import sha256

        secret = way.credential.value if way.credential else ""
        place = sha256(f"{way.base} {secret}".encode()).hexdigest()[:12]
        folder = shelf.shelf(self.project.root, "announced")
        return folder / f"{way.system.name}-{message.key}-{place}.json"


def _requests(way: Line, message: Message) -> list[Data]:
    first = [shown(way, message.look.request)] if message.look else []
    return [*first, shown(way, message.request)]


def _refuse_what_is_too_old(system: System, said: Facts) -> None:
    if system.hours and datetime.now(UTC) - said.moment > timedelta(hours=system.hours):
        raise UsageProblem(
            f"{system.title} takes no event that is older than {system.hours:.0f} hours,"
            f" and this is of {said.moment:%Y-%m-%d %H:%M} UTC",
            expected="a change that shipped today",
            retry="safe, nothing was sent",
            hint="Announce a note right after the deployment.",
        )


_SAYS = {
    "created": "announced",
    "updated": "announced already, and brought up to date",
    "unchanged": "announced already, nothing was sent",
}


def _print(outcomes: list[_Outcome], dry_run: bool) -> None:
    if dry_run:
        texts = [_text(one.system, request) for one in outcomes for request in one.requests]
        console.out("\n\n".join(texts))
        return
    for outcome in outcomes:
        if outcome.result in _SAYS:
            console.out(f"{outcome.system.name}: {_SAYS[outcome.result]}")


def _text(system: System, request: Data) -> str:
    """A request as people write one down."""
    import json

    head = f"# {system.name}" + (", first" if request["body"] is None else "")
    lines = [head, f"{request['method']} {request['url']}"]
    lines += [f"{name}: {value}" for name, value in request["headers"].items()]
    if request["body"] is not None:
        lines += ["", json.dumps(request["body"], ensure_ascii=False, indent=2)]
    return "\n".join(lines)


def _data(said: Facts, outcomes: list[_Outcome], dry_run: bool) -> Data:
    """`{note, dry_run, systems: [{to, result, error, requests}]}`; requests without tokens."""
    systems = [
        {
            "to": one.system.name,
            "result": one.result,
            "error": _error(one.error) if one.error else None,
            "requests": one.requests,
        }
        for one in outcomes
    ]
    return {"note": said.id, "dry_run": dry_run, "systems": systems}


def _error(error: ChangenoteError) -> Data:
    return {
        "what": error.what,
        "expected": error.expected,
        "retry": error.retry,
        "next": error.hint,
    }
