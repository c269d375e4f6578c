"""Where notes lead: links to the web alone, paths inside the repository, pictures of their own."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import category
from urllib.parse import unquote, urljoin, urlsplit

from changenote.site.addresses import is_page
from changenote.site.book import Page
from changenote.site.pages import plans_of, printed
from tests.books import book, links
from tests.hostile import NAMES, PATHS, full
from tests.markdown_readers import plain_site
from tests.sites import MATERIAL, mkdocs
from tests.trust.cases import cases
from tests.trust.promise import Outcome, Promise, spread
from tests.workshop import Workshop

_ID = "20261122-k3f9xq"
_SHA = "9be27d19" * 5
_FORGE = "https://github.com/acme/shop/"
_ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    " javascript:alert(1)", "javascript&colon;alert(1)", "javascript&#58;alert(1)",
    "javascript%3Aalert(1)", "javascript://x.example/%0Aalert(1)", "feed:javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)", "file:///etc/passwd", "ftp://x.example/a", "tel:123", "blob:x", "x:y",
    "view-source:https://x.example", "intent://x#Intent;end", "ms-msdt:/id", "about:blank",
    "//elsewhere.example/x", "\\\\elsewhere.example\\x", "/\\elsewhere.example", "https:x", "https:///x",
    "http:javascript:alert(1)", "https://", "../../../../x", "/etc/passwd", "?q=1", "#top", "mailto:",
    "mailto:x", "https://x.example\" onclick=\"alert(1)", "https://x.example/<b>", "ws://x.example",
)  # fmt: skip
"""Addresses that are none of the web, or look like one."""

_WAYS_OUT = (
    "../../../../evil/x/blob/main/a.py", "a/../../../../../evil/x", "..", "/etc/passwd", "//evil/x",
    "C:\\x", "c:/x", "\\\\host\\x", "..\\..\\x", "a\\..\\..\\..\\x", "%2e%2e/%2e%2e/%2e%2e/x",
    ".%2e/.%2e/x", "%252e%252e/x", '"\\056\\056/\\056\\056/\\056\\056/\\056\\056/x"', '"/etc/passwd"',
    "\uff0e\uff0e/\uff0e\uff0e/x", "\u2025/x", "..;/..;/x", "~/x", "file:///etc/passwd", "a/./../../../../../x",
    ".../...//x", "..\u200b/x", "a/..", "?x=1", "#x", "https://evil.example/x", "@evil.example/x",
)  # fmt: skip
"""Paths that lead out of a repository, written in every way that somebody takes for one."""

_SCHEME = re.compile(r"[\0-\x20]*([a-zA-Z][a-zA-Z0-9+.\t\n\r-]*):")
_DOT = re.compile(r"%2e", re.I)

Show = Callable[[list[dict[str, Any]]], Iterator[tuple[str, str]]]
"""The pages of notes, each with an address that a link on it leads to."""

_SITE = "https://site.example/"


def _note(number: int, text: str, path: str) -> dict[str, Any]:
    note = {"schema": 1, "id": f"20261122-p{number:05}", **full(" ".join(text.split()))}
    for field in ("reason", "expected", "assumptions"):
        said = f"[x]({text}) <{text}> ![p]({text}) [y][z] {text}\n\n[z]: {text}\n"
        note[field] = [said] if field == "assumptions" else said
    note["title"] = "Plain words"
    note["images"] = []
    note["source"] |= {"base": _SHA, "head": _SHA}
    note["files"] = [
        {"path": path, "change": "modified"},
        {"path": f"{path}/y", "change": "deleted"},
        {"path": "ok.py", "change": "renamed", "from": path},
    ]
    return note


def _shown(notes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    plans = list(plans_of(printed(book(*map(json.dumps, notes)))))
    there = {plan.path.removesuffix("index.html") for plan in plans}
    where = ("changes/2026", "changes/files/")
    made = (plan.make() for plan in plans if is_page(plan.path) and plan.path.startswith(where))
    for one in made:
        for link in links(one.content) if isinstance(one, Page) else ():
            address = _followed(one.path, link)
            if unquote(urlsplit(address).path).lstrip("/") not in there or _is_elsewhere(address):
                yield one.path, address


def _shown_carelessly(notes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for note in notes:
        path = f"changes/{note['id']}/"
        file = f'<a href="{_FORGE}blob/{_SHA}/{note["files"][0]["path"]}">file</a>'
        for link in links(plain_site(note["reason"]) + file):
            yield path, _followed(path, link)


def _followed(path: str, link: str) -> str:
    return link if _SCHEME.match(link) else urljoin(_SITE + path, link)


def _is_elsewhere(address: str) -> bool:
    return not address.startswith(_SITE)


def _why(address: str) -> str | None:
    """What is wrong with an address; None where it is one of the web, and the right one."""
    scheme = _SCHEME.match(address)
    if not scheme or scheme[1] not in ("http", "https", "mailto") or not _is_elsewhere(address):
        return address
    parts = urlsplit(address)
    if address.startswith(_FORGE):
        way = posixpath.normpath(_DOT.sub(".", parts.path).replace("\\", "/"))
        return None if way.startswith("/acme/shop/") else address
    return None if parts.netloc or scheme[1] == "mailto" else address


def _leading(show: Show, most: int | None) -> Outcome:
    vectors = [case["input"] for case in cases("xss-mkdocs-own.jsonl")]
    texts = ["".join(c for c in text if category(c) != "Cc" or c in "\n\t") for text in vectors]
    every = [(text, "a.py") for text in (*_ADDRESSES, *texts)] + [("x", way) for way in _WAYS_OUT]
    chosen = spread(every, most)
    notes = [_note(number, *case) for number, case in enumerate(chosen)]
    wrong = {page: f"{page}: {why}" for page, link in show(notes) if (why := _why(link))}
    return Outcome(cases=len(chosen), failures=tuple(wrong.values()))


_PNG = b"\x89PNG\r\n\x1a\n"
_SECRET = b"canary-of-another-folder"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
_BESIDE = {
    "ok.png": _PNG + b"mine",
    "drawing.svg": _SVG + _SECRET,
    "svg.png": _SVG + _SECRET,
    "page.png": b"<html><script>alert(1)</script>" + _SECRET,
    "index.html": b"<script>alert(1)</script>" + _SECRET,
    "image.html": _PNG + _SECRET,
    "note.yaml": _SECRET,
    "big.png": _PNG + _SECRET + bytes(6_000_000),
}
"""What lies in a note's own folder. Only the first is a picture for a site."""


