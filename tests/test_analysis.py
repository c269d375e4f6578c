"""The queries of the guide, run as they stand there in the engine that it names."""

import re
from typing import Any

import pytest

from tests import two_services
from tests.documentation import pages
from tests.duck import asked
from tests.workshop import Workshop

PAGE = pages.text("site/how-to/analyse.md")
VIEW, *QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.M | re.S)
SPARK = re.findall(r'^spark\.sql\("""\n(.*?)"""\)', PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A folder with the notes of two services as Parquet."""
    shop = Workshop(tmp_path_factory.mktemp("analysis") / "shop").start()
    for note_id, _, text in two_services.each():
        shop.note(text, note_id)
    done = shop.run("export", "--format", "parquet", "--to", "notes.parquet")
    assert (done.code, done.err) == (0, "")
    return shop


def answer(shop: Workshop, query: str) -> list[tuple[Any, ...]]:
    """What DuckDB in that folder says."""
    rows = asked(f"SET file_search_path = '{shop.folder}'", VIEW, query)
    return [tuple(row.values()) for row in rows]


ANSWERS: list[list[tuple[Any, ...]]] = [
    [("cart", 2, 3, 3), ("search", 0, 1, 1)],
    [("cart", 30.0, 20.0, 2), ("search", 15.0, None, 0)],
    [("p95", 1, 2, 100.0), ("p50", 1, 0, -50.0)],
    [("README.md", 2), ("app/cart.py", 2)],
    [("20261103-aaaaa3", "Change number 3", "./back 3")],
]


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_every_query_of_the_guide_answers_what_it_asks(number: int, shop: Workshop) -> None:
    assert answer(shop, QUERIES[number]) == ANSWERS[number]


def test_no_query_of_the_guide_is_left_out() -> None:
    assert len(QUERIES) == len(ANSWERS)


def test_what_spark_is_asked_is_what_was_asked_here(shop: Workshop) -> None:
    (query,) = SPARK

    assert answer(shop, query) == ANSWERS[0]


def test_the_script_for_spark_is_a_script() -> None:
    (script,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)

    compile(script, "analyse.md", "exec")
