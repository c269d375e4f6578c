"""Facts, answers and a team's defaults → the data of a note. Pure: nothing is asked or written.

What a person or program gave always wins, and is kept even where it is wrong: a wrong value in a
draft is reported with its line; a value that was thrown away is lost.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar, get_args

from changenote.capture.changes import MOST_NAMED, Facts
from changenote.config import Config
from changenote.model.checklists import ANSWERS, kind_of_files
from changenote.model.note import FORMAT, Purpose
from changenote.model.reading import Plain, is_null
from changenote.model.redaction import redact, redact_at
from changenote.model.secrets import Above, below, renamed
from changenote.model.writing import canonical
from changenote.patterns import pattern

Data = dict[str, Any]
Item = TypeVar("Item")

UNTITLED = "Untitled change"
"""The title of a draft that nobody has given one yet."""

LEFT_EMPTY = Plain("null")
"""Says that a part is empty on purpose, whatever git or the team's config propose."""

DEFAULT_KIND = "feature"
"""The kind of a change whose commits do not tell it, until somebody does."""

_ALWAYS = {"schema": FORMAT, "id": "", "title": UNTITLED, "kind": DEFAULT_KIND, "status": "draft"}


class Forge(Protocol):
    """Gives addresses to numbers (`forge.links.Repository` is one)."""

    def pull_request(self, number: int) -> str:
        """Address of a pull or merge request."""

    def issue(self, number: int) -> str:
        """Address of an issue."""


_ANSWER = pattern(rf"(?:{'|'.join(ANSWERS)})\b")
_UNSEEN = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_NOT_TEXT = pattern(r"[\ud800-\udfff]")  # bytes that were not UTF-8; the loss is to be seen


def command(text: str) -> Data:
    """A command that a person typed; `deploy: ./deploy.sh` names its purpose."""
    purpose, colon, line = text.strip().partition(": ")
    if colon and purpose in get_args(Purpose):
        return {"run": line.strip(), "purpose": purpose, "recorded": "typed"}
    return {"run": text.strip(), "recorded": "typed"}


def checklist(text: str, groups: Mapping[str, Sequence[str]]) -> Data:
    """A checklist that a person typed; an item without an answer is `todo`.

    `cache: ok` answers every item, `cache: ok na ok` each in order, `cache: rule named=ok` by name.
    """
    group, _, said = (part.strip() for part in text.partition(":"))
    items = groups.get(group, ())
    said_of = answers(said)
    by_name = dict(a.split("=", 1) for a in said_of if "=" in a)
    plain = [a for a in said_of if "=" not in a]
    if len(plain) == 1 and not by_name:
        plain *= len(items)
    unnamed = [item for item in items if item not in by_name]
    in_order = dict(zip(unnamed, plain, strict=False))
    known = {item: by_name.pop(item, in_order.get(item, "todo")) for item in items}
    return {group: {**known, **by_name}}


def answers(said: str) -> list[str]:
    """The answers in a line, which is one of its own when its words are none."""
    pieces = [piece.strip() for piece in said.split(",")]
    if "," not in said and "=" not in said:
        pieces = said.split()
    are_answers = all("=" in piece or _ANSWER.match(piece) for piece in pieces)
    return [re.sub(r"\s*=\s*", "=", p, count=1) for p in pieces] if are_answers else [said]


def with_one_primary(metrics: Sequence[Any]) -> list[Any]:
    """Metrics from several places, of which one speaks for the note: the first marked or first."""
    every = [dict(m) if isinstance(m, Mapping) else m for m in metrics]
    known = [m for m in every if isinstance(m, dict)]
    marked = [m for m in known if m.get("primary")]
    if len(known) > 1 and len(marked) != 1:
        chosen = (marked or known)[0]
        for metric in known:
            metric.pop("primary", None)
        chosen["primary"] = True
    return every


def from_git(facts: Facts, forge: Forge | None, *, guesses_kind: bool = True) -> Data:
    """What git knows, as the data of a note; a kind that no message tells comes from the files."""
    told = facts.told
    kind = told.kind
    if not kind and guesses_kind:
        kind = kind_of_files([str(file["path"]) for file in facts.files])
    pull_requests = _newest(told.pull_requests)
    return {
        "title": told.title,
        "kind": kind,
        "authors": list(_newest(told.authors)),
        "reason": told.reason,
        "shipped": {"version": facts.version},
        "rollback": _suggested_rollback(facts),
        "source": {
            "base": facts.range.base,
            "head": facts.range.head,
            "first_commit_at": written_time(facts.first_commit_at),
            "pull_requests": [forge.pull_request(n) for n in pull_requests] if forge else [],
            "issues": [forge.issue(n) for n in _newest(told.issues)] if forge else [],
        },
        "files": list(facts.files),
        "files_omitted": facts.files_omitted,
    }


