"""Queries of a command line, and the notes that match.

Of most others hardly more than their bytes is looked at.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from changenote.cli.reading.library import Column, Every, Row, all_rows, newest_first
from changenote.model.facts import facts, folded, from_plain, to_plain
from changenote.model.note import Note
from changenote.model.problems import did_you_mean
from changenote.model.query import Query, parse
from changenote.model.searched import Searched, to_bytes
from changenote.store.library import uncollected
from changenote.store.project import Project
from changenote.store.tables import Kind

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


def in_words(words: Sequence[str]) -> list[str]:
    """The words of a command line with those apart that stood in quotes, of which a shell shows
    nothing: `"memory leak"` may be a phrase or two words."""
    apart = [word.split() if not set('":') & set(word) else [word] for word in words]
    return [word for words in apart for word in words]


def nearest(query: Query, project: Project) -> list[str]:
    """What a query that finds nothing may have meant: known values of its keys, near words."""
    rows, _ = all_rows(project, tells=False)
    told = []
    for term in query.terms:
        if term.key in _CHOSEN_FROM and not term.negated:
            known = {row.shown[term.key] for row in rows} - {None}
            told += [_near(term.key, v, sorted(known)) for v in term.values if v not in known]
    titles = {word for row in rows for word in folded(row.shown["title"]).split()}
    for word in query.words:
        if not word.negated and not any(title.startswith(word.text) for title in titles):
            told.append(did_you_mean(word.text, titles))
    return [line for line in told if line]


_CHOSEN_FROM = ("kind", "service", "status")


def _near(key: str, value: str, known: Sequence[str]) -> str:
    starting = [name for name in known if value and name.startswith(value)]
    guess = f"Did you mean `{starting[0]}`?" if starting else did_you_mean(value, known)
    return f"No note has {key}:{value}. Known here: {', '.join(known)}. {guess}".rstrip()


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
        if not query.has_texts:
            return newest_first(every.rows(_labelled(every, query)))
        searched = Searched(every.all(_TEXTS))
        return newest_first(every.rows(_holding(every, query, searched.matching(query))))


def ranked_rows(every: Every, query: Query, most: int) -> tuple[list[tuple[Row, float]], int]:
    """The best of the notes that match, each with its score, and how many match."""
    with uncollected():
        if not query.has_texts:
            found = newest_first(every.rows(_labelled(every, query)))
            return [(row, 0.0) for row in found[:most]], len(found)
        searched = Searched(every.all(_TEXTS))
        files = _holding(every, query, searched.matching(query))
        scores = {file: score for score, file in searched.best(query, files, most)}
        return [(row, scores[row.file]) for row in every.rows(list(scores))], len(files)


def _labelled(every: Every, query: Query) -> list[str]:
    """The files of all notes for which the conditions of a query without texts hold."""
    return [f for f, plain in every.all(_LABELS).items() if query.holds(from_plain(plain))]


def _holding(every: Every, query: Query, files: list[str]) -> list[str]:
    """Those of some notes for which the conditions on keys hold."""
    if not query.terms:
        return files
    labels = every.some(_LABELS, files)
    return [file for file, plain in labels.items() if query.holds(from_plain(plain))]


def _labels(note: Note, _file: str) -> Data:
    known = facts(note)
    plain = {"verdict": known.verdict, **to_plain(known)}
    return {name: value for name, value in plain.items() if name not in ("prose", "details")}


def _texts(note: Note, _file: str) -> bytes:
    return to_bytes(facts(note))


_LABELS = Column(Kind(name="labels"), _labels)
_TEXTS = Column(Kind(name="texts", is_raw=True), _texts)
