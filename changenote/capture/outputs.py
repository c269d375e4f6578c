"""What a measured command printed → the one number of that run."""

import os
from typing import Final, NoReturn, Protocol

from changenote.capture.results import Series, read_text
from changenote.errors import ChangenoteError
from changenote.model.problems import did_you_mean
from changenote.model.ranks import median
from changenote.model.redaction import redact
from changenote.model.redaction.environment import secret_values
from changenote.model.units import converted
from changenote.patterns import pattern


class Reader(Protocol):
    """Makes the one number of a run from its output; `unit` may be known from the first run on."""

    @property
    def unit(self) -> str | None:
        """The unit of the numbers."""

    def __call__(self, printed: bytes, /) -> float:
        """The number. Raises `ChangenoteError` when there is none."""


_NUMBER = pattern(r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?:\s*(\S+))?")
_LONGEST = 60


class NumberReader:
    """Reads one number, alone or followed by its unit."""

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def __call__(self, printed: bytes) -> float:
        """The number of one run."""
        text = printed.decode("utf-8", "replace").strip()
        match = _NUMBER.fullmatch(text)
        number = float(match[1]) if match and match[2] in (None, self.unit) else None
        if number is None or number in (float("inf"), float("-inf")):
            raise ChangenoteError(
                f"found {one_line(text) or 'nothing'} where a number belongs",
                expected=f"one number in {self.unit} on stdout, and nothing else",
            )
        return number


class ResultReader:
    """Reads the output of a tool: of the series that speaks for it, the median of its numbers.

    `select` names another series. `found` is the series of the first run, None until then: the
    runs after it must have one with the same unit, or numbers of two kinds would be compared.
    """

    ANY: Final = "auto"
    """Instead of a format: whatever it is."""

    def __init__(self, form: str, *, select: str | None = None, unit: str | None = None) -> None:
        self.form = form
        self.select = select
        self.unit = unit
        self.found: Series | None = None

    def __call__(self, printed: bytes) -> float:
        """The number of one run."""
        series = self._chosen(
            read_text(printed, format=None if self.form == self.ANY else self.form)
        )
        self.found = self.found or series
        self.unit = self.unit or series.unit or "1"
        # 15 digits are what a float keeps of a decimal number; the mean of two can have more.
        middle = float(f"{median(series.values):.15g}")
        number = converted([middle], series.unit or self.unit, self.unit)
        if number is None:
            raise ChangenoteError(
                f"{one_line(series.name)} is in {series.unit}", expected=f"a number in {self.unit}"
            )
        return number[0]

    def _chosen(self, every: list[Series]) -> Series:
        wanted = [series for series in every if self._is_wanted(series)]
        if not wanted and self.select is not None:
            self._refuse(every)
        wanted = wanted or every
        best = [s for s in wanted if s.rank == min(s.rank for s in wanted)]
        return best[0] if len(best) == 1 else self._refuse(best)

    def _is_wanted(self, series: Series) -> bool:
        return series.wanted if self.select is None else series.name == self.select

    def _refuse(self, every: list[Series]) -> NoReturn:
        names = [series.name for series in every]
        known = ", ".join(one_line(name) for name in names[:5]) or "none"
        raise ChangenoteError(
            f"the result has {len(names)} series, and it is not clear which is meant",
            expected=f"one of: {known}",
            hint=did_you_mean(self.select, names) if self.select else "`--select NAME` names it.",
        )


def one_line(text: str) -> str:
    """A text for the middle of a sentence: on one line, without secrets, not too long."""
    line = " ".join(without_secrets(text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def without_secrets(text: str) -> str:
    """A text without secrets, those of the environment included: a shell has put them in there."""
    return redact(text, secret_values(os.environ))
