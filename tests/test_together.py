"""What is found between notes: ids that are shared, links that lead nowhere."""

from changenote.checks.reports import block, findings
from changenote.checks.together import Identity, check_together
from changenote.config import Config


def found_between(*notes: Identity) -> str:
    return "".join(
        block(finding)
        for file, problem in check_together(notes)
        for finding in findings(file, [problem], Config(), lambda _path, _key: (1, 1))
    )


def note(
    file: str,
    note_id: str,
    *,
    related: tuple[str, ...] = (),
    supersedes: tuple[str, ...] = (),
    status: str = "shipped",
) -> Identity:
    return Identity(file=file, id=note_id, related=related, supersedes=supersedes, status=status)


def test_notes_that_know_each_other_are_in_order() -> None:
    old = note("old.yaml", "20261120-aaaaaa", status="superseded")
    new = note(
        "new.yaml", "20261122-k3f9xq", related=("20261120-aaaaaa",), supersedes=("20261120-aaaaaa",)
    )

    assert found_between(old, new) == ""


def test_an_id_that_several_notes_have_is_told_in_each_with_the_names_of_the_others() -> None:
    notes = [note(file, "20261122-k3f9xq") for file in ("a.yaml", "b.yaml", "c.yaml")]

    assert found_between(*notes, note("d.yaml", "20261122-zzzzzz")) == (
        "a.yaml:1:1: error: id [duplicate-id]\n"
        "  found:    20261122-k3f9xq, also in b.yaml, c.yaml\n"
        "  expected: an id of its own\n"
        "  remedy:   Give the newer note another id, in `id:` and in its file name.\n"
        "b.yaml:1:1: error: id [duplicate-id]\n"
        "  found:    20261122-k3f9xq, also in a.yaml, c.yaml\n"
        "  expected: an id of its own\n"
        "  remedy:   Give the newer note another id, in `id:` and in its file name.\n"
        "c.yaml:1:1: error: id [duplicate-id]\n"
        "  found:    20261122-k3f9xq, also in a.yaml, b.yaml\n"
        "  expected: an id of its own\n"
        "  remedy:   Give the newer note another id, in `id:` and in its file name.\n"
    )


def test_a_link_that_leads_nowhere_gets_the_id_that_was_meant() -> None:
    other = note("other.yaml", "20260903-7c2mha")
    wrong = note(
        "wrong.yaml",
        "20261122-k3f9xq",
        related=("7c2mha", "20260903-7c2mah", "20260930-7c2mha", "20260903-zzzzzz", ""),
        supersedes=("20250101-000000",),
    )

    assert found_between(other, wrong) == (
        "wrong.yaml:1:1: error: related[0] [unknown-note]\n"
        "  found:    7c2mha\n"
        "  expected: the id of a note that exists\n"
        "  remedy:   Did you mean `20260903-7c2mha`?\n"
        "wrong.yaml:1:1: error: related[1] [unknown-note]\n"
        "  found:    20260903-7c2mah\n"
        "  expected: the id of a note that exists\n"
        "  remedy:   Did you mean `20260903-7c2mha`?\n"
        "wrong.yaml:1:1: error: related[2] [unknown-note]\n"
        "  found:    20260930-7c2mha\n"
        "  expected: the id of a note that exists\n"
        "  remedy:   Did you mean `20260903-7c2mha`?\n"
        "wrong.yaml:1:1: error: related[3] [unknown-note]\n"
        "  found:    20260903-zzzzzz\n"
        "  expected: the id of a note that exists\n"
        "  remedy:   Look it up with `changenote search`.\n"
        "wrong.yaml:1:1: error: related[4] [unknown-note]\n"
        "  found:    nothing\n"
        "  expected: the id of a note that exists\n"
        "  remedy:   Look it up with `changenote search`.\n"
        "wrong.yaml:1:1: error: supersedes[0] [unknown-note]\n"
        "  found:    20250101-000000\n"
        "  expected: the id of a note that exists\n"
        "  remedy:   Look it up with `changenote search`.\n"
    )


def test_a_note_neither_replaces_itself_nor_is_replaced_by_none() -> None:
    own = note("own.yaml", "20261122-k3f9xq", supersedes=("20261122-k3f9xq",), status="superseded")

    assert found_between(own) == (
        "own.yaml:1:1: error: supersedes[0] [links-to-itself]\n"
        "  found:    20261122-k3f9xq, this note\n"
        "  expected: the id of another note\n"
        "  remedy:   Remove it.\n"
        "own.yaml:1:1: warning: status [superseded-by-none]\n"
        "  found:    superseded, but no note says by which\n"
        "  expected: a note with `supersedes: [20261122-k3f9xq]`\n"
        "  remedy:   Add that line to the note that replaced this one.\n"
    )


def test_what_a_shipped_note_replaces_says_so_itself() -> None:
    old = note("old.yaml", "20261120-aaaaaa")
    undone = note("undone.yaml", "20261121-bbbbbb", status="rolled_back")
    both = ("20261121-bbbbbb", "20261120-aaaaaa")
    new = note("new.yaml", "20261122-k3f9xq", supersedes=both)
    draft = note("draft.yaml", "20261123-cccccc", supersedes=both, status="draft")

    assert found_between(old, undone, new, draft) == (
        "new.yaml:1:1: warning: supersedes[1] [not-superseded]\n"
        "  found:    20261120-aaaaaa, which is still `shipped`\n"
        "  expected: an older note with `status: superseded`\n"
        "  remedy:   `changenote supersede 20261120-aaaaaa 20261122-k3f9xq` says it in both.\n"
    )
