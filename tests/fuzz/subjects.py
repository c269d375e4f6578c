"""Messages of commits: pull requests, titles and reasons out of subjects that anybody wrote."""

import json
import re
from datetime import UTC, datetime

from changenote.capture.draft import cleaned
from changenote.capture.prose import paragraphs, reason_in, sections
from changenote.capture.reverting import revert_commits
from changenote.capture.subjects import (
    change_note,
    cleaned_title,
    is_back_merge,
    kind_of,
    merge_kind,
    pull_request_number,
    title_and_reason,
    told,
    wants_no_note,
    why_no_note,
)
from changenote.git import Commit
from changenote.model.note import BUILT_IN_KINDS
from changenote.model.reading import read_note
from tests.fuzz.material import DATA, material
from tests.fuzz.target import Target

_AT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
_EMPTY_LINE = re.compile(r"\n[ \t\r\f\v]*\n")
_DATA = {"schema": 1, "id": "20261122-k3f9xq", "status": "draft"}


def _commit(subject: str, body: str, parents: int = 1) -> Commit:
    return Commit(
        sha="a1" * 20,
        parents=tuple(f"{number}b" * 20 for number in range(parents)),
        author="Dana Dev <dana@example.com>",
        authored=_AT,
        committed=_AT,
        subject=subject,
        body=body,
    )


def _holds(raw: bytes) -> None:
    subject, body = _parted(raw)
    commits = [_commit(subject, body, parents) for parents in (1, 2)]
    for commit in commits:
        _is_understood(commit, commits)
    _has_a_number(subject)
    for text in (subject, body):
        paragraphs(text)
        sections(text)
        reason_in(text)
        revert_commits([text])
        assert wants_no_note(text) or not why_no_note(text)


def _parted(raw: bytes) -> tuple[str, str]:
    """A subject, in which git leaves no line's end and no NUL, and what follows."""
    text = raw.decode("utf-8", "surrogateescape").replace("\0", "")
    subject, *rest = _EMPTY_LINE.split(text.strip(), maxsplit=1)
    return " ".join(line.strip() for line in subject.split("\n")), "".join(rest)


def _is_understood(commit: Commit, commits: list[Commit]) -> None:
    number = pull_request_number(commit.subject, commit.body)
    assert number is None or number >= 0
    title, _ = title_and_reason(commit)
    assert len(title) <= 100, f"a title of {len(title)} characters"
    assert cleaned_title(title).casefold() == title.casefold() or len(title) < 100
    is_back_merge(commit, "main")
    merge_kind([commit])
    words = change_note(commit)
    assert words is None or "\n" not in words
    assert kind_of(commit) in ("", *BUILT_IN_KINDS)
    found = told([commit], commits)
    data = cleaned(
        {**_DATA, "kind": "fix", "title": found.title or "no title", "reason": found.reason}
    )
    note, problems = read_note(data)
    assert note is not None, f"no note can have it: {problems[0].path} {problems[0].found}"


def _has_a_number(subject: str) -> None:
    """What a forge puts behind or around a title is found, whatever the title is."""
    if pull_request_number(subject, "") is not None:
        return
    assert pull_request_number(f"{subject} (#4711)", "") == 4711
    assert pull_request_number(f"{subject} (acme/shop!4711)", "") == 4711
    assert pull_request_number(subject, f"{subject}\n\nSee merge request acme/shop!4711") == 4711
    assert cleaned_title(f"{subject} (#4711)").strip() == cleaned_title(subject).strip()


def _naive(raw: bytes) -> None:
    subject, _ = _parted(raw)
    match = re.search(r"\(#(\d+)\)$", subject)
    assert int(match[1]) > 0 if match else not subject.endswith(")")
    kind, _title = subject.split(": ")
    assert kind.isidentifier()


def _messages() -> list[str]:
    found = []
    for name in ("squash-merges", "merge-commits"):
        lines = (DATA / f"histories/{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [json.loads(line)["message"] for line in lines[::4]]
    return found


TARGETS = (
    Target(
        name="subjects",
        says="A commit's message gives a title and a reason that a note can have, and the pull"
        " request that a forge wrote behind any title.",
        material=material(
            [
                *_messages(),
                "Merge pull request #12 from acme/cart\n\nCache totals",
                "Merge pull request 'Cache totals' (#7) from a/b into main",
                "Merged in feature/cache (pull request #3)\n\nCache",
                "Merged PR 77: Cache totals",
                "Merge branch 'a' into 'main'\n\nCache\n\nSee merge request acme/shop!34",
                "Auto merge of #99 - a:b, r=c\n\nCache",
                "fix(cart)!: cache totals (#5) [skip ci] (#6)",
                "Cache\n\nChange-Note: because\n  of it\nCo-authored-by: A <a@b.c>",
                "Cache\n\nReviewed-on: https://git.example/a/b/pulls/9",
                'Revert "Cache totals"\n\nThis reverts commit ' + "ab" * 20 + ".",
                "Draft: WIP: [WIP] x",
            ],
            """
            (#12) (!34) (a/b!3) #7 !8 Merge Merged PR pull request branch 'x' into from See merge
            Reviewed-on: https://a/pulls/1 Change-Note: not needed, WHY Co-authored-by: <a@b> fix:
            feat(x)!: Draft: WIP [WIP] \\n\\n \\n closes Fixes #1, and #2 Revert This reverts commit
            """.split(),
        ),
        holds=_holds,
        naive=_naive,
    ),
)
