"""Result files of measuring tools: any file gives metrics that a note can have, or is refused."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

from changenote.capture.draft import cleaned, with_one_primary
from changenote.capture.results import formats, metrics_from, read_text
from changenote.capture.results.formats import one_line
from changenote.errors import ChangenoteError, UntoldResult
from changenote.model.measures import judge, sentence
from changenote.model.reading import read_note
from tests.fuzz.bounds import is_harmless
from tests.fuzz.material import files, material
from tests.fuzz.target import Target

_DATA = {
    "schema": 1,
    "id": "20261122-k3f9xq",
    "status": "draft",
    "kind": "fix",
    "title": "Sum once",
}
_FASTER = bytes.maketrans(b"123456789", b"112233445")


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="changenote-fuzz-")


def _holds(raw: bytes) -> None:
    try:
        _is_read(raw)
    except ChangenoteError as error:
        _says_what_to_do(error)
        raise


def _says_what_to_do(error: ChangenoteError) -> None:
    assert error.hint, f"says nothing of what to do: {error.what}"


def _is_read(raw: bytes) -> None:
    try:
        for series in read_text(raw, name="x.json"):
            assert series.n, "a series without numbers"
            assert is_harmless(series.name), f"a name that acts on a terminal: {series.name!r}"
            assert one_line(series.name) == series.name, "redacted again, its name changes"
    finally:
        _read_as_another(raw)
    _makes_metrics(raw)


def _read_as_another(raw: bytes) -> None:
    """Whoever names a format may name the wrong one."""
    names = formats()
    try:
        read_text(raw, format=names[crc32(raw) % len(names)])
    except ChangenoteError as error:
        _says_what_to_do(error)


def _makes_metrics(raw: bytes) -> None:
    folder = Path(_folder().name)
    before, after = folder / "before.json", folder / "after.json"
    before.write_bytes(raw)
    after.write_bytes(raw.translate(_FASTER))
    try:
        imported = metrics_from([before], [after], root=folder)
    except UntoldResult as error:
        told = {"name": "a", "unit": "ms", "column": "a"}
        wishes = {key: told[key] for key in error.missing}
        imported = metrics_from([before], [after], root=folder, better="lower", **wishes)
    metrics = with_one_primary(imported.metrics)
    note, problems = read_note(cleaned({**_DATA, "metrics": metrics}))
    assert note is not None, f"no note can have it: {problems[0].path} {problems[0].found}"
    for metric in note.metrics:
        assert is_harmless(sentence(metric, judge(metric)))
    assert all(is_harmless(remark) for remark in imported.remarks)


def _naive(raw: bytes) -> None:
    assert json.loads(raw)["results"][0]["times"]


TARGETS = (
    Target(
        name="results",
        says="A result file of any tool gives metrics that a note can have, or is refused with what"
        " to do, whatever format it is said to be.",
        material=material(
            [
                *files("results/**/*.json"),
                *files("results/**/*.txt"),
                *files("results/**/*.xml"),
                *files("results/**/*.csv"),
                *files("results/**/*.ndjson"),
                *files("results/**/*.yaml"),
                "time (ms)\n3\n4.5\n",
                "before_ms,after_ms\n1,2\n3,4\n",
                "841 ms\n812 ms\n",
                '[{"name": "a", "unit": "ms", "value": 12.5, "range": "± 1"}]',
                '{"bench": {"latency": {"value": 12.5, "lower_value": 1, "upper_value": 20}}}',
            ],
            """
            "results" "times" "benchmarks" "metrics" "values" "p(95)" "audits" "latency" "data"
            "Plan" "result" NaN Infinity -Infinity null [] {} "unit" ns ms s µs req/s % MB BenchmarkA
            ns/op B/op <testsuite time="1"> </testsuite> <testcase/> , ; "exit_codes" ± 1,5 1_000
            """.split(),
        ),
        holds=_holds,
        naive=_naive,
    ),
)
