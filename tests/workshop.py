"""Real repositories and real command lines for the tests."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests import forked

IDENTITY = {
    "GIT_AUTHOR_NAME": "Dana Dev",
    "GIT_AUTHOR_EMAIL": "dana@example.com",
    "GIT_COMMITTER_NAME": "Dana Dev",
    "GIT_COMMITTER_EMAIL": "dana@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.out)


@dataclass
class Workshop:
    """A git repository in a temporary folder, and changenote in it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    clock: int = 1_790_000_000

    def git(self, *arguments: str | bytes, given: bytes | None = None) -> str:
        """Run git; what it prints."""
        self.clock += 60
        stamp = f"{self.clock} +0000"
        result = subprocess.run(
            ["git", "-c", "maintenance.auto=false", *arguments],
            cwd=self.folder,
            env={**os.environ, **IDENTITY, "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp},
            input=given,
            capture_output=True,
            check=True,
        )
        return os.fsdecode(result.stdout).strip()

    def start(self) -> "Workshop":
        """Make it a repository with a person's name, on branch main."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / ".git").exists():
            self._begin()
        else:
            _begun().put_into(self.folder)
        return self

    def _begin(self) -> None:
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Dana Dev")
        self.git("config", "user.email", "dana@example.com")

    def write(self, name: str | bytes, text: str) -> Path:
        """Write a file of the work tree."""
        path = self.folder / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def commit(self, message: str, files: dict[str, str] | None = None) -> str:
        """Write files, commit everything; the commit's id."""
        for name, text in (files or {}).items():
            self.write(name, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def run(
        self,
        *arguments: str,
        given: str | bytes = "",
        under: Sequence[str] = (),
        **environment: str,
    ) -> Done:
        """Run changenote as its own process, without a terminal; `under` a program that starts it."""
        usual = {**IDENTITY, "NO_COLOR": "1", "COLUMNS": "100"}  # tests side by side have 80
        surroundings = {**os.environ, **usual, **self.environment, **environment}
        data = given if isinstance(given, bytes) else given.encode()
        if under:
            line = [*under, sys.executable, "-m", "changenote", *arguments]
            result = subprocess.run(
                line,
                cwd=self.folder,
                env=surroundings,
                input=data,
                capture_output=True,
                check=False,
            )
        else:
            result = forked.run("changenote", arguments, self.folder, surroundings, data)
        out, err = (s.decode("utf-8", "surrogateescape") for s in (result.stdout, result.stderr))
        assert "Traceback" not in out + err, err
        return Done(result.returncode, out, err)

    def note(self, text: str, note_id: str = "20261122-k3f9xq", words: str = "note") -> Path:
        """Put a note's text into the notes folder."""
        return self.write(f"changes/{note_id[:4]}/{note_id}-{words}.yaml", text)

    def notes(self) -> list[Path]:
        """The notes on disk, oldest first."""
        return sorted(self.folder.glob("changes/*/*.yaml"))


@dataclass(frozen=True)
class Cast:
    """The files of a folder, to be put into others: a git of our own for each takes far longer.

    Modes and links are not among it.
    """

    folders: list[Path]
    files: dict[Path, bytes]

    @classmethod
    def of(cls, folder: Path) -> "Cast":
        """All of a folder."""
        paths = sorted(folder.rglob("*"))
        return cls(
            [path.relative_to(folder) for path in paths if path.is_dir()],
            {path.relative_to(folder): path.read_bytes() for path in paths if path.is_file()},
        )

    def put_into(self, folder: Path) -> None:
        """Fill a folder, which may hold other files already."""
        for path in self.folders:
            (folder / path).mkdir(parents=True, exist_ok=True)
        for path, content in self.files.items():
            (folder / path).write_bytes(content)


@cache
def _begun() -> Cast:
    with TemporaryDirectory(prefix="repository-") as folder:
        Workshop(Path(folder))._begin()
        return Cast.of(Path(folder))


FULL = (Path(__file__).parent / "data/notes/full.yaml").read_text()
"""A note with everything in it."""

COMPLETE = [
    "--title=Cache cart totals per session",
    "--kind=performance",
    "--service=shop-web",
    "--owner=@acme/cart",
    "--reason=p95 of GET /cart was 840 ms because every request summed the basket again.",
    "--expected=GET /cart p95 under 400 ms",
    "--rollback-strategy=flag",
    "--rollback-when=GET /cart p95 over 900 ms for 10 min",
    "--rollback-step=./flags set cart_total_cache off --env production",
    "--rollback-verify=p95 back to 800-900 ms on the cart dashboard",
    "--command=deploy: ./deploy.sh production v2.14.0",
    "--metric=GET /cart p95: 840,812,903,867 ms -> 318,341,310,327 ms",
    "--tag=cart",
]
"""Options that make a complete note about any change."""


def ids(out: str) -> list[str]:
    """The ids of the notes that `changenote list` printed."""
    return [line.split()[0] for line in out.splitlines()]
