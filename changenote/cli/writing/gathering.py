"""Everything that can be known before anybody is asked: project, git, forge, defaults."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from changenote import git
from changenote.capture import changes, draft
from changenote.cli.writing import elsewhere, offers
from changenote.config import Config
from changenote.forge.links import Repository, parse_remote
from changenote.model.identity import id_in_file_name
from changenote.model.reading import read_note
from changenote.model.writing import canonical
from changenote.records import record
from changenote.store import notes
from changenote.store.project import Project, find_project

Data = dict[str, Any]

_RECENT = 5  # notes looked at for the commit that the last one ended with
_MOST_OF_A_DAY = 100


@record
class Known:
    """What is known of a change; `layers` are data of the note, the weakest first."""

    root: Path
    project: Project
    facts: changes.Facts
    layers: tuple[Data, ...]
    editor: str | None
    offered: offers.Offers
    remarks: tuple[str, ...]

    @property
    def settled(self) -> Data:
        """What the team's config answers once for all notes."""
        config = self.project.config
        return {"owner": config.owner, "service": config.service}

    def data(self, *answers: Data) -> Data:
        """The data of the note with the answers on top, and what its kind is to be checked for."""
        data = draft.compose((*self.layers, *answers))
        open_list = self.project.config.proposed_checklist(str(data["kind"]), ())
        return draft.compose(({"checklist": open_list}, data)) if open_list else data

    def said(self, *answers: Data) -> Data:
        """What is known of the note so far, without any default."""
        return draft.cleaned(canonical(draft.known((*self.layers, *answers))))


@record
class Wanted:
    """What `gather` is to look at.

    Without `recorded`, what was recorded on this machine stays out of it. `has_results`: result
    files are given, so no baseline waits for any. `has_kind`: nobody needs to guess it from the
    files. Where a person waits (`is_interactive`), the forge may be asked.
    """

    base: str | None = None
    head: str = "HEAD"
    recorded: bool = True
    has_results: bool = False
    has_kind: bool = False
    is_interactive: bool = False


def gather(wanted: Wanted) -> Known:
    """What git, forge, config, older notes and this machine know. Raises what git raises."""
    root = git.root_around(Path.cwd())
    project = find_project(Path.cwd())
    settings = git.settings(root)
    pipeline = elsewhere.told_by_pipeline(os.environ, root)
    facts = _facts(root, project, wanted, elsewhere.start_told(pipeline, root, wanted.head))
    forge = forge_of(project.config, settings)
    beside = elsewhere.known_elsewhere(
        os.environ,
        root,
        facts,
        config=project.config,
        forge=forge,
        found=pipeline,
        is_interactive=wanted.is_interactive,
    )
    offered = offers.Offers()
    if wanted.recorded:
        offered = offers.found(root, has_results=wanted.has_results)
    weak = _weak(settings, forge.name if forge else root.name)
    config = draft.from_config(project.config, datetime.now(UTC))
    git_layer = draft.from_git(facts, forge, guesses_kind=not wanted.has_kind)
    return Known(
        root=root,
        project=project,
        facts=facts,
        layers=(weak, config, git_layer, *beside.layers, offered.layer, _way_back(facts, offered)),
        editor=settings.get("core.editor"),
        offered=offered,
        remarks=(*facts.caveats, *_unmerged(facts), *beside.notices, *offered.remarks),
    )


def _unmerged(facts: changes.Facts) -> list[str]:
    """What to mind where the commits of a branch may get other ids when it is merged."""
    if not (facts.range.since.startswith("branch ") and facts.revert):
        return []
    return [
        "The rollback reverts commits of this branch. If it is squashed or rebased, `changenote"
        " check` names the commit to revert in their place."
    ]


def _way_back(facts: changes.Facts, offered: offers.Offers) -> Data:
    """The rollback on the machines, where it is known how this change got there."""
    if not offered.deployed:
        return {}
    from changenote.capture.way_back import redeployed

    *earlier, deployed = offered.deployed
    kind, _, tag = facts.range.since.partition(" ")
    steps = redeployed(facts.revert, deployed, earlier=earlier, tag=tag if kind == "tag" else None)
    if not steps or steps == facts.revert:
        return {}
    strategy = "revert" if steps[0] in facts.revert else "redeploy"
    return {"rollback": {"strategy": strategy, "steps": [{"run": step} for step in steps]}}


