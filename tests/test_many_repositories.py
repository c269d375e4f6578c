"""One site for the notes of several repositories, built with MkDocs from checkouts side by side."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

from changenote.errors import BadQuery
from changenote.model.query import parse
from changenote.site.book import Page
from changenote.site.deployed import deployed
from changenote.site.edition import Edition
from changenote.site.loading import read_book
from changenote.site.pages import pages_of, plans_of, printed
from changenote.site.plan import key_of
from changenote.site.search.whole import word_plans
from changenote.store.project import find_project
from tests.books import links, words
from tests.browser import Reader, chromium, served
from tests.checkouts import ID, Shelf, note
from tests.sites import lost_links
from tests.workshop import Done

HOSTILE = "<img src=x onerror=alert(1)>"
GITLAB = "repository: https://gitlab.com/acme/search\ndefault_branch: trunk\n"
OWN = "severity: {unknown-key: off}\nfields: {ticket: {type: text, doc: Ticket}}\n"


WAY_BACK = "rollback: {strategy: revert, steps: [{run: git revert HEAD, expect: a commit}]}\n"


@dataclass(frozen=True)
class Built:
    """A site of five repositories, and what building it printed."""

    folder: Path
    checkouts: Path
    done: Done

    def page(self, path: str) -> str:
        """The HTML of a page below `changes/`."""
        return (self.folder / "changes" / path / "index.html").read_text("utf-8")


def five(folder: Path) -> Shelf:
    """Checkouts of which two have a note of one id, one a config that is broken."""
    shelf = Shelf(folder)
    shelf.repository(
        "shop-web",
        note(),
        note("20261120-aaaaa1", "Ask twice", service="shop", more=f"{WAY_BACK}related: [{ID}]\n"),
        note("20261110-aaaab1", "Load less", version="v1.1.0", service="shop"),
        note("20261109-aaaab2", "Load less again", version="v1.1.0", service="shop"),
    )
    shelf.repository(
        "search",
        note(title="Find what is meant", more="source: {head: '" + "a" * 40 + "'}\n"),
        note("20261119-aaaaa2", "Rank by date", service="shop", more=f"supersedes: [{ID}]\n"),
        note("20261108-aaaac1", "Load more", version="v1.1.0", service="shop"),
        note("20261107-aaaac2", "Load it all", version="v1.1.0", service="shop"),
        config=GITLAB,
    )
    shelf.repository(HOSTILE, note("20261118-aaaaa3", "From a hostile folder"), config="")
    shelf.repository("broken", note("20261117-aaaaa4", "Kept as it is"), config="kinds: [a\n")
    shelf.knowledge("['../*']", note("20261116-aaaaa5", "Own note"))
    return shelf


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site, as `changenote site build` makes it."""
    folder = tmp_path_factory.mktemp("many")
    shelf = five(folder / "checkouts")
    made = shelf.opened("knowledge").run("site", "build", "--to", str(folder / "site"))
    assert made.code == 0, made.err
    return Built(folder / "site", shelf.folder, made)


def test_every_link_leads_somewhere(built: Built) -> None:
    assert lost_links(built.folder) == set()


def test_links_of_a_note_lead_to_its_own_forge(built: Built) -> None:
    of_search, of_shop = (built.page(name) for name in (ID, f"{ID}-note"))

    found = {link for link in links(of_search) if link.startswith("https://g")}

    assert found == {
        f"https://gitlab.com/acme/search/-/blob/trunk/changes/2026/{ID}-note.yaml",
        f"https://gitlab.com/acme/search/-/commit/{'a' * 40}",
        f"https://gitlab.com/acme/search/-/blob/{'a' * 40}/app/totals.py",
    }
    assert f"https://github.com/acme/shop-web/blob/main/changes/2026/{ID}-note.yaml" in of_shop


def test_notes_of_one_id_have_a_page_each_and_the_short_link_offers_both(built: Built) -> None:
    short = (built.folder / "c/k3f9xq/index.html").read_text("utf-8")

    assert "Find what is meant" in words(built.page(ID))
    assert "Sum once" in words(built.page(f"{ID}-note"))
    assert f"{ID}, search" in short
    assert f"{ID}, shop-web" in short
    assert "also in shop-web:changes/2026/" in built.done.err


def test_what_a_note_names_is_of_its_own_repository(built: Built) -> None:
    assert f"../{ID}-note/" in links(built.page("20261120-aaaaa1"))
    assert f"../{ID}/" in links(built.page("20261119-aaaaa2"))
    assert "Superseded by" in words(built.page(ID))
    assert "Superseded by" not in words(built.page(f"{ID}-note"))


def test_one_path_in_two_repositories_is_two_files(built: Built) -> None:
    page = built.page("files/search/app")

    assert "totals.py 4 notes" in words(page)
    assert "https://gitlab.com/acme/search/-/blob/trunk/app/totals.py" in links(page)
    assert "?q=repo%3Asearch%20file%3Aapp/totals.py" in page


