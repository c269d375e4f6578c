"""The questions of `changenote new`: what is known is shown, only the rest is asked for."""

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import Any

import click

from changenote.capture import draft
from changenote.cli import console
from changenote.cli.writing.parts import Part
from changenote.errors import EditorFailed
from changenote.model.problems import did_you_mean

Data = dict[str, Any]
PartsOf = Callable[[Data], Sequence[Part]]
Save = Callable[[Data], object]
OpenEditor = Callable[[str], str]

_COLUMN = 13  # at least so wide, with the space behind the longest word
_WIDEST = 30
_MOST_LINES = 12
_ROOM = 30  # columns for an answer beside its question
_ASKS_FOR_HELP = ("?", "help", "h", "--help", "-h")


def ask(parts_of: PartsOf, *, save: Save, editor: OpenEditor) -> Data:
    """Show what is known, ask for the rest, then offer to change any part.

    `parts_of` gives the parts after some answers, which may bring new ones. Every answer is saved
    at once. Returns the answers.
    """
    session = _Session(parts_of, save, editor)
    session.show_what_is_known()
    session.ask_for_the_rest()
    session.offer_to_change()
    return session.answers


class _Session:
    def __init__(self, parts_of: PartsOf, save: Save, editor: OpenEditor) -> None:
        self.answers: Data = {}
        self._parts_of = parts_of
        self._save = save
        self._editor = editor

    def show_what_is_known(self) -> None:
        parts = self._parts_of({})
        known = [part for part in parts if part.lines]
        console.notice("")
        for part in known:
            _show(part, _column(parts))
        if len(known) < len(parts):
            console.notice("\nStill open. Enter leaves a question so, e opens your editor.")

    def ask_for_the_rest(self) -> None:
        asked: set[str] = set()
        while part := self._next(asked):
            asked.add(part.key)
            self._put(part)

    def _next(self, asked: set[str]) -> Part | None:
        parts = self._parts_of(self.answers)
        return next((p for p in parts if not p.lines and p.key not in asked), None)

    def offer_to_change(self) -> None:
        """Any part can be changed by its name, until Enter."""
        while True:
            parts = {part.name: part for part in self._parts_of(self.answers)}
            console.notice("")
            name = _prompt("Enter saves the note; a word on the left changes that part").lower()
            if not name:
                return
            chosen = _chosen(name, tuple(parts))
            if chosen is None:
                for line in _no_part(name, tuple(parts)):
                    console.notice(line)
                continue
            self._put(parts[chosen])
            every = self._parts_of(self.answers)
            _show(next(part for part in every if part.name == chosen), _column(every))

    def _put(self, part: Part) -> None:
        answer = _answer(part, self._editor)
        if answer is None or (part.lines and answer == part.proposed):
            return  # what is known stays whole, with what is not shown of it
        accepted = part.take(answer) if answer else _left_empty(part)
        for metric in _metrics(accepted):
            if "before" in metric and "better" not in metric:
                metric["better"] = _direction(metric["name"])
        self.answers = draft.merged(self.answers, accepted)
        if answer != part.proposed:
            self._save(self.answers)


def _no_part(name: str, names: Sequence[str]) -> list[str]:
    """Help, where somebody asks for it, else that no part goes by a name; then all names."""
    told = f"{name!r} is none of them. {did_you_mean(name, names)}".rstrip()
    if name in _ASKS_FOR_HELP:
        told = (
            "A word changes that part, Enter saves the note. Ctrl-C stops: what you typed stays in"
            " a draft. At a question, Enter keeps what is known, - empties it, e opens your editor."
        )
    room = console.width() - 2
    return [f"  {line}" for line in (*wrap(told, room), *wrap(f"Words: {', '.join(names)}", room))]


def _metrics(accepted: Data) -> Sequence[Data]:
    metrics = accepted.get("metrics")
    return metrics if isinstance(metrics, list) else ()


def _column(parts: Sequence[Part]) -> int:
    """How wide the column of the parts' words is."""
    return max(_COLUMN, *(min(len(part.name) + 2, _WIDEST) for part in parts))


def _show(part: Part, column: int) -> None:
    """The part's word and what is known of it; long texts are cut, long lists too."""
    room = console.width() - column - 2
    lines = [_cut(line, room) for line in part.lines]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"… and {len(lines) - _MOST_LINES + 1} more lines"]
    for number, line in enumerate(lines or ["-"]):
        word = _cut(part.name, column - 1) if number == 0 else ""
        console.notice(f"  {word:<{column}}{line}")


def _cut(line: str, room: int) -> str:
    return line if len(line) <= room else f"{line[: room - 1]}…"


def _direction(name: str) -> str:
    """Which way is better, where neither name nor unit tells."""
    label = console.clean(f"{name}: is lower or higher better?")
    choice = click.Choice(["lower", "higher"])
    return str(click.prompt(label, type=choice, default="lower", err=True))


def _prompt(label: str) -> str:
    typed: str = click.prompt(label, default="", show_default=False, err=True)
    return typed.strip()


def _answer(part: Part, editor: OpenEditor) -> str | None:
    """The answer: what was typed or proposed, nothing for `-`. None: all stays as it is."""
    for line in part.listed:
        console.notice(f"  {_cut(line, console.width() - 2)}")
    shown = _on_one_line(part.proposed, console.width() - len(part.label) - 6)
    label = console.clean(f"{part.label} [{shown}]" if shown else part.label)
    while True:
        typed = _prompt(label + _hint(part.hint, len(label)))
        if not typed or typed == "-":
            return "" if typed else part.proposed or None
        if typed == "e":
            typed = _edited(part, editor)
            if not typed:
                continue
        choice = _chosen(typed, part.choices)
        wrong = part.refused(typed) if choice else f"{typed!r} is none of them."
        if choice and not wrong:
            return choice
        console.notice(f"  {wrong} {did_you_mean(typed, part.choices)}".rstrip())


def _hint(text: str, before: int) -> str:
    """A hint in faint brackets behind its question, or below it where room for an answer lacks."""
    if not text:
        return ""
    width = console.width()
    if before + len(text) + _ROOM <= width:
        return " " + console.faint(f"({text})")
    return "".join(f"\n  {console.faint(line)}" for line in wrap(f"({text})", width - 4))


def _edited(part: Part, editor: OpenEditor) -> str:
    """What was written in the editor; nothing when it failed, and the question is asked again."""
    try:
        return editor(part.proposed).strip()
    except EditorFailed as problem:
        console.error(problem)
        return ""


def _left_empty(part: Part) -> Data:
    """The answer `-` takes away what was proposed; Enter at an open question says nothing."""
    if not part.lines:
        return {}
    data: Any = draft.LEFT_EMPTY
    for name in reversed(part.key.split(".")):
        data = {name: data}
    left: Data = data
    return left


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
