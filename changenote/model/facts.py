"""`Facts`: what can be searched of a note, folded once so that ten thousand compare quickly.

An index stores facts as plain data and searches them without reading the notes again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC
from functools import cached_property, partial
from itertools import chain
from typing import Any
from unicodedata import category, normalize

from changenote.model.note import Command, Metric, Note, Rollback

Text = tuple[str, str | None]
"""The name of a field, as people write it, and what it says."""


def _not_judged() -> str:
    raise LookupError("these facts came from plain data without a verdict and without a judge")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What can be searched of one note; every text is folded (see `folded`).

    `at` is the instant in UTC at which the change shipped, or else the day in the id, as ISO 8601
    text that sorts by time. `own` has the team's own fields, as `ticket=abc-1`. `judge` works the
    verdict out when it is first asked for. `repository` is empty where there is only one.
    """

    id: str
    kind: str
    status: str
    at: str
    title: str
    owner: str = ""
    authors: tuple[str, ...] = ()
    service: str = ""
    repository: str = ""
    environment: str = ""
    version: str = ""
    pull_requests: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    stack: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    prose: str = ""
    details: str = ""
    judge: Callable[[], str] = field(default=_not_judged, compare=False, repr=False)

    @property
    def day(self) -> str:
        """The day the note counts by: `2026-11-22`."""
        return self.at[:10]

    @cached_property
    def verdict(self) -> str:
        """The verdict of the primary metric; empty when there is nothing to judge."""
        return self.judge()

    @cached_property
    def labels(self) -> str:
        """The short facts as text: kind, service, people, tags, files …, one on a line."""
        one = (self.id, self.kind, self.service, self.environment, self.version, self.owner)
        many = (self.authors, self.tags, self.stack, self.files, self.pull_requests)
        return "\n".join(filter(None, chain(one, *many)))

    @cached_property
    def text(self) -> str:
        """All that a bare word is looked for in, a line for each text of the note."""
        return "\n".join((self.title, self.labels, self.prose, self.details))


def facts(note: Note, repository: str = "") -> Facts:
    """The facts of a note; its verdict is worked out only if somebody asks."""
    return Facts(
        id=folded(note.id),
        kind=folded(note.kind),
        status=note.status,
        at=when(note),
        title=folded(note.title),
        owner=folded(note.owner or ""),
        authors=_each_folded(note.authors),
        service=folded(note.service or ""),
        repository=folded(repository),
        environment=folded((note.shipped and note.shipped.environment) or ""),
        version=folded((note.shipped and note.shipped.version) or ""),
        pull_requests=_each_folded(note.source.pull_requests if note.source else ()),
        files=_each_folded(_paths(note)),
        tags=_each_folded(note.tags),
        stack=_each_folded(note.stack),
        flags=_each_folded(note.flags),
        has=tuple(parts_of(note)),
        own=tuple(own_fields(note)),
        prose=_lines(_prose(note)),
        details=_lines(_details(note)),
        judge=partial(_verdict, note),
    )


_STORED = tuple(f.name for f in fields(Facts) if f.name != "judge")


def to_plain(of: Facts) -> dict[str, Any]:
    """The facts as plain JSON data, empty ones left out; the verdict if it was worked out."""
    plain = {name: value for name in _STORED if (value := getattr(of, name))}
    if "verdict" in vars(of):
        plain["verdict"] = of.verdict
    return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}


def from_plain(plain: Mapping[str, Any], judge: Callable[[], str] = _not_judged) -> Facts:
    """The facts that `to_plain` made data of; `judge` is asked when the verdict is not in it."""
    values: dict[str, Any] = {k: tuple(v) if type(v) is list else v for k, v in plain.items()}
    values["judge"] = judge
    made = object.__new__(Facts)  # ten thousand at a time: what is left out is there as a default
    vars(made).update(values)  # and a verdict is where cached_property keeps what it worked out
    return made


def folded(text: str) -> str:
    """Text as it is compared: NFKC, without case, every run of white space one space."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())


def find_word(text: str, word: str, start: int = 0) -> int:
    """Where in folded text a word starts that begins with `word`; -1 when there is none.

    Words are parted by anything but letters and digits, yet `word` may itself hold a separator:
    `polyfill`, `polyfill.sql` and `app/polyfill.sql` all find `app/polyfill.sql`.
    """
    at = text.find(word, start)
    while at > 0 and not _starts_word(text, at):
        at = text.find(word, at + 1)
    return at


def _starts_word(text: str, at: int) -> bool:
    before, first = text[at - 1], text[at]
    if not (before.isalnum() and first.isalnum()):
        return True
    # Scripts without case ("other letters") mostly put no space between words (漢字かな), or
    # glue small words to the front of the next one; there any letter may start a word.
    return not first.isascii() and "Lo" in (category(before), category(first))


def searchable(note: Note) -> Iterator[tuple[str, str]]:
    """Every text a bare word is looked for in, as written, with its field; weightiest first."""
    every = chain([("title", note.title)], _labels(note), _prose(note), _details(note))
    return ((name, text) for name, text in every if text)


def _verdict(note: Note) -> str:
    # Statistics cost start-up time; a query without `verdict:` must not pay for them.
    from changenote.model.measures import headline

    judged = headline(note)
    return judged.verdict if judged else ""


def when(note: Note) -> str:
    """When the change shipped, in UTC, or else the day in the id: ISO 8601 that sorts by time."""
    if note.shipped and note.shipped.at:
        try:
            return note.shipped.at.astimezone(UTC).isoformat()
        except OverflowError:  # a first or last day that UTC no longer has
            pass
    return f"{note.id[:4]}-{note.id[4:6]}-{note.id[6:8]}"


def parts_of(note: Note) -> Iterator[str]:
    """What `has:` asks for that the note has."""
    if note.rollback and note.rollback.steps:
        yield "rollback"
    if note.metrics:
        yield "metrics"
    if note.images:
        yield "images"
    if note.rollback and note.rollback.rehearsed:
        yield "rehearsal"


def own_fields(note: Note) -> Iterator[str]:
    """The team's own fields with their values, folded: `ticket=abc-1`."""
    return (folded(f"{name}={text}") for name, text in _own(note.x))


