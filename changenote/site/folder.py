"""The pages as plain Markdown files in a folder, for any builder.

A page's HTML stays HTML: it is one raw block of CommonMark, laid out so that no Markdown
extension, macro or template engine of the builder finds anything of its own in it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from changenote.errors import CannotWrite
from changenote.site.addresses import SCRIPT, STYLES, is_page, relative
from changenote.site.book import Asset, Book, Page
from changenote.site.edition import Edition
from changenote.site.pages import plans_of, printed
from changenote.site.plan import Plan, alone, key_of
from changenote.site.press.kept import is_there
from changenote.site.press.manifest import (
    NO_SHAPE,
    Entry,
    Manifest,
    entry_of,
    line_of,
    manifest_path,
    read_manifest,
    write_manifest,
)
from changenote.site.search.whole import other_files, word_plans

MANIFEST = ".changenote-pages.json"
"""Names what was written the last time, so that only that is ever replaced or removed."""

_PIECE = re.compile(r"(<[^>]*>)")
_BETWEEN_TAGS = re.compile(r"\s*\n\s*")
_NOT_PLAIN = re.compile(r"[^\w .,;()/+%=-]+")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What happened: paths in the folder, with forward slashes.

    `files` are all of ours; `made` of them were made anew, the others are as an earlier run wrote
    them. `kept` are files of your own that stand where a page would be; they stay as they are.
    """

    files: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    made: int


def write_pages(book: Book, folder: Path, cache: Path | None = None) -> Written:
    """Write every page and file of a book into a folder, as `write_edition` does it."""
    return write_edition(printed(book), folder, cache)


def write_edition(edition: Edition, folder: Path, cache: Path | None = None) -> Written:
    """Write every page and file of an edition into a folder; safe to run again.

    What is in it is remembered in the folder `cache`, if there is one: only what would be another
    one is made. A page or file that is not in the edition any more is removed if an earlier run
    wrote it. Raises `CannotWrite` when the disk refuses; a further run puts everything right.
    """
    before = _written_before(folder)
    plans = {_name(plan.path): plan for plan in _plans(edition, cache)}
    kept = tuple(name for name in plans if name not in before and (folder / name).exists())
    for name in kept:
        del plans[name]
    removed = tuple(sorted(before - plans.keys() - set(kept)))
    run = _Run(edition=edition, folder=folder, before=_known(folder, cache))
    try:
        # The list comes first: whatever happens later, a further run knows what is ours.
        _write(folder / MANIFEST, _manifest({*plans, *removed}))
        for name in removed:
            _remove(folder, folder / name)
        run.takes(plans)
        _write(folder / MANIFEST, _manifest(set(plans)))
    except OSError as error:
        raise _cannot(error, folder) from error
    if cache:
        write_manifest(manifest_path(cache, folder), Manifest(lines=run.lines))
    return Written(files=tuple(sorted(plans)), removed=removed, kept=kept, made=run.made)


@dataclass(kw_only=True)
class _Run:
    """One way through all plans; `before` says what earlier runs made the files of."""

    edition: Edition
    folder: Path
    before: Mapping[str, str]
    lines: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def takes(self, plans: Mapping[str, Plan]) -> None:
        """Make and write what is not there yet, one after the other."""
        for name, plan in plans.items():
            key, line = key_of(self.edition, plan), self.before.get(name)
            if not (key and line and entry_of(line).key == key):
                line = None
            if line is None or not is_there(self.folder / name, line):
                line = self._makes(name, plan, key)
            self.lines[name] = line

    def _makes(self, name: str, plan: Plan, key: str | None) -> str:
        path = self.folder / name
        _write(path, _content(self.edition.book, plan.make()))
        self.made += 1
        state = path.stat()
        return line_of(Entry(key or "", NO_SHAPE, state.st_size, state.st_mtime_ns))


def _plans(edition: Edition, cache: Path | None) -> Iterator[Plan]:
    yield from plans_of(edition)
    if edition.book.has_index:  # a builder's own pages are not in it
        yield from word_plans(edition, cache)
        for path, content in other_files(edition).items():
            depends = partial(alone, content)
            yield Plan(path, partial(Asset, path=path, content=content), depends)


def _known(folder: Path, cache: Path | None) -> Mapping[str, str]:
    """What is known of the files in a folder, by their names."""
    return read_manifest(manifest_path(cache, folder)).lines if cache else {}


def _name(path: str) -> str:
    """The file of a page or file, by its path."""
    return f"{path}index.md" if is_page(path) else path


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


def _content(book: Book, made: Page | Asset) -> bytes:
    if isinstance(made, Asset):
        return made.content
    loaded = [relative(made.path, f"{book.root}/{name}") for name in (STYLES, SCRIPT)]
    return as_markdown(made, *loaded).encode("utf-8", "surrogatepass")


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
