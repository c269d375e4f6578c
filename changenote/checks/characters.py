"""Characters that make a text read otherwise than it is: hidden, reordering, or look-alikes."""

from collections.abc import Iterable, Iterator

from changenote.model.problems import Path, Problem, shown
from changenote.patterns import pattern

Text = tuple[Path, str, bool]
"""A text of a note, where it is, and whether it is the key there."""

_NAMES = {
    0x00A0: "no-break space",
    0x00AD: "soft hyphen",
    0x034F: "combining grapheme joiner",
    0x061C: "Arabic letter mark",
    0x200B: "zero-width space",
    0x200C: "zero-width non-joiner",
    0x200D: "zero-width joiner",
    0x200E: "left-to-right mark",
    0x200F: "right-to-left mark",
    0x202A: "left-to-right embedding",
    0x202B: "right-to-left embedding",
    0x202C: "pop directional formatting",
    0x202D: "left-to-right override",
    0x202E: "right-to-left override",
    0x2060: "word joiner",
    0x2066: "left-to-right isolate",
    0x2067: "right-to-left isolate",
    0x2068: "first strong isolate",
    0x2069: "pop directional isolate",
    0x2800: "blank of Braille",
    0x3164: "Hangul filler",
    0xFEFF: "zero-width no-break space",
}

_LOOKALIKES = frozenset(
    "аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ"  # noqa: RUF001  # Cyrillic is the point
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"  # noqa: RUF001  # and Greek
    "ӏӀѵոսօհցɡɑ"  # noqa: RUF001  # Armenian, and letters of phonetics
).union(map(chr, (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), *range(0x1D400, 0x1D7CC))))
_LATIN = pattern("[A-Za-z]")
_WORD = pattern(r"[^\W\d_]+")


def check_characters(texts: Iterable[Text]) -> list[Problem]:
    """The first hidden character and every look-alike in the texts and keys of a note."""
    return [
        problem
        for path, text, is_key in texts
        if not text.isascii()
        for problem in _check(path, text, is_key)
    ]


def _check(path: Path, text: str, is_key: bool) -> Iterator[Problem]:
    yield from _check_hidden(path, text, is_key)
    if _is_pasted(path) and not is_key:
        yield from (_mixed(path, word) for word in _WORD.findall(text) if _is_mixed(word))


def _is_pasted(path: Path) -> bool:
    """Is it a text that somebody will paste or open, so that every character counts?"""
    top, last = path[0] if path else "", path[-1] if path else ""
    if top in ("commands", "rollback"):
        return last == "run"
    if top in ("files", "images"):
        return last in ("path", "from", "file")
    return top == "metrics" and path[2:4] == ("source", "files")


def _check_hidden(path: Path, text: str, is_key: bool) -> Iterator[Problem]:
    from changenote.model.unseen import unseen  # of few texts: most are ASCII

    pasted = _is_pasted(path) and not is_key
    in_command = pasted and path[-1] == "run"
    if match := unseen(in_command=in_command).search(text):
        code = ord(match[0])
        name = f" ({_NAMES[code]})" if code in _NAMES else ""
        around = text[max(0, match.start() - 12) : match.start()]
        yield Problem(
            rule="hidden-character-in-command" if pasted else "hidden-character",
            path=path,
            found=f"U+{code:04X}{name}, "
            + (f"after “{shown(around)}”" if around else "at the start"),
            expected="text that is what it looks like",
            remedy="Delete the word around it and type it anew.",
            key=is_key,
        )


def _is_mixed(word: str) -> bool:
    """Has a word Latin letters, and others that pass for Latin?"""
    return any(letter in _LOOKALIKES for letter in word) and bool(_LATIN.search(word))


def _mixed(path: Path, word: str) -> Problem:
    odd = next(letter for letter in word if letter in _LOOKALIKES)
    return Problem(
        rule="lookalike-letter",
        path=path,
        found=f"{shown(word)}, where {odd} is U+{ord(odd):04X}",
        expected="one alphabet in a word of a command or path",
        remedy="Type the word anew.",
    )
