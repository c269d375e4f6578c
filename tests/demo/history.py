"""A published git history, one JSON object a line, newest first (see README.md)."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one commit did to one file; `status` is git's letter: A, M, D or R."""

    path: str
    status: str
    renamed_from: str | None
    added: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One commit; `sha` is its id in the history's own repository."""

    sha: str
    author: str
    authored: datetime
    committed: datetime
    tags: tuple[str, ...]
    message: str
    changes: tuple[Change, ...]

    @property
    def pull_request(self) -> int | None:
        """The number that the forge put at the end of the subject of a squash merge."""
        match = re.search(r"\(#(\d+)\)$", self.message.partition("\n")[0])
        return int(match[1]) if match else None


def read_history(file: Path) -> list[Commit]:
    """The commits of a history file, oldest first."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_commit(json.loads(line)) for line in reversed(lines)]


def _commit(line: dict[str, Any]) -> Commit:
    return Commit(
        sha=line["sha"],
        author=line["author"],
        authored=datetime.fromisoformat(line["authored"]),
        committed=datetime.fromisoformat(line["committed"]),
        tags=tuple(re.findall(r"tag: ([^,]+)", line["refs"])),
        message=line["message"],
        changes=tuple(map(_change, line["files"])),
    )


def _change(file: dict[str, Any]) -> Change:
    return Change(
        path=file["path"],
        status=file["status"][0],
        renamed_from=file["from"],
        added=file["added"],
        removed=file["removed"],
    )
