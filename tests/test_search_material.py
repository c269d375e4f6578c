"""What Material for MkDocs is told, so that its search field asks our index."""

import json

import pytest

from changenote.site.search.material import documents, emptied, with_our_worker
from changenote.site.search.records import Record, page_records

CONFIG = '{"base": "../..", "search": "../../assets/javascripts/workers/search.7a47a382.min.js"}'
OURS = '{"base": "../..", "search": "../../changes/search/worker.js"}'
INDEX = {
    "config": {"lang": ["en"], "separator": "[\\s]+"},
    "docs": [
        {"location": "guide/", "title": "Guide &amp; more", "text": "<p>How to <b>ship</b></p>"},
        {
            "location": "guide/#night",
            "title": "At night",
            "text": "Call &lt;Dana&gt;",
            "tags": ["x"],
        },
        {"location": "changes/20261120-aaaaaa/", "title": "A note", "text": "…"},
        {"location": "changes/20261120-aaaaaa/#why", "title": "Why", "text": "…"},
    ],
}


@pytest.mark.parametrize(
    "tag", ['<script id="__config" type="application/json">', "<script id=__config>"]
)
def test_the_search_field_of_a_page_asks_our_worker_and_nothing_else_changes(tag: str) -> None:
    around = f"<p>{CONFIG}</p>"

    made = with_our_worker(f"{around}{tag}{CONFIG}</script>{around}", "changes")

    assert made == f"{around}{tag}{OURS}</script>{around}"


def test_a_page_without_the_field_stays_as_it_is() -> None:
    page = f"<p>{CONFIG}</p>"

    assert with_our_worker(page, "changes") == page


def test_a_strange_folder_ends_neither_the_text_nor_the_script() -> None:
    page = f'<script id="__config">{CONFIG}</script>'

    made = with_our_worker(page, 'a"</script>')

    assert "../../a%22%3C/script%3E/search/worker.js" in made


def test_sections_of_the_team_s_own_pages_are_found_and_notes_only_once() -> None:
    found = documents(json.dumps(INDEX), without={"changes/20261120-aaaaaa/"})

    assert list(page_records(found)) == [
        Record(url="guide/", title="Guide & more", texts=(" How to  ship  ",)),
        Record(
            url="guide/#night",
            title="Guide & more > At night",
            texts=("Call <Dana>",),
            tags=("x",),
        ),
    ]


def test_an_emptied_index_keeps_its_settings() -> None:
    made = json.loads(emptied(json.dumps(INDEX)))

    assert made == {"config": INDEX["config"], "docs": []}
