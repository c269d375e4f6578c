"""Sheets → finished pages: from the shell of their shape, or by the theme itself."""

from collections.abc import Collection
from dataclasses import dataclass, field

from changenote.site.press.sheets import Render, Shape, Sheet, shape_of
from changenote.site.press.shells import CannotPress, Shell, shell_of

_SAMPLES = 12
"""So many pages are rendered by the theme as well, the first one of each folder."""


@dataclass(kw_only=True)
class Press:
    """What makes finished pages, given how a theme makes one.

    `folders` are all that something lies in which the theme may link to. `difference` says why
    every page is rendered by the theme after all: it shows something that no shell can. `rendered`
    counts how often the theme was asked.
    """

    render: Render
    folders: Collection[str]
    difference: str = ""
    rendered: int = 0
    _shells: dict[Shape, tuple[Shell, str]] = field(default_factory=dict)
    _sampled: set[str] = field(default_factory=set)

    def finished(self, sheet: Sheet) -> tuple[bytes, Shape | None]:
        """The bytes of a page as they lie in the site, and its shape if they are from a shell."""
        shape = shape_of(sheet, self.folders)
        shell = self._shell(shape) if shape else None
        if shape and shell:
            page = shell.filled(sheet)
            if self._is_proved(shape, sheet, page):
                return page, shape
        return self._asked(sheet).encode("utf-8", "xmlcharrefreplace"), None

    def digest(self, shape: Shape) -> str:
        """What the pages of a shape have in common, in short; empty where it is nothing."""
        return self._shells[shape][1] if self._shell(shape) else ""

    def _shell(self, shape: Shape) -> Shell | None:
        if self.difference:
            return None
        if shape not in self._shells:
            try:
                shell = shell_of(shape, self._asked)
            except CannotPress as error:
                self.difference = f"the theme changes {error}"
                return None
            self._shells[shape] = shell, shell.digest
        return self._shells[shape][0]

    def _is_proved(self, shape: Shape, sheet: Sheet, page: bytes) -> bool:
        """Is it what the theme makes of the sheet? Asked of one page of each folder."""
        kind = shape.folder if shape.below else ""
        if kind in self._sampled or len(self._sampled) >= _SAMPLES:
            return True
        self._sampled.add(kind)
        if self._asked(sheet).encode("utf-8", "xmlcharrefreplace") == page:
            return True
        self.difference = f"{sheet.page.path} would not be what the theme makes of it"
        return False

    def _asked(self, sheet: Sheet) -> str:
        self.rendered += 1
        return self.render(sheet)
