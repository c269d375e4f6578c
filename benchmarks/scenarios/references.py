"""What every Python command pays, and what every one that is made with click pays."""

from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.runner import Command

PASS, CLICK = "python -c pass", "python -c 'import click'"


def references(bench: Bench, folder: Path) -> list[Command]:
    """Both, to be measured beside others."""
    python = bench.ours / "python"
    return [
        Command(name=name, command=(python, "-c", code), shown=name, folder=folder)
        for name, code in ((PASS, "pass"), (CLICK, "import click"))
    ]
