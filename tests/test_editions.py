"""An edition that is made of the one before it is the edition that would be made anew."""

from dataclasses import replace

import pytest

from changenote.site.edition import Edition
from changenote.site.editions import edition
from tests.test_plans import EDITS, World, random_edit, world

_ = world  # a fixture: the notes of several services with all that pages show

PARTS = ("rows", "by_name", "kinship", "metric_paths", "histories")


def worked_out(of: Edition) -> dict[str, object]:
    """All that takes long to work out; of folders, what is in each."""
    folders = {path: (one.notes, one.files) for path, one in of.tree.by_path.items()}
    return {"folders": folders, **{name: getattr(of, name) for name in PARTS}}


def after(before: Edition, fresh: Edition) -> Edition:
    """The same edition made of the one before it, with the notes of that which are the same."""
    known = {entry.file: entry for entry in before.book.entries}
    entries = tuple(
        known[entry.file] if known.get(entry.file) == entry else entry
        for entry in fresh.book.entries
    )
    book = replace(fresh.book, entries=entries)
    return edition(book, fresh.templates, index=fresh.index, before=before)


@pytest.fixture(scope="module")
def before(world: World) -> Edition:  # that fixture
    """An edition in which everything has been asked for."""
    made = world.edition
    worked_out(made)
    return made


@pytest.mark.parametrize("name", EDITS)
def test_what_is_kept_of_an_edition_is_what_would_be_worked_out(
    world: World,
    before: Edition,
    name: str,
) -> None:
    fresh = EDITS[name](world).edition

    assert worked_out(after(before, fresh)) == worked_out(fresh)


@pytest.mark.parametrize("seed", range(40))
def test_and_so_it_is_after_any_edit(
    world: World,
    before: Edition,
    seed: int,
) -> None:
    fresh = random_edit(world, seed).edition

    assert worked_out(after(before, fresh)) == worked_out(fresh)


def test_another_reason_leaves_everything_but_the_row_of_its_note(
    world: World,
    before: Edition,
) -> None:
    now = after(before, EDITS["another reason"](world).edition)

    new = [one for one, other in zip(now.rows, before.rows, strict=True) if one is not other]
    assert [row.note.reason for row in new] == ["Another reason."]
    assert now.histories is before.histories
    assert now.tree is before.tree
    assert now.kinship is before.kinship
