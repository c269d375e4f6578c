"""What the pages make of texts, numbers, times, names and pictures."""

from datetime import UTC, datetime

import pytest

from changenote.site import markdown, wording
from changenote.site.addresses import folder_name, relative
from changenote.site.images import LARGEST, published_name, why_refused


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* `c`", "<p>a <em>b</em> <code>c</code></p>\n"),
        ("# Big", "<p><strong>Big</strong></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("```\n<x>\n\ny\n```", "<pre><code>&lt;x&gt;\n\ny\n</code></pre>\n"),
        ("<b onclick=x>hi</b>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"),
        ("<![CDATA[", "<p>&lt;![CDATA[</p>\n"),
        ("[a](https://b.example)", '<p><a href="https://b.example" rel="noopener">a</a></p>\n'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](../b)", "<p>[a](../b)</p>\n"),
        ("[a](//b.example)", "<p>[a](//b.example)</p>\n"),
        (
            "![a](https://b.example/c.png)",
            '<p><a href="https://b.example/c.png" rel="noopener">a</a></p>\n',
        ),
        (
            "see https://b.example/c?d=1&e=2.",
            '<p>see <a href="https://b.example/c?d=1&amp;e=2" rel="noopener">'
            "https://b.example/c?d=1&amp;e=2</a>.</p>\n",
        ),
        (
            "[see https://b.example](https://c.example)",
            '<p><a href="https://c.example" rel="noopener">see https://b.example</a></p>\n',
        ),
        ("`https://b.example`", "<p><code>https://b.example</code></p>\n"),
        (
            "|a|b|\n|-|-:|\n|1|2|",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
            "<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n",
        ),
        ("x{: onclick=alert(1) }", "<p>x{: onclick=alert(1) }</p>\n"),
        ("{{ 7 * 7 }}", "<p>{{ 7 * 7 }}</p>\n"),
        (None, ""),
    ],
)
def test_a_text_is_commonmark_without_anything_that_acts(text: str | None, html: str) -> None:
    assert markdown.block(text) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>alert(1)</script>", ""),
        ("<img src=x onerror=alert(1)>", ""),
        ("<p id=a class=b style=c onclick=d>e</p>", "<p>e</p>"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener">a</a>'),
        ('<a href="../b">a</a>', '<a rel="noopener">a</a>'),
        ('<a href="//b.example">a</a>', '<a rel="noopener">a</a>'),
        ("<h1>a</h1><iframe src=b></iframe>", "a"),
    ],
)
def test_html_that_came_past_the_parser_is_cleaned_all_the_same(html: str, left: str) -> None:
    assert markdown.cleaned(html) == left


def test_a_description_is_one_line_without_markup() -> None:
    assert markdown.plain("# A *b*\n\n`c` < [d](https://e.example)") == "A b c < d"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("cart", "cart"),
        ("shop-web", "shop-web"),
        ("Cart", "cart-6d2d59ae"),
        ("@acme/cart", "acme-cart-9a28f743"),
        ("../../etc", "etc-74ccf3c5"),
        ("..", "5ec1f7e7"),
        ("", "e3b0c442"),
        ("\u00a0", "abfbd10d"),
        ("支払い", "e7882037"),
        ("cart-9a28f743", "cart-9a28f743-19851c14"),
        ("deadbeef", "deadbeef-2baf1f40"),
    ],
)
def test_a_name_becomes_one_folder_that_no_other_name_has(name: str, folder: str) -> None:
    assert folder_name(name) == folder


@pytest.mark.parametrize(
    ("here", "there", "link"),
    [
        ("changes/a/", "changes/b/", "../b/"),
        ("changes/", "changes/a/", "a/"),
        ("changes/kinds/fix/", "changes/", "../../"),
        ("", "changes/a/", "changes/a/"),
        ("changes/a/", "", "../../"),
        ("changes/a/", "changes/a/", "./"),
        ("changes/a/", "changes/a/note.yaml", "note.yaml"),
        ("changes/a/", "changes/ü b#?.png", "../%C3%BC%20b%23%3F.png"),
    ],
)
def test_a_link_is_relative_to_the_page_it_is_on(here: str, there: str, link: str) -> None:
    assert relative(here, there) == link


