"""`changenote set`: change parts of a note without an editor, for scripts and quick hands."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import click

from changenote.capture.draft import checklist, cleaned
from changenote.cli import options
from changenote.cli.writing.finishing import lacking, shipped_if_finished
from changenote.cli.writing.taken_out import say_taken_out
from changenote.cli.writing.updating import Updated, mend, report
from changenote.errors import InvalidNote, UsageProblem
from changenote.model.problems import Path, Problem, dotted
from changenote.model.reading import Plain, read_note, resolved
from changenote.model.secrets import key_at
from changenote.patterns import pattern
from changenote.records import record
from changenote.store import codec
from changenote.store.editing import value_at, with_item, with_value, without
from changenote.store.project import Project

_ASSIGNMENT = pattern(r"(?s)([^=]+?)(\+?)=(.*)")
_FIELD = pattern(r"[^.\[\]\s][^.\[\]]*(\.[^.\[\]]+|\[\d+\])*")
_PART = pattern(r"([^.\[\]]+)|\[(\d+)\]")
_GROUP_DEPTH = len(("checklist", "security"))


@record
class Assignment:
    """One `FIELD=VALUE`; `adds` for `FIELD+=VALUE`."""

    path: Path
    value: str
    adds: bool


@click.command()
@options.note_id()
@click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE...")
@options.dry_run
@options.as_json
def command(name: str, assignments: tuple[str, ...], dry_run: bool, as_json: bool) -> int:
    """Set fields of a note, each named as `changenote check` names it.

    FIELD=VALUE sets a field, FIELD+=VALUE adds to a list unless it is there, FIELD= takes the
    field out. A list or mapping is written as in YAML. All are set, or none when one of them is
    not valid. A draft that is complete then becomes `shipped`.

    \b
    changenote set ID reason="p95 of GET /cart was 840 ms" tags+=cart
    changenote set ID rollback.when="p95 over 900 ms" rollback.steps+="./flags set cart off"
    changenote set ID 'rollback.data={reversible: true, loses: nothing}' no_metric=
    """
    every = [parsed(words) for words in assignments]
    project = options.project_with_notes()
    updated = mend(project, name, lambda text: _assigned(project, text, every), dry_run=dry_run)
    lacks = lacking(project.config, updated.text) if updated.note.status == "draft" else []
    for one in every:
        say_taken_out(one.value, one.path)
    done = f"{_done(updated, every)}\n{_what_it_lacks(updated, lacks)}".rstrip("\n")
    more = {"lacks": lacks} if updated.note.status == "draft" else {}
    return report(updated, done=done, as_json=as_json, dry_run=dry_run, more=more)


def parsed(words: str) -> Assignment:
    """The assignment in one word of a command line. Raises `UsageProblem`."""
    match = _ASSIGNMENT.fullmatch(words)
    field = match[1].strip() if match else ""
    is_field = _FIELD.fullmatch(field) and field.isprintable()
    if not match or not is_field or (match[2] and not match[3].strip()):
        raise UsageProblem(
            f"{words!r} sets nothing",
            expected="FIELD=VALUE, or FIELD+=VALUE for a list, such as rollback.steps[0].takes=15s",
            hint="`changenote set --help` has examples.",
        )
    path = tuple(int(m[2]) if m[2] else m[1] for m in _PART.finditer(field))
    return Assignment(path=path, value=match[3], adds=bool(match[2]))


def _assigned(project: Project, text: str, every: Sequence[Assignment]) -> str:
    old = text
    for assignment in every:
        text = _with(text, _spelt_out(project, assignment))
    says_status = any(assignment.path == ("status",) for assignment in every)
    return text if says_status else shipped_if_finished(project.config, old, text)


def _spelt_out(project: Project, assignment: Assignment) -> Assignment:
    """`checklist.security=ok` as the items that it answers, as `new --checklist` takes it."""
    groups = project.config.groups
    path, said = assignment.path, assignment.value.strip()
    is_group = len(path) == _GROUP_DEPTH and path[0] == "checklist" and path[1] in groups
    if not is_group or assignment.adds or not said or said[0] == "{":
        return assignment
    import json

    from changenote.cli.writing.unclear import checklist_refused

    items = groups[str(path[1])]
    if wrong := checklist_refused(said, items):
        raise UsageProblem(
            f"{dotted(path)}: {wrong.rstrip('.')}",
            expected=f"one answer for all, or one each: {', '.join(items)}",
            hint=f"For example: `changenote set ID '{dotted(path)}.{items[0]}=ok'`",
        )
    answers = checklist(f"{path[1]}: {said}", groups)[str(path[1])]
    return replace(assignment, value=json.dumps(answers, ensure_ascii=False))


def _with(text: str, assignment: Assignment) -> str:
    """The text with one assignment, read in the first way that the field can be read."""
    path, value = assignment.path, assignment.value
    if not value.strip():
        return without(text, path)
    change = _added if assignment.adds else with_value
    every: list[Problem] = []
    for meant in _readings(path, value, adds=assignment.adds):
        new = change(text, path, meant)
        problems = _problems(new, path)
        if not problems:
            return new
        every += problems
    for meant in _in_short(value, adds=assignment.adds):
        new = change(text, path, meant)
        if not _problems(new, path):
            return new
    raise _not_valid(path, max(every, key=lambda problem: len(problem.path)))


def _added(text: str, path: Path, item: Any) -> str:
    """With the item more, unless it is there; a number may be there twice."""
    known = value_at(text, path)
    is_there = isinstance(known, list) and resolved(item) in resolved(known)
    is_number = isinstance(resolved(item), int | float)
    return text if is_there and not is_number else with_item(text, path, item)


def _readings(path: Path, value: str, *, adds: bool) -> Iterator[Any]:
    """What the words of a value may mean, the likeliest first; the field's type decides."""
    own = key_at(path)
    (clean,) = (cleaned({"x": {own: value}})["x"] if own else cleaned({"": value})).values()
    document = codec.load(f"value: {clean}".encode("utf-8", "surrogateescape"))
    is_one_value = isinstance(document.data, dict) and not document.problems
    structure = document.data.get("value") if is_one_value else None
    is_structure = value[0] in "[{" and isinstance(structure, list | dict)
    if is_structure and path[0] == "x":
        yield structure
    yield from (Plain(clean), clean) if path[0] == "x" else (clean, Plain(clean))
    if is_structure:
        yield structure
    elif not adds:
        yield [clean]
        yield [Plain(clean)]


