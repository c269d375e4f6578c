"""A packed note is the note: nothing of it is lost, changed or added."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings

from changenote.model.note import Note
from changenote.model.packing import Unpackers, packed
from changenote.store.notes import understood
from tests.any_notes import ANY_NOTE

DATA = Path(__file__).parent / "data"


def there_and_back(note: Note) -> Note:
    """A note that went through the text of a cache."""
    return Unpackers().note(json.loads(json.dumps(packed(note))))


@settings(max_examples=25, deadline=None)
@given(ANY_NOTE)
def test_every_note_comes_back_as_it_was(note: Note) -> None:
    # `repr` tells 1 from 1.0 and True, and a tuple from a list, where `==` does not.
    assert repr(there_and_back(note)) == repr(note)


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.yaml")), ids=lambda path: path.name)
def test_what_comes_back_is_what_the_yaml_says(path: Path) -> None:
    note = understood("", path, path.read_bytes()).note

    assert note is None or repr(there_and_back(note)) == repr(note)


def test_numbers_keep_their_kind_and_their_last_digit() -> None:
    numbers = (1, 1.0, 0.1 + 0.2, -0.0, 1e300, math.nextafter(1, 2), 10**40)
    text = f"metrics: [{{name: a, before: {list(numbers)}, after: 2}}]\n"
    head = "schema: 1\nid: 20261122-k3f9xq\ntitle: Count sheep\nkind: fix\nstatus: draft\n"
    note = understood("", Path("x.yaml"), f"{head}{text}".encode()).note

    assert note
    assert repr(there_and_back(note).metrics[0].before) == repr(note.metrics[0].before)


def test_notes_share_what_is_equal_in_them() -> None:
    unpack = Unpackers().note
    text = json.dumps(
        [1, "20261122-k3f9xq", "Count sheep", "fix", "shipped", "@acme/cart", ["Ann <a@x.org>"]]
    )

    first, second = (unpack(json.loads(text)) for _ in range(2))

    assert first.owner is second.owner
    assert first.authors[0] is second.authors[0]
    assert first.monitoring is second.monitoring
