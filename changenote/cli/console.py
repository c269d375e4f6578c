"""The one module that prints: text for people on stdout, JSON for programs, notices on stderr."""

import os
import sys
from collections.abc import Iterable
from itertools import islice
from typing import Any

import click

from changenote.characters import BLANK, MARKS, UNSEEN, escape
from changenote.errors import ChangenoteError
from changenote.patterns import pattern

# A note could use them to write the clipboard, fake a link or hide a command. Joiners inside emoji
# and scripts stay.
_UNSAFE = pattern(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\U000e0000-\U000e007f{UNSEEN}{MARKS}]")
_BLANK = frozenset(BLANK)

_COMMAND = pattern(r"`[^`]*`", holds=("`",))
_NO_BREAK = "\x00"  # stands for a space; `clean` leaves none in a text
_PART = 10  # columns that `  expected: ` has more than its own two spaces
_TOGETHER = 100  # results that are written in one go


def prepare() -> None:
    """Make sure that no character can stop us from printing or asking, nor a closed stream."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever started us: `changenote list >&-`
            from pathlib import Path  # a tenth of the time of `--help`

            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - open to the end
            setattr(sys, name, stream)
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


def clean(text: str) -> str:
    """Text that is safe on a terminal; what is not is shown as `\\u202e`."""
    # Few of the unsafe ones are printable, and the pattern is slow to compile and to run.
    is_plain = text.isprintable() or text.replace("\n", "").isprintable()
    if is_plain and (text.isascii() or _BLANK.isdisjoint(text)):
        return text
    return _UNSAFE.sub(lambda m: escape(m[0]), text)


def out(text: str = "") -> None:
    """A result, on stdout."""
    click.echo(clean(text))


def lines(texts: Iterable[str]) -> None:
    """Many results, a line for each, in one go."""
    if every := list(texts):
        click.echo(clean("\n".join(every)))


def styled(text: str, **style: Any) -> None:
    """A result with colour, on a terminal that wants it."""
    click.echo(click.style(clean(text), **style) if _has_colour(sys.stdout) else clean(text))


def raw(text: str) -> None:
    """A result whose every byte counts, such as a file's text; not for terminals."""
    click.echo(clean(text) if sys.stdout.isatty() else text, nl=False)


def stream(texts: Iterable[str]) -> None:
    """Results for programs as they come, in UTF-8 wherever we run; clean on a terminal, which has
    line ends of its own.
    """
    waiting = iter(texts)
    while text := "".join(islice(waiting, _TOGETHER)):
        shown = clean(text.replace("\r\n", "\n")) if sys.stdout.isatty() else text.encode()
        click.echo(shown, nl=False)


def data(value: Any) -> None:
    """A result for programs: JSON, one document; what is unsafe is escaped, and so the same."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    click.echo(_UNSAFE.sub(lambda m: json.dumps(m[0])[1:-1], text))


def notice(text: str) -> None:
    """Something beside the result, on stderr."""
    _to_stderr(_wrapped(clean(text), indent=2))


def has_status() -> bool:
    """Is there a terminal on which `status` can draw?"""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def status(text: str) -> None:
    """A line on stderr that the next one replaces, the empty one too; only on a terminal."""
    if has_status():
        room = _columns(80) - 1  # a full line would wrap, and stay
        _to_stderr(f"\r\x1b[K{clean(text)[:room]}", nl=False)


def faint(text: str) -> str:
    """A text for stderr that stands back behind what is beside it, on a terminal with colour."""
    shown = clean(text)
    return click.style(shown, dim=True) if _has_colour(sys.stderr) else shown


def hint(text: str) -> None:
    """A faint line beside what is going on, on stderr."""
    _to_stderr(faint(text))


def error(problem: ChangenoteError) -> None:
    """What stopped the work, in the house shape, on stderr."""
    first, *rest = (_wrapped(clean(line), indent=_PART) for line in problem.lines())
    _to_stderr(click.style(first, fg="red") if _has_colour(sys.stderr) else first)
    _to_stderr("\n".join(rest))


def _to_stderr(text: str, *, nl: bool = True) -> None:
    """Print it, if that is possible: when nobody reads it, the work goes on and its code counts."""
    try:
        click.echo(text, nl=nl, err=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _wrapped(text: str, *, indent: int) -> str:
    """The lines of a text that are too long for the terminal, broken between words.

    A terminal breaks them anywhere. What stands in `…` is to be copied, and stays in one piece.
    """
    width = _columns(0) if sys.stderr.isatty() else 0
    lines = text.split("\n")
    if not width or max(map(len, lines)) <= width:
        return text
    from textwrap import wrap  # only where a line is too long

    whole = [_COMMAND.sub(lambda m: m[0].replace(" ", _NO_BREAK), line) for line in lines]
    broken = [
        part
        for line in whole
        for part in wrap(
            line,
            width,
            subsequent_indent=_indent_below(line, indent),
            break_long_words=False,
            break_on_hyphens=False,
            replace_whitespace=False,
        )
        or [line]
    ]
    return "\n".join(broken).replace(_NO_BREAK, " ")


def _indent_below(line: str, indent: int) -> str:
    own = len(line) - len(line.lstrip(" "))
    return " " * (own + (indent if own <= 2 else 2))


def bug(problem: Exception) -> None:
    """An exception that we did not foresee: a log is written and named."""
    notice(
        f"changenote: something went wrong that should not: {type(problem).__name__}\n"
        "  expected: nothing of the kind; this is a bug in changenote\n"
        "  retry:    safe, files are written whole or not at all\n"
        f"  next:     please report it with {_log(problem)}"
    )


def _log(problem: Exception) -> str:
    import tempfile
    import traceback

    from changenote.model.redaction import redact

    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="changenote-",
            suffix=".log",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as log:
            log.write(redact("".join(traceback.format_exception(problem))))
    except OSError:  # a full disk, perhaps the cause itself
        place = traceback.extract_tb(problem.__traceback__)[-1]
        return f"this: {redact(str(problem))}, at {place.filename}:{place.lineno}"
    return f"the log, {log.name}"


def pipe_closed() -> int:
    """The reader went away (`| head`): nothing more to say, and not an error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def is_interactive() -> bool:
    """Can a person answer? Both ends must be a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def width() -> int:
    """Columns to fill with text: those of the terminal, at most 100."""
    return min(_columns(100), 100)


def _columns(otherwise: int) -> int:
    """As `shutil.get_terminal_size` has them, which would load five modules that compress files."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or otherwise  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return otherwise


def _has_colour(stream: Any) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
