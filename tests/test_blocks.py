"""A block in a team's own page becomes the list of notes that it asks for, and nothing else does."""

import json
from datetime import date
from pathlib import Path

import pytest

from changenote.site.blocks import Block, filled, parted
from changenote.site.lists.queried import listed
from changenote.site.pages import printed
from tests.books import book, least, links, sample_project, words
from tests.sites import MATERIAL, Site, lost_links, mkdocs

TODAY = date(2026, 11, 30)
EXTENSIONS = """\
markdown_extensions:
  - admonition
  - def_list
  - pymdownx.superfences
  - pymdownx.highlight
  - pymdownx.tabbed: {alternate_style: true}
"""
GUIDE = """\
# Operations

```changenotes limit=1
kind:performance,jobs,database
```

- In a list:

    ```changenotes
    tag:queue
    ```

!!! note

    ~~~changenotes
    service:nowhere
    ~~~

> In a quotation:
>
> ```changenotes sort=rank
> basket
> ```

The block is written so:

````markdown
```changenotes
tag:never
```
````

or so:

    ```changenotes
    tag:neither

    ```

```
before
```
"""


def asked(query: str, *options: str) -> Block:
    """A block with a query."""
    return Block(query=query, options=options, source="")


def shown(query: str, *options: str, path: str = "") -> str:
    """The list that a query makes of three notes, as HTML."""
    of = book(
        least("20261101-aaaaaa", "Count sheep"),
        least("20261120-bbbbbb", "Shear sheep, all the sheep"),
        least("20261122-cccccc", "Paint the barn", kind="feature"),
    )
    return listed(printed(of), asked(query, *options), path=path, today=TODAY).html


def test_a_fence_of_notes_is_taken_out_with_its_query_and_its_options() -> None:
    text, blocks = parted("One\n```changenotes limit=3 sort=rank\nservice:farm\n  wool\n```\nTwo")

    (mark, block), *others = blocks.items()
    assert text == f"One\n\n{mark}\n\nTwo"
    assert not others
    assert block.query == "service:farm wool"
    assert block.options == ("limit=3", "sort=rank")


