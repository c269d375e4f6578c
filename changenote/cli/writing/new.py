"""`changenote new`: facts from git, answers from a person or program, one note on disk."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import click

from changenote import git
from changenote.capture import draft
from changenote.capture.metrics import parse_metric
from changenote.cli import console, options
from changenote.cli.writing import gathering, judging, offers, saving
from changenote.cli.writing.gathering import Known
from changenote.cli.writing.saving import Given, refuse_clash
from changenote.config import Config
from changenote.errors import FINDINGS, CannotWrite, UsageProblem
from changenote.model.fields import Field, typed
from changenote.model.note import Status, Strategy
from changenote.records import record

Data = dict[str, Any]


@record
class Wish:
    """How the command was asked to work."""

    asks: bool
    edit: bool
    dry_run: bool
    as_json: bool
    status: str | None


class KeepingCommand(click.Command):
    """A command whose words are kept on disk when they cannot be understood."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; a long line with one wrong word is not lost."""
        given = list(args)
        try:
            rest = super().parse_args(ctx, options.spread(args, ("--before", "--after")))
            _refuse_unclear(ctx)
        except UsageProblem as error:
            error.retry = _kept_line(given)
            raise
        except click.UsageError as error:
            raise UsageProblem(
                error.format_message().rstrip("."),
                expected="options that `changenote new` has",
                retry=_kept_line(given),
                hint="`changenote new --help` shows them.",
            ) from error
        return rest


def _refuse_unclear(context: click.Context) -> None:
    """Raise for numbers and commands that would be saved as what they are not."""
    given = context.params
    if context.resilient_parsing:
        return
    is_clear = all(map(parse_metric, given["metrics"])) and all(map(_is_path, given["commands"]))
    if given["shipped_at"] or not is_clear:
        from changenote.cli.writing.unclear import instant, refuse_unclear  # mostly it does without

        refuse_unclear(given)
        given["shipped_at"] = given["shipped_at"] and instant(given["shipped_at"])


def _is_path(command: str) -> bool:
    """Does it begin with a path, which no sentence does, and have no arrow, as a number may?"""
    run = str(draft.command(command)["run"])
    return "/" in run.split(" ")[0] and ">" not in run and "→" not in run


def _kept_line(arguments: list[str]) -> str:
    import shlex

    from changenote.store import files

    line = shlex.join(["changenote", "new", *arguments])
    try:
        path = files.keep(f"{line}\n", "new-command.txt", saving.folders_to_keep())
    except CannotWrite:
        return "safe, nothing was written"
    return f"safe, your command line is kept in {path}"


_TEXTS = {
    "title": "What changed, in one line.",
    "kind": "performance, fix, feature … (`changenote schema` has all).",
    "service": "The service that changed.",
    "owner": "The person or team to ask.",
    "reason": "Why the change was made.",
    "expected": "What was expected to happen.",
    "no_metric": "Why nothing was measured.",
    "no_command": "Why no command was run.",
}


def _text_options(function: Any) -> Any:
    for key, line in reversed(_TEXTS.items()):
        function = click.option(f"--{key.replace('_', '-')}", key, metavar="TEXT", help=line)(
            function
        )
    return function


