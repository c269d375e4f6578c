"""The comment on a pull request that shows its notes, as Markdown for a forge.

Everything in it comes from notes, which many hands write: no secret, and no markup, mention or
command for the forge comes of that. The template is ours alone, because a pull request can change a
team's own, and a template is a program that would run beside the token.
"""

from collections.abc import Sequence

from changenote.checks.runnable import FILL_IN, first_command, lacks_secret
from changenote.model.escaping import escaped, target
from changenote.model.measures import answer
from changenote.model.note import Note, Rollback
from changenote.model.publishing import without_secrets
from changenote.model.secrets import NOTHING, Allowed
from changenote.patterns import pattern
from changenote.records import record

MARKER = "<!-- changenote: the notes of this pull request -->"
"""By this, and by its author, the comment is found again."""

NO_NOTES = f"{MARKER}\nThe branch of this pull request has no change note any more.\n"
"""What the comment says once the notes that it showed are gone."""

MOST_BYTES = 60_000
"""Forges take 65,536 characters and more; a few thousand are for what they may add."""

_LONGEST_REASON = 1200
_LONGEST_LINE = 400
_LONGEST_COMMAND = 160
_TICKS = pattern("`+")


@record
class _Shown:
    """What is shown of a note; every text is Markdown that does nothing."""

    id: str
    title: str
    address: str
    status: str
    reason: str
    verdict: str
    rollback: str


def comment(notes: Sequence[tuple[Note, str]], allowed: Allowed = NOTHING) -> str:
    """The comment that shows notes, each with the address of its page, which may be empty.

    What is `allowed` in them is no secret. The same notes give the same text, which never has more
    than `MOST_BYTES` bytes: where they do not fit, the last ones are only counted.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from changenote.resources import templates_folder

    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=False,  # noqa: S701 - Markdown, not HTML, and escaped for it already
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("forge/comment.md.j2")
    shown = [_shown(without_secrets(note, allowed), address) for note, address in notes]
    for count in range(len(shown), -1, -1):
        more = len(shown) - count
        text = template.render(marker=MARKER, notes=shown[:count], more=more).strip("\n") + "\n"
        if len(text.encode()) <= MOST_BYTES:
            break
    return text


def is_ours(body: str) -> bool:
    """Does a comment's text have the marker? Its author has to be asked for as well."""
    return MARKER in body


def same(first: str, second: str) -> bool:
    """Do two texts say the same? Forges change line ends and what is around the text."""
    return first.replace("\r\n", "\n").strip() == second.replace("\r\n", "\n").strip()


def _shown(note: Note, address: str) -> _Shown:
    return _Shown(
        id=note.id,
        title=_line(note.title, _LONGEST_LINE),
        address=target(address),
        status="" if note.status == "shipped" else note.status.replace("_", " "),
        reason=_line(note.reason or "", _LONGEST_REASON),
        verdict=_line(answer(note), _LONGEST_LINE),
        rollback=_way_back(note.rollback),
    )


def _line(text: str, most: int) -> str:
    """A text on one line, shortened at a word."""
    line = " ".join(text.split())
    if len(line) > most:
        line = f"{line[:most].rpartition(' ')[0] or line[:most]} …"
    return escaped(line)


def _way_back(rollback: Rollback | None) -> str:
    if rollback is None:
        return "the note does not say how"
    first = first_command(step.run for step in rollback.steps)
    if first is None:
        words = rollback.point_of_no_return or next((s.run for s in rollback.steps), "")
        how = _line(words, _LONGEST_LINE) or "the note does not say how"
        how += f" ({FILL_IN})" if lacks_secret(words) else ""
    else:
        how = code(first)
    others = len(rollback.steps) - 1
    how += f" and {others} more step{'' if others == 1 else 's'}" if others > 0 else ""
    return f"{how}, when {_line(rollback.when, _LONGEST_LINE)}" if rollback.when else how


def code(command: str) -> str:
    """The first line of a command as code, which nothing in it can end."""
    line, _, rest = command.strip().partition("\n")
    line = " ".join("".join(c for c in line if c.isprintable() or c.isspace()).split())
    if len(line) > _LONGEST_COMMAND or rest:
        line = f"{line[:_LONGEST_COMMAND].rstrip()} …"
    longest = max((len(ticks) for ticks in _TICKS.findall(line)), default=0)
    fence, space = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{space}{line}{space}{fence}"
