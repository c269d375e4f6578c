"""What is shown of notes to others has no secret, and everything else as it is."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from changenote.checks.notes import check_data
from changenote.config import Config, read_config
from changenote.exchange.announcing.facts import facts
from changenote.model.folding import Folds
from changenote.model.note import Note, Rehearsal, Rollback, Step
from changenote.model.publishing import without_secrets
from changenote.model.reading import read_note
from changenote.model.rehearsal import is_of, steps_sha256
from changenote.model.secrets import NOTHING, Allowed
from changenote.model.writing import plain
from changenote.release.comment import comment
from changenote.site.book import Book, Published
from changenote.site.loading import project_of, read_book
from tests.books import page, words
from tests.house import NOTE
from tests.trust.cases import cases
from tests.trust.secrets import decoded
from tests.workshop import FULL, Workshop

TOKEN = "ghp_0123456789abcdefABCDEF0123456789abcd"
LINE = "Something looked like a secret and was taken out here"
SECRETS = [
    *({"reason": f"token={TOKEN}"}, {"tags": ["cart", TOKEN]}, {"monitoring": {"up": TOKEN}}),
    {"commands": [{"run": "ls"}, {"run": "curl -u deploy:hunter2x9 https://ci.example/"}]},
    {"commands": [{"run": "env", "output": "HOME=/root\nDB_PASSWORD=hunter2x9"}]},
    {"rollback": {"steps": [{"run": "mysql -u root -phunter2x9 shop", "expect": TOKEN}]}},
    {"checklist": {"security": {"secrets": f"ok, {TOKEN} was rotated"}}},
    {"checklist": {"security": {TOKEN: "ok"}}},
    *({"x": {"db": {"password": "hunter2x9"}}}, {"x": {"passwords": ["Tr0ub4dor&3"]}}),
    {"x": {TOKEN: "a key"}},
    *({"x": {"password": {"value": "hunter2x9"}}}, {"x": {"db_password": [{"v": "hunter2x9"}]}}),
    {"x": {"passwords": {"server": {"old": ["hunter2x9"]}, "at": "2026-11-22"}}},
    {"monitoring": {"token": "hunter2x9"}},
    {"metrics": [{"name": "p95", "conditions": {"api_token": "hunter2x9"}}]},
    {"kind": TOKEN.lower()},
]
HARMLESS = [
    {"reason": "The password is asked for before a refund", "tags": ["token", "secret"]},
    {"x": {"ticket": "ABC-1", "pin": 1, "secrets": "ok"}, "checklist": {"a": {"secrets": "ok"}}},
    {"checklist": {"security": {"secrets": "ok, none are touched", "password": "na"}}},
    {"x": {"token": {"ttl": "3600", "expires": "2027-01-01"}, "password": {"user": "dana"}}},
    {"monitoring": {"up": "https://up.example/token"}},
    {"commands": [{"run": 'curl -u "deploy:$DEPLOY_PASSWORD" https://ci.example/deploy'}]},
]


def note_of(**parts: Any) -> Note:
    """A note with some parts, and what every note must have."""
    least = {"schema": 1, "id": "20261122-k3f9xq", "title": "Count sheep", "kind": "fix"}
    note, problems = read_note({**least, "status": "draft", **parts})
    assert note, problems
    return note


@pytest.mark.parametrize("parts", SECRETS)
def test_what_check_finds_is_taken_out(parts: dict[str, Any]) -> None:
    found = check_data(parts)

    shown = plain(without_secrets(note_of(**parts), NOTHING))

    assert {problem.rule for problem in found} == {"secret"}
    told = json.dumps(shown)
    assert not any(value in told for value in (TOKEN, TOKEN.lower(), "hunter2x9", "Tr0ub4dor"))
    assert "[redacted: " in json.dumps(shown)
    assert check_data({key: shown[key] for key in parts}) == []


@pytest.mark.parametrize("parts", HARMLESS)
def test_a_note_without_a_secret_is_the_same_object(parts: dict[str, Any]) -> None:
    note = note_of(**parts)

    assert check_data(parts) == []
    assert without_secrets(note, NOTHING) is note


def test_check_and_what_is_shown_agree_on_any_text() -> None:
    texts = [decoded(case["input_b64"]) for case in cases("secrets.jsonl")]
    texts += [case["input"] for case in cases("benign-commands.jsonl")[:300]]
    every = [{"reason": text, "x": {"owned": text}} for text in texts]

    found = [bool([p for p in check_data(parts) if p.rule == "secret"]) for parts in every]

    notes = [note_of(**parts) for parts in every]
    assert found == [without_secrets(note, NOTHING) is not note for note in notes]
    assert 400 < sum(found) < len(found) - 250


def test_a_number_may_be_a_password_too() -> None:
    shown = without_secrets(note_of(x={"db_password": 48151623, "port": 48151623}), NOTHING)

    assert shown.x == {"db_password": "[redacted: password]", "port": 48151623}


def test_two_keys_that_were_secret_stay_two() -> None:
    other = TOKEN.replace("d", "e")

    shown = without_secrets(note_of(x={TOKEN: "one", other: "two"}), NOTHING)

    assert list(shown.x.values()) == ["one", "two"]
    assert len(shown.x) == 2
    assert all(key.startswith("[redacted: ") for key in shown.x)


def test_what_the_team_allows_stays() -> None:
    note = note_of(reason=f"AKIAIOSFODNN7ABCDEFG and {TOKEN}")

    one = without_secrets(note, Allowed(texts=("AKIAIOSFODNN7ABCDEFG",)))

    assert one.reason == "AKIAIOSFODNN7ABCDEFG and [redacted: GitHub token]"
    assert without_secrets(note, Allowed(everything=True)) is note


def test_the_config_says_what_is_allowed_to_check_and_to_others() -> None:
    silent, one, every = (
        read_config(data)[0]
        for data in ({}, {"not_secret": [TOKEN]}, {"severity": {"secret": "off"}})
    )
    data = {"reason": TOKEN}
    note = note_of(**data)

    assert [check_data(data, config) == [] for config in (silent, one, every)] == [0, 1, 1]
    assert [without_secrets(note, c.allowed) is note for c in (silent, one, every)] == [0, 1, 1]
    assert [TOKEN in comment([(note, "")], c.allowed) for c in (silent, one, every)] == [0, 1, 1]


def test_an_announcement_has_what_is_allowed() -> None:
    shipped = {"at": "2026-11-21T07:00:00Z"}
    note = note_of(title=f"Use {TOKEN}", status="shipped", shipped=shipped)

    assert facts(note).title == "Use [redacted: GitHub token]"
    assert facts(note, allowed=Allowed(texts=(TOKEN,))).title == f"Use {TOKEN}"


def test_an_announcement_has_no_secret_of_those_it_is_given() -> None:
    note = note_of(status="shipped", shipped={"at": "2026-11-21T07:00:00Z"})

    said = facts(note, service=TOKEN, environment=f"at {TOKEN}")

    assert said.service == "[redacted: GitHub token]"
    assert said.environment == "at [redacted: GitHub token]"


def test_a_rehearsal_is_still_one_of_the_steps_that_are_shown() -> None:
    steps = (Step(run="curl -u deploy:hunter2x9 https://ci.example/undo", expect="ok"),)
    other, same = Rehearsal(steps_sha256="0" * 64), Rehearsal(steps_sha256=steps_sha256(steps))

    def shown(rehearsed: Rehearsal) -> Rollback:
        rollback = Rollback(steps=steps, rehearsed=rehearsed)
        clean = without_secrets(replace(note_of(), rollback=rollback), NOTHING).rollback
        assert clean
        assert clean.rehearsed
        return clean

    before, after = shown(other), shown(same)
    assert before.rehearsed == other
    assert after.rehearsed
    assert is_of(after.rehearsed, after.steps)
    assert after.rehearsed != same  # by which one could try what the secret was


def test_a_folded_note_goes_through_as_well() -> None:
    clean, secret = (Folds(whole=0).folded(note_of(reason=text)) for text in ("It was slow", TOKEN))

    assert without_secrets(clean, NOTHING) is clean
    assert without_secrets(secret, NOTHING).reason == "[redacted: GitHub token]"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A folder for notes, without a repository: git has nothing to say of them."""
    return Workshop(tmp_path)


