"""What was recorded and measured on this machine since the last note, offered to the next one."""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changenote import git
from changenote.capture import draft
from changenote.errors import GitFailed
from changenote.records import record

if TYPE_CHECKING:
    from changenote.capture.journal import Entry
    from changenote.capture.measured import Kept

Data = dict[str, Any]

_TICKED = ("deploy", "migrate", "measure")
_MOST = 50  # commands that a person can look through; `changenote commands list` has all
_MARK = "noted"  # beside the journal: when the last notes were written on this machine
_MOST_MARKS = 10


@record
class Recorded:
    """A command that was recorded: how it is shown, and as data of the note."""

    line: str
    data: Data
    is_ticked: bool


@record
class Offers:
    """Recorded commands, measured metrics, and what a person should know about them."""

    commands: tuple[Recorded, ...] = ()
    metrics: tuple[Data, ...] = ()
    deployed: tuple[str, ...] = ()
    """The deployments that succeeded, from the root; the last of them is the one of this change."""
    shipped_at: datetime | None = None
    remarks: tuple[str, ...] = ()

    @property
    def layer(self) -> Data:
        """The ticked commands, the metrics and the time of the deployment as data of a note."""
        at = self.shipped_at
        return {
            "commands": [entry.data for entry in self.commands if entry.is_ticked],
            "metrics": draft.with_one_primary(self.metrics),
            "shipped": {"at": at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None},
        }


def found(root: Path, *, has_results: bool = False) -> Offers:
    """What is offered in a repository; nothing, at no cost, where nothing was ever recorded.

    Baselines that wait for an after are named, unless there are result files (`has_results`).
    """
    folder = _folder(root)
    if folder is None:
        return Offers()
    from changenote.capture import journal, measured

    since = _last_noted(root, folder)
    read = journal.read(root)
    entries = [e for e in read.entries if since is None or journal.until(e) >= since]
    metrics = measured.kept(root, since=since)
    remarks = [_torn(read.unreadable)] if read.unreadable else []
    if (folder / "baselines").is_dir() and not has_results:  # what reads results is slow to load
        remarks += _waiting(root, since, metrics)
    return Offers(
        commands=tuple(_recorded(entry) for entry in entries[-_MOST:]),
        metrics=tuple(kept.metric for kept in metrics),
        deployed=_deployed(read.entries, entries),
        shipped_at=_shipped_at(entries),
        remarks=tuple(remarks),
    )


def _torn(count: int) -> str:
    lines = "1 line" if count == 1 else f"{count} lines"
    return f"{lines} of the journal of commands cannot be read and were left out."


def _recorded(entry: "Entry") -> Recorded:
    from changenote.capture.journal import as_command

    ended = "no end seen" if entry.exit is None else f"exit {entry.exit}"
    data = as_command(entry)
    took = f", {data['takes']}" if "takes" in data else ""
    return Recorded(
        line=f"{entry.purpose or 'other':<8} {ended + took:<15} {entry.run}",
        data=data,
        is_ticked=entry.purpose in _TICKED and entry.exit == 0,
    )


def _is_deployed(entry: "Entry") -> bool:
    return entry.purpose == "deploy" and entry.exit == 0


def _deployed(every: Sequence["Entry"], offered: Sequence["Entry"]) -> tuple[str, ...]:
    """As they can be run again: from the root, and with nothing taken out of them."""
    last = next((entry for entry in reversed(offered) if _is_deployed(entry)), None)
    if last is None or not _can_run_again(last):
        return ()
    earlier = every[: every.index(last)]
    return (*(e.run for e in earlier if _is_deployed(e) and _can_run_again(e)), last.run)


def _can_run_again(entry: "Entry") -> bool:
    return entry.folder == "." and "[redacted: " not in entry.run


