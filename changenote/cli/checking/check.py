"""`changenote check`: every file of the notes folder is a valid note or a finding."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from changenote import __version__
from changenote.checks import reports
from changenote.checks.catalogue import RULES
from changenote.checks.notes import check_read
from changenote.checks.periods import FOR_EVER, period_of
from changenote.checks.reports import findings
from changenote.checks.secrets import without_telling
from changenote.checks.settings import check_config
from changenote.checks.together import Identity, check_together
from changenote.cli import console, options
from changenote.cli.checking.git_findings import Checked, findings_in_git
from changenote.config import Config
from changenote.errors import FINDINGS, ChangenoteError, UsageProblem
from changenote.git_facts.reverts import Plan, plan_of
from changenote.model.identity import id_in_file_name
from changenote.model.note import Note
from changenote.model.problems import Finding, Problem
from changenote.model.secrets import Allowed
from changenote.store import notes
from changenote.store.library import Library, uncollected
from changenote.store.mkdocs_config import site_url
from changenote.store.parsed import remember
from changenote.store.project import Project, config_from
from changenote.store.tables import Kind

Data = dict[str, Any]
FORMATS: dict[str, Callable[[Sequence[Finding], int, reports.Address], str]] = {
    "text": reports.as_text,
    "json": reports.as_json,
    "github": reports.as_github,
    "sarif": lambda found, _count, address: reports.as_sarif(found, __version__, address),
}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text")
@click.option("--strict", is_flag=True, help="Warnings fail too, not only errors.")
@click.option(
    "--reverts",
    "every_revert",
    is_flag=True,
    help="Try the reverts of all shipped notes, not only of the newest ones.",
)
@click.option(
    "--site",
    "site",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Prove that a built site shows every note, and nothing else.",
)
@click.option("--secrets", is_flag=True, help="Only what looks like a secret: kind and place.")
@click.option("--ci", "ci", is_flag=True, help="Is there a note for this branch?")
@click.option("--since", metavar="REF", help="With --ci: where the branch begins.")
@click.option(
    "--result",
    "result",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --ci: write the answer and the branch's notes there, for `pr comment --result`.",
)
@options.sources("With --site: a checkout whose notes are on it, too; again for each of several.")
@click.option("--explain", metavar="RULE", help="Say why a rule is there and what to do about it.")
def command(
    paths: tuple[Path, ...],
    form: str,
    strict: bool,
    every_revert: bool,
    site: Path | None,
    secrets: bool,
    ci: bool,
    since: str | None,
    result: Path | None,
    sources: tuple[str, ...],
    explain: str | None,
) -> int:
    """Check every note, or those named, and report all findings.

    Every file of the notes folder is a valid note or a finding with file, line and column. Exit
    code 1 means that there are errors. `severity:` in the config sets a rule to error, warning,
    note or off.

    Where a rollback is `git revert`, git tries it on HEAD without touching anything: for the 50
    newest notes of the last 90 days, or for all with --reverts.

    With --site public, nothing but the site built there is checked: every note has its page, as its
    file is now, and is in the search, in index.json and in the feeds.

    With --ci, nothing but the branch that is checked out is looked at: has it a note, and is that
    right? The answer is `present`, `draft`, `missing` or `not needed`, and only `missing` fails.
    Documents and tests need none; `path_rules` in the config says what else. For the rest, say why:
    `Change-Note: not needed, WHY` in the pull request's description or in a commit's message.
    """
    if explain is not None:
        return _explain(explain)
    _refuse_alone(
        sources, site, ci=ci, of_ci=since or result, others=paths or every_revert or secrets
    )
    if ci:
        from changenote.cli.checking import check_branch

        return check_branch.check(since, form, result, strict=strict)
    project = options.project_of(sources)
    if site is not None:
        found, count = _proved(project, site, sources)
    else:
        found, count = check(project, every_revert=every_revert)
    if secrets:
        _say_what_is_not_searched(project, found)
        found = [one for one in found if one.rule == "secret"]
    if paths:
        found, count = _only(project, paths, found)
    if site is not None and not found and form == "text":
        console.out(f"the site has all of {count} file" + ("" if count == 1 else "s"))
    else:
        _report(project, found, count, form)
    return exit_code(found, strict=strict)


def _proved(project: Project, site: Path, sources: tuple[str, ...]) -> tuple[list[Finding], int]:
    from changenote.cli.checking import proving  # slow to load

    return proving.prove(project, site, options.absolute(sources))


def _say_what_is_not_searched(project: Project, found: Iterable[Finding]) -> None:
    """A file that cannot be read, or is no text, may have secrets all the same."""
    from changenote.cli.checking.raw_secrets import not_searched

    count = sum(one.rule == "unreadable" for one in found) + not_searched(notes.strays(project))
    if count:
        files = "1 file was" if count == 1 else f"{count} files were"
        console.notice(f"{files} not searched: no text, larger than 1 MB, or not to be opened.")


def _report(project: Project, found: Sequence[Finding], count: int, form: str) -> None:
    console.raw(FORMATS[form](found, count, address_of_rules(project)))
    if found and form == "text":
        console.notice("`changenote check --explain RULE` says why a rule is there.")


def exit_code(found: Iterable[Finding], *, strict: bool) -> int:
    """Whether findings fail: errors do, and warnings when they are to."""
    failing = ("error", "warning") if strict else ("error",)
    return FINDINGS if any(f.severity in failing for f in found) else 0


def _refuse_alone(
    sources: tuple[str, ...], site: Path | None, *, ci: bool, of_ci: object, others: object
) -> None:
    if sources and site is None:
        raise UsageProblem(
            "--source belongs to --site: only a site has notes of several repositories",
            expected="--site with the folder of a built site, or no --source",
            hint="Notes are checked in their own repository.",
        )
    if ci and (site or others):
        raise UsageProblem(
            "--ci looks at the branch alone",
            expected="--ci without PATH, --site, --secrets and --reverts",
            hint="`changenote check` looks at every note.",
        )
    if of_ci and not ci:
        raise UsageProblem(
            "--since and --result belong to --ci",
            expected="--ci with them, or none of the three",
            hint="`changenote check --help` says what each is for.",
        )


def address_of_rules(project: Project) -> reports.Address:
    """Where the team's own site explains a rule, when mkdocs.yml says where the site is."""
    site = site_url(project.root)
    return lambda rule: f"{site}{project.notes.name}/rules/#{rule}" if site else ""


