"""A changelog as https://keepachangelog.com describes it: an entry is a bullet of a version."""

from collections.abc import Mapping
from typing import Any

from changenote.exchange.importing.changelog import entries_in
from changenote.exchange.importing.entries import Read, Source


def read(source: Source, _config: Mapping[str, Any]) -> list[Read]:
    """Every entry of the changelog, and whatever is none."""
    return entries_in(source)
