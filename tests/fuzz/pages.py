"""Texts of notes as people read them: HTML and Markdown in which nothing acts."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markupsafe import Markup

from changenote.model.escaping import address, escaped, indented, paragraphs
from changenote.site.markdown import block, line, plain
from tests.fuzz.material import DATA, files, material
from tests.fuzz.target import Target

_TAGS = frozenset(
    "a blockquote br code del em hr li ol p pre s strong table tbody td th thead tr ul".split()
)
_VOID = ("br", "hr")


class _Tags(HTMLParser):
    """Fails at a tag or an attribute that a page of notes must not have."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__()
        self._allowed = allowed
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in self._allowed, f"the tag {tag}"
        self.open += [] if tag in _VOID else [tag]
        for name, value in attributes:
            assert name in ("href", "title", "rel", "start"), f"the attribute {name} of {tag}"
            if name == "href":
                scheme = urlsplit(value or "").scheme.lower()
                assert scheme in ("http", "https", "mailto"), f"leads to {value!r}"

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.open, f"the end of {tag} without a start"
        assert self.open.pop() == tag, f"the end of {tag} in another"

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl!r}")

    unknown_decl = handle_pi = handle_comment


def _checked(html: str, allowed: frozenset[str] = _TAGS) -> str:
    """The visible text of HTML in which nothing acts."""
    tags = _Tags(allowed)
    tags.feed(html)
    tags.close()
    assert not tags.open, f"{tags.open} has no end"
    return tags.text


def _holds(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    _checked(block(text))
    _checked(line(text), _TAGS - {"p", "table"})
    assert "\n" not in plain(text)
    _is_markdown_without_markup(text)


def _is_markdown_without_markup(text: str) -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    html = reader.render(escaped(text))
    shown = _checked(html, frozenset(("p", "code")))
    assert "".join(shown.split()) or not "".join(escaped(text).split())
    _checked(reader.render(paragraphs(text)), frozenset(("p", "code", "br")))
    _checked(reader.render(indented(text)), frozenset(("pre", "code")))
    _checked(reader.render(address(text)), frozenset(("p", "code", "a")))


def _naive(raw: bytes) -> None:
    html = MarkdownIt("commonmark", {"html": True}).render(raw.decode("utf-8", "replace"))
    _checked(Markup(html))  # noqa: S704 - this is what a page must not do


def _texts() -> list[bytes]:
    vectors = (DATA / "security/xss-mkdocs-own.jsonl").read_bytes().splitlines()
    return [
        *(vector for number, vector in enumerate(vectors) if number % 5 == 0),
        *files("notes/full.yaml"),
        *files("import/keep-a-changelog/CHANGELOG.md"),
        b"Text with **bold**, `code`, [a link](https://x.example/a?b=c) and https://y.example/.\n",
        b"1. a\n2. b\n   - c\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quote\n\n```sh\nrm x\n```\n",
        b"@dana #12 a_b_c ~~x~~ www.x.example <mail@x.example> &lt; \\* ![a](b.png)\n",
    ]


TARGETS = (
    Target(
        name="pages",
        says="Any text of a note is HTML, and Markdown, in which nothing acts.",
        material=material(
            _texts(),
            [
                *"[a](javascript:x)|<img src=x onerror=y>|![x](y)|<javascript:x>|[x]: data:y|**|__|~~".split(
                    "|"
                ),
                *"https://x|www.x|@x|&#106;|&colon;|```|\n    x|| a ||---|\n\n|\\|<a href='x'>".split(
                    "|"
                ),
            ],
        ),
        holds=_holds,
        naive=_naive,
    ),
)
