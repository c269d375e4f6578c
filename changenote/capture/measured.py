"""Metrics that were measured before there was a note to put them into."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from changenote.capture.shelf import data_in, label, put_data, shelf
from changenote.records import record

_KIND = "measured"


@record
class Kept:
    """A metric as the data of a note, since when it is kept, and where."""

    path: Path
    at: datetime
    metric: dict[str, Any]


def keep(root: Path, metric: Mapping[str, Any], at: datetime) -> Path:
    """Keep a metric for the next note, in the place of an older one of the same name.

    Its texts must be free of secrets. Raises `CannotWrite`.
    """
    path = shelf(root, _KIND) / f"{label(metric['name'])}.json"
    put_data(path, {"at": at.astimezone(UTC).isoformat(), "metric": dict(metric)})
    return path


def kept(root: Path, *, since: datetime | None = None) -> list[Kept]:
    """The metrics kept for the next note, oldest first; those measured before `since` left out."""
    found = [one for path in _paths(root) if (one := _read(path))]
    return sorted(
        (one for one in found if since is None or one.at >= since), key=lambda one: one.at
    )


def _paths(root: Path) -> list[Path]:
    return sorted(shelf(root, _KIND).glob("*.json"))


def _read(path: Path) -> Kept | None:
    data = data_in(path) or {}
    metric = data.get("metric")
    try:
        at = datetime.fromisoformat(data["at"])
    except (KeyError, TypeError, ValueError):
        return None
    if not isinstance(metric, dict) or not isinstance(metric.get("name"), str) or not at.tzinfo:
        return None
    return Kept(path=path, at=at, metric=metric)
