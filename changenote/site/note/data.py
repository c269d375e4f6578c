"""`note.json`: a note for programs, with everything that is worked out from it, and its shape."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, get_args

from changenote.capture.reverting import Applies, State
from changenote.model.schema import json_schema
from changenote.model.score import Score
from changenote.model.score_rules import PARTS, RULES
from changenote.model.shapes import DIGEST, TEXT, list_of, optional, record_of, shape
from changenote.model.verdict_data import SHAPE, verdict_data
from changenote.site.addresses import NOTE_SCHEMA, relative
from changenote.site.book import InGit
from changenote.site.edition import Edition
from changenote.site.json_text import compact
from changenote.site.note.derived import Derived
from changenote.site.note.measured import Measured
from changenote.site.note.others import MOST_LATER, Other, Others
from changenote.site.row import Row

Data = dict[str, Any]

_LINES = ",\n"


def note_json(edition: Edition, row: Row, known: Derived) -> bytes:
    """The note as its file has it, in the same order, and `derived`; see `note_schema`."""
    address = relative(row.path, edition.places.asset(NOTE_SCHEMA))
    said = {"$schema": address, **known.data}
    # A line for each key: people look at it too, and an indent takes ten times as long.
    lines = [f"{compact(key)}:{compact(value)}" for key, value in said.items()]
    lines.append(f'"derived":{_derived(edition, row, known)}')
    return f"{{{_LINES.join(lines)}}}\n".encode("utf-8", "replace")


def _derived(edition: Edition, row: Row, known: Derived) -> str:
    first, then = compact(_before_score(edition, row, known)), compact(_after_score(known))
    score = _score(known.score) if known.score else "null"
    return f'{first[:-1]},"score":{score},{then[1:]}'


def _before_score(edition: Edition, row: Row, known: Derived) -> Data:
    return {
        "address": f"{edition.book.site_url}{row.path}",
        "file": row.source.path(row.entry.file),
        **({"repository": row.source.name} if row.source.name else {}),
        "answer": known.answer.text,
        "verdict": row.verdict,
        "metrics": [_metric(one) for one in known.measured],
        "rehearsal_counts": bool(row.note.rollback and row.note.rollback.rehearsed)
        and not known.rehearsed.doubt,
    }


def _after_score(known: Derived) -> Data:
    return {
        "reading_minutes": known.minutes,
        "content_sha256": known.sha256,
        "written_late": bool(known.late),
        **_others(known.others),
        "git": _git(known.git) if known.git else None,
    }


def _metric(one: Measured) -> Data:
    return {**verdict_data(one.metric, one.verdict, one.says), "explained": one.explained}


def _score(score: Score) -> str:
    parts = {part: dict(zip(("got", "of"), score.points(part), strict=True)) for part in PARTS}
    rules = ",".join(_rule(m.rule, m.asks, m.got, m.of, m.why) for m in score.marks)
    return f'{{"total":{score.total},"parts":{compact(parts)},"rules":[{rules}]}}'


@lru_cache(maxsize=1000)  # most notes get most points as most others do
def _rule(rule: str, asks: str, got: int, of: int, why: str) -> str:
    return compact({"id": rule, "asks": asks, "got": got, "of": of, "why": why})


def _others(others: Others) -> Data:
    return {
        "superseded_by": _ids(others.superseded_by),
        "mentioned_by": _ids(others.mentioned_by),
        "kin": [{"id": kin.id, "why": kin.why} for kin in others.kin],
        "before": others.before.id if others.before else None,
        "after": others.after.id if others.after else None,
        "later": others.later,
    }


def _ids(others: Iterable[Other]) -> list[str]:
    return [other.id for other in others]


def _git(known: InGit) -> Data:
    return {
        "commit": known.commit or None,
        "revert": _revert(known.applies) if known.applies else None,
        "drifted": [
            {"path": file.path, "commits": file.commits, "last": file.last.isoformat()}
            for file in known.drifted
        ],
        "revisions": known.revisions,
        "revised": known.revised.isoformat() if known.revised else None,
    }


def _revert(applies: Applies) -> Data:
    onto = " the commit of this site" if applies.tried_on else ""
    return {"state": applies.state, "says": f"{applies.says}{onto}"}


_POINTS = record_of(
    "Points got, and possible for this note.",
    {
        "got": shape("integer", "Points got."),
        "of": shape("integer", "Points possible for this note."),
    },
)

_METRIC = record_of(
    "One metric, in the order of the note's `metrics`.",
    {**SHAPE, "explained": shape("string", "How sure it is, in words.")},
)

_SCORE = record_of(
    "How much the note helps; null for a draft. A rule that cannot be asked has 0 points.",
    {
        "total": shape("integer", "Out of 100.", minimum=0, maximum=100),
        "parts": record_of("By part: " + "; ".join(PARTS) + ".", dict.fromkeys(PARTS, _POINTS)),
        "rules": list_of(
            "Every rule.",
            record_of(
                "A rule, and why points are missing.",
                {
                    "id": shape("string", "Its name.", enum=[rule.id for rule in RULES]),
                    "asks": shape("string", "What it asks for, in a sentence."),
                    "got": shape("integer", "Points got."),
                    "of": shape("integer", "Points possible for this note."),
                    "why": shape("string", "Why points are missing."),
                },
            ),
        ),
    },
) | {"type": ["object", "null"]}

_GIT = record_of(
    "What git tells, as of the commit that index.json names; null where it was not asked.",
    {
        "commit": optional("string", "The last commit that changed the note itself."),
        "revert": record_of(
            "Does the revert still apply? Null without one.",
            {
                "state": shape("string", "In one word.", enum=list(get_args(State))),
                "says": shape("string", "The same in words."),
            },
        )
        | {"type": ["object", "null"]},
        "drifted": list_of(
            "Files of the note that changed since it shipped and was last reviewed, "
            "without a note.",
            record_of(
                "One file.",
                {
                    "path": shape("string", "From the top of the repository."),
                    "commits": shape("integer", "Commits since then that changed it."),
                    "last": shape("string", "When the last one did.", format="date-time"),
                },
            ),
        ),
        "revisions": shape("integer", "Commits that changed the note itself."),
        "revised": optional("string", "When the last one did.", format="date-time"),
    },
) | {"type": ["object", "null"]}

DERIVED: Data = {
    "address": shape(
        "string", "The note's page; from the top of the site when nobody said where that is."
    ),
    "file": shape("string", "The note's file in the repository."),
    "answer": shape("string", "Did it help? In one line, as Markdown."),
    "verdict": optional("string", "What the primary metric says, if it may speak for the note."),
    "metrics": list_of("What each metric says.", _METRIC),
    "rehearsal_counts": shape("boolean", "Were exactly these steps rehearsed?"),
    "score": _SCORE,
    "reading_minutes": shape("integer", "Minutes that it takes to read.", minimum=1),
    "content_sha256": shape(
        "string",
        "SHA-256 of canonical JSON of the note without `$schema` and `derived`: keys sorted, no"
        " white space, whole numbers without a fraction, UTF-8.",
        **DIGEST,
    ),
    "written_late": shape("boolean", "Was it created more than a day after shipping?"),
    "superseded_by": list_of("Ids of notes that replace this one.", TEXT),
    "mentioned_by": list_of("Ids of notes that name this one as related.", TEXT),
    "kin": list_of(
        "Notes that share files, issues, a deployment or tags with this one.",
        record_of(
            "Another note, and what both share.",
            {
                "id": shape("string", "Its id."),
                "why": shape("string", "What both share, in words."),
            },
        ),
    ),
    "before": optional("string", "Id of what shipped just before to the same service and place."),
    "after": optional("string", "Id of what shipped next to it."),
    "later": shape(
        "integer",
        f"How many changes shipped there since, counted up to {MOST_LATER}.",
        minimum=0,
        maximum=MOST_LATER,
    ),
    "git": _GIT,
}
"""What `derived` holds, as JSON Schema: every key is always there, later versions may add some."""

_REPOSITORY = shape("string", "The repository that the note is from.")


def note_schema(edition: Edition) -> Data:
    """The shape of every `note.json`: the format of a note, and `derived`."""
    book = edition.book
    schema = json_schema(book.kind_names, book.services)
    derived = {**DERIVED, "repository": _REPOSITORY} if book.is_of_many else DERIVED
    schema["title"] = "Change note with what is worked out from it"
    schema["properties"] = {
        "$schema": {"type": "string"},
        **schema["properties"],
        "derived": record_of("Worked out from the note; never part of its file.", derived),
    }
    schema["required"] = [*schema["required"], "derived"]
    return schema
