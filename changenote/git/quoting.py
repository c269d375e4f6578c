"""Paths as text, byte for byte."""

import os
import re
from functools import cache

from changenote.characters import MARKS, MISPLACED, UNSEEN
from changenote.patterns import pattern

_MISREAD = pattern(r'^"|^\\|^[A-Za-z]:|[\x00-\x1f\x7f]')
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_BYTES = {letter: byte for byte, letter in _ESCAPES.items()}
_ESCAPED = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')


def written_path(path: str) -> str:
    """A path as text for a note: as it is, or as git quotes it when that could be misread.

    Misread are bytes that are not UTF-8, characters that cannot be seen, a quote at the start and
    what looks like a path from the root of a disk. Quoted like git's own output (`"caf\\351"`):
    double quotes, C escapes, octal bytes. `real_path` turns it back.
    """
    raw = os.fsencode(path)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return _c_quoted(raw)
    if _MISREAD.search(text) or not (text.isascii() or _unseen().search(text) is None):
        return _c_quoted(raw)
    return text


def quoted_path(path: str) -> str:
    """A path in the quotes that git reads where a bare one could be taken for something else."""
    return _c_quoted(os.fsencode(path))


def real_path(written: str) -> str:
    """A path that a note has as text, as the file system knows it."""
    if len(written) < 2 or not (written.startswith('"') and written.endswith('"')):
        return written
    inside = os.fsencode(written[1:-1])
    return os.fsdecode(_ESCAPED.sub(lambda m: _byte(m[1].decode()), inside))


@cache  # slow to compile, and few paths are not ASCII
def _unseen() -> re.Pattern[str]:
    return re.compile(f"[\x80-\x9f{UNSEEN}{MARKS}]|{MISPLACED}")


def _c_quoted(raw: bytes) -> str:
    shown = (
        f"\\{_ESCAPES[b]}" if b in _ESCAPES else chr(b) if 32 <= b < 127 else f"\\{b:03o}"
        for b in raw
    )
    return '"' + "".join(shown) + '"'


def _byte(escape: str) -> bytes:
    return bytes([_BYTES[escape] if escape in _BYTES else int(escape, 8) % 256])
