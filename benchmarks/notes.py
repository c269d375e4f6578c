"""Made-up notes that read like real ones: the same seed and number give the same notes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import exp, log, sqrt
from random import Random
from typing import Any

from benchmarks.stories import STORIES, Story
from benchmarks.vocabulary import (
    AREAS,
    ENDINGS,
    PARTS,
    PEOPLE,
    SERVICES,
    Service,
)
from changenote.capture.draft import written_time
from changenote.model.identity import file_name, new_id
from changenote.model.note import Step
from changenote.model.rehearsal import steps_sha256
from changenote.model.writing import canonical

Data = dict[str, Any]

SEED = 20261122
_LAST = datetime(2026, 11, 20, 7, tzinfo=UTC)
_ONE_SHOP = 10_000  # so many notes one shop may write in so many days; more are of several shops
_ITS_DAYS, _DECADE = 1400, 3650
_NOTES_A_DAY = 40  # of all shops, beyond the first one's
_SPREAD = 0x2545F4914F6CDD1D  # odd, so that no two numbers below 2**30 meet
_DRIFT, _PULL = 0.02, 0.06  # of a level from note to note, and back to where it usually is
_STAGING, _DRAFTS = 0.06, 2
_NOISES = (0.008, 0.015, 0.04)
_GAINS = (0.55, 0.7, 0.8, 0.9, 1.0, 1.0, 1.0, 1.0, 1.15)
_OUTCOMES = {"success": 0.9, "degraded": 0.05, "failed": 0.05}


@dataclass
class _Past:
    """What earlier notes left behind: levels of metrics, and the last release of a service."""

    levels: dict[tuple[str, str], float] = field(default_factory=dict)
    releases: dict[str, int] = field(default_factory=dict)

    def level(self, random: Random, key: tuple[str, str], usual: tuple[float, float]) -> float:
        """Where a metric is now: near where it was left, or moved by something nobody noted."""
        middle = sqrt(usual[0] * usual[1])
        if key not in self.levels:
            return random.uniform(*usual)
        level = self.levels[key]
        level *= exp(_PULL * log(middle / level) + random.gauss(0, _DRIFT))
        return level * random.uniform(1.25, 1.6) if random.random() < 0.04 else level


def notes(total: int, seed: int = SEED) -> Iterator[Data]:
    """So many notes, oldest first, as the data of their files in canonical order.

    They tell one story: a note finds a metric where the note before it left it, versions count
    up, and what did not work is rolled back.
    """
    past = _Past()
    for number in range(total):
        yield canonical(_note(number, total, seed, past))


def _note(number: int, total: int, seed: int, past: _Past) -> Data:
    random = _random(number, seed)
    service, story = _service(random, total), random.choice(STORIES)
    words = _words(random, service, past)
    shipped_at = _shipped_at(number, total, seed)
    person = random.choice(PEOPLE)
    shipped = _shipped(random, service, words, shipped_at)
    undone = shipped["outcome"] == "failed" or random.random() < 0.02
    is_draft = number >= total - _DRAFTS and total > 10 * _DRAFTS
    return {
        "schema": 1,
        "id": note_id(number, total, seed),
        "title": story.title.format(**words),
        "kind": story.kind,
        "status": "draft" if is_draft else "rolled_back" if undone else "shipped",
        "owner": f"@acme/{service.team}",
        "authors": [f"{person} <{person.split()[0].lower()}@example.com>"],
        "service": service.name,
        "shipped": shipped,
        "reason": story.reason.format(**words),
        "expected": story.expected.format(**words),
        "rollback": _rollback(random, story, service, words, shipped_at),
        "source": _source(random, service, shipped_at),
        "files": list(_files(random, service)),
        "commands": list(_commands(story, words)),
        "metrics": list(_metrics(random, story, words, past, undone=undone)),
        "checklist": {story.kind: dict.fromkeys(story.checklist, "ok")} if story.checklist else {},
        "tags": [*story.tags, service.team],
        "stack": list(service.stack),
        "related": [note_id(random.randrange(number), total, seed)]
        if number and random.random() < 0.15
        else [],
        **_revision(random, shipped_at),
    }


def note_id(number: int, total: int, seed: int = SEED) -> str:
    """The id of a note; no two notes below 2**30 share one."""
    return new_id(_shipped_at(number, total, seed), (number * _SPREAD + seed) % 2**30)


def path_of(data: Data) -> str:
    """Where a note's file belongs in its project."""
    return f"changes/{data['id'][:4]}/{file_name(data['id'], data['title'])}"


