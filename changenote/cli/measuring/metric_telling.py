"""A metric that has its numbers: put where it belongs, and told in words and as a plot."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap
from typing import Any

from changenote.capture import measured
from changenote.capture.draft import cleaned
from changenote.cli import console
from changenote.cli.measuring.metric_options import understood
from changenote.cli.measuring.plots import samples_plot
from changenote.cli.writing import updating
from changenote.errors import ChangenoteError
from changenote.model.measures import cautions, judge, sentence
from changenote.model.note import Metric, Note, samples
from changenote.model.units import is_time
from changenote.model.verdict_data import judged
from changenote.store.editing import with_item, without
from changenote.store.project import Project

Data = dict[str, Any]

_WIDEST = 80  # columns of a plot; wider ones are no easier to read


def place(
    metrics: Sequence[Mapping[str, Any]],
    *,
    root: Path,
    project: Project,
    into: str | None,
    yields: bool,
) -> str | None:
    """Add metrics to a note, or keep them for the next one; the note's file.

    Raises what `updating.update` raises, or `CannotWrite`, after showing the numbers on stderr.
    """
    try:
        if into is not None:
            return add_to_note(project, into, metrics, yields=yields).file
        for metric in metrics:
            measured.keep(root, metric, datetime.now(UTC))
    except ChangenoteError as error:
        error.retry = f"{error.retry}; what was measured stands above"
        for metric in metrics:
            console.notice(as_line(metric))
        raise
    return None


def as_line(metric: Mapping[str, Any]) -> str:
    """The numbers of a metric as `changenote metrics add` takes them, in one line."""
    unit = f" {metric['unit']}" if metric.get("unit") else ""
    sides = (metric.get(side, ()) for side in ("before", "after"))
    texts = [f"{','.join(f'{value:.15g}' for value in side)}{unit}" for side in sides if side]
    return f"{' '.join(str(metric['name']).split())}: {' -> '.join(texts)}"


def add_to_note(
    project: Project,
    name: str,
    metrics: Sequence[Mapping[str, Any]],
    *,
    yields: bool = True,
    dry_run: bool = False,
) -> updating.Updated:
    """Add metrics to a note, whose `no_metric` then goes. Raises what `updating.update` raises.

    One that `yields` is primary only where no other metric of the note is.
    """

    def edit(note: Note, text: str) -> str:
        has_primary = any(metric.primary for metric in note.metrics)
        for metric in metrics:
            data = {**metric, "primary": None} if yields and has_primary else metric
            given = {key: value for key, value in data.items() if value is not None}
            text = with_item(text, ("metrics",), cleaned(given))
        return without(text, ("no_metric",))

    updated = updating.update(project, name, edit, dry_run=dry_run)
    if len(updated.note.metrics) > 1 and not any(m.primary for m in updated.note.metrics):
        console.notice(
            "None of the note's metrics is primary, so none is its headline: write `primary: true` "
            "below the one that the change was made for."
        )
    return updated


def plain(data: Mapping[str, Any]) -> Data:
    """A metric and its verdict for programs, with the keys of `show --json`, and in words."""
    metric = understood(data)
    verdict = judge(metric)
    return {
        "metric": dict(data),
        **judged(verdict),
        "says": sentence(metric, verdict),
        "cautions": list(cautions(verdict)),
    }


def verdict_lines(metric: Metric) -> list[str]:
    """The verdict in words, and what to mind about the runs."""
    verdict = judge(metric)
    said = f"{metric.name}: {sentence(metric, verdict)}"
    lines = wrap(said, console.width(), subsequent_indent="  ")
    return lines + [f"  mind: {caution}" for caution in cautions(verdict)]


def summary_lines(metric: Metric) -> list[str]:
    """The verdict in words, and the runs of both sides as a plot."""
    sides = [("before", samples(metric.before)), ("after", samples(metric.after))]
    width = min(console.width(), _WIDEST)
    return [*verdict_lines(metric), "", *samples_plot(sides, unit=metric.unit, width=width), ""]


def say_where(file: str | None) -> None:
    """Where the metrics are now: in a note, or kept for the next one."""
    if file:
        console.out(file)
        console.notice("Added to that note.")
    else:
        console.notice("Kept for the next note: `changenote new` offers it.")


def say_what_lacks(metric: Metric) -> None:
    """What would make the numbers worth more, as notices."""
    first = [flag for flag in judge(metric).flags if flag.partition(":")[2].startswith("first_run")]
    if first:
        console.notice(
            "A first run unlike the rest is often a cold cache: `changenote measure --warmup 1` "
            "lets both sides run once before it counts."
        )
    if is_time(metric.unit) and not metric.conditions.get("cache"):
        console.notice(
            "Say whether caches were warm (`--conditions cache=warm` or cold): without that, "
            "a time cannot be the headline of a note."
        )
