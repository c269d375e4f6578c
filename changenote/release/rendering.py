"""A release as text, by templates; a team's own come first."""

from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from changenote.errors import BadTemplate
from changenote.model.escaping import escaped
from changenote.release.section import Release
from changenote.resources import templates_folder


class Texts:
    """Makes texts of a release. `own` is the team's folder of templates, which may be missing."""

    def __init__(self, own: Path) -> None:
        self._own = own
        self._templates = SandboxedEnvironment(
            loader=FileSystemLoader([own, templates_folder()]),
            # Markdown, not HTML: what comes from notes is escaped for it already.
            autoescape=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["escaped"] = escaped

    def section(self, release: Release) -> str:
        """The section of a changelog, without a line end at its end. Raises `BadTemplate`."""
        return self._made("section.md.j2", release=release).strip("\n")

    def changelog(self, release: Release) -> str:
        """A changelog before its first release, for a repository that has none."""
        return self._made("changelog.md.j2", release=release).strip("\n") + "\n"

    def on_the_forge(self, release: Release) -> str:
        """What a forge shows beside a release, where its name and day stand already."""
        return self._made("github-release.md.j2", release=release).strip("\n") + "\n"

    def _made(self, name: str, **values: Any) -> str:
        try:
            text = self._templates.get_template(f"release/{name}").render(values)
        except (TemplateError, TypeError, UnicodeDecodeError) as error:
            raise self._bad(name, str(error) or type(error).__name__) from error
        return text.replace("\r\n", "\n")

    def _bad(self, name: str, why: str) -> BadTemplate:
        return BadTemplate(
            f"the template release/{name} cannot be used: {why.splitlines()[0]}",
            expected=f"a template of Jinja with the values that the bundled release/{name} uses",
            hint=f"Yours would be {self._own / 'release' / name}: mend it, or take it away.",
        )
