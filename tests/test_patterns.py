"""Patterns that are compiled late, or never: what they answer is what `re` answers."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import changenote
from changenote.patterns import Sparing, pattern


def sparing_patterns() -> Iterator[tuple[str, re.Pattern[str], tuple[str, ...]]]:
    """Every pattern of ours that names what its matches hold, by its place, and what that is."""
    for module in pkgutil.walk_packages(changenote.__path__, "changenote."):
        if module.name.endswith("__main__"):
            continue
        names = vars(importlib.import_module(module.name)).items()
        for name, value in names:
            each = value if isinstance(value, tuple) else (value,)
            for number, one in enumerate(each):
                if isinstance(one, Sparing):
                    yield f"{module.name}.{name}[{number}]", one.compiled, one.holds


@pytest.mark.parametrize(
    ("shape", "holds"),
    [pytest.param(*facts, id=where) for where, *facts in sparing_patterns()],
)
@given(data=st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.filter_too_much])
def test_every_match_holds_what_is_looked_for_first(
    shape: re.Pattern[str], holds: tuple[str, ...], data: st.DataObject
) -> None:
    match = shape.search(data.draw(st.from_regex(shape)))

    assert match
    said = match[0].lower() if shape.flags & re.I else match[0]
    assert any(part in said for part in holds) or not said.isascii()


@pytest.mark.parametrize("flags", [0, re.I])
@pytest.mark.parametrize(
    "text", ["", "no sign of it", "k12 and K7 in it", "kk", "the \u212a9 of Kelvin"]
)
def test_what_is_spared_the_compiling_answers_as_re_does(text: str, flags: int) -> None:
    def answers(shape: re.Pattern[str]) -> list[object]:
        found = [
            shape.match(text),
            shape.search(text),
            shape.fullmatch(text),
            *shape.finditer(text),
        ]
        spans = [match and match.span() for match in found]
        return [*spans, shape.findall(text), shape.sub("x", text), shape.sub("x", text)]

    ours, real = pattern(r"k(\d+)", flags, holds=("k",)), re.compile(r"k(\d+)", flags)

    assert answers(ours) == answers(real)
