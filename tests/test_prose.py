"""Prose needs no parser: what comes out is what the parser would make of it."""

from hypothesis import example, given
from hypothesis import strategies as st

from changenote.site import markdown
from changenote.site.markdown import block, cleaned, is_prose, line, plain

SIGNS = "aZ9 .,;:!?()[]/='\"%$#@^{}|+-`_~&><*\\\n\t\r\0é…–→\u00a0\u00ad\u2028"
WORDS = (
    *("code", "`code`", "`a<b`", "`&amp;`", "snake_case", "__x__", "~~a~~", "1. ", "\n- ", "\n\n"),
    *("https://a.b.cd/e_f?g=h#i", "http://", "a.io", "://", "www.", ":80", "/d/1-2_3/", "xn--"),
    *("\n---\n", "\n===\n", "->", "``", " | ", "\n-|-\n", "&amp;", "    ", "[x](y)"),
)
PIECES = st.sampled_from([*SIGNS, *WORDS])
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map("".join)


@given(text=TEXTS)
@example(text="One line, and `code` in it.\n")
@example(text="Two lines\nof one paragraph.\n\nAnd another: snake_case > 3 & more.")
def test_prose_comes_out_as_from_the_parser(text: str) -> None:
    parsed = cleaned(markdown._parser().render(text))

    assert block(text) == parsed
    assert line(text) == cleaned(markdown._parser().renderInline(text.strip()))
    assert plain(text) == " ".join(parsed.striptags().split())


def test_what_people_write_is_prose_mostly() -> None:
    assert is_prose("p95 of GET /cart goes down by half; a little more memory (~20 MB).\n")
    assert is_prose("Errors below 0.2 % on https://grafana.example/d/imports, for an hour")
    assert is_prose("Run `make cart`, see `cart_total()`.\n\nIt's 3 -> 2 queries & less load.")


def test_marks_links_and_lists_are_not_prose() -> None:
    for text in ("*a*", "- a", "1. a", "a\n===", "https://a", "[a](b)", "<b>", "# a", "    a"):
        assert not is_prose(text)
