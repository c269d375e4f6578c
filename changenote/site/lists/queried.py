"""A list of the notes that a query finds, for a team's own pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from changenote.errors import BadQuery
from changenote.model.problems import did_you_mean
from changenote.model.query import Query, parse
from changenote.model.ranking import rank
from changenote.site.blocks import Block
from changenote.site.edition import Edition
from changenote.site.row import Row

_USUAL = 20
_MOST = 500
_WIDTH = 96  # of a line in a build's log, in characters


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A block as HTML; `problem` is empty, or says what could not be understood, and a remedy.

    What is wrong is on its first line, what would be right on further ones.
    """

    html: str
    problem: str = ""


def listed(edition: Edition, block: Block, *, path: str, today: date) -> Listed:
    """The notes that a block asks for, as rows with links from the page in the folder `path`.

    A block that cannot be understood is shown as well, with what is wrong and what would be right.
    """
    try:
        limit, sort = _options(block.options)
        query = parse(block.query, today=today, keys=edition.keys)
    except BadQuery as error:
        return Listed(
            html=_rendered(edition, path, block, error=error),
            problem=_told(error),
        )
    rows = _SORTS[sort](edition, query)
    more = max(len(rows) - limit, 0)
    return Listed(html=_rendered(edition, path, block, rows=rows[:limit], more=more))


def _told(error: BadQuery) -> str:
    right = wrap(f"expected: {error.expected}", _WIDTH, subsequent_indent=" " * len("expected: "))
    return "\n  ".join(line for line in (error.what, *right, error.hint) if line)


def _rendered(edition: Edition, path: str, block: Block, **values: object) -> str:
    usual: dict[str, object] = {"rows": (), "more": 0, "error": None}
    return edition.rendered("site/block.html.j2", path, query=block.query, **(usual | values))


def _options(words: tuple[str, ...]) -> tuple[int, str]:
    """`limit=10 sort=date`, in any order."""
    given: dict[str, str] = {"limit": str(_USUAL), "sort": "date"}
    for word in words:
        name, sign, value = word.partition("=")
        if name not in given or not sign:
            raise _bad(f"unknown option {word[:60]}", "limit=NUMBER or sort=date, sort=rank", name)
        given[name] = value.strip("\"'")
    limit, sort = given["limit"], given["sort"]
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= _MOST):
        raise _bad(f"limit cannot be {limit[:60]}", f"a number from 1 to {_MOST}")
    if sort not in _SORTS:
        raise _bad(f"sort cannot be {sort[:60]}", " or ".join(_SORTS))
    return int(limit), sort


def _bad(what: str, expected: str, name: str = "") -> BadQuery:
    hint = did_you_mean(name, ("limit", "sort")) if name else ""
    return BadQuery(what, expected=expected, retry="safe", hint=hint)


def _by_date(edition: Edition, query: Query) -> list[Row]:
    pairs = zip(edition.rows, edition.facts, strict=True)
    return [row for row, facts in pairs if query.matches(facts)]


def _by_rank(edition: Edition, query: Query) -> list[Row]:
    rows = {id(facts): row for row, facts in zip(edition.rows, edition.facts, strict=True)}
    return [rows[id(facts)] for _score, facts in rank(query, edition.facts)]


_SORTS: dict[str, Callable[[Edition, Query], list[Row]]] = {"date": _by_date, "rank": _by_rank}
