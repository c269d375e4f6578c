"""The texts of tests/data/security, as they were written down."""

import base64
import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data/security"

Case = dict[str, Any]


def cases(file: str, start: str = "") -> list[Case]:
    """Every case of a file, or those whose name starts with something."""
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["id"].startswith(start)]


def given(case: Case) -> bytes:
    """What a case puts in, as bytes."""
    if "input_b64" in case:
        return base64.b64decode(case["input_b64"])
    # Large inputs of our own test data are written as expressions.
    names = {"__builtins__": {"range": range, "str": str, "chr": chr}}
    made = eval(case["gen"], names) if "gen" in case else case["input"]  # noqa: S307 - our own data
    return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")
