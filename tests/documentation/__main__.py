"""`python -m tests.documentation`: reference and outputs of examples, as they are now.

Writes the pages that change and names them. What changed is to be read before it is committed:
an output may have become worse.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.documentation import pages
from tests.documentation.examples import run_again
from tests.documentation.reference import fresh
from tests.documentation.scenes import SCENES


def main() -> None:
    """Bring every page up to date."""
    for name in pages.names():
        old = pages.text(name)
        new = fresh(old)
        if name in SCENES:
            with TemporaryDirectory() as folder:
                new = run_again(new, SCENES[name](Path(folder)))
        if new != old:
            (pages.ROOT / name).write_text(new, encoding="utf-8")
            sys.stdout.write(f"{name}\n")


main()