def _service(random: Random, total: int) -> Service:
    """One of a shop's services; many notes are those of several shops."""
    service = random.choice(SERVICES)
    shops = min(total // _ONE_SHOP, len(AREAS))
    if shops <= 1:
        return service
    area = AREAS[random.randrange(shops)]
    name, team = f"{area}-{service.name}", f"{area}-{service.team}"
    return replace(service, name=name, team=team, module=f"{area}/{service.module}")


def _random(number: int, seed: int) -> Random:
    return Random(f"{seed} {number}")  # noqa: S311 - the same notes every time, nothing secret


def _shipped_at(number: int, total: int, seed: int) -> datetime:
    beyond = max(total - _ONE_SHOP, 0) // _NOTES_A_DAY
    days = min(min(_ITS_DAYS, 60 + 2 * total) + beyond, _DECADE)
    day = _LAST - timedelta(days=days - 1) + timedelta(days=number * days // max(total, 1))
    return day + timedelta(seconds=_random(number, seed).randrange(11 * 3600))


def _words(random: Random, service: Service, past: _Past) -> dict[str, str]:
    release = past.releases.get(service.name, random.randint(20, 60)) + (random.random() < 0.8)
    past.releases[service.name] = release
    return {
        "service": service.name,
        "route": service.route,
        "table": service.table,
        "column": service.column,
        "job": service.job,
        "module": service.module,
        "host": f"{service.name}.shop.example",
        "number": str(random.randint(12, 98)),
        "version": f"v{release // 40}.{release % 40}.0",
        "old_version": f"v{(release - 1) // 40}.{(release - 1) % 40}.0",
    }


def _shipped(random: Random, service: Service, words: dict[str, str], at: datetime) -> Data:
    (outcome,) = random.choices(list(_OUTCOMES), list(_OUTCOMES.values()))
    restored = at + timedelta(minutes=random.randint(4, 190))
    build = f"{at:%y%m%d}{words['version'].replace('.', '')[1:]}"
    return {
        "at": written_time(at),
        "environment": "staging" if random.random() < _STAGING else "production",
        "version": words["version"],
        "deployment": f"https://ci.shop.example/acme/{service.name}/deploys/{build}",
        "outcome": outcome,
        "restored_at": None if outcome == "success" else written_time(restored),
    }


def _rollback(
    random: Random, story: Story, service: Service, words: dict[str, str], at: datetime
) -> Data:
    steps = [(run.format(**words), expect.format(**words)) for run, expect in story.steps]
    return {
        "strategy": story.strategy,
        "when": story.when.format(**words),
        "decider": f"@acme/{service.team} on-call",
        "steps": [{"run": run, "expect": expect} for run, expect in steps],
        "verify": story.verify.format(**words),
        "rehearsed": _rehearsed(random, steps, at) if random.random() < 0.4 else None,
    }


def _rehearsed(random: Random, steps: list[tuple[str, str]], at: datetime) -> Data:
    return {
        "at": written_time(at - timedelta(hours=random.randint(2, 60))),
        "environment": "staging",
        "took": f"{random.randint(9, 240)}s",
        "steps_sha256": steps_sha256(Step(run=run, expect=expect) for run, expect in steps),
    }


def _revision(random: Random, at: datetime) -> Data:
    """Most notes were reviewed a few days later; some still wait for somebody to look."""
    if random.random() < 0.7:
        day = (at + timedelta(days=random.randint(1, 9))).date()
        reviewed = min(day, _LAST.date()).isoformat()
        return {"revision": {"version": 1, "status": "reviewed", "last_reviewed": reviewed}}
    return {"flags": ["needs_human_review"]} if random.random() < 0.1 else {}


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


def _metrics(
    random: Random, story: Story, words: dict[str, str], past: _Past, *, undone: bool
) -> Iterator[Data]:
    """The first is the headline with ten runs a side; the others have four, one and one."""
    noise = random.choice(_NOISES)
    for place, (name, unit, better, lowest, highest) in enumerate(story.metrics):
        key = words["service"], name.format(**words)
        before = past.level(random, key, (lowest, highest))
        gain = random.choice(_GAINS) if place == 0 else random.uniform(0.97, 1.03)
        after = before * gain if better == "lower" else before / gain
        past.levels[key] = before if undone else after
        digits = 0 if unit == "1" else 1
        runs = (10, 4, 1, 1)[place]
        yield {
            "name": key[1],
            "unit": unit,
            "better": better,
            "primary": place == 0 or None,
            "before": _samples(random, before, runs, digits, noise),
            "after": _samples(random, after, runs, digits, noise),
            "order": "sequential" if runs > 1 else None,
            "conditions": {"cache": "warm"} if place == 0 else None,
        }


def _samples(
    random: Random, middle: float, runs: int, digits: int, noise: float
) -> list[float] | float:
    """Runs that vary by so much; one run is a number by itself, a count has no digits."""
    numbers = [round(middle * random.lognormvariate(0, noise), digits) for _ in range(runs)]
    whole = [int(n) if not digits else n for n in numbers]
    return whole if runs > 1 else whole[0]
