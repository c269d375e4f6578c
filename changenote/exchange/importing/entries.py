"""What the files of another tool hold: entries, and whatever is no entry, with the reason."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Any

from changenote.records import record


@record
class Source:
    """A file of another tool: its path from that project's root, and from its notes folder."""

    file: str
    name: str
    text: str


@record
class Entry:
    """One change as another tool has it.

    `name` tells it from others in its file and stays the same when these become more. `types` are
    the tool's words for what sort of change it is, the weightiest first. `lead` is the text that
    the title is taken from, when not all of it; `commit` added its file. `facts` is whatever else
    the tool knew, and `remarks` is what a person should know about its file.
    """

    file: str
    text: str
    lead: str = ""
    name: str = ""
    line: int = 1
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    version: str | None = None
    day: date | None = None
    dated_by: str = ""
    commit: str = ""
    is_breaking: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@record
class LeftOut:
    """A file, or what begins at a line of it, that made no note.

    It is a problem unless it was never meant to be one, as a README is not.
    """

    file: str
    reason: str
    line: int = 1
    is_problem: bool = True


Read = Entry | LeftOut
