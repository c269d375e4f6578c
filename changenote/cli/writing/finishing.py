"""When a draft is finished: nothing is missing any more, and nobody has to look at it first."""

from collections.abc import Mapping

from changenote.cli.writing import judging
from changenote.config import Config
from changenote.model.problems import dotted
from changenote.store import codec
from changenote.store.editing import with_value

REVIEW = "needs_human_review"
"""The flag on what a machine wrote."""


def lacking(config: Config, text: str) -> list[str]:
    """What keeps a note's text from being a shipped note: names of parts, missing or wrong."""
    data = codec.load(text.encode("utf-8", "surrogateescape")).data
    if not isinstance(data, Mapping):
        return ["everything"]
    judged = judging.judge(config, dict(data), wanted=None)
    missing = [dotted(problem.path) for problem in judged.missing]
    wrong = [f.where for f in judged.wrong if f.severity == "error"]
    return list(dict.fromkeys([*missing, *wrong]))


def shipped(text: str) -> str:
    """A draft's text as that of a shipped note."""
    return with_value(text, ("status",), "shipped")


def shipped_if_finished(config: Config, old: str, text: str) -> str:
    """The new text of a note, as shipped if it was a draft for want of what is there now.

    A draft that lacked nothing before is one because somebody wants it to be, and one that is
    flagged waits for its review.
    """
    data = codec.load(text.encode("utf-8", "surrogateescape")).data
    flags = data.get("flags", ())
    waits = data.get("status") != "draft" or (isinstance(flags, list) and REVIEW in flags)
    if waits or lacking(config, text) or not lacking(config, old):
        return text
    return shipped(text)
