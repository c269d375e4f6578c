"""`Note` and its parts: format 1 of the change note, as frozen dataclasses.

Everything that reads, checks, describes or documents a note is derived from these types:
the reader (`reading`), the key order (`writing`), the JSON Schema (`schema`) and the
reference on the site. A field name that ends in `_` is written without it (`from_` → `from`).
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from changenote.records import record

FORMAT = 1

BUILT_IN_KINDS = (
    "feature",
    "fix",
    "performance",
    "security",
    "database",
    "cache",
    "jobs",
    "config",
    "dependency",
    "infrastructure",
    "docs",
)

ID = r"\d{8}-[0-9abcdefghjkmnpqrstvwxyz]{6}"
DURATION = r"(?=\d)(?:\d+(?:\.\d+)?d)?(?:\d+(?:\.\d+)?h)?(?:\d+(?:\.\d+)?m)?(?:\d+(?:\.\d+)?s)?"
SHA = r"[0-9a-f]{40}|[0-9a-f]{64}"
ONE_LINE = r"[^\r\n]*"
FILE_NAME = r"[^/\\\x00]+"

Status = Literal["draft", "shipped", "rolled_back", "superseded"]
Outcome = Literal["success", "degraded", "failed"]
BAD_OUTCOMES: tuple[Outcome, ...] = ("degraded", "failed")
Strategy = Literal["flag", "revert", "redeploy", "restore", "forward_fix", "none"]
Purpose = Literal["deploy", "migrate", "measure", "verify", "rehearse", "rollback", "other"]
Recorded = Literal["wrapper", "imported", "typed"]
FileChange = Literal["added", "modified", "deleted", "renamed", "copied", "type_changed"]
Order = Literal["interleaved", "sequential", "unknown"]
Samples = float | tuple[float, ...]
"""One number, or one number per run, in the order in which the runs happened."""


def part(
    doc: str,
    default: Any = MISSING,
    *,
    factory: Any = MISSING,
    pattern: str = "",
    length: tuple[int, int] | None = None,
    format_name: str = "",
) -> Any:
    """A field with its one-line description and the limits on its text or number of items."""
    facts = {"doc": doc, "pattern": pattern, "length": length, "format": format_name}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=facts)
    return field(default=default, metadata=facts)


@record
class Shipped:
    """When and where the change reached its users, and how that went."""

    at: datetime | None = part("When it reached its users, with a time zone.", None)
    environment: str | None = part("Where: production, staging …", None, pattern=ONE_LINE)
    version: str | None = part("The version that carries it.", None, pattern=ONE_LINE)
    deployment: str | None = part("Address of the deployment; notes may share one.", None)
    outcome: Outcome | None = part("How the deployment went.", None)
    restored_at: datetime | None = part("When service was restored after a failure.", None)
    incident: str | None = part("Address of the incident that it led to.", None)
    planned: bool = part("false: unplanned work after an incident.", True)


@record
class Step:
    """One step of a rollback: a command, and what it should show."""

    run: str = part("The command, ready to paste.", length=(1, 4000))
    expect: str | None = part("What it prints or changes when it worked.", None)
    takes: str | None = part("How long it takes.", None, pattern=DURATION, format_name="duration")


@record
class DataLoss:
    """What undoing the change does to data."""

    reversible: bool | None = part("true: the data can go back as well.", None)
    loses: str | None = part("What is lost, or `nothing`.", None)


@record
class Rehearsal:
    """Evidence that the steps were run once, before they were needed."""

    at: datetime | None = part("When.", None)
    environment: str | None = part("Where.", None, pattern=ONE_LINE)
    by: str | None = part("Who ran it.", None, pattern=ONE_LINE)
    took: str | None = part("How long.", None, pattern=DURATION, format_name="duration")
    steps_sha256: str | None = part("Hash of the steps as they were run.", None)


@record
class Rollback:
    """How to undo the change, when to, and who decides."""

    strategy: Strategy | None = part("How: flag, revert, redeploy, restore …", None)
    when: str | None = part("The trigger: what must be seen to roll back.", None)
    decider: str | None = part("Who decides.", None, pattern=ONE_LINE)
    steps: tuple[Step, ...] = part("Commands, in order.", ())
    verify: str | None = part("How to see that the rollback worked.", None)
    fallback: str | None = part("What to do when the steps do not work.", None)
    time_limit: str | None = part(
        "How long until it is too late.", None, pattern=DURATION, format_name="duration"
    )
    data: DataLoss | None = part("What happens to data.", None)
    point_of_no_return: str | None = part("Why, or from when on, it cannot be undone.", None)
    rehearsed: Rehearsal | None = part("The last rehearsal of exactly these steps.", None)


@record
class Baseline:
    """The state before the change: where the problem is noticed, and the proof of it."""

    where: str | None = part("Route, job, query or screen where it is noticed.", None)
    input: str | None = part("The input it was seen with.", None)
    symptom: str | None = part("What people notice.", None)
    evidence: str | None = part("Log lines, a query, a link to a dashboard.", None)


@record
class Source:
    """Where the change came from: commits, pull requests, issues."""

    base: str | None = part("The commit before the change.", None, pattern=SHA, format_name="sha")
    head: str | None = part("The last commit of it.", None, pattern=SHA, format_name="sha")
    first_commit_at: datetime | None = part("When work on it was first committed.", None)
    pull_requests: tuple[str, ...] = part("Addresses of pull requests.", ())
    issues: tuple[str, ...] = part("Addresses of issues.", ())


@record
class FileTouched:
    """One file the change touched."""

    path: str = part("Path from the repository's root.", length=(1, 4096), format_name="path")
    change: FileChange | None = part("What happened to it.", None)
    from_: str | None = part("The path before a rename or copy.", None, format_name="path")
    added: int | None = part("Lines added.", None)
    removed: int | None = part("Lines removed.", None)


@record
class Command:
    """One command that was run to ship, measure or verify the change."""

    run: str = part("The command line.", length=(1, 20_000))
    purpose: Purpose | None = part("What it was for.", None)
    exit: int | None = part("Its exit code.", None)
    takes: str | None = part("How long it ran.", None, pattern=DURATION, format_name="duration")
    at: datetime | None = part("When it was started.", None)
    recorded: Recorded | None = part("How we know: wrapper, imported or typed.", None)
    output: str | None = part("The last lines it printed, redacted.", None)


@record
class MetricSource:
    """The files a metric was read from."""

    tool: str | None = part("The tool that wrote them.", None)
    files: tuple[str, ...] = part("Their paths.", ())
    sha256: str | None = part("Hash of their contents.", None)


@record
class Metric:
    """One number before and after the change; one sample is one run, never one request."""

    name: str = part("What is measured.", length=(1, 200), pattern=ONE_LINE)
    unit: str | None = part("Its unit: ms, MB, %, 1 …", None, pattern=ONE_LINE)
    better: Literal["lower", "higher"] | None = part("The direction that is better.", None)
    primary: bool = part("true: the headline of the note comes from it.", False)
    target: float | None = part("The number to reach.", None)
    deterministic: bool = part("true: the same on every run (a size, a count).", False)
    before: Samples | None = part("Samples before, one per run.", None, length=(1, 100))
    after: Samples | None = part("Samples after, one per run.", None, length=(1, 100))
    n_before: int | None = part("How many there were, when more than are kept.", None)
    n_after: int | None = part("How many there were, when more than are kept.", None)
    sample: str | None = part("What one number is: a load-test run, a page load …", None)
    order: Order | None = part("How the runs before and after followed each other.", None)
    conditions: Mapping[str, str] = part(
        "cache, load, host … while measuring; `cold -> warm` when the sides differ.", factory=dict
    )
    source: MetricSource | None = part("Where the numbers come from.", None)


@record
class CacheRule:
    """One cache rule: its key, its life, what goes round it."""

    name: str = part("Its name.", pattern=ONE_LINE)
    key: str | None = part("What it is keyed by.", None)
    ttl: str | None = part("How long it lives.", None, pattern=DURATION, format_name="duration")
    bypass: tuple[str, ...] = part("What goes round it.", ())
    cached: tuple[str, ...] = part("Examples of what is cached.", ())
    not_cached: tuple[str, ...] = part("Examples of what is not.", ())


@record
class Image:
    """A picture in the note's own folder."""

    file: str = part("Its file name.", pattern=FILE_NAME, length=(1, 255))
    caption: str | None = part("What it shows.", None)
    source: str | None = part("Where it is from.", None)


