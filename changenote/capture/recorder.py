"""A command run and recorded: what it was, how it ended, how long it took, what it printed last.

Of the environment nothing is recorded. The secrets in it are only used to find them in what is.
"""

import errno
import os
import re
import shlex
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from changenote.capture.journal import Entry, new_id
from changenote.capture.purposes import purpose_of
from changenote.capture.tail import Tail
from changenote.errors import ChangenoteError
from changenote.model.redaction import find, redact
from changenote.model.redaction.environment import SHORTEST, secret_values
from changenote.model.redaction.words import OPAQUE

MOST_CHARACTERS = 19_000
"""Of a command line; a note takes a little more."""

_NOT_FOUND, _NOT_RUNNABLE = 127, 126
_NOT_PLAIN = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"


class NotStarted(ChangenoteError):  # noqa: N818 - named for its cause
    """The command could not be started; it is recorded all the same. Ends as in a shell."""

    def __init__(self, what: str, *, expected: str, hint: str, entry: Entry) -> None:
        super().__init__(what, expected=expected, retry="safe, nothing was run", hint=hint)
        self.entry = entry
        self.exit_code = entry.exit or _NOT_RUNNABLE


def record(
    argv: Sequence[str],
    *,
    root: Path,
    purpose: str | None = None,
    starting: Callable[[Entry], None] = lambda _: None,
) -> Entry:
    """Run a command in the current folder, with our streams and signals; what is known of it then.

    `starting` is told what is known before it runs. Raises `NotStarted`.
    """
    known = secret_values(os.environ)
    line = line_of(argv, known)
    facts: dict[str, Any] = {
        "id": new_id(),
        "run": line,
        "recorded": "wrapper",
        "at": datetime.now(UTC),
        "purpose": purpose or purpose_of(line),
        "folder": _folder(root),
    }
    starting(Entry(**facts, noted=facts["at"]))
    tail, began = Tail(streams=2), monotonic()
    try:
        status = _run(argv, tail)
    except OSError as error:
        raise _not_started(argv, error, facts) from error
    ended = os.waitstatus_to_exitcode(status)
    return Entry(
        **facts,
        noted=datetime.now(UTC),
        exit=ended if ended >= 0 else 128 - ended,
        signal=_signal_name(-ended) if ended < 0 else None,
        seconds=round(monotonic() - began, 3),
        lines=tail.lines,
        bytes=tail.bytes,
        output=tail.text({**known, **_secrets_in(argv)}),
    )


def _run(argv: Sequence[str], tail: Tail) -> int:
    from changenote.capture import process, terminal

    way = terminal.run if terminal.is_ours() else process.passed_through
    return way(argv, tail.add)


def _folder(root: Path) -> str:
    return os.fsencode(os.path.relpath(Path.cwd(), root)).decode("utf-8", "replace")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of the many that have no name
        return f"SIG{number}"


# --- The command line -----------------------------------------------------------------------------


def line_of(argv: Sequence[str], known: Mapping[str, str] | None = None) -> str:
    """The words as a line that a shell reads back as the same words, but for its secrets."""
    words = [redact(word, known) if _has_parts(word, known) else word for word in argv]
    return shortened(redact(" ".join(map(_quoted, words)), known))


def shortened(line: str) -> str:
    """A command line that a note can hold."""
    if len(line) <= MOST_CHARACTERS:
        return line
    return redact(f"{line[:MOST_CHARACTERS]} …")  # where it is cut, a secret may end


def _has_parts(word: str, known: Mapping[str, str] | None) -> bool:
    """Is there a command in this word, as after `sh -c`, or a secret that quoting would hide?"""
    return " " in word.strip() or any(secret in word for secret in known or ())


def _quoted(word: str) -> str:
    if not re.search(_NOT_PLAIN, word):
        return shlex.quote(word)
    plain = word.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + re.sub(_NOT_PLAIN, lambda match: _escaped(match[0]), plain) + "'"


def _escaped(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))


def _secrets_in(argv: Sequence[str]) -> dict[str, str]:
    """What is secret on the command line is so in its output as well."""
    texts = [" ".join(map(_quoted, argv)), *argv]
    return {
        text[secret.start : secret.end]: secret.kind
        for text in texts
        for secret in find(text)
        if secret.kind != OPAQUE and secret.end - secret.start >= SHORTEST
    }


# --- What cannot be started -----------------------------------------------------------------------


def _not_started(argv: Sequence[str], error: OSError, facts: Mapping[str, Any]) -> NotStarted:
    name, why = argv[0], (error.strerror or str(error)).lower()
    code = _NOT_RUNNABLE
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        code, why = _NOT_FOUND, _why_not_found(name)
    elif Path(name).is_dir():
        why = "it is a folder"
    entry = Entry(**facts, noted=datetime.now(UTC), exit=code, seconds=0.0)
    return NotStarted(
        f"{redact(name)} cannot be run: {why}",
        expected="a program, as a shell would find it; no alias, function or built-in of a shell",
        hint="`changenote run -- sh -c '…'` runs a line of shell.",
        entry=entry,
    )


def _why_not_found(name: str) -> str:
    if shutil.which(name):
        return "the program that its first line names was not found"
    return "no such file" if "/" in name else "command not found"
