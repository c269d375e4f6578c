"""Inputs: real ones and changes of them that reach deep, and pieces put together at random."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

DATA = Path(__file__).parents[1] / "data"

LARGEST = 60_000
"""Bytes of an input: what takes the square of its length takes too long at this one."""

_WORDS = """
    ' " ` ``` \\ / .. ../ ~ $(x) | > < & ; * ? : - # [ ] { } , ! % @ = null true no 0 -1 1e999 -0 nan
    .inf 0x1F 0644 12:30 1.5 10**400 2026-11-22 2026-13-45 0000-00-00T25:61:61Z <script> --> <!--
    <![CDATA[ <!DOCTYPE&x> &amp; {{x}} {%x%} javascript:x password=hunter2hunter2 (#12) !34 #5 @a/b
    AKIAIOSFODNN7EXAMPLE https://u:secretsecret@h/ é ß İ \u017f ٣ Ⅷ 😀 ﬁ Σ
    """.split()
_UNSEEN = """
    \\0 \\r \\r\\n \\n \\t \\x1b[2J \\x1b]8;;http://x\\x07 \\x85 \\x7f \\u202e \\u2066 \\u200b \\u200d \\u2028
    \\ufeff \\ufffe \\ud800 \\U000e0041 e\\u0301 \\U0001f469\\u200d\\U0001f680 :\\x20 -\\x20 #\\x20 \\x20# \\x20
    ---\\n ...\\n <<:\\x20 [redacted:\\x20token] -----BEGIN\\x20PRIVATE\\x20KEY-----\\n
    """.split()
PIECES = (
    *(word.encode() for word in _WORDS),
    *(w.encode().decode("unicode_escape").encode("utf-8", "surrogatepass") for w in _UNSEEN),
    *(b"9" * 25, b"1" * 5000, b"ghp_" + b"a1B2" * 9),
    *(b"\xff", b"\x80", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
)
"""What readers stumble over, whatever they read."""

STRANGE: tuple[Any, ...] = (
    *(
        None,
        True,
        "",
        "x",
        -1,
        0,
        1.5,
        1e308,
        10**400,
        [],
        {},
        [[]],
        {"a": None},
        "NaN",
        float("nan"),
    ),
    *(
        "\x1b[31m",
        "\u202ex",
        "\ud800",
        "9" * 30,
        {"": ""},
        [None],
        "https://x/1",
        "2026-11-22T10:00:00Z",
    ),
)
"""Values of JSON that nobody expects."""


@dataclass(frozen=True)
class Material:
    """Real inputs of a reader, and the words of what it reads."""

    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()
    pieces: tuple[bytes, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pieces", self.words * 3 + PIECES)


def material(seeds: Iterable[bytes | str], words: Iterable[str] = ()) -> Material:
    """Real inputs, those too large left out, and words."""
    every = (s if isinstance(s, bytes) else s.encode("utf-8", "surrogatepass") for s in seeds)
    return Material(
        seeds=tuple(seed for seed in every if len(seed) <= LARGEST),
        words=tuple(word.encode() for word in words),
    )


def files(pattern: str) -> list[bytes]:
    """The real files of the tests' data that a pattern names."""
    return [path.read_bytes() for path in sorted(DATA.glob(pattern)) if path.is_file()]


# --- Changes --------------------------------------------------------------------------------------

_SCALE = 2**16
_NUMBER = re.compile(rb"[0-9]+")
_VALUE = re.compile(rb"(?<=[:=,] )[^\n,]+|(?<=[:=])[^\s,]+")
_ENDS = (b"\r\n", b"\r", b"\n\n", b"\x85")


@dataclass(frozen=True)
class Edit:
    """One change: which, where and how much of the input (of 65,536), and with what."""

    kind: int
    at: int
    size: int
    pick: int


def edited(raw: bytes, edits: Iterable[Edit], given: Material) -> bytes:
    """An input after changes."""
    for edit in edits:
        raw = _EDITS[edit.kind % len(_EDITS)](raw, edit, given)[:LARGEST]
    return raw


def _span(raw: bytes, edit: Edit) -> tuple[int, int]:
    """A part of an input; short ones are likelier."""
    start = edit.at * (len(raw) + 1) // _SCALE
    most = (4, 40, 400, LARGEST)[edit.size % 4]
    return start, min(len(raw), start + 1 + edit.size * most // _SCALE)


def _piece(edit: Edit, given: Material) -> bytes:
    return given.pieces[edit.pick % len(given.pieces)]


def _put_in(raw: bytes, edit: Edit, given: Material) -> bytes:
    start, _ = _span(raw, edit)
    return raw[:start] + _piece(edit, given) + raw[start:]


def _replaced(raw: bytes, edit: Edit, given: Material) -> bytes:
    start, end = _span(raw, edit)
    return raw[:start] + _piece(edit, given) + raw[end:]


def _cut_out(raw: bytes, edit: Edit, _given: Material) -> bytes:
    start, end = _span(raw, edit)
    return raw[:start] + raw[end:]


def _cut_off(raw: bytes, edit: Edit, _given: Material) -> bytes:
    return raw[: _span(raw, edit)[0]]


def _repeated(raw: bytes, edit: Edit, _given: Material) -> bytes:
    start, end = _span(raw, edit)
    times = (1, 2, 20, 5000)[edit.pick % 4]
    times = max(1, min(times, (LARGEST - len(raw)) // max(1, end - start)))
    return raw[:start] + raw[start:end] * (times + 1) + raw[end:]


def _repeated_piece(raw: bytes, edit: Edit, given: Material) -> bytes:
    start, _ = _span(raw, edit)
    piece = _piece(edit, given)[:20]
    return raw[:start] + piece * (edit.size * 3000 // _SCALE) + raw[start:]


def _other_byte(raw: bytes, edit: Edit, _given: Material) -> bytes:
    start, _ = _span(raw, edit)
    return raw[:start] + bytes([edit.pick % 256]) + raw[start + 1 :]


def _lines(raw: bytes, edit: Edit) -> tuple[list[bytes], int, int]:
    lines = raw.split(b"\n")
    return lines, edit.at * len(lines) // _SCALE, edit.size * len(lines) // _SCALE


def _line_moved(raw: bytes, edit: Edit, _given: Material) -> bytes:
    lines, one, other = _lines(raw, edit)
    lines.insert(other, lines.pop(one))
    return b"\n".join(lines)


def _line_twice(raw: bytes, edit: Edit, _given: Material) -> bytes:
    lines, one, other = _lines(raw, edit)
    lines.insert(other, lines[one])
    return b"\n".join(lines)


def _line_gone(raw: bytes, edit: Edit, _given: Material) -> bytes:
    lines, one, _ = _lines(raw, edit)
    del lines[one]
    return b"\n".join(lines)


def _line_moved_in(raw: bytes, edit: Edit, _given: Material) -> bytes:
    lines, one, other = _lines(raw, edit)
    lines.insert(one, b" " * (edit.pick % 5) + lines[other].lstrip())
    return b"\n".join(lines)


def _lines_of_another(raw: bytes, edit: Edit, given: Material) -> bytes:
    lines, one, _ = _lines(raw, edit)
    others, start, _ = _lines(given.seeds[edit.pick % len(given.seeds)], edit)
    lines[one:one] = others[start : start + 1 + edit.size % 8]
    return b"\n".join(lines)


def _other_ends(raw: bytes, edit: Edit, _given: Material) -> bytes:
    return raw.replace(b"\n", _ENDS[edit.pick % len(_ENDS)])


def _at_match(shape: re.Pattern[bytes], raw: bytes, edit: Edit, new: bytes) -> bytes:
    found = list(shape.finditer(raw))
    if not found:
        return raw
    match = found[edit.at * len(found) // _SCALE]
    return raw[: match.start()] + new + raw[match.end() :]


def _other_number(raw: bytes, edit: Edit, _given: Material) -> bytes:
    numbers = (b"0", b"-1", b"1e400", b"99999999999999999999", b"nan", b"00", b"1_0", b"2", b"255")
    return _at_match(_NUMBER, raw, edit, numbers[edit.pick % len(numbers)])


def _other_value(raw: bytes, edit: Edit, given: Material) -> bytes:
    return _at_match(_VALUE, raw, edit, _piece(edit, given))


def _other_json(raw: bytes, edit: Edit, _given: Material) -> bytes:
    """JSON with one of its values, found by going down, in the place of which stands another."""
    if raw.lstrip()[:1] not in (b"{", b"["):
        return raw
    try:
        data = json.loads(raw)
        dice = Random(edit.at * _SCALE + edit.size)  # noqa: S311 - the same change every time
        _replace(data, STRANGE[edit.pick % len(STRANGE)], dice)
        return json.dumps(data).encode()
    except (ValueError, RecursionError):
        return raw


def _replace(data: Any, strange: Any, dice: Random) -> None:
    while data:
        key = dice.choice(list(data) if isinstance(data, dict) else range(len(data)))
        below = data[key]
        if not isinstance(below, dict | list) or not below or dice.random() < 0.2:
            if dice.random() < 0.2 and isinstance(data, dict):
                del data[key]
            else:
                data[key] = strange
            return
        data = below


_EDITS = (
    _put_in,
    _put_in,
    _replaced,
    _replaced,
    _cut_out,
    _cut_off,
    _repeated,
    _repeated_piece,
    _other_byte,
    _line_moved,
    _line_twice,
    _line_gone,
    _line_moved_in,
    _lines_of_another,
    _other_ends,
    _other_number,
    _other_value,
    _other_value,
    _other_json,
    _other_json,
)


# --- Where they come from -------------------------------------------------------------------------


def inputs(given: Material) -> st.SearchStrategy[bytes]:
    """Inputs as Hypothesis draws them, and makes them small when they fail."""
    place = st.integers(0, _SCALE - 1)
    edit = st.builds(Edit, kind=st.integers(0, len(_EDITS) - 1), at=place, size=place, pick=place)
    changed = st.builds(
        edited, st.sampled_from(given.seeds), st.lists(edit, max_size=6), st.just(given)
    )
    pieces = st.lists(st.sampled_from(given.pieces) | st.binary(max_size=3), max_size=30)
    texts = st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass"))
    return st.one_of(changed, changed, changed, pieces.map(b"".join), texts | st.binary())


def any_edit(dice: Random) -> Edit:
    """A change by dice."""
    at, size, pick = (dice.randrange(_SCALE) for _ in range(3))
    return Edit(kind=dice.randrange(len(_EDITS)), at=at, size=size, pick=pick)


def drawn(given: Material, dice: Random) -> bytes:
    """An input by dice: the same dice, the same input."""
    if dice.random() < 0.2:
        return b"".join(dice.choices(given.pieces, k=dice.randrange(1, 30)))[:LARGEST]
    edits = [any_edit(dice) for _ in range(dice.randrange(1, 5))]
    return edited(dice.choice(given.seeds), edits, given)


def numbered(name: str, given: Material, count: int) -> Iterator[bytes]:
    """The first inputs of a target, always the same ones."""
    for number in range(count):
        yield drawn(given, Random(f"{name} {number}"))  # noqa: S311 - nothing is secret here
