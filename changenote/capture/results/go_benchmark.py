"""Go's benchmarks: what `go test -bench . -count 10` prints, also with `-json`.

The lines of one benchmark are its samples, as benchstat counts them. They share one process, which
the sample says: only several files a side show what differs between processes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field

from changenote.capture.results.document import Document
from changenote.capture.results.numbers import number_in
from changenote.capture.results.series import Better, Series
from changenote.patterns import pattern
from changenote.records import record

NAME = "go-benchmark"
_LINE = pattern(r"Benchmark(\S*)[ \t]+(\d+)[ \t]+(\S.*)")
_UNITS = {"ns/op": "ns", "sec/op": "s", "B/op": "B"}
_TIMES = ("ns/op", "sec/op")


@record
class _Read:
    """What the lines said: numbers by package, benchmark and unit, and how to see each unit."""

    numbers: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)
    better: dict[str, Better] = field(default_factory=dict)
    exact: set[str] = field(default_factory=set)
    cautions: list[str] = field(default_factory=list)


def recognises(document: Document) -> bool:
    """Is there a line of a benchmark in it?"""
    if document.json:
        return document.root.has("Action", "Package") or document.root.has("Action", "ImportPath")
    return any(_is_result(line) for line in document.text.splitlines())


def series(document: Document) -> list[Series]:
    """Every benchmark and unit, one number for each line."""
    read = _read(_lines(document), document.file)
    if not read.numbers:
        document.root.refuse("without a benchmark", "what `go test -bench . -count 10` prints")
    several = len({package for package, _, _ in read.numbers}) > 1
    return [
        _series(f"{package}.{name}" if several and package else name, unit, values, read)
        for (package, name, unit), values in read.numbers.items()
    ]


def _is_result(line: str) -> bool:
    match = _LINE.fullmatch(line.strip())
    return bool(match and len(match[3].split()) >= 2)


def _lines(document: Document) -> Iterable[str]:
    if not document.json:
        return document.text.splitlines()
    outputs = (event.get("Output") for event in document.json)
    return "".join(output.text() for output in outputs if output).splitlines()


def _read(lines: Iterable[str], file: str) -> _Read:
    read = _Read()
    package = ""
    for number, line in enumerate(map(str.strip, lines), 1):
        if line.startswith("pkg:"):
            package = line[4:].strip()
        elif line.startswith("Unit "):
            _learn(line, read)
        elif line.startswith("--- FAIL") or line == "FAIL":
            read.cautions.append("the Go tests failed; what is here is what ran before that")
        elif _is_result(line) and (match := _LINE.fullmatch(line)):
            for value, unit in _pairs(match[3], f"{file}:{number}: {match[1]}"):
                read.numbers.setdefault((package, match[1] or "Benchmark", unit), []).append(value)
    return read


def _learn(line: str, read: _Read) -> None:
    """`Unit widgets/op better=higher assume=exact`, see the design `14313-benchmark-format`."""
    words = line.split()
    unit = words[1]
    for word in words[2:]:
        if word == "better=higher":
            read.better[unit] = "higher"
        elif word == "better=lower":
            read.better[unit] = "lower"
        elif word == "assume=exact":
            read.exact.add(unit)


def _pairs(text: str, where: str) -> Iterator[tuple[float, str]]:
    words = text.split()
    for value, unit in zip(words[::2], words[1::2], strict=False):
        yield number_in(value, where, unit), unit


def _series(name: str, unit: str, values: list[float], read: _Read) -> Series:
    main = unit in _TIMES
    usual: Better | None = "higher" if unit.endswith("/s") else None
    if unit in _UNITS or unit == "allocs/op":
        usual = "lower"
    return Series(
        name=name if main else f"{name} {unit}",
        unit=_UNITS.get(unit, unit),
        better=read.better.get(unit, usual),
        values=tuple(values),
        tool=NAME,
        sample="Go benchmark line (-count), all in one process",
        deterministic=unit in read.exact,
        wanted=main,
        cautions=tuple(dict.fromkeys(read.cautions)),
    )
