"""Made-up notes that read like real ones: the same seed and number give the same note."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.vocabulary import ENDINGS, PARTS, PEOPLE, SERVICES, STORIES, Service, Story
from changenote.capture.draft import written_time
from changenote.model.identity import file_name, new_id
from changenote.model.writing import canonical

Data = dict[str, Any]

SEED = 20261122
_FIRST = datetime(2021, 1, 4, 7, tzinfo=UTC)
_DAYS = 1400
_SPREAD = 0x2545F4914F6CDD1D  # odd, so that no two numbers below 2**30 meet


def note(number: int, total: int, seed: int = SEED) -> Data:
    """Note `number` of `total` as the data of its file, in canonical order."""
    random = _random(number, seed)
    service, story = random.choice(SERVICES), random.choice(STORIES)
    words = _words(random, service)
    shipped_at = _shipped_at(number, total, seed)
    author = random.choice(PEOPLE)
    return canonical(
        {
            "schema": 1,
            "id": note_id(number, total, seed),
            "title": story.title.format(**words),
            "kind": story.kind,
            "status": "rolled_back" if random.random() < 0.05 else "shipped",
            "owner": f"@acme/{service.team}",
            "authors": [f"{author} <{author.split()[0].lower()}@example.com>"],
            "service": service.name,
            "shipped": {
                "at": written_time(shipped_at),
                "environment": "production",
                "version": words["version"],
            },
            "reason": story.reason.format(**words),
            "expected": story.expected.format(**words),
            "rollback": _rollback(story, service, words),
            "source": _source(random, service, shipped_at),
            "files": list(_files(random, service)),
            "commands": list(_commands(story, words)),
            "metrics": list(_metrics(random, story, words)),
            "checklist": {story.kind: dict.fromkeys(story.checklist, "ok")}
            if story.checklist
            else {},
            "tags": [*story.tags, service.team],
            "stack": list(service.stack),
            "related": [note_id(random.randrange(number), total, seed)]
            if number and random.random() < 0.15
            else [],
        }
    )


def note_id(number: int, total: int, seed: int = SEED) -> str:
    """The id of a note; no two notes below 2**30 share one."""
    return new_id(_shipped_at(number, total, seed), (number * _SPREAD + seed) % 2**30)


def path_of(data: Data) -> str:
    """Where a note's file belongs in its project."""
    return f"changes/{data['id'][:4]}/{file_name(data['id'], data['title'])}"


def reno_note(data: Data) -> str:
    """The same change as reno would hold it: a section for its kind, one for the way back."""
    section = {"feature": "features", "fix": "fixes", "security": "security"}
    undo = "; ".join(f"``{step['run']}``" for step in data["rollback"]["steps"])
    return (
        f"---\n{section.get(data['kind'], 'other')}:\n"
        f"  - |\n    {data['title']}. {data['reason']}\n"
        f"upgrade:\n"
        f"  - |\n    {data['expected']} To undo it: {undo}\n"
    )


def _random(number: int, seed: int) -> Random:
    return Random(f"{seed} {number}")  # noqa: S311 - the same notes every time, nothing secret


def _shipped_at(number: int, total: int, seed: int) -> datetime:
    day = _FIRST + timedelta(days=number * _DAYS // max(total, 1))
    return day + timedelta(seconds=_random(number, seed).randrange(11 * 3600))


def _words(random: Random, service: Service) -> dict[str, str]:
    release = random.randint(2, 60)
    return {
        "service": service.name,
        "route": service.route,
        "table": service.table,
        "column": service.column,
        "job": service.job,
        "module": service.module,
        "host": f"{service.name}.shop.example",
        "number": str(random.randint(12, 98)),
        "version": f"v{random.randint(1, 4)}.{release}.0",
        "old_version": f"v{random.randint(1, 4)}.{release - 1}.{random.randint(0, 6)}",
    }


def _rollback(story: Story, service: Service, words: dict[str, str]) -> Data:
    return {
        "strategy": story.strategy,
        "when": story.when.format(**words),
        "decider": f"@acme/{service.team} on-call",
        "steps": [
            {"run": run.format(**words), "expect": expect.format(**words)}
            for run, expect in story.steps
        ],
        "verify": story.verify.format(**words),
    }


def _source(random: Random, service: Service, shipped_at: datetime) -> Data:
    pull = f"https://github.com/acme/{service.name}/pull/{random.randint(20, 9000)}"
    return {
        "base": _sha(random),
        "head": _sha(random),
        "first_commit_at": written_time(shipped_at - timedelta(minutes=random.randint(90, 9000))),
        "pull_requests": [pull],
    }


def _sha(random: Random) -> str:
    return hashlib.sha1(random.randbytes(8), usedforsecurity=False).hexdigest()


def _files(random: Random, service: Service) -> Iterator[Data]:
    ending = ENDINGS[service.stack[0]]
    for part in random.sample(PARTS, 6):
        counts = {"added": random.randint(1, 90), "removed": random.randint(1, 40)}
        yield {"path": f"app/{service.module}/{part}.{ending}", "change": "modified", **counts}
    name = random.choice(PARTS)
    yield {
        "path": f"tests/{service.module}/test_{name}.{ending}",
        "change": "added",
        "added": random.randint(12, 160),
    }
    yield {"path": f"docs/{service.name}/{name}.md", "change": "modified", "added": 3, "removed": 1}


def _commands(story: Story, words: dict[str, str]) -> Iterator[Data]:
    runs = (
        ("measure", story.measured),
        ("migrate" if story.kind == "database" else "other", story.acted),
        ("deploy", "./deploy.sh {service} production {version}"),
        ("verify", "curl -fsS https://{host}/health"),
    )
    for purpose, run in runs:
        yield {"run": run.format(**words), "purpose": purpose, "exit": 0}


def _metrics(random: Random, story: Story, words: dict[str, str]) -> Iterator[Data]:
    """The first is the headline with ten runs a side; the others have four, one and one."""
    for place, (name, unit, better, lowest, highest) in enumerate(story.metrics):
        before = random.uniform(lowest, highest)
        gain = random.choice((0.35, 0.5, 0.62, 0.8, 0.97, 1.0))
        after = before * gain if better == "lower" else before / gain
        digits = 0 if unit == "1" else 1
        runs = (10, 4, 1, 1)[place]
        yield {
            "name": name.format(**words),
            "unit": unit,
            "better": better,
            "primary": place == 0 or None,
            "before": _samples(random, before, runs, digits),
            "after": _samples(random, after, runs, digits),
            "order": "sequential" if runs > 1 else None,
            "conditions": {"cache": random.choice(("warm", "cold"))} if place == 0 else None,
        }


def _samples(random: Random, middle: float, runs: int, digits: int) -> list[float] | float:
    """Runs that vary by 4 %; one run is a number by itself, a count has no digits."""
    numbers = [round(middle * random.lognormvariate(0, 0.04), digits) for _ in range(runs)]
    whole = [int(n) if not digits else n for n in numbers]
    return whole if runs > 1 else whole[0]
