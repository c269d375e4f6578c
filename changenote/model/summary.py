"""A note in a few plain values: what lists for programs say of it, on a terminal and on a site."""

from typing import Any

from changenote.model.note import Note, in_utc


def summary(note: Note, verdict: str) -> dict[str, Any]:
    """Plain JSON data, always with the same keys; `verdict` is that of the primary metric."""
    shipped = note.shipped
    at = shipped.at if shipped else None
    return {
        "id": note.id,
        "title": note.title,
        "kind": note.kind,
        "status": note.status,
        "owner": note.owner,
        "service": note.service,
        "environment": shipped.environment if shipped else None,
        "shipped_at": in_utc(at).isoformat().replace("+00:00", "Z") if at else None,
        "outcome": shipped.outcome if shipped else None,
        "verdict": verdict or None,
        "tags": list(note.tags),
        "pull_requests": list(note.source.pull_requests) if note.source else [],
    }
