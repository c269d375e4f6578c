"""From files to metrics: what the rest of the program calls."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from changenote.capture.results.formats import FORMATS
from changenote.capture.results.series import Better, Series
from changenote.records import record


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
    raise NotImplementedError


def read_results(paths: Sequence[Path], *, column: str | None = None) -> list[Series]:
    """The series in files and folders; those of one name are one series, runs in order of time."""
    raise NotImplementedError


def sides_of(path: Path, *, column: str | None = None) -> tuple[list[Series], list[Series]]:
    """The series before and after out of one file that holds both."""
    raise NotImplementedError


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

    Without `after`, the files of `before` hold both sides (two commands of hyperfine, CSV columns
    `before` and `after`). `root` is the repository that paths in the note are relative to. `select`
    names the series to take; `name` is what the metric is called then, or names the series itself.
    `column` is of a CSV file; `unit` and `better` say what a file does not tell, and `unit` turns
    the numbers into another unit where the file tells one.
    """
    raise NotImplementedError
