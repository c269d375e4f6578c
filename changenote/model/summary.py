"""A note in a few plain values: what lists for programs say of it, on a terminal and on a site."""

from typing import Any

from changenote.model.note import Note, in_utc

KEYS = (
    *("id", "title", "kind", "status", "owner", "service", "environment", "shipped_at"),
    *("outcome", "verdict", "tags", "pull_requests"),
)


def summary(note: Note, verdict: str) -> dict[str, Any]:
    """Plain JSON data, always with the same keys; `verdict` is that of the primary metric."""
    shipped = note.shipped
    at = shipped.at if shipped else None
    values = (
        note.id,
        note.title,
        note.kind,
        note.status,
        note.owner,
        note.service,
        shipped.environment if shipped else None,
        in_utc(at).isoformat().replace("+00:00", "Z") if at else None,
        shipped.outcome if shipped else None,
        verdict or None,
        list(note.tags),
        list(note.source.pull_requests) if note.source else [],
    )
    return dict(zip(KEYS, values, strict=True))