@pytest.mark.parametrize(
    "text",
    [
        "No block at all, though changenotes are named",
        "```sh\nchangenotes\n```",
        "```changenotesx\nwool\n```",
        "````markdown\n```changenotes\nwool\n```\n````",
        "~~~~\n```changenotes\nwool\n```\n~~~~",
        "- one\n\n    ````\n    ```changenotes\n    wool\n    ```\n    ````\n",
        "```changenotes\nnever closed",
        "Inline ```changenotes``` here",
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert parted(text) == (text, {})


def test_what_is_not_a_paragraph_of_its_own_is_a_sample_and_stays_one() -> None:
    text, blocks = parted("    ```changenotes\n    <b>\n    ```")
    mark = next(iter(blocks))

    sample = filled(f"<pre><code>{text.strip()}\n</code></pre>", blocks, lambda _: "LIST")
    paragraph = filled(f"<p>{mark}</p>", blocks, lambda _: "LIST")

    assert sample == "<pre><code>```changenotes\n&lt;b&gt;\n```\n</code></pre>"
    assert paragraph == "LIST"


def test_a_word_that_only_looks_like_a_mark_stays() -> None:
    text = "<p>changenotesblock0123456789abcdef</p>"

    assert filled(text, {}, lambda _: "LIST") == text
    assert filled(text, {"changenotesblock" + "0" * 16: asked("")}, lambda _: "LIST") == text


def test_notes_are_listed_newest_first_or_best_match_first() -> None:
    assert links(shown("sheep")) == ["changes/20261120-bbbbbb/", "changes/20261101-aaaaaa/"]
    assert links(shown('"all the sheep"')) == ["changes/20261120-bbbbbb/"]
    assert links(shown("count,sheep", "sort=rank")) == []
    assert links(shown("count", "sort=rank")) == ["changes/20261101-aaaaaa/"]


def test_an_empty_query_lists_every_note() -> None:
    assert len(links(shown(""))) == 3


def test_days_count_back_from_the_day_of_the_build() -> None:
    assert links(shown("after:-10d")) == ["changes/20261122-cccccc/", "changes/20261120-bbbbbb/"]


def test_links_are_right_from_any_depth() -> None:
    assert links(shown("barn", path="guide/team/")) == ["../../changes/20261122-cccccc/"]


def test_what_is_over_the_limit_is_counted_and_one_click_away() -> None:
    html = shown("sheep kind:fix", "limit=1")

    assert links(html) == ["changes/20261120-bbbbbb/", "changes/search/?q=sheep%20kind%3Afix"]
    assert words(html).endswith("and 1 more note")


def test_twenty_notes_are_listed_unless_the_block_says_otherwise() -> None:
    of = printed(book(*(least(f"20261101-0000{n:02}") for n in range(25))))

    usual, more = (
        listed(of, asked("", *options), path="", today=TODAY).html
        for options in ((), ("limit=30",))
    )

    assert "and 5 more notes" in words(usual)
    assert len(links(more)) == 25


def test_nothing_found_is_said() -> None:
    assert words(shown("tag:none")) == "No change note matches tag:none."


@pytest.mark.parametrize(
    ("query", "options", "said"),
    [
        ("sevice:farm", (), "unknown key sevice: (character 1 of the query)"),
        ("after:soon", (), "after: cannot be soon"),
        ("owner:me", (), "owner:me needs to know who you are"),
        ("", ("limit=0",), "limit cannot be 0"),
        ("", ("limit=ten",), "limit cannot be ten"),
        ("", ("limit=²",), "limit cannot be ²"),
        ("", ("limit=99999999999999999999",), "limit cannot be 9999"),
        ("", ("sort=size",), "sort cannot be size"),
        ("", ("limt=3",), "unknown option limt=3"),
        ("", ("10",), "unknown option 10"),
    ],
)
def test_a_block_that_cannot_be_understood_says_why(
    query: str, options: tuple[str, ...], said: str
) -> None:
    made = listed(printed(book(least())), asked(query, *options), path="", today=TODAY)

    assert said in made.problem
    assert "\n  expected: " in made.problem
    assert max(map(len, made.problem.splitlines())) <= 100
    assert f"This list of change notes cannot be shown: {said}" in words(made.html)


def test_a_hostile_query_and_a_hostile_note_stay_text() -> None:
    of = printed(book(least(title=json.dumps("<script>hurt()</script>"))))

    made = [
        listed(of, asked(query), path="", today=TODAY).html
        for query in ("", "<script>x</script>", "a:<script>")
    ]

    assert not any("<script" in html for html in made)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The sample notes, and a page of the team's own with blocks in it."""
    project = sample_project(tmp_path_factory.mktemp("blocks"))
    (project / "docs/guide").mkdir(parents=True)
    (project / "docs/guide/operations.md").write_text(GUIDE)
    return mkdocs(project, MATERIAL + EXTENSIONS)


def _own_words(site: Site) -> str:
    html = site.text("guide/operations/index.html")
    return html[html.index("<article") : html.index("</article")]


def test_blocks_work_wherever_a_page_may_have_a_fence(site: Site) -> None:
    html = _own_words(site)

    assert [link for link in links(html) if "changes/" in link] == [
        "../../changes/20261122-k3f9xq/",
        "../../changes/search/?q=kind%3Aperformance%2Cjobs%2Cdatabase",
        "../../changes/20261118-m9n8p7/",
        "../../changes/20260903-7c2mha/",
        "../../changes/20261122-k3f9xq/",
    ]
    assert "No change note matches service:nowhere." in words(html)
    assert "changenotesblock" not in html


def test_samples_of_a_block_are_shown_as_they_were_written(site: Site) -> None:
    text = words(_own_words(site))

    assert (
        "The block is written so: ```changenotes tag:never ```"
        " or so: ```changenotes tag:neither ``` before"
    ) in text


def test_a_block_that_cannot_be_understood_is_shown_and_a_warning(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "docs").mkdir()
    (project / "docs/index.md").write_text("# Home\n\n```changenotes\nsevice:farm\n```\n")

    built = mkdocs(project, "site_name: x\nplugins: [changenote]\n", index=False)

    assert built.code == 0
    assert "index.md: a block of change notes: unknown key sevice:" in built.said
    assert "\n  Did you mean `service`? " in built.said
    assert "cannot be shown: unknown key sevice:" in words(built.text("index.html"))
    assert lost_links(built.folder) == set()


def test_a_block_in_a_post_is_right_where_the_post_is_quoted_too(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    post = project / "docs/blog/posts/cart.md"
    post.parent.mkdir(parents=True)
    post.write_text(
        "---\ndate: 2026-11-22\n---\n# Cart\n\n```changenotes limit=1\ntag:cart\n```\n\n<!-- more -->\n\nMore.\n"
    )

    built = mkdocs(project, MATERIAL.replace("[search,", "[search, blog,"))

    assert "../changes/20261122-k3f9xq/" in links(built.text("blog/index.html"))
    assert lost_links(built.folder) == set()
