"""A book becomes pages: complete, harmless, and the same on every day and machine."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from changenote.checks.catalogue import RULES
from changenote.config import Config
from changenote.errors import SiteFailed
from changenote.model.fields import Field
from changenote.model.note import Note
from changenote.model.problems import Finding
from changenote.model.schema import json_schema
from changenote.site.book import Book, Broken, Page
from changenote.site.pages import pages, printed
from changenote.site.wording import day, moment
from tests.books import (
    assets,
    attributes,
    book,
    ids,
    least,
    links,
    note_page,
    page,
    paths,
    published,
    words,
)
from tests.limits import NO_RIGHTS

DATA = Path(__file__).parent / "data" / "pages"
EVERY = (DATA / "every-field.yaml").read_text("utf-8")


def test_the_smallest_note_is_a_whole_page() -> None:
    made = note_page(least())

    expected = (DATA / "smallest.html").read_text("utf-8")
    assert "\n".join(line for line in made.content.splitlines() if line.strip()) + "\n" == expected


def test_a_page_says_what_a_generator_needs_to_know() -> None:
    made = replace(note_page(least() + "reason: Wolves.\ntags: [sheep]\n"), content="")

    assert made == Page(
        path="changes/20261122-k3f9xq/",
        title="Count sheep",
        description="Wolves.",
        content="",
        tags=("sheep",),
        toc=(
            (1, "note", "Count sheep"),
            (2, "rollback", "Rollback"),
            (2, "missing", "Still missing"),
            (2, "reason", "Why"),
            (2, "score", "Score and review"),
            (2, "about", "About this note"),
            (2, "yaml", "YAML and JSON"),
        ),
        source="changes/2026/20261122-k3f9xq-count-sheep.yaml",
    )


# What a page says in other words than the note does.
IN_WORDS = {
    "status": "Superseded",
    "shipped.incident": "incidents.example/2026-311",
    "shipped.planned": "unplanned",
    "rollback.strategy": "restore the earlier state",
    "rollback.data.reversible": "cannot go back",
    "commands[0].recorded": "imported from a shell's history",
    "metrics[0].primary": "primary",
    "metrics[0].deterministic": "the same on every run",
    "metrics[0].better": "lower is better",
    "metrics[0].n_before": "1,204",
    "metrics[0].n_after": "1,377",
    "source.pull_requests[0]": "acme/shop#412",
    "checklist.staging.rollback executed": "rollback executed to do after the freeze",
    "source.issues[0]": "acme/shop#398",
    "shipped.deployment": "ci.example/acme/shop/deploys/812",
    "monitoring.dashboard": "grafana.example/d/cart",
    "files[0].path": "app/cart/ R totals.py",
    "flags[0]": "needs human review",
    "flags[1]": "needs measurement",
    "x.urgent": "true",
}


def test_every_field_of_the_format_is_on_the_page() -> None:
    note = published(EVERY).note

    text = words(note_page(EVERY).content.partition('id="yaml"')[0])

    leaves = dict(_leaves("", note))
    hidden = {p: v for p, v in leaves.items() if IN_WORDS.get(p, _shown(v)) not in text}
    assert hidden == {}


def test_the_note_of_the_test_above_leaves_no_field_out() -> None:
    note = published(EVERY).note

    assert list(_empty_fields("", note)) == []


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value):
        for field in fields(value):
            name = field.name.rstrip("_")
            yield from _leaves(f"{path}.{name}" if path else name, getattr(value, field.name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}", inner)
    elif isinstance(value, tuple | list):
        for number, inner in enumerate(value):
            yield from _leaves(f"{path}[{number}]", inner)
    elif value is not None:
        yield path, value


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else str(value)


def _empty_fields(path: str, value: Any) -> Iterator[str]:
    for field in fields(value):
        inner = getattr(value, field.name)
        parts = inner if isinstance(inner, tuple) else (inner,)
        if inner in (None, (), {}):
            yield f"{path}{field.name}"
        elif is_dataclass(parts[0]):
            yield from _empty_fields(f"{path}{field.name}.", parts[0])


def test_a_book_has_these_pages_and_files() -> None:
    shipped = least("20261122-k3f9xq", "Count sheep", "fix") + 'owner: "@dana"\nservice: farm\n'
    older = least("20251231-0a1b2c", "Count wolves", "docs") + "tags: [Wölfe]\n"

    made = paths(book(shipped, older))

    assert [path for path in made if path.endswith("/") or "/search/" not in path] == [
        "changes/",
        "rollback/",
        "changes/review/",
        "changes/timeline/",
        "changes/timeline/2026-11/",
        "changes/timeline/2025-12/",
        "changes/services/",
        "changes/services/farm/",
        "changes/owners/",
        "changes/owners/dana-f3fc8c47/",
        "changes/kinds/",
        "changes/kinds/docs/",
        "changes/kinds/fix/",
        "changes/tags/",
        "changes/tags/wolfe-dc94ab33/",
        "changes/stack/",
        "changes/releases/",
        "changes/weeks/",
        "changes/weeks/2026-w47/",
        "changes/weeks/2026-w01/",
        "changes/files/",
        "changes/metrics/",
        "changes/statistics/",
        "changes/search/",
        "changes/rules/",
        "changes/20261122-k3f9xq/",
        "changes/20261122-k3f9xq/note.yaml",
        "changes/20261122-k3f9xq/note.json",
        "changes/20251231-0a1b2c/",
        "changes/20251231-0a1b2c/note.yaml",
        "changes/20251231-0a1b2c/note.json",
        "changes/note.schema.json",
        "feed.xml",
        "feed.json",
        "changes/services/farm/feed.xml",
        "changes/services/farm/feed.json",
        "changes/tags/wolfe-dc94ab33/feed.xml",
        "changes/tags/wolfe-dc94ab33/feed.json",
        "changes/index.json",
        "changes/index.schema.json",
        "llms.txt",
        "c/0a1b2c/index.html",
        "c/k3f9xq/index.html",
        "changes/assets/changenote.css",
        "changes/assets/changenote.js",
        "changes/schema.json",
    ]


def test_a_site_without_a_home_page_opens_on_the_overview() -> None:
    home = replace(book(least()), home=True)

    assert words(page(home, "").content) == words(page(home, "changes/").content)
    assert "changes/20261122-k3f9xq/" in links(page(home, "").content)


def test_the_folder_of_the_pages_can_be_chosen() -> None:
    moved = replace(book(least()), root="log")

    outside = ("rollback/", "c/", "feed.", "llms.txt")  # at the top of the site, wherever it is
    assert "log/20261122-k3f9xq/" in paths(moved)
    assert all(path.startswith(("log/", *outside)) for path in paths(moved))


@pytest.mark.parametrize("index", ["", "index.html"])
def test_every_link_between_pages_leads_somewhere(index: str) -> None:
    of = _library()
    made = list(pages(of, index=index))
    known = (
        {p.path.removesuffix("index.html") for p in made}
        | {p.path for p in made}
        | {f"{p.path}{index}#{i}" for p in made if isinstance(p, Page) for i in ids(p.content)}
    )
    known |= {f"{p.path}{index}" for p in made if isinstance(p, Page)}

    lost = {
        (one.path, link)
        for one in made
        if isinstance(one, Page)
        for link in links(one.content)
        if not link.startswith(("https:", "mailto:"))
        and unquote(_without_query(urljoin(one.path + index, link))) not in known
    }

    assert lost == set()


def _without_query(link: str) -> str:
    """A link without the question that it asks of a page."""
    return urlsplit(link)._replace(query="").geturl()


def _library() -> Book:
    """Notes that speak of each other, with a broken one, a twin and odd names."""
    other = (
        least("20260903-7c2mha", "Count wolves") + "related: [20261122-k3f9xq, 20200101-zzzzzz]\n"
    )
    twin = published(least("20260903-7c2mha", "Count bears"), "changes/2026/20260903-7c2mha-b.yaml")
    odd = least("20261201-aaaaaa") + 'owner: "../../etc"\ntags: ["a/b", "?#%", ".."]\n'
    finding = Finding(
        rule="wrong-type",
        severity="error",
        file="changes/2026/20261101-bad0ne.yaml",
        line=3,
        column=1,
        where="title",
        found="a list",
        expected="text",
    )
    of = book(EVERY, other, odd)
    broken = Broken(file=finding.file, text="- x\n", findings=(finding,), id="20261101-bad0ne")
    return replace(of, entries=(*of.entries, twin), broken=(broken,))


def test_a_broken_file_has_a_page_that_says_what_is_wrong_and_shows_its_text() -> None:
    made = page(_library(), "changes/20261101-bad0ne/")

    text = words(made.content)
    assert made.title == "Unreadable: 20261101-bad0ne.yaml"
    assert "changes/2026/20261101-bad0ne.yaml:3:1 title wrong-type" in text
    assert "Found a list Expected text" in text
    assert text.endswith("Its text¶ - x")


def test_two_files_with_one_id_both_have_a_page_and_the_second_says_so() -> None:
    first = page(_library(), "changes/20260903-7c2mha/")
    second = page(_library(), "changes/20260903-7c2mha-b/")

    assert first.title == "Count wolves"
    assert "Two notes share this id." not in words(first.content)
    assert second.title == "Count bears"
    assert "Two notes share this id." in words(second.content)
    assert "../20260903-7c2mha/" in links(second.content)


def test_a_file_called_like_an_index_does_not_take_its_place() -> None:
    broken = Broken(file="changes/2026/tags.yaml", text="", findings=())

    made = paths(replace(book(least()), broken=(broken,)))

    assert made.count("changes/tags/") == 1
    assert any(path.startswith("changes/tags-") for path in made)


def test_links_between_notes_are_shown_from_both_ends() -> None:
    old = least("20260903-7c2mha", "Count wolves")
    new = least("20261122-k3f9xq", "Count bears") + "supersedes: [20260903-7c2mha]\n"
    third = least("20261123-000000", "Count deer") + "related: [20261122-k3f9xq]\n"
    of = book(old, new, third)

    assert "Replaces Count wolves 20260903-7c2mha" in words(
        page(of, "changes/20261122-k3f9xq/").content
    )
    assert "Mentioned by Count deer 20261123-000000" in words(
        page(of, "changes/20261122-k3f9xq/").content
    )
    assert "Superseded by Count bears" in words(page(of, "changes/20260903-7c2mha/").content)


ROLLBACK = """\
rollback:
  strategy: flag
  steps: [{run: ./off}]
