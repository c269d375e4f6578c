"""The checkouts that a site is made of: the team's own, and those of other repositories."""

import json
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

from changenote.checks.reports import findings
from changenote.config import Config, Listed
from changenote.errors import BadSource, ChangenoteError
from changenote.forge.links import Repository, parse_remote
from changenote.model.facts import folded
from changenote.model.problems import Finding, Problem
from changenote.store.notes import entries, note_paths
from changenote.store.project import CONFIG, Project, config_from, project_at

GIVEN = "CHANGENOTE_SOURCES"
"""The environment variable by which a command tells the builder that it starts of more folders."""

_SHELVES = "sources"
_LONGEST_NAME = 60
_NAMED = 5  # folders without notes in one line


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something to know about the checkouts. What is no warning is as it should be."""

    text: str
    is_warning: bool = False


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """One checkout whose notes are shown; `name` is empty where it is the only one.

    `findings` say what is wrong with its config, which then does not count at all.
    """

    project: Project
    name: str = ""
    repository: Repository | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Checkouts:
    """All that the config of the `own` project and a command name, and what is to be said of them.

    The own one is the first of `each` if it has notes.
    """

    own: Project
    each: tuple[Checkout, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A folder that is meant by something listed, maybe together with others."""

    folder: Path
    listed: Listed
    is_one_of_many: bool = False


def checkouts(own: Project, more: Sequence[str] = ()) -> Checkouts:
    """The checkouts that a project's config and `more` paths name; its own alone if they name none.

    A folder that does not exist is an error, because its notes would vanish from the site; what is
    wrong with a config is not, because one team cannot stop the site of all. Raises `BadSource`.
    """
    listed = (*own.config.listed, *(Listed(path=path) for path in more))
    first = Checkout(project=own, repository=repository(own.config))
    if not listed:
        return Checkouts(own=own, each=(first,))
    remarks: list[Remark] = []
    found = _without_repeats(_all_found(own, listed, remarks), remarks)
    others = [_opened(own, one) for one in found if _has_notes(own, one, remarks)]
    every = [(first, None), *others] if any(entries(own)) else others
    named = _named(_of_different_repositories(every, remarks))
    return Checkouts(own=own, each=tuple(named) or (first,), remarks=tuple(remarks))


def given() -> tuple[str, ...]:
    """The folders that the command line added, as the process that builds the site is told."""
    try:
        paths = json.loads(os.environ.get(GIVEN, "[]"))
    except ValueError:
        return ()
    return tuple(filter(None, map(str, paths))) if isinstance(paths, list) else ()


def repository(config: Config, address: str | None = None) -> Repository | None:
    """The repository on its forge, when somebody said where it is."""
    address = address or config.repository
    return parse_remote(address, config.forge) if address else None


def _all_found(own: Project, listed: Iterable[Listed], remarks: list[Remark]) -> Iterator[_Found]:
    for one in listed:
        folder = own.root / one.path
        if folder.is_dir():
            yield _Found(folder=folder, listed=one)
        elif _is_pattern(one.path):
            yield from _matching(own, one, remarks)
        else:
            raise _not_there(own, one, folder)


def _not_there(own: Project, one: Listed, folder: Path) -> BadSource:
    is_in_config = one in own.config.listed
    place = f"take it out of `sources:` in {own.notes.name}/{CONFIG}"
    remedy = place if is_in_config else "leave the option away"
    return BadSource(
        f"{_said_where(own, one)} is not there: no folder {_shown(folder)}",
        expected="a checkout of the repository, whose notes would be missing otherwise",
        retry="safe, nothing was written",
        hint=f"Check it out there, or {remedy}. A pattern such as `../*` takes what there is.",
    )


def _said_where(own: Project, one: Listed) -> str:
    """A source as whoever named it finds it again: in the config, or among the options."""
    return f"{'sources:' if one in own.config.listed else '--source'} {one.path}"


def _is_pattern(path: str) -> bool:
    return any(sign in path for sign in "*?[")


