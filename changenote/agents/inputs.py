"""What the tools take: JSON Schemas whose descriptions an agent reads before it calls."""

from typing import Any, get_args

from changenote.model.note import BUILT_IN_KINDS, Purpose, Strategy

Data = dict[str, Any]

MOST = 50
"""Notes in one answer."""

FEW = 10
"""Notes in one answer, when nobody says how many."""

_ONE_LINE = r"^[^\u0000-\u001f\u007f]*$"
_SEVERAL_LINES = r"^[^\u0000-\u0008\u000b-\u001f\u007f]*$"


def _schema(required: tuple[str, ...] = (), **properties: Data) -> Data:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _line(description: str, most: int = 300) -> Data:
    return {
        "type": "string",
        "description": description,
        "minLength": 1,
        "maxLength": most,
        "pattern": _ONE_LINE,
    }


def _text(description: str, most: int = 10_000) -> Data:
    return {**_line(description, most), "pattern": _SEVERAL_LINES}


def _list(description: str, item: Data, most: int = 50) -> Data:
    return {"type": "array", "description": description, "maxItems": most, "items": item}


def _choice(description: str, values: tuple[str, ...]) -> Data:
    return {"type": "string", "description": description, "enum": list(values)}


def _yes(description: str, *, default: bool) -> Data:
    return {"type": "boolean", "description": description, "default": default}


_LIMIT = {
    "type": "integer",
    "description": "At most so many notes.",
    "minimum": 1,
    "maximum": MOST,
    "default": FEW,
}
_NOTE = "Which note: its id, the start or end of the id, or the path of its file."

SEARCH = _schema(
    query=_text(
        'Words and keys; all must hold. Words: cart timeout, or "exact phrase". Keys: service:web'
        " kind:fix,security status:shipped owner:@dana tag:cache file:app/cart/ pr:412"
        " version:2.1 verdict:improved after:2026-10-01 before:-7d. A minus in front: -tag:cache."
        " Left out: all notes, newest first.",
        500,
    ),
    newest_first=_yes("Newest first, not best match first.", default=False),
    limit=_LIMIT,
)

_PULL_REQUEST = {
    "type": "integer",
    "description": "The note that names the pull request of this number; in place of `note`.",
    "minimum": 1,
    "maximum": 10**9,
}

SHOW = _schema(
    note=_line(f"{_NOTE} Left out: the newest note."),
    pull_request=_PULL_REQUEST,
    parts=_list(
        "Only these parts of the note, for example reason, rollback, metrics, commands, files."
        " Left out: all of it.",
        {"type": "string", "pattern": "^[a-z_]{1,40}$"},
        30,
    ),
)

ROLLBACK = _schema(
    note=_line(f"{_NOTE} Left out: the change that shipped last."),
    service=_line("The change of this service that shipped last; in place of `note`."),
    pull_request=_PULL_REQUEST,
)

TRACE = _schema(
    ("path",),
    path=_line("A file or folder of this repository, such as app/cart/cache.py.", 1_000),
    line={
        "type": "integer",
        "description": "Only the note that wrote this line of the file, counted from 1.",
        "minimum": 1,
        "maximum": 10_000_000,
    },
    limit=_LIMIT,
)

_STEPS = _list(
    "In order. Each a command that can be pasted as it stands. They are written down, never run.",
    _schema(
        ("run",),
        run=_text("The command.", 4_000),
        expect=_text("What it shows when it worked.", 1_000),
    ),
)

NEW_DRAFT = _schema(
    ("title",),
    title={**_line("What changed, in one line.", 100), "minLength": 5},
    kind=_line(
        f"{', '.join(BUILT_IN_KINDS)}, or one of the team's own; guessed from the commits when left"
        " out.",
        60,
    ),
    service=_line("The service that changed."),
    owner=_line("The person or team to ask."),
    reason=_text("Why the change was made, with the number or report that led to it. Markdown."),
    expected=_text("What was expected to happen, so that somebody can see whether it did."),
    rollback={
        **_schema(
            strategy=_choice("How to undo it.", get_args(Strategy)),
            when=_text("The trigger: what must be seen to undo it.", 2_000),
            steps=_STEPS,
            verify=_text("How to see that undoing it worked.", 2_000),
        ),
        "description": "How to undo the change.",
    },
    metrics=_list(
        "What was measured, a line each: 'GET /cart p95: 841,903 ms -> 318,341 ms [cache: warm]',"
        " with one number for each run. Never a number that was not measured.",
        _line("name: before -> after, with a unit.", 2_000),
    ),
    no_metric=_text("Why nothing was measured, where that is so.", 2_000),
    commands=_list(
        "What was really run for it, beside what `changenote run` has recorded.",
        _schema(
            ("run",),
            run=_text("The command.", 20_000),
            purpose=_choice("What it was for.", get_args(Purpose)),
        ),
    ),
    no_command=_text("Why no command was run, where that is so.", 2_000),
    tags=_list("Words to find it by.", _line("A word.", 60)),
    environment=_line("Where it shipped: production, staging …"),
    version=_line("The version that carries it."),
    shipped_at=_line("When it shipped: ISO 8601, or '2h ago'. Now when left out.", 60),
    base=_line(
        "The commit before the change; the last note, tag or branch point when left out.", 200
    ),
    head=_line("The last commit of the change; HEAD when left out.", 200),
    preview=_yes("Only show the note: write nothing.", default=False),
)
