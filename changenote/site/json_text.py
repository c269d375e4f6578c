"""JSON as text, in the two ways in which the site writes it."""

import json


def compact(value: object) -> str:
    """Without white space, for programs."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def indented(value: object) -> str:
    """For people too, with a line break at its end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