def _newest(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """As many as a note may name, the oldest left out."""
    return items[-MOST_NAMED:]


def _suggested_rollback(facts: Facts) -> Data:
    if not facts.revert:
        return {}
    return {"strategy": "revert", "steps": [{"run": step} for step in facts.revert]}


def from_config(config: Config, now: datetime) -> Data:
    """What the team decided once for all notes."""
    return {
        "owner": config.owner,
        "service": config.service,
        "shipped": {"at": written_time(now), "environment": config.environment},
    }


def written_time(moment: datetime | None) -> str | None:
    """An instant as notes have it: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def compose(layers: Sequence[Mapping[str, Any]]) -> Data:
    """The data of one note from layers, the first the weakest; lists replace each other whole."""
    return cleaned(canonical({**_ALWAYS, **known(layers)}))


def known(layers: Sequence[Mapping[str, Any]]) -> Data:
    """What the layers say together, before anything is put in for want of it."""
    data: Data = {}
    for layer in layers:
        data = merged(data, layer)
    return {k: v for k, v in data.items() if not (k in _ALWAYS and is_null(v))}


def merged(weak: Mapping[str, Any], strong: Mapping[str, Any]) -> Data:
    """Two layers as one: what is empty in `strong` leaves `weak` as it is, mappings mix.

    Only YAML's null (`LEFT_EMPTY`) in `strong` takes a value of `weak` away.
    """
    result = dict(weak)
    for key, value in strong.items():
        if _is_empty(value):
            continue
        if key == "rollback" and isinstance(value, Mapping):
            result[key] = _merged_rollback(weak.get(key), value)
        elif isinstance(value, Mapping) and isinstance(weak.get(key), Mapping):
            result[key] = merged(weak[key], value)
        else:
            result[key] = value
    return result


def _is_empty(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_is_empty(inner) for inner in value.values())
    return value in (None, "", [], ())


def _merged_rollback(weak: Any, strong: Mapping[str, Any]) -> Data:
    """A suggested revert is dropped when another strategy was chosen: its steps would be wrong."""
    if not isinstance(weak, Mapping):
        return dict(strong)
    chosen, suggested = strong.get("strategy"), weak.get("strategy")
    if chosen and suggested and chosen != suggested:
        weak = {k: v for k, v in weak.items() if k not in ("strategy", "steps")}
    elif strong.get("steps") and not chosen:
        weak = {k: v for k, v in weak.items() if k != "strategy" or _reverts(strong["steps"])}
    return merged(weak, strong)


def _reverts(steps: Any) -> bool:
    return any("git revert" in str(step) for step in steps) if isinstance(steps, list) else False


def cleaned(data: Mapping[str, Any]) -> Data:
    """Texts without secrets and without characters that no terminal or page should meet.

    The files stay as git has them, secrets or not: another name would be none of its files. A
    team's own keys may tell that their text is a secret; a checklist's items do not.
    Keys lose their secrets too; those that are equal then are counted.
    """
    keys = renamed(data, _clean_key)
    return {
        keys[k]: _clean(v, below("", k), _clean_file if k == "files" else _clean_text)
        for k, v in data.items()
    }


def _clean(value: Any, key: Above, clean_text: Callable[[str, str], str]) -> Any:
    if isinstance(value, Mapping):
        keys = renamed(value, _clean_key)
        return {
            keys[k]: v if k in ("id", "base", "head") else _clean(v, below(key, k), clean_text)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [_clean(item, key, clean_text) for item in value]
    if isinstance(value, str):
        clean = clean_text(key or "", value)
        return value if clean == value else clean
    return value


_clean_key = lru_cache(maxsize=2000)(redact)


def _clean_text(key: str, text: str) -> str:
    return redact_at(key, _visible(text)) if key else _redacted(text)


@lru_cache(maxsize=2000)  # many texts of a note are equal, and every answer composes it again
def _redacted(text: str) -> str:
    return redact(_visible(text))


def _clean_file(_key: str, text: str) -> str:
    return _visible(text)


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_TEXT.sub("\ufffd", _UNSEEN.sub("", lines))
