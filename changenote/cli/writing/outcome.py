"""`changenote outcome`: how the deployment went, once that is known."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import click

from changenote.capture.draft import cleaned
from changenote.cli import console, options
from changenote.cli.writing.updating import report, update
from changenote.errors import UsageProblem
from changenote.model.note import DURATION, Note, Outcome, Shipped, seconds
from changenote.model.reading import read
from changenote.patterns import pattern
from changenote.store.editing import with_value

_AGO = pattern(rf"({DURATION}) ?ago")


@click.command()
@options.note_id()
@click.argument("outcome", type=click.Choice(get_args(Outcome)))
@click.option(
    "--restored-at",
    metavar="TIME",
    help="When service was back: ISO 8601 with a zone, `now`, or such as `20m ago`.",
)
@click.option("--incident", metavar="URL", help="The incident that it led to.")
@options.dry_run
@options.as_json
def command(
    name: str,
    outcome: str,
    restored_at: str | None,
    incident: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Say how the deployment of a change went, and when service was back.

    `degraded` and `failed` count as failed changes in `changenote stats`; the time from shipping
    to --restored-at is how long it took to recover. Run it again when you know more: what it is
    not told stays as it is.
    """
    given = {"outcome": outcome}
    if restored_at is not None:
        given["restored_at"] = moment(restored_at, datetime.now(UTC))
    if incident is not None:
        given["incident"] = cleaned({"url": incident})["url"]
    project = options.project_with_notes()
    updated = update(project, name, lambda note, text: _said(note, text, given), dry_run=dry_run)
    done = f"{updated.note.title}: deployment {outcome}."
    code = report(updated, done=done, as_json=as_json, dry_run=dry_run)
    _mind_the_end(updated.note)
    return code


def moment(text: str, now: datetime) -> str:
    """The time in the words of a command line, as a note has it: with a zone.

    Raises `UsageProblem`.
    """
    words = text.strip()
    ago = _AGO.fullmatch(words)
    if words == "now" or ago:
        at = now - timedelta(seconds=seconds(ago[1]) if ago else 0)
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    shipped, problems = read(Shipped, {"at": words})
    if shipped is None:
        raise UsageProblem(
            f"{words!r} is no time: {problems[0].found}",
            expected=f"{problems[0].expected}, `now`, or such as `20m ago`",
            hint="`date --iso-8601=seconds` shows how one is written.",
        )
    return words


def _said(note: Note, text: str, given: dict[str, str]) -> str:
    _refuse_what_contradicts(note, given)
    for key, value in given.items():
        text = with_value(text, ("shipped", key), value)
    return text


def _refuse_what_contradicts(note: Note, given: dict[str, str]) -> None:
    """A deployment that went well has nothing to restore."""
    shipped = note.shipped or Shipped()
    told = {"restored_at": shipped.restored_at, "incident": shipped.incident, **given}
    wrong = [key for key in ("restored_at", "incident") if told[key] is not None]
    if given["outcome"] == "success" and wrong:
        raise UsageProblem(
            f"a deployment that went well has no {' and no '.join(wrong)}",
            expected="degraded or failed",
            hint=f"`changenote set {note.id} {' '.join(f'shipped.{key}=' for key in wrong)}` takes"
            " out what the note says of it.",
        )


def _mind_the_end(note: Note) -> None:
    shipped = note.shipped
    if shipped and shipped.outcome != "success" and shipped.restored_at is None:
        console.notice(
            "Once service is back: "
            f"`changenote outcome {note.id} {shipped.outcome} --restored-at now`."
        )