"""


@pytest.mark.parametrize(
    ("rehearsed", "says"),
    [
        ("", "Rehearsed never"),
        ("  rehearsed: {by: eve}\n", "(nothing proves that it was of these steps)"),
        ("  rehearsed: {steps_sha256: 'abc'}\n", "(the steps have changed since)"),
    ],
)
def test_a_rehearsal_counts_only_for_exactly_these_steps(rehearsed: str, says: str) -> None:
    assert says in words(note_page(least() + ROLLBACK + rehearsed).content)


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        ("rolled_back", "Rollback, already done¶"),
        ("superseded", "Rollback of a change that was replaced¶"),
    ],
)
def test_the_rollback_of_what_is_not_in_effect_does_not_call_out(status: str, heading: str) -> None:
    live = least().replace("draft", "shipped") + ROLLBACK.replace("}]", "}, {run: ./clean}]")

    made = note_page(live.replace("status: shipped", f"status: {status}")).content

    assert heading in words(made)
    assert "./off" in words(made)
    assert "cn-rollback--past" in made
    assert "data-cn-copy-all" not in made
    assert "data-cn-copy-all" in note_page(live).content
    assert "cn-rollback--past" not in note_page(live).content


def test_a_trigger_too_long_for_the_first_screen_comes_after_the_commands() -> None:
    short = words(note_page(least() + ROLLBACK + "  when: too slow\n").content)
    long = words(note_page(least() + ROLLBACK + f"  when: {'too slow ' * 40}\n").content)

    assert short.index("When too slow") < short.index("./off")
    assert long.index("./off") < long.index("When too slow")


METRIC = "metrics: [{{name: p95, unit: {unit}, better: lower, before: 9, after: 5{more}}}]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Nothing was measured."),
        ("no_metric: only words changed\n", "Not measured: only words changed"),
        (METRIC.format(unit="MB", more=""), "reported p95: reported, not measured: 9 MB → 5 MB"),
        (
            METRIC.format(unit="ms", more=""),
            "No verdict on p95: the note does not say whether the cache was cold or warm.",
        ),
        (
            METRIC.format(unit="ms", more="").replace("p95", "p95 of " + "a very long name " * 9),
            "No verdict on p95 of a very long name a very long …: "
            "the note does not say whether the cache was cold or warm.",
        ),
        (
            "metrics: [{name: a}, {name: b}]\n",
            "2 metrics, none of them speaks for the note.",
        ),
    ],
)
def test_the_line_below_the_title_answers_whether_it_helped(text: str, says: str) -> None:
    assert f"Count sheep {says} Owner nobody" in words(note_page(least() + text).content)


@pytest.mark.parametrize(
    ("status", "outcome", "says"),
    [
        ("shipped", "success", "Count sheep reported"),
        ("shipped", "degraded", "Count sheep degraded"),
        ("shipped", "failed", "Count sheep failed"),
        ("rolled_back", "failed", "Count sheep rolled back reported"),
    ],
)
def test_a_bad_outcome_stands_in_lists_before_the_verdict(
    status: str, outcome: str, says: str
) -> None:
    note = least().replace("draft", status) + METRIC.format(unit="MB", more="")
    text = f"{note}shipped: {{at: 2026-11-22T10:00:00Z, outcome: {outcome}}}\n"

    assert says in words(page(book(text), "changes/kinds/fix/").content)


HOSTILE = '"\'><script>alert(1)</script>&lt;b&gt;<![x " onclick="x [a](javascript:alert(1))'
WITHOUT_TEXT = tuple(
    f"changes/{name}/" for name in ("review", "timeline", "weeks", "search", "rules")
)


def test_no_text_of_a_note_becomes_markup() -> None:
    def hostile(value: Any) -> Any:
        return HOSTILE if isinstance(value, str) else value

    note = _mapped(published(EVERY).note, hostile)
    of = book(least())
    entry = replace(of.entries[0], note=note, file=f"changes/2026/{HOSTILE}.yaml", content=HOSTILE)

    for made in pages(replace(of, entries=(entry,))):
        if isinstance(made, Page):
            assert "<script>" not in made.content
            assert "<![" not in made.content
            assert not [a for a in attributes(made.content) if a.startswith("on")]
            assert not [link for link in links(made.content) if link.startswith("javascript")]
            assert ("<script>alert(1)" in words(made.content)) == (made.path not in WITHOUT_TEXT)


def _mapped(value: Any, change: Any) -> Any:
    """The same note with every free text changed."""
    kept = {"id", "status", "related", "supersedes", "takes", "took", "ttl", "time_limit"}
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(
            **{
                f.name: getattr(value, f.name)
                if f.name in kept or "Literal" in str(f.type)
                else _mapped(getattr(value, f.name), change)
                for f in fields(value)
            }
        )
    if isinstance(value, dict):
        inner = [_mapped(inner, change) for inner in value.values()]
        return {f"{HOSTILE}{number}": found for number, found in enumerate(inner)}
    if isinstance(value, tuple):
        return tuple(_mapped(inner, change) for inner in value)
    return change(value)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil", "x y"])
def test_only_web_and_mail_addresses_become_links(address: str) -> None:
    made = note_page(least() + f"monitoring: {{up: '{address}'}}\n")

    assert address in words(made.content)
    assert address not in links(made.content)


def test_a_picture_is_published_beside_the_page_and_a_refused_one_says_why() -> None:
    text = least() + "images: [{file: a.png}, {file: b.svg}, {file: c.png}]\n"
    entry = replace(published(text), images={"a.png": b"PNG"}, refused={"b.svg": "SVG is refused"})
    of = replace(book(), entries=(entry,))

    content = page(of, "changes/20261122-k3f9xq/").content

    assert assets(of)["changes/20261122-k3f9xq/a.png"] == b"PNG"
    assert "b.svg is not shown: SVG is refused" in words(content)
    assert "c.png is not shown: it is not in the note's folder" in words(content)
    assert [link for link in links(content) if link.endswith("png")] == ["a.png", "a.png"]


def test_files_link_to_the_forge_as_the_change_left_them() -> None:
    base, head = "4" * 40, "9" * 40
    made = note_page(
        least() + f"source: {{base: '{base}', head: '{head}'}}\n"
        "files: [{path: a b/c.py, change: modified}, {path: d.py, change: deleted}]\n"
    )

    found = [link for link in links(made.content) if link.startswith("https")]
    assert found == [
        f"https://github.com/acme/shop/compare/{base}...{head}",
        f"https://github.com/acme/shop/blob/{head}/a%20b/c.py",
        f"https://github.com/acme/shop/blob/{base}/d.py",
        f"https://github.com/acme/shop/commit/{head}",
        f"https://github.com/acme/shop/commit/{base}",
        "https://github.com/acme/shop/blob/main/changes/2026/20261122-k3f9xq-count-sheep.yaml",
    ]


def test_without_a_forge_everything_is_said_without_links() -> None:
    of = book(EVERY, repository=None)

    content = page(of, "changes/20261122-k3f9xq/").content

    assert "9be27d19be27d19be27d19be27d19be27d19be27" in words(content)
    assert not [link for link in links(content) if "/blob/" in link or "/commit/" in link]


def test_a_draft_names_what_it_lacks() -> None:
    text = words(note_page(least()).content)

    assert (
        "Draft. Still missing: owner, service, shipped.at, shipped.environment and 9 more." in text
    )
    assert "rollback.strategy how to undo it: flag, revert, redeploy …" in text


def test_every_check_rule_is_explained_under_its_id_with_the_severity_in_effect() -> None:
    of = book(config=Config(severity={"wrong-type": "note"}))

    content = page(of, "changes/rules/").content

    assert set(RULES) <= ids(content)
    assert "wrong-type¶ note " in words(content)


def test_the_schema_on_the_site_is_the_one_of_the_team() -> None:
    of = book(config=Config(services=("farm",)))

    text = assets(of)["changes/schema.json"].decode()

    assert json.loads(text) == json_schema(of.config.kind_names, ("farm",))


def test_the_raw_file_of_a_note_is_published_as_it_is() -> None:
    text = least() + "# a comment\n"

    assert assets(book(text))["changes/20261122-k3f9xq/note.yaml"] == text.encode()


def test_a_team_can_replace_a_template_with_its_own(tmp_path: Path) -> None:
    own = tmp_path / "site"
    own.mkdir()
    (own / "note.html.j2").write_text("<h1>{{ note.title }}</h1>")

    made = list(pages(replace(book(least(title="a < b, or so")), templates=tmp_path)))

    contents = [p.content for p in made if isinstance(p, Page) and p.source]
    assert contents == ["<h1>a &lt; b, or so</h1>"]


def test_an_empty_book_is_a_site_that_says_so() -> None:
    assert "There is no note yet." in words(page(book(), "changes/").content)
    assert "No note has a tag yet." in words(page(book(), "changes/tags/").content)


def test_the_same_notes_give_the_same_pages() -> None:
    assert list(pages(_library())) == list(pages(_library()))


def test_a_note_from_the_edge_of_the_calendar_is_shown() -> None:
    early = least() + "shipped: {at: '0001-01-01T00:00:00+12:00'}\n"

    assert isinstance(published(early).note, Note)
    assert "1 Jan 1" in words(note_page(early).content)


def test_a_checklist_says_how_it_was_answered_and_what_nobody_answered() -> None:
    text = words(
        note_page(
            least()
            + "checklist:\n  jobs: {Idempotent: 'ok, by key', logged: todo}\n  ours: {told: na}\n"
        ).content
    )

    assert "jobs 1 ok, 1 to do, 1 without an answer" in text
    assert "Idempotent ok by key" in text
    assert "logged to do" in text
    assert "safe to run again no answer" in text
    assert "ours 1 not applicable" in text


def test_fields_of_a_team_have_their_names_and_addresses_are_links() -> None:
    config = Config(
        fields={
            "ticket": Field(doc="Ticket in the tracker"),
            "runbook": Field(type="url"),
            "told": Field(type="boolean", doc="Customers know"),
            "plan": Field(type="url"),
        }
    )
    own = "x: {moon: {phase: full}, told: true, runbook: 'https://wiki.example/x', ticket: 398}\n"

    made = page(book(least() + own, config=config), "changes/20261122-k3f9xq/")
    odd = page(
        book(least() + "x: {plan: 'javascript:alert(1)'}\n", config=config),
        "changes/20261122-k3f9xq/",
    )

    assert (
        "Ticket in the tracker 398 Runbook wiki.example/x Customers know yes x.moon.phase full"
    ) in words(made.content)
    assert "https://wiki.example/x" in links(made.content)
    assert "x.plan javascript:alert(1)" in words(odd.content)
    assert not any(link.startswith("javascript") for link in links(odd.content))


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("\n{% if %}", ":2", "Expected an expression, got 'end of statement block'"),
        ("\n{{ nothing.at.all }}", ":2", "'nothing' is undefined"),
        (
            "\n\n{{ 1 + 'a' }}",
            ":3",
            "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        ),
        ("{{ 1 // 0 }}", ":1", "ZeroDivisionError: integer division or modulo by zero"),
        ("\n{{ 7 | day }}", ":2", "AttributeError: 'int' object has no attribute 'day'"),
        (
            '\n{{ "%d" | format("x") }}',
            ":2",
            "TypeError: %d format: a real number is required, not str",
        ),
        (b"\xff", "", "UnicodeDecodeError: "),
    ],
)
def test_a_template_of_the_team_that_fails_in_any_way_is_named_with_its_line(
    tmp_path: Path, text: str | bytes, place: str, why: str
) -> None:
    (tmp_path / "site").mkdir()
    raw = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "site/note.html.j2").write_bytes(raw)

    with pytest.raises(SiteFailed) as raised:
        list(pages(replace(book(least()), templates=tmp_path)))

    assert raised.value.what.startswith(f"the template site/note.html.j2{place} failed: {why}")


def test_templates_of_the_team_that_cannot_be_read_are_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "changes/templates/site").mkdir(parents=True)
    (tmp_path / "changes/templates/site").chmod(0)
    build = [sys.executable, "-m", "changenote", "site", "pages", "--to", str(tmp_path / "out")]

    done = subprocess.run(
        [*NO_RIGHTS, *build], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 3
    assert "own templates" in done.stderr
    assert "site cannot be read: Permission denied" in done.stderr


def test_a_fault_of_a_template_of_ours_is_not_laid_at_the_teams_door(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/other.html.j2").write_text("unused")
    made = printed(replace(book(least()), templates=tmp_path))

    with pytest.raises(TypeError):
        made.rendered("site/index.html.j2", "", title=1, groups=7)
