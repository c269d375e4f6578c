"""Notes → JSON → notes: what comes back is what went out."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from changenote.exchange import exported
from changenote.exchange.exported import Exported
from changenote.exchange.restoring import Restored, restored
from changenote.model.note import Note
from changenote.model.reading import read_note
from changenote.model.writing import canonical, plain
from changenote.store.notes import understood
from tests.any_notes import VALID_NOTE
from tests.exported import lines_of, notes_of
from tests.house import said, valid_note
from tests.workshop import COMPLETE, Workshop

DATA = Path(__file__).parent / "data"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A repository without notes."""
    return Workshop(tmp_path / "shop").start()


@pytest.fixture
def empty(tmp_path: Path) -> Workshop:
    """Another one, in which notes are to come back."""
    return Workshop(tmp_path / "empty").start()


def there_and_back(note: Note) -> Note:
    """A note that went through an export."""
    one = Exported(note=note, key="a", file="a.yaml", repository="", service="")
    (document,) = json.loads("".join(exported.array([one])))
    back, problems = read_note({key: value for key, value in document.items() if key != "derived"})
    assert back, problems
    return back


@settings(max_examples=40, deadline=None)
@given(VALID_NOTE)
def test_every_note_comes_back_as_it_was(note: Note) -> None:
    # `repr` tells 1 from 1.0 and True, where `==` does not.
    assert repr(there_and_back(note)) == repr(note)


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.yaml")), ids=lambda path: path.name)
def test_what_comes_back_is_what_the_file_says(path: Path) -> None:
    note = understood("", path, path.read_bytes()).note

    assert note is None or repr(there_and_back(note)) == repr(note)


@pytest.mark.parametrize("form", ["json", "ndjson"])
@pytest.mark.parametrize("which", ["sample_shop", "hostile_shop"])
def test_notes_that_are_imported_elsewhere_say_the_same(
    form: str, which: str, request: pytest.FixtureRequest, empty: Workshop
) -> None:
    shop = request.getfixturevalue(which)
    shop.run("export", "--format", form, "--to", "notes.json")

    done = empty.run("import", "json", str(shop.folder / "notes.json"), "--json")

    left = {one["reason"] for one in done.data["left_out"]}
    assert all("more than once" in reason or "cannot say all" in reason for reason in left)
    taken_out = {remark.partition(":")[0] for remark in done.data["remarks"]}
    first = {note.id: note for note in reversed(notes_of(shop))}
    back = {note.id: note for note in notes_of(empty)}
    assert len(back) == len(first) - sum("cannot say" in reason for reason in left)
    for note_id in back.keys() - taken_out:
        assert canonical(plain(back[note_id])) == canonical(plain(first[note_id]))


def test_a_note_that_we_wrote_comes_back_as_the_same_file(shop: Workshop, empty: Workshop) -> None:
    shop.commit("Begin", {"app.py": "pass"})
    shop.commit("Cache totals", {"app.py": "cached"})
    assert shop.run("new", *COMPLETE).code == 0
    shop.run("export", "--format", "json", "--to", "../n.json")

    empty.run("import", "json", "../n.json")

    (ours,), (back,) = shop.notes(), empty.notes()
    assert (back.name, back.read_bytes()) == (ours.name, ours.read_bytes())


def test_keys_that_the_format_does_not_have_come_back_too(shop: Workshop, empty: Workshop) -> None:
    path = valid_note(shop)
    odd = (
        "shipped: {at: 2025-11-20T14:05:00Z, weather: [sun, null, {wind: 3.0}]}\nmood: ~\nluck: 7\n"
    )
    text = path.read_text().replace(
        "shipped: {at: 2025-11-20T14:05:00Z, environment: production}\n", odd
    )
    path.write_text(text + 'x: {big: 123456789012345678901234567890, "": [~, {"é": -0.0}]}\n')

    shop.run("export", "--format", "json", "--to", "../n.json")
    done = empty.run("import", "json", "../n.json")

    assert done.code == 0, done.err
    (back,) = lines_of(empty.run("export").out)
    (first,) = lines_of(shop.run("export").out)
    assert back["shipped"]["weather"] == first["shipped"]["weather"] == ["sun", None, {"wind": 3.0}]
    assert (back["luck"], first["mood"]) == (7, None)
    assert back["x"] == {"big": 123456789012345678901234567890, "": [None, {"é": -0.0}]}


def test_a_second_import_leaves_all_as_it_is(shop: Workshop, empty: Workshop) -> None:
    valid_note(shop)
    valid_note(shop, "20251121-g00d01")
    shop.run("export", "--to", "../n.ndjson")
    empty.run("import", "json", "../n.ndjson")
    (path, _) = empty.notes()
    path.write_text(path.read_text().replace("Cache cart", "Keep cart"))
    before = [one.read_bytes() for one in empty.notes()]

    done = empty.run("import", "json", "../n.ndjson")

    assert [one.read_bytes() for one in empty.notes()] == before
    assert done.out == (
        "0 notes of n.ndjson came in.\n"
        "1 note here already, left alone.\n"
        "20251120-g00d00: the note that is here says something else, and is left alone\n"
    )


