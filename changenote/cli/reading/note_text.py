"""A note as plain text for a terminal. Pure: lines in, lines out."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from changenote.checks.runnable import FILL_IN, judged, lacks_secret
from changenote.model.checklists import STATES, parted, tally
from changenote.model.fields import Fields, label
from changenote.model.note import Metric, Note, Rollback, samples
from changenote.model.outcome import moment, restored
from changenote.model.rehearsal import is_of
from changenote.patterns import pattern

_LABEL = 11
_STARTS = pattern(r"\s*$|\s*(?:[-*+>|#]|\d+[.)])|\t")  # an empty line, a list, a table, a heading


def heading(note: Note, now: datetime) -> list[str]:
    """Who, where and when, on two lines."""
    shipped = note.shipped
    at = shipped.at if shipped else None
    where = [note.id, note.kind, note.service, shipped.environment if shipped else None]
    when = f"shipped {moment(at)} ({age(at, now)})" if at else "not shipped"
    second = [when, f"owner {note.owner}" if note.owner else None, _version(note)]
    return [" · ".join(w for w in where if w), " · ".join(w for w in second if w)]


def _version(note: Note) -> str | None:
    return note.shipped.version if note.shipped else None


def age(at: datetime, now: datetime) -> str:
    """How long ago, in one unit: `3 hours ago`."""
    seconds = (now - at).total_seconds()
    if seconds < 0:
        return "in the future"
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' * (count != 1)} ago"
    return "just now"


def labelled(label: str, text: str | None, width: int) -> list[str]:
    """`Label      text`, wrapped and indented; nothing when there is no text."""
    if not text:
        return []
    lines = [part for line in _paragraphs(text.strip()) for part in _wrapped(line, width)]
    return [f"{label:<{_LABEL}}{lines[0]}", *(" " * _LABEL + line for line in lines[1:])]


def _paragraphs(text: str) -> list[str]:
    """The lines of a text, with those of one paragraph or list item joined to be wrapped anew."""
    joined: list[str] = []
    is_code = False
    for line in text.splitlines():
        is_fence = line.lstrip().startswith("```")
        starts = is_code or is_fence or not joined or _STARTS.match(line)
        if starts or not joined[-1].strip() or joined[-1].lstrip().startswith("```"):
            joined.append(line)
        else:
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        is_code = is_code != is_fence
    return joined


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width - _LABEL and line.isprintable() and line == line.strip():
        return [line]
    # A long word (an address, a path) must stay in one piece to be copied.
    indent = " " * (
        len(line) - len(line.lstrip()) + (2 if line.lstrip()[:2] in ("- ", "* ") else 0)
    )
    return _filled(
        line,
        width - _LABEL,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def _filled(text: str, width: int, **more: Any) -> list[str]:
    from textwrap import wrap  # slow to load, and the lines of an emergency are mostly short

    return wrap(text, width, **more)


def rollback_lines(rollback: Rollback | None, now: datetime, width: int) -> list[str]:
    """How to undo a change; the commands stand alone on their lines, ready to copy."""
    if rollback is None:
        return ["This note does not say how to undo the change."]
    lines = labelled("When", rollback.when, width)
    lines += labelled("Decides", rollback.decider, width)
    lines += labelled("Strategy", (rollback.strategy or "").replace("_", " "), width)
    lines += labelled("No return", rollback.point_of_no_return, width)
    lines += labelled("Time limit", rollback.time_limit, width)
    lines += labelled("Data", _data_loss(rollback), width)
    lines += labelled("Rehearsed", _rehearsal(rollback, now), width)
    if rollback.steps:
        lines += ["", *_steps(rollback), ""]
    lines += labelled("Verify", rollback.verify, width)
    lines += labelled("Fallback", rollback.fallback, width)
    return lines


def _steps(rollback: Rollback) -> Iterator[str]:
    """Comments and commands, so that the whole block can be pasted into a shell."""
    for number, step in enumerate(rollback.steps, 1):
        facts = [f"step {number} of {len(rollback.steps)}"]
        facts += [f"takes {step.takes}"] if step.takes else []
        facts += [f"expect: {' '.join(step.expect.split())}"] if step.expect else []
        yield "# " + " · ".join(facts)
        lines = step.run.strip("\n").splitlines()
        if judged(step.run) == "command":
            yield from lines
        else:
            is_cut = lacks_secret(step.run)
            yield f"# {FILL_IN}:" if is_cut else "# This is no command, so do not paste it:"
            yield from (f"#   {line}" for line in lines)


def _data_loss(rollback: Rollback) -> str:
    data = rollback.data
    if data is None:
        return ""
    words = {True: "reversible", False: "not reversible", None: ""}[data.reversible]
    return "; ".join(w for w in (words, f"loses {data.loses}" if data.loses else "") if w)


def _rehearsal(rollback: Rollback, now: datetime) -> str:
    done = rollback.rehearsed
    if done is None or done.at is None:
        return "never"
    words = [age(done.at, now), f"on {done.environment}" if done.environment else ""]
    words += [f"by {done.by}" if done.by else "", f"in {done.took}" if done.took else ""]
    is_void = is_of(done, rollback.steps) is False
    words += ["(of other steps than these)" if is_void else ""]
    return " ".join(w for w in words if w)


def metric_lines(note: Note, width: int) -> list[str]:
    """Each metric with what its numbers mean in words."""
    from changenote.model.measures import (  # `rollback` does without
        cautions,
        judge,
        nothing_measured,
        sentence,
    )

    lines = []
    for metric in note.metrics:
        verdict = judge(metric)
        said = f"{metric.name}: {sentence(metric, verdict)}{_counts(metric)}"
        lines += _filled(said, width, subsequent_indent="  ")
        lines += [f"  mind: {caution}" for caution in cautions(verdict)]
    return lines + ([nothing_measured(note)] if note.no_metric else [])


def _counts(metric: Metric) -> str:
    before = metric.n_before or len(samples(metric.before))
    after = metric.n_after or len(samples(metric.after))
    return "" if before == after == 1 else f" ({before} and {after} runs)"


def outcome_lines(note: Note, width: int) -> list[str]:
    """How the deployment went, and how long it took to recover."""
    shipped = note.shipped
    if shipped is None:
        return []
    lines = labelled("Outcome", shipped.outcome, width)
    lines += labelled("Restored", restored(shipped), width)
    return lines + labelled("Incident", shipped.incident, width)


def review_lines(note: Note) -> list[str]:
    """Who read the note and when; that somebody has to."""
    revision = note.revision
    lines = []
    if revision and revision.status == "reviewed":
        words = ["reviewed", f"by {revision.by}" if revision.by else ""]
        words += [f"on {revision.last_reviewed}" if revision.last_reviewed else ""]
        words += [f"(version {revision.version})"]
        lines.append(" ".join(word for word in words if word))
    return lines + [flag.replace("_", " ") for flag in note.flags]


def checklist_lines(note: Note, width: int) -> list[str]:
    """How each checklist was answered, and the items about which more is to be said than ok."""
    lines = []
    for group, items in note.checklist.items():
        lines.append(f"{group}: {tally(items.values())}")
        for item, answer in items.items():
            state, more = parted(answer)
            said = f"{item}: {STATES[state]}" + (f", {more}" if more else "")
            if more or state in ("todo", "fail"):
                lines += _filled(said, width, initial_indent="  ", subsequent_indent="    ")
    return lines


def own_lines(note: Note, fields: Fields) -> list[str]:
    """The team's own fields by what they are called, those without a name in the config last."""
    known = [(label(name, field), note.x.get(name)) for name, field in fields.items()]
    others = [(f"x.{name}", value) for name, value in note.x.items() if name not in fields]
    return [
        f"{name}: {_plain(value)}" for name, value in (*known, *others) if value not in (None, "")
    ]


