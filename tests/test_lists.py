"""Pages that list notes: nothing goes missing, no page grows without end, addresses never clash."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from changenote.site.addresses import Addresses
from changenote.site.book import Book, Page, Published
from changenote.site.editions import edition
from changenote.site.environment import environment
from changenote.site.lists.files import FilePlace, file_place, file_plans
from changenote.site.lists.groups import group_plans
from changenote.site.lists.listing import asking
from changenote.site.lists.periods import every, month_of, parts, whole
from changenote.site.lists.releases import release_plans
from changenote.site.lists.timeline import timeline_plans
from changenote.site.lists.weeks import week_plans
from changenote.site.tree import parted, through, tree
from tests.books import SAMPLE, book, ids, least, links, page, paths, published, words

ELSEWHERE = re.compile(r"^changes/(\d{8}-.{6}/|search/|)$|/feed\.(xml|json)$|\.svg$")
ROW = re.compile(r'<li class="cn-row" data-cn-note="([^"]+)">')
MANY = 1000
MAKERS = (timeline_plans, group_plans, release_plans, week_plans, file_plans)


@pytest.fixture(scope="module")
def busy() -> list[Page]:
    """The lists of a thousand notes of one month and one service, 450 of them of one day."""
    return _lists(_busy_book())


def _busy_book() -> Book:
    one = published(
        least("20261101-000000") + "service: shop-web\nowner: dana\ntags: [cart]\nstack: [redis]\n"
        "shipped: {version: v1}\nfiles: [{path: app/jobs/run.py}, {path: app/cart.py}]\n"
    )
    return replace(book(), entries=tuple(_copies(one)))


def _copies(one: Published) -> Iterator[Published]:
    for number in range(MANY):
        day = 14 if number < 450 else number % 28 + 1
        note_id = f"202611{day:02}-{number:06}"
        note = replace(one.note, id=note_id, title=f"Note number {number}", status="shipped")
        yield replace(one, note=note, file=f"changes/2026/{note_id}.yaml")


def _lists(of: Book) -> list[Page]:
    one = edition(of, environment(None))
    made = (plan.make() for maker in MAKERS for plan in maker(one))
    return [page for page in made if isinstance(page, Page)]


def _target(made: Page, link: str) -> str:
    """The path that a link of a page leads to."""
    return unquote(urlsplit(urljoin(f"http://site/{made.path}", link)).path)[1:]


def _reached(made: list[Page], start: str) -> set[str]:
    """The notes on all pages that plain links lead to from a page, further down its folder."""
    by_path = {one.path: one for one in made}
    waiting, seen, found = [start], {start}, set()
    while waiting:
        one = by_path[waiting.pop()]
        found.update(ROW.findall(one.content))
        for link in links(one.content):
            path = _target(one, link)
            if path.startswith(start) and path in by_path and path not in seen:
                seen.add(path)
                waiting.append(path)
    return found


@pytest.mark.parametrize(
    "start",
    [
        "timeline/",
        "timeline/2026-11/",
        "services/",
        "owners/dana/",
        "kinds/fix/",
        "tags/cart/",
        "stack/",
        "stack/redis/",
    ],
)
def test_plain_links_lead_from_an_index_to_every_note(busy: list[Page], start: str) -> None:
    found = _reached(busy, f"changes/{start}")

    assert len(found) == MANY


def test_no_list_is_longer_than_a_hundred_rows(busy: list[Page]) -> None:
    longest = max(busy, key=lambda made: len(ROW.findall(made.content)))

    assert len(ROW.findall(longest.content)) == 100


def test_no_list_of_a_thousand_notes_is_larger_than_a_picture(busy: list[Page]) -> None:
    large = {made.path for made in busy if len(made.content) > 90_000}

    assert large == set()


def test_the_pieces_of_a_month_lead_to_the_newer_and_the_older_one(busy: list[Page]) -> None:
    pieces = [made for made in busy if re.fullmatch(r"changes/timeline/2026-11/\d+/", made.path)]

    newest, *between, oldest = pieces
    assert 'rel="next"' not in newest.content
    assert 'rel="prev"' not in oldest.content
    for one, older in zip([newest, *between], [*between, oldest], strict=True):
        assert f'rel="prev" href="../{older.path.split("/")[-2]}/">← ' in one.content
        assert one.content.index('rel="prev"') < (one.content + 'rel="next"').index('rel="next"')


def test_a_new_note_leaves_older_pieces_of_a_month_where_they_are() -> None:
    of = _busy_book()
    newer = replace(of.entries[0].note, id="20261130-zzzzzz")
    more = replace(of, entries=(*of.entries, replace(of.entries[0], note=newer, file="x.yaml")))

    def first(one: Book) -> list[str]:
        plans = timeline_plans(edition(one, environment(None)))
        piece = next(plan for plan in plans if plan.path == "changes/timeline/2026-11/1/").make()
        assert isinstance(piece, Page)
        return ROW.findall(piece.content)

    assert first(of) == first(more)


def test_a_page_of_a_service_says_where_it_stands_before_its_notes() -> None:
    text = least("20261122-k3f9xq", "Count sheep").replace("draft", "shipped") + (
        "service: farm\nshipped: {at: 2026-11-22T10:00:00Z, environment: barn, version: v2}\n"
        "rollback: {strategy: flag, steps: [{run: ./off}]}\n"
    )
    older = text.replace("k3f9xq", "k3f9xa").replace("T10", "T09").replace("sheep", "wolves")
    staging = text.replace("k3f9xq", "k3f9xb").replace("barn", "field").replace("sheep", "deer")

    made = page(book(text, older, staging), "changes/services/farm/").content

    assert (
        "3 change notes. barn Count sheep 22 Nov 2026 · how to undo it "
        "field Count deer 22 Nov 2026 · how to undo it "
        "Releases all versions Follow Atom · JSON" in words(made)
    )
    assert "../../20261122-k3f9xq/#rollback" in links(made)
    assert {"feed.xml", "feed.json"} <= set(links(made))


def test_a_page_of_a_service_begins_with_the_main_environment_whatever_is_newer() -> None:
    text = least("20261121-k3f9xq", "Count sheep").replace("draft", "shipped") + (
        "service: farm\nshipped: {at: 2026-11-21T10:00:00Z, environment: production}\n"
    )
    staging = text.replace("production", "staging").replace("1121", "1122").replace("21T", "22T")

    said = words(page(book(text, staging), "changes/services/farm/").content)

    assert "2 change notes. production Count sheep 21 Nov 2026 staging Count sheep 22 Nov" in said


def test_a_row_says_the_environment_only_where_it_is_not_the_usual_one() -> None:
    def note(end: str, environment: str) -> str:
        return least(f"20261122-00000{end}") + f"shipped: {{environment: {environment}}}\n"

    made = page(book(note("1", "prod"), note("2", "prod"), note("3", "lab")), "changes/kinds/fix/")

    assert words(made.content).count("prod") == 0
    assert words(made.content).count("lab") == 1


def test_an_index_says_how_the_notes_of_each_name_turned_out() -> None:
    metric = "metrics: [{name: size, unit: B, better: lower, deterministic: true, %s}]\n"
    better = least("20261122-000001").replace("draft", "shipped")
    better += "stack: [redis]\n" + metric % "before: 9, after: 5"
    undone = least("20261120-000002").replace("draft", "rolled_back") + "stack: [redis]\n"

    made = page(book(better, undone), "changes/stack/")

    assert "redis 2 notes, last 22 Nov 2026 1 improved, 1 rolled back" in words(made.content)


# Folders and files


def _touching(*files: str, note_id: str = "20261122-k3f9xq", old: str = "") -> str:
    rows = [f"  - {{path: {file!r}{f', from: {old!r}' if old else ''}}}\n" for file in files]
    return least(note_id) + "files:\n" + "".join(rows)


def test_a_note_is_on_the_page_of_every_folder_around_its_files() -> None:
    of = book(
        _touching("app/jobs/run.py", "README.md"),
        _touching("app/jobs/inner/x.py", "app/cart.py", note_id="20261121-000001"),
    )

    shown = {
        path: ROW.findall(page(of, f"changes/files/{path}").content)
        for path in ("", "app/", "app/jobs/", "app/jobs/inner/")
    }

    both = ["20261122-k3f9xq", "20261121-000001"]
    assert shown == {"": both, "app/": both, "app/jobs/": both, "app/jobs/inner/": both[1:]}


def test_a_file_has_an_anchor_with_its_newest_notes_and_their_number() -> None:
    notes = [_touching("app/run.py", note_id=f"2026110{n}-000000") for n in range(1, 6)]
    made = edition(book(*notes), environment(None))

    place = file_place(made, "app", "run.py")

    assert place == FilePlace(path="changes/files/app/", anchor="file-run.py", notes="5 notes")
    content = page(book(*notes), place.path).content
    assert place.anchor in ids(content)
    line = words(content[content.index(f'id="{place.anchor}"') :])
    assert "run.py 5 notes 5 Nov 2026 Count sheep 4 Nov 2026 Count sheep" in line
    assert "../../search/?q=file%3Aapp/run.py" in links(content)


def test_a_file_that_no_note_touched_has_no_place() -> None:
    assert file_place(edition(book(), environment(None)), "app", "run.py") is None


def test_a_renamed_file_counts_under_both_names() -> None:
    of = book(_touching("new/b.py", old="old/a.py"))

    assert "b.py 1 note" in words(page(of, "changes/files/new/").content)
    assert "a.py 1 note" in words(page(of, "changes/files/old/").content)


def test_folders_with_nothing_but_one_folder_in_them_have_no_page_of_their_own() -> None:
    of = book(_touching("src/main/java/A.java", "src/main/java/io/B.java"))

    found = [path for path in paths(of) if path.startswith("changes/files/")]

    assert found == [
        "changes/files/",
        "changes/files/src/main/java/",
        "changes/files/src/main/java/io/",
    ]
    assert "src/main/java/ 1 note" in words(page(of, "changes/files/").content)


HOSTILE = (
    "a/b", "a_b", "a-b", "A-B", "a b", "a.b", "a--b", "..", ".", "...", "con", "CON", "nul.txt",
    "aux", "index.html", "index.md", ".git", "__init__", "日本", "ДА", "é", "e", "É", "x" * 300,
    "%2e%2e", "..%2f", "\\..\\", "C:", "a?b", "a#b", "<b>", "a-deadbeef", "2026", "deadbeef",
    "feed.xml", " ", "-", "_",
)  # fmt: skip


def test_no_folder_name_leaves_the_site_or_takes_the_page_of_another() -> None:
    places = Addresses(root="changes", files={}, ids={})

    addresses = [places.folder(name) for name in HOSTILE]

    assert len({address.casefold() for address in addresses}) == len(HOSTILE)
    for address in addresses:
        assert re.fullmatch(r"changes/files/(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)+", address)
        assert len(address) < 200
        assert not re.search(r"/(?:con|nul|aux|prn)[./]|\.(?:html|md)/", address)


def test_a_path_of_two_thousand_folders_makes_a_few_pages_with_short_addresses() -> None:
    of = book(_touching("/".join(["a"] * 2000), "/".join(["B"] * 29) + "/x"))

    found = [path for path in paths(of) if path.startswith("changes/files/")]

    assert len(found) <= 4
    assert max(map(len, found)) < 200


def test_odd_paths_are_the_folder_that_they_mean() -> None:
    assert parted("a//b/./c.py") == ("a/b", "c.py")
    assert parted("c.py") == ("", "c.py")
    assert parted("./") == ("", "")


def test_files_of_hostile_names_are_shown_as_text() -> None:
    of = book(_touching("<script>x</script>/&amp;/a.py"))

    made = [one for one in _lists(of) if one.path.startswith("changes/files/")]

    assert not any("<script>" in one.content for one in made)
    assert any("<script>x</script>/&amp;/" in words(one.content) for one in made)


def test_a_folder_of_thousands_of_files_names_a_thousand_and_says_so() -> None:
    notes = [
        _touching(*(f"app/f{part}_{n}.py" for n in range(450)), note_id=f"2026112{part}-000000")
        for part in range(3)
    ]

    content = page(book(*notes), "changes/files/app/").content

    named = [name for name in ids(content) if name.startswith("file-")]
    assert len(named) == 1100
    assert "1,000 files that changed longer ago" in words(content)
    assert "250 more are not listed here." in words(content)
    both = edition(book(*notes, *notes[:1]), environment(None))
    place = file_place(both, "app", "f0_1.py")
    assert place == FilePlace(path="changes/files/app/", anchor="", notes="2 notes")


def test_the_notes_on_a_file_that_every_change_touches_are_not_all_counted() -> None:
    notes = [_touching("a.py", note_id=f"20261101-0000{n}") for n in range(10, 61)]

    def says(count: int) -> str:
        found = file_place(edition(book(*notes[:count]), environment(None)), "", "a.py")
        return found.notes if found else ""

    assert [says(count) for count in (1, 50, 51)] == ["", "50 notes", "more than 50 notes"]


def test_a_tree_counts_each_note_once_in_every_folder() -> None:
    made = tree([["a/b/c/1", "a/b/c/2", "a/x"], ["a/b/d/3"], []])

    assert [(folder.path, folder.notes) for folder in made] == [
        ("", [0, 1]),
        ("a", [0, 1]),
        ("a/b", [0, 1]),
        ("a/b/c", [0]),
        ("a/b/d", [1]),
    ]
    assert through(made.by_path[""].folders["a"]).path == "a"


# Long lists


class _On:
    """Something on a day."""

    def __init__(self, day: date | None) -> None:
        self.day = day
        self.month = day.isoformat()[:7] if day else "undated"


def _daily(count: int, a_day: int) -> list[_On]:
    return [_On(date(2026, 11, 28) - timedelta(days=n // a_day)) for n in range(count)]


@pytest.mark.parametrize("undated", [0, 1, 250])
@pytest.mark.parametrize(("count", "a_day"), [(0, 1), (100, 1), (101, 1), (1200, 2), (900, 250)])
def test_pieces_hold_everything_once_in_order_and_no_more_than_a_page(
    count: int, a_day: int, undated: int
) -> None:
    things = _daily(count, a_day) + [_On(None)] * undated

    made = list(every(whole(things)))

    short = [period for period in made if not period.inner]
    assert [thing for period in short for thing in period.things] == things
    assert all(len(period.things) <= 100 for period in short)
    assert len({period.name for period in made}) == len(made)


def test_a_busy_month_is_cut_between_days() -> None:
    pieces = month_of("2026-11", _daily(140, 40)).inner

    assert [(piece.name, piece.title, len(piece.things)) for piece in pieces] == [
        ("2026-11/2", "28 Nov 2026", 40),
        ("2026-11/1", "25 – 27 Nov 2026", 100),
    ]


def test_headings_stand_where_enough_is_below_them() -> None:
    sparse = [_On(date(2026 - n // 5, 12 - n % 5, 1)) for n in range(20)]

    assert [part.title for part in parts(_daily(15, 1))] == [""]
    assert [part.title for part in parts(_daily(40, 1))] == ["November 2026", "October 2026"]
    assert [part.title for part in parts(sparse)] == ["2026", "2025", "2024", "2023"]


# Releases


def _released(end: str, version: str, service: str, more: str = "") -> str:
    head = least(f"202611{end}", f"Change {end}").replace("draft", "shipped")
    return f"{head}service: {service}\nshipped: {{version: {version!r}}}\n{more}"


def test_a_release_of_several_notes_says_how_to_undo_all_of_it_last_change_first() -> None:
    undo = "rollback: {strategy: flag, steps: [{run: ./off}, {run: ./look}]}\n"
    of = book(
        _released("20-000001", "v2.14.0", "shop", undo),
        _released("21-000002", "v2.14.0", "shop", "rollback: {strategy: none}\n"),
        _released("22-000003", "v2.14.0", "shop").replace("shipped\n", "rolled_back\n"),
    )

    said = words(page(of, "changes/releases/shop/v2.14.0/").content)

    assert "3 change notes: 1 rolled back. Last shipped 22 Nov 2026." in said
    assert "Worst of it: Change 22-000003 rolled back" in said
    assert (
        "Change 21-000002 cannot be undone Change 20-000001 flag, 2 steps "
        "Not in effect: Change 22-000003 (rolled back)." in said
    )


def test_a_release_says_first_what_breaks_and_which_cves_it_closes() -> None:
    of = book(
        _released("20-000001", "v3.0.0", "shop", "tags: [breaking]\n"),
        _released("21-000002", "v3.0.0", "shop", "tags: [cve-2026-12345]\n"),
        _released("22-000003", "v3.0.0", "shop"),
    )

    made = page(of, "changes/releases/shop/v3.0.0/").content
    said = words(made)

    assert (
        "Breaking: Change 20-000001 . Security: CVE-2026-12345, Change 21-000002 . What changed"
        in said.replace("000001.", "000001 .").replace("000002.", "000002 .")
    )
    assert made.count("../../../20261120-000001/") == 3


def test_a_release_of_one_note_is_that_note() -> None:
    of = book(_released("20-000001", "v1", "shop"), _released("21-000002", "v1", "cart"))

    made = page(of, "changes/releases/shop/")

    assert "../../20261120-000001/" in links(made.content)
    assert not [path for path in paths(of) if path.startswith("changes/releases/shop/v")]


def test_a_long_version_breaks_between_its_parts() -> None:
    of = book(_released("20-000001", "@farm/<b>@14.1.4", "shop"))

    made = page(of, "changes/releases/").content

    assert "<wbr>@farm/<wbr>&lt;b&gt;<wbr>@14.1.4</a>" in made


def test_a_release_says_where_it_went_unless_most_did() -> None:
    notes = [_released(f"20-00000{n}", f"v{n}", "shop") for n in (1, 2, 3)]
    places = ("production", "production", "staging")

    of = book(
        *(
            text.replace("shipped: {", f"shipped: {{environment: {place}, ")
            for text, place in zip(notes, places, strict=True)
        )
    )

    said = words(page(of, "changes/releases/").content)
    assert (
        "v3 20 Nov 2026 · Change 20-000003 · staging v2 20 Nov 2026 · Change 20-000002 v1" in said
    )


def test_odd_versions_and_equal_ones_of_several_services_have_pages_of_their_own() -> None:
    versions = ["v1", "V1", "1/../..", "..", "index.html", "2026", "in", "日本", "a b"]
    texts = [
        _released(f"20-{letter}{number:03}0{part}", version, service)
        for number, version in enumerate(versions)
        for letter, service in (("a", "shop1"), ("b", "shop2"), ("c", "''"))
        for part in range(2)
    ]

    of = book(*texts)
    found = [path for path in paths(of) if path.startswith("changes/releases/")]

    assert len(found) == len({path.casefold() for path in found})
    assert len(found) == 1 + 3 + 3 * len(versions)
    assert not any(".." in path for path in found)


# Weeks


def test_a_week_is_a_digest_of_what_shipped_and_what_came_of_it() -> None:
    size = "metrics: [{name: size, unit: B, better: lower, deterministic: true, %s}]\n"
    about = 'owner: "@acme/farm"\nservice: farm\n'
    of = book(
        least("20261116-000001", "Make it small").replace("draft", "shipped")
        + f"{about}authors: [Eve <eve@x.example>]\n{size % 'before: 9, after: 5'}",
        least("20261117-000002", "Make it big").replace("draft", "shipped")
        + f"{about}rollback: {{strategy: flag}}\n{size % 'before: 5, after: 9'}",
        least("20261118-000003", "Break it all").replace("draft", "rolled_back") + about,
        least("20261122-000004", "Think of it"),
        least("20261123-000005", "The week after").replace("draft", "shipped"),
    )

    said = words(page(of, "changes/weeks/2026-w47/").content)

    assert said.startswith(
        "Weeks Week 47, 2026 16 – 22 Nov 2026. 3 changes shipped: 1 improved, 1 got worse, "
        "1 rolled back. Week 48, 2026 → Went wrong¶ Break it all rolled back farm · @acme/farm "
        "Got worse¶ Make it big farm · @acme/farm · how to undo it"
    )
    assert "Improved¶ Make it small" in said
    assert "Still waits¶ Not shipped yet: Think of it draft" in said
    assert said.endswith("Who shipped¶ @acme/farm 2, Eve 1")
    assert "The week after" not in said


def test_every_dated_note_is_in_its_iso_week_also_at_the_turn_of_a_year() -> None:
    days = ("20241230", "20250105", "20251228", "20251229", "20260104", "20260105")
    of = book(*(least(f"{day}-000000").replace("draft", "shipped") for day in days))

    weeks = [path for path in paths(of) if re.fullmatch(r"changes/weeks/.+/", path)]

    assert weeks == [
        f"changes/weeks/{name}/" for name in ("2026-w02", "2026-w01", "2025-w52", "2025-w01")
    ]


def test_a_digest_of_a_busy_week_is_read_in_a_minute(busy: list[Page]) -> None:
    week = next(made for made in busy if made.path == "changes/weeks/2026-w46/")

    assert len(words(week.content)) < 2000
    assert "and 5" in words(week.content)


# All of them


def test_the_same_notes_give_the_same_lists_in_any_order() -> None:
    of = _busy_book()
    turned = replace(of, entries=of.entries[::-1])

    assert _lists(of) == _lists(turned)


def test_every_link_of_the_lists_leads_to_a_page(busy: list[Page]) -> None:
    known = {made.path for made in busy}

    lost = {
        (made.path, link)
        for made in busy
        for link in links(made.content)
        if not link.startswith("https:") and not ELSEWHERE.search(_target(made, link))
        if _target(made, link) not in known
    }

    assert lost == set()


@pytest.mark.parametrize(
    ("value", "query"),
    [
        ("app/jobs/", "file:app/jobs/"),
        ("my docs/", 'file:"my docs/"'),
        ("a,b", 'file:"a,b"'),
        ('say "no"', 'file:"say \\"no\\""'),
        ("", 'file:""'),
    ],
)
def test_a_query_for_a_value_asks_for_exactly_that(value: str, query: str) -> None:
    assert asking("file", value) == query


def test_the_sample_notes_are_on_every_list_they_belong_to() -> None:
    texts = [path.read_text("utf-8") for path in sorted(SAMPLE.glob("changes/2026/*.yaml"))]
    of = book(*(text for text in texts if "shiped" not in text))
    named = edition(of, environment(None)).places.named
    shown = {made.path: ROW.findall(made.content) for made in _lists(of)}

    assert len(of.entries) == 5
    for note in (entry.note for entry in of.entries):
        names = [("kinds", note.kind), ("services", note.service), ("owners", note.owner)]
        names += [("tags", tag) for tag in note.tags] + [("stack", part) for part in note.stack]
        assert all(note.id in shown[named(index, name)] for index, name in names if name)
