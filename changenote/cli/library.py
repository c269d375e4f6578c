"""All notes as rows that can be searched and listed, from the index where possible."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from changenote.cli import console
from changenote.model.facts import Facts, facts, from_plain, to_plain
from changenote.model.note import BAD_OUTCOMES, Note
from changenote.model.query import Query, parse
from changenote.model.summary import KEYS, summary
from changenote.store import notes
from changenote.store.library import Kind, Library
from changenote.store.project import Project

Data = dict[str, Any]

_ID, _DAY = 15, 12  # characters of an id, and of the day it shipped with the space after it


class Row:
    """One note in a list: its file, what is shown of it, and the facts that queries look at.

    `facts` may be asked for only where rows were asked for with `labels` or `texts`; without
    `texts` they have no prose and no details.
    """

    __slots__ = ("_facts", "_labels", "_text", "_values", "file")

    def __init__(self, file: str, values: list[Any], labels: Data | None, text: str | None) -> None:
        self.file = file
        self._values = values
        self._labels = labels
        self._text = text
        self._facts: Facts | None = None

    @property
    def id(self) -> str:
        """The note's id."""
        return str(self._values[0])

    @property
    def newest(self) -> tuple[str, str]:
        """Sorts by time: when it shipped, or else the day in its id, and the id."""
        return self._values[-1], self._values[0]

    @property
    def shown(self) -> Data:
        """Plain values for lists, as `summary` has them, and the path of the file."""
        return {**dict(zip(KEYS, self._values, strict=False)), "path": self.file}

    @property
    def facts(self) -> Facts:
        """What queries look at."""
        if self._facts is None:
            prose, _, details = (self._text or "").partition(_BETWEEN)
            labels = self._labels or {}
            self._facts = from_plain({**labels, "prose": prose, "details": details})
        return self._facts


class Column(NamedTuple):
    """One thing that is worked out of every note, and kept."""

    kind: Kind
    compute: Callable[[Note, str], Any]


def rows(project: Project, *, labels: bool = False, texts: bool = False) -> list[Row]:
    """Every readable note, newest first. A notice says how many files could not be read."""
    return all_rows(project, labels=labels, texts=texts)[0]


def rows_with(project: Project, column: Column) -> list[tuple[Row, Any]]:
    """Every readable note, newest first, without facts, and what a column says of it."""
    (shown, more), _ = of_every_note(project, _SHOWN, column)
    every = [(Row(file, values, None, None), more[file]) for file, values in shown.items()]
    return sorted(every, key=lambda pair: pair[0].newest, reverse=True)


def all_rows(
    project: Project, *, labels: bool = False, texts: bool = False
) -> tuple[list[Row], list[str]]:
    """Every readable note, newest first, and the files of notes that could not be read.

    Only what is asked for is read: `labels` are the short facts of a note, `texts` the long ones.
    """
    asked = [_SHOWN, *([_LABELS] if labels or texts else []), *([_TEXTS] if texts else [])]
    found, unreadable = of_every_note(project, *asked)
    shown, *more = found
    empty: dict[str, Any] = {}
    all_labels, all_texts, *_ = *more, empty, empty
    every = [Row(f, v, all_labels.get(f), all_texts.get(f)) for f, v in shown.items()]
    every.sort(key=lambda row: row.newest, reverse=True)
    return every, unreadable


def of_every_note(project: Project, *asked: Column) -> tuple[list[dict[str, Any]], list[str]]:
    """What was asked for by file, from the index where possible; and the unreadable files.

    The result must be plain JSON data, but not None. A notice says how many could not be read.
    """
    files, strays = notes.listed(project)
    found = _derived(Library(project.cache, files), asked)
    unreadable = [file for file in files if found[0].get(file) is None]
    count = len(unreadable) + sum(stray.hides_a_note for stray in strays)
    if count:
        console.notice(f"{count} file(s) could not be read: `changenote check` says why.")
        for values in found:
            for file in unreadable:
                values.pop(file, None)
    return found, unreadable


