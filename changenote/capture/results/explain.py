"""PostgreSQL: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT …`, and the same as text.

How many blocks a query touches is the same on every run of one plan, and so it speaks for the
work. Its time is a matter of caches: one query with one plan took 134.6, 31.2 and 28.6 ms while
its blocks stayed 8,461.
"""

import hashlib
import re
from collections.abc import Iterator

from changenote.capture.results.document import Document, Field, parsed
from changenote.capture.results.numbers import number_in
from changenote.capture.results.series import Plan, Series
from changenote.errors import BadResult
from changenote.patterns import pattern
from changenote.records import record

NAME = "postgres-explain"
_SAMPLE = "query execution"
_AS = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)"
_HINT = f"run {_AS} followed by the query, and save what it prints"
_HEADER = pattern(r"\s*QUERY PLAN[ \t]*\n[ \t]*-{3,}[ \t]*\n")
_FOOTER = pattern(r"\n\(\d+ rows?\)\s*\Z")
_FIRST = pattern(r"[A-Z][\w -]*(?: (?:on|using) .*)?  \((?:cost|actual)[ =]", re.MULTILINE)
_YAML = pattern(r"- Plan: *\n\s+Node Type:")
_XML = pattern(r"\s*<explain xmlns=")
_BUFFERS = pattern(r"\s*Buffers: (.*)")
_PART = pattern(r"(shared|local|temp)((?: (?:hit|read|dirtied|written)=\d+)+)")
_COUNT = pattern(r"(hit|read|dirtied|written)=(\d+)")
_EXECUTION = pattern(r"\s*(?:Execution Time|Total runtime): (\S+) ms")
_NODE = pattern(r"( *)(?:->  )?(\S.*?)  \((?:cost|actual|never)")
_INDEX = pattern(r"\b(?:Index(?: Only)? Scan(?: Backward)? using|Bitmap Index Scan on) (\S+)")
_SHAPE = (
    "Node Type",
    "Strategy",
    "Partial Mode",
    "Parent Relationship",
    "Parallel Aware",
    "Join Type",
    "Scan Direction",
    "Operation",
    "Command",
    "Relation Name",
    "Index Name",
    "CTE Name",
    "Function Name",
    "Subplan Name",
)


@record
class _Execution:
    """What one execution said of itself; None for what was not measured."""

    plan: Plan
    hit: float | None = None
    read: float | None = None
    other: float = 0  # temporary files and local tables
    milliseconds: float | None = None


def recognises(document: Document) -> bool:
    """Is it a plan of PostgreSQL, in whatever format?"""
    root = document.root
    first = root.get(0) or root
    plan = first.get("Plan")
    if plan and plan.has("Node Type"):
        return True
    text = document.text.lstrip()[:2000]
    return bool(
        not document.json
        and (_YAML.match(text) or _XML.match(text) or _HEADER.match(text) or _FIRST.match(text))
    )


def series(document: Document) -> list[Series]:
    """Blocks touched (the same on every run) and execution time."""
    if not document.json:
        return _of_text(document)
    root = document.root
    plans = list(root.items()) if isinstance(root.value, list) else [root]
    found = [_series(_executed(plan), plan.where()) for plan in plans]
    if len(found) == 1:
        return found[0]
    from dataclasses import replace  # a rule made several queries of one

    return [
        replace(s, name=f"query {number} {s.name}")
        for number, of in enumerate(found, 1)
        for s in of
    ]


def _executed(of: Field) -> _Execution:
    root = of["Plan"]
    nodes = list(_nodes(root))
    names = [n.text() for node in nodes if (n := node.get("Index Name"))]
    plan = Plan(fingerprint=_fingerprint(repr([_shape(root)])), indexes=tuple(dict.fromkeys(names)))
    time = of.get("Execution Time", "Total Runtime")
    hit, read = root.get("Shared Hit Blocks"), root.get("Shared Read Blocks")
    return _Execution(
        plan=plan,
        hit=hit.number("blocks") if hit else None,
        read=read.number("blocks") if read else None,
        other=sum(
            field.number("blocks")
            for key in ("Local Hit", "Local Read", "Temp Read", "Temp Written")
            if (field := root.get(f"{key} Blocks"))
        ),
        milliseconds=time.number("ms") if time else None,
    )


def _nodes(node: Field) -> Iterator[Field]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        below = node.get("Plans")
        waiting.extend(reversed(list(below.items())) if below else ())