def _matching(own: Project, listed: Listed, remarks: list[Remark]) -> Iterator[_Found]:
    """The folders with notes that fit a pattern; the others are named, for nobody to wonder."""
    if listed.name or listed.repository or "**" in listed.path:
        raise BadSource(
            f"{_said_where(own, listed)} stands for many folders",
            expected="one folder for a name or an address, and no `**`, which would read the disk",
            hint="List a folder that needs a name once more by itself: that entry counts.",
        )
    folders = sorted(path for path in _glob(own.root, listed.path) if not path.name.startswith("."))
    others = [path for path in folders if path.is_dir() and not _same(path, own.root)]
    with_notes = [path for path in others if _is_of_notes(path / listed.notes)]
    without = [path.name for path in others if path not in with_notes]
    if without:
        remarks.append(Remark(text=f"sources: {listed.path}: {_without(without, listed)}"))
    if not with_notes:
        remarks.append(
            Remark(text=f"sources: {listed.path}: no folder with notes fits", is_warning=True)
        )
    yield from (_Found(folder=path, listed=listed, is_one_of_many=True) for path in with_notes)


def _is_of_notes(folder: Path) -> bool:
    """Is it a folder of notes? Others are called `changes` as well."""
    return (folder / CONFIG).is_file() or bool(note_paths(_unread(folder)))


def _unread(notes: Path) -> Project:
    """A notes folder whose config does not matter."""
    return Project(root=notes.parent, notes=notes, config=Config(), is_repository=False)


def _glob(root: Path, pattern: str) -> list[Path]:
    whole = Path(pattern)
    start = Path(whole.anchor) if whole.is_absolute() else root
    inside = pattern.removeprefix(whole.anchor) if whole.is_absolute() else pattern
    return list(start.glob(inside))


