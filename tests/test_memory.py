"""What stays in memory for each note is counted in bytes, which are the same on every machine."""

import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.generate import write_notes
from changenote.model.folding import Folds
from changenote.site.loading import read_notes
from changenote.site.pages import plans_of, printed
from changenote.store.project import find_project

FEW, MANY = 20, 60

READ = 11_000
"""Bytes that a note of 3 kB may take as the values of its fields: about 120 of them."""
FOLDED = 3_000
"""Bytes that it may take in a book of so many notes that they are folded."""
PLANNED = 22_000
"""Bytes that may stay for it when all pages of a site are planned and none is made."""


def after_reading(folder: Path) -> object:
    return read_notes(find_project(folder))


def after_folding(folder: Path) -> object:
    folds = Folds(whole=0)
    return [folds.folded(entry.note) for entry in read_notes(find_project(folder)).entries]


def after_planning(folder: Path) -> object:
    edition = printed(read_notes(find_project(folder)))
    return edition, list(plans_of(edition))


def kept(act: Callable[[Path], object], folder: Path) -> int:
    """The bytes that are alive because of what an act returns."""
    gc.collect()
    tracemalloc.start()
    result = act(folder)
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return used


@pytest.mark.parametrize(
    ("act", "most"),
    [(after_reading, READ), (after_folding, FOLDED), (after_planning, PLANNED)],
)
def test_a_further_note_keeps_few_bytes(
    tmp_path: Path, act: Callable[[Path], object], most: int
) -> None:
    for total in (FEW, MANY):
        write_notes(total, tmp_path / str(total))
        act(tmp_path / str(total))  # what is made once and kept for all is made

    few, many = (kept(act, tmp_path / str(total)) for total in (FEW, MANY))

    assert (many - few) / (MANY - FEW) < most
