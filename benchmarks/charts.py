"""`python -m benchmarks.charts`: what one chart costs, in processor time and in bytes."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from time import process_time

from changenote.model.history import History, changes, histories, points_of
from changenote.model.measures import judge
from changenote.model.note import Metric, Note, Shipped
from changenote.site.charts.activity import Week, activity_plot
from changenote.site.charts.history import history_plot
from changenote.site.charts.samples import samples_plot
from changenote.site.charts.spark import spark
from changenote.site.note.measured import Measured, measured

SEED = 20261122
BATCHES = 25
BATCH = 20

_FIRST = date(2025, 1, 6)
_WEEKS = 52


def cases() -> Iterator[tuple[str, Callable[[], str]]]:
    """Every chart at its usual size and at a large one, as something to call."""
    for runs in (10, 100):
        shown = _measured(runs)
        yield f"{runs} runs a side", lambda shown=shown: samples_plot(shown)  # type: ignore[misc]
    for notes in (10, 100):
        history = _history(notes)
        changed = changes(history)
        yield (
            f"a metric over {notes} notes",
            lambda history=history, changed=changed: history_plot(history, changed, str),  # type: ignore[misc]
        )
    yield f"notes in {_WEEKS} weeks", lambda: activity_plot(_weeks())
    yield "a trend of 30 values", lambda: spark(_levels(30), "lower")


def cost(draw: Callable[[], str]) -> tuple[float, int]:
    """Milliseconds of processor time for one chart, the median of many batches, and its bytes."""
    size = len(draw().encode())  # the first one also reads the template
    return 1000 * median(_batch(draw) for _ in range(BATCHES)) / BATCH, size


def _batch(draw: Callable[[], str]) -> float:
    start = process_time()
    for _ in range(BATCH):
        draw()
    return process_time() - start


def _levels(count: int) -> list[float]:
    random = Random(SEED)  # noqa: S311 - made-up numbers, no secret
    return [round(800 * random.lognormvariate(0, 0.05), 1) for _ in range(count)]


def _measured(runs: int) -> Measured:
    values = _levels(2 * runs)
    metric = Metric(
        name="GET /cart p95",
        unit="ms",
        better="lower",
        target=400.0,
        before=tuple(values[:runs]),
        after=tuple(round(value / 2, 1) for value in values[runs:]),
        order="sequential",
        conditions={"cache": "warm"},
    )
    return measured(metric, judge(metric))


def _history(notes: int) -> History:
    pairs = zip(_levels(notes), _levels(notes + 1)[1:], strict=True)
    every = (
        _note(place, Metric(name="GET /cart p95", unit="ms", before=before, after=after))
        for place, (before, after) in enumerate(pairs)
    )
    return histories(point for note in every for point in points_of(note))[0]


def _note(place: int, metric: Metric) -> Note:
    day = _FIRST + timedelta(days=5 * place)
    return Note(
        schema=1,
        id=f"{day:%Y%m%d}-{place:06}",
        title="Cache the totals of carts",
        kind="cache",
        status="shipped",
        service="shop-web",
        shipped=Shipped(at=datetime(day.year, day.month, day.day, 14, tzinfo=UTC)),
        metrics=(metric,),
    )


def _weeks() -> list[Week]:
    starts = (_FIRST + timedelta(weeks=week) for week in range(_WEEKS))
    return [Week(start, 3 + place % 5, place % 7 == 0) for place, start in enumerate(starts)]


def main() -> None:
    """Print a line for each chart."""
    print(f"{'chart':<28}{'ms each':>10}{'bytes':>10}")
    for title, draw in cases():
        time, size = cost(draw)
        print(f"{title:<28}{time:>10.2f}{size:>10,}")


if __name__ == "__main__":
    main()
