"""`changenote init`: set up a repository; a second run changes nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

import click

from changenote import git
from changenote.capture.changes import PULL_REQUEST_TEMPLATES
from changenote.cli import console
from changenote.cli.gathering import forge_of
from changenote.errors import CannotWrite
from changenote.forge.links import FORGES, Repository
from changenote.model.checklists import BUILT_IN
from changenote.model.note import BUILT_IN_KINDS
from changenote.store import files
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


@dataclass(frozen=True)
class Found:
    """What could be found out about the repository."""

    root: Path
    name: str
    forge: Repository | None
    default_branch: str


@dataclass(frozen=True)
class Change:
    """One file as it is (None: not there) and as it should be."""

    path: Path
    old: str | None
    new: str


@click.command()
@click.option("--dry-run", is_flag=True, help="Show the changes as a diff, write nothing.")
@click.option("--no-agents", is_flag=True, help="Leave AGENTS.md, which coding agents read, alone.")
def command(dry_run: bool, no_agents: bool) -> int:
    """Set up this repository: config, editor schema, site, pull request template, .gitignore, and
    a paragraph for coding agents.

    Nothing is asked: forge, repository and default branch come from git. Files that are there are
    added to, never replaced, and a second run changes nothing.
    """
    found = _found(Path.cwd())
    changes = [
        _with_old_line_ends(c) for c in _changes(found, agents=not no_agents) if c.new != c.old
    ]
    for change in changes:
        _show_or_write(change, found.root, dry_run)
    if not changes:
        console.notice("Everything is set up already. Nothing was changed.")
    elif not dry_run:
        console.notice("Next: commit these files, then run `changenote new` after a release.")
    return 0


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
    config = _existing(notes / CONFIG)
    yield Change(notes / CONFIG, config, config if config is not None else _config(found))
    text = config if config is not None else _config(found)
    yield Change(notes / SCHEMA, _existing(notes / SCHEMA), _schema(text))
    yield from _site(found)
    yield from _pull_request_template(found)
    if agents:
        yield _agents(found)
    ignored = _existing(found.root / ".gitignore")
    yield Change(found.root / ".gitignore", ignored, _with_ignored(ignored or ""))


def _with_old_line_ends(change: Change) -> Change:
    if change.old is None or "\r\n" not in change.old:
        return change
    return replace(change, new=change.new.replace("\r\n", "\n").replace("\n", "\r\n"))


def _existing(path: Path) -> str | None:
    if path.is_file():
        return path.read_bytes().decode("utf-8", "surrogateescape")
    if path.exists() or path.is_symlink():
        raise CannotWrite(
            f"{path} could not be written: something else stands where the file should be",
            expected="a file, or nothing of that name",
            hint="Move it away, then run the same command again.",
        )
    return None


def _rendered(template: str, **values: Any) -> str:
    from jinja2 import Environment, FileSystemLoader

    from changenote.resources import templates_folder

    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - YAML and Markdown, with values quoted as such
    )
    return environment.get_template(template).render(**values)


def _config(found: Found) -> str:
    return _rendered(
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
    old = _existing(path)
    if old is not None:
        yield Change(path, old, with_plugin(old))
        return
    values = {"name": scalar(f"{found.name} change notes"), "output": OUTPUT}
    yield Change(path, None, _rendered("mkdocs.yml.j2", **values))
    docs = found.root / "docs"
    if not docs.is_dir():
        yield Change(docs / ".gitkeep", None, _KEEP)


def _pull_request_template(found: Found) -> Iterator[Change]:
    line = _rendered("pull_request_line.md.j2")
    for known in PULL_REQUEST_TEMPLATES:
        old = _existing(found.root / known)
        if old is not None:
            new = old if "changenote new" in old else old.rstrip("\n") + "\n\n" + line
            yield Change(found.root / known, old, new)
            return
    if found.forge and found.forge.forge in _TEMPLATES:
        yield Change(found.root / _TEMPLATES[found.forge.forge], None, line)


def _agents(found: Found) -> Change:
    path = found.root / AGENTS
    old = _existing(path)
    new = with_part(old or "", _rendered("agents.md.j2"))
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


def _show_or_write(change: Change, root: Path, dry_run: bool) -> None:
    name = change.path.relative_to(root).as_posix()
    if dry_run:
        old = (change.old or "").splitlines(keepends=True)
        lines = unified_diff(old, change.new.splitlines(keepends=True), f"a/{name}", f"b/{name}")
        console.raw("".join(lines))
        return
    if change.old is None:
        files.create(change.path, change.new)
    else:
        files.replace(change.path, change.new, was=change.old.encode("utf-8", "surrogateescape"))
    console.out(f"{'made' if change.old is None else 'added to'} {name}")
