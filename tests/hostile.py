"""Notes that mean harm, by every hand that can write one, and names that no file system likes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEXTS = {
    "html": "</title></script></style></textarea>--><img src=x onerror=window.hurt=1>zebra",
    "attribute": "\" onmouseover='window.hurt=2' autofocus onfocus=\"window.hurt=3\" x='",
    "links": "[a](javascript:window.hurt=4) javascript:window.hurt=5 data:text/html,<script>x",
    "picture": "![p](https://evil.example/p.png) <https://evil.example/> [a]: https://evil.example",
    "templates": "{{ 7*7 }}{% raw %}{# #}${7*7} {{ config.items() }} </svg>]]><![CDATA[ &lt;b>",
    "styles": "red;}</style><style>body{display:none}</style> url(https://evil.example/s.png)",
    "twice": "&lt;img src=x onerror=window.hurt=6&gt; &amp;lt;script&amp;gt; &#60;b&#62; %3Cb%3E",
    "markdown": "# big *loud* `code` | a | b | ~~no~~ --- <!-- no --> \\",
    "direction": "\u202etxt.exe\u202c \u2066x\u2069 \u200b\u200d \ufeff e\u0301\u0301 \U0001f469\u200d\U0001f680 \u2028 \u3164",
}
"""Short enough for a title, each for another place where text can come to life."""

LONG = "W" * 5_000
NAMES = (
    "../../x", "..", ".", "con", "NUL.txt", "Shop", "shop", "SHOP", "\u3164", "\u200b", "\u00a0",
    "\U0001f4a9", "a/b", "a\\b", "index", "index.html", "feed.xml", "__proto__", "constructor",
    "toString", "hasOwnProperty", "-", "--all", "%2e%2e", "?x=1#y", "undefined", "0",
)  # fmt: skip
PATHS = (
    "a\\b\\..\\c", "-rf", "con/aux.txt", "a b/%2e%2e/ü.py", "__proto__/constructor", "x/" * 200 + "y",
    "n" * 4096, "<img src=x onerror=window.hurt=7>/b.py", "c:/windows", "~/x", "index.html/index.md",
    "A/b.py", "a/b.py", "assets/changenote.js", "\u202egpj.exe", "{{ 7*7 }}.html", "'\"`$(id)`",
)  # fmt: skip
DAYS = (
    ("00010101", "0001-01-01T00:00:00Z"),
    ("00010102", "0001-01-01T00:00:00+14:00"),
    ("99991231", "9999-12-31T23:59:59Z"),
    ("99991230", "9999-12-31T23:59:59-12:00"),
    ("99999999", "1970-01-01T00:00:00Z"),
    ("00000000", "1969-12-31T23:59:59Z"),
)
NUMBERS = (1e308, -1e308, 1.7976931348623157e308, 5e-324, -5e-324, 0.0, -0.0, 1e-300, 3, -7)


def write_hostile(project: Path) -> None:
    """Put all of them into a project's notes folder."""
    for number, (note_id, note) in enumerate(_notes()):
        path = project / f"changes/{note_id[:4]}/{note_id}-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(note, ensure_ascii=False), "utf-8")


def _notes() -> Iterator[tuple[str, dict[str, Any]]]:
    for number, text in enumerate((*TEXTS.values(), LONG)):
        yield _named(f"20261122-h{number:05}", full(text))
    yield _named("20261122-h00099", full("Plain words") | {"reason": "W" * 100_000})
    for number, name in enumerate(NAMES):
        note = full("Plain words") | {"service": name, "owner": name, "tags": [name]}
        note["shipped"] = {**note["shipped"], "environment": name, "version": name}
        note["stack"] = [name]
        note["metrics"][0]["name"] = name
        yield _named(f"20261123-n{number:05}", note)
    for number, (day, moment) in enumerate(DAYS):
        note = _produced(number)
        note["shipped"]["at"] = note["shipped"]["restored_at"] = moment
        note["rollback"]["rehearsed"]["at"] = note["commands"][0]["at"] = moment
        note["source"]["first_commit_at"] = moment
        yield _named(f"{day}-d{number:05}", note)
    for number, value in enumerate(NUMBERS):
        yield _named(f"20261124-v{number:05}", _with_numbers(number, value))
    yield _named("20261125-many00", _many())
    yield _named("20261125-many00", _many() | {"title": "The same id again"})
    yield _named("20261125-tags00", full("Plain words") | {"tags": [f"t{n}" for n in range(5000)]})
    yield "20261125-many00", {"title": "and broken"}


