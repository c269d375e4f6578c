"""The bench that scenarios are set up on: folders made once in a run, and commands in them."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import peers, places
from benchmarks.runner import Command

SMALL, LARGE = 1_000, 10_000


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Everything lies below `folder`; `closing` ends what a scenario has started."""

    folder: Path
    small: int = SMALL
    large: int = LARGE
    ours: Path = Path(sys.executable).parent
    closing: ExitStack = field(default_factory=ExitStack)

    @property
    def environment(self) -> Mapping[str, str]:
        """That of every measured command."""
        return places.environment(self.folder / "home")

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """A folder that is made when it is first asked for."""
        folder = self.folder / name
        if not folder.exists():
            print(f"making {name}", file=sys.stderr)
            folder.parent.mkdir(parents=True, exist_ok=True)
            make(folder)
        return folder

    def notes(self, total: int, name: str) -> Path:
        """A repository with so many change notes, for one purpose."""
        first = self.made(f"notes-{total}", partial(places.change_notes, total=total))
        return self.made(f"{name}-{total}", partial(places.copied, first))

    def pages(self, total: int, name: str) -> Path:
        """The same as hand-written pages, for one site builder."""
        return self.made(f"{name}-{total}", partial(places.pages, total=total))

    def run(self, folder: Path, *words: str | Path) -> None:
        """Something that comes before what is measured."""
        subprocess.run(words, cwd=folder, env=self.environment, capture_output=True, check=True)

    def changenote(
        self, name: str, line: str, folder: Path, prepare: Callable[[], None] = lambda: None
    ) -> Command:
        """A command line of ours, without quotes."""
        return line_of(name, self.ours, line, folder, prepare)

    def peer(
        self,
        peer: str,
        line: str,
        folder: Path,
        *,
        name: str = "",
        prepare: Callable[[], None] = lambda: None,
    ) -> Command:
        """A command line of another tool, without quotes."""
        return line_of(name or line, peers.installed(peer), line, folder, prepare)


def line_of(
    name: str, tools: Path, line: str, folder: Path, prepare: Callable[[], None] = lambda: None
) -> Command:
    """A command line without quotes, of a tool in a folder of tools."""
    first, *rest = line.split()
    return Command(
        name=name, command=(tools / first, *rest), shown=line, folder=folder, prepare=prepare
    )


def removed(*folders: Path) -> Callable[[], None]:
    """A function that removes folders with all that is in them."""

    def remove() -> None:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    return remove