@dataclass(frozen=True)
class _Tree:
    """A folder with a repository in it, and with files that nothing may read or write."""

    top: Path

    @property
    def shop(self) -> Workshop:
        """The repository."""
        return Workshop(self.top / "shop")

    def prepared(self, names: list[str]) -> "_Tree":
        """Notes with these names of pictures, paths and groups, and traps around them."""
        shop = self.shop.start()
        own = shop.folder / f"changes/2026/{_ID}"
        own.mkdir(parents=True)
        for name, content in _BESIDE.items():
            (own / name).write_bytes(content)
        for place in (self.top, shop.folder, own.parent, shop.folder / "changes"):
            (place / "x.png").write_bytes(_PNG + _SECRET)
        (own / "link.png").symlink_to(self.top / "x.png")
        (own / "inside").symlink_to(self.top)
        for number, name in enumerate(names):
            path = f"changes/2026/20261123-p{number:05}-x.yaml"
            shop.write(path, json.dumps(_named(name, f"20261123-p{number:05}")))
            folder = shop.folder / f"changes/2026/20261123-p{number:05}"
            folder.symlink_to(own if number % 2 else self.top)
        note = {**full("Plain words"), "images": [{"file": name} for name in _names(names)]}
        shop.write(f"changes/2026/{_ID}-x.yaml", json.dumps({"schema": 1, "id": _ID, **note}))
        return self

    def state(self) -> dict[str, bytes]:
        """Every file outside of the folders that a build may write to."""
        ours = ("public/", ".changenote/", "docs/", "mkdocs.yml", ".git/")
        found = {}
        for path in self.top.rglob("*"):
            name = path.relative_to(self.top).as_posix()
            if path.is_file() and not name.removeprefix("shop/").startswith(ours):
                found[name] = path.read_bytes()
        return found


