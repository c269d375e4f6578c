"""What is announced of a note: a few short texts and the moment, the same for every system.

Notes are written by many hands. A text here is one line without secrets and without characters
that hide or turn others; what else a system takes for markup is for its own module to escape.
"""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from changenote.checks.runnable import FILL_IN, first_command, lacks_secret
from changenote.errors import UsageProblem
from changenote.model.escaping import on_one_line
from changenote.model.measures import answer
from changenote.model.note import Note, Rollback, in_utc, shipped_at
from changenote.model.publishing import text_without_secrets as clean
from changenote.model.publishing import without_secrets
from changenote.model.redaction import redact
from changenote.model.secrets import NOTHING, Allowed
from changenote.records import record

State = Literal["shipped", "degraded", "failed", "rolled_back"]

IN_WORDS: dict[State, str] = {
    "shipped": "shipped",
    "degraded": "shipped, degraded",
    "failed": "shipped, failed",
    "rolled_back": "rolled back",
}

_LONGEST_NAME = 150
_LONGEST_LINE = 400
_LONGEST_COMMAND = 160
_LONGEST_ADDRESS = 2000


@record
class Facts:
    """A note for people who look at a graph; what nobody says is empty.

    `at` is when it shipped and `ended` when it was rolled back or service was restored. `source`
    is the repository's address, `link` that of the note's page.
    """

    id: str
    title: str
    state: State
    service: str
    environment: str
    version: str
    verdict: str
    undo: str
    link: str
    source: str
    incident: str
    at: datetime
    ended: datetime | None

    @property
    def moment(self) -> datetime:
        """When it came to be as `state` says: of a rollback its own time, where the note has it."""
        return self.ended if self.ended and self.state == "rolled_back" else self.at


def facts(
    note: Note,
    *,
    link: str = "",
    source: str = "",
    service: str = "",
    environment: str = "",
    allowed: Allowed = NOTHING,
) -> Facts:
    """What is announced of a note; service and environment are those of a note that has none.

    What is `allowed` in it is no secret. Raises `UsageProblem` for a draft, and for a note that
    does not say when it shipped.
    """
    note = without_secrets(note, allowed)
    at = shipped_at(note)
    if note.status == "draft" or at is None or note.shipped is None:
        raise _not_shipped(note)
    shipped = note.shipped
    return Facts(
        id=note.id,
        title=shortened(note.title, _LONGEST_NAME),
        state=_state(note),
        service=shortened(note.service or clean(service, allowed), _LONGEST_NAME),
        environment=shortened(shipped.environment or clean(environment, allowed), _LONGEST_NAME),
        version=shortened(shipped.version or "", _LONGEST_NAME),
        verdict=shortened(answer(note), _LONGEST_LINE),
        undo=_way_back(note.rollback),
        link=_address(redact(link)),
        source=_address(redact(source)),
        incident=_address(shipped.incident or ""),
        at=at,
        ended=_ended(note, at),
    )


def shortened(text: str, most: int) -> str:
    """A text on one line, cut at a word where it is longer than that."""
    line = on_one_line(text)
    if len(line) <= most:
        return line
    cut = line[: most - 2]
    return f"{cut.rpartition(' ')[0] or cut} …"


def host(address: str) -> str:
    """The host that an address leads to, for people to see before they follow it."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _not_shipped(note: Note) -> UsageProblem:
    is_draft = note.status == "draft"
    what = "is a draft" if is_draft else "does not say when it shipped"
    return UsageProblem(
        f"{note.id} {what}, and what has not shipped is not announced",
        expected="a note of a change that reached its users, with `shipped.at`",
        retry="safe, nothing was sent",
        hint=f"`changenote review {note.id} --finish` makes a note of a draft."
        if is_draft
        else f"`changenote set {note.id} shipped.at=TIME` says when.",
    )


def _state(note: Note) -> State:
    if note.status == "rolled_back":
        return "rolled_back"
    outcome = note.shipped.outcome if note.shipped else None
    return outcome if outcome in ("degraded", "failed") else "shipped"


def _ended(note: Note, at: datetime) -> datetime | None:
    """When the trouble was over: as the note says, or else when its rollback was last started."""
    told = note.shipped.restored_at if note.shipped else None
    back = [one.at for one in note.commands if one.purpose == "rollback" and one.at]
    times = [told] if told else back if note.status == "rolled_back" else []
    after = [time for one in times if one and (time := in_utc(one)) > at]
    # More than a year of trouble is a slip of the pen, and would paint a graph all over.
    return max((time for time in after if time - at < timedelta(days=366)), default=None)


def _way_back(rollback: Rollback | None) -> str:
    if rollback is None:
        return "the note does not say how"
    steps = [step.run for step in rollback.steps]
    command = first_command(steps)
    words = command or rollback.point_of_no_return or next(iter(steps), "")
    how = shortened(words, _LONGEST_COMMAND if command else _LONGEST_LINE)
    how = how or "the note does not say how"
    how += f" ({FILL_IN})" if lacks_secret(words) else ""
    more = len(steps) - 1
    how += f" and {more} more step{'' if more == 1 else 's'}" if more > 0 else ""
    return f"{how}, when {shortened(rollback.when, _LONGEST_LINE)}" if rollback.when else how


def _address(text: str) -> str:
    """An address that a browser opens; empty for any other text."""
    line = on_one_line(text)
    is_one = line.startswith(("https://", "http://")) and " " not in line and bool(host(line))
    return line if is_one and len(line) <= _LONGEST_ADDRESS else ""
