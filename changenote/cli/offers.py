"""What was recorded on this machine since the last note, offered to the next one."""

from typing import Any

from changenote.records import record

Data = dict[str, Any]


@record
class Recorded:
    """A command that was recorded: how it is shown, and as data of the note."""

    line: str
    data: Data
    is_ticked: bool
