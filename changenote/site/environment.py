"""The Jinja2 environment of the pages: a team's own templates first, everything escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from changenote.model.note import in_utc
from changenote.resources import templates_folder
from changenote.site import markdown, wording


def environment(own: Path | None = None) -> Environment:
    """The environment of all pages; a file in `own` replaces the bundled one of the same name."""
    folders = [own, templates_folder()] if own else [templates_folder()]
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        markdown=markdown.block,
        in_line=markdown.line,
        link=link,
        number=wording.number,
        exact=wording.exact,
        with_unit=wording.with_unit,
        day=wording.day,
        moment=wording.moment,
        month=wording.month,
        utc=in_utc,
        shortened=wording.shortened,
        words=_words,
    )
    made.globals.update(counted=wording.counted, age_before=wording.age_before)
    return made


def link(text: str, label: str = "") -> Markup:
    """An address as a link, or as text when it is none that a browser should follow."""
    if not markdown.is_address(text):
        return escape(text)
    return Markup('<a href="{}" rel="noopener">{}</a>').format(
        text, label or wording.short_address(text)
    )


def _words(name: str) -> str:
    """`rolled back` from `rolled_back`."""
    return name.replace("_", " ")
