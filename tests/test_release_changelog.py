"""A section in a CHANGELOG.md: where it goes, and that no byte of the file is lost."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote.errors import UnlikeChangelog
from changenote.release.changelog import Reference, known, label_like, unreleased, with_section

SECTION = "## [1.1.0] - 2026-11-22\n\n### Added\n\n- New ([20261020-aaaaaa](a))"
WEB = "https://github.com/acme/shop"
OWN = Reference(label="1.1.0", address=f"{WEB}/compare/v1.0.0...v1.1.0")
MOVED = Reference(label="Unreleased", address=f"{WEB}/compare/v1.1.0...HEAD")
COMPARED = f"{WEB}/compare/v1.0.0...HEAD"


def block(text: str) -> str:
    return dedent(text).lstrip("\n")


CASES = {
    "below what is not released, with links": (
        f"""
        # Changelog

        Words.

        ## [Unreleased]

        - By hand

        ## [1.0.0] - 2026-01-01

        - Old

        [unreleased]: {COMPARED}
        [1.0.0]: {WEB}/releases/tag/v1.0.0
        """,
        f"""
        # Changelog

        Words.

        ## [Unreleased]

        - By hand

        SECTION

        ## [1.0.0] - 2026-01-01

        - Old

        [unreleased]: {MOVED.address}
        {OWN}
        [1.0.0]: {WEB}/releases/tag/v1.0.0
        """,
    ),
    "above the newest version where nothing waits": (
        """
        # Log
        ## About
        ## v1.0.0 (2026-01-01)
        - Old
        """,
        f"""
        # Log
        ## About

        SECTION

        ## v1.0.0 (2026-01-01)
        - Old

        {OWN}
        """,
    ),
    "at the end where there is no version yet": (
        """
        # Log

        ## Unreleased
        ### Added
        - By hand

        [a]: https://a.example
        """,
        f"""
        # Log

        ## Unreleased
        ### Added
        - By hand

        SECTION

        [a]: https://a.example
        {OWN}
        """,
    ),
    "in a file without sections, and without an end": (
        "# Log\n\nWords.",
        f"# Log\n\nWords.\n\nSECTION\n\n{OWN}\n",
    ),
    "above the anchors of a heading": (
        """
        ## [Unreleased]

        <a id="1.0.0"></a>

        ## [1.0.0](https://a.example/b) - 2026-01-01
        """,
        f"""
        ## [Unreleased]

        SECTION

        <a id="1.0.0"></a>

        ## [1.0.0](https://a.example/b) - 2026-01-01

        {OWN}
        """,
    ),
    "not inside of code and comments": (
        """
        ## Unreleased

        ```markdown
        ## [9.9.9]
        ```
        <!--
        ## [8.8.8]
        -->

        ## [1.0.0] [YANKED]
        """,
        f"""
        ## Unreleased

        ```markdown
        ## [9.9.9]
        ```
        <!--
        ## [8.8.8]
        -->

        SECTION

        ## [1.0.0] [YANKED]

        {OWN}
        """,
    ),
    "a comparison that people made stays": (
        """
        ## [Unreleased]
        ## [1.0.0] - 2026-01-01

        [Unreleased]: https://a.example/main
        [1.1.0]: https://a.example/known
        """,
        """
        ## [Unreleased]

        SECTION

        ## [1.0.0] - 2026-01-01

        [Unreleased]: https://a.example/main
        [1.1.0]: https://a.example/known
        """,
    ),
}
UNLIKE = {
    "a heading of another kind": ("1.0.0\n-----\n", "line 1 is no heading such as `## [1.2.3]`"),
    "versions as titles": ("# [2.0.0]\n\n## [1.0.0]\n", "line 1 is no heading such as"),
    "versions further down": ("# Log\n### 1.0.0\n", "line 2 is no heading such as"),
    "no version at all": ("# Log\n\n## Spring\n\n## Winter\n", "line 3 first"),
    "two that wait": ("## Unreleased\n## [Unreleased]\n", "two sections of what is not released"),
    "waiting below a version": ("## 1.0.0\n## Unreleased\n", "a version stands above"),
    "a conflict": ("## 1.0.0\n<<<<<<< HEAD\n", "the markers of a conflict"),
    "code without an end": ("## 1.0.0\n```\n## 0.9.0\n", "does not end"),
    "a comment without an end": ("## 1.0.0\n<!-- \n## 0.9.0\n", "does not end"),
    "another encoding": ("\0#\0 \0L\0", "bytes that are no lines of text"),
    "ends of lines of an old Mac": ("# Log\r\r## 1.0.0\r", "bytes that are no lines of text"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_section_has_its_place(name: str, end: str, mark: str) -> None:
    before, after = (mark + block(text).replace("\n", end) for text in CASES[name])

    new = with_section(
        before, SECTION, [MOVED, OWN] if "[unreleased]" in before else [OWN], compared=COMPARED
    )

    assert new == after.replace("SECTION", SECTION.replace("\n", end))
    assert known(new, "v1.1.0")


@pytest.mark.parametrize("name", UNLIKE)
def test_what_is_not_understood_is_refused(name: str) -> None:
    text, why = UNLIKE[name]

    with pytest.raises(UnlikeChangelog) as refused:
        with_section(text, SECTION, [OWN])

    assert why in refused.value.what


LINES = st.sampled_from(
    [
        "# Log", "## [Unreleased]", "## Unreleased", "## [1.0.0] - 2026-01-01", "## 0.9.0", "### Added",
        "- By hand", "", "   ", "```", "~~~", "<!--", "-->", "<!-- x -->", "<a id='x'></a>", "Words",
        "[1.0.0]: https://a.example", f"[unreleased]: {COMPARED}", "[a]: b", "---", "===", "\x0b\x0c\x85\u2028",
        "\udcff bytes", "## Words", "    ## [3.0.0]",
    ]
)  # fmt: skip


@given(
    lines=st.lists(st.tuples(LINES, st.sampled_from(["\n", "\n", "\r\n"])), max_size=14),
    mark=st.sampled_from(["", "\ufeff"]),
    last=st.sampled_from(["", "# Log", "[a]: b", "Words"]),
)
def test_no_byte_of_any_file_is_lost(lines: list[tuple[str, str]], mark: str, last: str) -> None:
    before = mark + "".join(line + end for line, end in lines) + last
    try:
        new = with_section(before, SECTION, [OWN], compared=COMPARED)
    except UnlikeChangelog:
        return

    rest = iter(new)
    assert all(letter in rest for letter in before)  # in this order, with more between them
    assert known(new, "1.1.0")
    assert with_section(new, "", [OWN]).count(str(OWN)) == new.count(str(OWN))


def test_a_section_that_is_there_is_found_however_it_is_named() -> None:
    for heading in (
        "## [1.1.0] - 2026-11-22",
        "## v1.1.0 (2026-11-22)",
        "## [v1.1.0](https://a.example/x) (2026-11-22)",
        "## Version 1.1.0 – 2026-11-22 ##",
        "## 1.1.0 2026-11-22",
    ):
        found = known(
            f"{heading}\n- x ([20261020-aaaaaa](y))\n## [1.0.0]\n20261021-bbbbbb\n", "v1.1.0"
        )

        assert found
        assert (found.day, found.notes) == ("2026-11-22", frozenset({"20261020-aaaaaa"}))

    assert known("## [1.1.0-rc.1]\n## 3 things\n## 11.1.0\n", "1.1.0") is None


def test_versions_are_named_as_the_newest_one_is() -> None:
    assert label_like("## [v1.0.0]\n", "v1.1.0") == "v1.1.0"
    assert label_like("## [1.0.0]\n", "v1.1.0") == "1.1.0"
    assert label_like("", "v1.1.0") == "1.1.0"


def test_what_people_wrote_under_unreleased_is_seen() -> None:
    text = "## [Unreleased]\n<!-- add here -->\n\n### Added\n- One\n- Two\n\n## [1.0.0]\n- Old\n"

    assert unreleased(text) == "- One\n- Two"
    assert unreleased("## [1.0.0]\n- Old\n") == ""