def _own(own: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The team's own fields with their values as text; each of a list, none deeper than that."""
    for name, value in own.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, bool):
                yield name, "yes" if one else "no"
            elif isinstance(one, str | int | float):
                yield name, str(one)


def _paths(note: Note) -> Iterator[str]:
    for file in note.files:
        yield file.path
        if file.from_:
            yield file.from_


def _each_folded(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(folded(text) for text in texts)


def _lines(texts: Iterable[Text]) -> str:
    return "\n".join(folded(text) for _, text in texts if text)


def _named(name: str, texts: Iterable[str | None]) -> Iterator[Text]:
    return ((name, text) for text in texts)


def _labels(note: Note) -> Iterator[Text]:
    yield from _named("files", _paths(note))
    yield from _named("tags", note.tags)
    yield "service", note.service
    yield "id", note.id
    yield "kind", note.kind
    yield from _named("stack", note.stack)
    yield "owner", note.owner
    yield from _named("authors", note.authors)
    if note.shipped:
        yield "shipped.version", note.shipped.version
        yield "shipped.environment", note.shipped.environment
    if note.source:
        yield from _named("source.pull_requests", note.source.pull_requests)


def _prose(note: Note) -> Iterator[Text]:
    yield "reason", note.reason
    yield "expected", note.expected
    if note.baseline:
        yield "baseline.where", note.baseline.where
        yield "baseline.input", note.baseline.input
        yield "baseline.symptom", note.baseline.symptom
        yield "baseline.evidence", note.baseline.evidence
    yield from _named("assumptions", note.assumptions)
    yield from _named("variables", note.variables)


def _details(note: Note) -> Iterator[Text]:
    if note.rollback:
        yield from _rollback(note.rollback)
    for command in note.commands:
        yield from _command(command)
    yield "no_command", note.no_command
    for metric in note.metrics:
        yield from _metric(metric)
    yield "no_metric", note.no_metric
    yield from _surroundings(note)
    yield from _origin(note)
    yield from _named("x", _texts_within(note.x))


def _rollback(rollback: Rollback) -> Iterator[Text]:
    for step in rollback.steps:
        yield "rollback.steps", step.run
        yield "rollback.steps", step.expect
    yield "rollback.when", rollback.when
    yield "rollback.decider", rollback.decider
    yield "rollback.verify", rollback.verify
    yield "rollback.fallback", rollback.fallback
    yield "rollback.point_of_no_return", rollback.point_of_no_return
    if rollback.data:
        yield "rollback.data.loses", rollback.data.loses
    if rollback.rehearsed:
        yield "rollback.rehearsed.by", rollback.rehearsed.by
        yield "rollback.rehearsed.environment", rollback.rehearsed.environment


def _command(command: Command) -> Iterator[Text]:
    yield "commands.run", command.run
    yield "commands.output", command.output


def _metric(metric: Metric) -> Iterator[Text]:
    yield "metrics.name", metric.name
    yield "metrics.sample", metric.sample
    yield from _keyed("metrics.conditions", metric.conditions)
    if metric.source:
        yield "metrics.source.tool", metric.source.tool
        yield from _named("metrics.source.files", metric.source.files)


def _surroundings(note: Note) -> Iterator[Text]:
    yield from _keyed("monitoring", note.monitoring)
    for rule in note.cache_rules:
        texts = (rule.name, rule.key, *rule.bypass, *rule.cached, *rule.not_cached)
        yield from _named("cache_rules", texts)
    for group, items in note.checklist.items():
        yield from _keyed(f"checklist.{group}", items)
    for image in note.images:
        yield from _named("images", (image.caption, image.file, image.source))
    yield from _named("tools", note.tools)
    yield "difficulty", note.difficulty


def _origin(note: Note) -> Iterator[Text]:
    if note.shipped:
        yield "shipped.deployment", note.shipped.deployment
        yield "shipped.incident", note.shipped.incident
    if note.source:
        yield from _named("source.issues", note.source.issues)
        yield from _named("source", (note.source.base, note.source.head))
    yield from _named("related", note.related)
    yield from _named("supersedes", note.supersedes)
    if note.revision:
        yield "revision.by", note.revision.by


def _keyed(name: str, texts: Mapping[str, str]) -> Iterator[Text]:
    # The keys are left out of the search: with `cache: warm` on every metric, all would be "cache".
    return ((f"{name}.{key}", text) for key, text in texts.items())


def _texts_within(value: Any) -> Iterator[str]:
    waiting = [value]  # a list, because a team's own keys may lie deeper than Python recurses
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            waiting.extend(reversed(list(found.values())))
        elif isinstance(found, list | tuple):
            waiting.extend(reversed(found))
        elif found is not None and not isinstance(found, bool):
            yield str(found)