def read(shop: Workshop, config: str = "") -> Book:
    """The book of its notes, of which what is known is remembered."""
    shop.write("changes/config.yaml", config)
    return read_book(project_of(shop.folder / "changes"))


def entry(shop: Workshop, text: str, config: str = "") -> Published:
    """A note with this text, as it is published."""
    shop.note(text)
    return read(shop, config).entries[0]


def test_the_page_says_that_something_was_taken_out(shop: Workshop) -> None:
    shop.note(NOTE.replace("ID", "20261121-g7c2mh"), "20261121-g7c2mh")
    shop.note(NOTE.replace("ID", "20261122-k3f9xq").replace("p95 of", f"{TOKEN} of"))
    of = read(shop)

    clean, secret = (page(of, f"changes/{e.note.id}/").content for e in of.entries)

    assert LINE not in clean
    assert "without what looked like a secret" not in clean
    assert words(secret).count(LINE) == 1
    assert 'href="../rules/#secret"' in secret
    assert TOKEN not in secret


def test_a_file_without_a_secret_is_shown_byte_for_byte(shop: Workshop) -> None:
    for text in (FULL, f"# by hand\n{NOTE.replace('ID', '20261122-k3f9xq')}"):
        shown = entry(shop, text)

        assert (shown.text, shown.is_redacted) == (text, False)


