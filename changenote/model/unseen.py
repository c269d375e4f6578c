"""What nobody sees in a text, or what turns others around, and how it is made visible."""

import re
from functools import cache

from changenote.characters import MISPLACED, UNSEEN, escape
from changenote.patterns import pattern

_NO_SHELL_KNOWS = "\u00a0\u00ad\u061c\u2000-\u200a\u200e\u200f\u202f\u205f\u3000"
_BEYOND_ASCII = pattern("[^\x00-\x7f]+")
_ANY = pattern(f"[{UNSEEN}{_NO_SHELL_KNOWS}\u200c\u200d\ufe00-\ufe0f\U000e0001-\U000e01ef]")


@cache  # slow to compile, and most text is ASCII
def unseen(*, in_command: bool = False) -> re.Pattern[str]:
    """Never needed in a text; in a command, blanks and marks that no shell knows come on top."""
    return re.compile(f"[{UNSEEN}{_NO_SHELL_KNOWS if in_command else ''}]|{MISPLACED}")


def visible(text: str, *, in_command: bool = False) -> str:
    """A text in which they are shown as `\\u202e`, as on a terminal."""
    # Whole pages are asked about; to try each alternative at each letter would take as long as all
    # the rest of them.
    if text.isascii() or not _ANY.search("".join(_BEYOND_ASCII.findall(text))):
        return text
    return unseen(in_command=in_command).sub(lambda found: escape(found[0]), text)
