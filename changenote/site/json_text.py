"""JSON as text, in the two ways in which the site writes it."""

import json

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
"""One for all: `json.dumps` makes one for every call. Nothing that is written holds itself."""


def compact(value: object) -> str:
    """Without white space, for programs."""
    return _COMPACT.encode(value)


def indented(value: object) -> str:
    """For people too, with a line break at its end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
