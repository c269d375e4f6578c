"""`python -m tests.documentation`: reference and outputs of examples, as they are now.

Writes the pages that change and names them. What changed is to be read before it is committed:
an output may have become worse.
"""

import sys

from tests.documentation import pages
from tests.documentation.examples import run_in
from tests.documentation.reference import fresh
from tests.documentation.scenes import SCENES


def main() -> None:
    """Bring every page up to date."""
    for name in pages.names():
        old = pages.text(name)
        new = fresh(old)
        if name in SCENES:
            new = run_in(SCENES[name], new)
        if new != old:
            (pages.ROOT / name).write_text(new, encoding="utf-8")
            sys.stdout.write(f"{name}\n")


main()
