"""How long a note takes to read."""

from changenote.model.facts import searchable
from changenote.model.note import Note

WORDS_A_MINUTE = 200
"""Technical prose, slower than a novel."""

_READ = (
    "title",
    "reason",
    "expected",
    "baseline",
    "assumptions",
    "variables",
    "rollback",
    "commands.run",
    "no_command",
    "no_metric",
    "metrics.name",
    "cache_rules",
    "checklist",
    "images",
)
"""What is read word by word; the rest is looked up."""

_CHARACTERS_A_WORD = 6  # of text that has no spaces between words


def reading_minutes(note: Note) -> int:
    """Minutes that it takes to read a note, rounded up; at least 1."""
    texts = (text for name, text in searchable(note) if name.startswith(_READ))
    words = sum(max(len(text.split()), _unspaced(text)) for text in texts)
    return max(1, -(-words // WORDS_A_MINUTE))


def _unspaced(text: str) -> int:
    return 0 if text.isascii() else len(text) // _CHARACTERS_A_WORD
