"""What an import would write: every file is an entry, or is named with the reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path

from changenote import git
from changenote.errors import ChangenoteError, NoCommits, NotARepository
from changenote.exchange.importing import places
from changenote.exchange.importing.drafts import (
    Decisions,
    Draft,
    Origin,
    draft,
    free_id,
    letters,
)
from changenote.exchange.importing.entries import Entry, LeftOut, Source
from changenote.exchange.importing.formats import FORMATS, Format
from changenote.exchange.importing.known import Known
from changenote.exchange.importing.places import Place
from changenote.forge.links import Repository, parse_remote
from changenote.records import record
from changenote.store.project import Project

_LONGEST_TEXT = 300_000  # characters of an entry: a note has room for it


@record
class From:
    """Where the entries are read: `base` is the folder that their files are named from."""

    form: Format
    place: Place
    base: Path
    origin: Origin
    ours: Path


@record
class Note:
    """A note to be written, and the entry it is made of."""

    id: str
    entry: Entry
    draft: Draft


@record
class Plan:
    """New notes; entries with a note already, by its id, some changed since; what makes none."""

    new: list[Note]
    known: list[tuple[Entry, str]]
    changed: list[tuple[Entry, str]]
    left_out: list[LeftOut]
    remarks: list[str]

    @property
    def mapped(self) -> list[tuple[str, str, int]]:
        """What became what, and in how many of the new notes, by name."""
        counts = Counter(pair for note in self.new for pair in dict.fromkeys(note.draft.mapped))
        return [(of, to, counts[of, to]) for of, to in sorted(counts)]


def source_at(tool: str, path: Path, project: Project, *, name: str | None) -> From:
    """Where a tool's notes are read from, and what that place is called.

    Raises `UsageProblem` when there are none.
    """
    form = FORMATS[tool]
    place = places.find_place(form.tool, tool, path)
    base = _base(place, project.root.resolve())
    is_own = base == project.root.resolve() and name is None
    repository = _repository(base, project if is_own else None)
    called = "" if is_own else name or _called(base, repository)
    origin = Origin(tool=tool, project=called, repository=repository)
    return From(form=form, place=place, base=base, origin=origin, ours=project.notes.resolve())


def _base(place: Place, own: Path) -> Path:
    if place.root.is_relative_to(own):
        return own
    around = (folder for folder in (place.root, *place.root.parents) if (folder / ".git").exists())
    return next(around, place.root)


def _repository(base: Path, own: Project | None) -> Repository | None:
    """The repository on a forge that the numbers of issues belong to."""
    config = own.config if own else None
    address = config.repository if config else None
    if not address and (base / ".git").exists():
        address = git.settings(base).get("remote.origin.url")
    return parse_remote(address, config.forge if config else None) if address else None


def _called(base: Path, repository: Repository | None) -> str:
    """The name of another project: that of its repository, or of its folder."""
    if repository:
        return "/".join(repository.web.split("/")[3:])
    return git.written_path(base.name)


@record
class Past:
    """What git knows of the entries' files: when each was added, what each was called before; and
    a remark when git refuses to say.
    """

    added: Mapping[str, git.Addition]
    older: Mapping[str, str]
    remark: str = ""


def past(given: From) -> Past:
    """What git knows of the files; nothing where there is no repository."""
    folder = given.place.notes
    folder = folder if folder.is_dir() else folder.parent
    try:
        root = git.root_around(folder).resolve()
        before = "" if given.base == root else f"{given.base.relative_to(root).as_posix()}/"
        added = {path.removeprefix(before): one for path, one in git.additions(folder).items()}
        renames = git.renames(folder).items()
        older = {new.removeprefix(before): old.removeprefix(before) for new, old in renames}
        return Past(added=added, older=older)
    except (NotARepository, NoCommits):
        return Past(added={}, older={})
    except (ChangenoteError, ValueError) as error:
        remark = f"git does not tell when files were added: {error}"
        return Past(added={}, older={}, remark=remark)


def planned(
    given: From, decisions: Decisions, known: Known, today: date, seen: Callable[[int], None]
) -> Plan:
    """What to write. `seen` is told how many files were looked at; `today` is the UTC day."""
    history = past(given)
    remarks = [history.remark] if history.remark else []
    plan = Plan(new=[], known=[], changed=[], left_out=[], remarks=remarks)
    plan.left_out.extend(given.place.problems)
    for one in _entries(given, seen):
        if isinstance(one, LeftOut):
            plan.left_out.append(one)
        else:
            entry = _dated(one, history.added, today)
            made = draft(entry, given.origin, decisions)
            _take(plan, entry, made, list(_keys(made.key, history.older)), known, today)
    return plan


def _entries(given: From, seen: Callable[[int], None]) -> Iterator[Entry | LeftOut]:
    """What every file holds."""
    place, form = given.place, given.form
    for number, found in enumerate(places.files_in(place.notes, ours=given.ours), 1):
        seen(number)
        if isinstance(found, tuple):
            path, reason = found
            yield LeftOut(file=places.named(path, given.base), reason=reason)
            continue
        source = places.source_in(
            found, base=given.base, notes=place.notes, largest=form.tool.largest
        )
        yield from [source] if isinstance(source, LeftOut) else _fitting(source, given)


def _fitting(source: Source, given: From) -> Iterable[Entry | LeftOut]:
    """What a file holds, without entries that no note has room for."""
    for one in given.form.read(source, given.place.settings):
        if isinstance(one, Entry) and len(one.text) > _LONGEST_TEXT:
            reason = f"its text is longer than {_LONGEST_TEXT:,} characters"
            yield LeftOut(file=one.file, line=one.line, reason=reason)
        else:
            yield one


def _dated(entry: Entry, added: Mapping[str, git.Addition], today: date) -> Entry:
    """The entry with its day: that of its commit, unless it is one of many in a changelog.

    A day that is still to come is none.
    """
    addition = added.get(git.real_path(entry.file)) if not entry.name else None
    if addition:
        day = addition.at.astimezone(UTC).date()
        entry = replace(entry, day=day, dated_by="git", commit=addition.commit)
    if entry.day and entry.day > today:
        return replace(entry, day=None, dated_by="")
    return entry


def _keys(key: tuple[str, ...], older: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """What an entry's origin may be known by: its file's name now, and those that it had."""
    tool, project, file, entry = key
    names = {file: None}
    while before := older.get(git.real_path(file)):
        file = git.written_path(before)
        if file in names:  # it went to and fro
            break
        names[file] = None
    return ((tool, project, name, entry) for name in names)


def _take(
    plan: Plan,
    entry: Entry,
    made: Draft,
    keys: Sequence[tuple[str, ...]],
    known: Known,
    today: date,
) -> None:
    """Sort an entry in: new, known, known and changed, or deleted since."""
    if key := next((key for key in keys if key in known.origins), None):
        note_id, print_then = known.origins[key]
        is_same = print_then == made.data["x"]["imported"]["fingerprint"]
        (plan.known if is_same else plan.changed).append((entry, note_id))
        return
    day = made.day or today
    ids = [letters(free_id(key, day, ())) for key in keys]
    if ids[0] in known.hidden:
        plan.known.append((entry, free_id(made.key, day, ())))
    elif gone := next((known.deleted[one] for one in ids if one in known.deleted), ""):
        plan.left_out.append(_gone(entry, gone))
    else:
        _add(plan, entry, made, free_id(made.key, day, known.ids))
        known.ids.add(plan.new[-1].id)


def _gone(entry: Entry, note_id: str) -> LeftOut:
    reason = f"its note {note_id} was deleted; --again brings it in"
    return LeftOut(file=entry.file, line=entry.line, reason=reason, is_problem=False)


def _add(plan: Plan, entry: Entry, made: Draft, note_id: str) -> None:
    plan.new.append(Note(id=note_id, entry=entry, draft=made))
    where = f"{entry.file}:{entry.line}" if entry.line > 1 else entry.file
    plan.remarks.extend(f"{where}: {remark}" for remark in made.remarks)