@record
class Revision:
    """How often and by whom the note itself was reviewed."""

    version: int = part("Counts from 1.", 1)
    status: Literal["unreviewed", "reviewed"] | None = part("Has a colleague read it?", None)
    last_reviewed: date | None = part("The day of the last review.", None)
    by: str | None = part("The reviewer.", None, pattern=ONE_LINE)


@record
class Note:
    """One shipped change. The order of fields is the order in which a colleague reads."""

    schema: Literal[1] = part("The note's format.")
    id: str = part("UTC day and six characters; never changes.", pattern=ID, format_name="id")
    title: str = part("What changed, in one line.", length=(5, 100), pattern=ONE_LINE)
    kind: str = part("The kind of change.", pattern=r"[a-z][a-z0-9_-]*", format_name="kind")
    status: Status = part("draft, shipped, rolled_back or superseded.")
    owner: str | None = part("The person or team to ask.", None, pattern=ONE_LINE)
    authors: tuple[str, ...] = part("Who wrote the change.", ())
    service: str | None = part("The service that changed.", None, pattern=ONE_LINE)
    shipped: Shipped | None = part("When and where it shipped.", None)
    reason: str | None = part("Why the change was made (Markdown).", None)
    expected: str | None = part("What was expected to happen (Markdown).", None)
    rollback: Rollback | None = part("How to undo it.", None)
    baseline: Baseline | None = part("The state before.", None)
    assumptions: tuple[str, ...] = part("What must stay true for the change to hold.", ())
    variables: tuple[str, ...] = part("What was varied; one is best.", ())
    source: Source | None = part("Commits, pull requests, issues.", None)
    files: tuple[FileTouched, ...] = part("Files touched.", (), length=(0, 500))
    files_omitted: Mapping[str, int] = part("Files counted, not listed.", factory=dict)
    commands: tuple[Command, ...] = part("Commands that were run.", ())
    no_command: str | None = part("Why no command was run.", None)
    metrics: tuple[Metric, ...] = part("Numbers before and after.", ())
    no_metric: str | None = part("Why nothing was measured.", None)
    monitoring: Mapping[str, str] = part("Dashboards: up, slow, jobs, changed.", factory=dict)
    cache_rules: tuple[CacheRule, ...] = part("Cache rules, with examples.", ())
    checklist: Mapping[str, Mapping[str, str]] = part(
        "Groups of items: ok, na, todo, fail, or text that starts with one.", factory=dict
    )
    images: tuple[Image, ...] = part("Pictures beside the note.", ())
    tags: tuple[str, ...] = part("Words to find it by.", (), length=(0, 100))
    stack: tuple[str, ...] = part("Languages, frameworks, stores involved.", (), length=(0, 100))
    tools: tuple[str, ...] = part("Tools used.", ())
    difficulty: str | None = part("How hard it was.", None, pattern=ONE_LINE)
    related: tuple[str, ...] = part("Ids of related notes.", (), format_name="id")
    supersedes: tuple[str, ...] = part("Ids of notes this one replaces.", (), format_name="id")
    flags: tuple[str, ...] = part("needs_human_review, needs_measurement …", ())
    revision: Revision | None = part("Reviews of the note itself.", None)
    x: Mapping[str, Any] = part("A team's own keys.", factory=dict)


