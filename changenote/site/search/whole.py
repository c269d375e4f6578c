"""The index of a whole site: notes, files that cannot be read, and a team's own pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from changenote.site.edition import Edition
from changenote.site.search.bundle import FOLDER, bundle
from changenote.site.search.records import broken_records, note_records, page_records


def index_files(edition: Edition, docs: Sequence[Mapping[str, Any]] = ()) -> dict[str, bytes]:
    """The files of the index by their paths in the site.

    `docs` are the sections of the team's own pages, as `material.documents` has them. Raises
    `SiteFailed` when Pagefind is missing or fails.
    """
    others = (*broken_records(edition), *page_records(docs))
    files = bundle(note_records(edition), others)
    return {edition.places.asset(FOLDER + name): content for name, content in files.items()}