def _in_short(value: str, *, adds: bool) -> Iterator[Any]:
    """The words as a command or step, or as a file, where the field is a list of those."""
    clean = cleaned({"value": value})["value"]
    for key in ("run", "path"):
        yield {key: clean} if adds else [{key: clean}]


def _problems(text: str, path: Path) -> list[Problem]:
    """What is wrong in a note's text at a path, above it or inside of it."""
    document = codec.load(text.encode("utf-8", "surrogateescape"))
    _, problems = read_note(document.data)
    found = [*document.problems, *problems]
    return [p for p in found if p.path[: len(path)] == path[: len(p.path)]]


def _not_valid(path: Path, problem: Problem) -> InvalidNote:
    if problem.rule == "unknown-key":
        return InvalidNote(
            f"there is no field {dotted(problem.path)}",
            expected=problem.expected,
            hint=problem.remedy,
        )
    return InvalidNote(
        f"{dotted(max(path, problem.path, key=len))} cannot be {problem.found}",
        expected=problem.expected,
        hint=problem.remedy
        or _how(path, problem)
        or "`changenote schema` and the reference list all fields.",
    )


def _how(path: Path, problem: Problem) -> str:
    """An example where keys were expected and none was named."""
    if "keys" not in problem.expected or problem.path != path:
        return ""
    return f"Name a key: `changenote set ID {dotted(path)}.KEY=VALUE`."


def _done(updated: Updated, every: Sequence[Assignment]) -> str:
    fields = ", ".join(dict.fromkeys(dotted(assignment.path) for assignment in every))
    return f"Set {fields}; the note is {updated.note.status.replace('_', ' ')}."


def _what_it_lacks(updated: Updated, lacks: Sequence[str]) -> str:
    if updated.note.status != "draft":
        return ""
    if lacks:
        return f"It still lacks: {', '.join(lacks)}."
    return f"It is complete: `changenote review {updated.id}` makes it a shipped note."
