"""Unreleased changes of changie: a YAML file each, with kind, body and time.

https://changie.dev/config/ and core/change.go
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from changenote.exchange.importing.entries import Entry, LeftOut, Read, Source
from changenote.exchange.importing.mappings import Data, cut_texts, mapping_in, rest_of, text_of
from changenote.model.reading import resolved
from changenote.patterns import pattern

_KNOWN = ("project", "component", "kind", "kindKey", "kindLabel", "body", "time", "custom")
_ISSUE = ("issue", "issues", "pr", "pull request")
_NUMBERS = pattern(r"#?(\d+)(?:[\s,]+#?\d+)*")
_NUMBER = pattern(r"\d+")
_FRACTION = pattern(r"(\.\d{6})\d+")


def read(source: Source, config: Mapping[str, Any]) -> list[Read]:
    """The change in a file of `.changes`; `config` is `.changie.yaml`."""
    if reason := _no_change(source.name):
        return [LeftOut(file=source.file, reason=reason, is_problem=False)]
    if not source.name.endswith((".yaml", ".yml")):
        return [LeftOut(file=source.file, reason="changie reads files named *.yaml")]
    data = mapping_in(source)
    if isinstance(data, LeftOut):
        return [data]
    text = text_of(data.get("body"))
    if not text:
        return [LeftOut(file=source.file, reason="it has no body")]
    return [_entry(source, data, text, _labels(config))]


def _no_change(name: str) -> str:
    """Why a file is none that holds a change; empty when it may."""
    folder, _, file = name.rpartition("/")
    if file.startswith("."):
        return "it only keeps its folder in git"
    if file.endswith(".md") and not folder and file[0] == "v":
        return "it is a version that was released; `import keep-a-changelog CHANGELOG.md` has all"
    if ".tpl." in file or file.endswith((".tpl", ".tmpl")) or file.lower().startswith("readme"):
        return "it is a template or an explanation"
    return ""


def _entry(source: Source, data: Data, text: str, labels: Mapping[str, str]) -> Entry:
    at = _moment(text_of(data.get("time")))
    custom = resolved(data.get("custom"))
    kind = text_of(data.get("kind")) or text_of(data.get("kindKey"))
    facts: Data = {key: text_of(data[key]) for key in ("kindLabel", "time") if key in data}
    component, project = text_of(data.get("component")), text_of(data.get("project"))
    return Entry(
        file=source.file,
        remarks=cut_texts(source, "body"),
        text=text,
        types=(kind,) if kind else (),
        tags=tuple(word for word in (project, component) if word),
        issues=_issues(custom) if isinstance(custom, Mapping) else (),
        day=at,
        dated_by="its time" if at else "",
        is_breaking="breaking" in f"{kind} {labels.get(kind, '')}".casefold(),
        facts={
            **facts,
            "of_project": project,
            "component": component,
            "custom": custom,
            "other": rest_of(data, _KNOWN),
        },
    )


def _labels(config: Mapping[str, Any]) -> dict[str, str]:
    """The kinds that have a key, with what people see."""
    kinds = config.get("kinds")
    listed = [one for one in kinds if isinstance(one, Mapping)] if isinstance(kinds, list) else []
    return {str(one["key"]): str(one.get("label", "")) for one in listed if "key" in one}


def _issues(custom: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers in a custom choice that asks for issues."""
    found = [str(value) for key, value in custom.items() if key.casefold() in _ISSUE]
    return tuple(n for text in found if _NUMBERS.fullmatch(text) for n in _NUMBER.findall(text))


def _moment(text: str) -> date | None:
    """The UTC day of a time, which Go writes with nanoseconds."""
    try:
        at = datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip()))
        return at.astimezone(UTC).date() if at.tzinfo else at.date()
    except (ValueError, OverflowError):
        return None
