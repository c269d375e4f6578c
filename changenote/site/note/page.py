"""The page of one note: what its templates need to know, worked out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from changenote.checks.completeness import missing_parts
from changenote.config import Config
from changenote.model.checklists import STATES, parted, same_item, tally
from changenote.model.fields import is_valid, label
from changenote.model.note import Image, Note
from changenote.model.problems import dotted
from changenote.site import markdown
from changenote.site.book import Asset, Page, Published
from changenote.site.edition import Edition, Row
from changenote.site.headings import headings
from changenote.site.images import published_name
from changenote.site.note.measured import ORDERS, TRUSTS, answer, measured
from changenote.site.note.touched import MARKS, comparison, folders, lines_changed
from changenote.site.way_back import STRATEGIES, rehearsed, rollback_time

_RECORDINGS = {
    "wrapper": "recorded by the wrapper while it ran",
    "imported": "imported from a shell's history",
    "typed": "typed in afterwards",
}
_CHECK_MARKS = {"ok": "✓", "na": "–", "todo": "○", "fail": "✗", "other": "·"}
_LONGEST_DESCRIPTION = 155


@dataclass(frozen=True, kw_only=True)
class _Check:
    """One item of the checklist; `state` is the word its value starts with, `says` the rest."""

    name: str
    state: str
    says: str


@dataclass(frozen=True, kw_only=True)
class _Checklist:
    """One group of the checklist, how it was answered, and items that nobody answered."""

    name: str
    tally: str
    items: tuple[_Check, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Own:
    """One of the team's own fields."""

    label: str
    text: str
    is_address: bool = False


@dataclass(frozen=True, kw_only=True)
class _Picture:
    image: Image
    address: str | None
    why: str


@dataclass(frozen=True, kw_only=True)
class _Other:
    """Another note that this one speaks of; no path when it does not exist."""

    id: str
    title: str
    path: str | None


@dataclass(frozen=True, kw_only=True)
class _Missing:
    name: str
    says: str


def note_page(edition: Edition, row: Row) -> Page:
    """The page of one note."""
    note = row.note
    content = edition.rendered(
        "site/note.html.j2",
        row.path,
        note=note,
        missing=_missing(edition, note),
        file=row.entry.file,
        findings=row.entry.findings,
        blob=edition.blob(row.entry.file),
        duplicate=_duplicate(edition, row),
        **_words(),
        answer=answer(note, row.headline),
        measured=measured(note),
        folders=tuple(folders(note, edition.book.repository)),
        lines_changed=lines_changed(note),
        comparison=comparison(note, edition.book.repository),
        **_rollback_part(note),
        **_care_part(row.entry, edition.book.config),
        **_other_notes(edition, note),
    )
    return Page(
        path=row.path,
        title=note.title,
        description=_description(note),
        content=content,
        tags=note.tags,
        toc=headings(note.title, content),
        source=row.entry.file,
    )


def note_assets(row: Row) -> Iterator[Asset]:
    """A note's file as it is, and its pictures."""
    yield Asset(
        path=f"{row.path}note.yaml", content=row.entry.text.encode("utf-8", "surrogatepass")
    )
    for name, content in row.entry.images.items():
        yield Asset(path=row.path + published_name(name), content=content)


def _words() -> dict[str, Mapping[str, str]]:
    return {
        "strategies": STRATEGIES,
        "trusts": TRUSTS,
        "orders": ORDERS,
        "recordings": _RECORDINGS,
        "marks": MARKS,
        "check_marks": _CHECK_MARKS,
        "check_states": STATES,
    }


def _description(note: Note) -> str:
    text = markdown.plain(note.reason or note.expected or note.title)
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return text[:_LONGEST_DESCRIPTION].rpartition(" ")[0] + " …"


def _missing(edition: Edition, note: Note) -> tuple[_Missing, ...]:
    """What a draft still needs."""
    if note.status != "draft":
        return ()
    problems = missing_parts(note, edition.book.config)
    return tuple(_Missing(name=dotted(p.path), says=p.expected) for p in problems)


def _duplicate(edition: Edition, row: Row) -> str | None:
    """The page that has this note's address, when two files have the same id."""
    owner = edition.places.ids[row.note.id]
    return owner if owner != row.path else None


def _rollback_part(note: Note) -> dict[str, Any]:
    return {"rollback_time": rollback_time(note), "rehearsal": rehearsed(note)}


def _care_part(entry: Published, config: Config) -> dict[str, Any]:
    note = entry.note
    return {
        "checklists": tuple(
            _checklist(group, items, config.groups.get(group, ()))
            for group, items in note.checklist.items()
        ),
        "pictures": tuple(_picture(entry, image) for image in note.images),
        "own_fields": tuple(_own_fields(note, config)),
    }


def _checklist(group: str, items: Mapping[str, str], known: Iterable[str]) -> _Checklist:
    answered = {same_item(name) for name in items}
    return _Checklist(
        name=group,
        tally=tally(items.values()),
        items=tuple(_check(name, answer) for name, answer in items.items()),
        missing=tuple(item for item in known if same_item(item) not in answered),
    )


def _check(name: str, answer: str) -> _Check:
    state, says = parted(answer)
    return _Check(name=name, state=state, says=says)


def _own_fields(note: Note, config: Config) -> Iterator[_Own]:
    """Fields that the team named, in its order; then whatever else stands under `x:`."""
    known = [name for name in config.fields if note.x.get(name) is not None]
    for name in known:
        field, value = config.fields[name], note.x[name]
        if isinstance(value, Mapping | list | tuple) or not is_valid(field, value):
            known = [other for other in known if other != name]
        else:
            text = ("no", "yes")[value] if isinstance(value, bool) else str(value)
            yield _Own(label=label(name, field), text=text, is_address=field.type == "url")
    rest = {name: value for name, value in note.x.items() if name not in known}
    yield from (_Own(label=name, text=text) for name, text in _flattened("x", rest))


def _picture(entry: Published, image: Image) -> _Picture:
    if image.file in entry.images:
        return _Picture(image=image, address=published_name(image.file), why="")
    why = entry.refused.get(image.file, "it is not in the note's folder")
    return _Picture(image=image, address=None, why=why)


def _flattened(name: str, value: object) -> Iterator[tuple[str, str]]:
    """A team's own keys as pairs of a dotted name and a text."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flattened(f"{name}.{key}", inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _flattened(f"{name}[{number}]", inner)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value)


def _other_notes(edition: Edition, note: Note) -> dict[str, tuple[_Other, ...]]:
    mentioned_by = [i for i in edition.mentions.get(note.id, ()) if i not in note.related]
    return {
        "supersedes": _others(edition, note.supersedes),
        "superseded_by": _others(edition, edition.replacements.get(note.id, ())),
        "related": _others(edition, note.related),
        "mentioned_by": _others(edition, mentioned_by),
    }


def _others(edition: Edition, ids: Iterable[str]) -> tuple[_Other, ...]:
    return tuple(_other(edition, note_id) for note_id in ids)


def _other(edition: Edition, note_id: str) -> _Other:
    row = edition.by_id.get(note_id)
    if row:
        return _Other(id=note_id, title=row.note.title, path=row.path)
    return _Other(id=note_id, title=note_id, path=edition.places.ids.get(note_id))
