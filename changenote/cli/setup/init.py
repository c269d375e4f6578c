"""`changenote init`: set up a repository; a second run changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from changenote import git
from changenote.capture.changes import PULL_REQUEST_TEMPLATES
from changenote.cli import console
from changenote.cli.setup import init_ci, init_hooks
from changenote.cli.setup.setting_up import (
    Change,
    Found,
    existing,
    rendered,
    show_or_write,
    with_old_line_ends,
)
from changenote.cli.writing.gathering import forge_of
from changenote.forge.links import FORGES
from changenote.model.checklists import BUILT_IN
from changenote.model.note import BUILT_IN_KINDS
from changenote.store.agents_file import AGENTS, is_unpaired, with_part
from changenote.store.emitting import scalar
from changenote.store.project import CACHE, CONFIG, NOTES, SCHEMA, config_from

OUTPUT = "public"

_KEEP = "Pages of your own go here. MkDocs wants the folder to be there.\n"

_TEMPLATES = {
    "github": ".github/pull_request_template.md",
    "gitlab": ".gitlab/merge_request_templates/Default.md",
    "gitea": ".gitea/pull_request_template.md",
}


@click.command()
@click.option(
    "--ci",
    "systems",
    type=click.Choice(init_ci.SYSTEMS),
    multiple=True,
    help="Write pipelines, too: they look for a note, and tell of it on pull requests.",
)
@click.option(
    "--hook",
    "hooks",
    type=click.Choice(init_hooks.HOOKS),
    multiple=True,
    help="Install a hook in this clone, and, without --ci, nothing else.",
)
@click.option("--dry-run", is_flag=True, help="Show the changes as a diff, write nothing.")
@click.option("--no-agents", is_flag=True, help="Leave AGENTS.md, which coding agents read, alone.")
def command(
    systems: tuple[str, ...], hooks: tuple[str, ...], dry_run: bool, no_agents: bool
) -> int:
    """Set up this repository: config, editor schema, site, pull request template, .gitignore, and
    a paragraph for coding agents.

    Nothing is asked: forge, repository and default branch come from git. Files that are there are
    added to, never replaced, and a second run changes nothing.

    The hook commit-msg names the branch's notes in the message of a commit, pre-push says whether
    there is one. They stop nothing, unless `git config changenote.block true` makes pre-push do so.
    CHANGENOTE_HOOKS=0 leaves them out.

    \b
    changenote init --ci github
    changenote init --hook commit-msg --hook pre-push
    """
    found = _found(Path.cwd())
    of_clone, refused = init_hooks.changes(found.root, tuple(dict.fromkeys(hooks)))
    of_project = _of_project(found, systems, agents=not no_agents) if systems or not hooks else []
    needed = [c for c in map(with_old_line_ends, [*of_project, *of_clone]) if c.is_needed]
    for change in needed:
        show_or_write(change, found.root, dry_run=dry_run)
    if not dry_run:
        init_hooks.make_runnable(of_clone)
    is_other = init_ci.tell_of_wheel(found, of_project) if systems else False
    if needed or not (refused or is_other):
        _tell_of_policy(found, needed)
        _tell_next(needed, of_project, dry_run=dry_run)
    for error in refused:
        console.error(error)
    return refused[0].exit_code if refused else 0


def _of_project(found: Found, systems: tuple[str, ...], *, agents: bool) -> list[Change]:
    pipelines = (c for system in dict.fromkeys(systems) for c in init_ci.changes(found, system))
    return [*_changes(found, agents=agents), *pipelines]


def _tell_of_policy(found: Found, needed: list[Change]) -> None:
    """Offer what no site gets unasked that was there before: scripts of its own would stop."""
    from changenote.store.mkdocs_config import PLUGIN, config_path

    site = config_path(found.root)
    if any(c.path == site and c.old is not None for c in needed):
        console.notice(
            "A second wall around the pages: with `content_security_policy: [meta, headers]` "
            f"below `{PLUGIN}:` in {site.name}, browsers refuse every script but the theme's."
        )


def _tell_next(needed: list[Change], of_project: list[Change], *, dry_run: bool) -> None:
    if not needed:
        console.notice("Everything is set up already. Nothing was changed.")
    elif any(c.is_needed for c in of_project) and not dry_run:
        console.notice("Next: commit these files, then run `changenote new` after a release.")


def _found(folder: Path) -> Found:
    root = git.root_around(folder)
    settings = git.settings(root)
    config_file = root / NOTES / CONFIG
    config = config_from(config_file.read_bytes() if config_file.is_file() else b"")[0]
    forge = forge_of(config, settings)
    return Found(
        root=root,
        name=forge.name if forge else root.name,
        forge=forge,
        default_branch=git.remote_default_branch(root)
        or git.branch(root)
        or settings.get("init.defaultbranch", "main"),
    )


def _changes(found: Found, *, agents: bool) -> Iterator[Change]:
    notes = found.root / NOTES
    config = existing(notes / CONFIG)
    yield Change(notes / CONFIG, config, config if config is not None else _config(found))
    text = config if config is not None else _config(found)
    yield Change(notes / SCHEMA, existing(notes / SCHEMA), _schema(text))
    yield from _site(found)
    yield from _pull_request_template(found)
    if agents:
        yield _agents(found)
    ignored = existing(found.root / ".gitignore")
    yield Change(found.root / ".gitignore", ignored, _with_ignored(ignored or ""))


def _config(found: Found) -> str:
    return rendered(
        "config.yaml.j2",
        title=scalar(f"{found.name} change notes"),
        forge=found.forge.forge if found.forge else None,
        repository=found.forge.web if found.forge else None,
        default_branch=scalar(found.default_branch),
        service=scalar(found.name),
        forges=FORGES,
        kinds=BUILT_IN_KINDS,
        checklists=BUILT_IN,
    )


def _schema(config_text: str) -> str:
    from changenote.model.schema import json_schema

    config = config_from(config_text.encode("utf-8", "surrogateescape"))[0]
    schema = json_schema(
        config.kind_names, config.services, groups=config.groups, fields=config.fields
    )
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _site(found: Found) -> Iterator[Change]:
    from changenote.store.mkdocs_config import config_path, with_plugin

    path = config_path(found.root)
    old = existing(path)
    if old is not None:
        yield Change(path, old, with_plugin(old))
        return
    values = {"name": scalar(f"{found.name} change notes"), "output": OUTPUT}
    yield Change(path, None, rendered("mkdocs.yml.j2", **values))
    docs = found.root / "docs"
    if not docs.is_dir():
        yield Change(docs / ".gitkeep", None, _KEEP)


def _pull_request_template(found: Found) -> Iterator[Change]:
    line = rendered("pull_request_line.md.j2")
    for known in PULL_REQUEST_TEMPLATES:
        old = existing(found.root / known)
        if old is not None:
            new = old if "changenote new" in old else old.rstrip("\n") + "\n\n" + line
            yield Change(found.root / known, old, new)
            return
    if found.forge and found.forge.forge in _TEMPLATES:
        yield Change(found.root / _TEMPLATES[found.forge.forge], None, line)


def _agents(found: Found) -> Change:
    path = found.root / AGENTS
    old = existing(path)
    new = with_part(old or "", rendered("agents.md.j2"))
    if old is not None and is_unpaired(old):
        console.notice(
            f"{AGENTS} was left alone: changenote's marks in it are not one pair. Take them out, "
            "and run the same command again."
        )
    return Change(path, old, new)


def _with_ignored(text: str) -> str:
    wanted = [f"/{OUTPUT}/", f"/{CACHE}/"]
    have = {line.strip().strip("/") for line in text.splitlines()}
    missing = [line for line in wanted if line.strip("/") not in have]
    if not missing:
        return text
    start = text if not text or text.endswith("\n") else text + "\n"
    return start + "".join(f"{line}\n" for line in missing)
