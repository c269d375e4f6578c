"""What is printed is safe on a terminal."""

import sys

from changenote.capture.draft import cleaned
from changenote.cli.console import clean

INVISIBLE = [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)]
INVISIBLE += [0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
INVISIBLE += [0x061C, 0x180E, *range(0xE0000, 0xE0080)]
INVISIBLE += [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0]
INVISIBLE += [*range(0xFFF9, 0xFFFC), *range(0x1D173, 0x1D17B)]


def test_every_character_that_could_deceive_is_shown_as_an_escape_and_no_other() -> None:
    escaped = {code for code in range(sys.maxunicode + 1) if clean(chr(code)) != chr(code)}

    assert escaped == set(INVISIBLE)
    assert clean("a\u202eb\x1bc\ud800") == "a\\u202eb\\u001bc\\ud800"
    assert clean("a\U000e0041b") == "a\\U000e0041b"


def test_no_character_that_is_taken_out_of_notes_is_kept_because_it_can_be_printed() -> None:
    taken = {code for code in range(0x10000) if cleaned({"x": chr(code)}) != {"x": chr(code)}}

    controls = set(range(0x20)) - {0x09, 0x0A} | set(range(0x7F, 0xA0))
    assert taken == controls | set(range(0xD800, 0xE000)) | {0xFFFE, 0xFFFF}
