"""Whether the way back still works on the code as it is, in words with its commit apart."""

from dataclasses import dataclass

from changenote.site.book import InGit


@dataclass(frozen=True, kw_only=True)
class Applied:
    """`says` stands before the short commit `onto`, whose whole id is `commit`, if there is one.

    `is_bad`: the commands will not do what they are there for.
    """

    says: str
    onto: str
    commit: str
    is_bad: bool


def applied(known: InGit | None) -> Applied | None:
    """What git tells of a plan to revert; None when there is none, or git was not asked."""
    if known is None or known.applies is None:
        return None
    applies = known.applies
    onto = (applies.onto or "")[:7]
    says, found, _ = applies.in_words.rpartition(onto) if onto else (applies.in_words, "", "")
    return Applied(
        says=(says if found else applies.in_words).strip(),
        onto=found,
        commit=(applies.onto or "") if found else "",
        is_bad=applies.state in ("conflicts", "refused", "undone"),
    )
