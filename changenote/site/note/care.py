"""What a page says about the care that was taken: checklists, pictures, a team's own fields."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from changenote.config import Config
from changenote.model.checklists import parted, same_item, tally
from changenote.model.fields import is_valid, label
from changenote.model.note import Image, Note
from changenote.site.book import Published
from changenote.site.images import published_name

CHECK_MARKS = {"ok": "✓", "na": "–", "todo": "○", "fail": "✗", "other": "·"}


@dataclass(frozen=True, kw_only=True)
class Check:
    """One item of the checklist; `state` is the word its value starts with, `says` the rest."""

    name: str
    state: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """One group of the checklist, how it was answered, and items that nobody answered."""

    name: str
    tally: str
    items: tuple[Check, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Own:
    """One of the team's own fields."""

    label: str
    text: str
    is_address: bool = False


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture with its address, or why it has none."""

    image: Image
    address: str | None
    why: str


def checklists(note: Note, config: Config) -> Iterator[Checklist]:
    """Every checklist of a note, with the items of it that nobody answered."""
    for group, items in note.checklist.items():
        yield _checklist(group, items, config.groups.get(group, ()))


def pictures(entry: Published) -> Iterator[Picture]:
    """Every picture of a note, or why it is not shown."""
    return (_picture(entry, image) for image in entry.note.images)


def _checklist(group: str, items: Mapping[str, str], known: Iterable[str]) -> Checklist:
    answered = {same_item(name) for name in items}
    return Checklist(
        name=group,
        tally=tally(items.values()),
        items=tuple(_check(name, answer) for name, answer in items.items()),
        missing=tuple(item for item in known if same_item(item) not in answered),
    )


def _check(name: str, answer: str) -> Check:
    state, says = parted(answer)
    return Check(name=name, state=state, says=says)


def own_fields(note: Note, config: Config) -> Iterator[Own]:
    """Fields that the team named, in its order; then whatever else stands under `x:`."""
    known = [name for name in config.fields if note.x.get(name) is not None]
    for name in known:
        field, value = config.fields[name], note.x[name]
        if isinstance(value, Mapping | list | tuple) or not is_valid(field, value):
            known = [other for other in known if other != name]
        else:
            text = ("no", "yes")[value] if isinstance(value, bool) else str(value)
            yield Own(label=label(name, field), text=text, is_address=field.type == "url")
    rest = {name: value for name, value in note.x.items() if name not in known}
    yield from (Own(label=name, text=text) for name, text in _flattened("x", rest))


def _picture(entry: Published, image: Image) -> Picture:
    if image.file in entry.images:
        return Picture(image=image, address=published_name(image.file), why="")
    why = entry.refused.get(image.file, "it is not in the note's folder")
    return Picture(image=image, address=None, why=why)


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
