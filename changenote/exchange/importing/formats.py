"""The tools whose notes can be imported: how each is read, and where its notes lie."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from changenote.exchange.importing import (
    changesets,
    changie,
    chloggen,
    git_cliff,
    keep_a_changelog,
    places,
    reno,
    scriv,
    towncrier,
)
from changenote.exchange.importing.entries import Read, Source
from changenote.records import record


@record
class Format:
    """What reads one file of a tool, with its settings, and where such files are."""

    read: Callable[[Source, Mapping[str, Any]], Iterable[Read]]
    tool: places.Tool


FORMATS = {
    "towncrier": Format(read=towncrier.read, tool=places.TOWNCRIER),
    "scriv": Format(read=scriv.read, tool=places.SCRIV),
    "reno": Format(read=reno.read, tool=places.RENO),
    "changie": Format(read=changie.read, tool=places.CHANGIE),
    "changesets": Format(read=changesets.read, tool=places.CHANGESETS),
    "chloggen": Format(read=chloggen.read, tool=places.CHLOGGEN),
    "keep-a-changelog": Format(read=keep_a_changelog.read, tool=places.KEEP_A_CHANGELOG),
    "git-cliff": Format(read=git_cliff.read, tool=places.GIT_CLIFF),
}
