"""Whatever can be read is read or refused: some inputs of every target, always the same ones.

`make fuzz` looks for others, as long as it is let; what it finds comes to tests/data/fuzz.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz import bounds
from tests.fuzz.__main__ import REGRESSIONS, Line, as_text, kept, main
from tests.fuzz.found import Found
from tests.fuzz.material import Edit, edited, inputs, material, numbered
from tests.fuzz.target import Target, failure
from tests.fuzz.targets import BY_NAME, TARGETS

FAILED_ONCE = [(BY_NAME[name], path) for name, path in kept(list(BY_NAME), REGRESSIONS)]


def by_name(value: Target | Path) -> str:
    """What a test about a target or a file is called."""
    return value.name


@pytest.mark.parametrize("target", TARGETS, ids=by_name)
def test_every_reader_does_what_is_promised_of_it(target: Target) -> None:
    @settings(
        max_examples=40,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(target.material))
    def holds(raw: bytes) -> None:
        assert failure(target.holds, raw) is None

    holds()


@pytest.mark.parametrize("target", TARGETS, ids=by_name)
def test_a_naive_reader_is_found_out(target: Target) -> None:
    some = numbered(target.name, target.material, 24)

    assert any(failure(target.naive, raw) for raw in some)


@pytest.mark.parametrize(("target", "path"), FAILED_ONCE, ids=by_name)
def test_what_failed_once_holds_now(target: Target, path: Path) -> None:
    assert failure(target.holds, path.read_bytes()) is None


def test_every_real_input_of_a_target_holds() -> None:
    found = [
        (target.name, raw[:60], failed.what)
        for target in TARGETS
        for raw in target.material.seeds
        if len(raw) < 2000 and (failed := failure(target.holds, raw))
    ]

    assert found == []


def test_an_input_that_takes_much_memory_is_a_failure_after_another_one_did() -> None:
    def large(_raw: bytes) -> None:
        with bounds.kept():
            bytearray(300_000_000)

    found = [failure(large, b"") for _ in range(2)]

    assert [said and said.what.startswith("TooMuchError: ") for said in found] == [True, True]


# --- What looks for inputs ------------------------------------------------------------------------


@given(st.binary(max_size=200), st.integers(0, 19), st.integers(0, 2**16 - 1), st.data())
@settings(max_examples=60, deadline=None)
def test_any_change_of_any_input_is_an_input(
    raw: bytes, kind: int, at: int, data: st.DataObject
) -> None:
    size, pick = (data.draw(st.integers(0, 2**16 - 1)) for _ in range(2))
    given_material = material(["a: 1\n", '{"b": [2]}'], ["word"])

    assert isinstance(edited(raw, [Edit(kind, at, size, pick)], given_material), bytes)


def test_the_same_inputs_come_again() -> None:
    target = BY_NAME["notes"]

    first, second = (list(numbered("notes", target.material, 30)) for _ in range(2))

    assert first == second
    assert len(set(first)) > 25


def test_what_takes_too_long_or_acts_on_a_terminal_is_a_failure() -> None:
    def slow(_raw: bytes) -> None:
        with bounds.kept():
            while True:
                pass

    bounds.allow(0.01)
    try:
        found = failure(slow, b"")
    finally:
        bounds.allow()

    assert found
    assert found.what.startswith("TooMuchError: stopped after 0.02 s")
    assert bounds.is_harmless("é 👩 a\n\tb")
    assert not any(map(bounds.is_harmless, ("\x1b[2J", "\u202e", "\u200b", "\r", "\ud800")))


def test_of_what_fails_at_one_place_a_small_input_is_kept(tmp_path: Path) -> None:
    def reads_no_x(raw: bytes) -> None:
        assert b"x" not in raw, "an x"

    found = Found(replace(BY_NAME["queries"], holds=reads_no_x))

    for raw in (b"good", b"before x after", b"a much longer one with x in it"):
        found.look_at(raw)
    said = found.keep(tmp_path)

    assert found.tried == 3
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.read_bytes() == b"x"
    assert list(said) == [str(path)]
    assert "AssertionError: an x" in said[str(path)]


def test_a_run_tells_how_many_inputs_it_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--minutes", "0.005", "paths"], tmp_path)

    heading, first, *_ = capsys.readouterr().out.splitlines()
    assert code == 0
    assert heading.split() == ["target", "inputs", "failures", "driver"]
    assert first.split()[0] == "paths"
    assert int(first.split()[1].replace(",", "")) > 0


def test_the_table_adds_up() -> None:
    lines = [
        Line("notes", "hypothesis", 12_000, {}),
        Line("notes", "atheris", 345, {"a": "x"}),
    ]

    assert as_text(lines) == (
        "target              inputs  failures  driver\n"
        "notes               12,000         0  hypothesis\n"
        "notes                  345         1  atheris\n"
        "all                 12,345         1\n"
    )


def test_what_is_kept_is_looked_at_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "failures/queries/abc"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"cart")

    assert main(["--again", "queries"], tmp_path) == 0
    assert f"{path}: holds\n" in capsys.readouterr().out


def test_a_target_that_is_not_there_is_not_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["typo"]) == 2
    assert capsys.readouterr().err.startswith("no such target: typo; there are notes, edits, ")
