"""The folder of a site from one build to the next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from changenote.site.book import Page
from changenote.site.plan import Plan
from changenote.site.press.kept import (
    as_written,
    drop_unwritten,
    is_there,
    put_back,
    set_aside,
)
from changenote.site.press.manifest import (
    Manifest,
    entry_of,
    manifest_path,
    read_manifest,
    write_manifest,
)
from changenote.site.press.printing import Printing, address, write
from changenote.site.press.workers import processes_for


@dataclass(kw_only=True)
class Output:
    """A site's folder, and the cache that remembers what is in it.

    `now` is what is known to be there: at first what an earlier build left, then what this one did.
    """

    site: Path
    cache: Path
    now: Manifest = field(default_factory=Manifest)
    _is_hidden: bool = False
    _theirs: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def opens(self, *, will_be_emptied: bool) -> None:
        """Before a builder empties the folder, or leaves everything where it was."""
        self.now = read_manifest(manifest_path(self.cache, self.site))
        self._is_hidden = will_be_emptied
        if will_be_emptied:
            set_aside(self.site, self.now)
        else:
            self.now = as_written(self.site, self.now)

    def was_emptied(self, awaited: Collection[str]) -> None:
        """After that. What the builder is going to write is there until it does: `awaited`."""
        if self._is_hidden:
            kept = put_back(self.site, self.now, awaited)
            self.now, self._theirs = replace(self.now, lines=kept.ours), kept.theirs

    def is_done(self) -> None:
        """After everything was written, by the builder and its plugins, too."""
        drop_unwritten(self.site, self._theirs)

    def known(self, plan: Plan, printing: Printing) -> Page | None:
        """A page of a navigation without its content, if it is what it was."""
        line = self.now.lines.get(address(plan.path))
        is_same = line and entry_of(line).key == printing.key(plan)
        return self.now.pages.get(plan.path) if is_same else None

    def takes(
        self,
        plans: Sequence[Plan],
        printing: Printing,
        named: Collection[str],
        *,
        processes: int | None = None,
    ) -> None:
        """Every page and file of the site, as `write` does it; in as many processes as pay."""
        count = processes_for(len(plans), processes)
        self.now = write(self.site, plans, printing, self.now, named, processes=count)
        write_manifest(manifest_path(self.cache, self.site), self.now)

    def has(self, name: str) -> bool:
        """Is a file of ours there as it was written?"""
        line = self.now.lines.get(name)
        return line is not None and is_there(self.site / name, line)
