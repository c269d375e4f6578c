"""The pages as plain Markdown files in a folder, for any builder.

A page's HTML stays HTML: it is one raw block of CommonMark, laid out so that no Markdown
extension, macro or template engine of the builder finds anything of its own in it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from changenote.errors import CannotWrite
from changenote.site.addresses import SCRIPT, STYLES, relative
from changenote.site.book import Asset, Book, Page
from changenote.site.pages import pages_of, printed
from changenote.site.search.whole import index_files

MANIFEST = ".changenote-pages.json"
"""Names what was written the last time, so that only that is ever replaced or removed."""

_PIECE = re.compile(r"(<[^>]*>)")
_BETWEEN_TAGS = re.compile(r"\s*\n\s*")
_NOT_PLAIN = re.compile(r"[^\w .,;()/+%=-]+")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What happened: paths in the folder, with forward slashes.

    `kept` are files of your own that stand where a page would be; they stay as they are. `titles`
    has the title of every page by its address.
    """

    files: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    titles: Mapping[str, str]


def write_pages(book: Book, folder: Path) -> Written:
    """Write every page and file of a book into a folder; safe to run again.

    A page or file that is not in the book any more is removed if an earlier run wrote it. Raises
    `CannotWrite` when the disk refuses; a further run puts everything right.
    """
    before = _written_before(folder)
    edition = printed(book)
    made = tuple(pages_of(edition))
    new = dict(_files(book, made))
    if book.has_index:  # a builder's own pages are not in it
        new |= index_files(edition)
    kept = tuple(name for name in new if name not in before and (folder / name).exists())
    files = tuple(sorted(set(new) - set(kept)))
    removed = tuple(sorted(before - set(new)))
    try:
        # The list comes first: whatever happens later, a further run knows what is ours.
        _write(folder / MANIFEST, _manifest({*files, *removed}))
        for name in files:
            _write(folder / name, new[name])
        for name in removed:
            _remove(folder, folder / name)
        _write(folder / MANIFEST, _manifest(set(files)))
    except OSError as error:
        raise _cannot(error, folder) from error
    titles = {page.path: page.title for page in made if isinstance(page, Page)}
    return Written(files=files, removed=removed, kept=kept, titles=titles)


def as_markdown(page: Page, styles: str, script: str) -> str:
    """A page as one Markdown file with front matter; it loads `styles` and `script` itself."""
    load = f'<link rel="stylesheet" href="{styles}">', f'<script defer src="{script}"></script>'
    body = f"<div>\n{load[0]}\n{page.content}\n{load[1]}\n</div>"
    facts = [
        f'title: "{_harmless(page.title)}"',
        f'description: "{_harmless(page.description)}"',
        *(() if page.search else ("search: {exclude: true}",)),
    ]
    return "\n".join(("---", *facts, "---", "", _flat(body), ""))


def _files(book: Book, made: Iterable[Page | Asset]) -> Iterator[tuple[str, bytes]]:
    for one in made:
        if isinstance(one, Asset):
            yield one.path, one.content
        else:
            loaded = [relative(one.path, f"{book.root}/{name}") for name in (STYLES, SCRIPT)]
            text = as_markdown(one, *loaded)
            yield f"{one.path}index.md", text.encode("utf-8", "surrogatepass")


def _harmless(title: str) -> str:
    """A title of letters, digits and a few signs.

    Builders print titles escaped, unescaped or twice unescaped; this one they cannot bring to
    life. The page itself shows the title as it was written.
    """
    return " ".join(_NOT_PLAIN.sub(" ", title).split())


def _flat(html: str) -> str:
    """The same HTML without empty lines, and with every line the start of a tag.

    Line breaks in text become references, because a line of its own could be a fence, a snippet
    or a heading to some extension; `{` because it starts a template expression.
    """
    pieces = [_without_breaks(piece) for piece in _PIECE.split(html.strip())]
    return "".join(pieces)


def _without_breaks(piece: str) -> str:
    if piece.startswith("<"):
        return " ".join(piece.split("\n")).replace("{", "&#123;")
    if not piece.strip():
        return _BETWEEN_TAGS.sub("\n", piece)
    return piece.replace("{", "&#123;").replace("\n", "&#10;")


def _written_before(folder: Path) -> set[str]:
    try:
        names = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return set()
    return (
        {name for name in names if _is_inside(folder, name)} if isinstance(names, list) else set()
    )


def _is_inside(folder: Path, name: object) -> bool:
    """A list that somebody changed may not make us touch anything outside the folder."""
    return isinstance(name, str) and (folder / name).resolve().is_relative_to(folder.resolve())


def _manifest(names: set[str]) -> bytes:
    return (json.dumps(sorted(names), indent=0, ensure_ascii=False) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    """Leaves a file alone that is the same already, so that builders see what changed."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _remove(folder: Path, path: Path) -> None:
    path.unlink(missing_ok=True)
    for parent in path.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()


def _cannot(error: OSError, folder: Path) -> CannotWrite:
    return CannotWrite(
        f"{error.filename or folder} could not be written: {error.strerror}",
        expected="a folder that can be written to",
        retry="safe, a further run puts everything right",
    )