def _without(names: list[str], listed: Listed) -> str:
    shown = ", ".join(_cleaned(name) for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"no notes in {listed.notes}/ of {shown}{more}"


def _same(first: Path, second: Path) -> bool:
    return first.resolve() == second.resolve()


def _without_repeats(found: Iterable[_Found], remarks: list[Remark]) -> list[_Found]:
    """Each folder once. An entry for it alone says more than a pattern that it fits, too."""
    by_folder: dict[tuple[Path, str], _Found] = {}
    for one in found:
        key = one.folder.resolve(), one.listed.notes
        before = by_folder.get(key)
        if before is None or (before.is_one_of_many and not one.is_one_of_many):
            by_folder[key] = one
        elif not one.is_one_of_many and not before.is_one_of_many:
            remarks.append(
                Remark(
                    text=f"sources: {one.listed.path} is {before.listed.path}, which is listed"
                    " already: it counts once",
                    is_warning=True,
                )
            )
    return list(by_folder.values())


def _has_notes(own: Project, one: _Found, remarks: list[Remark]) -> bool:
    """Is there anything to show? Says so where there is not; an unlikely folder is an error."""
    notes = one.folder / one.listed.notes
    if _same(notes, own.notes):
        if not one.is_one_of_many:
            text = (
                f"sources: {one.listed.path} is this project itself, whose notes are shown anyway"
            )
            remarks.append(Remark(text=text))
        return False
    if not notes.is_dir() and not (one.folder / ".git").exists():
        raise BadSource(
            f"{_said_where(own, one.listed)} is neither a git repository nor a folder with notes",
            expected=f"the top folder of a checkout, with {one.listed.notes}/ in it",
            hint="`notes:` beside `path:` names a notes folder that is called otherwise.",
        )
    if any(entries(_unread(notes))):
        return True
    text = f"sources: {one.listed.path}: no note in {one.listed.notes}/ yet"
    remarks.append(Remark(text=text))
    return False


def _opened(own: Project, one: _Found) -> tuple[Checkout, Listed]:
    """A checkout, by its own config, or by none if that cannot be used."""
    root = one.folder.resolve()
    notes = root / one.listed.notes
    shelf = own.cache / _SHELVES / _shelf(root, one.listed.notes)
    wrong: tuple[Finding, ...] = ()
    try:
        project = project_at(root, notes, shelf)
    except ChangenoteError as error:
        wrong = _wrong_config(notes, error)
        project = Project(
            root=root,
            notes=notes,
            config=Config(),
            is_repository=(root / ".git").exists(),
            shelf=shelf,
        )
    address = repository(project.config, one.listed.repository)
    return Checkout(project=project, repository=address, findings=wrong), one.listed


def _shelf(root: Path, notes: str) -> str:
    """A folder name for what is known of a checkout: the same as long as it lies where it does."""
    from hashlib import sha256

    return sha256(os.fsencode(root) + b"\0" + os.fsencode(notes)).hexdigest()[:16]


def _wrong_config(notes: Path, error: ChangenoteError) -> tuple[Finding, ...]:
    """What is wrong with a config, with its places; the error itself if it cannot even be read."""
    file = f"{notes.name}/{CONFIG}"
    try:
        _, problems, document = config_from((notes / CONFIG).read_bytes())
    except OSError:
        problem = Problem(
            rule="unreadable", path=(), found=error.what, expected=error.expected, remedy=error.hint
        )
        return tuple(findings(file, [problem], Config()))
    fatal = [problem for problem in problems if problem.rule != "unknown-key"]
    return tuple(findings(file, fatal, Config(), document.position))


def _of_different_repositories(
    every: Sequence[tuple[Checkout, Listed | None]], remarks: list[Remark]
) -> Iterator[tuple[Checkout, Listed | None]]:
    """Without further checkouts of one repository, whose notes would all be there twice."""
    seen: dict[str, Path] = {}
    for checkout, listed in every:
        root, known = checkout.project.root, checkout.repository
        # Two folders of one checkout, each with notes of its own, are two sources.
        web = known.web.casefold() if known and (root / ".git").exists() else ""
        if web and web in seen:
            text = f"sources: {_shown(root)} is left out: it is a checkout of {web}, as is"
            remarks.append(Remark(text=f"{text} {_shown(seen[web])}", is_warning=True))
            continue
        if web:
            seen[web] = root
        yield checkout, listed


def _named(every: Iterable[tuple[Checkout, Listed | None]]) -> Iterator[Checkout]:
    """Each with a name of its own, unless there is only one.

    Names that somebody chose come first. Of others that are alike, the first keeps the short one:
    so a repository that is added at the end of a list changes no address.
    """
    those = list(every)
    if len(those) == 1:
        yield those[0][0]
        return
    taken: set[str] = set()
    for _, listed in those:
        if listed and listed.name:
            _take(listed.name, taken)
    for checkout, listed in those:
        name = listed.name if listed and listed.name else _free_name(checkout, taken)
        project, findings = checkout.project, checkout.findings
        prefixed = tuple(replace(f, file=f"{name}:{f.file}") for f in findings)
        yield Checkout(
            project=project, name=name, repository=checkout.repository, findings=prefixed
        )


def _take(name: str, taken: set[str]) -> None:
    if name != _cleaned(name):
        raise BadSource(
            f"sources: {name!r} cannot be the name of a repository",
            expected="text on one line with a letter or digit in it and without a colon",
        )
    if folded(name) in taken:
        raise BadSource(
            f"sources: two repositories are called {name!r}",
            expected="a name of its own for each: it is in addresses and in queries",
        )
    taken.add(folded(name))


def _free_name(checkout: Checkout, taken: set[str]) -> str:
    """The last part of its address, or else its folder; longer if that is another's name."""
    web = checkout.repository.web.partition("://")[2] if checkout.repository else ""
    parts = web.split("/")[1:] or checkout.project.root.parts[-2:]
    longer = [_cleaned("/".join(parts[-last:])) for last in range(1, len(parts) + 1)]
    numbered = (f"{longer[-1]} {number}" for number in count(2))
    name = next(name for name in chain(longer, numbered) if folded(name) not in taken)
    taken.add(folded(name))
    return name


def _cleaned(name: str) -> str:
    """A name as it may stand in a page, a query and an address, whatever a folder is called."""
    seen = (c if c.isprintable() and c != ":" else " " for c in unicodedata.normalize("NFC", name))
    words = "".join(seen).split()
    cut = " ".join(words)[:_LONGEST_NAME].strip()
    return cut if any(c.isalnum() for c in cut) else "repository"


def _shown(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")
