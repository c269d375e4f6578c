"""The query language: `tag:cache owner:@dana file:app/jobs/ slow "basket total"` → `Query`.

    query = item, parted by white space; all must hold
    item  = [ "-" ] ( key ":" value { "," value } | phrase | word )
    value = phrase, or anything without white space and comma
    phrase = '"' anything, with \\" for a quotation mark '"'

What looks like a key and is none is an error, except before `//` and `::` (an address, a name in
code). Help texts and pages are made from `SYNTAX` and from `keys.KEYS`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from changenote.errors import BadQuery
from changenote.model.facts import Facts, find_word, folded
from changenote.model.keys import KEYS, KEYS_OF_MANY, OWN, Key
from changenote.model.problems import did_you_mean, shown
from changenote.patterns import pattern
from changenote.records import record

SYNTAX = (
    ("cart totals", "Words: each is the start of a word anywhere in the note, in any case."),
    ('"basket again"', 'A phrase: exactly this, in any case; \\" is a quotation mark in it.'),
    ("tag:cache service:shop-web", "Several conditions: all hold, also with the same key twice."),
    ("kind:fix,security", "A comma: any one of them holds (no space after it)."),
    ('owner:"Dana Q"', "Quotation marks: a value with spaces or commas."),
    ("-tag:cache -slow", "A minus in front: this does not hold."),
)


@record
class Term:
    """A condition on one key: any of the values, ready to be compared with folded facts."""

    key: str
    values: tuple[str, ...]
    negated: bool = False

    def holds(self, facts: Facts) -> bool:
        """Do the facts meet the condition?"""
        key = _KEY_NAMED[self.key]
        return any(key.holds(facts, value) for value in self.values) != self.negated


@record
class Word:
    """The start of a word, looked for in all text of a note."""

    text: str
    negated: bool = False

    def find(self, text: str, start: int = 0) -> int:
        """Where it is in folded text, -1 when it is not."""
        return find_word(text, self.text, start)


@record
class Phrase:
    """Text looked for as it stands, in all text of a note."""

    text: str
    negated: bool = False

    def find(self, text: str, start: int = 0) -> int:
        """Where it is in folded text, -1 when it is not."""
        return text.find(self.text, start)


@record
class Query:
    """What notes are asked for; an empty query matches every note."""

    terms: tuple[Term, ...] = ()
    words: tuple[Word, ...] = ()
    phrases: tuple[Phrase, ...] = ()

    def matches(self, facts: Facts) -> bool:
        """Does everything that is asked for hold for these facts?"""
        return self.holds(facts) and all(
            (text.find(facts.text) < 0) == text.negated for text in self._texts
        )

    def holds(self, facts: Facts) -> bool:
        """Do all conditions on keys hold? They do not ask for `prose` and `details`."""
        return all(term.holds(facts) for term in self.terms)

    @property
    def wanted(self) -> tuple[Word | Phrase, ...]:
        """The words and phrases that must be there."""
        return tuple(text for text in self._texts if not text.negated)

    @property
    def unwanted(self) -> tuple[Word | Phrase, ...]:
        """The words and phrases that must not be there."""
        return tuple(text for text in self._texts if text.negated)

    @property
    def has_texts(self) -> bool:
        """Is anything looked for in all text of a note?"""
        return bool(self._texts)

    @property
    def _texts(self) -> tuple[Word | Phrase, ...]:
        return (*self.words, *self.phrases)


def parse(
    text: str,
    *,
    today: date | None = None,
    me: Sequence[str] = (),
    keys: Sequence[Key] = KEYS,
) -> Query:
    """The query that a text asks; anything it cannot mean raises `BadQuery`, and nothing else.

    `today` is needed by days such as `-30d`; `me` holds your names and addresses for `owner:me`;
    `keys` are those that may be asked.
    """
    asker = _Asker(today=today, names=tuple(filter(None, map(folded, me))), keys=tuple(keys))
    items = list(_items(text, asker))
    return Query(
        terms=tuple(item for item in items if isinstance(item, Term)),
        words=tuple(item for item in items if isinstance(item, Word)),
        phrases=tuple(item for item in items if isinstance(item, Phrase)),
    )


@record
class _Asker:
    """Who asks, when and where: what `me` and `-30d` mean, and which keys there are."""

    today: date | None
    names: tuple[str, ...]
    keys: tuple[Key, ...]


_Item = Term | Word | Phrase

_SPACE = pattern(r"\s*")
_MINUS = pattern(r"-(?=[^\s-])")  # `--dry-run` is a word, `-dry-run` is not wanted
_KEY = pattern(r"((?:[xX]\.(?=[^\s:]))?[^\W\d][\w-]*):(?!//|:)")
_BARE_VALUE = pattern(r"[^\s,]*")
_WORD = pattern(r"\S*")
_QUOTED = pattern(r'"((?:[^"\\]|\\"|\\(?!"))*)"')
_DAY = pattern(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_BACK = pattern(r"-([0-9]{1,5})([dwmy])")


def _named(keys: Sequence[Key]) -> dict[str, Key]:
    return {name: key for key in keys for name in (key.name, key.alias) if name}


_KEY_NAMED = _named(KEYS_OF_MANY)


def _items(text: str, asker: _Asker) -> Iterator[_Item]:
    at = _end(_SPACE, text, 0)
    while at < len(text):
        item, at = _item(text, at, asker)
        yield item
        at = _end(_SPACE, text, at)


def _item(text: str, at: int, asker: _Asker) -> tuple[_Item, int]:
    negated = _MINUS.match(text, at) is not None
    at += negated
    if found := _KEY.match(text, at):
        name, _, own = found[1].partition(".")
        key = _key(name, at, asker) if own or folded(name) != OWN else _nameless(at)
        values, end = _values(text, found.end(), key, asker)
        if own:
            values = tuple(f"{folded(own)}={_truth(value)}" for value in values)
        return Term(key=key.name, values=values, negated=negated), end
    if text[at] == '"':
        phrase, end = _quoted(text, at, then="")
        return Phrase(text=_not_empty(phrase, at), negated=negated), end
    end = _end(_WORD, text, at)
    return Word(text=_not_empty(text[at:end], at), negated=negated), end


def _end(shape: re.Pattern[str], text: str, at: int) -> int:
    match = shape.match(text, at)
    return match.end() if match else at


def _key(name: str, at: int, asker: _Asker) -> Key:
    known = _named(asker.keys)
    if key := known.get(folded(name)):
        return key
    itself = f'To find the text itself, quote it: "{shown(name)}:…"'
    raise _bad(
        f"unknown key {shown(name)}:",
        at,
        expected="one of " + ", ".join(_shown(key) for key in asker.keys),
        hint=" ".join(filter(None, (did_you_mean(folded(name[:40]), known), itself))),
    )


def _shown(key: Key) -> str:
    return f"{key.name}.NAME" if key.name == OWN else key.name


def _nameless(at: int) -> Key:
    raise _bad("x: needs the name of a field", at, expected="a name, such as x.ticket:ABC-1")


def _truth(value: str) -> str:
    return {"true": "yes", "false": "no"}.get(value, value)


def _values(text: str, at: int, key: Key, asker: _Asker) -> tuple[tuple[str, ...], int]:
    """The values from `at` on, ready to be compared, and where they end."""
    values: list[str] = []
    while True:
        value, end = _value(text, at, key)
        values.extend(_meant(value, at, key, asker))
        if not text.startswith(",", end):
            return tuple(values), end
        at = end + 1


def _value(text: str, at: int, key: Key) -> tuple[str, int]:
    if text.startswith('"', at):
        value, end = _quoted(text, at, then=",")
    else:
        end = _end(_BARE_VALUE, text, at)
        value = text[at:end]
    value = folded(value)
    if not value:
        raise _bad(
            f"{key.name}: has no value",
            at,
            expected=f"a value right behind it, such as {key.example}",
            hint="There is no space after `:` and `,`.",
        )
    return value, end


def _quoted(text: str, at: int, *, then: str) -> tuple[str, int]:
    quoted = _QUOTED.match(text, at)
    if not quoted:
        raise _bad("a quotation mark is never closed", at, expected='a second "')
    end = quoted.end()
    if end < len(text) and not text[end].isspace() and text[end] != then:
        raise _bad(
            "text goes on right behind a closing quotation mark",
            end,
            expected="a space",
            hint='A quotation mark inside quotation marks is written \\".',
        )
    return quoted[1].replace('\\"', '"'), end


def _not_empty(text: str, at: int) -> str:
    found = folded(text)
    if not found:
        raise _bad("nothing between the quotation marks", at, expected="a word or a phrase")
    return found


def _meant(value: str, at: int, key: Key, asker: _Asker) -> tuple[str, ...]:
    """What a folded value of this key stands for; `me` stands for all the asker's names."""
    if key.choices:
        return (_choice(value, at, key),)
    if key.takes == "day":
        return (_day(value, at, key, asker.today),)
    if key.takes == "person" and value == "me":
        return _names(at, key, asker)
    return (value,)