@click.command(cls=KeepingCommand)
@_text_options
@click.option("--rollback-strategy", type=click.Choice(get_args(Strategy)), help="How to undo it.")
@click.option("--rollback-when", metavar="TEXT", help="The trigger: what must be seen to undo it.")
@click.option("--rollback-step", multiple=True, metavar="COMMAND", help="Repeatable, in order.")
@click.option("--rollback-verify", metavar="TEXT", help="How to see that undoing it worked.")
@click.option(
    "--command",
    "commands",
    multiple=True,
    metavar="COMMAND",
    help="What was run, repeatable. 'deploy: ./deploy.sh' names its purpose.",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="LINE",
    help="'GET /cart p95: 840 ms -> 318 ms', repeatable; '840,812 ms -> 318,341 ms' for samples;"
    " '… [cache: warm]' for conditions. A time needs its cache to be a headline.",
)
@click.option(
    "--before",
    multiple=True,
    metavar="FILE",
    help="Result files from before the change: hyperfine, pytest-benchmark, k6, Lighthouse …",
)
@click.option("--after", multiple=True, metavar="FILE", help="Result files from after it.")
@click.option(
    "--no-recorded", is_flag=True, help="Leave out what was recorded and measured since the last."
)
@click.option(
    "--tag", "tags", multiple=True, metavar="WORD", help="A word to find it by, repeatable."
)
@click.option(
    "--checklist",
    "checklists",
    multiple=True,
    metavar="LINE",
    help="'cache: ok', 'jobs: ok na ok' or 'security: secrets=ok', repeatable.",
)
@click.option(
    "--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field of your team's own."
)
@click.option(
    "--file", "paths", multiple=True, metavar="PATH", help="A file that git does not know."
)
@click.option("--shipped-at", metavar="TIME", help="ISO 8601, or '2h ago'; now when left out.")
@click.option("--environment", metavar="NAME", help="Where: production, staging …")
@click.option("--version", "version", metavar="TEXT", help="The version that carries the change.")
@click.option("--status", type=click.Choice(get_args(Status)), help="shipped when left out.")
@click.option("--base", metavar="REV", help="The commit before the change.")
@click.option("--head", metavar="REV", default="HEAD", help="The last commit of it.")
@click.option(
    "--each",
    metavar="FROM..TO",
    help="A draft for each pull request merged in a range, such as v1.4.0..v1.5.0, that has none.",
)
@click.option("--direct", is_flag=True, help="With --each: one for each other commit too.")
@click.option("--from", "source", metavar="FILE", help="A partial note, YAML or JSON; - for stdin.")
@click.option("--edit", is_flag=True, help="Open the filled note in $EDITOR before saving.")
@click.option("--yes", is_flag=True, help="Ask nothing: take what is given and what git knows.")
@click.option("--dry-run", is_flag=True, help="Print the note, write nothing.")
@options.as_json
def command(**given: Any) -> int:
    """Write the note of a change that just shipped.

    Files, people, pull request, times and a suggested revert come from git: from the commits since
    the last note, the last tag, or the point where this branch began. In a terminal you are asked
    for the rest; without one, or with --yes, nothing is asked. A note that lacks something is
    saved as a draft that says what.
    """
    if given["each"] or given["direct"]:
        from changenote.cli.writing.each import draft_each

        return draft_each(given, _typed(given))
    wish = _wish(given)
    held = Given(_typed(given))
    with saving.kept_on_failure(held):
        if given["source"] is not None:
            from changenote.cli.writing.partial import take_file

            take_file(held, given["source"], edit=wish.edit)
        known = gathering.gather(_wanted(given, wish, held))
        _take_own(held, given, known.project.config)
        _take_results(held, given["before"], given["after"], known)
        _refuse_nothing(known, held, wish)
        held.data = offers.with_recorded(held.data, known.offered)
        note = saving.NewNote(known.project)
        if wish.asks and not wish.edit:
            _ask(known, held, note)
        return _finish(known, wish, held, note)


def _take_own(held: Given, given: Data, config: Config) -> None:
    """Put in what was given in the words of the team's config: checklists, fields of its own."""
    data: Data = {"checklist": {}, "x": {}}
    for line in given["checklists"]:
        from changenote.cli.writing.unclear import refuse_checklist

        refuse_checklist(line, config.groups)
        data["checklist"] |= draft.checklist(line, config.groups)
    for text in given["fields"]:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageProblem(
                f"{text!r} has no value",
                expected="--field NAME=VALUE",
                hint="`changenote schema` has the fields of your team under `x`.",
            )
        data["x"][name] = typed(config.fields.get(name, Field()), value)
    own = draft.merged({}, data)
    refuse_clash("the partial note", held.data, own)
    held.data = draft.merged(held.data, own)


def _wanted(given: Data, wish: Wish, held: Given) -> gathering.Wanted:
    return gathering.Wanted(
        base=given["base"],
        head=given["head"],
        recorded=not given["no_recorded"],
        has_results=bool(given["before"] or given["after"]),
        has_kind="kind" in held.data,
        is_interactive=wish.asks,
    )


def _refuse_nothing(known: Known, held: Given, wish: Wish) -> None:
    """With no change and no word about one, a note would be about nothing."""
    is_empty = not known.facts.files and not known.facts.files_omitted and not known.facts.commits
    is_offered = any(entry.is_ticked for entry in known.offered.commands) or known.offered.metrics
    if is_empty and not is_offered and not held.data and not wish.asks and not wish.edit:
        since = known.facts.range.since
        raise UsageProblem(
            f"there is nothing to note: since {since} nothing but notes has changed",
            expected="a change since then, or an option that tells what shipped",
            hint="`--base REV` says where the change began, `--title TEXT` what it was.",
        )


def _wish(given: Data) -> Wish:
    quiet = given["yes"] or given["as_json"] or given["dry_run"] or given["source"] == "-"
    return Wish(
        asks=not quiet and console.is_interactive(),
        edit=given["edit"],
        dry_run=given["dry_run"],
        as_json=given["as_json"],
        status=given["status"],
    )


def _typed(given: Data) -> Data:
    """The options as data of the note."""
    data: Data = {key: given[key] for key in _TEXTS if given[key]}
    data["shipped"] = {
        "at": given["shipped_at"],
        "environment": given["environment"],
        "version": given["version"],
    }
    data["rollback"] = {
        "strategy": given["rollback_strategy"],
        "when": given["rollback_when"],
        "steps": [{"run": step} for step in given["rollback_step"]],
        "verify": given["rollback_verify"],
    }
    data["commands"] = [draft.command(line) for line in given["commands"]]
    data["metrics"] = draft.with_one_primary(list(map(parse_metric, given["metrics"])))
    data["tags"] = list(given["tags"])
    data["files"] = [{"path": _from_root(path)} for path in given["paths"]]
    data["status"] = given["status"]
    return draft.merged({}, data)


def _from_root(path: str) -> str:
    """A path as notes have it: from the root of the repository, wherever the command was typed."""
    here = Path.cwd()
    root = next((f for f in (here, *here.parents) if (f / ".git").exists()), here)
    inside = os.path.relpath(here / path, root)
    return git.written_path(path if inside.startswith("..") else inside)


