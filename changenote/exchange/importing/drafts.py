"""An entry of another tool → the draft of a note: nothing lost, nothing made up.

A note says where it came from under `x.imported`:

- `tool`, `project` (when it is another one than that of the notes), `file` from that project's
  root, and `entry`, which tells an entry from others in its file: by these the origin is known
  again;
- `fingerprint`, which changes with what the file says;
- `types` and whatever else the tool had and a note has no key for.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any

from changenote.capture.draft import cleaned
from changenote.checks.fillers import says_the_same
from changenote.exchange.importing.entries import Entry
from changenote.exchange.importing.kinds import UNKNOWN, kind_of, plain_word
from changenote.exchange.importing.texts import title_of
from changenote.forge.links import Repository
from changenote.model.identity import new_id
from changenote.model.redaction import find
from changenote.patterns import pattern
from changenote.records import record

Data = dict[str, Any]
Mapped = tuple[str, str]
"""What an entry has, and what it became."""

REVIEW, NO_KIND, NO_DATE = "needs_human_review", "needs_kind", "needs_date"

_NUMBER = pattern(r"#?(\d{1,18})")
_ADDRESS = pattern(r"https?://[^\s/?#@\\\"'<>`]+(?:[/?#]\S*)?", holds=("://",))
_HIDDEN = pattern("[\u180e\u200b\u2028-\u202e\u2060-\u2064\u2066-\u2069\u3164\ufeff]")
_LONGEST_TAG = 60
_OLDEST = date(1970, 1, 1)
_AT_MOST = 40  # of what a list of addresses or tags takes from an entry


@record
class Origin:
    """Where entries come from; `project` is empty for the project of the notes itself."""

    tool: str
    project: str = ""
    repository: Repository | None = None


@record
class Decisions:
    """What a person or the team's config says where the entries do not.

    `kinds` is by plain words of the tool, `known` all kinds there are.
    """

    known: Collection[str]
    kinds: Mapping[str, str] = field(default_factory=dict)
    owner: str | None = None
    service: str | None = None
    day: date | None = None


@record
class Draft:
    """A note's data without its id, what became what, and what had to be taken out.

    `day` is that of the change, or None when nobody knows it.
    """

    key: tuple[str, ...]
    day: date | None
    data: Data
    mapped: tuple[Mapped, ...]
    remarks: tuple[str, ...]


def key_of(imported: Mapping[str, Any]) -> tuple[str, ...]:
    """What `x.imported` of a note knows the origin by."""
    return tuple(str(imported.get(key, "")) for key in ("tool", "project", "file", "entry"))


def fingerprint(entry: Entry) -> str:
    """Sixteen hexadecimal digits that change with what the entry says."""
    facts = sorted(entry.facts.items(), key=str)
    said = repr((entry.text, entry.types, entry.version, facts, entry.issues, entry.tags))
    return sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def free_id(key: tuple[str, ...], day: date, taken: Collection[str]) -> str:
    """The id that belongs to an origin on a day; another one of its own where that is taken."""
    noon = datetime.combine(day, time(12), UTC)
    for attempt in range(1000):
        seed = "\0".join((*key, str(attempt) if attempt else ""))
        bits = int.from_bytes(sha256(seed.encode("utf-8", "replace")).digest()[:4], "big") >> 2
        note_id = new_id(noon, bits)
        if note_id not in taken:
            break
    return note_id


def letters(note_id: str) -> str:
    """The part of an id that hangs on the origin alone."""
    return note_id.partition("-")[2]


def draft(entry: Entry, origin: Origin, decisions: Decisions) -> Draft:
    """The draft of a note for an entry."""
    kind = kind_of(entry.types, chosen=decisions.kinds, known=decisions.known)
    day = entry.day or decisions.day
    day = day if day and day >= _OLDEST else None
    entry = entry if day or not entry.day else replace(entry, dated_by="")
    flags = [REVIEW, *([] if kind else [NO_KIND]), *([] if day else [NO_DATE])]
    addresses = _addresses(entry, origin.repository)
    data = {
        "schema": 1,
        **_texts(entry),
        "kind": kind or UNKNOWN,
        "status": "draft",
        "owner": decisions.owner,
        "service": decisions.service,
        "shipped": {"version": entry.version} if entry.version else None,
        "source": {"issues": addresses} if addresses else None,
        "tags": _tags(entry, kind_known=bool(kind)),
        "flags": flags,
        "x": {"imported": _imported(entry, origin, day)},
    }
    safe: Data = _seen(cleaned({key: value for key, value in data.items() if value}))
    key = key_of(data["x"]["imported"])
    safe["x"]["imported"] |= _identity(entry, origin)
    return Draft(
        key=key,
        day=day,
        data=safe,
        mapped=tuple(_mapped(entry, data, kind, decisions)),
        remarks=tuple(_remarks(entry)),
    )


def _seen(value: Any) -> Any:
    """Data without characters that hide or turn the text around them."""
    if isinstance(value, Mapping):
        return {key: _seen(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_seen(item) for item in value]
    return _HIDDEN.sub("", value) if isinstance(value, str) and not value.isascii() else value


def _texts(entry: Entry) -> Data:
    """The title, and the whole text unless the title says all of it."""
    short_name = entry.file.rpartition("/")[2]
    clean: Data = cleaned({"text": entry.lead or entry.text})
    title = title_of(_seen(clean["text"]), short_name)
    if says_the_same(title, entry.text):
        return {"title": title}
    return {"title": title, "reason": entry.text}


def _addresses(entry: Entry, repository: Repository | None) -> list[str]:
    """Addresses of the issues, as far as they are known."""
    found: dict[str, None] = {}
    for issue in entry.issues[:_AT_MOST]:
        number = _NUMBER.fullmatch(issue)
        if _ADDRESS.fullmatch(issue):
            found[issue] = None
        elif number and repository:
            found[repository.issue(int(number[1]))] = None
    return list(found)


def _tags(entry: Entry, *, kind_known: bool) -> list[str]:
    """Words to find it by: the tool's own, and the types that no kind stands for."""
    words = [*entry.tags, *(["breaking"] if entry.is_breaking else [])]
    if not kind_known or len(entry.types) > 1:
        words += ["-".join(plain_word(one).split()) for one in entry.types]
    fitting = (word for word in words if 0 < len(word) <= _LONGEST_TAG and word.isprintable())
    return list(dict.fromkeys(fitting))[:_AT_MOST]