@uncollected()
def check(project: Project, *, every_revert: bool = False) -> tuple[list[Finding], int]:
    """Every finding in the notes folder, by file and line, and the number of files looked at."""
    config = project.config
    files, strays = notes.listed(project)
    library = Library(project.cache, files)
    rows = _rows(library, config, datetime.now(UTC))
    found = [Finding(**finding) for row in rows.values() for finding in row["findings"]]
    found += _unreadable(files, rows, config)
    found += _together(rows, config)
    checked = [
        Checked(
            file=file,
            path=Path(files[file]),
            digest=library.digests[file],
            ends=_ends(row),
            plan=_plan(row),
        )
        for file, row in rows.items()
    ]
    found += findings_in_git(project, checked, every_revert=every_revert)
    for stray in strays:
        found += findings(stray.file, [stray.problem], config)
    if strays:
        from changenote.cli.checking import raw_secrets

        found += raw_secrets.in_strays(strays, config)
    found += findings_in_config(project)
    looked_at = {*files, *(f.file for f in found)}
    return sorted(found, key=lambda f: (f.file, f.line, f.column, f.rule)), len(looked_at)


def _rows(library: Library, config: Config, now: datetime) -> dict[str, Data]:
    """The row of each file that can be read, in order, from the cache where it still holds."""
    kind = Kind(name="check", depends_on=repr(config))
    known = library.known(kind)
    moment = now.timestamp()
    found = {file: row for file, row in known.items() if row["since"] <= moment < row["until"]}
    for file in [file for file in library.digests if file not in found]:
        if (raw := library.read(file)) is not None:
            stored = notes.understood(file, Path(library.paths[file]), raw, with_places=True)
            found[file] = _row(stored, config, now)
            library.put(kind, file, found[file])
            if file not in known:
                remember(library, stored)
    library.save()
    return {file: found[file] for file in library.digests if file in found}


def _unreadable(
    files: Mapping[str, str], rows: Mapping[str, Data], config: Config
) -> list[Finding]:
    """The files that cannot be read, and why."""
    found = []
    for file in (file for file in files if file not in rows):
        try:
            Path(files[file]).read_bytes()
        except OSError as error:
            found += findings(file, [notes.unreadable(error)], config)
    return found


def _row(stored: notes.StoredNote, config: Config, now: datetime) -> Data:
    """The findings in one note, how long they hold, and who it says it is, as plain data."""
    found = findings_in(stored, config, now)
    source = stored.note.source if stored.note else None
    ends = [source.base, source.head] if source and source.base and source.head else None
    since, until = period_of(stored.note, now) if stored.note else (0.0, FOR_EVER)
    return {
        "since": since,
        "until": until,
        "findings": [asdict(f) for f in found],
        "identity": _identity_row(stored),
        "ends": ends,
        "plan": _plan_row(stored.note) if stored.note else None,
    }


def findings_in(stored: notes.StoredNote, config: Config, now: datetime) -> list[Finding]:
    """What is wrong in the file of one note, by line and column; of a secret, nothing is shown."""
    problems = [*stored.problems, *check_read(stored.note, stored.data, config, now)]
    found = findings(stored.file, problems, config, stored.document.position)
    has_secrets = any(finding.rule == "secret" for finding in found)
    if not stored.problems and not has_secrets and "#" not in stored.text:
        return found
    from changenote.model.publishing import comments_tell, secrets_in_file  # few need such care

    if stored.problems or has_secrets:
        found = without_telling(found, secrets_in_file(stored.text, stored.data, config.allowed))
    if stored.note is None or comments_tell(stored.text, config.allowed):
        found = [*found, *_raw_secrets(stored, config, found)]
    return found


