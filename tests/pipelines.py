"""The files for pipelines that come with the project, and what runs in them.

`python -m tests.pipelines` writes the reusable workflows anew, from the templates of `init --ci`.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from changenote.cli.setup.init_ci import pipeline
from tests.on_forge import QUIET
from tests.workshop import IDENTITY, Done

_EXPRESSION = re.compile(r"\$\{\{ ([^{}]+) \}\}")
ROOT = Path(__file__).parents[1]
REUSABLE = {
    ".github/workflows/changenote-check.yml": "ci/github-check.yml.j2",
    ".github/workflows/changenote-tell.yml": "ci/github-tell.yml.j2",
}


def reusable() -> dict[str, str]:
    """The reusable workflows as they should be, by name."""
    return {name: pipeline(place, "", reusable=True) for name, place in REUSABLE.items()}


def read(text: str) -> Any:
    """What a file of YAML says, where `on` is a word."""
    return YAML(typ="safe", pure=True).load(text)


@dataclass(frozen=True)
class Pipeline:
    """A job of a workflow, or a composite action, whose steps can be run as GitHub runs them.

    `known` is what its expressions are: a value for each, such as that of `github.token`.
    """

    folder: Path
    environment: dict[str, str]
    steps: list[dict[str, Any]]
    known: dict[str, str] = field(default_factory=dict)

    def run(self, name: str) -> Done:
        """Run the step of that name; what it leaves in GITHUB_OUTPUT is in `outputs`."""
        (step,) = [one for one in self.steps if one.get("name") == name]
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        given = {key: self._valued(value) for key, value in step.get("env", {}).items()}
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env={**os.environ, **QUIET, **IDENTITY, "NO_COLOR": "1", **self.environment, **given},
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(result.returncode, result.stdout, result.stderr)

    def _valued(self, value: str) -> str:
        return _EXPRESSION.sub(lambda found: self.known[found[1]], value)

    @property
    def outputs(self) -> dict[str, str]:
        """What steps have said to those after them."""
        lines = Path(self.environment["GITHUB_OUTPUT"]).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


def runner(folder: Path) -> dict[str, str]:
    """The variables of a runner of GitHub, with changenote where its workflows install it."""
    temporary = folder / "temp"
    program = temporary / "changenote/bin/changenote"
    program.parent.mkdir(parents=True, exist_ok=True)
    for name, words in (("changenote", "-P -m changenote"), ("python", "")):
        place = program.with_name(name)
        place.write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        place.chmod(0o755)
    (temporary / "output").touch()
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(temporary / "output"),
        "RUNNER_TEMP": str(temporary),
    }


if __name__ == "__main__":
    for name, text in reusable().items():
        (ROOT / name).write_text(text, encoding="utf-8")
