"""From files to metrics: what the rest of the program calls."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from changenote.capture.results.files import decoded
from changenote.capture.results.formats import FORMATS, one_line, runs_in
from changenote.capture.results.merging import Key, Merged, merged
from changenote.capture.results.metric import Wishes, metric_of
from changenote.capture.results.pairing import Pair, chosen, find, not_taken, paired
from changenote.capture.results.reading import read_side
from changenote.capture.results.remarks import remarks_on
from changenote.capture.results.series import Better, Series
from changenote.capture.results.sides import on_neither, parted
from changenote.errors import BadResult, UntoldResult
from changenote.model.problems import shown
from changenote.records import record

MOST_METRICS = 25  # of one import


@record
class Imported:
    """Metrics as plain data of a note's `metrics`, and what a person has to know about them."""

    metrics: tuple[dict[str, Any], ...]
    remarks: tuple[str, ...] = ()


def formats() -> tuple[str, ...]:
    """The names of the formats that can be read, for `--read FORMAT`."""
    return tuple(known.name for known in FORMATS)


def read_text(raw: bytes, *, format: str | None = None, name: str = "output") -> list[Series]:
    """The series in what a command printed; `format` is one of `formats()`, None to recognise it.

    `name` is what errors call the text.
    """
    runs = runs_in(decoded(raw, name), name, format=format)
    return [known.series for known in merged(runs).values()]


def read_results(paths: Sequence[Path], *, column: str | None = None) -> list[Series]:
    """The series in files and folders; those of one name are one series, runs in order of time."""
    return [known.series for known in merged(read_side(paths, column=column).runs).values()]


def sides_of(path: Path) -> tuple[list[Series], list[Series]]:
    """The series before and after out of one file that holds both."""
    found = [known.series for known in merged(read_side([path]).runs).values()]
    return parted(found, str(path))


def metrics_from(
    before: Sequence[Path],
    after: Sequence[Path],
    *,
    root: Path | None = None,
    name: str | None = None,
    select: Sequence[str] = (),
    column: str | None = None,
    unit: str | None = None,
    better: Better | None = None,
) -> Imported:
    """The metrics that two sets of result files hold, exactly one of them primary.

    Without `after`, a file of `before` holds both sides (two commands of hyperfine, CSV columns
    `before` and `after`). `root` is the repository that paths in the note are relative to. `select`
    names the series to take. With `name` there is one metric of that name: the series called so,
    else the one that would be primary. `column` is of a CSV file; `unit` and `better` say what a
    file does not tell, and numbers in another unit of that kind are turned into it.
    """
    _refuse_same(before, after)
    read = _read(before, after, column)
    every = {**read.before, **read.after}
    if name is not None and not select and find(every, name):
        select = (name,)
    taken = chosen(read.before, read.after, select)
    _refuse_many_columns(taken[1], column, select)
    found = paired(*taken)
    pairs = found.pairs[:1] if name is not None else found.pairs[:MOST_METRICS]
    files = [one_line(_relative(path, root)) for path in (*before, *after)]
    source = {"tool": pairs[0].after.series.tool, "files": files, "sha256": read.digest}
    metrics, told = _metrics(pairs, Wishes(name=name, unit=unit, better=better), source)
    remarks = [*found.remarks, *told, *_more(found.pairs, pairs)]
    if read.copied and not pairs[0].after.plans:  # two runs of a small plan can be the same bytes
        remarks.append("a file before and a file after are the same to the byte: was one copied?")
    remarks += (f"neither before nor after, and so not compared: {one}" for one in read.left)
    remarks += not_taken(every, {**taken[0], **taken[1]})
    return Imported(metrics=tuple(metrics), remarks=tuple(dict.fromkeys(remarks)))


@record
class _Both:
    """What the files of both sides hold; `digest` is of all their bytes, in their order."""

    before: Mapping[Key, Merged]
    after: Mapping[Key, Merged]
    digest: str
    copied: bool = False  # is a file of one side the same as one of the other?
    left: tuple[str, ...] = ()  # what one file holds besides before and after


def _read(before: Sequence[Path], after: Sequence[Path], column: str | None) -> _Both:
    hasher = hashlib.sha256()
    old = read_side(before, column=column, hasher=hasher)
    new = read_side(after, column=column, hasher=hasher)
    digest = hasher.hexdigest()
    if after:
        copied = bool(set(old.contents) & set(new.contents))
        return _Both(before=merged(old.runs), after=merged(new.runs), digest=digest, copied=copied)
    every = [known.series for known in merged(old.runs).values()]
    first, second = parted(every, ", ".join(str(path) for path in before))
    return _Both(
        before=merged([first]),
        after=merged([second]),
        digest=digest,
        left=tuple(on_neither(every)),
    )


def _refuse_same(before: Sequence[Path], after: Sequence[Path]) -> None:
    known = {path.absolute() for path in before}
    for path in after:
        if path.absolute() in known:
            raise BadResult(
                f"{shown(str(path), limit=200)} is given both as before and as after",
                expected="other files after than before; or the one file that holds both as before",
                hint="give it as --before alone if it holds both sides",
            )
    if not before:
        raise BadResult(
            "there is no result file from before the change",
            expected="files of both sides",
            hint="measure the state before; a baseline is best saved before the deploy",
        )


def _refuse_many_columns(
    taken: Mapping[Key, Merged], column: str | None, select: Sequence[str]
) -> None:
    names = [name for tool, name in taken if tool == "csv"]
    if len(names) > 1 and not (column or select):
        raise UntoldResult(
            f"the CSV file has {len(names)} columns of numbers: {shown(', '.join(names))}",
            expected="the column to read",
            hint=f"say which: --column {shown(names[0], limit=40)!r}",
            missing=("column",),
        )


def _metrics(
    pairs: Sequence[Pair], wishes: Wishes, source: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[str]]:
    metrics: list[dict[str, Any]] = []
    remarks: list[str] = []
    for pair in pairs:
        try:
            metric = metric_of(pair, wishes, source, primary=not metrics)
        except BadResult as error:
            if not metrics:  # the one that speaks for the note
                raise
            remarks.append(f"left out: {error.what}")
            continue
        if metrics and "better" not in metric:
            remarks.append(
                f"left out: nothing tells whether {metric['name']} is better low or high"
            )
            continue
        metrics.append(metric)
        remarks += remarks_on(pair, metric)
    return metrics, remarks


def _relative(path: Path, root: Path | None) -> str:
    """The path from the repository's root; of a file outside of it, its name alone."""
    if root is not None and path.absolute().is_relative_to(root.absolute()):
        return path.absolute().relative_to(root.absolute()).as_posix()
    return path.name if path.is_absolute() or root is not None else path.as_posix()


def _more(found: Sequence[Pair], pairs: Sequence[Pair]) -> Iterator[str]:
    if len(found) > len(pairs) == MOST_METRICS:
        yield (
            f"{len(found):,} series were measured on both sides, and the first {MOST_METRICS} are"
            " here; take others by their names"
        )