def test_the_yaml_of_a_note_with_a_secret_is_written_anew(shop: Workshop) -> None:
    text = NOTE.replace("ID", "20261122-k3f9xq").replace("flag was switched", f"{TOKEN} was set")

    shown = entry(shop, f"# why\n{text}").text

    assert shown.startswith(
        "# Written anew without what looked like a secret, without comments and without keys that"
        " no\n# note has.\nschema: 1\n"
    )
    assert 'no_command: "the [redacted: GitHub token] was set by hand"\n' in shown
    assert "# why" not in shown
    assert read_note(json.loads(json.dumps(plain(entry(shop, shown).note))))[1] == []


@pytest.mark.parametrize(
    "more",
    [f"# token {TOKEN}\n", f"secret_of_ours: {TOKEN}\n", f"x:\n  db_password:  # {TOKEN[4:20]}\n"],
)
def test_no_comment_and_no_unknown_key_tells_a_secret(shop: Workshop, more: str) -> None:
    text = NOTE.replace("ID", "20261122-k3f9xq") + more

    shown = entry(shop, text)

    assert TOKEN[4:20] not in shown.text
    assert entry(shop, text, f"not_secret: [{TOKEN}, {TOKEN[4:20]}]\n").text == text


def test_a_team_that_changes_its_mind_is_heard(shop: Workshop) -> None:
    shop.note(NOTE.replace("ID", "20261122-k3f9xq").replace("p95 of", f"{TOKEN} of"))

    shown = [
        str(read(shop, config).entries[0].note.reason)
        for config in ("", f"not_secret: [{TOKEN}]\n", "severity: {secret: off}\n", "")
    ]

    assert [TOKEN in reason for reason in shown] == [False, True, True, False]


def test_a_broken_file_tells_no_secret(shop: Workshop) -> None:
    broken = f"schema: 1\ncommands:\n  - run: ls\n    exit: {TOKEN}\n{TOKEN}: 1\n"
    shop.note(f"{broken}title: 'sshpass -p hunter2x9 ssh'\n")
    shop.note(f"reason: [{TOKEN}\n", "20261121-g7c2mh")
    shop.note("title: [\n", "20261120-g00d00")

    of = read(shop)

    assert [one.is_redacted for one in of.broken] == [False, True, True]
    assert not any(value in repr(of.broken) for value in (TOKEN, "hunter2x9"))
    assert LINE in words(page(of, "changes/20261122-k3f9xq/").content)
    assert LINE not in words(page(of, "changes/20261120-g00d00/").content)


@pytest.mark.parametrize("more", ["", "reason: [\n"])
def test_a_broken_file_hides_no_secret_behind_escapes(shop: Workshop, more: str) -> None:
    shop.note(f'schema: 1\ntitle: "gh\\x70{TOKEN[3:]}"\n{more}')

    (broken,) = read(shop).broken

    assert broken.text == "# Not shown: a secret is written in it so that it cannot be taken out.\n"
    assert broken.is_redacted
    assert TOKEN[-8:] not in repr(broken)


def test_all_notes_of_a_repository_share_what_is_allowed(shop: Workshop) -> None:
    for note_id in ("20251120-g00d00", "20251121-g00d00"):
        shop.note(NOTE.replace("ID", note_id), note_id)

    first, second = read(shop, f"not_secret: [{TOKEN}]\n").entries

    assert first.allowed is second.allowed


