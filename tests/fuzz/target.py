"""What is put to the test: a reader of text by many hands, and what must hold of any input."""

from collections.abc import Callable
from dataclasses import dataclass
from traceback import extract_tb

from changenote.errors import ChangenoteError
from tests.fuzz import bounds
from tests.fuzz.material import Material

Property = Callable[[bytes], object]
"""Reads an input. It may end in a `ChangenoteError`, in nothing else."""


@dataclass(frozen=True)
class Target:
    """One reader.

    `says` is what is promised of it, `holds` fails with an input that breaks the promise. `naive`
    is the same for a reader as people write them first: a test that does not find it out is blind.
    """

    name: str
    says: str
    material: Material
    holds: Property
    naive: Property


@dataclass(frozen=True)
class Failure:
    """What went wrong with an input, and where: failures at one place are taken for one."""

    place: str
    what: str


def failure(holds: Property, raw: bytes) -> Failure | None:
    """What goes wrong when an input is read; None when nothing does."""
    try:
        with bounds.kept():
            _in_house(holds, raw)
    except Exception as error:  # whatever it is: to find the unforeseen is what this is for
        said = " ".join(str(error).split())[:200]
        return Failure(place=_place(error), what=f"{type(error).__name__}: {said}".strip(": "))
    return None


def _in_house(holds: Property, raw: bytes) -> None:
    try:
        holds(raw)
    except ChangenoteError as error:
        bounds.is_in_house_shape(error)


def _place(error: BaseException) -> str:
    """The kind of an error and the line of ours that it came from, the innermost."""
    frames = extract_tb(error.__traceback__)
    ours = [f for f in frames if "/changenote/" in f.filename or "/tests/fuzz/" in f.filename]
    last = ours[-1] if ours else frames[-1]
    return f"{type(error).__name__} in {last.filename.rpartition('/')[2]}:{last.lineno}"
