"""Options and arguments that several commands share."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from changenote.errors import ChangenoteError, NoSuchNote, UsageProblem
from changenote.store.project import Project, find_project

Function = TypeVar("Function", bound=Callable[..., Any])


class Decorator(Protocol):
    """Takes a command's function and gives it back."""

    def __call__(self, function: Function, /) -> Function:
        """The same function, with an option or argument more."""


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")

result_file = click.option(
    "--result",
    "result",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take the notes from what `check --ci --result FILE` wrote; nothing in it is trusted.",
)


def refuse_both(names: Collection[str], result: Path | None) -> None:
    """Refuse ids beside a result file: it is not clear which notes are meant."""
    if names and result:
        raise UsageProblem(
            "ID and --result cannot both be meant",
            expected="the notes of the file, or those named",
            hint="Leave one of them out.",
        )


class QueryCommand(click.Command):
    """A command with a query, where `-tag:x` is a condition and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with words such as `-tag:x` behind the options."""
        end = args.index("--") if "--" in args else len(args)
        words = [word for word in args[:end] if _is_condition(word)]
        others = [word for word in args[:end] if not _is_condition(word)]
        return super().parse_args(ctx, [*others, "--", *words, *args[end + 1 :]])


def _is_condition(word: str) -> bool:
    """Is it `-tag:x` or `-slow`, and not `-n`, `-n5` or `--json`?"""
    return len(word) > 2 and word[0] == "-" != word[1] and not word[2:].isdecimal()


def spread(
    arguments: Sequence[str],
    names: Collection[str],
    *,
    belongs: Callable[[str], bool] = lambda _: True,
) -> list[str]:
    """The arguments with an option repeated for each word that follows it and `belongs` to it.

    A shell makes `--before a.json b.json` of `--before perf/*.json`; click takes one word each.
    """
    spread: list[str] = []
    current = ""
    for number, word in enumerate(arguments):
        if word == "--":
            return [*spread, *arguments[number:]]
        if current and not word.startswith("-") and spread[-1] != current and belongs(word):
            spread.append(current)
        elif word.startswith("-"):
            current = word if word in names else ""
        spread.append(word)
    return spread


def files_named(words: Sequence[str]) -> list[Path]:
    """The files that words name; a pattern that no shell has seen is filled in here."""
    from glob import glob

    paths: list[Path] = []
    for word in words:
        found = [] if Path(word).exists() else glob(word, recursive=True)  # noqa: PTH207 - may be absolute
        paths += map(Path, sorted(found) or [word])
    return paths


def _complete_ids(_context: Any, _parameter: Any, incomplete: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    from changenote.model.identity import id_in_file_name
    from changenote.store.notes import note_paths

    try:
        paths = note_paths(find_project(Path.cwd()))
    except ChangenoteError:
        return []
    ids = [(i, p) for p in reversed(paths) if (i := id_in_file_name(p.name))]
    return [
        CompletionItem(i, help=p.stem[len(i) + 1 :].replace("-", " "))
        for i, p in ids
        if i.startswith(incomplete) or i[9:].startswith(incomplete)
    ]


def note_id(
    argument: str = "name", *, metavar: str = "ID", required: bool = True, nargs: int = 1
) -> Decorator:
    """The argument that names one note, or several."""
    return click.argument(
        argument, metavar=metavar, required=required, nargs=nargs, shell_complete=_complete_ids
    )


dry_run = click.option(
    "--dry-run", is_flag=True, help="Write nothing; show what would change, as a diff."
)


def query_words() -> Decorator:
    """The argument that takes a query."""
    return click.argument("query", nargs=-1, metavar="[QUERY]...")


def sources(text: str) -> Decorator:
    """The option that adds checkouts of other repositories."""
    return click.option("--source", "sources", multiple=True, metavar="PATH", help=text)


def absolute(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Their paths from anywhere: a site is built in another folder."""
    return tuple(str(Path.cwd() / path) for path in sources)


def project_of(sources: tuple[str, ...]) -> Project:
    """The project around the current folder, which needs notes unless others bring theirs."""
    return find_project(Path.cwd()) if sources else project_with_notes()


def not_a_note(path: Path, why: str) -> UsageProblem:
    """The error that a path on the command line is neither a note nor a folder of notes."""
    return UsageProblem(
        f"{path} {why}",
        expected="a note, or a folder of notes",
        hint="`changenote list` shows the notes; without a path, all of them are taken.",
    )


def project_with_notes() -> Project:
    """The project around the current folder. Raises when it has no notes folder."""
    project = find_project(Path.cwd())
    if not project.notes.is_dir():
        raise NoSuchNote(
            f"there is no notes folder {project.notes.name}/ in {project.root}",
            expected=f"a folder {project.notes.name}/ here or in a folder above",
            hint="`changenote init` sets one up, `changenote new` writes the first note.",
        )
    return project
