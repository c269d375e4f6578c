"""What is wrong with an answer: it is asked for again, and nothing false is saved."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from changenote.capture import draft
from changenote.capture.metrics import EXAMPLE, parse_metric, speaks_of_numbers
from changenote.checks.fillers import is_filler
from changenote.checks.runnable import is_surely_command, judged
from changenote.errors import UsageProblem
from changenote.model.checklists import Groups, parted
from changenote.model.note import DURATION, seconds
from changenote.model.reading import is_instant
from changenote.patterns import pattern

_LONGEST = 60
_DURATION = pattern(DURATION)
_WHY = pattern(r"(?is)(?:none|(?:nothing|not) measured)\s*[:,;–—-]\s*(\S.*)")


def why_none(answer: str) -> str | None:
    """The reason in `none: the load test was down`; None for an answer of another shape."""
    match = _WHY.fullmatch(answer.strip())
    return match[1] if match else None


def metrics_refused(answer: str) -> str:
    """What is wrong with an answer about the numbers that moved; nothing when it is clear."""
    lines = [line for line in answer.splitlines() if line.strip()]
    why = why_none(answer)
    unclear = [line for line in lines if not parse_metric(line)]
    if not unclear or (why and not parse_metric(why)):
        return ""
    if len(unclear) < len(lines) or why or any(map(speaks_of_numbers, lines)):
        return f"{shown(why or unclear[0])} is not clear. Write `{EXAMPLE}`, or `none: why`."
    if is_filler(answer):
        return f"{shown(answer)} does not say why. Write `none: why`, or nothing at all."
    if is_surely_command(answer):
        return f"{shown(answer)} reads like a command. Write `{EXAMPLE}`, or `none: why`."
    return ""


def command_refused(line: str) -> str:
    """What is wrong with a line that should be a command; nothing when it can be one."""
    run = draft.command(line)["run"]
    if parse_metric(run) or "→" in run:
        return f"{shown(line)} is a number, and no command."
    if is_filler(run) or judged(run) == "prose":
        return f"{shown(line)} reads like words, not like a command that was run."
    return ""


def is_numbers(line: str) -> bool:
    """Is it `1 3` or `1, 3`, which name recorded commands?"""
    return line.replace(",", " ").replace(" ", "").isdecimal()


def commands_refused(answer: str, offered: int) -> str:
    """What is wrong with an answer about what was run, when so many commands are offered."""
    for line in filter(None, map(str.strip, answer.splitlines())):
        if is_numbers(line):
            words = line.replace(",", " ").split()
            if any(not 0 < int(word) <= offered for word in words):
                have = f"Their numbers are 1 to {offered}." if offered else "None was recorded."
                return f"{shown(line)} is no recorded command. {have}"
        elif wrong := command_refused(line):
            return f"{wrong} Such as `./deploy.sh production v2.14.0`, or `none: why`."
    return ""


def checklist_refused(said: str, items: Sequence[str]) -> str:
    """What is wrong with the answers to a checklist; nothing when it is clear what each item got.

    One answer is for all items; several are for each in order, or for those they name.
    """
    if not said.strip():
        return ""
    answers = draft.answers(said)
    named = [a.split("=", 1)[0] for a in answers if "=" in a]
    plain = [a for a in answers if "=" not in a]
    if not all(_is_answer(a.partition("=")[2] if "=" in a else a) for a in answers):
        return f"{shown(said)} is no answer: ok, na, todo or fail, for all items or for each."
    if plain == [said] and _count(said) > 1:
        return f"{shown(said)} is not clear: not every word of it is ok, na, todo or fail."
    is_for_all = len(plain) == 1 and not named
    unnamed = [item for item in items if item not in named]
    if plain and not is_for_all and len(plain) != len(unnamed):
        answered = f"{len(plain)} answer{'s' * (len(plain) > 1)}"
        return f"{shown(said)} has {answered} for {len(unnamed)} items."
    return ""


def _is_answer(text: str) -> bool:
    return parted(text.strip())[0] != "other"


def _count(said: str) -> int:
    """How many answers a line seems to give."""
    return sum(map(_is_answer, said.split(",") if "," in said else said.split()))


def refuse_checklist(line: str, groups: Groups) -> None:
    """Raise `UsageProblem` for a line of `--checklist` that is not clear."""
    group, _, said = (part.strip() for part in line.partition(":"))
    if group in groups:
        wrong = checklist_refused(said, groups[group])
        items = groups[group]
        expected = f"one answer for all, or one each: {', '.join(items)}"
    else:
        wrong = f"there is no checklist {shown(group)}."
        expected = f"one of {', '.join(groups)}"
    if wrong:
        raise UsageProblem(
            f"--checklist: {wrong.rstrip('.')}",
            expected=expected,
            hint=f"For example: `--checklist '{group if group in groups else 'cache'}: ok'`",
        )


def instant(answer: str) -> str | None:
    """The time in an answer, as notes have it; None when it is none.

    One without a zone is of the zone here; `2h ago` is understood as well.
    """
    text = answer.strip()
    if is_instant(text):
        return text
    try:
        if text and _DURATION.fullmatch(text.removesuffix(" ago")):
            return draft.written_time(datetime.now(UTC) - timedelta(seconds=seconds(text)))
        return draft.written_time(datetime.fromisoformat(text)) if ":" in text else None
    except (ValueError, OverflowError):
        return None


def instant_refused(answer: str) -> str:
    """What is wrong with an answer about a time; nothing when it is one."""
    example = "Write `2026-11-22 14:05`, or `2h ago`."
    return "" if instant(answer) else f"{shown(answer)} is no time. {example}"


def shown(answer: str) -> str:
    """An answer as it is quoted: on one line, and not all of a long one."""
    line = " ".join(answer.split())
    return repr(line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…")


def refuse_unclear(given: Mapping[str, Any]) -> None:
    """Raise `UsageProblem` for the first option of `new` that would be saved as what it is not."""
    if (at := given["shipped_at"]) and not instant(at):
        raise UsageProblem(
            f"--shipped-at {shown(at)} is no time",
            expected="a time such as 2026-11-22T14:05:00Z, '2026-11-22 14:05' or '2h ago'",
            hint="Without it, the time is now, or when the recorded deployment ended.",
        )
    for line in given["metrics"]:
        if not parse_metric(line):
            raise UsageProblem(
                f"--metric {shown(line)} is not clear",
                expected=f"a name and a number before and after, such as '{EXAMPLE}'",
                hint="`--no-metric WHY` says why nothing was measured.",
            )
    for line in given["commands"]:
        if wrong := command_refused(line):
            raise UsageProblem(
                f"--command {wrong.rstrip('.')}",
                expected="a command that was run, such as './deploy.sh production v2.14.0'",
                hint="`--no-command WHY` says why none was.",
            )
