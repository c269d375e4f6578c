"""Made-up file contents with the line counts of a history.

No two lines are alike, within a file or between files. So a diff finds exactly as many lines
removed and added as there were, and sees a rename only where there was one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import PurePosixPath

from tests.demo.history import Change

_CODE = (
    "const {name}_{tag} = resolve('{tag}');",
    "export const {name}_{tag} = (value) => value + {number};",
    "if ({name}_{tag}) return render({number});",
    "expect({name}_{tag}).toBe({number});",
)
_DATA = ('"{name}-{tag}": "{number}",',)
_PROSE = (
    "- {name} {tag}: line {number} of a text made up for the demo.",
    "The part {tag} of {name}, number {number}.",
)
_TEMPLATES = {
    ".css": (".{name}-{tag} {{ order: {number}; }}",),
    ".json": _DATA,
    ".json5": _DATA,
    ".jsonc": _DATA,
    ".md": _PROSE,
    ".mdx": _PROSE,
    ".yaml": ("{name}-{tag}: {number}",),
}


class Files:
    """The files of a history, changed in place commit by commit."""

    def __init__(self, lengths: Mapping[str, int]) -> None:
        self._lines = {path: _lines(path, "base", n) for path, n in sorted(lengths.items())}

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def text(self, path: str) -> str:
        """The whole content of a file."""
        return "".join(f"{line}\n" for line in self._lines[path])

    def apply(self, change: Change, *, by: str) -> None:
        """Change one file as the commit `by` did: as many lines out and in."""
        if change.status == "A":
            self._lines[change.path] = []
        lines = self._lines.pop(change.renamed_from or change.path)
        if change.status == "D":
            return
        start = int(_tag(change.path, by), 16) % (len(lines) - change.removed + 1)
        lines[start : start + change.removed] = _lines(change.path, by, change.added)
        self._lines[change.path] = lines


def lengths_before(changes: Iterable[Change]) -> dict[str, int]:
    """How long each file was before these changes: exact if it is deleted, else long enough."""
    lengths: dict[str, int] = {}
    growth: Counter[str] = Counter()
    born: set[str] = set()
    path_before: dict[str, str] = {}
    for change in changes:
        source = change.renamed_from or change.path
        if change.status == "A" or source in born:
            born = born - {source} | {change.path}
            continue
        first = path_before.pop(source, source)
        lengths[first] = _length_needed(change, lengths.get(first, 0), growth[first])
        growth[first] += change.added - change.removed
        path_before[change.path] = first
    return lengths


def _length_needed(change: Change, known: int, growth: int) -> int:
    at_least = change.removed - growth
    if change.status == "D":
        return at_least
    # A renamed file must keep more than half of its lines, or git sees one deleted, one added.
    kept = 20 + int(_tag(change.path, ""), 16) % 60 + change.added
    return max(known, at_least + kept)


def _lines(path: str, by: str, count: int) -> list[str]:
    return [_line(path, by, number) for number in range(1, count + 1)]


def _line(path: str, by: str, number: int) -> str:
    file = PurePosixPath(path)
    words = file.stem.partition(".")[0].strip("[].") or file.parent.name
    templates = _TEMPLATES.get(file.suffix, _CODE)
    name = "".join(c if c.isalnum() else "_" for c in words)[:24]
    tag = _tag(path, f"{by} {number}")
    return templates[number % len(templates)].format(name=name, tag=tag, number=number)


def _tag(path: str, of: str) -> str:
    """Ten hexadecimal digits that no other path and purpose share."""
    return sha256(f"{path} {of}".encode()).hexdigest()[:10]
