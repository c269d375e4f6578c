"""Secrets that a person wrote into a note: found, told without showing them, and little else."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from changenote.checks.notes import check_data
from changenote.model.redaction import find, redact
from changenote.model.redaction.signs import suspects
from tests.house import valid_note
from tests.workshop import Workshop

DATA = Path(__file__).parent / "data" / "security"


def texts(file: str) -> Iterator[str]:
    for line in (DATA / file).read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        encoded = case.get("input_b64")
        yield b64decode(encoded).decode("utf-8", "replace") if encoded else case["input"]


def test_the_quick_look_leaves_out_nothing_that_is_found() -> None:
    with_secrets = [text for text in texts("secrets.jsonl") if find(text)]

    assert len(with_secrets) > 500
    assert [text for text in with_secrets if not suspects([text])] == []


def test_the_quick_look_says_which_of_many_texts() -> None:
    many = ["", "short", "GET /cart p95", "password: hunter2x9", "git revert --no-edit 9be27d1"]

    assert suspects([*many, "token ghp_0123456789abcdefABCDEF0123456789abcd"]) == [3, 5]
    assert suspects(many[:3]) == suspects([]) == []
    assert suspects(["ghp_0123456789abcdefABCDEF0123456789abcd"] * 2) == [0, 1]


def test_few_commands_without_a_secret_are_looked_at_twice() -> None:
    commands = list(texts("benign-commands.jsonl"))

    assert len(suspects(commands)) < len(commands) / 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ghp_0123456789abcdefABCDEF0123456789abcd", "GitHub token ghp_…"),
        ("AKIAIOSFODNN7ABCDEFG", "AWS key AKIA…"),
        ("the password is hunter2x9", "secret"),
        ("mysql -u root -phunter2x9 shop", "password"),
    ],
)
def test_a_secret_is_told_by_its_kind_and_public_start_alone(text: str, said: str) -> None:
    (problem,) = check_data({"commands": [{"run": "ls"}, {"run": text}]})

    assert problem.rule == "secret"
    assert problem.path == ("commands", 1, "run")
    assert problem.found == f"what looks like a secret: {said}"


def test_a_secret_in_a_long_text_is_told_with_its_line() -> None:
    output = "logged in\nexport TOKEN=hunter2x9hunter2x9\n"

    (problem,) = check_data({"commands": [{"run": "./deploy.sh", "output": output}]})

    assert problem.found == "what looks like a secret: token (line 2)"


@pytest.mark.parametrize(
    "text",
    [
        redact("curl -u deploy:hunter2x9 https://ci.example/"),
        'curl -u "deploy:$DEPLOY_PASSWORD" https://ci.example/',
        "git revert --no-edit 9be27d19be27d19be27d19be27d19be27d19be27",
        "sha256:5f0c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0a",
        "https://github.com/acme/shop/pull/412#issuecomment-20261122",
        "registry.example/shop/web@sha256:5f0c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0",
        "kubectl set image deployment/cart cart=registry.example/cart:v2.14.0-3-g9be27d1",
        "related to 20261122-k3f9xq and 20260903-7c2mha",
        "the token bucket refills; passwords are hashed; the secret is to measure first",
    ],
)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert check_data({"reason": text, "commands": [{"run": text}]}) == []


def test_a_key_of_a_team_may_be_the_name_of_a_secret() -> None:
    assert [p.path for p in check_data({"x": {"db": {"password": "hunter2x9"}}})] == [
        ("x", "db", "password")
    ]
    assert check_data({"x": {"secrets": "ok", "ticket": "ABC-1"}}) == []
    assert check_data({"checklist": {"security": {"secrets": "ok, none are touched"}}}) == []


def test_only_secrets_are_told_by_kind_and_place(workshop: Workshop) -> None:
    note = valid_note(workshop)
    text = note.read_text().replace("the flag was switched by hand", "password=hunter2x9")
    note.write_text(text.replace("kind: feature", "kind: strange"))

    done = workshop.run("check", "--secrets")
    every = workshop.run("check")

    (finding, *_) = done.out.splitlines()
    assert done.code == 1
    assert finding.endswith("error: no_command [secret]")
    assert done.out.splitlines()[-1] == "1 error in 1 of 1 file"
    assert "hunter2x9" not in done.out + every.out
    assert "[unknown-kind]" in every.out


def test_what_is_no_secret_is_said_in_the_config(workshop: Workshop) -> None:
    note = valid_note(workshop)
    text = note.read_text()
    note.write_text(text.replace("the flag was switched by hand", "AKIAIOSFODNN7ABCDEFG is a key"))

    before = workshop.run("check", "--secrets")
    workshop.write("changes/config.yaml", "not_secret: [AKIAIOSFODNN7ABCDEFG]\n")
    after = workshop.run("check", "--secrets")

    assert (before.code, after.code) == (1, 0)
    assert after.out == "nothing found in 1 file\n"