def _facts(
    root: Path, project: Project, wanted: Wanted, told: tuple[str, str] | None
) -> changes.Facts:
    facts = _facts_until(wanted.head, root, project, wanted.base, told)
    if facts.range.base and _is_set_up_of_a_release(facts) and not notes.note_paths(project):
        return _facts_until(facts.range.base, root, project, None, told)
    return facts


def _is_set_up_of_a_release(facts: changes.Facts) -> bool:
    """Has nothing but the set-up for notes followed the last tag, so that its change is meant?"""
    is_empty = not (facts.files or facts.files_omitted or facts.commits)
    return is_empty and facts.range.since.startswith("tag ")


def _facts_until(
    head: str, root: Path, project: Project, base: str | None, told: tuple[str, str] | None
) -> changes.Facts:
    chosen = changes.choose_range(
        root,
        base=base,
        head=head,
        noted=[] if base is not None else _last_commits(project, root),
        branch=project.config.default_branch,
        told=told,
    )
    return changes.gather(
        root,
        chosen,
        notes_folder=project.notes_within(root),
        generated=project.config.generated,
    )


def _weak(settings: dict[str, str], service: str) -> Data:
    name, address = settings.get("user.name"), settings.get("user.email")
    authors = [f"{name} <{address}>"] if name and address else []
    return {"owner": name, "authors": authors, "service": service}


def forge_of(config: Config, settings: dict[str, str]) -> Repository | None:
    """The repository on its forge: from the config, else the remote `origin` or the first one."""
    if config.repository:
        return parse_remote(config.repository, config.forge)
    remotes = {k: v for k, v in settings.items() if k.startswith("remote.")}
    url = remotes.get("remote.origin.url") or next(iter(remotes.values()), None)
    return parse_remote(url, config.forge) if url else None


def _last_commits(project: Project, root: Path) -> list[changes.Ended]:
    """Where the newest notes end, and all of the newest day: ids have no hours."""
    every = notes.note_paths(project)
    if not every:
        return []
    day = every[-1].name[:8]
    paths = [p for p in every[-_MOST_OF_A_DAY:-_RECENT] if p.name.startswith(day)]
    paths += every[-_RECENT:]
    raws = {str(path): raw for path in paths if (raw := notes.bytes_of(path)) is not None}
    from changenote.store.first_facts import remembered  # without notes there are none

    key = b"\0".join(raws.values())
    found = remembered(project.cache, "ends", key, lambda _: list(_ends(raws.values())))
    within = project.notes_within(root)
    files = {id_in_file_name(p.name): f"{within}/{p.parent.name}/{p.name}" for p in paths}
    return [changes.Ended(id=i, commit=sha, file=files.get(i, "")) for i, sha in found]


def _ends(raws: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    from changenote.store import codec

    for raw in raws:
        note, _ = read_note(codec.load(raw).data)
        if note and note.source and note.source.head:
            yield note.id, note.source.head


def in_words(known: Known) -> str:
    """The range and its size, on one line; then what else there is to know."""
    return "\n".join((_range_in_words(known.facts), *known.remarks))


def _range_in_words(facts: changes.Facts) -> str:
    count = len(facts.files) + sum(facts.files_omitted.values())
    if not count:
        return (
            f"Since {facts.range.since} nothing but notes has changed. "
            "`--base REV` says where the change began."
        )
    lines = [f"{facts.commits} commit" + "s" * (facts.commits != 1)]
    lines.append(f"{count} file" + "s" * (count != 1) + _line_counts(facts))
    pulls = facts.told.pull_requests
    lines += (
        [f"pull request {n}" for n in pulls] if len(pulls) <= 5 else [f"{len(pulls)} pull requests"]
    )
    return f"Since {facts.range.since}: {', '.join(lines)}.{_left_out(facts)}"


def _left_out(facts: changes.Facts) -> str:
    told = facts.told
    if max(len(told.pull_requests), len(told.issues), len(told.authors)) <= changes.MOST_NAMED:
        return ""
    return (
        f" Of pull requests, issues and authors the newest {changes.MOST_NAMED} are named. "
        "`--base REV` says where the change began."
    )


def _line_counts(facts: changes.Facts) -> str:
    added = sum(n for f in facts.files if isinstance(n := f.get("added"), int))
    removed = sum(n for f in facts.files if isinstance(n := f.get("removed"), int))
    return f" (+{added} −{removed})"
