"""Notes' files by the month in their names, so that what is known of a month is kept in one piece.

Fifty large values are read several times as fast as ten thousand small ones, and after an edit one
of them is made anew. A value begins with what it is about, so that it is compared, never trusted.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, groupby, pairwise

_OF_DAY = 6  # characters of `20261122-k3f9xq-cart.yaml` that say the month
_DIGEST = 16  # bytes
_LENGTH = 4  # bytes that say how long one is
_BETWEEN = "\0"  # in no file's name

Look = tuple[int, int, int, int]


def by_month(files: Iterable[str]) -> dict[str, list[str]]:
    """Files that follow each other and are of one month, by a name of it; in order."""
    months: dict[str, list[str]] = {}
    every = list(files)
    width = every[0].rfind("/") + 1 + _OF_DAY if every else 0
    for month, found in groupby(every, key=lambda file: file[:width]):
        months[month if month not in months else f"{month} {len(months)}"] = list(found)
    return months


def looks_kept(files: Sequence[str], looks: Iterable[Look], digests: Iterable[bytes]) -> bytes:
    """What is kept of files: their names, how each looked, and its digest then."""
    return _names(files) + _looks(looks) + b"".join(digests)


def digests_kept(
    kept: bytes, files: Sequence[str], looks: Sequence[Look | None]
) -> list[bytes] | None:
    """The digests in `looks_kept`, if it is of exactly these files and all of them look so."""
    if None in looks:
        return None
    head = _names(files) + _looks(look for look in looks if look)
    end = len(head) + _DIGEST * len(files)
    if len(kept) != end or not kept.startswith(head):
        return None
    return [kept[at : at + _DIGEST] for at in range(len(head), end, _DIGEST)]


def about(digests: Mapping[str, bytes], files: Sequence[str]) -> bytes:
    """How everything begins that was worked out of files with these digests."""
    return _names(files) + b"".join([digests[file] for file in files])


def joined(raws: Sequence[bytes]) -> bytes:
    """Some texts in one."""
    return array("I", map(len, raws)).tobytes() + b"".join(raws)


def parted(together: bytes, start: int, count: int) -> list[bytes]:
    """The texts that were joined from a place on. Raises `ValueError` when they are not whole."""
    lengths = array("I", together[start : start + _LENGTH * count])
    ends = accumulate(lengths, initial=start + _LENGTH * count)
    raws = [together[at:end] for at, end in pairwise(ends)]
    if len(raws) != count or sum(lengths) != len(together) - start - _LENGTH * count:
        raise ValueError("a part is missing")
    return raws


def _names(files: Sequence[str]) -> bytes:
    return f"{len(files)}{_BETWEEN}{_BETWEEN.join(files)}{_BETWEEN}".encode(
        "utf-8", "surrogatepass"
    )


def _looks(looks: Iterable[Look]) -> bytes:
    return array("q", chain.from_iterable(looks)).tobytes()
