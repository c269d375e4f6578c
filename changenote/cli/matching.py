"""Queries of a command line, and the notes that match.

Of most others hardly more than their bytes is looked at.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from changenote.cli.library import Column, Every, Row, newest_first
from changenote.model.facts import Facts, facts, from_plain, to_plain
from changenote.model.note import Note
from changenote.model.query import Query, parse
from changenote.model.ranking import ranked
from changenote.model.searched import Searched, from_bytes, to_bytes
from changenote.store.library import Kind, uncollected
from changenote.store.project import Project

Data = dict[str, Any]


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


def rows(project: Project, query: Query) -> list[Row]:
    """The notes that match, newest first."""
    every = Every(project)
    with uncollected():
        files = [file for file, _ in _matching(every, query, _searched(every, query))]
        return newest_first(every.rows(files))


def ranked_rows(every: Every, query: Query, most: int) -> tuple[list[Row], list[float]]:
    """The best of the notes that match, and the scores of all that do."""
    with uncollected():
        searched = _searched(every, query)
        found = {id(of): (file, of) for file, of in _matching(every, query, searched)}
        matching = (of for _, of in found.values())
        best = ranked(query, matching, lambda: searched.among(query))
        files = [found[id(of)][0] for _, of in best[:most]]
        return every.rows(files), [score for score, _ in best]


def _searched(every: Every, query: Query) -> Searched:
    return Searched(raws=every.all(_TEXTS) if query.has_texts else {})


def _matching(every: Every, query: Query, searched: Searched) -> Iterator[tuple[str, Facts]]:
    """The files of the notes that match, in order, and of their facts those that it asks for."""
    if not query.has_texts:
        of_each = ((file, from_plain(plain)) for file, plain in every.all(_LABELS).items())
    else:
        files = searched.candidates(query)
        labels = every.some(_LABELS, files) if query.terms else {}
        of_each = ((f, from_bytes(searched.raws[f], labels.get(f, {}))) for f in files)
    return (pair for pair in of_each if query.matches(pair[1]))


def _labels(note: Note, _file: str) -> Data:
    known = facts(note)
    plain = {"verdict": known.verdict, **to_plain(known)}
    return {name: value for name, value in plain.items() if name not in ("prose", "details")}


def _texts(note: Note, _file: str) -> bytes:
    return to_bytes(facts(note))


_LABELS = Column(Kind(name="labels"), _labels)
_TEXTS = Column(Kind(name="texts", is_raw=True), _texts)
