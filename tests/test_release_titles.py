"""Text from a note in a changelog: read by three kinds of Markdown, it is text and nothing else."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changenote.model.escaping import escaped, target
from tests.hostile import TEXTS
from tests.markdown_readers import Seen, forge, plain_site, site

PLAIN = {
    "Cache cart totals per session": "Cache cart totals per session",
    "GET /cart p95: 840 -> 318 ms (-62 %)": "GET /cart p95: 840 -&gt; 318 ms (-62 %)",
    "Rename user_id, keep __all__": "Rename user_id, keep \\_\\_all\\_\\_",
    "Don't wait ~5 s": "Don't wait ~5 s",
    "~~never~~": "&#126;&#126;never&#126;&#126;",
    "1. Start": "1&#46; Start",
    "2) Go on": "2&#41; Go on",
    "# Not a heading": "&#35; Not a heading",
    "- - nested": "&#45; - nested",
    "[ ] task": "\\[ \\] task",
    "C# and F# too": "C# and F# too",
    "Thank @everyone, and @a": "Thank `@everyone`, and `@a`",
    "Ask dana@example.com.": "Ask `dana@example.com`.",
    "See https://evil.example/x, www.evil.example!": (
        "See `https://evil.example/x`, `www.evil.example`!"
    ),
    "Use `@x` & <b>": "Use &#96;`@x`&#96; &amp; &lt;b&gt;",
    "a\u2028b\u0085c\u202ed\u200be\x1b[31m\x00": "a b cde\\[31m",
    "{{ 7*7 }}{% raw %}": "\\{\\{ 7\\*7 \\}\\}\\{% raw %\\}",
    "{: onclick=x }": "\\{: onclick=x \\}",
    "!!! danger": "&#33;!! danger",
}
FOLLOWED = re.compile(r"@\w|://|www\.")
SIGNS = st.text(st.sampled_from("\\`*_{}[]()<>#+-.!|~&@:/$^=\"'ab1 wW\u2028\n;"), max_size=40)


@pytest.mark.parametrize(("title", "expected"), PLAIN.items())
def test_a_title_stays_as_readable_as_it_can_be(title: str, expected: str) -> None:
    assert escaped(title) == expected


@pytest.mark.parametrize("read", [forge, site, plain_site])
@given(title=st.one_of(SIGNS, st.sampled_from([*TEXTS.values(), *PLAIN]), st.text(max_size=30)))
@example(title="\\@everyone")
@example(title="`@everyone`")
@example(title="@a`b`@c")
def test_whatever_a_title_says_is_shown_and_nothing_else_happens(
    read: Callable[[str], str], title: str
) -> None:
    entry = escaped(title)

    seen = Seen(read(f"- {entry} ([20261020-aaaaaa](a.yaml))\n- Next\n"))

    assert "\n" not in entry
    elements = [element for element in seen.elements if element != "code"]
    assert elements == ["ul", "li", "a href", "li"]
    assert not FOLLOWED.search(seen.outside.replace("20261020-aaaaaa", ""))


@given(address=st.text(st.sampled_from("/:?#()[]<> \"'\\%@abü\n"), max_size=30))
def test_an_address_cannot_end_its_link(address: str) -> None:
    entry = f"[x]({target('a' + address)})"

    seen = Seen(forge(entry))

    assert seen.elements == ["p", "a href"]
    assert seen.text.strip() == "x"


def test_a_text_is_escaped_in_time_however_long_its_words_are() -> None:
    # Where a look at each letter took the rest of the word anew, this would take minutes.
    word = "W" * 400_000

    assert escaped(f"@a {word}") == f"`@a` {word}"
