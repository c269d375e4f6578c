"""How a deployment went, in words."""

from datetime import datetime, timedelta

from changenote.model.note import BAD_OUTCOMES, Note, Shipped, in_utc

_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_LIMITS = (10**9, 24, 60, 60)  # days are not counted in weeks


def trouble(note: Note) -> str:
    """How a deployment went that did not go well, on one line; empty for any other."""
    shipped = note.shipped
    if shipped is None or not (shipped.outcome in BAD_OUTCOMES or shipped.restored_at):
        return ""
    back = restored(shipped)
    return "; ".join(filter(None, (shipped.outcome, back and f"restored {back}")))


def restored(shipped: Shipped) -> str:
    """When service was restored, and how long that took; empty when nobody says."""
    if shipped.restored_at is None:
        return ""
    took = shipped.restored_at - shipped.at if shipped.at else None
    after = f", {length(took)} after it shipped" if took and took > timedelta(0) else ""
    return moment(shipped.restored_at) + after


def moment(at: datetime) -> str:
    """An instant for people, in UTC."""
    return f"{in_utc(at):%Y-%m-%d %H:%M} UTC"


def length(time: timedelta) -> str:
    """A length of time in its two largest units: `1h 20m`."""
    seconds = round(time.total_seconds())
    parts = [
        (seconds // size % limit, unit) for (unit, size), limit in zip(_UNITS, _LIMITS, strict=True)
    ]
    first = next((n for n, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count}{unit}" for count, unit in parts[first : first + 2] if count) or "0s"
