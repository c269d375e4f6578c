"""A shell shows the words of any sheet as a theme would, or says that it cannot."""

from dataclasses import replace
from html import escape

import pytest
from jinja2 import Environment, Template

from changenote.site.book import Page
from changenote.site.press.press import Press
from changenote.site.press.sheets import Neighbour, Render, Sheet, shape_of

FOLDERS = frozenset({"", "changes/", "changes/kinds/"})
HOSTILE = r"""</title> <b>&lt;x&gt;</b> "quoted"  \\ ''it'' {{ 1 }} é ☃"""
PAGE = Page(
    path="changes/20261122-k3f9xq/",
    title="Count <sheep>",
    description="Why & how",
    content="<h1>Count</h1><p>It  was “slow”.</p>",
    toc=((1, "note", "Count <sheep>"), (2, "reason", "Reason"), (2, "commands", "Commands & co")),
)
SHEET = Sheet(
    page=PAGE,
    older=Neighbour("changes/20261121-bbbbbb/", "Older <b>"),
    newer=Neighbour("changes/20261123-aaaaaa/", "Newer"),
    feed="All of it",
)
HOSTILE_SHEET = Sheet(
    page=replace(
        PAGE,
        title=HOSTILE,
        description=HOSTILE,
        content=f"<h1>{escape(HOSTILE)}</h1>",
        toc=((1, "note", HOSTILE), (2, "reason", HOSTILE), (2, "commands", HOSTILE)),
    ),
    older=Neighbour("changes/20261121-bbbbbb/", HOSTILE),
    newer=Neighbour("changes/20261123-aaaaaa/", HOSTILE),
    feed=HOSTILE,
)


def theme(template: str) -> Render:
    """A theme that is given texts escaped, as MkDocs gives them."""
    made: Template = Environment().from_string(template)  # noqa: S701  # themes do not escape either

    def render(sheet: Sheet) -> str:
        page = sheet.page
        return made.render(
            path=page.path,
            title=escape(page.title),
            description=escape(" ".join(page.description.split())),
            content=page.content,
            toc=[(level, name, escape(text)) for level, name, text in page.toc],
            hide=page.hide,
            older=sheet.older and (sheet.older.path, escape(sheet.older.title)),
            newer=sheet.newer and (sheet.newer.path, escape(sheet.newer.title)),
            feed=escape(sheet.feed),
        )

    return render


def press(template: str) -> Press:
    """A press with a theme of one template."""
    return Press(render=theme(template), folders=FOLDERS)


@pytest.mark.parametrize(
    "template",
    [
        "<title>{{ title }} – x</title>{{ content }}",
        '<i title="{{ title | e }}">{{ title | striptags }}{{ title | striptags | e }}</i>',
        '<script>var x = {{ title | tojson }}, y = "{{ path }}"</script>',
        "{% for level, id, text in toc[1:] %}{{ loop.index }}#{{ id }}{{ text }}{% endfor %}",
        "{{ toc[0][2] }}{{ description }}{{ description | e }}{{ toc | length }}",
        "{% if older %}{{ older[0] }}{{ older[1] | e }}{% endif %}{{ newer[1] }}{{ feed }}",
        "{% if '<h1' not in content %}<h1>{{ title }}</h1>{% endif %}{{ content }}{{ content }}",
        "{{ path.split('/') | join('-') }}{{ path.count('/') }}",
        "no word of it",
    ],
)
def test_a_shell_shows_what_the_theme_shows(template: str) -> None:
    pressed = press(template)

    for sheet in (SHEET, HOSTILE_SHEET):
        page, shape = pressed.finished(sheet)
        assert page.decode() == theme(template)(sheet)
        assert shape is not None
    assert pressed.rendered == 2  # a shell, and the sample that proved it


@pytest.mark.parametrize(
    "template",
    [
        "{{ title | upper }}",
        "{{ title | truncate(20) }}",
        "{{ title[:4] }}",
        "{{ title | urlencode }}",
        "{{ title | length }}",
        "{{ content | wordcount }}",
        "{{ content | striptags }}",
        "{{ content | replace('<h1>', '<h1 class=x>') }}",
        "{{ path | upper }}",
        "{% for level, id, text in toc %}{{ id | capitalize }}{% endfor %}",
    ],
)
def test_what_no_shell_can_show_is_left_to_the_theme(template: str) -> None:
    pressed = press(template)

    for sheet in (SHEET, HOSTILE_SHEET):
        page, shape = pressed.finished(sheet)
        assert page.decode() == theme(template)(sheet)
        assert shape is None
    assert pressed.difference


@pytest.mark.parametrize(
    "page",
    [
        replace(PAGE, title=" edges "),
        replace(PAGE, path="changes/ä/"),
        replace(PAGE, toc=((1, "note", "x"), (2, "a b", "x"))),
        replace(PAGE, path="changes/kinds/fix/"),  # its neighbours are in another folder
    ],
)
def test_a_page_that_is_like_no_other_is_left_to_the_theme(page: Page) -> None:
    assert shape_of(replace(SHEET, page=page), FOLDERS) is None


def test_links_that_share_a_folder_with_a_page_make_its_shape() -> None:
    paths = ["changes/a/", "changes/b/", "changes/kinds/a/", "changes/weeks/a/", "a/b/"]

    shapes = [shape_of(Sheet(page=replace(PAGE, path=path)), FOLDERS) for path in paths]

    known = [(shape.folder, shape.below) for shape in shapes if shape]
    assert known == [
        ("changes/", 1),
        ("changes/", 1),
        ("changes/kinds/", 1),
        ("changes/", 2),
        ("", 2),
    ]


def test_a_shell_is_the_same_in_every_build_unless_the_theme_changes() -> None:
    shape = shape_of(SHEET, FOLDERS)
    assert shape

    one, same, other = (press(text).digest(shape) for text in ("{{ title }}", "{{ title }}", "x"))

    assert one == same != other
    assert press("{{ title | e }}").digest(shape) != one
