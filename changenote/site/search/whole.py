"""The index of a whole site: notes, files that cannot be read, and a team's own pages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from changenote.site.edition import Edition
from changenote.site.search.bundle import FOLDER, bundle, make
from changenote.site.search.kept import Kept
from changenote.site.search.records import broken_records, finished, note_sources, page_records


def index_files(
    edition: Edition, docs: Sequence[Mapping[str, Any]] = (), *, cache: Path | None = None
) -> dict[str, bytes]:
    """The files of the index by their paths in the site.

    `docs` are the sections of the team's own pages, as `material.documents` has them. What was made
    before is taken from the folder `cache`, if there is one.
    """
    others = finished((*broken_records(edition), *page_records(docs)))
    kept = Kept(cache / "search") if cache else None
    files = bundle(note_sources(edition), others, salt=edition.fingerprint, keep=kept or make)
    if kept:
        kept.tidy()
    return {edition.places.asset(FOLDER + name): content for name, content in files.items()}
