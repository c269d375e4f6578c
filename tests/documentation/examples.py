"""Console examples in Markdown pages: found, run in a scratch repository, compared.

A block marked `console` holds commands, each after `$ `, and what they print. These may be other
ones in a run than on the page, and nothing else:

- ids of notes and of recorded commands, as long as one id on the page is one note in the run, in
  commands too;
- the folder of the repository, commit ids, times, and ages such as `3 days ago`;
- how long a command took, where that is less than ten seconds: an example in which it matters says
  `15s` or more.

What prints something else in a terminal is run in one; what stands on the line of a question,
behind its colon, is then typed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.documentation.terminal import converse
from tests.workshop import IDENTITY, Workshop

_BLOCK = re.compile(r"^```console\n(?P<text>.*?)^```$", re.M | re.S)
_COMMAND = re.compile(r"^\$ (?P<line>(?:\\\n|.)*)\n", re.M)
_HERE = re.compile(r"<<\s*'?(?P<end>\w+)'?")
_ID = re.compile(r"\b\d{8}-[0-9a-hjkmnp-tv-z]{6}\b|^[0-9a-hjkmnp-tv-z]{8}(?=  \d{4}-)", re.M)
_DIFFERENT = (
    (re.compile(r"\b[0-9a-f]{40}\b"), "COMMIT"),
    (re.compile(r"(?<=\d{8}-[0-9a-hjkmnp-tv-z]{6}  )\d{4}-\d\d-\d\d\b"), "DAY"),
    (re.compile(r"(?<= onto )[0-9a-f]{7}\b"), "COMMIT"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b"), "TIME"),
    (re.compile(r" *\b\d(?:\.\d+)?s\b *"), " TOOK "),
    (re.compile(r"\bjust now\b|\b\d+ (?:minute|hour|day)s? ago\b"), "AGE"),
)
_IN_TERMINAL = re.compile(r"changenote (?:run|measure|baseline) ")
_HOME = "/home/dana/shop"
"""Where the pages say that the repository is."""

_CONVERSATION = ("Enter saves the note", "N: no]")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One command, what the page shows that it prints, and where that stands in the page."""

    command: str
    shown: str
    start: int
    end: int


def examples(page: str) -> Iterator[Example]:
    """Every example of a page, in order."""
    for block in _BLOCK.finditer(page):
        at, end = block.span("text")
        assert page.startswith("$ ", at), f"no command in: {block['text']}"
        while at < end:
            command, start = _command(page, at)
            after = page.find("\n$ ", start - 1, end)
            at = end if after < 0 else after + 1
            yield Example(command=command, shown=page[start:at], start=start, end=at)


def _command(page: str, at: int) -> tuple[str, int]:
    """The command at a place, with lines that it goes on in, and where its output starts."""
    found = _COMMAND.match(page, at)
    assert found, page[at : at + 80]
    here = _HERE.search(found["line"])
    if here is None:
        return found["line"], found.end()
    end = page.index(f"\n{here['end']}\n", found.end()) + len(here["end"]) + 2
    return page[at + 2 : end], end


def run_in(scene: Callable[[Path], Workshop], page: str) -> str:
    """The page as `run_again` makes it, in a repository of its own.

    The folder's name is always as long: lines are wrapped with it in them.
    """
    with TemporaryDirectory() as folder:
        return run_again(page, scene(Path(folder)))


def run_again(page: str, shop: Workshop) -> str:
    """The page with what its commands print in this repository.

    Not a character differs where the commands print what the page shows.
    """
    names = _Names()
    pieces, at = [], 0
    for example in examples(page):
        pieces += [page[at : example.start], _said(example, shop, names)]
        at = example.end
    return "".join((*pieces, page[at:]))


def _said(example: Example, shop: Workshop, names: "_Names") -> str:
    command = names.in_run(example.command)
    is_conversation = any(words in example.shown for words in _CONVERSATION)
    if is_conversation or _IN_TERMINAL.match(command):
        printed = converse(command, example.shown, shop.folder, _environment())
    else:
        printed = _printed(command, shop.folder)
    printed = _trimmed(printed).replace(str(shop.folder), _HOME)
    names.meet(example.shown, printed)
    printed = names.on_page(printed)
    return example.shown if _alike(printed) == _alike(example.shown) else printed


def _printed(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


def _environment() -> dict[str, str]:
    """A terminal of 80 columns without colours, where `changenote` is the one under test."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **IDENTITY, "PATH": path, "NO_COLOR": "1", "COLUMNS": "80"}


def _trimmed(text: str) -> str:
    """Without spaces at the ends of lines, which nobody can see on a page."""
    return re.sub(r" +$", "", text, flags=re.M)


def _alike(text: str) -> str:
    for pattern, name in _DIFFERENT:
        text = pattern.sub(name, text)
    return text


@dataclass
class _Names:
    """Which note of the run each id on the page stands for."""

    real: dict[str, str] = field(default_factory=dict)

    def meet(self, shown: str, printed: str) -> None:
        """Ids that both sides show for the first time are the same notes, in the same order."""
        on_page = [i for i in dict.fromkeys(_ID.findall(shown)) if i not in self.real]
        in_run = [i for i in dict.fromkeys(_ID.findall(printed)) if i not in self.real.values()]
        self.real.update(zip(on_page, in_run, strict=False))

    def in_run(self, command: str) -> str:
        """A command of the page, about the notes of the run."""
        return _renamed(command, self.real)

    def on_page(self, printed: str) -> str:
        """What was printed, about the notes of the page."""
        return _renamed(printed, {real: page for page, real in self.real.items()})


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """Ids replaced: whole, with the folder of their year, and notes' by their last six letters."""
    for old, new in names.items():
        text = text.replace(f"changes/{old[:4]}/{old}", f"changes/{new[:4]}/{new}")
        text = re.sub(rf"\b{old}\b", new, text)
        if old[9:]:
            text = re.sub(rf"(?<!\w)(?<!\d-){old[9:]}\b", new[9:], text)
    return text
