"""Which tool wrote it? Told by what stands in a file, never by its name."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from changenote.capture.results import hyperfine
from changenote.capture.results.document import Document, parsed
from changenote.capture.results.files import decoded
from changenote.capture.results.series import Series
from changenote.errors import BadResult, UsageProblem
from changenote.model.problems import did_you_mean, shown
from changenote.records import record


@record
class Format:
    """A kind of result file."""

    name: str
    recognises: Callable[[Document], bool]
    series: Callable[[Document], list[Series]]
    stream: bool = False  # JSON documents that follow each other belong together


def _format(module: ModuleType, *, stream: bool = False) -> Format:
    return Format(
        name=module.NAME, recognises=module.recognises, series=module.series, stream=stream
    )


FORMATS = (_format(hyperfine),)
