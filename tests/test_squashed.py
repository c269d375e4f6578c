"""A note that was written on a branch still leads to its change when the branch was squashed."""

from pathlib import Path

import pytest

from tests.workshop import COMPLETE, Workshop, ids

REVERTING = [
    *(option for option in COMPLETE if not option.startswith("--rollback-")),
    "--rollback-when=GET /cart p95 over 900 ms for 10 min",
    "--rollback-verify=p95 back to 800-900 ms on the cart dashboard",
]


def cart(word: str) -> dict[str, str]:
    """Two files of a change."""
    return {"cart.py": f"total = {word!r}\n", "cache.py": f"kept = {word!r}\n"}


@pytest.fixture
def author(tmp_path: Path) -> Workshop:
    """A shop with a branch, `cache`, that adds a change and its note, squashed onto main."""
    author = Workshop(tmp_path / "author").start()
    author.commit("Start", cart("old"))
    author.git("tag", "v1")
    author.git("switch", "-q", "-c", "cache")
    author.commit("Cache totals", cart("new"))
    author.run("new", "--yes", *REVERTING)
    author.commit("Add its note")
    author.git("switch", "-q", "main")
    author.git("merge", "-q", "--squash", "cache")
    author.commit("Cache cart totals (#412)")
    return author


@pytest.fixture
def shop(author: Workshop, tmp_path: Path) -> Workshop:
    """A fresh clone of its main branch."""
    shop = Workshop(tmp_path / "shop")
    author.git("clone", "-q", "--no-local", "-b", "main", "--single-branch", ".", str(shop.folder))
    shop.git("config", "user.name", "Dana Dev")
    shop.git("config", "user.email", "dana@example.com")
    return shop


def landed(shop: Workshop) -> str:
    """The commit of the squash."""
    return shop.git("log", "-1", "--format=%H", "--grep", "#412")


def test_the_way_back_names_the_commit_that_every_clone_has(shop: Workshop) -> None:
    text = shop.run("rollback", "--last")
    commands = shop.run("rollback", "--last", "--commands")
    data = shop.run("rollback", "--last", "--json").data

    says = f"The change landed as {landed(shop)[:12]}: `git revert --no-edit {landed(shop)}`"
    assert says in " ".join(text.out.split())
    assert says in " ".join(commands.err.split())
    assert data["derived"]["reverting"].endswith(says)


def test_check_says_what_to_write_in_its_place_until_it_is_there(shop: Workshop) -> None:
    before = shop.run("check", "--format", "json").data["findings"]
    (note,) = shop.notes()
    old = shop.run("rollback", "--last", "--commands").out.split()[-1]
    note.write_text(note.read_text().replace(old, landed(shop)))
    after = shop.run("check", "--format", "json").data["findings"]

    (found,) = [one for one in before if one["rule"] == "revert-elsewhere"]
    assert (found["severity"], found["where"]) == ("warning", "rollback.steps[0].run")
    assert f"`git revert --no-edit {landed(shop)}` in its place" in found["remedy"]
    assert [one for one in after if one["rule"] == "revert-elsewhere"] == []


def test_the_next_note_begins_where_the_squashed_one_landed(shop: Workshop) -> None:
    shop.commit("Round totals", {"round.py": "places = 2\n"})

    (first,) = ids(shop.run("list").out)
    done = shop.run("new", "--yes", *REVERTING)

    assert done.err.startswith(f"Since note {first}: 1 commit, 1 file (+1 −0).")


def test_a_line_leads_to_the_note_that_came_with_it(shop: Workshop) -> None:
    (note_id,) = ids(shop.run("list").out)

    done = shop.run("trace", "cart.py:1")

    assert note_id in done.out
    assert "no note is about" not in done.err


def test_a_change_that_came_apart_from_its_note_is_not_guessed_at(
    author: Workshop, tmp_path: Path
) -> None:
    author.git("switch", "-q", "-C", "other", "v1")
    author.git("cherry-pick", "cache~1")
    author.git("commit", "-q", "--amend", "-m", "Cache totals, rebased")
    author.git("cherry-pick", "cache")
    clone = Workshop(tmp_path / "rebased")
    author.git(
        "clone", "-q", "--no-local", "-b", "other", "--single-branch", ".", str(clone.folder)
    )

    text = clone.run("rollback", "--last")
    found = clone.run("check", "--format", "json").data["findings"]

    assert "is not in this history: it was squashed or rebased." in " ".join(text.out.split())
    assert "The change landed as" not in text.out
    assert [f["remedy"] for f in found if f["rule"] == "revert-elsewhere"] == [
        "`git log -- FILE` of a file that it touched shows where it landed."
    ]


def test_on_the_branch_itself_nothing_is_missing(author: Workshop) -> None:
    author.git("switch", "-q", "cache")

    text = author.run("rollback", "--last")
    found = author.run("check", "--format", "json").data["findings"]

    assert "applies cleanly" in text.out
    assert [one for one in found if one["rule"] == "revert-elsewhere"] == []
