"""The sheets of an edition's pages: what a theme may show around each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from changenote.site.book import Page
from changenote.site.edition import Edition
from changenote.site.press.sheets import Neighbour, Sheet
from changenote.site.row import Row


@dataclass(frozen=True, kw_only=True)
class Around:
    """What lies around pages: the notes in order, the titles of feeds, and pages that are not ours.

    Feeds are named by the folder that they are in.
    """

    rows: tuple[Row, ...]
    places: Mapping[str, int]
    feeds: Mapping[str, str]
    theirs: Collection[str]

    def sheet(self, page: Page) -> Sheet:
        """A page with what is around it."""
        place = self.places.get(page.path)
        older = None if place is None else self._neighbour(place + 1)
        newer = None if place is None else self._neighbour(place - 1)
        return Sheet(page=page, older=older, newer=newer, feed=self.feeds.get(page.path, ""))

    def words(self, path: str) -> tuple[str, ...]:
        """What is around the page at a path, for its key."""
        place = self.places.get(path)
        near = [] if place is None else [self._neighbour(place + 1), self._neighbour(place - 1)]
        texts = (text for other in near for text in ((other.path, other.title) if other else ("",)))
        return (self.feeds.get(path, ""), *texts)

    def _neighbour(self, place: int) -> Neighbour | None:
        if not 0 <= place < len(self.rows) or self.rows[place].path in self.theirs:
            return None
        return Neighbour(self.rows[place].path, self.rows[place].note.title)


def around(edition: Edition, feeds: Mapping[str, str], theirs: Collection[str]) -> Around:
    """What lies around the pages of an edition; `theirs` are paths where others have a page."""
    places = {row.path: place for place, row in enumerate(edition.rows)}
    return Around(rows=edition.rows, places=places, feeds=feeds, theirs=theirs)
