"""The parts of a new note that a person may be asked for, each with its question. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from changenote.capture import draft
from changenote.capture.metrics import EXAMPLE, parse_metric
from changenote.cli.writing.offers import Recorded
from changenote.cli.writing.unclear import (
    checklist_refused,
    commands_refused,
    instant,
    instant_refused,
    metrics_refused,
    why_none,
)
from changenote.config import Config
from changenote.model.checklists import Groups
from changenote.model.fields import Field, Question, questions, typed
from changenote.model.measures import judge, sentence
from changenote.model.note import Metric, Strategy
from changenote.model.reading import read
from changenote.model.units import is_time

Data = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: `name` is the word for it, `key` its place in the note.

    `lines` show what is known of it, and are empty when it has to be asked for; `listed` stand
    above the question then. `take` turns the words of an answer into data of the note; `refused`
    says what is wrong with them, if anything.
    """

    name: str
    key: str
    label: str
    lines: tuple[str, ...]
    proposed: str
    take: Callable[[str], Data]
    hint: str = ""
    choices: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    refused: Callable[[str], str] = lambda _answer: ""


def parts(data: Data, config: Config, recorded: Sequence[Recorded], remark: str) -> list[Part]:
    """Every part, in the order of the note; `data` is what is known, without any default.

    `remark` says whether the suggested revert still applies.
    """
    return [
        *_about_the_change(data, config),
        _metrics(data),
        *_cache(data),
        _commands(data, recorded),
        *_checklists(data, config),
        *_own_fields(data, config),
        *_about_the_way_back(data, remark),
    ]


_PROPOSED = ("title", "kind", "service", "owner", "reason", "undo")
"""Parts that are worth a look when they were not given but proposed."""


def is_all_given(every: Sequence[Part], given: Data) -> bool:
    """Is there nothing to ask for and nothing to look over?"""
    proposed = (p for p in every if p.name in _PROPOSED and not value_at(given, p.key))
    return all(part.lines for part in every) and not any(proposed)


def _about_the_change(data: Data, config: Config) -> list[Part]:
    return [
        _text(data, "title", "What changed?"),
        _kind(data, config.kind_names),
        _text(data, "service", "Service", choices=config.services),
        _text(data, "owner", "Who owns it?"),
        _text(data, "reason", "Why?"),
        _text(data, "expected", "What should get better, by how much?"),
        _shipped(data),
        _text(data, "shipped.environment", "Where?", name="environment"),
        *_version(data),
    ]


def _shipped(data: Data) -> Part:
    return replace(
        _text(data, "shipped.at", "When did it ship?", name="shipped"),
        take=lambda answer: nested("shipped.at", instant(answer)),
        refused=instant_refused,
    )


def _version(data: Data) -> list[Part]:
    """The version, where there is one: many teams have none."""
    part = _text(data, "shipped.version", "Which version?")
    return [part] if part.lines else []


def _kind(data: Data, kinds: Sequence[str]) -> Part:
    known = str(data.get("kind") or "")
    return Part(
        name="kind",
        key="kind",
        label="Kind",
        lines=(known,) if known else (),
        proposed=known or draft.DEFAULT_KIND,
        take=lambda answer: {"kind": answer},
        hint=", ".join(kinds),
        choices=tuple(kinds),
    )


def value_at(data: Data, key: str) -> Any:
    """The value at `rollback.when`; None where there is none."""
    value: Any = data
    for name in key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def nested(key: str, value: Any) -> Data:
    """`{"rollback": {"when": value}}` for `rollback.when`."""
    for name in reversed(key.split(".")):
        value = {name: value}
    data: Data = value
    return data


def _text(
    data: Data,
    key: str,
    label: str,
    *,
    name: str = "",
    hint: str = "",
    choices: tuple[str, ...] = (),
) -> Part:
    known = str(value_at(data, key) or "").strip()
    return Part(
        name=name or key.rpartition(".")[2],
        key=key,
        label=label,
        lines=tuple(known.splitlines()),
        proposed=known,
        take=lambda answer: nested(key, answer),
        hint=hint or ", ".join(choices),
        choices=choices,
    )


def _metrics(data: Data) -> Part:
    known = [_said(metric) for metric in data.get("metrics", ())]
    known += [f"not measured: {why}"] if (why := data.get("no_metric")) else []
    return Part(
        name="metrics",
        key="metrics",
        label="Which number moved?",
        lines=tuple(known),
        proposed="",
        take=_metrics_or_why,
        hint=f"{EXAMPLE} [cache: warm], or none: why",
        refused=metrics_refused,
    )


def _said(data: Data) -> str:
    metric, _ = read(Metric, data)
    return f"{metric.name}: {sentence(metric, judge(metric))}" if metric else str(data.get("name"))


def _cache(data: Data) -> list[Part]:
    """The state of the caches, for a headline that is a time: it could be all of the difference."""
    metrics = list(data.get("metrics", ()))
    marked = [m for m in metrics if m.get("primary")] or metrics
    if len(marked) != 1 or not is_time(marked[0].get("unit")):
        return []
    known = str((marked[0].get("conditions") or {}).get("cache") or "")

    def take(answer: str) -> Data:
        said = {**marked[0], "conditions": {**(marked[0].get("conditions") or {}), "cache": answer}}
        return {"metrics": [said if m is marked[0] else m for m in metrics]}

    return [
        Part(
            name="caches",
            key="caches",
            label="Were its caches warm?",
            lines=(known,) if known else (),
            proposed=known,
            take=take,
            hint="warm, cold, none where there is none, or cold -> warm if it was not the same",
        )
    ]


