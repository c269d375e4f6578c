"""Metrics: numbers that can be compared, and one of them that speaks for the note."""

from collections.abc import Iterator

from changenote.model.note import Metric, Note, Samples, samples
from changenote.model.problems import Path, Problem, shown


def check_metrics(note: Note) -> Iterator[Problem]:
    """What keeps a note's numbers from being compared."""
    yield from _check_primaries(note)
    for index, metric in enumerate(note.metrics):
        path: Path = ("metrics", index)
        yield from _check_pairs(metric, path)
        yield from _check_side(metric, path, "before", metric.before, metric.n_before)
        yield from _check_side(metric, path, "after", metric.after, metric.n_after)


def _check_primaries(note: Note) -> Iterator[Problem]:
    primaries = [(i, m) for i, m in enumerate(note.metrics) if m.primary]
    for index, metric in primaries[1:]:
        yield Problem(
            rule="several-primaries",
            path=("metrics", index, "primary"),
            found=f"{shown(metric.name)}, next to {shown(primaries[0][1].name)}",
            expected="one primary metric, decided before measuring",
            remedy="Remove `primary: true` from all but one.",
        )


def _check_pairs(metric: Metric, path: Path) -> Iterator[Problem]:
    before, after = samples(metric.before), samples(metric.after)
    if metric.order == "interleaved" and before and after and len(before) != len(after):
        yield Problem(
            rule="unequal-pairs",
            path=(*path, "order"),
            found=f"{len(before)} before and {len(after)} after",
            expected="as many before as after, because interleaved runs are pairs",
            remedy="Add the missing run, or write `order: sequential`.",
        )


def _check_side(
    metric: Metric, path: Path, side: str, value: Samples | None, counted: int | None
) -> Iterator[Problem]:
    numbers = samples(value)
    if metric.deterministic and len(set(numbers)) > 1:
        yield Problem(
            rule="varying-deterministic",
            path=(*path, side),
            found=f"from {min(numbers)} to {max(numbers)}",
            expected="the same number on every run, because it is deterministic",
            remedy="Remove `deterministic: true`, or find out what varies.",
        )
    if counted is not None and counted < len(numbers):
        yield Problem(
            rule="wrong-count",
            path=(*path, f"n_{side}"),
            found=f"{counted}, with {len(numbers)} samples kept",
            expected=f"at least {len(numbers)}",
            remedy=f"Write how many runs there were, or remove `n_{side}`.",
        )
