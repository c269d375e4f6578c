"""`python -m benchmarks.generate N FOLDER`: N made-up notes in FOLDER/changes.

With `--history` the folder becomes a git repository with a commit for each note.
"""

import argparse
from pathlib import Path

from benchmarks import places
from benchmarks.notes import SEED, notes, path_of
from changenote.store.emitting import dump


def write_notes(total: int, folder: Path, seed: int = SEED) -> list[Path]:
    """Write `total` notes under the notes folder of a project; the paths, oldest first."""
    paths = []
    for data in notes(total, seed):
        path = folder / path_of(data)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump(data), encoding="utf-8")
        paths.append(path)
    return paths


def main() -> None:
    """Write the notes that a command line asks for, and say what was written."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("total", type=int, metavar="N", help="how many notes")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the project to write to")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed gives other notes")
    parser.add_argument(
        "--history", action="store_true", help="a new git repository, one commit a note"
    )
    given = parser.parse_args()
    if given.history:
        places.change_notes(given.folder, given.total, given.seed)
        paths = list(given.folder.glob("changes/*/*.yaml"))
    else:
        paths = write_notes(given.total, given.folder, given.seed)
    size = sum(path.stat().st_size for path in paths)
    mean = size // max(len(paths), 1)
    print(f"{len(paths)} notes in {given.folder / 'changes'}, {mean:,} bytes each on average")


if __name__ == "__main__":
    main()