def _choice(value: str, at: int, key: Key) -> str:
    choice = value.replace("-", "_")
    if choice in key.choices:
        return choice
    raise _bad(
        f"{key.name}: cannot be {shown(value)}",
        at,
        expected="one of " + ", ".join(key.choices),
        hint=did_you_mean(choice[:40], key.choices),
    )


def _names(at: int, key: Key, asker: _Asker) -> tuple[str, ...]:
    if asker.names:
        return asker.names
    raise _bad(
        f"{key.name}:me needs to know who you are",
        at,
        expected=f"a name, such as {key.example}",
        hint="git config user.name and user.email say who you are.",
    )


def day_meant(value: str, today: date | None) -> date | None:
    """The day that `2026-10-01`, `2026-10`, `2026`, or `-30d` from today, stands for, if any."""
    back, day = _BACK.fullmatch(value), _DAY.fullmatch(value)
    try:
        if back and today:
            return _back_from(today, int(back[1]), back[2])
        if day:
            return date(int(day[1]), int(day[2] or 1), int(day[3] or 1))
    except (ValueError, OverflowError):
        pass  # a day that no calendar has
    return None


def _day(value: str, at: int, key: Key, today: date | None) -> str:
    day = day_meant(value, today)
    if day:
        return day.isoformat()[:10]  # of a datetime, too
    raise _bad(
        f"{key.name}: cannot be {shown(value)}",
        at,
        expected="a day: 2026-10-01, 2026-10, 2026" + (", -30d, -2w, -6m or -1y" if today else ""),
    )


def _back_from(today: date, count: int, unit: str) -> date:
    if unit in "dw":
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    from calendar import monthrange  # only a query with -6m or -1y needs it

    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def _bad(what: str, at: int, *, expected: str, hint: str = "") -> BadQuery:
    return BadQuery(
        f"{what} (character {at + 1} of the query)", expected=expected, retry="safe", hint=hint
    )