def _metrics_or_why(answer: str) -> Data:
    lines = [line for line in answer.splitlines() if line.strip()]
    found = [parse_metric(line) for line in lines]
    if all(found):
        return {"metrics": draft.with_one_primary(found), "no_metric": draft.LEFT_EMPTY}
    return {"no_metric": why_none(answer) or answer, "metrics": draft.LEFT_EMPTY}


def _commands(data: Data, recorded: Sequence[Recorded]) -> Part:
    known = list(data.get("commands", ()))
    chosen = [_place(command) for command in known]
    lines = [
        f"[{'x' if _place(entry.data) in chosen else ' '}] {number} {entry.line}"
        for number, entry in enumerate(recorded, 1)
    ]
    offered = [_place(entry.data) for entry in recorded]
    more = [str(command.get("run")) for command in known if _place(command) not in offered]
    more += [f"none: {why}"] if (why := data.get("no_command")) else []
    return Part(
        name="commands",
        key="commands",
        label="What was run to ship it?",
        lines=(*lines, *more) if known or more else (),
        proposed="",
        take=lambda answer: _commands_or_why(answer, recorded),
        hint=f"{'numbers of those above, or a' if recorded else 'one'} command"
        "; e for several, a line each; or none: why",
        refused=lambda answer: _commands_refused(answer, len(recorded)),
        listed=() if known or more else tuple(lines),
    )


def _place(command: Data) -> tuple[Any, Any]:
    """What tells a recorded command from another run of the same line."""
    return command.get("run"), command.get("at")


def _commands_refused(answer: str, offered: int) -> str:
    is_none = answer.partition(":")[0].strip().lower() == "none"
    return "" if is_none else commands_refused(answer, offered)


def _commands_or_why(answer: str, recorded: Sequence[Recorded]) -> Data:
    head, colon, why = answer.partition(":")
    if head.strip().lower() == "none":
        reason = why.strip() if colon else "nothing was run by hand"
        return {"no_command": reason, "commands": draft.LEFT_EMPTY}
    commands = []
    for line in filter(None, map(str.strip, answer.splitlines())):
        commands += _chosen(line, recorded) or [draft.command(line)]
    return {"commands": commands, "no_command": draft.LEFT_EMPTY}


def _chosen(line: str, recorded: Sequence[Recorded]) -> list[Data]:
    """The recorded commands that a line such as `1 3` or `1, 3` names by number."""
    words = line.replace(",", " ").split()
    if not all(w.isdecimal() and 0 < int(w) <= len(recorded) for w in words):
        return []
    return [recorded[int(w) - 1].data for w in words]


def _checklists(data: Data, config: Config) -> list[Part]:
    """The checklists of the kind, to be answered; those of the files touched, if somebody likes."""
    kind = str(data.get("kind", ""))
    paths = [str(file.get("path", "")) for file in data.get("files", ())]
    given = data.get("checklist") or {}
    names = {**config.proposed_checklist(kind, paths), **given}
    asked = config.checklists_of(kind)
    return [_checklist(n, given.get(n), config.groups, is_asked=n in asked) for n in names]


def _checklist(group: str, answers: Data | None, groups: Groups, *, is_asked: bool) -> Part:
    items = " · ".join(groups.get(group, ()))
    answered = [f"{item}: {answer}" for item, answer in (answers or {}).items()]
    return Part(
        name=f"{group}-list",
        key=f"checklist.{group}",
        label=f"Checked for {group}?",
        lines=tuple(answered) or (() if is_asked else (f"not filled in: {items}",)),
        proposed="",
        take=lambda answer: {"checklist": draft.checklist(f"{group}: {answer}", groups)},
        hint=f"{items}; ok, na, todo or fail: one for all, or one each",
        refused=lambda said: checklist_refused(said, groups.get(group, ())),
    )


def _own_fields(data: Data, config: Config) -> list[Part]:
    """The fields of the team's own that it asks for."""
    kind = str(data.get("kind", ""))
    return [_own_field(data, q, config.fields[q.path[1]]) for q in questions(config.fields, kind)]


def _own_field(data: Data, question: Question, field: Field) -> Part:
    key = ".".join(question.path)
    known = value_at(data, key)
    shown = "" if known is None else str(known)
    return Part(
        name=question.path[1],
        key=key,
        label=question.label,
        lines=tuple(shown.splitlines()),
        proposed=shown,
        take=lambda answer: nested(key, typed(field, answer)),
        hint=question.expected,
        choices=question.choices,
    )


def _about_the_way_back(data: Data, remark: str) -> list[Part]:
    steps = [str(step.get("run", "")) for step in value_at(data, "rollback.steps") or ()]
    proposed = "\n".join(steps)
    shown = [*steps, f"({remark})"] if steps and remark else steps
    return [
        Part(
            name="undo",
            key="rollback.steps",
            label="Undo it with",
            lines=tuple(shown),
            proposed=proposed,
            take=lambda answer: {"rollback": _way_back(answer)},
            hint="commands, ready to paste",
        ),
        *_strategy_part(data),
        _text(data, "rollback.when", "Undo it when?", hint="what would have to be seen"),
        _text(data, "rollback.verify", "Undone when?", hint="how to see that it worked"),
    ]


def _strategy_part(data: Data) -> list[Part]:
    """The strategy, once it is known: it follows from the commands."""
    known = value_at(data, "rollback.strategy")
    choices = get_args(Strategy)
    return [_text(data, "rollback.strategy", "How?", choices=choices)] if known else []


def _way_back(answer: str) -> Data:
    steps = [{"run": line.strip()} for line in answer.splitlines() if line.strip()]
    return {"steps": steps, "strategy": _strategy(answer)}


def _strategy(commands: str) -> str:
    """The strategy that commands speak of; the person can name another."""
    words = commands.lower()
    if "git revert" in words:
        return "revert"
    if "flag" in words or "toggle" in words:
        return "flag"
    return "restore" if "restore" in words else "redeploy"
