"""The Content-Security-Policy of a site: what is allowed, and where it stands."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from changenote.site.policy import headers_file, policy_of, with_policy
from tests.books import built_pages, sample_project
from tests.sites import MATERIAL, Site, mkdocs

ASKED = MATERIAL.replace(
    "[search, changenote]", "[search, {changenote: {content_security_policy: [meta, headers]}}]"
)


def digest(script: str) -> str:
    """What allows a script."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that was asked for a policy, of a team that has headers of its own."""
    project = sample_project(tmp_path_factory.mktemp("policy"))
    (project / "docs").mkdir()
    (project / "docs/_headers").write_text("/*\n  X-Frame-Options: DENY\n")
    return mkdocs(project, ASKED)


def test_the_scripts_of_a_theme_are_allowed_and_data_is_none() -> None:
    page = '<script>one()</script><script src="a.js"></script><script type="application/json">{}'

    policy = policy_of([page, "<script>two()\r\n</script>", page])

    allowed = policy.rpartition("script-src ")[2].split()
    assert allowed == ["'self'", *sorted((digest("one()"), digest("two()\n")))]


def test_a_policy_stands_before_all_that_runs_and_after_what_says_how_to_read() -> None:
    page = '<html><head>\n  <meta charset="utf-8"><script>a()</script></head><header></header>'

    assert with_policy(page, "default-src 'none'") == page.replace(
        '"utf-8">',
        '"utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'">',
    )
    assert with_policy("<header></header>", "x") == "<header></header>"


def test_a_header_says_more_than_a_page_can() -> None:
    said = headers_file("default-src 'none'")

    assert said == "/*\n  Content-Security-Policy: default-src 'none'; frame-ancestors 'self'\n"


def test_every_page_in_the_theme_says_the_same_policy_in_every_depth(site: Site) -> None:
    pages = [html for path, html in built_pages(site.folder) if not path.startswith("c/")]
    policies = {html.partition('Policy" content="')[2].partition('"')[0] for html in pages}

    assert site.code == 0
    assert len(pages) > 20
    assert len(policies) == 1
    assert "sha256-" in policies.pop()


def test_headers_of_the_team_stay_and_a_warning_says_what_is_missing(site: Site) -> None:
    assert site.text("_headers") == "/*\n  X-Frame-Options: DENY\n"
    assert "_headers is a file of your own: the policy is not in it." in site.said


def test_no_word_of_a_note_decides_what_is_allowed(site: Site, tmp_path: Path) -> None:
    project = sample_project(tmp_path)
    hurt = project / "changes/templates/site/note/about.html.j2"
    hurt.parent.mkdir(parents=True)
    hurt.write_text("<script>{{ note.id }}</script>")

    other = mkdocs(project, ASKED)

    policy = site.text("changes/index.html").partition('Policy" content="')[2].partition('"')[0]
    assert f"{policy}; frame-ancestors" in other.text("_headers")
    assert "<script>2" in other.text("changes/20261122-k3f9xq/index.html")
