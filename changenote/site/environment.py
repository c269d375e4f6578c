"""The Jinja2 environment of the pages: a team's own templates first, everything escaped."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from markupsafe import Markup, escape

from changenote.checks.runnable import FILL_IN, lacks_secret
from changenote.errors import SiteFailed
from changenote.model.note import in_utc
from changenote.model.unseen import visible
from changenote.resources import is_bundled, templates_folder
from changenote.site import markdown, wording
from changenote.site.code_generator import LeanCode
from changenote.site.compiled import CompiledTemplates
from changenote.site.inlining import Library, inlined


class LeanEnvironment(Environment):
    """Jinja with code of ours for templates, and with every bundled one in one piece."""

    code_generator_class = LeanCode

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._library = Library(self._bundled)
        self._loaded: dict[str, Template] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """A template. One that is asked for by its name alone is looked for once."""
        if not isinstance(name, str) or parent is not None or globals is not None:
            return super().get_template(name, parent, globals)
        if name not in self._loaded:
            self._loaded[name] = super().get_template(name)
        return self._loaded[name]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What every template knows, in one mapping: it is copied for every page."""
        return {**self.globals, **(d or {})}

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        if is_bundled(filename):
            inlined(source, self._library)
            source.set_environment(self)
        return super()._generate(source, name, filename, defer_init)

    def _bundled(self, name: str) -> nodes.Template | None:
        """The tree of a bundled template; None for one of the team's."""
        text, file, _ = cast(FileSystemLoader, self.loader).get_source(self, name)
        return self._parse(text, name, file) if is_bundled(file) else None


def environment(own: Path | None = None) -> Environment:
    """The environment of all pages; a file in `own` replaces the bundled one of the same name.

    Raises `SiteFailed` when a folder in `own` cannot be read: Jinja would pass over it in silence.
    """
    if own:
        for _ in os.walk(own, onerror=_refuse):
            pass
    folders = [own, templates_folder()] if own else [templates_folder()]
    made = LeanEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=None if own and own.is_dir() else CompiledTemplates(),
    )
    made.filters.update(_FILTERS)
    made.tests["lacking_secret"] = lacks_secret
    made.globals.update(counted=wording.counted, age_before=wording.age_before, fill_in=FILL_IN)
    return made


def _refuse(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise SiteFailed(
            f"the folder of own templates {error.filename} cannot be read: {error.strerror}",
            expected="a folder that can be read, or none",
            hint="Own templates are in the folder templates/ of the notes folder.",
        ) from error


def own_place(error: BaseException, own: Path | None) -> str:
    """Where a template of the team failed, `site/note.html.j2:2`; empty where none did."""
    found = [*_passed(error), (getattr(error, "filename", None), getattr(error, "lineno", None))]
    for file, line in reversed(found):
        if own and file and Path(file).is_relative_to(own):
            return f"{Path(file).relative_to(own).as_posix()}{f':{line}' if line else ''}"
    return ""


def _passed(error: BaseException) -> Iterator[tuple[str, int]]:
    """The files and lines that an error came through, as Jinja maps them to templates."""
    trace = error.__traceback__
    while trace:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def link(text: str, label: str = "") -> Markup:
    """An address as a link, or as text when it is none that a browser should follow."""
    if not markdown.is_address(text):
        return escape(text)
    shown = escape(label or wording.short_address(text))
    return Markup(f'<a href="{escape(text)}" rel="noopener">{shown}</a>')  # noqa: S704  # escaped


def _listed(names: Iterable[str], between: str = ", ") -> str:
    """Texts in one, to be escaped as one: none of them may be HTML."""
    return between.join(names)


def _exactly(values: Iterable[float]) -> str:
    """Numbers as they were written down."""
    return ", ".join(map(wording.exact, values))


def _words(name: str) -> str:
    """`rolled back` from `rolled_back`."""
    return name.replace("_", " ")


def _pasted(command: str) -> str:
    """A command with what nobody sees shown: it is copied as it looks."""
    return visible(command, in_command=True)


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "markdown": markdown.block,
    "in_line": markdown.line,
    "link": link,
    "number": wording.number,
    "exact": wording.exact,
    "with_unit": wording.with_unit,
    "day": wording.day,
    "moment": wording.moment,
    "month": wording.month,
    "utc": in_utc,
    "shortened": wording.shortened,
    "words": _words,
    "listed": _listed,
    "exactly": _exactly,
    "pasted": _pasted,
}
