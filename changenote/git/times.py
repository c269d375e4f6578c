"""When something was committed or tagged."""

from datetime import UTC, datetime

_UNKNOWN = datetime.fromtimestamp(0, UTC)


def moment(told: str) -> datetime:
    """A time as git tells it; the beginning of 1970, as git shows it, where a commit has none."""
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return _UNKNOWN
