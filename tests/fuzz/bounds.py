"""What holds for every reader: its time and memory, and how it says that it refuses."""

import io
import signal
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

from changenote.characters import MARKS, UNSEEN
from changenote.cli import console
from changenote.errors import ChangenoteError
from changenote.patterns import pattern

SECONDS = 2.0
"""Of a processor, for one input."""

BYTES = 200_000_000
"""More than before, for one input."""

_ACTS = pattern(f"[{UNSEEN}{MARKS}\U000e0000-\U000e007f]")
_FORGET, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
_slower = 1.0


class TooMuchError(Exception):
    """Reading took too long, or too much memory."""


def allow(times: float = 1.0) -> None:
    """From now on give each input so many times as long, where a program is slower by so much."""
    global _slower  # noqa: PLW0603 - a property of the process, as the signal is
    _slower = times


def _stop(*_: object) -> None:
    raise TooMuchError(f"stopped after {SECONDS * _slower:g} s of a processor")


@contextmanager
def kept() -> Iterator[None]:
    """Stop what is done here, or fail afterwards, when it needs more than one input may."""
    before, start = _anew(), time.process_time()
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS * _slower)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    seconds, grown = time.process_time() - start, _peak() - before
    if seconds > SECONDS * _slower or grown > BYTES:
        raise TooMuchError(f"{seconds:.1f} s of a processor, {grown / 1e6:.0f} MB")


def _anew() -> int:
    """The memory in use, in bytes; from now on the peak is that of what follows."""
    _FORGET.write_text("5")  # see proc(5): a peak that an earlier input reached would hide others
    return _peak()


def _peak() -> int:
    fields = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(fields["VmHWM"].split()[0]) * 1024


def is_in_house_shape(error: ChangenoteError) -> None:
    """Fail unless an error says what failed, what was expected, whether a retry is safe."""
    assert error.what.strip(), "says nothing"
    assert error.expected.strip(), f"expects nothing: {error.what}"
    assert error.retry.strip(), f"says nothing of a retry: {error.what}"
    printed = io.StringIO()
    with redirect_stderr(printed):
        console.error(error)
    text = printed.getvalue()
    assert is_harmless(text), f"acts on a terminal: {text!r}"
    assert len(text) < 20_000, f"an error of {len(text):,} characters"


def lines_in(raw: bytes) -> int:
    """How many lines an input may be said to have: a parser of YAML counts other ends too."""
    ends = ("\n", "\r", "\x85", "\u2028", "\u2029")
    return 1 + sum(raw.count(end.encode()) for end in ends)


def is_harmless(text: str) -> bool:
    """Does nothing in a text act on a terminal, or hide what stands beside it?"""
    return _ACTS.search(text) is None and not any(
        c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs")
        for c in text
        if not c.isprintable()
    )