def test_a_dry_run_says_the_same_and_writes_nothing(shop: Workshop, empty: Workshop) -> None:
    valid_note(shop)
    shop.run("export", "--format", "json", "--to", "../n.json")

    would = empty.run("import", "json", "../n.json", "--dry-run", "--json")

    assert empty.notes() == []
    done = empty.run("import", "json", "../n.json", "--json")
    assert {**would.data, "dry_run": False} == done.data
    assert [empty.folder / note["path"] for note in done.data["notes"]] == empty.notes()


def test_a_secret_that_somebody_put_into_an_export_stays_out(empty: Workshop) -> None:
    secret = "ghp_" + "aB3" * 12
    note = {"schema": 1, "id": "20251120-g00d00", "title": "Say it", "kind": "fix"}
    empty.write("n.json", json.dumps([{**note, "status": "draft", "reason": f"use {secret}"}]))

    done = empty.run("import", "json", "n.json")

    assert "20251120-g00d00: a password, token, key or unseen character was taken out" in done.err
    assert secret not in empty.notes()[0].read_text()


def test_a_secret_that_only_its_key_tells_stays_out_and_so_does_one_in_a_key(
    empty: Workshop,
) -> None:
    odd = {
        "db_password": "hunter2hunter2",
        "passwords": ["hunter3hunter3"],
        "password: hunter4hunter4": "1",
        "password: hunter5hunter5": "2",
        "password: [redacted: password] 2": "3",
    }
    note = {"schema": 1, "id": "20251120-g00d00", "title": "Say it", "kind": "fix"}
    empty.write("n.json", json.dumps([{**note, "status": "draft", "x": odd}]))

    done = empty.run("import", "json", "n.json")

    assert "20251120-g00d00: a password, token, key or unseen character was taken out" in done.err
    (back,) = lines_of(empty.run("export").out)
    assert back["x"] == {
        "db_password": "[redacted: password]",
        "passwords": ["[redacted: password]"],
        "password: [redacted: password]": "1",
        "password: [redacted: password] 4": "2",
        "password: [redacted: password] 2": "3",
    }


HEAD: dict[str, Any] = {"schema": 1, "title": "Count it", "kind": "fix", "status": "draft"}
GOOD = {**HEAD, "id": "20251120-g00d00"}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("7", "note 2: it is no object with keys"),
        ("{}", "note 2: schema: nothing; expected a value for schema"),
        (json.dumps(HEAD), "note 2: id: nothing; expected a value for id"),
        (json.dumps({**HEAD, "id": "../../x"}), "note 2: id: "),
        (json.dumps(GOOD), "note 2: 20251120-g00d00 stands there more than once"),
        ('{"a": 1, "a": 2}', "note 2: a key stands twice in one object"),
        ('{"a": 1e999}', "note 2: 1e999 is larger than any number"),
        ('{"a": NaN}', "note 2: NaN is no number of JSON"),
        ("[" * 100_000, "note 2: it is nested too deep"),
        ('{"a": ' + "9" * 5000 + "}", "note 2: Exceeds the limit"),
        ('{"id": ', "note 2: Expecting value"),
        (
            json.dumps({**HEAD, "id": "20251120-g00d01", "x": {"a": int("9" * 400)}}),
            "note 2: the file of a note cannot say all of it",
        ),
        (
            f'{json.dumps({**HEAD, "id": "20251120-g00d01"})[:-1]}, "x": {"[" * 900 + "]" * 900}}}',
            "note 2: it is nested too deep",
        ),
        (
            json.dumps({**HEAD, "id": "20251120-g00d01", "x": {"k\ud800": "1"}}),
            "note 2: the file of a note cannot say all of it",
        ),
        (
            json.dumps({**HEAD, "id": "20251120-g00d01", "k\ud800": "1"}),
            "note 2: the file of a note cannot say all of it",
        ),
        (
            json.dumps({**HEAD, "id": "20251120-g00d01", "reason": "a " * 600_000}),
            "note 2: the file of a note cannot say all of it",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_note_is_named_and_the_others_come_in(document: str, reason: str) -> None:
    raw = f"{json.dumps(GOOD)}\n{document}\n".encode()

    good, bad = restored(raw, "n.ndjson")

    assert isinstance(good, Restored)
    assert not isinstance(bad, Restored)
    assert bad.reason.startswith(reason)


@pytest.mark.parametrize("raw", [b"", b"\n", b"[]", b"[\n]\n", b"\xef\xbb\xbf[]"])
def test_an_export_of_no_notes_has_none(raw: bytes) -> None:
    assert list(restored(raw, "n.json")) == []


@pytest.mark.parametrize("text", ["key,id\n", "\n\nkey,id\n", "[1,", "PAR1\x00", "[" * 200_000])
def test_a_file_that_is_no_export_is_refused(text: str, empty: Workshop) -> None:
    empty.write("n.json", text)

    refused = empty.run("import", "json", "n.json")

    assert refused.code == 2
    assert said(refused).what.startswith("n.json is no export: ")


def test_a_file_that_is_not_there_is_refused(empty: Workshop) -> None:
    assert said(empty.run("import", "json", "n.json")).what == (
        "n.json cannot be read: no such file or directory"
    )


@pytest.mark.parametrize("option", ["--owner=@acme/cart", "--date=2026-11-22", "--again"])
def test_notes_of_an_export_come_in_as_they_are(option: str, empty: Workshop) -> None:
    refused = empty.run("import", "json", "n.json", option)

    assert (refused.code, said(refused).what) == (2, "notes of an export come in as they are")
