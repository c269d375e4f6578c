"""The tools: what each is for, and which commands of this program answer it.

Text of an agent is never an option: it stands behind `--`, behind `=`, or on stdin.
"""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from changenote.agents import inputs, outputs
from changenote.agents.program import Program, Refused
from changenote.errors import UsageProblem
from changenote.records import record

Data = dict[str, Any]


@record
class Answer:
    """What a tool found: `data` for programs, `text` to be read, `remarks` beside both.

    `head` is ours, and not of a note; `more` says how to get what may have to be cut.
    """

    data: Data
    text: str
    more: str
    head: str = ""
    remarks: str = ""


@record
class Tool:
    """A tool; `writes` tells whether it changes anything."""

    name: str
    title: str
    description: str
    takes: Data
    gives: Data
    answer: Callable[[Program, Data], Awaitable[Answer]]
    writes: bool = False


async def _search(run: Program, asked: Data) -> Answer:
    limit = asked.get("limit", inputs.FEW)
    words = asked.get("query", "").split()
    command = "search" if words and not asked.get("newest_first") else "list"
    found = await run(command, "--json", "-n", str(limit + 1), "--", *words)
    # People are told what they may have meant.
    told = found if found.data else await run(command, "--", *words)
    return _rows(found.data, limit, told.notices)


async def _trace(run: Program, asked: Data) -> Answer:
    place = asked["path"] + (f":{asked['line']}" if "line" in asked else "")
    found = await run("trace", "--json", "--", place)
    told = found if found.data else await run("trace", "--", place)
    return _rows(found.data, asked.get("limit", inputs.FEW), told.notices)


def _rows(rows: list[Data], limit: int, remarks: str) -> Answer:
    shown, has_more = rows[:limit], len(rows) > limit
    lines = [line for row in shown for line in _row(row)]
    if has_more:
        lines.append(f"There are more than these {limit}: narrow it down, or raise `limit`.")
    return Answer(
        data={"notes": shown, "has_more": has_more},
        text="\n".join(lines),
        head="" if shown else "No notes.",
        remarks=remarks,
        more="`show` has the whole of a note; fewer conditions or a lower `limit` make this short.",
    )


def _row(row: Data) -> list[str]:
    """A note in one line, and why it matched in another."""
    status = "" if row["status"] == "shipped" else row["status"].replace("_", " ")
    words = (row["kind"], row["service"], status, row["verdict"], row["owner"])
    day = (row["shipped_at"] or "")[:10]
    first = "  ".join(filter(None, (row["id"], day, row["title"], _listed(words))))
    match = row.get("match")
    return [first, *([f"  {match['field']}: {match['excerpt']}"] if match else [])]


def _listed(words: tuple[str | None, ...]) -> str:
    return f"[{', '.join(word for word in words if word)}]"


def _refuse_two(asked: Data, *ways: str) -> None:
    """Raise `Refused` when it is said in more than one way which note is meant."""
    given = [f"`{way}`" for way in ways if way in asked]
    if len(given) > 1:
        problem = UsageProblem(
            f"it is not clear which note is meant: {' and '.join(given)} each name one",
            expected=f"one of {', '.join(f'`{way}`' for way in ways)}, or none of them",
            retry="safe, nothing was done",
            hint="The tool `search` gives the ids of notes.",
        )
        raise Refused.by(problem)


async def _note_to_show(run: Program, asked: Data) -> tuple[Data, str]:
    """The note, and what is said beside it; of several about a pull request it is the newest."""
    _refuse_two(asked, "note", "pull_request")
    if "pull_request" not in asked:
        named = ["--", asked["note"]] if "note" in asked else ["--last"]
        told = await run("show", "--json", *named)
        return told.data, told.notices
    told = await run("show", "--json", f"--pr={asked['pull_request']}")
    *others, newest = told.data
    ids = ", ".join(one["id"] for one in others)
    more = f"The pull request has {len(told.data)} notes. This is the newest; the others: {ids}."
    return newest, "\n".join([told.notices, *([more] if others else [])])


async def _show(run: Program, asked: Data) -> Answer:
    note, notices = await _note_to_show(run, asked)
    derived = note.pop("derived")
    path, parts = derived["path"], asked.get("parts", [])
    missing = [f"The note has no `{part}`." for part in parts if part not in note]
    if parts:
        note = {key: value for key, value in note.items() if key in ("id", "title", *parts)}
    text = _json(note) if parts else (await run("show", "--", path)).out
    return Answer(
        data={"path": path, "note": note, "metrics": derived["metrics"]},
        text=text,
        remarks="\n".join([notices, *missing]),
        more=f"`parts` asks for some parts of it; the whole is in {path}.",
    )


