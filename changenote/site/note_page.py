"""The page of one note: what its templates need to know, worked out."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from changenote.checks.completeness import missing_parts
from changenote.model.measures import (
    Verdict,
    cautions,
    headline,
    judge,
    primary_metric,
    sentence,
)
from changenote.model.note import FileTouched, Image, Metric, Note, Rollback, samples
from changenote.model.problems import dotted
from changenote.model.ranks import median
from changenote.model.rehearsal import steps_sha256
from changenote.site import markdown
from changenote.site.book import Asset, Page, Published
from changenote.site.edition import Edition, Row
from changenote.site.headings import headings
from changenote.site.images import published_name
from changenote.site.wording import age_before, total

_STRATEGIES = {
    "flag": "switch a flag",
    "revert": "revert the change",
    "redeploy": "deploy the version before",
    "restore": "restore from a backup",
    "forward_fix": "fix forward",
    "none": "cannot be undone",
}
_TRUSTS = {
    "exact": "exact, the same on every run",
    "interleaved": "highest, old and new measured in turns",
    "sequential": "fair, one after the other; cache and load may differ",
    "reported": "none, a claim and not a measurement",
    "invalid": "none",
}
_ORDERS = {
    "interleaved": "interleaved: before and after in turns",
    "sequential": "sequential: first all before, then all after",
    "unknown": "unknown",
}
_RECORDINGS = {
    "wrapper": "recorded by the wrapper while it ran",
    "imported": "imported from a shell's history",
    "typed": "typed in afterwards",
}
_MARKS = {
    "added": "A", "modified": "M", "deleted": "D", "renamed": "R", "copied": "C",
    "type_changed": "T", "unknown": "·",
}  # fmt: skip
_CHECK_MARKS = {"ok": "✓", "na": "–", "todo": "○", "fail": "✗", "other": "·"}
_LONGEST_DESCRIPTION = 155


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """The one line below the title: a verdict, if there is one, and the words for it."""

    word: str
    text: str


@dataclass(frozen=True, kw_only=True)
class _Measured:
    """A metric with everything that is said about it."""

    metric: Metric
    verdict: Verdict
    says: str
    cautions: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    target_met: str

    @property
    def sides(self) -> tuple[tuple[str, int, float | None], ...]:
        """Before and after: how many runs, and their median."""
        return tuple(
            (label, kept or len(values), median(values) if values else None)
            for label, kept, values in (
                ("Before", self.metric.n_before, self.before),
                ("After", self.metric.n_after, self.after),
            )
        )


@dataclass(frozen=True, kw_only=True)
class _Check:
    """One item of the checklist; `state` is the word its value starts with."""

    name: str
    state: str
    says: str


@dataclass(frozen=True, kw_only=True)
class _File:
    name: str
    touched: FileTouched
    address: str | None


@dataclass(frozen=True, kw_only=True)
class _Folder:
    path: str
    files: tuple[_File, ...]


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


@dataclass(frozen=True, kw_only=True)
class _Rehearsal:
    age: str
    doubt: str


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
        **_measured_part(note),
        **_rollback_part(note),
        **_files_part(edition, note),
        **_care_part(row.entry),
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
        "strategies": _STRATEGIES,
        "trusts": _TRUSTS,
        "orders": _ORDERS,
        "recordings": _RECORDINGS,
        "marks": _MARKS,
        "check_marks": _CHECK_MARKS,
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


def _measured_part(note: Note) -> dict[str, Any]:
    measured = tuple(_measured(metric) for metric in _primary_first(note))
    return {"measured": measured, "answer": _answer(note)}


def _primary_first(note: Note) -> list[Metric]:
    return sorted(note.metrics, key=lambda metric: not metric.primary)


def _measured(metric: Metric) -> _Measured:
    verdict = judge(metric)
    return _Measured(
        metric=metric,
        verdict=verdict,
        says=sentence(metric, verdict),
        cautions=cautions(verdict),
        before=samples(metric.before),
        after=samples(metric.after),
        target_met=_target_met(metric, verdict),
    )


def _target_met(metric: Metric, verdict: Verdict) -> str:
    after = verdict.median_after
    if metric.target is None or after is None or metric.better is None:
        return ""
    met = after <= metric.target if metric.better == "lower" else after >= metric.target
    return ", reached" if met else ", not reached"


def _answer(note: Note) -> _Answer:
    metric, verdict = primary_metric(note), headline(note)
    if metric and verdict:
        return _Answer(word=verdict.verdict, text=f"{metric.name}: {sentence(metric, verdict)}")
    if metric:
        why = "the note does not say whether the cache was cold or warm"
        return _Answer(word="", text=f"No verdict on {metric.name}: {why}.")
    if note.metrics:
        return _Answer(
            word="", text=f"{len(note.metrics)} metrics, none of them speaks for the note."
        )
    if note.no_metric:
        return _Answer(word="", text=f"Not measured: {note.no_metric}")
    return _Answer(word="", text="Nothing was measured.")


def _rollback_part(note: Note) -> dict[str, Any]:
    steps = note.rollback.steps if note.rollback else ()
    return {"rollback_time": total([s.takes for s in steps]), "rehearsal": _rehearsal(note)}


def _rehearsal(note: Note) -> _Rehearsal:
    rehearsed = note.rollback.rehearsed if note.rollback else None
    shipped = note.shipped.at if note.shipped else None
    age = age_before(rehearsed.at, shipped) if rehearsed and rehearsed.at and shipped else ""
    return _Rehearsal(age=age, doubt=_doubt(note.rollback) if note.rollback else "")


def _doubt(rollback: Rollback) -> str:
    """Why a rehearsal may not count: it has to have been one of exactly these steps."""
    if not rollback.rehearsed:
        return ""
    if rollback.rehearsed.steps_sha256 is None:
        return "nothing proves that it was of these steps"
    same = rollback.rehearsed.steps_sha256.lower() == steps_sha256(rollback.steps)
    return "" if same else "the steps have changed since"


def _files_part(edition: Edition, note: Note) -> dict[str, Any]:
    added = [f.added for f in note.files if f.added is not None]
    removed = [f.removed for f in note.files if f.removed is not None]
    return {
        "folders": tuple(_folders(edition, note)),
        "lines_changed": (sum(added), sum(removed)) if added or removed else None,
        "comparison": _comparison(edition, note),
    }


def _folders(edition: Edition, note: Note) -> Iterator[_Folder]:
    grouped: dict[str, list[_File]] = {}
    for touched in note.files:
        folder, name = posixpath.split(touched.path)
        address = _file_address(edition, note, touched)
        grouped.setdefault(folder, []).append(_File(name=name, touched=touched, address=address))
    for folder in sorted(grouped):
        yield _Folder(path=f"{folder}/" if folder else "./", files=tuple(grouped[folder]))


def _file_address(edition: Edition, note: Note, touched: FileTouched) -> str | None:
    """The file after the change; before it, when the change deleted it."""
    repository, source = edition.book.repository, note.source
    if not repository or not source:
        return None
    revision = source.base if touched.change == "deleted" else source.head
    return repository.blob(revision, touched.path) if revision else None


def _comparison(edition: Edition, note: Note) -> str | None:
    repository, source = edition.book.repository, note.source
    if not repository or not source or not source.head:
        return None
    if source.base:
        return repository.compare(source.base, source.head)
    return repository.commit(source.head)


def _care_part(entry: Published) -> dict[str, Any]:
    note = entry.note
    return {
        "checks": {
            group: tuple(_check(name, value) for name, value in items.items())
            for group, items in note.checklist.items()
        },
        "pictures": tuple(_picture(entry, image) for image in note.images),
        "own_keys": tuple(_flattened("x", note.x)),
    }


def _check(name: str, value: str) -> _Check:
    state = re.split(r"[^a-z]", value.strip().lower(), maxsplit=1)[0]
    return _Check(name=name, state=state if state in _CHECK_MARKS else "other", says=value)


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
        yield name, _as_text(value)


def _as_text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    return str(value)


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
