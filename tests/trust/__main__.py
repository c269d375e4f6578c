"""`python -m tests.trust [--some] [NAME …]`: promises put to the test; the table, here and on the site.

Every promise unless some are named, and every case unless `--some` asks for as few as the tests of
every change try. What came out is kept in results.json, from which the page is made.
"""

import sys
from pathlib import Path

from tests.trust import results
from tests.trust.promise import Promise
from tests.trust.promises import PROMISES
from tests.trust.results import Line, as_text, on_page

PAGE = Path(__file__).parents[2] / "site/reference/trust.md"
_MOST_NAMED = 5


def main(words: list[str]) -> int:
    """Try the promises; 1 when one is broken, or its control was not found out."""
    names = [word for word in words if word != "--some"]
    known = {promise.name: promise for promise in PROMISES}
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"no such promise: {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    lines = []
    for name in names or known:
        lines.append(_line(known[name], is_whole="--some" not in words))
        results.keep(lines[-1])  # each at once: a run of all takes long
        PAGE.write_text(on_page(PAGE.read_text(encoding="utf-8"), PROMISES), encoding="utf-8")
    sys.stdout.write(as_text(lines))
    return 0 if all(line.is_right for line in lines) else 1


def _line(promise: Promise, *, is_whole: bool) -> Line:
    sys.stderr.write(f"{promise.name} …\n")
    kept = promise.kept(None if is_whole else promise.some)
    broken = promise.broken(None if is_whole else promise.few)
    for said in kept.failures[:_MOST_NAMED]:
        sys.stderr.write(f"  {said}\n")
    return Line.of(promise, kept, broken, is_whole=is_whole)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
