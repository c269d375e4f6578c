"""Which pages stand in a site's navigation: few, because every page holds all of it.

Notes, months and names are a click away from these.
"""

from dataclasses import dataclass

from changenote.site.addresses import ROLLBACK


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Pages below one heading, in order; without a title they stand by themselves."""

    title: str
    paths: tuple[str, ...]


def outline(root: str) -> tuple[Chapter, ...]:
    """The pages of the navigation after the overview; some of them may not exist."""
    return (
        Chapter(
            title="",
            paths=(
                ROLLBACK,
                *(f"{root}/{name}/" for name in ("search", "timeline", "repositories", "services")),
            ),
        ),
        _chapter(root, "Browse", "weeks releases files kinds tags stack owners"),
        _chapter(root, "Numbers", "metrics statistics"),
        _chapter(root, "Upkeep", "review rules"),
    )


def _chapter(root: str, title: str, names: str) -> Chapter:
    return Chapter(title=title, paths=tuple(f"{root}/{name}/" for name in names.split()))
