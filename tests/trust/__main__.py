"""`python -m tests.trust`: every case of every promise; the table, here and on the site.

With names, only these promises are tried, and the page is left alone.
"""

import re
import sys
from pathlib import Path

from tests.trust.promise import Promise
from tests.trust.promises import PROMISES
from tests.trust.table import Line, as_markdown, as_text

PAGE = Path(__file__).parents[2] / "site/reference/trust.md"
_TABLE = re.compile(r"(?<=<!-- measured by make trust -->\n).*?(?=<!-- end -->)", re.S)
_MOST_NAMED = 5


def main(names: list[str]) -> int:
    """Try the promises; 1 when one is broken, or its control was not found out."""
    chosen = [one for one in PROMISES if not names or one.name in names]
    lines = [_line(one) for one in chosen]
    sys.stdout.write(as_text(lines))
    if not names:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(_TABLE.sub(lambda _: f"\n{as_markdown(lines)}\n", page), encoding="utf-8")
    return 0 if lines and all(line.is_right for line in lines) else 1


def _line(promise: Promise) -> Line:
    sys.stderr.write(f"{promise.name} …\n")
    line = Line(promise=promise, kept=promise.kept(None), broken=promise.broken(None))
    for said in line.kept.failures[:_MOST_NAMED]:
        sys.stderr.write(f"  {said}\n")
    return line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
