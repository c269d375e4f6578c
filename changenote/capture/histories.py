"""Commands from the history of a shell, or from a file: for what was not recorded as it ran."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from changenote.capture.journal import Entry, letters
from changenote.capture.purposes import purpose_of
from changenote.capture.recorder import shortened
from changenote.errors import ChangenoteError
from changenote.model.redaction import redact
from changenote.patterns import pattern
from changenote.records import record

_STAMP = pattern(r"#(\d{9,11})")
_ZSH = pattern(r": (\d{9,11}):(\d{1,9});(.*)", re.S)
_PROMPT = pattern(r"[$%>] +")
_OURS = pattern(r"(?:\S*/)?changenote(?:\s|$)")
_UNSEEN = pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)
_NANO = 1_000_000_000

LARGEST = 50_000_000
"""Bytes of a history that is read; a larger one is refused, never cut off silently."""
MOST = 100_000
"""Commands of a history that are looked at, the newest ones."""


@record
class Past:
    """One command of a history; what that does not tell is None."""

    run: str
    at: datetime | None = None
    seconds: float | None = None
    exit: int | None = None
    folder: str | None = None


def of_bash(text: bytes) -> list[Past]:
    """Bash's history: a line each, or all that follows a line of `#` and seconds."""
    found: list[Past] = []
    at: datetime | None = None
    lines: list[str] = []
    for line in text.decode("utf-8", "replace").split("\n"):
        if stamp := _STAMP.fullmatch(line):
            found += _after_stamp(at, lines)
            at, lines = _moment(int(stamp[1])), []
        else:
            lines.append(line)
    return found + _after_stamp(at, lines)


def _after_stamp(at: datetime | None, lines: Sequence[str]) -> list[Past]:
    if at is None:
        return [Past(run=line) for line in lines]
    return [Past(run="\n".join(lines), at=at)]


def of_zsh(text: bytes) -> list[Past]:
    """Zsh's history, with or without times; a line that ends with a backslash goes on."""
    found, whole = [], b""
    for line in text.split(b"\n"):
        if line.endswith(b"\\"):
            whole += line[:-1] + b"\n"
            continue
        plain = re.sub(rb"\x83([\s\S])", lambda m: bytes([m[1][0] ^ 32]), whole + line)
        found.append(_of_zsh(plain.decode("utf-8", "replace")))
        whole = b""
    return found


def _of_zsh(text: str) -> Past:
    timed = _ZSH.fullmatch(text)
    if timed is None:
        return Past(run=text)
    # Zero is what zsh writes as well when it was not told to take the time.
    return Past(run=timed[3], at=_moment(int(timed[1])), seconds=float(timed[2]) or None)


def of_fish(text: bytes) -> list[Past]:
    """Fish's history: `- cmd:` and `when:`, with `\\n` for the end of a line."""
    found: list[Past] = []
    for line in text.decode("utf-8", "replace").split("\n"):
        key, _, value = line.partition(": ")
        if key == "- cmd":
            found.append(Past(run=re.sub(r"\\([n\\])", _unescaped, value)))
        elif key == "  when" and re.fullmatch(r"\d{9,11}", value) and found:
            found[-1] = Past(run=found[-1].run, at=_moment(int(value)))
    return found


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def of_lines(text: bytes) -> list[Past]:
    """A file of one command a line, perhaps copied with its prompts; empty lines, `# remarks`."""
    return [
        Past(
            run=_PROMPT.sub("", past.run, count=1) if _PROMPT.match(past.run) else past.run,
            at=past.at,
        )
        for past in of_bash(text)
        if not past.run.lstrip().startswith("#")
    ]


def of_atuin(database: Path, root: Path) -> list[Past]:
    """Atuin's history, as far as it ran inside a repository. Raises `ChangenoteError`."""
    import sqlite3
    from urllib.parse import quote

    if not database.is_file():
        raise _unreadable(database, "it is no file")
    address = f"file:{quote(os.fsencode(database.resolve()))}?mode=ro"
    asked = "select command, timestamp, duration, exit, cwd from history order by timestamp"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            columns = {row[1] for row in connection.execute("pragma table_info(history)")}
            if "deleted_at" in columns:
                asked = asked.replace(" order", " where deleted_at is null order")
            rows = connection.execute(asked).fetchall()
    except sqlite3.Error as error:
        raise _unreadable(database, str(error)) from error
    return [
        _of_atuin(row, folder)
        for row in rows
        if isinstance(row[0], str) and (folder := _inside(root, row[4]))
    ]


def _unreadable(database: Path, why: str) -> ChangenoteError:
    return ChangenoteError(
        f"{database} cannot be read: {why}",
        expected="the database of atuin, version 18 or near it",
        hint="`changenote commands import --file FILE` takes a plain list of commands.",
    )


def _of_atuin(row: Sequence[Any], folder: str) -> Past:
    """A row as a command; a column of SQLite can hold any type, and what is of another is left."""
    line, *numbers, _ = row
    started, took, code = (n if isinstance(n, int) else None for n in numbers)
    return Past(
        run=line,
        at=_moment(started / _NANO) if started is not None and started >= 0 else None,
        seconds=round(took / _NANO, 3) if took is not None and took > 0 else None,
        exit=code if code is not None and code >= 0 else None,
        folder=folder,
    )


def _inside(root: Path, folder: object) -> str | None:
    if not isinstance(folder, str) or "\0" in folder:
        return None
    relative = os.path.relpath(os.path.realpath(folder or "/"), root)
    return None if relative == ".." or relative.startswith("../") else relative


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# --- Where the histories are ----------------------------------------------------------------------

READERS: Mapping[str, Callable[[bytes], list[Past]]] = {
    "bash": of_bash,
    "zsh": of_zsh,
    "fish": of_fish,
    "file": of_lines,
}


def usual_place(shell: str, environment: Mapping[str, str]) -> Path:
    """Where a shell keeps its history, unless its settings say otherwise."""
    home = Path(environment.get("HOME", "/"))
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    named = {
        "bash": home / ".bash_history",
        "zsh": Path(environment.get("ZDOTDIR") or home) / ".zsh_history",
        "fish": data / "fish/fish_history",
        "atuin": Path(environment.get("ATUIN_DB_PATH") or data / "atuin/history.db"),
    }
    return named[shell]


# --- As entries of the journal --------------------------------------------------------------------


def as_entries(past: Sequence[Past], *, known: Mapping[str, str], now: datetime) -> Iterator[Entry]:
    """The commands as entries without secrets, those of changenote itself left out.

    A command has the same id each time it is imported, from wherever: that of its line and second;
    where the time is not known, of its line and of how many of that line came before. Of a longer
    history, the newest `MOST` are taken.
    """
    seen: Counter[str] = Counter()
    redacted = cache(lambda line: shortened(redact(line, known)))  # people repeat themselves
    for one in past[-MOST:]:
        line = _UNSEEN.sub("", one.run).strip()
        if not line or _OURS.match(line):
            continue
        line = redacted(line)
        seen[line] += 1
        mark = f"{int(one.at.timestamp())}" if one.at else f"no. {seen[line]}"
        yield Entry(
            id=_id_of(f"{mark}\n{line}"),
            run=line,
            noted=now,
            recorded="imported",
            at=one.at,
            purpose=purpose_of(line),
            exit=one.exit,
            seconds=one.seconds,
            folder=one.folder,
        )


def _id_of(text: str) -> str:
    from hashlib import sha256

    return letters(sha256(text.encode()).digest()[:5])
