"""How notes turned out: what undid a change, or how it shipped, before what its metric says."""

from changenote.site.row import VERDICTS, Row

ENDINGS = {
    "failed": "failed",
    "degraded": "degraded",
    "rolled_back": "rolled back",
    "regressed": VERDICTS["regressed"],
    "improved": VERDICTS["improved"],
    **VERDICTS,
    "superseded": "superseded",
    "draft": "not shipped yet",
    "": "not measured",
}
"""The words for every ending; what needs somebody comes first."""


def standing(row: Row) -> str:
    """What is left of a change: its ending, and whether another one took its place."""
    return "superseded" if row.note.status == "superseded" else row.ending
