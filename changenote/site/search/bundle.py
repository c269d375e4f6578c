"""Records → the files of an index of all their words, in parts that stay as they are.

A part holds some hundred notes, the oldest first. Its folder is named by a digest of what is in it:
as long as none of its notes changes, it is neither made nor loaded again. The files of a part hold
the words that begin with certain two letters, so that a browser loads one file of each part for a
word. `texts.js` reads them:

    file  = lines, compressed with zlib
    line  = word TAB pages TAB places, in the order of the words
    pages = for each page that has the word, how far it is behind the one before (`cutting.mark`)
    places = for each of these pages where in it the word is (see `cutting.places`), with spaces
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from changenote.model.unseen import visible
from changenote.site.digests import digest_of
from changenote.site.json_text import compact
from changenote.site.search.cutting import mark, places
from changenote.site.search.records import Record, Source

FOLDER = "search/words/"
"""Where the files of the index lie, below the folder of the pages."""

PARTS = "parts.json"
"""Names the parts: `notes` has them oldest first, `others` those of all other pages. Each has its
`folder`, how many pages it is of (`count`), and how many `files` of words it has."""

PAGES = "pages.z"
"""In the folder of a part: the addresses of its notes, or all that is shown of its other pages."""

# Fewer parts are fewer requests for a word, smaller ones less work after a change.
_LEAST, _MOST = 400, 1200
_NOTES_A_FILE, _MOST_FILES = 16, 128


@dataclass(frozen=True)
class Part:
    """Some pages of an index; `name` changes with what is in it."""

    name: str
    sources: Sequence[Source]
    is_of_notes: bool

    @property
    def count(self) -> int:
        """How many files of words there are."""
        return min(_MOST_FILES, 1 << (len(self.sources) // _NOTES_A_FILE).bit_length())

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its files in its folder."""
        return (*(f"{number}.z" for number in range(self.count)), PAGES)

    def make(self) -> dict[str, bytes]:
        """Its files by their names; the same sources give the same bytes."""
        records = [source.make() for source in self.sources]
        lines: list[list[str]] = [[] for _ in range(self.count)]
        for word, line in _lines(records):
            lines[_file_of(word, self.count)].append(line)
        texts = ["\n".join(each) for each in lines]
        pages = [record.url for record in records] if self.is_of_notes else _shown(records)
        return dict(zip(self.files, map(_packed, (*texts, compact(pages))), strict=True))


def parts_of(
    notes: Sequence[Source], others: Sequence[Source] = (), *, salt: str = ""
) -> tuple[Part, ...]:
    """The parts of an index, those of notes first.

    A note is known by its place among the ids, and among those with the same id by its place in
    `notes`; other pages by their order. `salt` stands for all else that a part hangs on.
    """
    in_order = sorted(notes, key=lambda source: source.name)
    return tuple(
        Part(digest_of((salt, is_of_notes, [one.digest for one in part])), part, is_of_notes)
        for sources, is_of_notes in ((in_order, True), (others, False))
        for part in _divided(sources)
    )


def listed(parts: Iterable[Part]) -> bytes:
    """The file that names the parts."""
    names: dict[str, list[Any]] = {"notes": [], "others": []}
    for part in parts:
        said = {"folder": f"{part.name}/", "count": len(part.sources), "files": part.count}
        names["notes" if part.is_of_notes else "others"].append(said)
    return f"{json.dumps(names, indent=0)}\n".encode()


def _divided(sources: Sequence[Source]) -> Iterator[Sequence[Source]]:
    """In parts that end where the names say so: one more source changes the part it is in, and
    hardly ever another. The last one is what is left."""
    numbers = [zlib.crc32(source.name.encode("utf-8", "replace")) for source in sources]
    start = 0
    while len(sources) - start > _MOST:
        end = min(range(start + _LEAST, start + _MOST), key=numbers.__getitem__)
        yield sources[start:end]
        start = end
    if start < len(sources):
        yield sources[start:]


def _lines(records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    pages: dict[str, list[int]] = defaultdict(list)
    found: dict[str, list[str]] = defaultdict(list)
    for number, record in enumerate(records):
        for word, where in places(record.title, record.tags, record.texts).items():
            pages[word].append(number)
            found[word].append(where)
    for word in sorted(pages):
        far = "".join(mark(two - one) for one, two in pairwise((0, *pages[word])))
        yield word, f"{word}\t{far}\t{' '.join(found[word])}"


def _file_of(word: str, count: int) -> int:
    """All words with the same first two letters are in one file."""
    return (ord(word[0]) * 31 + (ord(word[1]) if len(word) > 1 else 0)) % count


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "replace"))


def _shown(records: Sequence[Record]) -> list[Any]:
    return [
        {
            "url": each.url,
            "title": visible(each.title),
            "tags": [*map(visible, each.tags)],
            "texts": [*map(visible, each.texts)],
        }
        for each in records
    ]