def _shape(root: Field) -> list[tuple[int, dict[str, str]]]:
    """What is the same on every run of a plan, and with or without VERBOSE: no costs, no rows."""
    found = []
    waiting = [(0, root)]
    while waiting:
        depth, node = waiting.pop()
        kept = {key: str(field.value) for key in _SHAPE if (field := node.get(key))}
        found.append((depth, kept))
        below = node.get("Plans")
        waiting.extend((depth + 1, n) for n in (reversed(list(below.items())) if below else ()))
    return found


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _series(execution: _Execution, where: str) -> list[Series]:
    found = []
    cautions = []
    if execution.hit is not None and execution.read is not None:
        blocks = execution.hit + execution.read + execution.other
        found.append(_one("blocks touched", blocks, "blocks", execution, ()))
    else:
        cautions.append("without BUFFERS nobody can tell how much of the time a cache saved")
    if execution.milliseconds is not None:
        time = execution.milliseconds
        found.append(_one("execution time", time, "ms", execution, tuple(cautions)))
    if not found:
        raise BadResult(
            f"{where} was planned but not executed: there is neither a time nor a block count",
            expected=f"the output of {_AS}",
            hint=_HINT,
        )
    return found


def _one(
    name: str, value: float, unit: str, execution: _Execution, cautions: tuple[str, ...]
) -> Series:
    blocks = unit == "blocks"
    return Series(
        name=name,
        unit=unit,
        better="lower",
        values=(value,),
        tool=NAME,
        sample=_SAMPLE,
        deterministic=blocks,
        rank=0 if blocks else 1,
        conditions={} if blocks else _cache(execution),
        cautions=cautions,
        plan=execution.plan,
    )


def _cache(execution: _Execution) -> dict[str, str]:
    """Warm when nothing had to be read; cold when nothing was there already.

    In between nobody can tell: what PostgreSQL "reads" often comes out of the system's cache.
    """
    hit, read = execution.hit, execution.read
    if hit is None or read is None or hit + read == 0:
        return {}
    if read == 0:
        return {"cache": "warm"}
    if hit == 0:
        return {"cache": "cold"}
    return {"cache": f"mixed ({hit:,.0f} of {hit + read:,.0f} blocks cached)"}


def unframed(text: str) -> str:
    """What psql printed, without its heading, its count of rows and its `+` at line ends."""
    match = _HEADER.match(text)
    if not match:
        return text
    body = _FOOTER.sub("", text[match.end() :].rstrip())
    return "\n".join(
        line.removesuffix("+").rstrip().removeprefix(" ") for line in body.splitlines()
    )


def _of_text(document: Document) -> list[Series]:
    text = unframed(document.text)
    if _YAML.match(text) or _XML.match(text):
        kind = "YAML" if _YAML.match(text) else "XML"
        raise BadResult(
            f"{document.file} is a plan in {kind}",
            expected="a plan in JSON or as text",
            hint=_HINT,
        )
    if text.lstrip().startswith(("[", "{")):
        inner = Document(file=document.file, text=text, json=parsed(text, document.file))
        if not recognises(inner):
            inner.root.refuse("no plan", f"the output of {_AS}", _HINT)
        return series(inner)
    return _series(_executed_text(text, document.file), document.file)


def _executed_text(text: str, file: str) -> _Execution:
    lines = text.splitlines()
    planning = next((i for i, line in enumerate(lines) if line.startswith("Planning")), len(lines))
    buffers = next((m[1] for line in lines[:planning] if (m := _BUFFERS.match(line))), None)
    times = [m[1] for line in lines if (m := _EXECUTION.match(line))]
    nodes = [(len(m[1]), m[2]) for line in lines if (m := _NODE.match(line))]
    counts = _counts(buffers or "")
    measured = buffers is not None
    return _Execution(
        plan=Plan(
            fingerprint="text:" + _fingerprint(repr(nodes)),
            indexes=tuple(dict.fromkeys(_INDEX.findall("\n".join(name for _, name in nodes)))),
        ),
        hit=counts.get("shared hit", 0) if measured else None,
        read=counts.get("shared read", 0) if measured else None,
        other=sum(
            counts.get(k, 0) for k in ("local hit", "local read", "temp read", "temp written")
        ),
        milliseconds=number_in(times[0], f"{file}: Execution Time", "ms") if times else None,
    )


def _counts(buffers: str) -> dict[str, float]:
    return {
        f"{kind} {what}": number_in(number, f"Buffers: {kind} {what}", "blocks")
        for kind, rest in _PART.findall(buffers)
        for what, number in _COUNT.findall(rest)
    }
