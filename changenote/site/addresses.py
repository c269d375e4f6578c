"""Where every page lies, and how one page links to another."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from changenote.model.history import History, Key
from changenote.model.identity import slug
from changenote.site.book import Book

STYLES = "assets/changenote.css"
SCRIPT = "assets/changenote.js"
SCHEMA = "schema.json"
NOTE_SCHEMA = "note.schema.json"
INDEX, INDEX_SCHEMA = "index.json", "index.schema.json"
ATOM, JSON_FEED = "feed.xml", "feed.json"
LLMS = "llms.txt"

AT_THE_TOP = (ATOM, JSON_FEED, LLMS)
"""Files of ours at the top of the site, where other builders may write them as well."""

ROLLBACK = "rollback/"
"""The page to bookmark lies at the top of the site, whatever folder the other pages are in."""

SHORT = "c/"
"""Short addresses lie at the top of the site, too: they are typed and read aloud."""

_RESERVED = (
    "kinds", "services", "owners", "tags", "stack", "files", "timeline", "releases", "weeks",
    "metrics", "statistics", "review", "search", "rules", "assets", "badges", "repositories",
)  # fmt: skip
_PLAIN_FOLDER = re.compile(r"(?=.*[_.])[a-z0-9]+(?:[._-][a-z0-9]+)*(?<!\.html)(?<!\.md)")
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_.~/-]*")
_LONGEST_NAME = 50
_LONGEST_FOLDERS = 160  # systems have limits: 260 for a whole path on Windows
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?![^.])")
"""Windows has no file of such a name."""

_LIKE_A_HASH = re.compile(r"(?:.*-)?[0-9a-f]{8}")


Name = tuple[str, str]
"""A note among those of many repositories: the name of its own, and its id."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The path of every page from the top of the site; all end in `/`.

    Files that share an id have a page each: `ids` has that of the first one, `names` that of the
    first one of each repository.
    """

    root: str
    files: Mapping[str, str]
    ids: Mapping[str, str]
    names: Mapping[Name, str] = field(default_factory=dict)
    first: Mapping[str, Name] = field(default_factory=dict)

    def meant(self, note_id: str, source: str) -> Name:
        """What a note of a repository means by an id: one of its own, or the first there is."""
        name = (source, note_id)
        return name if name in self.names else self.first.get(note_id, name)

    def inside(self, *parts: str) -> str:
        """A page below the root: `inside("kinds", "fix")`."""
        return "/".join((self.root, *parts)) + "/"

    def named(self, index: str, name: str) -> str:
        """The page of one service, owner, kind or tag."""
        return self.inside(index, folder_name(name))

    def short(self, note_id: str) -> str:
        """The short address of a note: `c/k3f9xq/` at the top of the site, which leads to it."""
        return f"{SHORT}{note_id.rpartition('-')[2]}/"

    def folder(self, path: str) -> str:
        """The page of a folder of the repository: `changes/files/app/jobs/` for `app/jobs`."""
        return f"{self.root}/files/{_folders(path)}"

    def asset(self, name: str) -> str:
        """The path of a file that is not a page."""
        return f"{self.root}/{name}"


def addresses(book: Book) -> Addresses:
    """The address of every page of a book. No two files share one, whatever they are called."""
    names: dict[Name, str] = {}
    files: dict[str, str] = {}
    taken = set(_RESERVED)
    known = [(entry.file, entry.note.id, entry.source) for entry in book.entries]
    unread = [(broken.file, broken.id or "", broken.source) for broken in book.broken]
    for file, note_id, source in (*known, *unread):
        free = note_id and note_id not in taken
        name = note_id if free else _own_name(file, taken)
        taken.add(name)
        files[file] = f"{book.root}/{name}/"
        if note_id:
            names.setdefault((source, note_id), files[file])
    first: dict[str, Name] = {}
    for of in names:
        first.setdefault(of[1], of)
    ids = {note_id: names[of] for note_id, of in first.items()}
    return Addresses(root=book.root, files=files, ids=ids, names=names, first=first)


def metric_paths(places: Addresses, histories: Iterable[History]) -> dict[Key, str]:
    """The page of every metric. Of one name in two units, the older metric has the plain address.

    So a page keeps its address when a note measures the same thing in another unit.
    """
    found: dict[Key, str] = {}
    taken: set[str] = set()
    for history in sorted(histories, key=lambda h: (h.points[0].at, h.points[0].note, h.key)):
        service, name, unit = history.key
        path = places.inside("metrics", folder_name(service), folder_name(name))
        if path in taken:
            path = places.inside("metrics", folder_name(service), folder_name(f"{name}\0{unit}"))
        taken.add(path)
        found[history.key] = path
    return found


def _own_name(file: str, taken: Iterable[str]) -> str:
    """A page's name from its file's; with a hash of the whole path if that name is taken."""
    stem = posixpath.basename(file).rpartition(".")[0] or posixpath.basename(file)
    name = folder_name(stem)
    return name if name not in taken else f"{name}-{_hash(file)}"


@lru_cache(maxsize=4096)
def folder_name(name: str) -> str:
    """A name as one folder of an address: readable, inside its parent, and never shared.

    A name that loses something on the way (case, signs, length) gets a hash of itself, and so
    does one that looks as if it had one already, and one that some system cannot have. One
    without a letter is a hash alone, and so is no name at all.
    """
    words = slug(name)
    is_plain = words and words == name and not _LIKE_A_HASH.fullmatch(words)
    if is_plain and not _DEVICES.fullmatch(words):
        return words
    return f"{words}-{_hash(name)}" if words else _hash(name)


@lru_cache(maxsize=4096)
def _folders(path: str) -> str:
    """The folders that stand for a path, with a `/` after each."""
    names = [dotted_folder(name) for name in path.split("/")] if path else []
    if len("/".join(names)) > _LONGEST_FOLDERS:
        names = [_hash(path)]
    return "".join(f"{name}/" for name in names)


@lru_cache(maxsize=4096)
def dotted_folder(name: str) -> str:
    """As `folder_name`, and `v2.14.0` or `snake_case` stays as it is: a hash has no such sign.

    Not for folders that hold files of ours besides pages.
    """
    is_plain = _PLAIN_FOLDER.fullmatch(name) and len(name) <= _LONGEST_NAME
    return name if is_plain and not _DEVICES.match(name) else folder_name(name)


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def may_be_ours(path: str, root: str) -> bool:
    """Could a page or file of ours lie at a path? Everything else is somebody else's."""
    return path in ("", *AT_THE_TOP) or path.startswith((f"{root}/", SHORT, ROLLBACK))


def is_page(path: str) -> bool:
    """Is a page at this path, in a folder of its own, and not a file of another kind?"""
    return not path or path.endswith("/")


def relative(here: str, there: str, *, index: str = "") -> str:
    """The link from the page at `here` to a page or file; `index` is added to links to pages."""
    if there.startswith(here):
        target = _quoted(there[len(here) :] or "./")
    else:
        target = _from_inside(here[: here.rfind("/", 0, -1) + 1], there)
    return target + index if target.endswith("/") else target


@lru_cache(maxsize=4096)  # the pages of one folder have many links in common
def _from_inside(folder: str, there: str) -> str:
    """The link from any page in a folder that does not lead further into that page's own."""
    shared, up = folder, 1
    while not there.startswith(shared):
        shared = shared[: shared.rfind("/", 0, -1) + 1]
        up += 1
    return _quoted("../" * up + there[len(shared) :])


def _quoted(target: str) -> str:
    return target if _NEEDS_NO_QUOTES.fullmatch(target) else quote(target)
