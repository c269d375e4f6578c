"""Characters that nobody sees, or that turn others around, and how they are made visible.

Source: Boucher & Anderson, "Trojan Source: Invisible Vulnerabilities", 2021. Joiners that emoji and
scripts such as Persian need are left alone between characters that need them.
"""

import re
from functools import cache

from changenote.patterns import pattern

_ALWAYS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a"
)
_TAGS = "(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001-\U000e007f]"
_VARIANTS = (  # of a Chinese character, or of a sign, and then one
    "(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
    "|(?<=[\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f]"
)
_JOINERS = "(?:(?<=[\x20-\x7e])|^)[\u200c\u200d](?=[\x20-\x7e]|$)"
_NO_SHELL_KNOWS = "\u00a0\u00ad\u061c\u2000-\u200a\u200e\u200f\u202f\u205f\u3000"
_BEYOND_ASCII = pattern("[^\x00-\x7f]+")
_ANY = pattern(f"[{_ALWAYS}{_NO_SHELL_KNOWS}\u200c\u200d\ufe00-\ufe0f\U000e0001-\U000e01ef]")


@cache  # slow to compile, and most text is ASCII
def unseen(*, in_command: bool = False) -> re.Pattern[str]:
    """Never needed in a text; in a command, blanks and marks that no shell knows come on top."""
    more = _NO_SHELL_KNOWS if in_command else ""
    return re.compile(f"[{_ALWAYS}{more}]|{_TAGS}|{_VARIANTS}|{_JOINERS}")


def visible(text: str, *, in_command: bool = False) -> str:
    """A text in which they are shown as `\\u202e`, as on a terminal."""
    # Whole pages are asked about; to try each alternative at each letter would take as long as all
    # the rest of them.
    if text.isascii() or not _ANY.search("".join(_BEYOND_ASCII.findall(text))):
        return text
    return unseen(in_command=in_command).sub(lambda found: f"\\u{ord(found[0]):04x}", text)
