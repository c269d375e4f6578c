"""Secrets in files that are no notes, or cannot be read as one: found, and told without a word."""

import os

import pytest

from tests.house import NOTE, valid_note
from tests.workshop import Workshop

PASSWORD = "hunter2dragonfly"
STRIPE = "_".join(["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"])
AWS = "AKIA" + "IOSFODNN7ABCDEFG"
NO_ID = "20251120-g00d00"
TEXT = NOTE.replace("ID", NO_ID)
FILE = f"changes/2025/{NO_ID}-note.yaml"


BROKEN = [
    (TEXT + f'expected_too: "password={PASSWORD}\n', "25:25", "password"),
    (TEXT + f"owner: {STRIPE}\n", "25:8", "Stripe token sk_live_…"),
    (TEXT + f"\tx: password={PASSWORD}\n", "25:14", "password"),
    (TEXT + f"# password={PASSWORD}\n", "25:12", "password"),
    (TEXT.replace("kind: feature", f"kind: {STRIPE}"), "4:7", "Stripe token sk_live_…"),
    (TEXT.replace("status: shipped", f"status: {STRIPE}"), "5:9", "Stripe token sk_live_…"),
    (TEXT.replace("schema: 1", f"schema: {STRIPE}"), "1:9", "Stripe token sk_live_…"),
    (TEXT.replace(NO_ID, AWS), "2:5", "AWS key AKIA…"),
]
"""Notes with a secret, where it stands and what is said of it: a quotation that does not end, a key
that is there twice, a tab, a comment, and keys whose values have a form."""


def test_a_secret_is_found_once_wherever_it_stands_in_a_note(workshop: Workshop) -> None:
    for number, (text, _, _) in enumerate(BROKEN):
        name = f"20251120-g00d0{number}"
        workshop.note(text.replace(NO_ID, name), name)

    done = workshop.run("check", "--secrets")
    every = workshop.run("check")

    lines = done.out.splitlines()
    told = [(line, lines[at + 1]) for at, line in enumerate(lines) if line.endswith("[secret]")]
    expected = [
        (
            f"20251120-g00d0{number}-note.yaml:{place}",
            f"  found:    what looks like a secret: {said}",
        )
        for number, (_, place, said) in enumerate(BROKEN)
    ]
    assert done.code == 1
    assert [(line.split(": ")[0].split("/")[-1], found) for line, found in told] == expected
    assert every.out.count("[secret]") == len(BROKEN)
    assert not [secret for secret in (PASSWORD, STRIPE[:12], AWS) if secret in every.out]


def test_what_is_no_note_is_searched_where_it_is_text(workshop: Workshop) -> None:
    valid_note(workshop)
    workshop.write("changes/notes.txt", f"first\npassword={PASSWORD}\n")
    workshop.write("changes/2025/badly named.yaml", f"id: {STRIPE}\n")
    workshop.write("changes/2025/kept/deep/log", f"key {AWS}\n")
    workshop.write("changes/dump.bin", f"\0password={PASSWORD}\n")
    workshop.write("changes/large.txt", f"password={PASSWORD}\n" + "-" * 1_000_000)
    os.mkfifo(workshop.folder / "changes/pipe")

    done = workshop.run("check", "--secrets")

    assert done.code == 1
    assert [line for line in done.out.splitlines() if line.endswith("[secret]")] == [
        "changes/2025/badly named.yaml:1:5: error: [secret]",
        "changes/2025/kept/deep/log:1:5: error: [secret]",
        "changes/notes.txt:2:10: error: [secret]",
    ]
    assert "3 files were not searched: no text, larger than 1 MB, or not to be opened." in done.err


def test_what_a_team_allows_is_no_secret_in_any_file(workshop: Workshop) -> None:
    workshop.write(FILE, TEXT + f"owner: {STRIPE}\n")
    workshop.write("changes/notes.txt", f"password={PASSWORD}\n")

    workshop.write("changes/config.yaml", f"not_secret: [{STRIPE}, {PASSWORD}]\n")
    named = workshop.run("check", "--secrets")
    workshop.write("changes/config.yaml", "severity: {secret: off}\n")
    off = workshop.run("check", "--secrets")

    assert (named.code, off.code) == (0, 0)
    assert "[secret]" not in named.out + off.out


def test_each_secret_of_a_text_is_told_with_its_kind_and_line(workshop: Workshop) -> None:
    text = f"|\n  first\n  {STRIPE} and {AWS}\n  then\n  password={PASSWORD}\n"
    workshop.write(FILE, TEXT.replace("the flag was switched by hand\n", text))

    done = workshop.run("check", "--secrets")

    said = "Stripe token sk_live_…, AWS key AKIA… (line 2), password (line 4)"
    assert f"  found:    what looks like a secret: {said}\n" in done.out
    assert done.out.count("[secret]") == 1


@pytest.mark.parametrize(
    "words",
    [
        "show ID",
        "rollback ID",
        "rollback ID --run",
        "set ID owner=@acme/cart",
    ],
)
def test_an_error_about_a_note_does_not_quote_its_secrets(workshop: Workshop, words: str) -> None:
    workshop.write(FILE, TEXT.replace("kind: feature", f"kind: {STRIPE}"))

    done = workshop.run(*words.replace("ID", NO_ID).split())

    assert (
        "found a text with a secret" in done.err or f"{FILE}:4:7: a text with a secret" in done.err
    )
    assert STRIPE[:12] not in done.out + done.err


def test_a_change_is_shown_without_the_secrets_around_it(workshop: Workshop) -> None:
    workshop.write(FILE, TEXT.replace("reason: p95", f"reason: password={PASSWORD} p95"))

    done = workshop.run("set", NO_ID, "expected=GET /cart p95 under 300 ms.", "--dry-run")

    assert (done.code, done.err) == (0, "")
    assert "+expected: GET /cart p95 under 300 ms.\n" in done.out
    assert " reason: password=[redacted: password] p95 of GET /cart was 840 ms" in done.out
    assert PASSWORD not in done.out


def test_a_name_with_a_letter_that_no_id_has_says_which(workshop: Workshop) -> None:
    workshop.write("changes/2026/20261122-unk222-y.yaml", TEXT)

    done = workshop.run("check")

    assert "  found:    20261122-unk222-y.yaml, with `u` in its id\n" in done.out
    assert "  expected: a note named <id>-<words>.yaml; no id has i, l, o or u\n" in done.out


def test_what_fmt_would_change_is_shown_without_secrets(workshop: Workshop) -> None:
    beside = "no_metric: the dashboard was down"
    workshop.note(TEXT.replace(beside, f"{beside} # password={PASSWORD}"), NO_ID)

    shown = workshop.run("fmt", "--diff").out

    assert f"\n+\n {beside} # password=[redacted: password]\n" in shown
