"""Repositories side by side, as a knowledge base of several of them has them."""

from dataclasses import dataclass
from pathlib import Path

from changenote.site.book import Book
from changenote.site.loading import read_book
from changenote.store.project import find_project
from tests.workshop import Workshop

NOTE = """\
schema: 1
id: {id}
title: {title}
kind: fix
status: shipped
owner: "@acme/cart"
{service}shipped: {{at: 2026-11-22T14:05:00Z, environment: production, version: {version}}}
reason: Sums were taken twice.
files:
  - {{path: app/totals.py, change: modified}}
metrics:
  - name: p95
    unit: ms
    better: lower
    primary: true
    before: [{before}, {before}, {before}, {before}, {before}]
    after: [318, 319, 320, 321, 322]
{more}"""

ID = "20261122-k3f9xq"


def note(
    note_id: str = ID,
    title: str = "Sum once",
    *,
    service: str = "",
    version: str = "v1.2.0",
    before: int = 840,
    more: str = "",
) -> str:
    """A shipped note as YAML; without a service unless one is given."""
    named = f"service: {service}\n" if service else ""
    return NOTE.format(
        id=note_id, title=title, service=named, version=version, before=before, more=more
    )


@dataclass(frozen=True)
class Shelf:
    """A folder of checkouts; `book` reads the one called `knowledge` with all it lists."""

    folder: Path

    def repository(self, name: str, *notes: str, config: str | None = None) -> Workshop:
        """A repository with notes, committed; its config says where it is on its forge."""
        shop = Workshop(self.folder / name, clock=1_795_500_000).start()  # 24 November 2026
        said = f"repository: https://github.com/acme/{name}\n" if config is None else config
        if said:
            shop.write("changes/config.yaml", said)
        for text in notes:
            shop.note(text, text.split("id: ")[1].split("\n")[0])
        shop.commit("Write down what shipped")
        return shop

    def opened(self, name: str) -> Workshop:
        """A folder of the shelf, as it is."""
        return Workshop(self.folder / name)

    def knowledge(self, sources: str, *notes: str) -> Workshop:
        """The repository whose site has the notes of all."""
        return self.repository("knowledge", *notes, config=f"sources: {sources}\n")

    def book(self, *more: str) -> Book:
        """The notes of all."""
        return read_book(find_project(self.folder / "knowledge"), more=more)
