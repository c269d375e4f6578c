"""Facts of git kept in the cache: those that hold for ever, and those that hold until commits come.

Only files are looked at here: no process is started, nor what starts them loaded.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from changenote.store import answers
from changenote.store.project import Project

Data = Any
"""Plain JSON data."""


def remembered(
    project: Project,
    kind: str,
    raws: Mapping[str, bytes],
    ask: Callable[[list[str]], Mapping[str, Data]],
    *,
    depends_on: str = "",
) -> dict[str, Data]:
    """What `ask` tells of each of the names, by name; it is asked for what is not known yet.

    What it leaves out cannot be told, and is not in the result. That is known too, until commits
    may have come from elsewhere.
    """
    now = arrivals(project.root)

    def compute(fresh: Mapping[str, bytes]) -> dict[str, Data]:
        told = ask(list(fresh))
        return {name: {"told": told.get(name), "arrivals": now} for name in fresh}

    rows = answers.answered(
        project.cache,
        kind,
        raws,
        compute,
        depends_on=depends_on,
        holds=lambda row: row["told"] is not None or (row["arrivals"] == now and now != ""),
    )
    return {name: row["told"] for name, row in rows.items() if row["told"] is not None}


def arrivals(root: Path) -> str:
    """A text that changes when commits may have come from elsewhere; empty when nobody can tell."""
    if not (root / ".git").is_dir():  # a linked work tree
        return ""
    places = ("FETCH_HEAD", "shallow", "objects/pack", "packed-refs")
    return " ".join(str(_changed_at(root / ".git" / place)) for place in places)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
