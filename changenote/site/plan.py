"""A page or file that can be made: where it will lie, what it hangs on, and how it is made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from changenote.site.book import Asset, Page
from changenote.site.digests import digest_of
from changenote.site.edition import Edition


@dataclass(frozen=True, slots=True)
class Plan:
    """One page or file of a site, not made yet.

    `path` is that of what `make` gives. `depends` gives everything that its bytes hang on, besides
    what all pages hang on (templates, config, program): rows stand for the whole text of their
    notes, other values for themselves. It is None where nobody can tell before it is made.
    """

    path: str
    make: Callable[[], Page | Asset]
    depends: Callable[[], Iterable[object]] | None = None


def nothing_else() -> tuple[()]:
    """What a page hangs on that is the same whatever the notes say."""
    return ()


def alone(value: object) -> tuple[object]:
    """What a page hangs on that is made of one value, and of nothing else."""
    return (value,)


def key_of(edition: Edition, plan: Plan) -> str | None:
    """A digest that stays the same as long as the bytes do; None where nobody can tell.

    Two plans with the same key make the same page, whichever edition each of them is of.
    """
    if plan.depends is None:
        return None
    return digest_of((edition.fingerprint, plan.path, *plan.depends()))
