"""Cleaning does not eat text: what a reader of CommonMark sees is there."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from changenote.site.markdown import block
from tests.trust.promise import Outcome, Promise, tried

_EXAMPLES = Path(__file__).parents[1] / "data/commonmark/examples.jsonl"
_SIGNS = re.compile(r"[\s*_`~=#+>\[\]()!\-]+")
"""What can be markup: a text in a block of HTML keeps it, and here HTML is text like any other."""

_TAG = re.compile(r"<[^>]*>?")

Show = Callable[[str], str]


class _Visible(HTMLParser):
    """The text of a page, and what stands for its pictures."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(str(page))  # Markup would escape what it is joined with
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.text += dict(attrs).get("alt") or ""

    def handle_data(self, data: str) -> None:
        self.text += data


def _letters(page: str) -> str:
    return _SIGNS.sub("", _Visible(page).text)


def _keeping(show: Show) -> Outcome:
    """All examples, as they take no time: is every sign of the text there, in its order?"""

    def failure(line: str) -> str | None:
        example = json.loads(line)
        shown = iter(_letters(show(example["markdown"])))
        is_there = all(letter in shown for letter in _letters(example["html"]))
        return None if is_there else f"example {example['number']}"

    return tried(_EXAMPLES.read_text("utf-8").splitlines(), None, failure)


def _without_tags(text: str) -> str:
    return block(_TAG.sub("", text))


PROMISES = (
    Promise(
        name="text-stays",
        says="Of CommonMark's examples, in fields of a note, the visible text is kept.",
        kept=lambda _: _keeping(block),
        control="a cleaner that takes out whatever begins like a tag",
        broken=lambda _: _keeping(_without_tags),
        most=5 / 655,
    ),
)
