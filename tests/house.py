"""The shape of every error: what failed, what was expected, is a retry safe, what to do next."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.workshop import Done, Workshop

_SHAPE = re.compile(
    r"(?:\A|(?<=\n))changenote: (?P<what>[^\n]+)\n"
    r"  expected: (?P<expected>[^\n]+)\n"
    r"  retry:    (?P<retry>[^\n]+)\n"
    r"  next:     (?P<next>[^\n]+(?:\n {12}[^\n]+)*)\n\Z"
)
_KEPT = re.compile(r"kept in (\S+)")


@dataclass(frozen=True)
class Said:
    """The four parts of an error."""

    what: str
    expected: str
    retry: str
    next: str

    @property
    def kept(self) -> Path:
        """The file that holds what was given."""
        match = _KEPT.search(self.retry)
        assert match, self.retry
        return Path(match[1])


def said(done: Done) -> Said:
    """The error that a command ended with, as the last thing on stderr, and in the right shape."""
    match = _SHAPE.search(done.err)
    assert match, done.err
    return Said(**match.groupdict())


def read_note(workshop: Workshop, done: Done) -> str:
    """The text of the note whose path a command printed."""
    return (workshop.folder / done.out.strip()).read_text(encoding="utf-8")


NOTE = """\
schema: 1
id: ID
title: Cache cart totals per session
kind: feature
status: shipped
owner: "@acme/cart"
service: shop-web
shipped: {at: 2025-11-20T14:05:00Z, environment: production}

reason: p95 of GET /cart was 840 ms because every request summed the basket again.
expected: GET /cart p95 under 400 ms.
rollback:
  strategy: flag
  when: GET /cart p95 over 900 ms for 10 min
  steps:
    - run: ./flags set cart_total_cache off --env production
      expect: 12/12 hosts
  verify: p95 back to 800-900 ms on the cart dashboard

files:
  - {path: app/cart/totals.py, change: modified, added: 38, removed: 6}

no_command: the flag was switched by hand
no_metric: the dashboard was down
"""
"""A note in which nothing is wrong; `ID` stands for its id."""


def valid_note(workshop: Workshop, note_id: str = "20251120-g00d00") -> Path:
    """Put a note without a fault into the notes folder."""
    return workshop.note(NOTE.replace("ID", note_id), note_id)