def test_one_version_in_two_repositories_is_two_releases_of_a_service(built: Built) -> None:
    shop, search = built.page("releases/shop/v1.1.0/shop-web"), built.page("releases/shop/v1.1.0")

    assert "shop v1.1.0 (shop-web)" in words(shop)
    assert "Load less again" in words(shop)
    assert "Load more" not in words(shop)
    assert "shop v1.1.0 (search)" in words(search)
    assert "Load it all" in words(search)


def test_a_way_back_names_the_repository_that_its_commands_are_of(built: Built) -> None:
    undoing = words((built.folder / "rollback/index.html").read_text("utf-8"))

    assert "Repository shop-web" in undoing
    assert "Repository shop-web" in words(built.page("20261120-aaaaa1"))


def test_every_repository_has_a_page_and_the_navigation_leads_there(built: Built) -> None:
    index, shop = built.page("repositories"), built.page("repositories/shop-web")

    assert {"shop-web/", "search/", "broken/"} < set(links(index))
    assert "https://github.com/acme/shop-web" in links(shop)
    assert "4 change notes" in words(shop)
    assert any(link.endswith("repositories/") for link in links(built.page("timeline")))
    assert (built.folder / "changes/repositories/shop-web/feed.xml").is_file()


def test_hostile_folders_are_text(built: Built) -> None:
    texts = {path: path.read_text("utf-8") for path in built.folder.rglob("*.html")}

    assert any(escape(HOSTILE) in text for text in texts.values())
    for path, text in texts.items():
        assert HOSTILE not in text, path


def test_a_broken_config_is_named_in_the_log_and_on_the_site(built: Built) -> None:
    place = "broken:changes/config.yaml:2:1"

    assert place in built.done.err
    assert place in words((built.folder / "index.html").read_text("utf-8"))
    assert "Kept as it is" in words(built.page("repositories/broken"))


def test_data_names_the_repository_and_its_shape_says_so(built: Built) -> None:
    index = json.loads((built.folder / "changes/index.json").read_text())
    schema = json.loads((built.folder / "changes/index.schema.json").read_text())
    own = json.loads((built.folder / f"changes/{ID}/note.json").read_text())

    entry = next(one for one in index["notes"] if one["title"] == "Sum once")
    assert (entry["repository"], entry["file"]) == ("shop-web", f"changes/2026/{ID}-note.yaml")
    assert "repository" in schema["properties"]["notes"]["items"]["required"]
    assert own["derived"]["repository"] == "search"
    assert "service" not in own  # its file names none