def test_check_tells_no_secret_of_a_link_that_leads_nowhere(workshop: Workshop) -> None:
    link = f"20261122-{TOKEN}"
    workshop.note(NOTE.replace("ID", "20251120-g00d00") + f"related: [{link}]\n", "20251120-g00d00")

    texts = [workshop.run("check").out, workshop.run("check", "--format", "json").out]

    assert all("[unknown-note]" in text or '"unknown-note"' in text for text in texts)
    assert not any(TOKEN[-8:] in text for text in texts)


def test_check_tells_no_hash_of_steps_with_a_secret(workshop: Workshop) -> None:
    steps = (Step(run="curl -u deploy:hunter2x9 https://ci.example/undo"),)
    known = (
        "    - run: ./flags set cart_total_cache off --env production\n      expect: 12/12 hosts\n"
    )
    assert known in NOTE
    for number, more in enumerate(("", f", steps_sha256: '{'0' * 64}'")):
        note_id = f"2025112{number}-g00d00"
        plan = f"    - run: {steps[0].run}\n  rehearsed: {{by: dana{more}}}\n"
        workshop.note(NOTE.replace("ID", note_id).replace(known, plan), note_id)

    done = workshop.run("check", "--format", "json")

    assert [one["rule"] for one in done.data["findings"]].count("rehearsal-void") == 2
    assert steps_sha256(steps) not in done.out


def test_check_tells_no_secret_of_a_broken_file_or_a_key(workshop: Workshop) -> None:
    workshop.note(f"schema: 1\ncommands: [{{run: ls, exit: {TOKEN}}}]\n")
    workshop.note(NOTE.replace("ID", "20251120-g00d00") + f"x: {{{TOKEN}: 1}}\n", "20251120-g00d00")

    done = workshop.run("check", "--format", "json")

    assert TOKEN not in done.out + done.err
    secrets = [found for found in done.data["findings"] if found["rule"] == "secret"]
    assert [found["where"] for found in secrets] == ["a text with a secret", "commands[0].exit"]
    assert "a text with a secret" in {found["found"] for found in done.data["findings"]}


def test_what_comes_back_is_exported_as_it_is_and_the_rest_without_secrets(
    workshop: Workshop,
) -> None:
    workshop.note(NOTE.replace("ID", "20251120-g00d00").replace("p95 of", f"{TOKEN} of"))

    told = {
        form: TOKEN in workshop.run("export", "--format", form).out
        for form in ("json", "ndjson", "csv", "markdown", "opensearch")
    }

    assert told == {
        **dict.fromkeys(("json", "ndjson"), True),
        **dict.fromkeys(("csv", "markdown", "opensearch"), False),
    }


UNKNOWN = f"""
db_password: hunter2hunter2
passwords: {{deploy: {{value: hunter2x9}}}}
shipped_too: {{id: {TOKEN}, kind: {TOKEN}, files: [{TOKEN}]}}
"""


def test_a_key_that_no_note_has_may_tell_that_it_holds_a_secret(workshop: Workshop) -> None:
    workshop.note(NOTE.replace("ID", "20251120-g00d00") + UNKNOWN, "20251120-g00d00")

    found = workshop.run("check", "--format", "json").data["findings"]
    exported = workshop.run("export", "--format", "opensearch").out

    assert [one["where"] for one in found if one["rule"] == "secret"] == [
        "db_password",
        "passwords.deploy.value",
        "shipped_too.id",
        "shipped_too.kind",
        "shipped_too.files[0]",
    ]
    assert not any(value in exported for value in (TOKEN, "hunter2"))
    assert exported.count("[redacted: ") == 5


def test_a_release_says_no_secret(workshop: Workshop) -> None:
    title = "title: Cache cart totals"
    workshop.note(NOTE.replace("ID", "20251120-g00d00").replace(title, f"{title} {TOKEN}"))

    texts = [
        workshop.run("release", "v1.0", "--format", form).out
        for form in ("markdown", "json", "github-release")
    ]

    assert not any(TOKEN in text for text in texts)
    assert all("GitHub token" in text for text in texts)


def test_a_config_without_a_word_about_it_allows_nothing() -> None:
    assert Config().allowed == NOTHING
