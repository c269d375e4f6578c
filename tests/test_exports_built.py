"""Feeds and short addresses in real builds, beside the files and plugins of a team."""

import json
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from tests.books import attributes, links, sample_project
from tests.house import said
from tests.sites import MATERIAL, Site, lost_links, mkdocs
from tests.workshop import Workshop

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HERE = "https://kb.example/acme/"
FEEDS = ("feed.xml", "feed.json")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The sample notes in Material's theme, at an address."""
    project = sample_project(tmp_path_factory.mktemp("exports"))
    return mkdocs(project, f"site_url: {HERE}\n{MATERIAL}")


def _head(site: Site, path: str) -> list[str]:
    """The links in the head of a page that lead to a feed."""
    head = site.text(path).partition("</head>")[0]
    return [link for link in links(head) if link.endswith(FEEDS)]


def test_pages_name_their_feeds_in_the_head(site: Site) -> None:
    assert _head(site, "index.html") == ["feed.xml", "feed.json"]
    assert _head(site, "changes/20261122-k3f9xq/index.html") == [
        "../../feed.xml",
        "../../feed.json",
    ]
    assert _head(site, "changes/services/shop-web/index.html") == [
        "../../../feed.xml",
        "../../../feed.json",
        "feed.xml",
        "feed.json",
    ]


def test_every_address_in_feeds_and_index_leads_to_a_file_of_the_site(site: Site) -> None:
    feed = ElementTree.fromstring(site.text("feed.xml"))  # noqa: S314  # we have just built it
    index = json.loads(site.text("changes/index.json"))
    found = [link.attrib["href"] for link in feed.iterfind(".//a:link", ATOM)]
    found += [item["url"] for item in json.loads(site.text("feed.json"))["items"]]
    found += [note[key] for note in index["notes"] for key in ("address", "short")]
    found += index["feeds"]

    for address in found:
        path = address.removeprefix(HERE)
        assert path != address
        assert (site.folder / path / ("index.html" if path.endswith("/") else "")).is_file(), path


def test_a_short_address_leads_to_its_note_on_any_server(site: Site) -> None:
    html = site.text("c/k3f9xq/index.html")

    target = urljoin("http://localhost/sub/c/k3f9xq/", links(html)[-1])
    assert target == "http://localhost/sub/changes/20261122-k3f9xq/"
    assert f'<link rel="canonical" href="{HERE}changes/20261122-k3f9xq/">' in html
    assert "onload" not in attributes(html)


def test_without_directory_urls_feeds_and_short_addresses_name_files(tmp_path: Path) -> None:
    built = mkdocs(sample_project(tmp_path), f"{MATERIAL}use_directory_urls: false\n")

    item = json.loads(built.text("feed.json"))["items"][0]
    assert item["url"] == "changes/20261122-k3f9xq/index.html"
    assert links(built.text("c/k3f9xq/index.html"))[-1] == (
        "../../changes/20261122-k3f9xq/index.html"
    )
    assert _head(built, "changes/services/shop-web/index.html")[-1] == "feed.json"
    assert lost_links(built.folder, directories=False) == set()


def test_a_build_without_an_address_says_that_links_are_relative(tmp_path: Path) -> None:
    shop = Workshop(sample_project(tmp_path)).start()

    done = shop.run("site", "build")

    told = "No site_url in mkdocs.yml: links in feeds and index.json are relative."
    assert done.err.count(told) == 1


def test_a_feed_of_the_team_stays_and_pages_do_not_call_it_ours(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "docs").mkdir()
    (project / "docs/feed.xml").write_text("<mine/>")

    built = mkdocs(project)

    assert built.text("feed.xml") == "<mine/>"
    assert "feed.xml is a file of your own and stays as it is." in built.said
    assert _head(built, "index.html") == []
    assert _head(built, "changes/services/shop-web/index.html") == ["feed.xml", "feed.json"]


def test_a_feed_that_another_plugin_writes_over_ours_is_a_warning(tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    (project / "writes.py").write_text(
        "from pathlib import Path\n"
        "def on_post_build(config):\n"
        "    Path(config.site_dir, 'feed.xml').write_text('<theirs/>')\n"
        "    Path(config.site_dir, 'llms.txt').write_text('theirs')\n"
    )

    built = mkdocs(project, f"{MATERIAL}hooks: [writes.py]\n")

    assert built.text("feed.xml") == "<theirs/>"
    assert "WARNING -  changenote: feed.xml is what another plugin wrote" in built.said
    assert "INFO    -  changenote: llms.txt is what another plugin wrote" in built.said


def test_pages_for_other_builders_have_whole_links_when_the_address_is_given(
    tmp_path: Path,
) -> None:
    shop = Workshop(sample_project(tmp_path)).start()

    given = shop.run("site", "pages", "--to", "given", "--site-url", "https://kb.example/acme")
    nobody = shop.run("site", "pages", "--to", "nobody")
    shop.write("mkdocs.yml", "site_url: https://team.example/\n")
    shop.run("site", "pages", "--to", "team")
    wrong = shop.run("site", "pages", "--to", "wrong", "--site-url", "kb.example")

    first = {
        name: json.loads((shop.folder / name / "feed.json").read_bytes())["items"][0]["url"]
        for name in ("given", "nobody", "team")
    }
    assert first == {
        "given": f"{HERE}changes/20261122-k3f9xq/",
        "nobody": "changes/20261122-k3f9xq/",
        "team": "https://team.example/changes/20261122-k3f9xq/",
    }
    assert "Links in feeds and index.json are relative" in nobody.err
    assert "relative" not in given.err
    assert "--site-url cannot be 'kb.example'" in said(wrong).what