def test_strict_refuses_a_site_with_a_warning(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.repository("broken", note(), config="kinds: [a\n")
    knowledge = shelf.knowledge("[../broken]", note("20261116-aaaaa5"))

    done = knowledge.run("site", "build", "--strict", "--to", str(tmp_path / "site"))

    assert done.code == 3
    assert "broken:changes/config.yaml:2:1" in done.err


def test_a_missing_checkout_stops_the_build_and_says_which(tmp_path: Path) -> None:
    knowledge = Shelf(tmp_path).knowledge("[../gone]", note())

    done = knowledge.run("site", "build", "--to", str(tmp_path / "site"))

    assert done.code == 3
    assert "sources: ../gone is not there" in done.err
    assert "Traceback" not in done.err


def test_a_checkout_that_went_away_leaves_the_site_that_was_there(tmp_path: Path) -> None:
    knowledge = Shelf(tmp_path).knowledge("[]", note())
    to = tmp_path / "site"
    assert knowledge.run("site", "build", "--to", str(to)).code == 0
    before = {path: path.read_bytes() for path in to.rglob("*") if path.is_file()}

    done = knowledge.run("site", "build", "--source", "../gone", "--to", str(to))

    assert done.code == 3
    assert {path: path.read_bytes() for path in to.rglob("*") if path.is_file()} == before


def test_a_folder_without_config_shows_what_the_command_line_names(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.repository("shop-web", note())
    shelf.repository("search", note("20261119-aaaaa2"))
    empty = shelf.opened("empty")
    empty.folder.mkdir()

    done = empty.run(
        "site", "pages", "--to", "pages", "--source", "../search", "--source", "../shop-web"
    )

    assert done.code == 0, done.err
    assert (empty.folder / "pages/changes/repositories/shop-web/index.md").is_file()


def edition(shelf: Shelf) -> Edition:
    """The notes as they are now, being made into pages."""
    return printed(shelf.book())


def test_one_repository_alone_has_nothing_of_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.repository("shop-web", note())
    shelf.knowledge("[../shop-web]")
    own = printed(shelf.book())

    made = {page.path: page.content for page in pages_of(own)}

    assert not [path for path in made if "repositories" in path]
    for path, content in made.items():
        text = content if isinstance(content, str) else content.decode()
        assert "epositories" not in text or path.endswith((".js", ".css")), path
    assert '"repo"' not in made["changes/search/facts.json"].decode()  # type: ignore[union-attr]


def test_another_config_of_one_repository_changes_its_own_pages_alone(tmp_path: Path) -> None:
    shelf = five(tmp_path)
    was = edition(shelf)
    before = {plan.path: key_of(was, plan) for plan in plans_of(was)}
    moved = "repository: https://github.com/north/shop-web\n"
    (tmp_path / "shop-web/changes/config.yaml").write_text(moved)

    now = edition(shelf)

    changed = {plan.path for plan in plans_of(now) if key_of(now, plan) != before[plan.path]}
    assert f"changes/{ID}-note/" in changed
    assert "changes/repositories/shop-web/" in changed
    assert "changes/files/shop-web/app/" in changed
    assert changed.isdisjoint({f"changes/{ID}/", "changes/files/search/app/"})


def test_a_note_is_searched_by_the_service_that_its_repository_gives_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.repository("shop", note())
    shelf.repository("bank", note("20261123-aaaaaa"))
    shelf.knowledge("[../shop, ../bank]")
    before = [plan.path for plan in word_plans(printed(shelf.book()))]

    shelf.opened("shop").write("changes/config.yaml", "service: till\n")

    now = [plan.path for plan in word_plans(printed(shelf.book()))]
    assert not set(now) & set(before)


def test_metrics_of_notes_without_a_service_stay_apart_and_those_of_a_service_do_not(
    tmp_path: Path,
) -> None:
    shelf = Shelf(tmp_path)
    for number, name in enumerate(("shop-web", "search")):
        shelf.repository(
            name,
            note(f"20261120-aaaaa{number}"),
            note(f"20261121-aaaaa{number}", service="shop", version="v3", before=500),
        )
    shelf.knowledge("['../*']")

    own = edition(shelf)

    points = {history.key[0]: len(history.points) for history in own.histories}
    assert points == {"search": 1, "shop-web": 1, "shop": 2}
    assert {place.service: len(place.together) for place in deployed(own)} == {
        "search": 0,
        "shop-web": 0,
        "shop": 0,  # v3 of two repositories is not one deployment
    }
    found = {page.path: page for page in pages_of(own) if isinstance(page, Page)}
    said = words(found["changes/statistics/shop/"].content)
    assert "2 deployments" in said


@pytest.fixture(scope="module")
def reader(built: Built) -> Iterator[Reader]:
    """Somebody on the search page."""
    with served(built.folder) as address, chromium() as driver:
        yield Reader(driver, address)


FACET = """
const facet = [...document.querySelectorAll(".cn-facet")]
  .find((each) => each.querySelector("legend").textContent === "Repository");
return facet && Object.fromEntries([...facet.querySelectorAll("label")].map((label) => [
  label.querySelector(".cn-facet__name").textContent,
  Number(label.querySelector(".cn-facet__count").textContent)]));
"""
CHOOSE = """
[...document.querySelectorAll(".cn-facet label")]
  .find((label) => label.querySelector(".cn-facet__name").textContent === arguments[0])
  .querySelector("input").click();
"""


def test_the_search_narrows_down_to_a_repository(reader: Reader) -> None:
    reader.opens("changes/search/")

    counts = reader.waits_for(FACET)
    reader.asks(CHOOSE, HOSTILE)

    assert counts == {"search": 4, "shop-web": 4, HOSTILE: 1, "broken": 1, "knowledge": 1}
    asked = reader.waits_for("return document.querySelector('[name=q]').value")
    assert asked == f'repo:"{HOSTILE}"'
    found = "const rows = document.querySelectorAll('.cn-hit a.cn-row__title');"
    titles = f"{found} return rows.length === 1 && rows[0].textContent"
    assert reader.waits_for(titles) == "From a hostile folder"


ASKED = (
    "repo:search",
    "repo:SHOP-WEB -service:shop",
    f'repository:"{HOSTILE}",broken',
    "repo:shop",
    "-repo:search version:v1.1.0",
)
FIND = """
const {open} = await import('/changes/search/engine.js');
const [engine, found] = [await open(), {}];
for (const text of arguments[0]) {
  found[text] = (await engine.find(text, {limit: 100})).hits.map((hit) => hit.number);
}
return found;
"""


def test_queries_for_repositories_find_the_same_in_the_browser(
    built: Built, reader: Reader
) -> None:
    own = printed(read_book(find_project(built.checkouts / "knowledge")))

    reader.opens("changes/search/")
    found = reader.asks(FIND, ASKED)

    assert found == {text: _matching(own, text) for text in ASKED}
    assert [len(found[text]) for text in ASKED] == [4, 1, 2, 0, 2]


def _matching(own: Edition, text: str) -> list[int]:
    query = parse(text, keys=own.keys)
    return [number for number, of in enumerate(own.facts) if query.matches(of)]


def test_where_there_is_one_repository_nobody_may_ask_for_it() -> None:
    with pytest.raises(BadQuery) as raised:
        parse("repo:search")

    assert raised.value.what == "unknown key repo: (character 1 of the query)"
