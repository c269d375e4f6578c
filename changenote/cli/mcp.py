"""`changenote mcp`."""

import sys
from pathlib import Path

import click

from changenote.cli import console
from changenote.errors import ChangenoteError, NotARepository
from changenote.store.project import find_project

_LIBRARY = "mcp>=2.3,<3"
"""What the extra `mcp` asks for: by this name it is found on an index, too."""


@click.command()
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    metavar="DIR",
    help="The repository; where it is started, when left out.",
)
@click.option("--allow-write", is_flag=True, help="Offer the tool that writes drafts of notes.")
def command(root: Path, allow_write: bool) -> None:
    """Serve notes to coding agents, by the Model Context Protocol on stdin and stdout.

    A coding agent starts it by itself, once its settings name the command `changenote mcp`. Its
    tools search, show and trace notes and say how to undo a change; none of them runs what a note
    says, and none writes without --allow-write. It needs `pip install 'mcp>=2.3,<3'`.
    """
    folder = root.resolve()
    project = find_project(folder)
    if not project.is_repository and not project.notes.is_dir():
        raise NotARepository(
            f"{folder} is in no git repository",
            expected=f"a repository, or a folder with {project.notes.name}/",
            retry="safe, nothing was served",
            hint="Start it in one, or name it: `changenote mcp --root DIR`.",
        )
    _refuse_without_library()
    if sys.stdin.isatty():
        console.notice("This talks to a coding agent, on stdin and stdout. Ctrl-C ends it.")
    from changenote.agents.answers import Cleaner
    from changenote.agents.server import House, serve

    cleaner = Cleaner(clean=console.clean, allowed=project.config.allowed)
    serve(folder, House(cleaner=cleaner, bug=console.bug), writes=allow_write)


def _refuse_without_library() -> None:
    """Raise when the library is not installed, or is one of another version."""
    try:
        import mcp_types  # noqa: F401 - what older versions do not have
        from mcp.server import lowlevel  # noqa: F401 - what is needed
    except ImportError as error:
        raise ChangenoteError(
            "this installation cannot serve coding agents",
            expected=f"the library {_LIBRARY}",
            retry="safe, nothing was served",
            hint=f"`pip install '{_LIBRARY}'`, into the same environment.",
        ) from error