def _identity(entry: Entry, origin: Origin) -> Data:
    """What tells the origin; hashes among it look like secrets to who does not know."""
    known = {"tool": origin.tool, "project": origin.project, "file": entry.file}
    known |= {"entry": entry.name, "fingerprint": fingerprint(entry)}
    return {key: value for key, value in known.items() if value}


def _imported(entry: Entry, origin: Origin, day: date | None) -> Data:
    every = {
        **_identity(entry, origin),
        "types": list(entry.types),
        "version": entry.version,
        "issues": list(entry.issues),
        "breaking": entry.is_breaking,
        "tags": [tag for tag in entry.tags if len(tag) > _LONGEST_TAG],
        "day": day.isoformat() if day else "",
        "day_from": (entry.dated_by or "--date") if day else "",
        "commit": entry.commit,
        **entry.facts,
    }
    return {key: value for key, value in every.items() if value}


def _mapped(entry: Entry, data: Data, kind: str | None, decisions: Decisions) -> Iterator[Mapped]:
    for one in entry.types if kind else ():
        decides = kind_of([one], chosen=decisions.kinds, known=decisions.known) == kind is not None
        yield f"type: {one}", f"kind: {kind}" if decides else "tags and x.imported.types"
    if not kind:
        yield f"type: {', '.join(entry.types) or 'none'}", "tags; kind not known (needs_kind)"
    yield "text", "title and reason" if "reason" in data else "title"
    if entry.issues:
        some = "x.imported.issues"
        yield "issues", f"source.issues and {some}" if data["source"] else some
    if entry.tags:
        yield "component, section or scope", "tags"
    if entry.version:
        yield "version", "shipped.version"
    imported = data["x"]["imported"]
    yield (
        f"day from {imported['day_from']}" if "day" in imported else "no day",
        "id and x.imported.day" if "day" in imported else "the day of the import (needs_date)",
    )
    if entry.is_breaking:
        yield "breaking", "tag breaking"
    if entry.commit:
        yield "commit that added the file", "x.imported.commit"
    yield from ((name, f"x.imported.{name}") for name, value in entry.facts.items() if value)


def _remarks(entry: Entry) -> Iterator[str]:
    """What was in an entry's file and is not in its note."""
    if find(entry.text):
        yield "a password, token or key was taken out of its text"
    clean: Data = cleaned({"text": entry.text})
    if not find(entry.text) and _seen(clean["text"]) != entry.text:
        yield "characters that cannot be seen were taken out of its text"
    yield from entry.remarks