def _raw_secrets(
    stored: notes.StoredNote, config: Config, told: Iterable[Finding]
) -> list[Finding]:
    """The secrets in the text of a file, but for those that were found in what was read of it."""
    from changenote.cli.checking.raw_secrets import in_text
    from changenote.model.publishing import secrets_in_file

    known = secrets_in_file("", stored.data, config.allowed)
    lines = {finding.line for finding in told if finding.rule == "secret"}
    return in_text(stored.file, stored.text, config, known, lines)


def _plan_row(note: Note) -> Data | None:
    plan = plan_of(note)
    return {"undo": list(plan.undo), "shipped": plan.shipped} if plan else None


def _plan(row: Data) -> Plan | None:
    known = row["plan"]
    if not known:
        return None
    return Plan(undo=tuple((r, m) for r, m in known["undo"]), shipped=known["shipped"])


def _ends(row: Data) -> tuple[str, str] | None:
    return tuple(row["ends"]) if row["ends"] else None


def _identity_row(stored: notes.StoredNote) -> Data:
    """Who a note is, also for others to link to when it cannot be read itself."""
    note = stored.note
    if note is None:
        return {"id": id_in_file_name(stored.path.name), "status": "draft", "places": {}}
    related = {"related": list(note.related), "supersedes": list(note.supersedes)}
    places = {
        key: [stored.document.position((key, index)) for index in range(len(ids))]
        for key, ids in related.items()
    }
    places["id"] = [stored.document.position(("id",))]
    return {"id": note.id, "status": note.status, **related, "places": places}


def _together(rows: dict[str, Data], config: Config) -> list[Finding]:
    """What is wrong between notes: ids that are there twice, links that lead nowhere."""
    known = {file: row["identity"] for file, row in rows.items()}
    identities = [_identity(file, i) for file, i in known.items()]
    found: list[Finding] = []
    for file, problem in check_together(identities):
        told = findings(file, [problem], config, _position_in(known[file]["places"]))
        found += without_telling(told, _secrets_in(known[file], config.allowed))
    return found


def _secrets_in(identity: Data, allowed: Allowed) -> dict[str, str]:
    """The secrets in the links of a note, which are any text, with their kinds."""
    from changenote.model.publishing import secrets_in_file  # most checks find nothing here

    links = {key: identity.get(key, ()) for key in ("related", "supersedes")}
    return secrets_in_file("", links, allowed)


def _identity(file: str, known: Data) -> Identity:
    return Identity(
        file=file,
        id=known["id"],
        related=tuple(known.get("related", ())),
        supersedes=tuple(known.get("supersedes", ())),
        status=known["status"],
    )


def _position_in(places: dict[str, list[Sequence[int]]]) -> Callable[[Any, bool], tuple[int, int]]:
    def position(path: Any, _key: bool) -> tuple[int, int]:
        places_of_key = places.get(path[0] if path else "", ())
        number = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
        if number >= len(places_of_key):
            return 1, 1
        line, column = places_of_key[number]
        return line, column

    return position


def findings_in_config(project: Project) -> list[Finding]:
    """What is wrong in the config, beyond what stops the work."""
    path = project.config_file
    if not path.is_file():
        return []
    config, problems, document = config_from(path.read_bytes())
    every: Iterable[Problem] = [*problems, *check_config(config)]
    return findings(project.relative(path), every, config, document.position)


def _only(
    project: Project, paths: Sequence[Path], found: Sequence[Finding]
) -> tuple[list[Finding], int]:
    """The findings in some files and folders, and how many files lie there."""
    wanted = [_place(project, path) for path in paths]

    def is_wanted(file: str) -> bool:
        return any(file == w or file.startswith(f"{w}/") or w == "." for w in wanted)

    chosen = [f for f in found if is_wanted(f.file)]
    files, _ = notes.listed(project)
    return chosen, len({f for f in files if is_wanted(f)} | {f.file for f in chosen})


def _place(project: Project, path: Path) -> str:
    """A path as findings show it; a link is a place of its own. Raises for one without notes."""
    whole = Path(os.path.normpath(path.absolute()))
    if not os.path.lexists(whole):
        raise options.not_a_note(path, "does not exist")
    place = project.relative(whole)
    if whole.is_symlink():
        place = f"{project.relative(whole.parent)}/{whole.name}"
    if not (f"{place}/".startswith(f"{project.notes.name}/") or place == "."):
        raise options.not_a_note(path, f"is not in {project.notes.name}/")
    return place


def _explain(name: str) -> int:
    if name not in RULES:
        from changenote.model.problems import did_you_mean

        raise _unknown_rule(name, did_you_mean(name, RULES))
    rule = RULES[name]
    console.styled(f"{rule.id}: {rule.title}", bold=True)
    for text in (rule.why, rule.remedy):
        console.out(text)
    console.out(f"Severity: {rule.severity}. To change it, in changes/config.yaml:")
    console.out(f"  severity: {{{rule.id}: off}}")
    return 0


def _unknown_rule(name: str, hint: str) -> ChangenoteError:
    return UsageProblem(
        f"there is no rule {name!r}", expected="one of " + ", ".join(RULES), hint=hint
    )
