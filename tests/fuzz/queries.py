"""The query language: any text is a query or is refused at a place in it."""

import re
import shlex
from dataclasses import replace
from datetime import date

from changenote.errors import BadQuery
from changenote.model.facts import Facts, facts
from changenote.model.note import Note
from changenote.model.query import Query, parse
from changenote.model.ranking import rank, why
from changenote.model.reading import read_note
from changenote.model.searched import Searched, to_bytes
from changenote.store import codec
from tests.fuzz.material import files, material
from tests.fuzz.target import Target

TODAY = date(2026, 11, 30)
ME = ("Dana Dev", "dana@example.com")
_PLACE = re.compile(r" \(character (\d+) of the query\)$")

_FULL = read_note(codec.load(files("notes/full.yaml")[0]).data)[0]
assert _FULL is not None
_NOTES: tuple[Note, ...] = (
    _FULL,
    replace(_FULL, id="20251120-aaaaaa", title="Straße ΟΔΟΣ İstanbul ﬁn", tags=("a b", "é"), x={}),
    Note(schema=1, id="20240229-bbbbbb", title="Sum once", kind="fix", status="draft"),
)
_FACTS: dict[str, Facts] = {note.id: facts(note) for note in _NOTES}
_RAWS = {name: to_bytes(of) for name, of in _FACTS.items()}


def text_of(raw: bytes) -> str:
    """An input as a text; half characters stay, as they do in the words of a command line."""
    return raw.decode("utf-8", "surrogateescape")


def _holds(raw: bytes) -> None:
    text = text_of(raw)
    try:
        query = parse(text, today=TODAY, me=ME)
    except BadQuery as refused:
        _names_a_place(refused.what, text)
        raise
    found = [name for name, of in _FACTS.items() if query.matches(of)]
    assert sorted(of.id for _, of in rank(query, _FACTS.values())) == sorted(found)
    assert parse(text, today=TODAY, me=ME) == query
    if not re.search("[\ud800-\udfff]", text):
        _is_found_in_bytes(query, found)
    for note in _NOTES:
        why(query, note)


def _names_a_place(said: str, text: str) -> None:
    place = _PLACE.search(said)
    assert place, f"names no place: {said}"
    assert 1 <= int(place[1]) <= len(text) + 1


def _is_found_in_bytes(query: Query, found: list[str]) -> None:
    """Searching in bytes finds what searching in facts finds."""
    searched = Searched(_RAWS)
    matching = [name for name in searched.matching(query) if query.holds(_FACTS[name])]
    assert sorted(matching) == sorted(found), f"bytes: {matching}, facts: {found}"
    best = [name for _, name in searched.best(query, matching, most=3)]
    assert sorted(best) == sorted(matching) or not query.wanted


def _naive(raw: bytes) -> None:
    for word in shlex.split(text_of(raw)):
        _key, _value = word.split(":")


SEEDS = (
    "cart totals",
    '"basket again" -slow',
    "tag:cache service:shop-web kind:fix,security",
    'owner:"Dana Q" -tag:cache after:2026-10-01 before:-30d',
    "owner:me x.ticket:ABC-1 pr:412 version:2.1 verdict:improved",
    "file:app/*.py file:app/ has:rollback status:rolled_back flag:needs-review",
    'x.Ticket:"a \\" b" std::vector https://x.example/?a:b --dry-run',
    "Straße ÉTÉ ΟΔΟΣ ﬁn",
    "k3f9xq 20261122",
)

TARGETS = (
    Target(
        name="queries",
        says="A query is understood, or refused at a place in it; however notes are searched, the"
        " same are found.",
        material=material(
            SEEDS,
            """
            tag: service: kind: owner: author: file: after: before: pr: version: verdict: has: flag:
            status: x. x.a: environment: stack: id: me today -30d -1y 2026 2026-10 " \\" - -- : :: //
            , * cart fix improved,worse rolled-back KIND:Fix ﬁx: Ⅷ:
            """.split(),
        ),
        holds=_holds,
        naive=_naive,
    ),
)
