"""Metrics out of result files, with a saved baseline where there are no files from before."""

from collections.abc import Sequence
from pathlib import Path

from changenote.capture import baselines
from changenote.capture.baselines import Baseline
from changenote.capture.results import Imported, metrics_from
from changenote.errors import UnlikeResults, UsageProblem


def metrics(before: Sequence[Path], after: Sequence[Path], *, root: Path) -> Imported:
    """The metrics of files from before and after; the newest baseline that fits is a before."""
    if before:
        return _told(metrics_from(before, after, root=root))
    saved = [one for one in baselines.saved(root) if one.files]
    if not saved:
        raise UsageProblem(
            "there are result files from after the change, and none from before",
            expected="--before FILES, or a baseline saved before the change",
            hint="Before the next change: `changenote baseline save NAME FILES`.",
        )
    one, found = _compared(root, saved, after)
    remark = f"Compared with the baseline {one.name!r}, saved {one.at:%Y-%m-%d %H:%M} UTC."
    return _told(Imported(metrics=found.metrics, remarks=(remark, *found.remarks)))


def _told(found: Imported) -> Imported:
    """What was imported, with a word about one file a side: it is one run, which proves nothing."""
    sides = [metric[side] for metric in found.metrics for side in ("before", "after")]
    if any(isinstance(side, list) for side in sides) or not sides:
        return found
    remark = (
        "One file is one run, so these numbers are only reported. Give four or more a side:"
        " --before 'before*.json' --after 'after*.json'."
    )
    return Imported(metrics=found.metrics, remarks=(*found.remarks, remark))


def _compared(
    root: Path, saved: Sequence[Baseline], after: Sequence[Path]
) -> tuple[Baseline, Imported]:
    """The newest baseline that has something in common with the files, and the metrics."""
    for one in reversed(saved):
        try:
            return one, baselines.compared_files(root, one, after)
        except UnlikeResults:
            if len(saved) == 1:
                raise
    names = ", ".join(repr(one.name) for one in saved)
    raise UnlikeResults(
        f"no baseline has anything in common with the files after the change: {names}",
        expected="the same benchmarks of the same tool as in one of them",
        hint="`--before FILES` names the files from before; `changenote baseline list` shows all.",
    )
