"""What runs where, as far as the notes say: the newest change of each service and environment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from changenote.site.edition import Edition
from changenote.site.row import Row


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What the notes say of one service in one environment; either is empty where none is named.

    `live` is the newest change that is in effect, None when none is. `undone` are the changes
    after it, which were rolled back or replaced. `together` went out in one deployment with the
    newest of them all, `with_live` with the one in effect, and are so too. Newest first.
    """

    service: str
    environment: str
    live: Row | None
    undone: tuple[Row, ...]
    together: tuple[Row, ...]
    with_live: tuple[Row, ...]

    @property
    def newest(self) -> Row:
        """The last change, whether it is in effect or not."""
        return self.undone[0] if self.undone or not self.live else self.live

    @property
    def standing(self) -> tuple[Row, ...]:
        """The last change, and the one in effect if it is another one."""
        live = (self.live,) if self.live else ()
        return (*self.undone[:1], *live)


def deployed(edition: Edition) -> tuple[Deployed, ...]:
    """Every service and environment, newest change first; drafts do not count."""
    return tuple(_deployed(*place, rows) for place, rows in edition.sequences.items())


def main_environment(edition: Edition) -> str:
    """The environment that matters most: the team's own, or where most notes shipped to."""
    own = edition.book.config.environment
    is_used = any(environment == own for _, environment in edition.newest)
    return own if is_used else edition.usual_environment


def by_service(edition: Edition) -> Iterator[Deployed]:
    """One place for each service, newest change first: in the main environment if it is there."""
    main = main_environment(edition)
    chosen: dict[str, Deployed] = {}
    for place in edition.once(deployed):
        if place.service not in chosen or (
            place.environment == main and chosen[place.service].environment != main
        ):
            chosen[place.service] = place
    order = {row.path: number for number, row in enumerate(edition.rows)}
    return iter(sorted(chosen.values(), key=lambda place: order[place.newest.path]))


def _deployed(service: str, environment: str, rows: Sequence[Row]) -> Deployed:
    in_effect = [row for row in rows if row.note.status == "shipped"]
    live = in_effect[0] if in_effect else None
    return Deployed(
        service=service,
        environment=environment,
        live=live,
        undone=tuple(rows[: rows.index(live)] if live else rows),
        together=tuple(_of_one_deployment(rows)),
        with_live=tuple(_of_one_deployment(in_effect)),
    )


def _of_one_deployment(rows: Sequence[Row]) -> Iterator[Row]:
    """The others that name the same deployment as the first, or its version where none is named."""
    name = _deployment(rows[0]) if rows else None
    return (row for row in rows[1:] if name and _deployment(row) == name)


def _deployment(row: Row) -> tuple[str, str] | None:
    """What names it: an address, or a number or version of its repository."""
    shipped = row.note.shipped
    name = (shipped and (shipped.deployment or shipped.version)) or ""
    return ("" if "://" in name else row.source.name, name) if name else None
