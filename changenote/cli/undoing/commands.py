"""`changenote commands`: the journal of commands, and what was not recorded as it ran."""

import os
import sys
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from changenote import git
from changenote.capture import histories, journal
from changenote.capture.histories import Past
from changenote.capture.journal import Entry
from changenote.capture.regular import bytes_in
from changenote.cli import console, options
from changenote.cli.undoing.run import added
from changenote.cli.writing.updating import prepare, report, update
from changenote.errors import ChangenoteError, UsageProblem
from changenote.model.note import DURATION, duration, seconds
from changenote.model.outcome import moment
from changenote.model.redaction.environment import secret_values
from changenote.patterns import pattern
from changenote.store.project import find_project

_DURATION = pattern(DURATION)
_NUMBERS = pattern(r"\d{1,6}(?:-\d{1,6})?")
_SHOWN = 20


@click.group()
def command() -> None:
    """The commands recorded by `changenote run`, and those of a shell's history.

    They are in a journal in the repository's .git folder, on this machine only.
    """


_since = click.option(
    "--since", metavar="TIME", help="Newer ones: 2026-11-22, 2026-11-22T14:00, or 2h, 3d ago."
)
_last = click.option("-n", "--last", type=click.IntRange(1), metavar="N", help="The last N.")


@command.command("list")
@_since
@_last
@options.as_json
def list_(since: str | None, last: int | None, as_json: bool) -> int:
    """List the journal, oldest first.

    On each line: id, start, purpose, exit code, time taken, command.

    With --json a list of objects: id, run, purpose, exit, signal, at, seconds, folder, lines,
    bytes, output, recorded (wrapper or imported), noted.
    """
    start = _moment(since)
    read = journal.read(_root(), since=start)
    found = read.entries[-last:] if last else read.entries
    if read.unreadable:
        console.notice(_unreadable(read.unreadable))
    if as_json:
        console.data([_plain(entry) for entry in found])
        return 0
    for line in _table(found):
        console.out(line)
    if not found:
        then = f" since {moment(start)}" if start else ""
        console.notice(
            f"Nothing was recorded{then}. `changenote run -- CMD` runs and records a command."
        )
    elif any(entry.exit is None and entry.recorded == "wrapper" for entry in found):
        console.notice("?: no end was recorded; it still runs, or changenote was killed.")
    return 0


@command.command("add")
@options.note_id()
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
@options.dry_run
@options.as_json
def add(name: str, entries: tuple[str, ...], dry_run: bool, as_json: bool) -> int:
    """Add recorded commands to a note. ENTRY is an id from `changenote commands list`."""
    chosen = _named(journal.entries(_root()), entries)
    project = options.project_with_notes()
    updated = update(project, name, lambda note, text: added(note, text, *chosen), dry_run=dry_run)
    done = f"{_count(len(chosen))} added to {updated.note.title}."
    return report(updated, done=done, as_json=as_json, dry_run=dry_run)


@command.command("forget")
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
def forget(entries: tuple[str, ...]) -> int:
    """Take commands out of the journal, for good. ENTRY is an id from `changenote commands list`.

    Notes that have the command keep it.
    """
    root = _root()
    chosen = _named(journal.entries(root), entries)
    journal.forget(root, {entry.id for entry in chosen})
    for entry in chosen:
        console.out(f"{entry.id}  {_one_line(entry.run)}")
    console.notice(f"{_count(len(chosen))} forgotten.")
    return 0


