"""Compiled templates: less work than Jinja's own code does, and the same pages."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from changenote.resources import templates_folder
from changenote.site import code_generator
from changenote.site import environment as environments
from changenote.site.charts import drawing
from changenote.site.code_generator import LeanCode, escaped, escaped_text
from changenote.site.environment import LeanEnvironment, environment
from changenote.site.pages import pages, plans_of, printed
from tests.books import SAMPLE, book, least

EVERY = (Path(__file__).parent / "data" / "pages" / "every-field.yaml").read_text("utf-8")
NOTE = "site/note.html.j2"
TEXTS = st.text(st.sampled_from("a<>&\"'é\0\ud800 ")) | st.text()

TEMPLATE = """
{%- macro mark(text, suffix="<hr>") %}<b title="{{ text }}">{{ text }}</b>{{ suffix }}{% endmacro -%}
{%- macro around() %}<i>{{ caller() }}</i>{% endmacro -%}
{%- set held %}<u>{{ text }}</u>{% endset -%}
{{ text }}|{{ html }}|{{ number }}|{{ nothing }}|{{ thing }}|{{ own }}|{{ "<br>" if number }}
{{ mark(text) }}|{{ mark(text, html) }}|{{ mark(html, suffix=text) }}|{{ mark(mark(text)) }}
{{ mark(text) ~ text }}|{{ (mark(text) + text) | upper }}|{{ mark(text) | length }}
{% call around() %}{{ text }}{{ html }}{% endcall %}|{{ held }}|{{ text | safe }}|{{ html ~ text }}
{% filter upper %}{{ text }}{% endfilter %}|{{ [text, html] | join(",") }}|{{ row["key"] }}
{% autoescape false %}{{ text }}{{ html }}{{ mark(text) }}{% endautoescape %}|{{ text | e }}
{% for part in [text, html] %}{{ mark(part) }}{{ ", " if not loop.last }}{% endfor %}
"""


class _Own:
    """Something with HTML of its own."""

    def __html__(self) -> str:
        return "<em>own</em>"


class _Thing(str):
    """A text by another name, which may not slip through."""


class _Lean(Environment):
    code_generator_class = LeanCode


@given(text=TEXTS)
def test_a_text_is_escaped_as_markupsafe_does(text: str) -> None:
    by_markupsafe = str(escape(text))

    assert escaped_text(text) == by_markupsafe
    assert code_generator._escaped_text(text) == by_markupsafe
    assert escaped(_Thing(text)) == by_markupsafe
    assert escaped(Markup("<i>{}</i>").format(text)) == f"<i>{by_markupsafe}</i>"


_BY_JINJA = Environment(autoescape=True).from_string(TEMPLATE)
_BY_US = _Lean(autoescape=True).from_string(TEMPLATE)


def _as_bundled() -> Any:
    made = _Lean(autoescape=True)
    code = made.compile(TEMPLATE, "x", str(templates_folder() / "x"))
    return made.template_class.from_code(made, code, {})


@pytest.mark.parametrize("ours", [_BY_US, _as_bundled()], ids=["a team's", "bundled"])
@given(text=TEXTS)
def test_any_value_comes_out_as_from_the_code_of_jinja(ours: Any, text: str) -> None:
    values = {
        "text": text,
        "html": Markup("<i>{}</i>").format(text),
        "number": 4.5,
        "nothing": None,
        "thing": _Thing(text),
        "own": _Own(),
        "row": {"key": text},
    }

    assert ours.render(values) == _BY_JINJA.render(values)


def test_every_page_comes_out_as_from_the_code_of_jinja(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [file.read_text("utf-8") for file in sorted(SAMPLE.glob("changes/2026/2026*.yaml"))]
    of = book(EVERY, *(text for text in notes if "k3f9xq" not in text and "bad0ne" not in text))
    by_us = list(pages(of))

    monkeypatch.setattr(environments, "CompiledTemplates", lambda: None)
    monkeypatch.setattr(drawing, "CompiledTemplates", lambda: None)
    monkeypatch.setattr(LeanEnvironment, "code_generator_class", CodeGenerator)
    monkeypatch.setattr(environments, "inlined", lambda *_: None)
    drawing._environment.cache_clear()
    by_jinja = list(pages(of))
    drawing._environment.cache_clear()

    assert by_us == by_jinja


def test_a_note_page_is_made_of_few_contexts_and_no_macros(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = printed(book(EVERY, least("20261122-aaaaaa")))
    least_note, every = sorted(
        (plan for plan in plans_of(edition) if plan.path in edition.places.ids.values()),
        key=lambda plan: plan.path,
    )
    least_note.make()
    made: list[str] = []

    monkeypatch.setattr(Context, "__init__", _counting(made, Context.__init__))
    monkeypatch.setattr(Macro, "__init__", _counting(made, Macro.__init__))
    every.make()

    assert made == ["Context", "Context"]  # the page, and the plot of its metric


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Python keeps what it compiles, empty at first."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def test_a_template_is_compiled_once(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = environment().get_template(NOTE)

    monkeypatch.setattr(LeanEnvironment, "_generate", None)
    again = environment().get_template(NOTE)

    assert [file.name.partition(".cpython")[0] for file in kept.rglob("*.j2.*.pyc")] == [
        "note.html.j2"
    ]
    assert again.root_render_func.__code__ == compiled.root_render_func.__code__


def other_bytes(whole: bytes, start: int) -> bytes:
    """Bytes that a disk lost from some place on."""
    return whole[:start] + b"\xff" * (len(whole) - start)


@pytest.mark.parametrize(
    "damaged",
    [
        lambda _whole: b"nonsense",
        lambda _whole: b"j2",
        lambda whole: whole[:-9],
        lambda whole: other_bytes(whole, 15),
    ],
)
def test_what_is_damaged_is_compiled_again(kept: Path, damaged: Callable[[bytes], bytes]) -> None:
    sound = environment().get_template(NOTE)
    file = next(kept.rglob("*.j2.*.pyc"))
    whole = file.read_bytes()
    file.write_bytes(damaged(whole))

    again = environment().get_template(NOTE)

    assert again.root_render_func.__code__ == sound.root_render_func.__code__
    assert file.stat().st_size > len(whole) / 2


def test_templates_of_a_team_are_compiled_by_every_build(kept: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()

    environment(own).get_template(NOTE)

    assert not list(kept.rglob("*.j2.*.pyc"))


def _counting(made: list[str], begin: Callable[..., None]) -> Callable[..., None]:
    def begun(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(type(self).__name__)
        begin(self, *args, **kwargs)

    return begun