def test_without_a_server_a_link_names_the_file_of_a_page() -> None:
    assert relative("changes/a/", "changes/b/", index="index.html") == "../b/index.html"
    assert relative("changes/a/", "changes/c.css", index="index.html") == "../c.css"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (184320, "184,320"),
        (861.05, "861"),
        (325.1, "325.1"),
        (1012.4, "1,012"),
        (0.00421, "0.00421"),
        (-3.0, "-3"),
        (1e300, "1e+300"),
    ],
)
def test_a_number_has_as_many_digits_as_one_reads(value: float, text: str) -> None:
    assert wording.number(value) == text


def test_a_bare_count_has_no_unit() -> None:
    assert wording.with_unit(3, "1") == "3"
    assert wording.with_unit(3, "ms") == "3 ms"


def test_times_are_in_utc_and_in_english() -> None:
    shipped = datetime.fromisoformat("2026-03-01T01:05:00+02:00")

    assert wording.moment(shipped) == "28 Feb 2026, 23:05 UTC"


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (50, "2 days before it shipped"),
        (1.9, "1 hour before it shipped"),
        (0.5, "30 minutes before it shipped"),
        (0, "just before it shipped"),
        (-1, ""),
    ],
)
def test_the_age_of_a_rehearsal_counts_from_the_day_of_shipping(hours: float, text: str) -> None:
    shipped = datetime(2026, 11, 22, 12, tzinfo=UTC)
    rehearsed = datetime.fromtimestamp(shipped.timestamp() - hours * 3600, UTC)

    assert wording.age_before(rehearsed, shipped) == text


@pytest.mark.parametrize(
    ("durations", "text"),
    [
        ([], ""),
        (["15s", None], ""),
        (["15s", "2m30s"], "2m 45s"),
        (["1h", "30m"], "1h 30m"),
        (["0.2s"], "0s"),
    ],
)
def test_a_total_time_is_given_only_when_every_step_has_one(
    durations: list[str | None], text: str
) -> None:
    assert wording.total(durations) == text


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://github.com/acme/shop/pull/412", "acme/shop#412"),
        ("https://gitlab.com/a/b/c/-/merge_requests/7", "a/b/c#7"),
        ("https://github.com/acme/shop/issues/398", "acme/shop#398"),
        ("https://ci.example/deploys/812", "ci.example/deploys/812"),
        ("mailto:a@b.example", "a@b.example"),
    ],
)
def test_an_address_is_shown_short(address: str, text: str) -> None:
    assert wording.short_address(address) == text


PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.png", PNG, None),
        ("a.JPEG", b"\xff\xd8\xff\xe0", None),
        ("a.gif", b"GIF89a", None),
        ("a.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 ", None),
        ("a.avif", b"\x00\x00\x00\x20ftypavif", None),
        ("index.html", PNG, "it holds PNG, but is not called .png"),
        ("a.png", b"<script>", "it holds no PNG, JPEG, GIF, WebP or AVIF"),
        ("a.svg", b"<svg/>", "SVG can hold scripts; save it as PNG"),
        ("a.png", PNG + bytes(LARGEST), f"it has {LARGEST + 8:,} bytes, more than {LARGEST:,}"),
    ],
)
def test_a_picture_is_what_its_bytes_say_and_is_called_so(
    name: str, content: bytes, why: str | None
) -> None:
    assert why_refused(name, content) == why


def test_a_picture_with_an_odd_name_is_published_under_a_plain_one() -> None:
    assert published_name("p95.png") == "p95.png"
    assert published_name("ü.png") == "62a980fa9a04e330.png"
    assert published_name("a b?.PNG") == "aae4351c7dea8a73.png"
