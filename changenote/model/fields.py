"""A team's own fields, under `x:` in a note: their types, what is wrong with a value, questions."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from changenote.model.note import part
from changenote.model.problems import did_you_mean, shown
from changenote.patterns import pattern
from changenote.records import record

FieldType = Literal["text", "number", "boolean", "date", "url", "choice"]

_EXPECTED = {
    "text": "text on one line or several",
    "number": "a number",
    "boolean": "true or false",
    "date": "a day, such as 2026-11-22",
    "url": "an address such as https://host/path",
}
_TRUTHS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_NUMBER = pattern(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ADDRESS = pattern(r"https?://[^\s/?#@]+(?:[/?#]\S*)?")


@record
class Field:
    """One field of a team's own."""

    type: FieldType = part("text, number, boolean, date, url or choice.", "text")
    choices: tuple[str, ...] = part("The values of a `choice`.", ())
    required: bool | tuple[str, ...] = part(
        "true, or the kinds of change that need it once shipped.", False
    )
    doc: str | None = part("What it is, in a few words.", None)
    ask: bool = part("true: `changenote new` asks for it, also when it is not required.", False)

    def is_required(self, kind: str) -> bool:
        """Must a shipped note of this kind have it?"""
        return kind in self.required if isinstance(self.required, tuple) else self.required

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        return "one of " + ", ".join(self.choices) if self.choices else _EXPECTED[self.type]


Fields = Mapping[str, Field]


@record
class Question:
    """A question to whoever writes a note: where the answer goes, and how to ask for it."""

    path: tuple[str, str]
    label: str
    expected: str
    choices: tuple[str, ...]
    required: bool


def questions(fields: Fields, kind: str) -> tuple[Question, ...]:
    """What to ask about a note of a kind: the fields that it must have, and those to ask for."""
    return tuple(
        Question(
            path=("x", name),
            label=label(name, field),
            expected=field.expected,
            choices=_choices(field),
            required=field.is_required(kind),
        )
        for name, field in fields.items()
        if field.ask or field.is_required(kind)
    )


def label(name: str, field: Field) -> str:
    """What a field is called where people read: its description, or its name in words."""
    words = field.doc or name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:].rstrip(".")


def _choices(field: Field) -> tuple[str, ...]:
    return ("yes", "no") if field.type == "boolean" else field.choices


def typed(field: Field, text: str) -> Any:
    """What a person typed, as the value of a field; the text itself where it is not one."""
    text = text.strip()
    if field.type == "boolean":
        return _TRUTHS.get(text.lower(), text)
    if field.type == "number" and _NUMBER.fullmatch(text):
        number = float(text)
        return int(number) if number.is_integer() and text.lstrip("+-").isdigit() else number
    if field.type == "choice":
        same = [choice for choice in field.choices if choice.lower() == text.lower()]
        return same[0] if same else text
    return text


def is_valid(field: Field, value: Any) -> bool:
    """Is a value, as it stands in a note, one of the field's type?"""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match field.type:
        case "number":
            return is_number
        case "boolean":
            return isinstance(value, bool)
        case "date":
            return isinstance(value, str) and _is_day(value)
        case "url":
            return isinstance(value, str) and bool(_ADDRESS.fullmatch(value))
        case "choice":
            return not isinstance(value, bool) and str(value) in field.choices
    return isinstance(value, str) or is_number


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def wrong_values(fields: Fields, own: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Each value that is not of its field's type: field, what was found, expected, a remedy."""
    for name, field in fields.items():
        value = own.get(name)
        if value is not None and not is_valid(field, value):
            near = did_you_mean(str(value), field.choices) if field.choices else ""
            found = shown(value) if isinstance(value, str | int | float) else "keys or a list"
            yield name, found or "nothing", field.expected, near
