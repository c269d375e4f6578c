"""All notes as rows that can be searched and listed, from the index where possible."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from changenote.cli import console
from changenote.model.facts import Facts, facts, from_plain, to_plain
from changenote.model.note import BAD_OUTCOMES, Note
from changenote.model.query import Query, parse
from changenote.model.summary import summary
from changenote.store import notes
from changenote.store.library import Kind, Library
from changenote.store.project import Project

Data = dict[str, Any]

_ID, _DAY = 15, 12  # characters of an id, and of the day it shipped with the space after it


@dataclass(frozen=True)
class Row:
    """One note in a list: what is shown, its file, and the facts that queries look at."""

    shown: Data
    file: str
    facts: Facts


def rows(project: Project) -> list[Row]:
    """Every readable note, newest first. A notice says how many files could not be read."""
    return all_rows(project)[0]


def all_rows(project: Project) -> tuple[list[Row], list[str]]:
    """Every readable note, newest first, and the files of notes that could not be read."""
    derived, unreadable = of_every_note(project, "row", _row)
    found = [Row(r["shown"], f, from_plain(r["facts"])) for f, r in derived.items()]
    newest = sorted(found, key=lambda row: (row.facts.at, row.facts.id), reverse=True)
    return newest, unreadable


def of_every_note(
    project: Project, kind: str, compute: Callable[[Note, str], Any]
) -> tuple[dict[str, Any], list[str]]:
    """`compute(note, file)` by file, from the index where possible, and the unreadable files.

    The result must be plain JSON data, but not None. A notice says how many could not be read.
    """
    files, strays = notes.listed(project)
    found = _derived(Library(project.cache, files), Kind(name=kind), compute)
    unreadable = [file for file in files if found.get(file) is None]
    count = len(unreadable) + sum(stray.hides_a_note for stray in strays)
    if count:
        console.notice(f"{count} file(s) could not be read: `changenote check` says why.")
        found = {file: value for file, value in found.items() if value is not None}
    return found, unreadable


def _derived(library: Library, kind: Kind, compute: Callable[[Note, str], Any]) -> dict[str, Any]:
    """What is made of each file that can be read, in order; None of what is no note."""
    found = library.known(kind)
    missing = [file for file in library.digests if file not in found]
    if missing:
        from changenote.store.parsed import parsed

        for one in parsed(library, missing):
            found[one.file] = compute(one.note, one.file) if one.note else None
            library.put(kind, one.file, found[one.file])
        found = {file: found[file] for file in library.digests if file in found}
    library.save()
    return found


def _row(note: Note, file: str) -> Data:
    known = facts(note)
    shown = summary(note, known.verdict)
    return {"shown": {**shown, "path": file}, "facts": to_plain(known)}


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
    every = list(found)
    room = console.width() - _ID - _DAY - max((len(state(r.shown)) for r in every), default=0) - 6
    service = min(max((len(r.shown["service"] or "") for r in every), default=0), room // 4)
    for row in every:
        console.out(_line(row.shown, room - service, service))


def _line(shown: Data, title: int, service: int) -> str:
    columns = (cut(shown["title"], title), cut(shown["service"] or "", service), state(shown))
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
