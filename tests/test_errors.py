"""Every kind of error says what failed, what was expected, whether a retry is safe, what to do."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import changenote
from changenote import errors
from changenote.cli import console
from changenote.errors import ChangenoteError
from tests.house import said
from tests.workshop import Done

PACKAGE = Path(changenote.__file__).parent
CODES = PACKAGE.parent / "site/reference/exit-codes.md"

KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ChangenoteError)
}


def raised() -> Iterator[tuple[str, str, dict[str, ast.expr]]]:
    """Every place that makes an error: where it is, which kind, and what it is given by name."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                name = node.func.attr if isinstance(node.func, ast.Attribute) else name
                if name in KINDS:
                    given = {word.arg: word.value for word in node.keywords if word.arg}
                    yield f"{file.relative_to(PACKAGE)}:{node.lineno}", name, given


def test_no_kind_of_error_is_there_for_nothing() -> None:
    made = {name for _, name, _ in raised()}

    assert set(KINDS) - made == set()


def test_every_place_says_what_was_expected() -> None:
    assert [place for place, _, given in raised() if "expected" not in given] == []


def test_every_place_says_whether_a_retry_is_safe() -> None:
    unclear = [
        place
        for place, _, given in raised()
        if isinstance(retry := given.get("retry"), ast.Constant)
        and not str(retry.value).startswith(("safe", "not "))
    ]

    assert unclear == []


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_documented_exit_code_and_a_sentence(name: str) -> None:
    kind = KINDS[name]

    assert f"| `{kind.exit_code}` |" in CODES.read_text(encoding="utf-8")
    assert (kind.__doc__ or "").split("\n")[0].endswith(".")


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_told_in_the_same_shape(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kind: Any = KINDS[name]
    more = {"missing": ("unit",)} if name == "UntoldResult" else {}
    problem = kind("`x` is 5", expected="7", hint="Change it.", **more)

    console.error(problem)
    told = said(Done(problem.exit_code, "", capsys.readouterr().err))

    assert (told.what, told.expected, told.next) == ("`x` is 5", "7", "Change it.")
    assert told.retry == "safe, nothing was written"