def _shipped_at(entries: Sequence["Entry"]) -> datetime | None:
    """When the last deployment that succeeded had ended."""
    for entry in reversed(entries):
        if _is_deployed(entry) and entry.at:
            return (entry.at + timedelta(seconds=entry.seconds or 0)).astimezone(UTC)
    return None


def _waiting(root: Path, since: datetime | None, kept: Sequence["Kept"]) -> list[str]:
    """The baselines that were saved for this change and have not been compared with anything."""
    from shlex import quote

    from changenote.capture import baselines

    names = {one.metric.get("name") for one in kept}
    files = {file for one in kept for file in (one.metric.get("source") or {}).get("files", ())}
    remarks = []
    for one in baselines.saved(root):
        is_compared = (one.metric or one.name) in names or any(f.path in files for f in one.files)
        if not is_compared and (since is None or one.at >= since):
            after = f"changenote baseline after {quote(one.name)}{' FILES' if one.files else ''}"
            remarks.append(f"The baseline {one.name!r} has no after yet: `{after}` measures it.")
    return remarks


def with_recorded(data: Data, offered: Offers) -> Data:
    """What a person gave, with what was recorded: a list that was typed adds to the recorded one.

    A command that stands in both is taken as it was recorded. `no_command` and `no_metric` win.
    """
    result = dict(data)
    layer = offered.layer
    for key, name in (("commands", "run"), ("metrics", "name")):
        recorded, typed = layer[key], data.get(key)
        if recorded and isinstance(typed, list):
            known = {item[name] for item in recorded}
            result[key] = recorded + [i for i in typed if _get(i, name) not in known]
        elif recorded and not typed and data.get(f"no_{key[:-1]}"):
            result[key] = draft.LEFT_EMPTY
    if offered.metrics and isinstance(result.get("metrics"), list):
        result["metrics"] = draft.with_one_primary(result["metrics"])
    return result


def _get(item: object, key: str) -> object:
    return item.get(key) if isinstance(item, dict) else None


def noted(root: Path, note_id: str, file: Path, now: datetime) -> None:
    """Remember that a note was written: what was recorded before it is not offered again.

    Unless the note is thrown away. It costs at most a second look at old commands when this cannot
    be written.
    """
    if folder := _folder(root):
        from changenote.capture.shelf import put
        from changenote.errors import CannotWrite

        lines = [f"{now.isoformat()} {note_id} {os.fsdecode(file)}", *_marks(folder)]
        text = "".join(f"{line}\n" for line in lines[:_MOST_MARKS])
        with suppress(CannotWrite):
            put(folder / _MARK, text.encode("utf-8", "surrogateescape"))


def _folder(root: Path) -> Path | None:
    """Where the journal is, if anything was ever recorded."""
    shared = git.common_folder(root)
    folder = shared / "changenote" if shared else None
    return folder if folder and folder.is_dir() else None


def _marks(folder: Path) -> list[str]:
    """When notes were written, the newest first: time, id and file of each."""
    from changenote.capture.regular import bytes_in

    try:
        return bytes_in(folder / _MARK).decode("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []


def _last_noted(root: Path, folder: Path) -> datetime | None:
    """When the last note was written that was not thrown away since."""
    for mark in _marks(folder):
        words = mark.split(" ", 2)
        try:
            at = datetime.fromisoformat(words[0])
        except ValueError:
            return None
        if len(words) < 3 or _is_kept(root, words[1], Path(words[2])):
            return at if at.tzinfo else None
    return None


def _is_kept(root: Path, note_id: str, file: Path) -> bool:
    """Is a note on disk, under whatever name, or in a commit of some branch?"""
    if file.exists():
        return True
    with suppress(OSError):
        if any(path.name.startswith(note_id) for path in file.parent.iterdir()):
            return True
    if root not in file.parents:
        return True  # of another work tree, which may be gone
    asked = ["log", "--all", "--max-count=1", "--format=%H", "--", f":(glob)**/{note_id}*"]
    try:
        return bool(git.ask(asked, root))
    except GitFailed:
        return True
