"""Verdicts on metrics, each judged once for the page of its note and the page of the metric."""

from changenote.model.measures import Verdict, judge
from changenote.model.note import primary_metric
from changenote.site.edition import Edition
from changenote.site.row import Row

_MOST = 20_000
"""Verdicts that are kept, 15 MB: as many as pages of metrics show of their newest notes."""


def verdict_on(edition: Edition, row: Row, number: int) -> Verdict:
    """The verdict on a metric of a note, by its place in it."""
    metric = row.note.metrics[number]
    if row.headline and metric is primary_metric(row.note):
        return row.headline
    kept, place = edition.once(_kept), (row.path, number)
    verdict = kept.get(place) or judge(metric)
    if len(kept) < _MOST:
        kept[place] = verdict
    return verdict


def _kept(_: Edition) -> dict[tuple[str, int], Verdict]:
    return {}
