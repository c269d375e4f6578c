"""The last of what a command prints: kept in constant memory, redacted, and only then cut.

Each stream is kept by itself, so that what is written to stderr in between does not tear a secret
on stdout apart, and far more is kept than is shown, so that what was cut off is not in sight. Where
the cut fell into a private key or a full-screen program, that is known, and the rest of it goes.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from changenote.model.redaction import MARK, redacted_lines
from changenote.patterns import pattern

MOST_LINES, MOST_BYTES = 20, 4000

_KEPT = 65_536
_LONGEST_MARKER = 100
_KEY_GOES_ON = b"-----BEGIN PRIVATE KEY-----\n"
_SCREEN_GOES_ON = b"\x1b[?1049h"
_KEY_MARKER = rb"-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY"
_SCREEN_MARKER = rb"\x1b\[\?(?:1049|1047|47)([hl])"
_SCREEN = rb"\x1b\[\?(?:1049|1047|47)h[\s\S]*?(?:\x1b\[\?(?:1049|1047|47)l|\Z)"
_FROM_SCREEN = b"\0"
_ESCAPE = pattern(
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # colours, cursor
    r"|\x1b[\]PX^_][^\x07\x1b]*+(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b[ -/]*+[0-~]"
)
_UNSEEN = pattern(
    "[\x00-\x07\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)


class Tail:
    """The end of the output of one command; each stream is added to by one thread."""

    def __init__(self, *, streams: int) -> None:
        self._streams = [_Stream() for _ in range(streams)]
        self._turn = 0
        self._last = -1

    def add(self, stream: int, data: bytes) -> None:
        """Take in what was printed, of any size."""
        if self._last != stream:
            self._last = stream
            self._turn += 1
        self._streams[stream].add(self._turn, data)

    @property
    def bytes(self) -> int:
        """How much was printed."""
        return sum(stream.bytes for stream in self._streams)

    @property
    def lines(self) -> int:
        """How many lines were printed, one without an end among them."""
        return sum(stream.newlines + stream.is_in_line for stream in self._streams)

    def text(self, known: Mapping[str, str]) -> str:
        """The last lines without secrets, `known` ones among them; each ends with a newline.

        Lines of several streams come in the order in which they ended.
        """
        numbered = [line for stream in self._streams for line in stream.lines(known)]
        ordered = [text for _, text in sorted(numbered, key=lambda line: line[0])]
        return _cut("\n".join(ordered).strip("\n").split("\n"))


class _Stream:
    def __init__(self) -> None:
        self.bytes = 0
        self.newlines = 0
        self.is_in_line = False
        self._chunks: deque[tuple[int, bytearray]] = deque()  # each with its turn
        self._kept = 0
        self._before = b""  # the last bytes of what is no longer kept
        self._in_key = False
        self._in_screen = False

    def add(self, turn: int, data: bytes) -> None:
        self.bytes += len(data)
        self.newlines += data.count(b"\n")
        self.is_in_line = not data.endswith(b"\n")
        self._kept += len(data)
        if self._chunks and self._chunks[-1][0] == turn and len(self._chunks[-1][1]) < _KEPT:
            self._chunks[-1][1].extend(data)
        else:
            self._chunks.append((turn, bytearray(data)))
        while self._kept - len(self._chunks[0][1]) >= _KEPT:
            _, gone = self._chunks.popleft()
            self._kept -= len(gone)
            self._leave(gone)

    def _leave(self, gone: bytes | bytearray) -> None:
        """Remember whether a private key or a full-screen program goes on after this."""
        seen = self._before + gone
        self._before = bytes(seen[-_LONGEST_MARKER:])
        if b"PRIVATE KEY" in seen:
            for marker in re.finditer(_KEY_MARKER, seen):
                self._in_key = marker[1] == b"BEGIN"
        if b"\x1b[?" in seen:
            for marker in re.finditer(_SCREEN_MARKER, seen):
                self._in_screen = marker[1] == b"h"

    def lines(self, known: Mapping[str, str]) -> Iterator[tuple[int, str]]:
        """The lines that are kept, redacted, each with the turn that it ended in."""
        turns = [turn for turn, chunk in self._chunks for _ in range(chunk.count(b"\n"))]
        turns.append(self._chunks[-1][0] if self._chunks else 0)
        raw = re.sub(_SCREEN, _only_line_ends, self._whole()).split(b"\n")
        redacted = redacted_lines([_shown(line) for line in raw], known)
        turns = [0, *turns][-len(raw) :]  # the first lines may be gone, or one was put before them
        if not raw[-1]:
            raw.pop()
        for turn, line, text in zip(turns, raw, redacted, strict=False):
            if text is not None and line != _FROM_SCREEN:
                yield turn, text

    def _whole(self) -> bytes:
        """What is kept, from its first whole line on; what was open before is opened again."""
        kept = b"".join(chunk for _, chunk in self._chunks)
        if not self._before:
            return kept
        end = re.search(rb"[\r\n]", kept) or re.search(rb"\s", kept)
        start = end.end() if end else len(kept)
        self._leave(kept[:start])
        opened = (_KEY_GOES_ON if self._in_key else b"") + (
            _SCREEN_GOES_ON if self._in_screen else b""
        )
        return opened + kept[start:]


def _only_line_ends(screen: re.Match[bytes]) -> bytes:
    return (_FROM_SCREEN + b"\n") * screen[0].count(b"\n")


def _shown(line: bytes) -> str:
    """What a terminal would show of a line in the end, without colours or unseen characters."""
    text = _ESCAPE.sub("", line.decode("utf-8", "replace"))
    redrawn = (part for part in reversed(text.split("\r")) if part.strip())
    text = _UNSEEN.sub("", next(redrawn, ""))
    return (_without_backspaces(text) if "\b" in text else text).rstrip()


def _without_backspaces(text: str) -> str:
    left: list[str] = []
    for character in text:
        if character != "\b":
            left.append(character)
        elif left:
            left.pop()
    return "".join(left)


def _cut(lines: Sequence[str]) -> str:
    """The last lines that are allowed; of a single one that is too long, its end."""
    kept: list[str] = []
    room = MOST_BYTES
    for line in reversed(lines[-MOST_LINES:]):
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        kept = [_end(lines[-1])]
    return "\n".join(reversed(kept)).strip("\n") + "\n" if any(kept) else ""


def _end(line: str) -> str:
    """The last characters of a line that is too long, no mark cut in two."""
    start = len(line) - (MOST_BYTES - 10) // 4
    cut = (mark.start() for mark in re.finditer(MARK, line) if mark.start() < start < mark.end())
    return "…" + line[next(cut, start) :]
