"""Files by any name: what is in git arrives in a note, and from there wherever it is read."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

from changenote import git
from changenote.site.book import Page
from changenote.store import codec
from tests.books import book, links, page
from tests.trust.inside import carried_out
from tests.trust.promise import Outcome, Promise, spread
from tests.workshop import COMPLETE, Workshop

NAMES: tuple[str | bytes, ...] = (
    # blanks and what a command line does with them
    "with space.py", "trailing ", " leading", "two  blanks", "  ", "-leading-dash.py", "--rm -rf", "-", "--",
    "-p", "--all", "--output=x", "~", "~root", "$HOME", "$(touch x)", "`touch x`", "a;b", "a&b", "a|b", "a>b",
    "a\\", "!", "!important", "a!b", "x=1", "%s%n", "%2e%2e", "%0a", "a\nb", "new\nline.py", "\n", "tab\there.py",
    "return\r.py", "bell\x07.py", "\x1b[31mred", "\x1b]52;c;x\x07", "delete\x7f", "\x01",
    # quotes
    "it's.py", "''", 'with "quotes".py', '"quoted"', '"half', "\\\"", r"\n", r"a\tb", r"\351", "back\\slash.py", "\\start",
    # what YAML, Markdown, HTML, templates and addresses take for something else
    "colon: and # hash", "# hash", "{brace}, [list]", "0644", "null", "yes", "~.yaml", "1e3", "- x", "? x", "&x", "*x",
    "| x", "> x", "@x", "'x", "<b>x</b>.py", "a&amp;b", "[x](y)", "__x__", "a?b=c#d", "{{ 7*7 }}", "{% x %}", "a:3",
    # what git takes for something else
    "HEAD", "main", "v1..v2", "HEAD:x", "@{-1}", ":x", ":(top)magic", ":(glob)**", ":/x", ":!x", "*", "?", "[a-z]", "**",
    "a => b", "{a => b}", "....", ".gitx", "git", "GIT", "x.lock", "dev/null",
    # other systems
    "C:drive", "C:/x", "con", "NUL.txt", "aux", "a.", "Shop.py", "shop.py", "SHOP.PY", "CON/x",
    # other bytes and letters
    b"caf\xe9.py", b"\xff\xfe", b"\xc3", b"caf\xe9/inside", b"\xed\xa0\x80", b"\xf0\x9f\x92", "café.py", "cafe\u0301.py",
    "Å", "A\u030a", "\u212b", "ﬁ.py", "日本語.py", "файл.py", "ملف.py", "קובץ.py", "\u05d0\u05d1 1.py", "नमस्ते.py", "👩‍💻.py",
    "🏴\U000e0067\U000e0062\U000e0065\U000e007f.py", "❤\ufe0f", "gpj\u202eexe", "zero\u200bwidth", "zero\u200djoiner", "\u0645\u06cc\u200c\u062e",
    "line\u2028separator", "para\u2029graph", "next\x85line", "no\u00a0break", "soft\u00adhyphen", "\ufeffmark", "\u2066x\u2069",
    "a\u034fb", "src\u115fb.py", "a\u1160b", "a\u17b4b", "a\u2800b", "a\uffa0b", "a\ufff9b", "a\U0001d173b", "a\U000e0100b",
    "a\u061cb", "葛\U000e0100.py", "\u3164", "\u0301", "\U0010ffff", "\ue000", "long-" * 50, "é" * 120, "😀" * 60, "d/" * 40 + "deep.py",
)  # fmt: skip
"""Names of files that some program, some day, took for something else."""


@dataclass(frozen=True)
class Journey:
    """Where a note with such files was, and the paths and texts that were read there."""

    note: frozenset[str]
    json: frozenset[str]
    checked: str
    steps: frozenset[str]
    addresses: frozenset[bytes]
    shown: str
    trace: Callable[[str], str]
    note_id: str


class _Text(HTMLParser):
    """All text of a page, each sign of it as it is seen."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data


def _shop(folder: Path, names: Sequence[str]) -> Workshop:
    shop = Workshop(folder / "shop").start()
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    shop.commit("Start the shop")
    for name in names:
        shop.write(os.fsencode(name), "one\n")
    shop.commit("Add odd names")
    return shop


