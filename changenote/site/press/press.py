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
    every page is rendered by the theme after all: it shows something that no shell can.
    """

    render: Render
    folders: Collection[str]
    difference: str = ""
    _shells: dict[Shape, Shell] = field(default_factory=dict)
    _sampled: set[tuple[str, int]] = field(default_factory=set)

    def finished(self, sheet: Sheet) -> bytes:
        """The bytes of a page as they lie in the site."""
        shape = None if self.difference else shape_of(sheet, self.folders)
        if shape is None:
            return self._rendered(sheet)
        shell = self._shell(shape)
        if shell is None:
            return self._rendered(sheet)
        page = shell.filled(sheet)
        return page if self._is_proved(shape, sheet, page) else self._rendered(sheet)

    def _shell(self, shape: Shape) -> Shell | None:
        if shape not in self._shells:
            try:
                self._shells[shape] = shell_of(shape, self.render)
            except CannotPress as error:
                self.difference = f"the theme changes {error}"
                return None
        return self._shells[shape]

    def _is_proved(self, shape: Shape, sheet: Sheet, page: bytes) -> bool:
        """Is it what the theme makes of the sheet? Asked of one page of each folder."""
        kind = (shape.folder, shape.below)
        if kind in self._sampled or len(self._sampled) >= _SAMPLES:
            return True
        self._sampled.add(kind)
        if self._rendered(sheet) == page:
            return True
        self.difference = f"{sheet.page.path} would not be what the theme makes of it"
        return False

    def _rendered(self, sheet: Sheet) -> bytes:
        return self.render(sheet).encode("utf-8", "xmlcharrefreplace")