@command.command("import")
@click.option("--atuin", "shell", flag_value="atuin", help="What ran in this repository, by atuin.")
@click.option("--bash", "shell", flag_value="bash", help="From ~/.bash_history.")
@click.option("--zsh", "shell", flag_value="zsh", help="From ~/.zsh_history.")
@click.option("--fish", "shell", flag_value="fish", help="From fish's history.")
@click.option("--file", "file", metavar="FILE", help="This history, or a list: a command a line.")
@_since
@_last
@click.option("--match", "words", multiple=True, metavar="TEXT", help="Only with this text in it.")
@click.option("--into", "name", metavar="ID", help="Add them to this note as well.")
@click.option("--yes", is_flag=True, help="Import all that was chosen, ask nothing.")
@click.option("--dry-run", is_flag=True, help="Show what would be imported, write nothing.")
@options.as_json
def import_(shell: str | None, file: str | None, name: str | None, **given: Any) -> int:
    """Put commands of a shell's history into the journal.

    They are marked as imported. Choose with --since, --last and --match; at a terminal you are
    shown them and asked. What is in the journal already is not imported again. Secrets are taken
    out, and changenote's own commands left out. Bash writes its history when it ends; `history -a`
    does so at once. With --json an object: imported (as `commands list` has them), known (how many
    were there already), dry_run.
    """
    root = _root()
    if name is not None:
        prepare(find_project(Path.cwd()), name, lambda _, text: text)  # refused before anything
    asks = console.is_interactive() and not (given["yes"] or given["dry_run"] or given["as_json"])
    _refuse_everything(shell, file, given, asks=asks)
    found = _chosen(_entries(shell, file, root), given, default=_SHOWN if asks else None)
    if asks:
        found = _asked(found)
    ids = {entry.id for entry in journal.entries(root)}
    new = [entry for entry in found if entry.id not in ids]
    if new and not given["dry_run"]:
        journal.append(root, *new)
    if name is not None and found and not given["dry_run"]:
        update(find_project(Path.cwd()), name, lambda note, text: added(note, text, *found))
    _report(new, len(found) - len(new), into=name, **given)
    return 0


def _root() -> Path:
    return git.root_around(Path.cwd())


def _moment(text: str | None) -> datetime | None:
    """An instant as people give it: a day or time, here unless it has a zone, or how long ago."""
    if text is None:
        return None
    if _DURATION.fullmatch(text.removesuffix(" ago")):
        return datetime.now(UTC) - timedelta(seconds=seconds(text))
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageProblem(
            f"{text!r} is no time",
            expected="a day, a time, or how long ago: 2026-11-22, 2026-11-22T14:00, 2h30m, 3d",
            hint="For example: --since 2h",
        ) from error


# --- What is shown --------------------------------------------------------------------------------


def _table(entries: Sequence[Entry]) -> list[str]:
    """A line for each command, as wide as the terminal where it goes to one."""
    width = console.width() if sys.stdout.isatty() else None
    return [_line(entry)[:width].rstrip() for entry in entries]


def _line(entry: Entry) -> str:
    at = moment(entry.at).removesuffix(" UTC") if entry.at else "time not known"
    unknown = "?" if entry.recorded == "wrapper" else ""
    ended = unknown if entry.exit is None else str(entry.exit)
    took = "" if entry.seconds is None else duration(entry.seconds)
    purpose = entry.purpose or "other"
    return f"{entry.id}  {at:<16}  {purpose:<8}  {ended:>3}  {took:>6}  {_one_line(entry.run)}"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _plain(entry: Entry) -> dict[str, Any]:
    plain = {key: getattr(entry, key) for key in Entry.__annotations__}
    for key in ("at", "noted"):
        plain[key] = plain[key] and f"{plain[key]:%Y-%m-%dT%H:%M:%SZ}"
    return plain


def _count(number: int) -> str:
    return f"{number} command{'s' * (number != 1)}"


def _unreadable(number: int) -> str:
    lines, were = ("1 line", "was") if number == 1 else (f"{number} lines", "were")
    return f"{lines} of the journal cannot be read and {were} left out; the rest is whole."


def _named(entries: Sequence[Entry], names: Collection[str]) -> list[Entry]:
    """The entries whose ids start so, in the order of the journal."""
    chosen = {}
    for name in names:
        found = [entry for entry in entries if name and entry.id.startswith(name.lower())]
        if len(found) != 1:
            raise UsageProblem(
                f"{len(found)} recorded commands have an id that starts with {name!r}",
                expected="the id of one command, or its start",
                hint="`changenote commands list` shows the ids.",
            )
        chosen[found[0].id] = found[0]
    return [entry for entry in entries if entry.id in chosen]


# --- What is imported -----------------------------------------------------------------------------