def _named(note_id: str, note: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return note_id, {"schema": 1, "id": note_id} | note


def full(text: str) -> dict[str, Any]:
    """A note that has the text in every field that takes one."""
    short, word, at = text[:100], text[:200], "2026-11-22T14:05:00Z"
    return {
        "title": short,
        "kind": "fix",
        "status": "shipped",
        "owner": text,
        "authors": [f"{text} <dev@example.com>"],
        "service": text,
        "shipped": {
            "at": at,
            "environment": text,
            "version": text,
            "deployment": text,
            "outcome": "failed",
            "restored_at": "2026-11-22T15:05:00Z",
            "incident": text,
        },
        "reason": text,
        "expected": text,
        "rollback": {
            "strategy": "flag",
            "when": text,
            "decider": text,
            "steps": [{"run": text[:4000], "expect": text, "takes": "15s"}] * 2,
            "verify": text,
            "fallback": text,
            "time_limit": "15m",
            "data": {"reversible": False, "loses": text},
            "point_of_no_return": text,
            "rehearsed": {"at": at, "environment": text, "by": text, "took": "21s"},
        },
        "baseline": dict.fromkeys(("where", "input", "symptom", "evidence"), text),
        "assumptions": [text],
        "variables": [text, "another"],
        "source": {"first_commit_at": at, "pull_requests": [text], "issues": [text]},
        "files": [{"path": word.replace("..", ""), "change": "renamed", "from": "b/" + word[:150]}],
        "files_omitted": {word: 3},
        "commands": [
            {"run": text[:20_000], "purpose": "deploy", "exit": 1, "at": at, "output": text}
        ],
        "no_command": text,
        "metrics": [
            {
                "name": word,
                "unit": text[:300],
                "better": "lower",
                "target": 9,
                "before": [8.1, 9.2, 8.8, 9.9, 8.4, 9.1],
                "after": [4.1, 5.2, 4.8, 5.9, 4.4, 5.1],
                "sample": text,
                "conditions": {word: text},
                "source": {"tool": text, "files": [text], "sha256": text},
            }
        ],
        "no_metric": text,
        "monitoring": {word: text, "up": text},
        "cache_rules": [
            {"name": text, "key": text, "bypass": [text], "cached": [text], "not_cached": [text]}
        ],
        "checklist": {word: {word: f"fail {text}"}},
        "images": [
            {"file": word.replace("/", "").replace("\\", ""), "caption": text, "source": text}
        ],
        "tags": [text],
        "stack": [text],
        "tools": [text],
        "difficulty": text,
        "related": [f"20261122-h{number:05}" for number in range(3)],
        "supersedes": ["20261122-h00004"],
        "flags": ["needs_human_review", text],
        "revision": {"version": 1, "status": "reviewed", "by": text},
        "x": {word: {word: [text]}},
    }


def _produced(number: int) -> dict[str, Any]:
    """What statistics count: a note of one of the hostile services, shipped to production."""
    note = full("Plain words")
    note["service"] = list(TEXTS.values())[number % len(TEXTS)]
    note["shipped"]["environment"] = "production"
    return note


def _with_numbers(number: int, value: float) -> dict[str, Any]:
    note = _produced(number)
    note["metrics"][0] |= {
        "target": value, "before": [value, 1.0, value, 2.0], "after": [value], "n_before": -1,
    }  # fmt: skip
    note["metrics"].append({"name": "other", "unit": "ms", "before": value, "after": -value})
    whole = int(max(-1e15, min(1e15, value)))
    for field in ("added", "removed"):
        note["files"][0][field] = whole
    note["commands"][0] |= {"exit": whole, "takes": "99999999999999999999d"}
    note["revision"]["version"] = whole
    return note


def _many() -> dict[str, Any]:
    note = full("Plain words")
    note["tags"] = [f"tag {number}" for number in range(20)]
    note["files"] = [{"path": path} for path in PATHS]
    note["files"] += [{"path": f"d{n % 5}/f{n}.py"} for n in range(500 - len(PATHS))]
    one = note["metrics"][0]
    note["metrics"] = [{**one, "name": f"metric {n}", "primary": True} for n in range(100)]
    return note
