"""Characters that nobody sees, or that turn others around: one list for whoever looks for them.

They are parts of patterns: those of characters stand inside `[…]`, the others between `|`. Source:
Boucher & Anderson, "Trojan Source: Invisible Vulnerabilities", 2021.
"""

BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Those that Python takes for printable."""

UNSEEN = BLANK + "\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a"
"""Those that no text needs, whatever stands beside them."""

MARKS = "\u061c\u200e\u200f\u2028\u2029"
"""Directions and ends of lines: a text may need them, a path and a terminal do not."""

# A joiner, a tag or another form is needed by what it stands beside: emoji and scripts such as
# Persian have joiners, a flag has tags, and a Chinese character or a sign has one form of several.
_JOINERS = "(?:(?<=[\x20-\x7e])|^)[\u200c\u200d](?=[\x20-\x7e]|$)"
_TAGS = "(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001-\U000e007f]"
_FORMS = (
    "(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
    "|(?<=[\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f]"
)
MISPLACED = f"{_TAGS}|{_FORMS}|{_JOINERS}"
"""Those that no text needs where they stand."""


def escape(character: str) -> str:
    r"""A character as `\u202e`, or above U+FFFF as `\U000e0041`."""
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
