"""The questions of `changenote new`: only what nobody but a person can know."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import click

from changenote.capture import draft
from changenote.capture.metrics import parse_metric
from changenote.cli import console
from changenote.errors import EditorFailed
from changenote.model.problems import did_you_mean

Data = dict[str, Any]
Save = Callable[[Data], object]
OpenEditor = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question; `take` turns the words of the answer into data of the note."""

    label: str
    proposed: str
    take: Callable[[str], Data]
    hint: str = ""
    choices: tuple[str, ...] = ()


def ask(data: Data, given: Data, *, kinds: Sequence[str], save: Save, editor: OpenEditor) -> Data:
    """Ask what `given` does not settle; `data` has the proposals. Every answer is saved at once.

    Returns the answers, which include what was accepted.
    """
    console.notice("Enter takes what is in [brackets], e opens your editor, - leaves it empty.")
    answers: Data = {}
    for key, question in _questions(data, given, kinds):
        answer = _answer(question, editor)
        accepted = question.take(answer) if answer else _left_empty(key, question)
        for metric in accepted.get("metrics", ()):
            if "before" in metric and "better" not in metric:
                metric["better"] = _direction(metric["name"])
        answers = draft.merged(answers, accepted)
        if answer != question.proposed:
            save(answers)
    return answers


def _direction(name: str) -> str:
    """Which way is better, where neither name nor unit tells."""
    label = console.clean(f"{name}: is lower or higher better?")
    choice = click.Choice(["lower", "higher"])
    return str(click.prompt(label, type=choice, default="lower", err=True))


def _answer(question: Question, editor: OpenEditor) -> str:
    if question.hint:
        for line in wrap(question.hint, console.width() - 2):
            console.hint(f"  {line}")
    shown = _on_one_line(question.proposed, console.width() - len(question.label) - 6)
    label = console.clean(f"{question.label} [{shown}]" if shown else question.label)
    while True:
        typed: str = click.prompt(label, default="", show_default=False, err=True).strip()
        if not typed or typed == "-":
            return "" if typed else question.proposed
        if typed == "e":
            edited = _edited(question, editor)
            if not edited:
                continue
            typed = edited
        choice = _chosen(typed, question.choices)
        if choice:
            return choice
        console.notice(f"  {typed!r} is none of them. {did_you_mean(typed, question.choices)}")


def _edited(question: Question, editor: OpenEditor) -> str:
    """What was written in the editor; nothing when it failed, and the question is asked again."""
    try:
        return editor(question.proposed).strip()
    except EditorFailed as problem:
        console.error(problem)
        return ""


def _left_empty(key: str, question: Question) -> Data:
    """The answer `-` takes away what was proposed."""
    if not question.proposed:
        return {}
    *above, last = key.split(".")
    data: Data = {last: draft.LEFT_EMPTY}
    for name in reversed(above):
        data = {name: data}
    return data


def _on_one_line(text: str, room: int) -> str:
    """The first line of a text, with how many follow it."""
    lines = text.splitlines() or [""]
    more = f" (+{len(lines) - 1} more)" if len(lines) > 1 else ""
    room = max(room - len(more), 30)
    first = lines[0] if len(lines[0]) <= room else lines[0][: room - 1] + "…"
    return first + more


def _chosen(typed: str, choices: Sequence[str]) -> str | None:
    """The choice that was typed, or the only one that starts so; anything when all is allowed."""
    if not choices or typed in choices:
        return typed
    starting = [choice for choice in choices if choice.startswith(typed)]
    return starting[0] if len(starting) == 1 else None


def _questions(data: Data, given: Data, kinds: Sequence[str]) -> list[tuple[str, Question]]:
    every = [*_about_the_change(data, kinds), *_about_the_proof(), *_about_the_way_back(data)]
    return [(key, question) for key, question in every if not _is_given(given, key)]


def _is_given(given: Data, key: str) -> bool:
    value: Any = given
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return bool(value) or bool(given.get(f"no_{key.removesuffix('s')}"))


def _about_the_change(data: Data, kinds: Sequence[str]) -> list[tuple[str, Question]]:
    return [
        ("title", _text("title", "What changed?", data)),
        ("kind", _text("kind", "Kind", data, tuple(kinds))),
        ("service", _text("service", "Service", data)),
        ("owner", _text("owner", "Who owns it?", data)),
        ("reason", _text("reason", "Why?", data)),
        ("expected", _text("expected", "What should get better, by how much?", data)),
    ]


def _text(key: str, label: str, data: Data, choices: tuple[str, ...] = ()) -> Question:
    proposed = str(data.get(key) or "")
    return Question(
        label=label,
        proposed="" if proposed == draft.UNTITLED else proposed,
        take=lambda answer: {key: answer},
        hint=", ".join(choices),
        choices=choices,
    )


def _about_the_proof() -> list[tuple[str, Question]]:
    return [
        (
            "metrics",
            Question(
                label="Which number moved?",
                proposed="",
                take=_metrics_or_why,
                hint="GET /cart p95: 840 ms -> 318 ms [cache: warm]  or why nothing was measured",
            ),
        ),
        (
            "commands",
            Question(
                label="What was run to ship it?",
                proposed="",
                take=_commands_or_why,
                hint="one command (e: several, a line each)  or `none: why`",
            ),
        ),
    ]


def _metrics_or_why(answer: str) -> Data:
    lines = [line for line in answer.splitlines() if line.strip()]
    if any(parse_metric(line) for line in lines) or "->" in answer:
        return {"metrics": draft.metrics(lines)}
    return {"no_metric": answer}


def _commands_or_why(answer: str) -> Data:
    head, colon, why = answer.partition(":")
    if head.strip().lower() == "none":
        return {"no_command": why.strip() if colon else "nothing was run by hand"}
    return {"commands": [draft.command(line) for line in answer.splitlines() if line.strip()]}


def _about_the_way_back(data: Data) -> list[tuple[str, Question]]:
    rollback = data.get("rollback") or {}
    steps = "\n".join(str(step["run"]) for step in rollback.get("steps", ()))
    return [
        (
            "rollback.steps",
            Question(
                label="Undo it with",
                proposed=steps,
                take=lambda answer: {"rollback": _way_back(answer, steps)},
                hint="commands, ready to paste",
            ),
        ),
        ("rollback.when", _rollback_text("when", "Undo it when?", "what would have to be seen")),
        ("rollback.verify", _rollback_text("verify", "Undone when?", "how to see that it worked")),
    ]


def _way_back(answer: str, proposed: str) -> Data:
    steps = [{"run": line.strip()} for line in answer.splitlines() if line.strip()]
    if answer == proposed:
        return {"steps": steps, "strategy": "revert"}
    return {"steps": steps, "strategy": _strategy(answer)}


def _strategy(commands: str) -> str:
    """The strategy that commands speak of; the person can name another with an option."""
    words = commands.lower()
    if "git revert" in words:
        return "revert"
    if "flag" in words or "toggle" in words:
        return "flag"
    return "restore" if "restore" in words else "redeploy"


def _rollback_text(key: str, label: str, hint: str) -> Question:
    return Question(
        label=label, proposed="", take=lambda answer: {"rollback": {key: answer}}, hint=hint
    )
