"""Metrics out of result files, with a saved baseline where there are no files from before."""

from collections.abc import Sequence
from pathlib import Path

from changenote.capture import baselines
from changenote.capture.results import Imported, metrics_from
from changenote.errors import UsageProblem


def metrics(before: Sequence[Path], after: Sequence[Path], *, root: Path) -> Imported:
    """The metrics of files from before and after; the newest baseline stands in for the former."""
    if before:
        return metrics_from(before, after, root=root)
    saved = [one for one in baselines.saved(root) if one.files]
    if not saved:
        raise UsageProblem(
            "there are result files from after the change, and none from before",
            expected="--before FILES, or a baseline saved before the change",
            hint="Before the next change: `changenote baseline save NAME FILES`.",
        )
    newest = saved[-1]
    found = baselines.compared_files(root, newest, after)
    remark = f"Compared with the baseline {newest.name!r}, saved {newest.at:%Y-%m-%d %H:%M} UTC."
    return Imported(metrics=found.metrics, remarks=(remark, *found.remarks))