def samples(value: Samples | None) -> tuple[float, ...]:
    """The numbers of one side of a metric, one per run; empty when nothing was measured."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def primary_metric(note: Note) -> Metric | None:
    """The metric that speaks for the note: the one marked primary, or the only one."""
    marked = [metric for metric in note.metrics if metric.primary] or note.metrics
    return marked[0] if len(marked) == 1 else None


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC; as it is where UTC no longer has that year."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment


def shipped_at(note: Note) -> datetime | None:
    """When a note's change reached its users, in UTC; None where nobody says."""
    return in_utc(note.shipped.at) if note.shipped and note.shipped.at else None


_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_CENTURY = 36_525 * 86_400.0  # seconds; no calendar ends within one


def seconds(duration: str) -> float:
    """The length in seconds of a duration such as `15s`, `2m30s` or `1.5h`; at most a century."""
    parts = re.findall(r"(\d+(?:\.\d+)?)([dhms])", duration)
    return min(sum(float(n) * _UNITS[u] for n, u in parts), _CENTURY)


def duration(seconds: float) -> str:
    """A length in seconds as a note has it: `0.04s`, `94.2s`, `2m30s`, `1h5m`."""
    if seconds < 99.95:
        return f"{seconds:.{1 if seconds >= 1 else 2}f}".rstrip("0").rstrip(".") + "s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (0 if hours else rest, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)
