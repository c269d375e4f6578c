"""A changelog that git-cliff wrote, by its own template or one like it.

https://git-cliff.org/docs/templating/examples
"""

from collections.abc import Mapping
from typing import Any

from changenote.exchange.importing.changelog import entries_in
from changenote.exchange.importing.entries import Read, Source

_NO_CHANGES = ("commit statistics", "statistics", "new contributors", "contributors")


def read(source: Source, _config: Mapping[str, Any]) -> list[Read]:
    """Every entry of the changelog, and whatever is none."""
    return entries_in(source, no_changes=_NO_CHANGES)
