"""What every page of a site hangs on besides its notes: the program, its templates, the config."""

import os
import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from changenote import __version__
from changenote.resources import templates_folder
from changenote.site.book import Book
from changenote.site.digests import digest_of, digest_of_bytes

_MAKERS_OF_HTML = ("jinja2", "markupsafe", "markdown-it-py", "nh3")


def fingerprint(book: Book, *, index: str, usual_environment: str) -> str:
    """A digest of everything that may change any page, and is the same for all of them."""
    about_all = (
        book.config,
        book.repository,
        book.root,
        book.home,
        book.site_url,
        book.has_index,
        book.is_of_many,
        index,
        usual_environment,
        tuple(_contents(book.templates)),
    )
    return digest_of((program(), about_all))


@cache
def program() -> str:
    """A digest of the code and the bundled templates: a copy elsewhere counts the same."""
    libraries = {name: _version(name) for name in _MAKERS_OF_HTML}
    parts = (Path(__file__).parent.parent, templates_folder())
    code = [tuple(_contents(part)) for part in parts]
    return digest_of((__version__, platform.python_version(), libraries, code))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _contents(folder: Path | None) -> Iterator[tuple[str, str]]:
    """Every file below a folder in a fixed order, but for what Python compiled."""
    for inside, folders, names in os.walk(folder, followlinks=True) if folder else ():
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for file in (Path(inside, name) for name in sorted(names)):
            yield file.relative_to(folder or "").as_posix(), digest_of_bytes(file.read_bytes())
