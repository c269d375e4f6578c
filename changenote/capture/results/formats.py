"""Which tool wrote it? Told by what stands in a file, never by its name."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from changenote.capture.results import (
    autocannon,
    bencher,
    criterion,
    csv_column,
    explain,
    github_action_benchmark,
    go_benchmark,
    google_benchmark,
    hyperfine,
    junit,
    k6,
    lighthouse,
    numbers,
    oha,
    prometheus,
    pyperf,
    pytest_benchmark,
    vegeta,
)
from changenote.capture.results.document import Document, Field, parsed
from changenote.capture.results.refused import reason
from changenote.capture.results.series import Series
from changenote.errors import BadResult, UsageProblem
from changenote.model.problems import did_you_mean, shown
from changenote.model.redaction import redact
from changenote.patterns import pattern
from changenote.records import record

_PLAIN = "one number on a line, or CSV: a heading such as `time (ms)` and a line for each run"
_PIECE = pattern(r'\s*"[^"\n]*"\s*:\s')  # of a JSON object that lost its first line
_LONGEST_NAME = 200  # what a metric's name may have


@record
class Format:
    """A kind of result file."""

    name: str
    recognises: Callable[[Document], bool]
    series: Callable[[Document], list[Series]]
    stream: bool  # JSON documents that follow each other belong together


def _format(module: ModuleType) -> Format:
    stream = module in (go_benchmark, criterion)
    return Format(
        name=module.NAME, recognises=module.recognises, series=module.series, stream=stream
    )


FORMATS = tuple(
    _format(module)
    for module in (
        hyperfine,
        pytest_benchmark,
        pyperf,
        k6,
        lighthouse,
        autocannon,
        oha,
        vegeta,
        google_benchmark,
        criterion,
        go_benchmark,
        explain,
        prometheus,
        github_action_benchmark,
        bencher,
        junit,
        numbers,
        csv_column,
    )
)
"""Those whose files say most about themselves come first."""

MOST_WORDS = 1_000_000
"""In a file that is no JSON: it takes seconds to read so many, and no runs are so many."""


def runs_in(
    text: str,
    file: str,
    *,
    path: Path | None = None,
    format: str | None = None,
    column: str | None = None,
) -> Iterator[list[Series]]:
    """The series of each run in a text: a file may hold several JSON documents, a run in each."""
    whole = _document(text, shown(file, limit=200), path)
    if format is not None and format not in (known.name for known in FORMATS):
        names = [known.name for known in FORMATS]
        raise UsageProblem(
            f"unknown format {shown(format)!r}",
            expected=f"one of {', '.join(names)}",
            hint=did_you_mean(format, names) or "say `auto` to have it recognised",
        )
    if column is not None and not whole.json:
        yield _finished(csv_column.of_column(whole, column))
        return
    known = _recognised(whole, format)
    parts = [whole] if known.stream or len(whole.json) < 2 else _parts(whole)
    for part in parts:
        yield _finished((known if part is whole else _recognised(part, format)).series(part))


def _document(text: str, file: str, path: Path | None) -> Document:
    found: tuple[Field, ...] = ()
    if text.lstrip().startswith(("{", "[")) or _PIECE.match(text):
        try:
            found = parsed(text, file)
        except BadResult:
            _refuse_beginning(text, file)
            raise
    if not found and sum(map(text.count, "\n ,;\t")) > MOST_WORDS:
        raise BadResult(
            f"{file} holds more than {MOST_WORDS:,} words and numbers",
            expected="a number for each run, not for each request in it",
            hint="give a summary: one number for each run",
        )
    return Document(file=file, text=text, json=found, path=path)


def _refuse_beginning(text: str, file: str) -> None:
    """Refuse what would be refused as a whole as well, by its first line."""
    first = text.lstrip().partition("\n")[0]
    try:
        start = Document(file=file, text=first, json=parsed(first, file))
    except BadResult:
        return
    if refusal := reason(start):
        raise refusal


def _parts(whole: Document) -> list[Document]:
    return [
        replace(whole, file=f"{whole.file} (document {number})", json=(_renamed(field, number),))
        for number, field in enumerate(whole.json, 1)
    ]


def _renamed(field: Field, number: int) -> Field:
    return Field(field.value, f"{field.file} (document {number})")


def _recognised(document: Document, name: str | None) -> Format:
    if refusal := reason(document):
        raise refusal
    for known in FORMATS:
        if (name is None or known.name == name) and known.recognises(document):
            return known
    if name is not None:
        raise _not_of(document, name)
    raise BadResult(
        f"{document.file} is of no format that can be read",
        expected=f"a file of {', '.join(known.name for known in FORMATS[:-2])}; or {_PLAIN}",
        hint="let the tool write one of these formats, or write its numbers into a CSV file",
    )


def _not_of(document: Document, name: str) -> BadResult:
    other = next((known.name for known in FORMATS if known.recognises(document)), None)
    looks = f"; it looks like {other}" if other else ""
    return BadResult(
        f"{document.file} is not of the format {name}{looks}",
        expected=f"what {name} writes",
        hint=f"use {other} as the format" if other else "say `auto` to have it recognised",
    )


def _finished(found: list[Series]) -> list[Series]:
    return [
        replace(
            series,
            name=one_line(series.name),
            cautions=tuple(map(one_line, series.cautions)),
            conditions={key: one_line(text) for key, text in series.conditions.items()},
        )
        for series in found
    ]


def one_line(text: str) -> str:
    """A text from a file as it may stand in a note: no secrets, nothing that cannot be printed."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST_NAME])
    words = " ".join(redact(printable).split())
    return words if len(words) <= _LONGEST_NAME else words[: _LONGEST_NAME - 1] + "…"
