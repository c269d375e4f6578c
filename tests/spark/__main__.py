"""Notes of two repositories in one folder: does Spark say of them what DuckDB says?

`python -m tests.spark PYTHON`, with the Python that has PySpark.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests import two_services
from tests.documentation import pages
from tests.exported import table
from tests.workshop import Workshop

_BUCKET = "s3a://acme-changes"
_QUERY = re.compile(r'^spark\.sql\("""\n(.*?)"""\)', re.M | re.S)
_SCRIPT = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)

# What stands behind the script of the guide, and tells us what Spark has found.
_TOLD = """
import json

def told(frame):
    return [row.asDict(recursive=True) for row in frame.collect()]

answer = {{"asked": told(spark.sql({query!r})), "every": told(every.orderBy("key"))}}
with open({path!r}, "w") as file:
    json.dump(answer, file, default=str)
spark.stop()
"""

Rows = list[dict[str, Any]]


def main(python: str) -> int:
    """Run it and compare; the exit code."""
    page = pages.text("site/how-to/analyse.md")
    (script,), (query,) = _SCRIPT.findall(page), _QUERY.findall(page)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bucket = _bucket(folder)
        theirs = _in_spark(python, script.replace(_BUCKET, str(bucket)), query, folder)
        files = bucket / "*.parquet"
        ours = {"asked": table(files, query), "every": table(files, "FROM notes ORDER BY key")}
    return _told(_as_json(ours), theirs)


def _bucket(folder: Path) -> Path:
    """The notes of two repositories, each exported by itself."""
    bucket = folder / "bucket"
    bucket.mkdir()
    for service in ("cart", "search"):
        shop = Workshop(folder / service).start()
        shop.write("changes/config.yaml", f"repository: https://github.com/acme/{service}\n")
        for note_id, of, text in two_services.each():
            if of == service:
                shop.note(text, note_id)
        to = str(bucket / f"{service}.parquet")
        done = shop.run("export", "--format", "parquet", "--to", to)
        assert done.code == 0, done.err
    return bucket


def _in_spark(python: str, script: str, query: str, folder: Path) -> dict[str, Rows]:
    """What Spark says; its own words go to stderr."""
    path = folder / "told.json"
    program = script + _TOLD.format(query=query, path=str(path))
    there = {"SPARK_LOCAL_IP": "127.0.0.1", "TZ": "UTC", "PYSPARK_PYTHON": python}
    subprocess.run(
        [python, "-c", program], env={**os.environ, **there}, stdout=sys.stderr, check=True
    )
    answer: dict[str, Rows] = json.loads(path.read_text())
    return answer


def _as_json(rows: dict[str, Rows]) -> dict[str, Rows]:
    """The same as it is after a way through JSON, on which Spark's rows came."""
    same: dict[str, Rows] = json.loads(json.dumps(rows, default=str))
    return same


def _told(ours: dict[str, Rows], theirs: dict[str, Rows]) -> int:
    differ = [name for name in ours if ours[name] != theirs[name]]
    for name in differ:
        sys.stdout.write(f"{name}\n  DuckDB: {ours[name]}\n  Spark:  {theirs[name]}\n")
    if not differ:
        rows, columns = len(ours["every"]), len(ours["every"][0])
        sys.stdout.write(
            f"Spark says what DuckDB says: {rows} rows of {columns} columns,"
            f" and {len(ours['asked'])} rows for the query of the guide.\n"
        )
    return bool(differ)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