def _derived(library: Library, asked: Sequence[Column]) -> list[dict[str, Any]]:
    """What is made of each file that can be read, in order; None of what is no note."""
    found = [library.known(column.kind) for column in asked]
    missing = [file for file in library.digests if not all(file in values for values in found)]
    if missing:
        from changenote.store.parsed import parsed

        for one in parsed(library, missing):
            for column, values in zip(asked, found, strict=True):
                if one.file not in values:
                    value = column.compute(one.note, one.file) if one.note else None
                    library.put(column.kind, one.file, value)
                    values[one.file] = value
        found = [{f: values[f] for f in library.digests if f in values} for values in found]
    library.save()
    return found


def _shown(note: Note, _file: str) -> list[Any]:
    known = facts(note)
    return [*summary(note, known.verdict).values(), known.at]


def _labels(note: Note, _file: str) -> Data:
    known = facts(note)
    plain = {"verdict": known.verdict, **to_plain(known)}
    return {name: value for name, value in plain.items() if name not in ("prose", "details")}


def _texts(note: Note, _file: str) -> str:
    known = facts(note)
    return f"{known.prose}{_BETWEEN}{known.details}"


_BETWEEN = "\0"  # in no text of a note
_SHOWN = Column(Kind(name="shown"), _shown)
_LABELS = Column(Kind(name="labels"), _labels)
_TEXTS = Column(Kind(name="texts", is_text=True), _texts)


def parsed(words: Sequence[str], project: Project) -> Query:
    """The query in the words of a command line."""
    text = " ".join(_as_typed(word) for word in words)
    return parse(text, today=datetime.now(UTC).date(), me=_me(project) if ":me" in text else ())


def _as_typed(word: str) -> str:
    """The shell took the quotes of `"exact phrase"` and `owner:"Dana Q"` away: put them back."""
    if " " not in word or '"' in word:
        return word
    key, colon, value = word.partition(":")
    name = key.lstrip("-").removeprefix("x.").replace("_", "").replace("-", "")
    return f'{key}:"{value}"' if colon and name.isalpha() else f'"{word}"'


def _me(project: Project) -> list[str]:
    """What the person at the keyboard may be called in a note."""
    from changenote import git

    settings = git.settings(project.root)
    names = [v for k in ("user.name", "user.email") if (v := settings.get(k))]
    return [*names, *_handles(settings)]


def _handles(settings: dict[str, str]) -> list[str]:
    """Their `@names` on forges: as git is told, or the local part of the e-mail address."""
    told = [v for k in ("github.user", "gitlab.user", "gitea.user") if (v := settings.get(k))]
    local = settings.get("user.email", "").partition("@")[0]
    # GitHub's own addresses: 1234567+dana@users.noreply.github.com
    return [f"@{name}" for name in (*told, local.rpartition("+")[2]) if name]


def print_rows(found: Iterable[Row]) -> None:
    """A line per note: id, day it shipped, title, service, what is unusual or its verdict."""
    every = [row.shown for row in found]
    states = [state(shown) for shown in every]
    room = console.width() - _ID - _DAY - max(map(len, states), default=0) - 6
    widest = max((len(shown["service"] or "") for shown in every), default=0)
    service = min(widest, room // 4)
    console.lines(
        _line(shown, said, room - service, service)
        for shown, said in zip(every, states, strict=True)
    )


def _line(shown: Data, said: str, title: int, service: int) -> str:
    columns = (cut(shown["title"], title), cut(shown["service"] or "", service), said)
    day = (shown["shipped_at"] or "")[:10]
    return f"{shown['id']}  {day:<10}  {'  '.join(columns)}".rstrip()


def cut(text: str, width: int) -> str:
    """A text in a column of its own."""
    return f"{text:<{width}}" if len(text) <= width else f"{text[: width - 1]}…"


def state(shown: Data) -> str:
    """What a reader should know at once: an unusual status, a bad outcome, else the verdict."""
    if shown["status"] != "shipped":
        return str(shown["status"]).replace("_", " ")
    if shown["outcome"] in BAD_OUTCOMES:
        return str(shown["outcome"])
    return verdict_word(shown["verdict"] or "")


def verdict_word(verdict: str) -> str:
    """A verdict in the one or two words that people read."""
    return {"unverified": "reported"}.get(verdict, verdict).replace("_", " ")
