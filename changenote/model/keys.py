"""The keys of the query language: what each means, and what it asks of the facts.

Help texts and pages are made from `KEYS`; a new key is one more row. Where notes of more than one
repository are asked, there is `REPO` as well.
"""

import re
from collections.abc import Callable
from typing import Literal, get_args

from changenote.model.facts import Facts
from changenote.model.note import Status
from changenote.records import record

VERDICTS = (
    "improved",
    "regressed",
    "no_change",
    "inconclusive",
    "insufficient",
    "unverified",
    "invalid",
)
STATUSES: tuple[str, ...] = get_args(Status)
OWN = "x"
"""The key of a team's own fields; in a query their name follows after a dot."""
PARTS = ("rollback", "metrics", "images", "rehearsal")


@record
class Key:
    """One key: its documentation, and whether facts meet a value that is ready to be compared.

    `choices` lists all values there are; empty means that any text will do.
    """

    name: str
    meaning: str
    example: str
    holds: Callable[[Facts, str], bool]
    takes: Literal["text", "day", "person"] = "text"
    choices: tuple[str, ...] = ()
    alias: str = ""


def _is_person(person: str, wanted: str) -> bool:
    """Is a person or team, such as `@acme/cart` or `Dana Q <d@x.org>`, known by a name?"""
    name, _, address = person.partition("<")
    name, address = name.rstrip(), address.rstrip(">")
    known = (person, name, address, name.rpartition("/")[2])
    return bool(person) and (wanted in known or wanted.removeprefix("@") == name.removeprefix("@"))


def _is_path(path: str, wanted: str) -> bool:
    if "*" in wanted:
        return _fits(path, wanted + "*" if wanted.endswith("/") else wanted)
    if wanted.endswith("/"):
        return path.startswith(wanted)
    return path == wanted or path.endswith("/" + wanted)


def _fits(path: str, pattern: str) -> bool:
    """Does a path, or its last parts, fit a pattern with `*`?

    Each piece is looked for once, from the left: many stars cannot make it slow, as they would a
    regular expression.
    """
    first, *pieces, last = pattern.split("*")
    at = f"/{path}".find(f"/{first}")
    if at < 0:
        return False
    at += len(first)
    for piece in pieces:
        place = path.find(piece, at)
        if place < 0:
            return False
        at = place + len(piece)
    return path.endswith(last) and len(path) - len(last) >= at


_ADDRESS_PARTS = re.compile(r"[/#!?=&]")


def _is_pull_request(address: str, wanted: str) -> bool:
    number = wanted.lstrip("#!")
    if number.isdecimal():
        return number in _ADDRESS_PARTS.split(address)
    return f"/{address.rstrip('/')}".endswith(f"/{wanted.rstrip('/')}")


def _same_flag(flag: str, wanted: str) -> bool:
    return flag.replace("-", "_") == wanted.replace("-", "_")


def _same_version(version: str, wanted: str) -> bool:
    return bool(version) and version.removeprefix("v") == wanted.removeprefix("v")


_DAYS = "A month or year means its first day; -30d, -2w, -6m, -1y count back from today."

KEYS = (
    Key(
        name="id",
        meaning="The note's id, or any start or end of it.",
        example="id:k3f9xq",
        holds=lambda facts, value: facts.id.startswith(value) or facts.id.endswith(value),
    ),
    Key(
        name="kind",
        meaning="The kind of change.",
        example="kind:fix,performance",
        holds=lambda facts, value: facts.kind == value,
    ),
    Key(
        name="owner",
        meaning="Person or team: the whole name, with or without @, or the part after the last /. "
        "`me` is you.",
        example="owner:@acme/cart",
        holds=lambda facts, value: _is_person(facts.owner, value),
        takes="person",
    ),
    Key(
        name="author",
        meaning="Who wrote the change: the whole name or the e-mail address. `me` is you.",
        example='author:"Dana Q"',
        holds=lambda facts, value: any(_is_person(name, value) for name in facts.authors),
        takes="person",
    ),
    Key(
        name="service",
        meaning="The service that changed.",
        example="service:shop-web",
        holds=lambda facts, value: facts.service == value,
    ),
    Key(
        name="env",
        meaning="The environment it was shipped to.",
        example="env:production",
        holds=lambda facts, value: facts.environment == value,
        alias="environment",
    ),
    Key(
        name="status",
        meaning="Where the note is in its life.",
        example="status:rolled-back",
        holds=lambda facts, value: facts.status == value,
        choices=STATUSES,
    ),
    Key(
        name="tag",
        meaning="A tag, whole.",
        example="tag:cache",
        holds=lambda facts, value: value in facts.tags,
    ),
    Key(
        name="stack",
        meaning="A language, framework or store involved, whole.",
        example="stack:redis",
        holds=lambda facts, value: value in facts.stack,
    ),
    Key(
        name="file",
        meaning="A file touched, by its old or new path: a folder when it ends in /, otherwise a "
        "whole path or its last parts; * stands for anything, / too. Upper and lower case "
        "are the same.",
        example="file:app/cart/",
        holds=lambda facts, value: any(_is_path(path, value) for path in facts.files),
    ),
    Key(
        name="after",
        meaning=f"Shipped on that day (UTC) or later. {_DAYS} A note without a time of shipping "
        "counts by the day in its id.",
        example="after:2026-10-01",
        holds=lambda facts, value: facts.day >= value,
        takes="day",
    ),
    Key(
        name="before",
        meaning=f"Shipped before that day (UTC), the day itself left out. {_DAYS}",
        example="before:2026-11",
        holds=lambda facts, value: facts.day < value,
        takes="day",
    ),
    Key(
        name="verdict",
        meaning="The verdict on the primary metric.",
        example="verdict:improved",
        holds=lambda facts, value: facts.verdict == value,
        choices=VERDICTS,
    ),
    Key(
        name="flag",
        meaning="A flag on the note.",
        example="flag:needs_human_review",
        holds=lambda facts, value: any(_same_flag(flag, value) for flag in facts.flags),
    ),
    Key(
        name="version",
        meaning="The version that carries it, whole, with or without its v.",
        example="version:2.14.0",
        holds=lambda facts, value: _same_version(facts.version, value),
    ),
    Key(
        name="pr",
        meaning="A pull request: its number, its address or the end of its address.",
        example="pr:412",
        holds=lambda facts, value: any(_is_pull_request(pr, value) for pr in facts.pull_requests),
    ),
    Key(
        name="has",
        meaning="The note has this part: rollback steps, metrics, images, or a rehearsal of the "
        "rollback.",
        example="has:rollback",
        holds=lambda facts, value: value in facts.has,
        choices=PARTS,
    ),
    Key(
        name=OWN,
        meaning="A field of your team's own under `x:`, by its name and its whole value; true and "
        "false are yes and no.",
        example="x.ticket:ABC-1",
        holds=lambda facts, value: value in facts.own,
    ),
)

REPO = Key(
    name="repo",
    meaning="The repository that the note is from, by its whole name.",
    example="repo:shop-web",
    holds=lambda facts, value: facts.repository == value,
    alias="repository",
)

KEYS_OF_MANY = (*KEYS, REPO)
