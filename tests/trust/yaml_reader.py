"""`python -m tests.trust.yaml_reader ours|plain < names`: reads attacks, one answer a line."""

import gc
import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import yaml

from changenote.model.reading import read_note
from changenote.store import codec
from tests.house import NOTE
from tests.trust.cases import Case
from tests.trust.yaml_texts import SECONDS, inputs

Answer = tuple[int, bool]
"""How many places were refused, and whether a value is the text that was typed."""


def _ours(case: Case, raw: bytes) -> Answer:
    if case["expect"] != "string-or-error":
        document = codec.load(raw)
        of_note = [] if case["expect"] == "ok" else read_note(document.data)[1]
        return len(document.problems) + len(of_note), True
    typed = raw.decode("utf-8", "replace").partition(":")[2].strip()
    text = NOTE.replace("title: Cache cart totals per session", f"title: {typed}")
    document = codec.load(text.replace("ID", "20251120-g00d00").encode())
    note, problems = read_note(document.data)
    return len(document.problems) + len(problems), note is not None and note.title == typed


def _plain(_case: Case, raw: bytes) -> Answer:
    try:
        data = yaml.safe_load(raw)
    except yaml.YAMLError:
        return 1, True
    return 0, isinstance(data, dict) and all(isinstance(v, str) for v in data.values())


def _stop(*_: object) -> None:
    raise TimeoutError("it takes too long")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _answer(read: Callable[[Case, bytes], Answer], case: Case, raw: bytes) -> dict[str, Any]:
    gc.collect()
    signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
    before, start = _peak(), time.process_time()
    try:
        places, is_text = read(case, raw)
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {str(error)[:80]}"}
    seconds = time.process_time() - start
    return {"places": places, "is_text": is_text, "seconds": seconds, "bytes": _peak() - before}


def main(reader: str) -> None:
    """Answer for each case that is named on stdin."""
    signal.signal(signal.SIGPROF, _stop)
    read = {"ours": _ours, "plain": _plain}[reader]
    for case, raw in inputs(sys.stdin.read().split()):
        sys.stdout.write(json.dumps(_answer(read, case, raw)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
