"""DuckDB in a process of its own.

Where something outlives Python, as threads of pytest-xdist do, the one that has loaded DuckDB says in
many lines at its end what it leaked.
"""

import pickle
import subprocess
import sys
from typing import Any

Row = dict[str, Any]

_ASKED = """
import pickle, sys
import duckdb

*before, query = pickle.load(sys.stdin.buffer)
with duckdb.connect() as engine:
    for statement in before:
        engine.execute(statement)
    answer = engine.execute(query)
    names = [column[0] for column in answer.description or ()]
    pickle.dump([dict(zip(names, row, strict=True)) for row in answer.fetchall()], sys.stdout.buffer)
"""


def asked(*statements: str) -> list[Row]:
    """The rows that answer the last of some statements."""
    given = pickle.dumps(statements)
    done = subprocess.run(
        [sys.executable, "-c", _ASKED], input=given, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    rows: list[Row] = pickle.loads(done.stdout)  # noqa: S301  # our own
    return rows
