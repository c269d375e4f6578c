"""`changenote edit`: your editor on a note; only a valid note is saved."""

import shlex
from pathlib import Path

import click

from changenote.cli import console, options
from changenote.cli.reading.show import readable
from changenote.cli.writing import judging
from changenote.cli.writing.editor import edit_until_valid, text_kept_in
from changenote.errors import UsageProblem
from changenote.store import notes
from changenote.store.project import Project, find_project


@click.command()
@options.note_id()
@click.option(
    "--from", "source", type=click.Path(path_type=Path), help="Start from this text instead."
)
def command(name: str, source: Path | None) -> int:
    """Open a note in your editor; it is saved once it is valid.

    What you wrote is never lost: if it cannot be saved, it is kept in a file that is named.
    """
    project = find_project(Path.cwd())
    stored = notes.read(project, notes.find(project, name))
    if any(p.rule == "unreadable" for p in stored.problems):
        readable(stored)
    text, path = edit_until_valid(
        _start(source) if source else stored.raw.decode("utf-8", "surrogateescape"),
        name=stored.path.name,
        folder=project.cache / "kept",
        configured=_configured_editor(project),
        errors_in=lambda text: judging.errors_in(project.config, stored.file, text),
        again=f"changenote edit {name} --from {{path}}",
    )
    with text_kept_in(path, f"`changenote edit {name} --from {shlex.quote(str(path))}` goes on."):
        _save(stored, text)
    path.unlink(missing_ok=True)
    return 0


def _start(source: Path) -> str:
    try:
        return source.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise UsageProblem(
            f"{source} cannot be read: {(error.strerror or str(error)).lower()}",
            expected="a file with the text of the note",
        ) from error


def _save(stored: notes.StoredNote, text: str) -> None:
    if text.encode("utf-8", "surrogateescape") == stored.raw:
        console.notice(f"{stored.file} is unchanged.")
    else:
        notes.rewrite(stored, text)
        console.out(stored.file)


def _configured_editor(project: Project) -> str | None:
    from changenote import git

    return git.settings(project.root).get("core.editor") if project.is_repository else None
