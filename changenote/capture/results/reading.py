"""Paths → the runs that they hold."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from changenote.capture.results import criterion, lighthouse
from changenote.capture.results.document import Document, parsed
from changenote.capture.results.files import contents, decoded
from changenote.capture.results.formats import runs_in
from changenote.capture.results.series import Series
from changenote.errors import BadResult
from changenote.model.problems import shown
from changenote.records import record

_ENDINGS = (".json", ".jsonl", ".ndjson", ".txt", ".csv", ".xml")


@record
class Side:
    """What the files of one side hold: the series of each run, in the order of the files."""

    runs: tuple[tuple[Series, ...], ...]
    contents: tuple[bytes, ...]  # SHA-256 of each file


def read_side(
    paths: Sequence[Path], *, column: str | None = None, hasher: "hashlib._Hash | None" = None
) -> Side:
    """All runs in these files and folders; `hasher` is fed with the bytes of each file."""
    reader = _Reader(column, hasher or hashlib.sha256())
    runs = [run for path in paths for run in reader.runs_at(path)]
    return Side(runs=tuple(runs), contents=tuple(reader.digests))


class _Reader:
    """Reads files one after the other, and remembers what they held."""

    def __init__(self, column: str | None, hasher: "hashlib._Hash") -> None:
        self.digests: list[bytes] = []
        self._column = column
        self._hasher = hasher

    def runs_at(self, path: Path) -> Iterator[tuple[Series, ...]]:
        """A folder of criterion is one run; in any other, each file is."""
        if not path.is_dir():
            yield from self._runs_of(path)
        elif benchmarks := criterion.results_in(path):
            yield tuple(s for file in benchmarks for run in self._runs_of(file) for s in run)
        else:
            for file in _results_in(path):
                yield from self._runs_of(file)

    def _runs_of(self, path: Path) -> Iterator[tuple[Series, ...]]:
        raw = contents(path)
        self.digests.append(hashlib.sha256(raw).digest())
        self._hasher.update(raw)
        text = decoded(raw, str(path))
        for run in runs_in(text, str(path), path=path, column=self._column):
            yield tuple(run)


def _results_in(folder: Path) -> list[Path]:
    """The files with results: of a folder of Lighthouse CI, the reports or else the manifest."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS)
    except OSError as error:
        raise _unusable(folder, f"cannot be read: {error.strerror}") from None
    # A tool's own words beside its JSON would be the same run once more.
    paths = [path for path in paths if path.suffix == ".json"] or paths
    if not paths:
        raise _unusable(folder, "holds no result file")
    documents = [(path, document) for path in paths if (document := _document(path))]
    for kind in (lighthouse.is_report, lighthouse.is_manifest):
        if of_kind := [path for path, document in documents if kind(document)]:
            return of_kind
    return paths


def _document(path: Path) -> Document | None:
    if path.suffix != ".json":
        return None
    try:
        text = decoded(contents(path), str(path))
        return Document(file=str(path), text=text, json=parsed(text, str(path)))
    except BadResult:
        return None  # whoever reads it says what is wrong with it


def _unusable(folder: Path, what: str) -> BadResult:
    return BadResult(
        f"{shown(str(folder), limit=200)} {what}",
        expected="a folder of criterion or Lighthouse CI, or one with result files in it",
        hint="give the files themselves",
    )