def _journey(shop: Workshop, names: Sequence[str]) -> Journey:
    """Everything is done once for all names, but for the question after one of them."""
    steps = [f"--rollback-step={_step(name)}" for name in names if _is_plain(name)]
    done = carried_out(shop.folder, "new", *COMPLETE, *steps, "--json")
    assert done.code == 0, done.out[-3000:]
    note_id, text = done.data["id"], (shop.folder / done.data["path"]).read_text("utf-8")
    told = carried_out(shop.folder, "show", note_id, "--json").data
    checked = carried_out(shop.folder, "check", "--strict")
    steps_shown = carried_out(shop.folder, "rollback", note_id, "--commands").out
    made = _page(text, note_id)

    def trace(place: str) -> str:
        return carried_out(shop.folder, "trace", "--", place).out

    return Journey(
        note=frozenset(_paths_in(text)),
        json=frozenset(git.real_path(file["path"]) for file in told["files"]),
        checked=checked.out + checked.err if checked.code else "",
        steps=frozenset(steps_shown.split("\n")),
        addresses=frozenset(unquote_to_bytes(one.partition("/blob/")[2]) for one in links(made)),
        shown=_Text(made).text,
        trace=trace,
        note_id=note_id,
    )


def _paths_in(text: str) -> list[str]:
    return [git.real_path(str(file["path"])) for file in codec.load(text.encode()).data["files"]]


def _page(text: str, note_id: str) -> str:
    found: Page = page(book(text), f"changes/{note_id}/")
    return str(found.content)


def _step(name: str) -> str:
    return f"rm -- {shlex.quote(name)}"


def _is_plain(name: str) -> bool:
    """May it be typed in a step? Others are written with escapes, which a shell does not read."""
    return git.written_path(name) == name and name.isprintable()


def _lost(name: str, journey: Journey) -> str | None:
    """Where a name is not what it was; None where it is the same everywhere."""
    found = {
        "the note": name in journey.note,
        "show --json": name in journey.json,
        "rollback": not _is_plain(name) or _step(name) in journey.steps,
        "the page": any(one.endswith(b"/" + os.fsencode(name)) for one in journey.addresses),
        "the page's text": git.written_path(name).rpartition("/")[2] in journey.shown,
        "trace": journey.note_id in journey.trace(name),
        "trace of a line": journey.note_id in journey.trace(f"{name}:1"),
    }
    return next(
        (f"{name!r} is lost in {place}" for place, is_there in found.items() if not is_there), None
    )


def _arriving(most: int | None) -> Outcome:
    names = [os.fsdecode(name) for name in spread(NAMES, most)]
    with tempfile.TemporaryDirectory(prefix="changenote-trust-") as folder:
        journey = _journey(_shop(Path(folder), names), names)
        failures = [lost for name in names if (lost := _lost(name, journey))]
    if journey.checked:
        failures.append(journey.checked)
    return Outcome(cases=len(names), failures=tuple(failures))


def _naively(most: int | None) -> Outcome:
    """The lines of `git diff --name-only`, each taken for a path."""
    names = [os.fsdecode(name) for name in spread(NAMES, most)]
    with tempfile.TemporaryDirectory(prefix="changenote-trust-") as folder:
        asked = ["git", "diff", "--name-only", "HEAD~1", "HEAD", "--"]
        out = subprocess.check_output(asked, cwd=_shop(Path(folder), names).folder)
    read = os.fsdecode(out).splitlines()
    lost = [f"{name!r} is lost" for name in names if name not in read]
    return Outcome(cases=len(names), failures=tuple(lost))


PROMISES = (
    Promise(
        name="file-names",
        says="A file by any name, with quotes, line ends, bytes that are no text, signs that git or a"
        " shell reads otherwise, arrives byte for byte in the note, in `show --json`, `trace`, a"
        " rollback step and the address on the site, and `check` finds nothing wrong with it.",
        kept=_arriving,
        control="a reader of the lines of `git diff --name-only`",
        broken=_naively,
        some=50,
        few=20,
    ),
)
