"""Which notes ship with a version."""

from collections.abc import Iterable, Sequence

from changenote.model.facts import when
from changenote.model.note import Note
from changenote.records import record
from changenote.release.versions import is_trial_of, same


@record
class Candidate:
    """A note that may ship; `is_new`: its change came after the version before."""

    note: Note
    file: str
    is_new: bool

    @property
    def version(self) -> str:
        """The version that the note says it shipped with."""
        return (self.note.shipped and self.note.shipped.version) or ""


@record
class LeftOut:
    """A note that would ship but for a reason, which follows its title: `a draft`."""

    candidate: Candidate
    reason: str


@record
class Choice:
    """The notes that ship, oldest first, and those that one could miss among them."""

    ships: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]


def chosen(every: Iterable[Candidate], version: str | None) -> Choice:
    """The notes that ship with a version, or with the next one (None), whatever that will be.

    Those that say so, those of its pre-releases, and new ones of no version. A note says it in its
    `shipped.version`: what has another one has shipped already.
    """
    candidates = list(every)
    meant = [one for one in candidates if _is_meant(one, version)]
    replacing = [one for one in candidates if one.version or one.is_new]
    replaced = {i for one in replacing if one.note.status != "draft" for i in one.note.supersedes}
    reasons = [(one, _reason(one, version, replaced)) for one in meant]
    ships = [one for one, reason in reasons if not reason]
    left_out = [LeftOut(candidate=one, reason=reason) for one, reason in reasons if reason]
    return Choice(ships=tuple(sorted(ships, key=_age)), left_out=tuple(left_out))


def _is_meant(one: Candidate, version: str | None) -> bool:
    if version is None or not one.version:
        return one.is_new and not one.version
    return one.is_new or _is_of(one, version)


def _is_of(one: Candidate, version: str) -> bool:
    return same(one.version, version) or is_trial_of(one.version, version)


def _reason(one: Candidate, version: str | None, replaced: set[str]) -> str:
    """Why a note does not ship; empty when it does."""
    if one.version and version and not _is_of(one, version):
        return f"shipped with {one.version}"
    if one.note.status == "draft":
        return "a draft"
    if one.note.status == "rolled_back":
        return "rolled back"
    if one.note.status == "superseded" and one.note.id in replaced:
        return "superseded by a note that ships"
    return ""


def _age(one: Candidate) -> tuple[str, str]:
    return when(one.note), one.note.id


def of_service(every: Sequence[Candidate], service: str, otherwise: str | None) -> list[Candidate]:
    """The notes of one service; a note that names none is of the one that is there `otherwise`."""
    return [one for one in every if (one.note.service or otherwise) == service]
