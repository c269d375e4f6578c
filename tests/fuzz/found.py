"""What a run has tried and found: of failures at one place, the smallest input."""

import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tests.fuzz.target import Failure, Target, failure

_SECONDS_TO_SHRINK = 20


@dataclass
class Found:
    """The inputs of one target that fail, by place; `current` is a file that has the last input,
    for the case that it ends the process.
    """

    target: Target
    current: Path | None = None
    tried: int = 0
    failures: dict[str, tuple[Failure, bytes]] = field(default_factory=dict)

    def look_at(self, raw: bytes) -> None:
        """Read an input and note what goes wrong."""
        self.tried += 1
        if self.current:
            self.current.write_bytes(raw)
        if found := failure(self.target.holds, raw):
            known = self.failures.get(found.place)
            if known is None or len(raw) < len(known[1]):
                self.failures[found.place] = (found, raw)

    def keep(self, folder: Path) -> dict[str, str]:
        """Write each failing input, as small as it can be made, to a file; what is wrong by file."""
        said = {}
        for place, (found, raw) in self.failures.items():
            small = shrunk(self.target, raw, place)
            path = folder / self.target.name / sha256(small).hexdigest()[:12]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(small)
            said[str(path)] = f"{place}: {found.what}"
        return said


def shrunk(target: Target, raw: bytes, place: str) -> bytes:
    """A smaller input that fails at the same place: parts go as long as it does."""
    end = time.monotonic() + _SECONDS_TO_SHRINK
    size = len(raw) // 2
    while size and time.monotonic() < end:
        start = 0
        while start < len(raw) and time.monotonic() < end:
            less = raw[:start] + raw[start + size :]
            found = failure(target.holds, less)
            if found and found.place == place:
                raw = less
            else:
                start += size
        size //= 2
    return raw