def _refuse_everything(
    shell: str | None, file: str | None, given: dict[str, Any], *, asks: bool
) -> None:
    """A whole history is never imported by accident."""
    if shell is None and file is None:
        raise UsageProblem(
            "nothing to import from",
            expected="one of --atuin, --bash, --zsh, --fish, or --file FILE",
            hint="For example: changenote commands import --bash --last 5",
        )
    if shell and not asks and not (given["since"] or given["last"] or given["words"]):
        raise UsageProblem(
            "nothing says which commands of the history are meant",
            expected="--last N, --since TIME or --match TEXT; or a terminal, to be asked",
            hint=f"For example: changenote commands import --{shell} --last 5 --dry-run",
        )


def _entries(shell: str | None, file: str | None, root: Path) -> list[Entry]:
    known = secret_values(os.environ)
    past = _past(shell or "file", file, root)
    return list(histories.as_entries(past, known=known, now=datetime.now(UTC)))


def _past(shell: str, file: str | None, root: Path) -> list[Past]:
    path = Path(file) if file is not None else histories.usual_place(shell, os.environ)
    try:
        if shell == "atuin" and path.stat():
            return histories.of_atuin(path, root)
        if file is None:
            text = bytes_in(path, most=histories.LARGEST + 1)
        else:
            with path.open("rb") as stream:  # may be a pipe: `--file <(history)`
                text = stream.read(histories.LARGEST + 1)
    except (OSError, ValueError) as error:
        raise _refused(path, getattr(error, "strerror", None) or str(error)) from error
    if len(text) > histories.LARGEST:
        raise _refused(path, f"it is larger than {histories.LARGEST // 10**6} MB")
    return histories.READERS[shell](text)


def _refused(path: Path, why: str) -> ChangenoteError:
    return ChangenoteError(
        f"{path} cannot be read: {why.lower()}",
        expected="a history of commands",
        hint="--file FILE names another one.",
    )


def _chosen(entries: Iterable[Entry], given: dict[str, Any], *, default: int | None) -> list[Entry]:
    since, words = _moment(given["since"]), [word.lower() for word in given["words"]]
    found = [
        entry
        for entry in entries
        if (since is None or (entry.at and entry.at >= since))
        and all(word in entry.run.lower() for word in words)
    ]
    most = given["last"] or (None if since or words else default)
    return found[-most:] if most else found


def _asked(entries: Sequence[Entry]) -> list[Entry]:
    """Those that a person picks by their numbers."""
    if not entries:
        return []
    for number, line in enumerate(_table(entries), 1):
        console.notice(f"{number:>4}  {line[len(entries[0].id) + 2 :]}")
    while True:
        answer = click.prompt(
            "Import which? Numbers such as 1,3-5, or all; Enter for none",
            default="",
            show_default=False,
            err=True,
        )
        numbers = _numbers(answer, len(entries))
        if numbers is not None:
            return [entry for at, entry in enumerate(entries, 1) if at in numbers]
        console.notice(f"  {answer!r} are no numbers from 1 to {len(entries)}.")


def _numbers(answer: str, most: int) -> set[int] | None:
    words = answer.replace(",", " ").split()
    if words == ["all"]:
        return set(range(1, most + 1))
    if not all(map(_NUMBERS.fullmatch, words)):
        return None
    parts = [word.partition("-") for word in words]
    spans = [(int(first), int(last or first)) for first, _, last in parts]
    if not all(1 <= first <= last <= most for first, last in spans):
        return None
    return {number for first, last in spans for number in range(first, last + 1)}


def _report(
    new: Sequence[Entry], known: int, *, into: str | None, as_json: bool, dry_run: bool, **_: Any
) -> None:
    if as_json:
        imported = [_plain(entry) for entry in new]
        console.data({"imported": imported, "known": known, "dry_run": dry_run})
        return
    for line in _table(new):
        console.out(line)
    there = f"; {known} {'was' if known == 1 else 'were'} there already" if known else ""
    done = "would be imported" if dry_run else "imported"
    console.notice(f"{_count(len(new))} {done}{there}.")
    if into and (new or known):
        console.notice(f"{'Would be added' if dry_run else 'Added'} to {into}.")
