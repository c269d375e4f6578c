"""What the plugin says, as MkDocs says such things: on its log, and without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger

from changenote.errors import ChangenoteError
from changenote.site.edition import Edition
from changenote.site.mkdocs_live import excuse
from changenote.site.shared_ids import warnings

log = get_plugin_logger("changenote")


@contextmanager
def told() -> Iterator[None]:
    """What stops the work, as MkDocs says such things: in one piece, without a traceback."""
    try:
        yield
    except ChangenoteError as error:
        raise PluginError(said(error)) from error
    except OSError as error:
        raise PluginError(f"changenote: {error.filename}: {error.strerror}") from error


def said(error: ChangenoteError) -> str:
    """An error of ours as one message of several lines."""
    lines = (error.what, f"expected: {error.expected}", f"retry: {error.retry}", error.hint)
    return "changenote: " + "\n  ".join(line for line in lines if line)


def excused(name: str, error: Exception) -> bytes:
    """What is shown in the place of a file that could not be made; said on the terminal, too."""
    if isinstance(error, ChangenoteError):
        text = said(error)
        log.error("%s: %s", name, text)
    else:  # of a theme or another plugin: where it comes from is all there is to know
        text = f"{type(error).__name__}: {error}"
        log.error("%s: %s", name, text, exc_info=error)
    return excuse(name, text)


def warn(made: Edition) -> None:
    """Every file that is not shown as a note. `mkdocs build --strict` makes errors of these."""
    book = made.book
    unread = [finding for broken in book.broken for finding in broken.findings]
    for finding in (*unread, *book.strays):
        place = f"{finding.file}:{finding.line}:{finding.column}"
        log.warning("%s: found %s, expected %s", place, finding.found, finding.expected)
    for doubt in book.doubts:
        log.warning("%s", doubt)
    for remark in book.remarks:
        log.info("%s", remark)
    for line in warnings(book, made.places):
        log.warning("%s", line)