def _json(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


NOTHING_RAN = (
    "Nothing was run. Compare `When` with what is seen, and let the person in charge decide before"
    " any step is run."
)
_NO_WAY_BACK = "This note does not say how to undo the change."


async def _rollback(run: Program, asked: Data) -> Answer:
    _refuse_two(asked, "note", "service", "pull_request")
    service = [f"--service={asked['service']}"] if "service" in asked else []
    service += [f"--pr={asked['pull_request']}"] if "pull_request" in asked else []
    named = ["--", asked["note"]] if "note" in asked else []
    told = await run("rollback", "--json", *([*service, *named] or ["--last"]))
    data = told.data
    derived, way = data.pop("derived"), data.get("rollback")
    path = derived["path"]
    screen = await run("rollback", "--", path)
    known = {key: data.get(key) for key in ("id", "title", "status", "owner", "service", "shipped")}
    return Answer(
        data={**known, "rollback": way, **derived},
        text=screen.out,
        head=NOTHING_RAN if way else _NO_WAY_BACK,
        remarks=told.notices,
        more=f"The whole is in {path}, under `rollback`.",
    )


_OF_THE_NOTE = (
    *("title", "kind", "service", "owner", "reason", "expected", "rollback"),
    *("no_metric", "no_command", "tags"),
)
_AS_OPTIONS = ("base", "head", "shipped_at", "environment", "version")


async def _new_draft(run: Program, asked: Data) -> Answer:
    note = {key: asked[key] for key in _OF_THE_NOTE if key in asked}
    if commands := asked.get("commands"):
        note["commands"] = [{**one, "recorded": "typed"} for one in commands]
    words = [f"--metric={line}" for line in asked.get("metrics", ())]
    words += [f"--{k.replace('_', '-')}={asked[k]}" for k in _AS_OPTIONS if k in asked]
    new = partial(run, "new", "--json", "--from=-", *words, given=_json(note))
    # Of a note that is to be a draft nothing is said to be missing: it is looked at as a whole one.
    problems = (await new("--dry-run")).data["problems"]
    told = await new("--status=draft", *(["--dry-run"] if asked.get("preview") else ()))
    data = {"note": None, **told.data, "problems": problems}
    return Answer(
        data=data,
        text="\n".join([*_missing(data["problems"]), *filter(None, [data["note"]])]),
        head=_what_now(data),
        remarks=told.notices,
        more=f"The whole is in {data['path']}." if data["path"] else "Write it, and read the file.",
    )


def _what_now(data: Data) -> str:
    if data["path"] is None:
        return "A preview: nothing was written."
    name = data["id"]
    return (
        f"Wrote {data['path']}, a draft. `changenote set {name} FIELD=VALUE` fills in what is"
        f" missing, `changenote check {data['path']}` looks at it again. A person who knows the"
        f" change says `changenote review {name}`, and it is a draft no more."
    )


def _missing(problems: list[Data]) -> list[str]:
    return [
        f"{'Wrong' if one['severity'] == 'error' else 'Missing'}: {one['where']}: {one['found']};"
        f" expected {one['expected']}. {one['remedy']}"
        for one in problems
    ]


TOOLS = (
    Tool(
        name="rollback",
        title="How to undo a change",
        description="How to undo a shipped change, for an emergency: the trigger, the steps ready"
        " to paste, how to see that it worked. Without arguments: the change that shipped last."
        " Shows the steps, never runs them.",
        takes=inputs.ROLLBACK,
        gives=outputs.ROLLBACK,
        answer=_rollback,
    ),
    Tool(
        name="search",
        title="Search change notes",
        description="Find notes of shipped changes by words and keys: what changed in a service,"
        " which change dealt with a problem before, what shipped since Monday. Gives ids for"
        " `show` and `rollback`.",
        takes=inputs.SEARCH,
        gives=outputs.ROWS,
        answer=_search,
    ),
    Tool(
        name="trace",
        title="Which changes touched a file",
        description="The notes of changes that touched a file or folder, or the one that wrote a"
        " line of it. Call it before you change code, to learn why it is as it is.",
        takes=inputs.TRACE,
        gives=outputs.ROWS,
        answer=_trace,
    ),
    Tool(
        name="show",
        title="Read a change note",
        description="One note: why the change was made, what was touched and run, whether the"
        " numbers moved and how far they can be trusted, how to undo it.",
        takes=inputs.SHOW,
        gives=outputs.NOTE,
        answer=_show,
    ),
    Tool(
        name="new_draft",
        title="Draft a change note",
        description="Write the note of a change that has just shipped, as a draft that a person"
        " reviews. Files, people, commits and a suggested revert come from git. Once for a change:"
        " each call writes a note of its own. Nothing in it is run. Leave out what you do not know"
        " and never make up a number: the answer says what is missing.",
        takes=inputs.NEW_DRAFT,
        gives=outputs.DRAFT,
        answer=_new_draft,
        writes=True,
    ),
)