def _plain(value: Any) -> str:
    """A value of any shape on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(inner) for inner in value)
    return " ".join(str(value).split())


def command_lines(note: Note) -> list[str]:
    """Each command with what it was for and how it ended."""
    lines = []
    for c in note.commands:
        ended = "" if c.exit is None else f"exit {c.exit}"
        facts = ", ".join(w for w in (c.purpose, ended, c.takes and f"took {c.takes}") if w)
        lines.append("$ " + c.run + (f"   ({facts})" if facts else ""))
    return lines + ([f"none: {note.no_command}"] if note.no_command else [])


def file_lines(note: Note, most: int) -> list[str]:
    """Files with their change and line counts, `most` of them."""
    marks = {"added": "A", "deleted": "D", "renamed": "R", "copied": "C", "type_changed": "T"}
    lines = []
    for f in note.files[:most]:
        counts = f"+{f.added or 0} −{f.removed or 0}"
        moved = f" (was {f.from_})" if f.from_ else ""
        lines.append(f"{marks.get(f.change or '', 'M')} {f.path}{moved}  {counts}")
    omitted = dict(note.files_omitted)
    rest = max(len(note.files) - most, 0) + omitted.pop("more", 0)
    words = [f"{rest} more"] if rest else []
    words += [f"{count} {cause}" for cause, count in omitted.items()]
    return lines + ([f"and {', '.join(words)}"] if words else [])
