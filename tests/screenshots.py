"""`python -m tests.screenshots`: a picture of every kind of page, to be looked at one by one.

The pages are those of the sample notes and of 300 made-up ones, at desk and phone width, by day
and by night, each from top to bottom, in screenshots/.
"""

import base64
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.generate import write_notes
from tests.books import one_of_each_kind, sample_project
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.sites import MATERIAL, mkdocs

ROOT = Path(__file__).parents[1]
OUT = ROOT / "screenshots"
NOTES = 300
TALLEST = 6000

_GIT = ("git", "-c", "user.name=Dana Dev", "-c", "user.email=dana@example.com")


def project(folder: Path) -> Path:
    """Sample notes and made-up ones in one repository."""
    sample_project(folder)
    write_notes(NOTES, folder)
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "Notes")):
        subprocess.run([*_GIT, *command], cwd=folder, check=True)
    return folder


def picture(reader: Reader, path: str, size: tuple[int, int], scheme: str, out: Path) -> None:
    """A page from top to bottom."""
    reader.sits_at(size, scheme)
    reader.opens(path)
    height = reader.asks("return document.documentElement.scrollHeight")
    reader.sits_at((size[0], min(max(height, size[1]), TALLEST)), scheme)
    taken = reader.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    out.write_bytes(base64.b64decode(taken["data"]))


def main() -> None:
    """Take all pictures anew."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    with TemporaryDirectory() as folder:
        built = mkdocs(project(Path(folder)), MATERIAL, index=False)
        if built.code:
            sys.exit(built.said)
        kinds = one_of_each_kind(built.folder)
        with served(built.folder) as address, chromium() as driver:
            reader = Reader(driver, address)
            sizes = {"desk": DESK, "phone": PHONE}
            for (kind, path), size, scheme in product(kinds.items(), sizes, ("light", "dark")):
                name = f"{kind.removeprefix('cn-')}-{size}-{scheme}.png"
                picture(reader, path, sizes[size], scheme, OUT / name)
    print(f"{len(kinds) * 4} pictures in {OUT.relative_to(ROOT)}/")


if __name__ == "__main__":
    main()