def _take_results(held: Given, before: Sequence[str], after: Sequence[str], known: Known) -> None:
    """Put the metrics out of result files behind those that were typed."""
    if not before and not after:
        return
    from changenote.cli.writing import results

    imported = results.metrics(
        options.files_named(before), options.files_named(after), root=known.root
    )
    for remark in imported.remarks:
        console.notice(remark)
    typed = held.data.get("metrics") or []
    if not isinstance(typed, list):
        raise UsageProblem(
            "the metrics of the partial note are no list, and those of the files join them",
            expected="`metrics:` with a list, or none",
        )
    metrics = [*typed, *imported.metrics]
    held.data = {**held.data, "metrics": draft.with_one_primary(metrics)}


def _ask(known: Known, held: Given, note: saving.NewNote) -> None:
    """Ask the person; each answer is held, and on disk, once it was given."""
    from changenote.cli.writing.asking import ask
    from changenote.cli.writing.parts import Part, is_all_given, parts, value_at

    typed = held.data
    suggested = [{"run": step} for step in known.facts.revert]
    applies = _revert_in_words(known)

    def parts_of(answers: Data) -> list[Part]:
        said = known.said(typed, answers)
        remark = applies if value_at(said, "rollback.steps") == suggested else ""
        return parts(said, known.project.config, known.offered.commands, remark)

    def save(answers: Data) -> None:
        held.data = draft.merged(typed, answers)
        note.save(known.data(held.data, {"status": "draft"}))

    console.notice(gathering.in_words(known))
    if is_all_given(parts_of({}), draft.merged(known.settled, typed)):
        return
    try:
        answers = ask(parts_of, save=save, editor=lambda text: _text_from_editor(text, known))
        held.data = draft.merged(typed, answers)
    except (click.Abort, KeyboardInterrupt):
        if note.stored is None and not typed:
            raise
        if note.stored is None:
            save({})
        assert note.stored is not None  # noqa: S101 - saved just now
        console.notice(
            f"\nStopped. What you typed is in {note.stored.file}, a draft.\n"
            f"  `changenote edit {note.id}` goes on."
        )
        raise click.exceptions.Exit(130) from None


def _revert_in_words(known: Known) -> str:
    """Whether the suggested revert works on what is checked out, for the person who looks on."""
    from changenote.capture.reverting import revert_commits, reverts_cleanly

    reverts = revert_commits(known.facts.revert)
    return reverts_cleanly(known.root, reverts).in_words if reverts else ""


def _text_from_editor(text: str, known: Known) -> str:
    from changenote.cli.writing.editor import edit
    from changenote.store import files

    path = files.keep(f"{text}\n", "answer.md", [known.project.cache / "kept"])
    edit(path, known.editor)
    edited = path.read_text(encoding="utf-8", errors="replace")
    path.unlink(missing_ok=True)
    return edited


def _finish(known: Known, wish: Wish, held: Given, note: saving.NewNote) -> int:
    wanted = wish.status or held.data.get("status")
    judged = judging.judge(known.project.config, known.data(held.data), wanted=wanted)
    if draft.cleaned(held.data) != held.data:
        from changenote.cli.writing.taken_out import say_taken_out  # mostly nothing is

        say_taken_out(held.data)
    if wish.dry_run:
        _show(known, judged, wish)
    else:
        if wish.edit:
            note.stored, judged = saving.edited_note(known, judged, given=held, wanted=wanted)
        else:
            note.save(judged.data)
        _remember(known, note)
        _report(known, note, judged, wish)
    return FINDINGS if any(f.severity == "error" for f in judged.wrong) else 0


def _remember(known: Known, note: saving.NewNote) -> None:
    assert note.stored is not None  # noqa: S101 - saved by the only caller
    offers.noted(known.root, note.stored.id, note.stored.path, datetime.now(UTC))


def _show(known: Known, judged: judging.Judged, wish: Wish) -> None:
    """What would be written; the id is drawn when it is."""
    data = {key: value for key, value in judged.data.items() if key != "id"}
    text = saving.note_text(known.project, data)
    if wish.as_json:
        console.data({**_result(judged), "note": text})
        return
    console.raw(text)
    for line in (*known.remarks, *judged.in_words()):
        console.notice(line)


def _result(
    judged: judging.Judged, note_id: str | None = None, path: str | None = None
) -> dict[str, Any]:
    status = judged.data["status"]
    return {"id": note_id, "path": path, "status": status, "problems": judged.problems}


def _report(known: Known, note: saving.NewNote, judged: judging.Judged, wish: Wish) -> None:
    assert note.stored is not None  # noqa: S101 - saved by the only caller
    if wish.as_json:
        console.data(_result(judged, note.id, note.stored.file))
        return
    if not wish.asks:
        console.notice(gathering.in_words(known))
    console.out(note.stored.file)
    for line in judged.in_words():
        console.notice(line)
    if judged.data["status"] == "draft":
        console.notice(f"  next: changenote edit {note.id}")
