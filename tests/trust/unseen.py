"""Text that reads otherwise than it is: reported by `check`, and seen wherever a note is read."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch

from changenote.characters import escape
from changenote.model.identity import id_in_file_name
from changenote.site.book import Asset
from changenote.site.pages import Shelf, printed
from changenote.site.search.facts import facts_plans
from tests.books import book
from tests.site_files import for_programs
from tests.trust.cases import cases
from tests.trust.inside import carried_out
from tests.trust.promise import Outcome, Promise, spread
from tests.workshop import Workshop

_HIDING = (
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x200B, 0x3164, 0xFEFF, 0x034F, 0x115F, 0x1160,
    0x2800, 0xFFA0, 0x180E, 0xFFF9, 0xFFFB, 0x1D173, 0xE0001, 0xE0041, 0xE0100, 0xE01EF,
)  # fmt: skip
"""Characters that a text never needs: each hides, blanks out, or turns what is beside it."""

_IN_COMMANDS = (0x00A0, 0x00AD, 0x061C, 0x2003, 0x200E, 0x200F, 0x202F, 0x205F, 0x3000)
"""Characters that a text may need and no command."""

_HARMLESS = (
    "اضافه می\u200cشود: مهلت پرداخت", "התשלום נמשך 30 שניות (HTTP 504)", "שלום\u200f (v2.14)", "👩\u200d💻 deploys, 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f wins",
    "क्\u200dष and र\u200dय", "葛\U000e0100飾区", "❤\ufe0f and 1\ufe0f\u20e3", "Привет, мир", "Ελλάδα", "日本語　の説明",
    "naïve café — “quoted” … 5\u202fs", "100\u00a0ms", "co\u00adoperate", "ﬁne µs Ω", "ไทย", "മലയാളം\u200d",
)  # fmt: skip
"""What people write in their languages: nothing of it is reported in a reason."""

_HIDDEN, _IN_COMMAND, _LOOKALIKE = (
    "hidden-character",
    "hidden-character-in-command",
    "lookalike-letter",
)
_RULES = {_HIDDEN, _IN_COMMAND, _LOOKALIKE}
_PLACE = re.compile(r"\w+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")

Found = frozenset[tuple[str, str, str]]
"""Notes, fields, and the rules that are broken there."""

Look = Callable[[Workshop], Found]


_PASTED, _READ = ("commands", "rollback", "files"), ("title", "reason")
_EVERYWHERE = dict.fromkeys(_PASTED, _IN_COMMAND) | dict.fromkeys(_READ, _HIDDEN)


@dataclass(frozen=True)
class Case:
    """A text to paste and one to read, what is found where, and which signs must be made visible."""

    name: str
    pasted: str
    read: str
    found: Mapping[str, str]
    hidden: str = ""


def _every() -> Iterator[Case]:
    expected = {"flagged": _EVERYWHERE, "flagged-homoglyph": dict.fromkeys(_PASTED, _LOOKALIKE)}
    for case in cases("trojan-source.jsonl"):
        text, expect = _part(case["input"]), case["expect"]
        hidden = "".join(_NOT_ASCII.findall(text)) if expect == "flagged" else ""
        yield Case(case["id"], text, text, expected.get(expect, {}), hidden)
    for code in _HIDING:
        text = f"./de{chr(code)}ploy"
        seen = chr(code) if code < 0xE0100 else ""  # beside some characters these are in use
        yield Case(f"U+{code:04X}", text, text, _EVERYWHERE, seen)
    for code in _IN_COMMANDS:
        text, found = f"./de{chr(code)}ploy", dict.fromkeys(("commands", "rollback"), _IN_COMMAND)
        yield Case(f"U+{code:04X} in a command", text, text, found)
    for text in _HARMLESS:
        yield Case(text, "./deploy", text, {})


def _part(text: str) -> str:
    """As much of a text as a step may have, with what is odd about it."""
    odd = _NOT_ASCII.search(text)
    start = max(0, odd.start() - 1000) if odd else 0
    return text[start : start + 3000]


def _odd_line(text: str) -> str:
    lines = text.splitlines()
    return next((line for line in lines if _NOT_ASCII.search(line)), lines[0]).strip()


def _note(case: Case, note_id: str) -> str:
    """The texts in a title, a reason, a command, a rollback step and a path."""
    path = f"src/{_odd_line(case.pasted)[:200].replace('/', '_')}"
    note = {
        "schema": 1,
        "id": note_id,
        "title": _title(case),
        "kind": "fix",
        "status": "shipped",
        "shipped": {"at": "2025-11-20T14:05:00Z", "environment": "production"},
        "reason": case.read,
        "commands": [{"run": case.pasted, "purpose": "deploy"}],
        "rollback": {"strategy": "flag", "steps": [{"run": case.pasted}]},
        "files": [{"path": path, "change": "modified"}],
    }
    return json.dumps(note, ensure_ascii=False)


def _title(case: Case) -> str:
    return f"Cache {_odd_line(case.read)[:80]}"


def _looked(shop: Workshop) -> Found:
    """What `check` finds."""
    found = carried_out(shop.folder, "check", "--format", "json").data["findings"]
    return frozenset(
        (id_in_file_name(Path(one["file"]).name) or "", _PLACE.match(one["where"])[0], one["rule"])  # type: ignore[index]
        for one in found
        if one["rule"] in _RULES
    )


def _away(_shop: Workshop) -> Found:
    return frozenset()


def _seen(look: Look, most: int | None) -> Outcome:
    """All notes in one folder and on one site."""
    chosen = {f"20251120-g{number:05}": case for number, case in enumerate(spread(_every(), most))}
    notes = {note_id: _note(case, note_id) for note_id, case in chosen.items()}
    shelf = Shelf(printed(book(*notes.values())))
    with tempfile.TemporaryDirectory(prefix="changenote-trust-") as folder:
        shop = Workshop(Path(folder))
        for note_id, text in notes.items():
            shop.note(text, note_id)
        found = look(shop)
        wrong = [
            _unfound(case, frozenset((where, rule) for of, where, rule in found if of == note_id))
            or (case.hidden and _hidden(case, notes[note_id], _shown(note_id, shop, shelf)))
            for note_id, case in chosen.items()
        ]
    return Outcome(cases=len(chosen), failures=tuple(filter(None, wrong)))


def _unfound(case: Case, found: frozenset[tuple[str, str]]) -> str | None:
    """What is found and should not be, or is not found and should be."""
    odd = found.symmetric_difference(case.found.items())
    return f"{case.name}: {sorted(odd)} is found or not found" if odd else None


def _hidden(case: Case, note: str, shown: Mapping[str, str]) -> str | None:
    titled = "".join(sign for sign in case.hidden if sign in _title(case))
    return _unseen(case, case.hidden, shown) or _unseen(case, titled, _listed(note))


def _unseen(case: Case, signs: str, shown: Mapping[str, str]) -> str | None:
    """Where a sign cannot be seen: it is there as it is, or one of some is not there at all."""
    for place, text in shown.items():
        if any(sign in text for sign in case.hidden):
            return f"{case.name}: it is hidden in {place}"
        if any(escape(sign) not in text for sign in signs):
            return f"{case.name}: it is left out of {place}"
    return None


def _shown(note_id: str, shop: Workshop, shelf: Shelf) -> dict[str, str]:
    """Where people read a note."""
    made: Any = shelf[f"changes/{note_id}/"].make()
    return {
        "show": carried_out(shop.folder, "show", note_id).out,
        "rollback": carried_out(shop.folder, "rollback", note_id).out,
        "the page": unescape(f"{made.title} {made.content}"),
    }


def _listed(text: str) -> dict[str, str]:
    """What is made of many notes, of this one alone."""
    of = book(text)
    facts = next(plan.make() for plan in facts_plans(printed(of)))
    assert isinstance(facts, Asset)
    files = for_programs(of) | {facts.path: facts.content}
    named = ("llms.txt", "feed.xml", "feed.json", "changes/index.json", facts.path)
    return {path: files[path].decode() for path in named}


def _broken(most: int | None) -> Outcome:
    """Each of two faults has to be found out alone: what fewer cases fail with counts."""
    without_check = _seen(_away, most)
    with patch("changenote.model.unseen._ANY", re.compile("(?!)")):
        without_escapes = _seen(_looked, most)
    return min(without_check, without_escapes, key=lambda outcome: len(outcome.failures))


PROMISES = (
    Promise(
        name="hidden-characters",
        says="Characters that nobody sees or that turn others around, and letters that pass for"
        " others in a command or a path, are findings; a terminal, a page, feeds, the index, what is"
        " searched and llms.txt show them as escapes; note.yaml and note.json are data, as written."
        " What people write in Arabic, Hebrew, Persian, Hindi or with emoji is none.",
        kept=lambda most: _seen(_looked, most),
        control="a check that does not look; by itself, a site that shows text as it is",
        broken=_broken,
        most=2 / 100,
        some=200,
    ),
)
