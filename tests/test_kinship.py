"""Notes that share something find each other, and what all notes share binds none of them."""

from collections.abc import Mapping

import pytest

from changenote.model.kinship import By, Kinfolk
from changenote.model.note import Note
from tests.books import least, published


def note(number: int, more: str = "") -> Note:
    """A small note with parts of its own."""
    return published(least(f"20261122-00{number:04}", f"Note number {number}") + more).note


def kin(*notes: Note, of: int = 0) -> dict[str, Mapping[By, tuple[str, ...]]]:
    """The kin of one note, and what they share."""
    kinfolk = Kinfolk()
    for each in notes:
        kinfolk.meet(each)
    return {k.id[-4:]: k.shared for k in kinfolk.kinship().of(of)}


FILES = "files: [{{path: {0}}}, {{path: {1}}}]\n"


def test_notes_that_touched_the_same_files_are_kin_by_these_files() -> None:
    found = kin(
        note(1, FILES.format("app/a.py", "app/b.py")),
        note(2, FILES.format("app/b.py", "app/c.py")),
        note(3, FILES.format("app/d.py", "app/e.py")),
    )

    assert found == {"0002": {"file": ("app/b.py",)}}


@pytest.mark.parametrize(
    ("more", "shared"),
    [
        (
            "shipped: {deployment: 'https://ci.example/1'}\n",
            {"deployment": ("https://ci.example/1",)},
        ),
        ("source: {issues: ['https://x.example/i/1']}\n", {"issue": ("https://x.example/i/1",)}),
        (
            "source: {pull_requests: ['https://x.example/p/1']}\n",
            {"pull_request": ("https://x.example/p/1",)},
        ),
        ("service: shop\ntags: [cart, cache]\n", {"tag": ("cart", "cache")}),
    ],
)
def test_other_things_bind_as_well(more: str, shared: object) -> None:
    assert kin(note(1, more), note(2, more), note(3)) == {"0002": shared}


def test_a_tag_binds_only_within_a_service_and_one_tag_is_not_enough() -> None:
    tags = "tags: [cart, cache]\n"

    assert kin(note(1, "service: shop\n" + tags), note(2, "service: pay\n" + tags)) == {}
    assert (
        kin(note(1, "service: shop\ntags: [cart]\n"), note(2, "service: shop\ntags: [cart]\n"))
        == {}
    )


@pytest.mark.parametrize(
    "more", ["files: [{path: package-lock.json}]\n", "service: shop\ntags: [cart, cache]\n"]
)
def test_what_nearly_every_note_has_binds_none(more: str) -> None:
    assert kin(*[note(n, more) for n in range(60)]) == {}


def test_the_nearest_come_first_and_no_more_than_a_few() -> None:
    both, one = FILES.format("a.py", "b.py"), FILES.format("a.py", "c.py")
    notes = [note(1, both), note(2, one), note(3, one), note(4, both), *map(note, range(5, 9))]
    many = [note(n, both) for n in range(12)]

    assert list(kin(*notes)) == ["0004", "0002", "0003"]
    assert len(kin(*many, of=6)) == 4


@pytest.mark.parametrize("link", ["related", "supersedes"])
@pytest.mark.parametrize("named", [1, 2])
def test_who_is_named_already_is_not_named_again(link: str, named: int) -> None:
    more = ["", "", ""]
    more[named] = f"{link}: [20261122-00000{3 - named}]\n"
    files = FILES.format("a.py", "b.py")

    assert kin(note(1, files + more[1]), note(2, files + more[2])) == {}
