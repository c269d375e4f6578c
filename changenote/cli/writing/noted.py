"""Which changes have a note already: by pull request, by commit, and by range."""

from collections.abc import Mapping, Sequence
from typing import Any

from changenote.capture.merged import Merged, noted_on
from changenote.forge.links import Repository
from changenote.git import Commit
from changenote.model.identity import id_in_file_name
from changenote.patterns import pattern
from changenote.records import record
from changenote.store import codec, notes
from changenote.store.library import Library
from changenote.store.project import Project
from changenote.store.tables import Kind

Data = dict[str, Any]

_PULL_REQUEST = pattern(
    r"(?i)https?://(?P<page>[^?#]+/(?:pull|pulls|merge_requests|pull-requests|pullrequest)/\d+)(?:[/?#]|$)"
)


@record
class Source:
    """What the file of one note says about where its change came from."""

    note: str
    pages: tuple[str, ...]
    base: str | None
    head: str | None


def sources(project: Project) -> list[Source]:
    """Of every note, also of one with mistakes in it; a file is parsed once and then remembered."""
    library = Library(project.cache, notes.listed(project)[0])
    kind = Kind(name="sources")
    found = library.known(kind)
    for file in [file for file in library.digests if file not in found]:
        if (raw := library.read(file)) is not None:
            found[file] = _plain(raw)
            library.put(kind, file, found[file])
    library.save()
    return [_source(file, found[file]) for file in library.digests if file in found]


def _plain(raw: bytes) -> Data:
    data = codec.load(raw).data
    source = data.get("source") if isinstance(data, Mapping) else None
    if not isinstance(source, Mapping):
        return {}
    addresses = source.get("pull_requests")
    listed = addresses if isinstance(addresses, list) else []
    ends = {key: str(source[key]) for key in ("base", "head") if source.get(key)}
    return {"pages": [page for url in listed if (page := page_of(str(url)))], **ends}


def _source(file: str, data: Data) -> Source:
    name = file.rpartition("/")[2]
    return Source(
        note=id_in_file_name(name) or name,
        pages=tuple(data.get("pages", ())),
        base=data.get("base"),
        head=data.get("head"),
    )


def page_of(url: str) -> str | None:
    """The page of a pull request that an address leads to, however it is written."""
    match = _PULL_REQUEST.match(url.strip())
    return match["page"].lower() if match else None


class Noted:
    """The notes that are there, by what they are about."""

    def __init__(
        self, found: Sequence[Source], line: Sequence[Commit], forge: Repository | None
    ) -> None:
        self._forge = forge
        self._ids = {source.note for source in found}
        self._pages = {page: source.note for source in found for page in source.pages}
        self._heads = {source.head: source.note for source in found if source.head}
        self._on_line = {
            sha: source.note
            for source in found
            if source.head
            for sha in noted_on(line, source.base, source.head)
        }

    def about(self, change: Merged) -> str | None:
        """The id of a note about a change; None when it has none.

        A note is about it that has its pull request, ends with one of its commits, has it in its
        range, or is named by a trailer `Change-Note:` in it.
        """
        if change.wanted in self._ids:
            return change.wanted
        if self._forge and change.number is not None:
            page = page_of(self._forge.pull_request(change.number))
            if page in self._pages:
                return self._pages[page]
        by_commit = (self._heads.get(commit.sha) for commit in change.every)
        return next((note for note in by_commit if note), self._on_line.get(change.came_with))
