"""Notes as one document for people, in Markdown.

Whatever a note says is text in it: no markup, HTML, mention or link comes of that, but for the
addresses of its own pull requests, issues, deployment, incident and dashboards.
"""

from collections.abc import Iterable, Iterator

from changenote.checks.runnable import FILL_IN, lacks_secret
from changenote.exchange.exported import Exported
from changenote.model.escaping import address, escaped, indented, paragraphs
from changenote.model.measures import doubt, nothing_measured, sentence
from changenote.model.note import Note, Rollback, shipped_at
from changenote.model.outcome import trouble

HEADING = "# Change notes\n"


def texts(notes: Iterable[Exported]) -> Iterator[str]:
    """The document, a section for each note, in their order."""
    yield HEADING
    for one in notes:
        yield "".join(f"\n{block}\n" for block in _blocks(one) if block)


def _blocks(one: Exported) -> Iterator[str]:
    """The paragraphs, lists and headings of a note."""
    note = one.note
    at = shipped_at(note)
    # A sign # at the end of a title would be taken for that of the heading, were nothing behind it.
    yield f"## {escaped(note.title)} ({at.date().isoformat() if at else 'not shipped'})"
    yield _line(one)
    if went := trouble(note):
        yield f"Outcome: {escaped(went)}"
    for name, text in (("Why", note.reason), ("Expected", note.expected)):
        if text and text.strip():
            yield f"### {name}"
            yield paragraphs(text)
    yield "### Result"
    yield "\n".join(_results(one))
    yield "### Rollback"
    yield from _way_back(note.rollback)
    if links := list(_links(note)):
        yield "### Links"
        yield "\n".join(links)


def _line(one: Exported) -> str:
    """Which change it is, of what and whose."""
    note = one.note
    shipped = note.shipped
    where = [shipped.environment, shipped.version] if shipped else []
    status = note.status.replace("_", " ")
    words = [one.repository, note.kind, status, one.service, *where, note.owner]
    shown = (escaped(word) for word in words if word and word.strip())
    return " · ".join([f"`{note.id}`", *shown])


def _results(one: Exported) -> Iterator[str]:
    """What each metric says, or why nothing was measured."""
    for metric, verdict in one.judged:
        says = doubt(metric) or sentence(metric, verdict)
        yield f"- {escaped(f'{metric.name}: {says}')}"
    if not one.judged:
        says = nothing_measured(one.note)
        text = f"{says[0].upper()}{says[1:]}"
        yield paragraphs(text if one.note.no_metric else f"{text}.")


def _way_back(rollback: Rollback | None) -> Iterator[str]:
    """How to undo it, as far as the note says."""
    if rollback is None:
        yield "The note does not say how."
        return
    known = (
        ("Strategy", (rollback.strategy or "").replace("_", " ")),
        ("When", rollback.when),
        ("Who decides", rollback.decider),
        ("Too late after", rollback.time_limit),
        ("Point of no return", rollback.point_of_no_return),
    )
    yield from _said(known)
    for step in rollback.steps:
        if lacks_secret(step.run):
            yield f"{FILL_IN}:"
        yield indented(step.run)
        yield from _said([("Shows", step.expect)])
    after = (("Worked when", rollback.verify), ("Otherwise", rollback.fallback))
    yield from _said(after)


def _said(parts: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    """A paragraph for each text that there is."""
    for name, text in parts:
        if text and text.strip():
            yield f"{name}: {paragraphs(text)}"


def _links(note: Note) -> Iterator[str]:
    """Where else something is said of it, an item of a list for each."""
    source, shipped = note.source, note.shipped
    known = [
        *(("Pull request", one) for one in (source.pull_requests if source else ())),
        *(("Issue", one) for one in (source.issues if source else ())),
        ("Deployment", shipped.deployment if shipped else None),
        ("Incident", shipped.incident if shipped else None),
        *((f"Dashboard {name}", one) for name, one in note.monitoring.items()),
    ]
    for name, text in known:
        if text and text.strip():
            yield f"- {escaped(f'{name}:')} {address(text)}"
