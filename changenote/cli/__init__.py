"""The command line: a table of commands that are loaded when used, and the error boundary."""

import gc
import os
import sys
from importlib import import_module
from typing import Any

import click

from changenote import __version__, errors
from changenote.cli import console

# command: (module, one line for --help). Modules are loaded only when their command is used,
# because `changenote --help` and `changenote new` should not pay for the site.
COMMANDS = {
    "init": ("setup.init", "Set up a repository: config, site, pull request template."),
    "baseline": ("measuring.baseline", "Measure before the deploy, so that a before exists later."),
    "measure": (
        "measuring.measure",
        "Measure old against new, in turns: numbers that can be trusted.",
    ),
    "run": ("undoing.run", "Run a command and record it for the next note."),
    "commands": ("undoing.commands", "The recorded commands, and those of a shell's history."),
    "new": ("writing.new", "Write the note of a change that just shipped."),
    "show": ("reading.show", "Show one note."),
    "list": ("reading.listing", "List notes, newest first."),
    "search": ("reading.search", "Search all text of all notes, best match first."),
    "metrics": ("measuring.metrics", "Metrics over all notes: did they move, and when?"),
    "stats": ("reading.stats", "How often and how well services ship: the five metrics of DORA."),
    "edit": ("writing.edit", "Open a note in your editor; only a valid note is saved."),
    "set": ("writing.assign", "Set fields of a note without an editor."),
    "review": ("writing.review", "Say that you have read a note and it is right; finish a draft."),
    "trace": ("reading.trace", "Which notes touched this file, or this line of it?"),
    "rehearse": (
        "undoing.rehearse",
        "Run a note's rollback steps somewhere harmless, as evidence.",
    ),
    "rollback": ("undoing.rollback", "How to undo a change: one plain screen, offline."),
    "outcome": ("writing.outcome", "Say how the deployment went, and when service was back."),
    "supersede": ("writing.supersede", "Say that a change replaces another one, in both notes."),
    "related": ("writing.related", "Say that notes belong together, in both."),
    "pr": ("pulls.pr", "Notes on pull requests: a comment, a commit status, links and trailers."),
    "hook": ("hook", "What git's hooks run; `init --hook` installs them."),
    "next": ("shipping.next", "Propose the next version, from the notes that have none yet."),
    "release": (
        "shipping.release",
        "Release notes as a version: into each note, and into CHANGELOG.md.",
    ),
    "announce": (
        "shipping.announce",
        "Mark a note's deployment in Grafana, Datadog, Slack and others.",
    ),
    "check": ("checking.check", "Check every note; report all findings with line and column."),
    "fmt": ("writing.fmt", "Put notes in canonical form, comments and meaning untouched."),
    "import": (
        "exchanging.import_",
        "Notes of towncrier, scriv, reno and others, or out of an export.",
    ),
    "schema": ("checking.schema", "Print the JSON Schema of a note."),
    "site": ("site", "Build or serve the knowledge base, or write its pages."),
    "export": (
        "exchanging.export",
        "All notes for others: JSON, CSV, Parquet, Markdown, OpenSearch.",
    ),
    "mcp": ("mcp", "Serve notes to coding agents (Model Context Protocol)."),
    "completion": ("completion", "Print the completion script of a shell."),
}


_WRITE_SEVERAL = ("init", "fmt", "supersede", "related", "release", "import", "mcp")
"""Commands that write more than one file: stopped between two, the first one is written."""


class _ReaderLeft(Exception):  # noqa: N818 - named for its cause
    """Nobody reads the output any more (`| head`)."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    # click would end the process with exit code 1 for a `BrokenPipeError`, as if it were findings.

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """As click does, which is where `--help` prints."""
        try:
            return super().make_context(*arguments, **more)
        except BrokenPipeError as error:
            raise _ReaderLeft from error

    def invoke(self, ctx: click.Context) -> Any:
        """As click does."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderLeft from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order of the table, which is the order of a note's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"changenote.cli.{COMMANDS[cmd_name][0]}")
        gc.freeze()  # what was loaded stays, and need not be looked through for garbage
        gc.enable()  # it was off while modules loaded, see `__main__`
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest command named when there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from changenote.model.problems import did_you_mean

            raise errors.UsageProblem(
                f"there is no command {args[0]!r}",
                expected="one of " + ", ".join(COMMANDS),
                hint=did_you_mean(args[0], COMMANDS),
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The table's own lines, so that no command is imported for help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="changenote %(version)s")
def changenote() -> None:
    """One note per shipped change: why, what was touched, what was run, did it help, how to
    undo it.

    Run `changenote new` right after a release. `changenote rollback --last` in an emergency.
    """


def main() -> None:
    """Run the command line and leave with its exit code."""
    console.prepare()
    code = carry_out(sys.argv[1:])
    # All files are closed and nothing waits to be told. Python would look for garbage once more and
    # take every module apart, a tenth of the time of `changenote --help`; the system does that at
    # once. What cannot be printed any more is an error, as it is at Python's own end.
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or errors.ENVIRONMENT
    os._exit(code)


def carry_out(arguments: list[str]) -> int:
    """Carry out one command line. Returns the exit code; what stops it is said in plain words."""
    try:
        code = changenote.main(
            arguments or ["--help"], prog_name="changenote", standalone_mode=False
        )
    except errors.ChangenoteError as error:
        console.error(error)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        console.notice(error.format_message())
        return errors.USAGE
    except click.ClickException as error:
        console.error(_usage_problem(error))
        return errors.USAGE
    except (KeyboardInterrupt, click.Abort):
        console.notice(f"\nStopped. {_left_by(arguments)}")
        return 130
    except _ReaderLeft:
        return console.pipe_closed()
    except OSError as error:
        console.error(_refused(error))
        return errors.ENVIRONMENT
    except Exception as error:
        # The boundary: a bug of ours becomes a log, not a traceback.
        console.bug(error)
        return (
            errors.DONE if arguments[:1] == ["hook"] else errors.BUG
        )  # a hook of ours stops nobody
    return code if isinstance(code, int) else errors.DONE


def _left_by(arguments: list[str]) -> str:
    """What a command that was stopped has written."""
    if arguments[:1] == ["site"]:
        return (
            "The folder may hold new pages beside old ones: run this again before it is published."
        )
    several = _writes_several(arguments)
    return "What was written until now is whole." if several else "Nothing was written."


def _writes_several(arguments: list[str]) -> bool:
    """Does a command line write more than one file, so that a stop may come between two?"""
    is_each = any(word.startswith("--each") for word in arguments)
    return is_each or any(word in _WRITE_SEVERAL for word in arguments[:1])


def _refused(error: OSError) -> errors.ChangenoteError:
    """The system's refusal of something that no command expected: a folder without rights …"""
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return errors.ChangenoteError(
        ": ".join([*names, (error.strerror or str(error)).lower()]),
        expected="files and folders that can be read and written",
        retry="safe, files are written whole or not at all",
        hint="Mend that, then run the same command again.",
    )


def _usage_problem(error: click.ClickException) -> errors.UsageProblem:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "changenote"
    return errors.UsageProblem(
        " ".join(error.format_message().split()).rstrip("."),
        expected="a command line that this version understands",
        hint=f"`{command} --help` shows the options.",
    )
