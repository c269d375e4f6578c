"""What became of the files of a note, and of the note itself, on the main line of history. Pure."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from changenote.git_facts.main_line import MainLine
from changenote.model.identity import id_in_file_name


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """A file that commits after a note changed, which no note tells of: how many, the last when."""

    path: str
    commits: int
    last: datetime


class Past:
    """The main line in a form that answers at once what became of a path.

    Its commits are numbered from the oldest. Several of them are one whole number with a bit for
    each, because thousands of notes may ask about a file that nearly every commit changes.
    """

    def __init__(self, line: MainLine) -> None:
        landings = line.landings
        self._known_since = line.known_since
        self._times = [landing.at for landing in landings]
        self._numbers = {sha: n for n, one in enumerate(landings) for sha in (*one.merged, one.sha)}
        self._ids = [one.sha for one in landings]
        self._landed = {sha: n for n, sha in enumerate(self._ids)}
        # When a commit or one after it was made, whatever is earliest: clocks go wrong.
        self._not_before = list(accumulate(reversed(self._times), min))[::-1]
        self._touching: dict[str, list[int]] = defaultdict(list)
        self._renames: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, landing in enumerate(landings):
            for path, source in landing.changes:
                self._touching[path].append(number)
                if source:
                    self._touching[source].append(number)
                    self._renames[source].append((number, path))
        self._commits: dict[str, int] = {}

    def is_known_from(self, moment: float) -> bool:
        """Is every commit there that was made after a moment, in seconds since 1970?"""
        return moment >= self._known_since

    def has(self, head: str | None) -> bool:
        """Is a commit on the line, or the head of what was merged into it?"""
        return head in self._numbers

    def after(self, moment: float, head: str | None) -> int:
        """The number of the first commit after a moment and after the one that brought `head`."""
        after_head = self._numbers[head] + 1 if head in self._numbers else 0
        return max(bisect_right(self._not_before, moment), after_head)

    def told_by(self, base: str | None, head: str | None) -> int:
        """The commits that a note with these ends tells of; none when `head` is not on the line.

        What was merged is its merge alone: what landed while it was worked on is not of it.
        """
        if head not in self._numbers:
            return 0
        last = self._numbers[head]
        before = self._landed.get(base or "", last - 1) if head in self._landed else last - 1
        return (1 << last + 1) - (1 << min(before + 1, last))

    @staticmethod
    def first(commits: int) -> int:
        """The first of some commits."""
        return commits & -commits

    @staticmethod
    def after_first(commits: int) -> int:
        """The number of the commit after the first of some commits; 0 when there are none."""
        return (commits & -commits).bit_length()

    def time(self, commits: int) -> datetime:
        """When the last of some commits was made."""
        return datetime.fromtimestamp(self._times[commits.bit_length() - 1], UTC)

    def commit(self, commits: int) -> str:
        """The id of the last of some commits, as it landed on the line."""
        return self._ids[commits.bit_length() - 1]

    def of_notes(self, folder: str) -> dict[str, int]:
        """The commits that changed each note in a folder, by its id: its name may have changed."""
        found: dict[str, int] = defaultdict(int)
        for path in self._touching:
            if path.startswith(f"{folder}/") and path.count("/") == folder.count("/") + 2:
                found[id_in_file_name(path.rpartition("/")[2]) or ""] |= self._changing(path)
        return found

    def drifted(self, paths: Iterable[str], start: int, told: int) -> Iterator[tuple[Drifted, int]]:
        """The files that commits from a number on changed, and which; without those `told` of."""
        for path in paths:
            if commits := self._since(path, start) & ~told:
                last = self.time(commits)
                yield Drifted(path=path, commits=commits.bit_count(), last=last), commits

    def _since(self, path: str, start: int) -> int:
        """The commits that changed a file from a number on, whatever it was called later."""
        found = 0
        while renames := self._renames.get(path, [])[self._next_rename(path, start) :]:
            number, renamed = renames[0]
            found |= self._changing(path) >> start << start & (2 << number) - 1
            path, start = renamed, number + 1
        return found | self._changing(path) >> start << start

    def _next_rename(self, path: str, start: int) -> int:
        return bisect_left(self._renames.get(path, []), (start, ""))

    def _changing(self, path: str) -> int:
        """The commits that changed what was called so."""
        if path not in self._commits:
            self._commits[path] = sum(1 << n for n in set(self._touching.get(path, ())))
        return self._commits[path]
