"""Which pages have to be made again after a change: never too few, and hardly ever too many."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.notes import notes, path_of
from changenote.capture.reverting import Applies
from changenote.config import Config
from changenote.site.book import Asset, Book, Broken, Drifted, InGit, Page, Published
from changenote.site.digests import digest_of
from changenote.site.edition import Edition
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.exports import feeds, llms
from changenote.site.lists import files, groups, home, listing, periods, releases, weeks
from changenote.site.pages import plans_of
from changenote.site.plan import key_of
from changenote.store.emitting import dump
from tests.books import SHOP, published

TOTAL = 24
HEAD, OTHER_HEAD = "4c1f0aa" * 5, "7e57ab1" * 5
SHIPPED = datetime(2026, 6, 15, 14, 43, tzinfo=UTC)

Data = dict[str, Any]
Edit = Callable[["World"], "World"]


@dataclass(frozen=True, kw_only=True)
class World:
    """All that a site is made from; notes are plain data by their files."""

    notes: Mapping[str, Data]
    told: Mapping[str, InGit]
    images: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    config: Config = field(default_factory=Config)
    commit: str = HEAD
    site_url: str = ""
    templates: Path | None = None

    @property
    def edition(self) -> Edition:
        """The book of this world, being made into pages."""
        read = {file: _read(dump(data), file) for file, data in self.notes.items()}
        return edition(
            Book(
                config=self.config,
                entries=tuple(
                    replace(one, images=self.images.get(file, {}))
                    for file, one in read.items()
                    if isinstance(one, Published)
                ),
                broken=(*self.broken, *(one for one in read.values() if isinstance(one, Broken))),
                repository=SHOP,
                in_git=self.told,
                commit=self.commit,
                site_url=self.site_url,
                templates=self.templates,
                home=True,
            ),
            _templates(self.templates),
        )

    def edited(self, number: int, **values: Any) -> "World":
        """The same with other values in one note; None takes a value away."""
        file = list(self.notes)[number]
        data = {k: v for k, v in {**self.notes[file], **values}.items() if v is not None}
        return replace(self, notes={**self.notes, file: data})


@dataclass(frozen=True, kw_only=True)
class Built:
    """A site as it was made: the key and the bytes of every page and file."""

    keys: Mapping[str, str | None]
    made: Mapping[str, Page | Asset]


_templates = cache(environment)


@cache
def _read(text: str, file: str) -> Published | Broken:
    try:
        return published(text, file)
    except AssertionError:
        return Broken(file=file, text=text, findings=(), id=Path(file).name[:15])


def keys(of: Edition) -> dict[str, str | None]:
    """The key of every page and file."""
    return {plan.path: key_of(of, plan) for plan in plans_of(of)}


def stale(built: Built, world: World) -> list[str]:
    """The pages that a build would leave as they were, although they are other ones now."""
    now = world.edition
    kept = (plan for plan in plans_of(now) if built.keys.get(plan.path) == key_of(now, plan))
    return [plan.path for plan in kept if plan.make() != built.made[plan.path]]


def changed(built: Built, world: World) -> set[str]:
    """The pages that a build would make again, and those that were not there."""
    return {path for path, key in keys(world.edition).items() if built.keys.get(path) != key}


@pytest.fixture(scope="module", autouse=True)
def _short_pages() -> Iterator[None]:
    """Lists that are too long for one page at a few notes already."""
    with pytest.MonkeyPatch.context() as patch:
        for function in (periods.whole, periods.month_of):
            patch.setitem(function.__kwdefaults__ or {}, "most", 6)
        for module, name in (
            (listing, "NEWEST"), (files, "NEWEST"), (files, "SHOWN"), (feeds, "NEWEST"),
            (feeds, "NEWEST_OF_ONE"), (llms, "NEWEST"), (home, "NEWEST"), (weeks, "LISTED"),
            (groups, "CARDS"), (releases, "_NEWEST"), (releases, "MOST"), (groups, "METRICS"),
        ):  # fmt: skip
            patch.setattr(module, name, 3)
        yield


@pytest.fixture(scope="module")
def world() -> World:
    """Notes of several services with all that pages show besides."""
    made = {str(path_of(data)): data for data in notes(TOTAL)}
    names = list(made)
    ids = [data["id"] for data in made.values()]
    for number, data in enumerate(made.values()):
        # Few services and many notes of each: what one of them says stands on many pages.
        data["service"] = ("checkout", "ledger", "media")[number % 3]
        data["tags"] = [*data.get("tags", ()), ("slow", "cart")[number % 2]]
        data["metrics"] = [{**metric, "name": "p95"} for metric in data["metrics"][:1]]
        data["metrics"] += made[names[number]].get("metrics", [])[1:2]
        data["files"] = [*data["files"][:3], {"path": f"app/models/{number % 5}.rb"}]
        data["related"] = [ids[number - 1]] if number % 6 == 1 else []
    made[names[14]]["supersedes"] = [ids[10], "20200101-zzzzzz"]
    made[names[15]]["images"] = [{"file": "a.png", "caption": "A graph"}]
    made[names[16]]["x"] = {"cost": {"euros": 3}}
    made[names[17]]["monitoring"] = {"up": "https://grafana.example/d/1"}
    told = {file: InGit(revisions=1, revised=SHIPPED, commit="abc" * 10) for file in names}
    told[names[5]] = replace(told[names[5]], applies=Applies(state="clean", onto=HEAD))
    drifted = Drifted(path="app/models/1.rb", commits=2, last=SHIPPED)
    told[names[6]] = replace(told[names[6]], drifted=(drifted,), drifted_by=2)
    return World(
        notes=made,
        told=told,
        images={names[15]: {"a.png": b"\x89PNG one"}},
        broken=(Broken(file="changes/2026/20260101-brokn0-x.yaml", text="?", findings=()),),
    )


@pytest.fixture(scope="module")
def built(world: World) -> Built:
    """That site, made as a whole."""
    of = world.edition
    return Built(keys=keys(of), made={plan.path: plan.make() for plan in plans_of(of)})


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every single value of a note."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number))
    elif path:
        yield path


def _with(value: Any, path: tuple[Any, ...], new: Callable[[Any], Any]) -> Any:
    """The same with another value at the end of a way; without it where that is None."""
    if not path:
        return new(value)
    copied = value.copy()
    found = _with(value[path[0]], path[1:], new)
    if found is None:
        del copied[path[0]]
    else:
        copied[path[0]] = found
    return copied


def _another(random: Random, value: Any) -> Any:
    """Another value of the same sort, or none."""
    if isinstance(value, bool) or random.random() < 0.15:
        return not value if isinstance(value, bool) else None
    if isinstance(value, int | float):
        return round(value * random.choice((0.5, 1.02, 3)) + 1)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return f"{value}x" if random.random() < 0.8 else value[::-1]
    return (moment + timedelta(hours=random.choice((-2000, -1, 1, 30)))).isoformat()


def random_edit(world: World, seed: int) -> World:
    """The same with one to three values changed in one note, whichever they are."""
    random = Random(seed)  # noqa: S311  # nothing secret
    file = random.choice(list(world.notes))
    data = world.notes[file]
    # Every field is as likely as any other: there are many more files than titles.
    for _ in range(random.randint(1, 3)):
        name = random.choice([name for name in data if name not in ("schema", "id")])
        ways = list(_leaves(data[name], (name,)))
        if ways:
            data = _with(data, random.choice(ways), lambda value: _another(random, value))
    return replace(world, notes={**world.notes, file: data})


@pytest.mark.parametrize("seed", range(12))
def test_a_page_that_is_kept_after_any_edit_is_as_it_would_be_made(
    world: World, built: Built, seed: int
) -> None:
    assert stale(built, random_edit(world, seed)) == []


def _added(world: World) -> World:
    data = {**list(world.notes.values())[20], "id": "20261122-k3f9xq", "title": "Newest of all"}
    at = datetime(2026, 11, 22, 8, tzinfo=UTC).isoformat()
    data["shipped"] = {**data["shipped"], "at": at}
    return replace(world, notes={**world.notes, "changes/2026/20261122-k3f9xq-n.yaml": data})


def _removed(world: World) -> World:
    return replace(world, notes=dict(list(world.notes.items())[:-3]))


def _renamed(world: World) -> World:
    renamed = {f.replace(".yaml", "-2.yaml") if n == 7 else f: d
               for n, (f, d) in enumerate(world.notes.items())}  # fmt: skip
    return replace(world, notes=renamed)


def _two_of_one_id(world: World) -> World:
    data = list(world.notes.values())[3]
    return replace(world, notes={**world.notes, "changes/2026/zzz.yaml": data})


def _another_image(world: World) -> World:
    return replace(world, images={f: {"a.png": b"\x89PNG two"} for f in world.images})


def _told_otherwise(world: World, number: int, **values: Any) -> World:
    file = list(world.notes)[number]
    return replace(world, told={**world.told, file: replace(world.told[file], **values)})


EDITS: dict[str, Edit] = {
    "another title": lambda w: w.edited(12, title="Another title"),
    "another reason": lambda w: w.edited(12, reason="Another reason."),
    "another service": lambda w: w.edited(12, service="pricing"),
    "another environment": lambda w: w.edited(23, shipped={"environment": "staging"}),
    "another owner": lambda w: w.edited(12, owner="@acme/others"),
    "another kind": lambda w: w.edited(12, kind="security"),
    "other tags": lambda w: w.edited(12, tags=["slow", "new"]),
    "other files": lambda w: w.edited(12, files=[{"path": "app/models/2.rb"}]),
    "no metrics": lambda w: w.edited(12, metrics=None, no_metric="It is text."),
    "no rollback": lambda w: w.edited(23, rollback=None),
    "a draft": lambda w: w.edited(22, status="draft"),
    "rolled back": lambda w: w.edited(23, status="rolled_back"),
    "to be reviewed": lambda w: w.edited(12, flags=["needs_human_review"]),
    "named by another": lambda w: w.edited(12, related=[list(w.notes.values())[2]["id"]]),
    "replaces another": lambda w: w.edited(12, supersedes=[list(w.notes.values())[2]["id"]]),
    "no note any more": lambda w: w.edited(12, title=None),
    "a new note": _added,
    "fewer notes": _removed,
    "another file name": _renamed,
    "two of one id": _two_of_one_id,
    "another image": _another_image,
    "no image": lambda w: replace(w, images={}),
    "another commit": lambda w: replace(w, commit=OTHER_HEAD),
    "more revisions": lambda w: _told_otherwise(w, 12, revisions=3, commit="def" * 10),
    "a later revision": lambda w: _told_otherwise(w, 23, revised=SHIPPED + timedelta(days=400)),
    "drifted": lambda w: _told_otherwise(
        w, 12, drifted=(Drifted(path="app/models/2.rb", commits=1, last=SHIPPED),), drifted_by=1
    ),
    "a conflict": lambda w: _told_otherwise(
        w, 5, applies=Applies(state="conflicts", onto=HEAD, commit="9" * 40, paths=("a.py",))
    ),
    "nothing in git": lambda w: replace(w, told={}, commit=""),
    "no broken file": lambda w: replace(w, broken=()),
    "another broken file": lambda w: replace(
        w, broken=(replace(w.broken[0], text="!", id="20260101-brokn0"),)
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_page_that_is_kept_is_as_it_would_be_made(world: World, built: Built, name: str) -> None:
    assert stale(built, EDITS[name](world)) == []


NOTE = re.compile(r"changes/(\d{8}-\w{6})/")


def _ids(paths: Iterable[str]) -> set[str]:
    """The notes whose pages and files are among some paths."""
    return {match[1] for path in paths if (match := NOTE.match(path))}


def test_the_reason_of_one_note_alters_no_page_of_another_one(world: World, built: Built) -> None:
    note_id = list(world.notes.values())[12]["id"]

    again = changed(built, EDITS["another reason"](world))

    assert _ids(again) == {note_id}
    lists = {path for path in again if path.startswith(("changes/timeline/", "changes/kinds/"))}
    assert lists == set()
    assert len(again) < 45
    assert len(built.keys) > 350


@pytest.mark.parametrize("name", ["a new note", "another reason", "drifted", "another commit"])
def test_of_pages_of_notes_only_those_are_made_again_that_come_out_otherwise(
    world: World, built: Built, name: str
) -> None:
    now = EDITS[name](world)
    again = changed(built, now)

    in_vain = [
        plan.path
        for plan in plans_of(now.edition)
        if plan.path in again and NOTE.match(plan.path) and plan.path.endswith("/")
        if plan.make() == built.made.get(plan.path)
    ]

    assert in_vain == []


def test_a_new_note_leaves_nearly_all_others_alone(world: World, built: Built) -> None:
    again = changed(built, EDITS["a new note"](world))

    assert len(_ids(again)) < len(world.notes)


@pytest.mark.parametrize("name", ["title", "address", "templates"])
def test_what_stands_on_every_page_alters_all_of_them(
    world: World, built: Built, tmp_path: Path, name: str
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "list.html.j2").write_text("Ours")
    edits = {
        "title": replace(world, config=replace(world.config, title="Ours")),
        "address": replace(world, site_url="https://notes.example/"),
        "templates": replace(world, templates=tmp_path),
    }

    again = changed(built, edits[name])

    assert again == built.keys.keys()


def test_a_list_of_a_teams_own_may_show_anything_of_a_note(world: World, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "list.html.j2").write_text(
        "{% for part in parts_of %}{% for row in part.things %}{{ row.note.reason }}"
        "{% endfor %}{% endfor %}"
    )
    own = replace(world, templates=tmp_path)
    of = own.edition
    before = Built(keys=keys(of), made={plan.path: plan.make() for plan in plans_of(of)})

    assert stale(before, EDITS["another reason"](own)) == []


def test_an_edit_of_a_template_alters_every_page(world: World, tmp_path: Path) -> None:
    own = replace(world, templates=tmp_path)
    (tmp_path / "x.html.j2").write_text("One")
    before = keys(own.edition)
    (tmp_path / "x.html.j2").write_text("Two")

    after = keys(own.edition)

    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_no_two_pages_have_one_key(built: Built) -> None:
    assert None not in built.keys.values()
    assert len(set(built.keys.values())) == len(built.keys)


def test_a_page_is_planned_before_anything_is_made(world: World) -> None:
    of = world.edition

    plans = list(plans_of(of))

    assert {plan.path for plan in plans} == {plan.make().path for plan in plans}
    assert len({plan.path for plan in plans}) == len(plans)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, "1"),
        (None, "None"),
        (("a", "b"), ("ab",)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (b"a", b"b"),
        (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)),
        (InGit(revisions=1), InGit(drifted_by=1)),
        ({"a", "b"}, {"a", "c"}),
    ],
)
def test_different_values_have_different_digests(one: object, other: object) -> None:
    assert digest_of(one) != digest_of(other)


def test_the_digest_of_a_value_is_the_same_in_every_process() -> None:
    program = (
        "from changenote.site.book import InGit; from changenote.site.digests import digest_of;"
        "print(digest_of((InGit(revisions=2), {'b', 'a', 'c'}, {'x': 1.5}, 'é\\ud800')))"
    )

    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(found) == 1


def test_a_value_without_a_digest_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no digest"):
        digest_of([object()])