def _named(name: str, note_id: str) -> dict[str, Any]:
    note = {"schema": 1, "id": note_id, **full("Plain words"), "service": name, "tags": [name]}
    note |= {"owner": name, "stack": [name], "files": [{"path": name}]}
    note["shipped"] |= {"environment": name, "version": name}
    note["metrics"][0]["name"] = name
    note["images"] = [{"file": "x.png"}, {"file": "ok.png"}]
    return note


def _names(names: list[str]) -> Iterator[str]:
    """Names of pictures; a slash in one is refused when it is read."""
    yield from (*_BESIDE, "link.png", "inside", "..", "..\u2215x.png", "%2e%2e%2fx.png", "x.png")
    yield from (clean for name in names if (clean := re.sub(r"[/\\\0]", "", name)))


Publish = Callable[[_Tree], Path]


def _published(tree: _Tree) -> Path:
    site = mkdocs(tree.shop.folder, MATERIAL)
    assert site.code == 0, site.said
    return site.folder


def _copied(tree: _Tree) -> Path:
    """Copies whatever a note calls a picture."""
    public = tree.shop.folder / "public"
    public.mkdir()
    for note in tree.shop.notes():
        data = json.loads(note.read_text())
        for number, image in enumerate(data["images"]):
            file = note.parent / data["id"] / image["file"]
            if file.is_file():
                (public / f"{data['id']}-{number}").write_bytes(file.read_bytes())
    return public


def _staying(publish: Publish, most: int | None) -> Outcome:
    names = [*_WAYS_OUT, *(name for name in NAMES if name), *PATHS]
    chosen = spread([name[:200] for name in names], most)
    with TemporaryDirectory(prefix="trust-") as folder:
        tree = _Tree(Path(folder)).prepared(chosen)
        before = tree.state()
        site = publish(tree)
        failures = ["a file outside was written"] if tree.state() != before else []
        for path in site.rglob("*"):
            name = path.relative_to(site).as_posix()
            if path.is_symlink() or not re.fullmatch(r"[\w./-]{1,240}", name, re.A):
                failures.append(name)
            elif path.is_file() and _SECRET in path.read_bytes():
                failures.append(f"{name} has what lies elsewhere, or is no picture")
        copies = [path for path in site.rglob("*") if path.is_file() and _PNG in path.read_bytes()]
        if not any(path.read_bytes() == _BESIDE["ok.png"] for path in copies):
            failures.append("the note's own picture is missing")
    return Outcome(cases=len(chosen) + len(_BESIDE), failures=tuple(failures))


PROMISES = (
    Promise(
        name="links-lead-to-the-web",
        says="A link in a note leads to http, https or mailto, and a path to the repository: not"
        " out of it, however it is written.",
        kept=lambda most: _leading(_shown, most),
        control="links of plain Markdown, and paths put behind an address",
        broken=lambda most: _leading(_shown_carelessly, most),
    ),
    Promise(
        name="files-stay-inside",
        says="Names in notes make a build write or read nothing outside, and of what lies beside a"
        " note pictures alone are published: no link, no SVG, nothing that only looks like one.",
        kept=lambda most: _staying(_published, most),
        control="a build that copies whatever a note calls a picture",
        broken=lambda most: _staying(_copied, most),
    ),
)
