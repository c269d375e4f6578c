"""Every kind of error is one that something raises, and says in a sentence what it is."""

import pytest

from tests.trust.errors_told import KINDS, places


def test_no_kind_of_error_is_there_for_nothing() -> None:
    assert set(KINDS) - {place.kind for place in places()} == set()


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_in_a_sentence_what_it_is(name: str) -> None:
    assert (KINDS[name].__doc__ or "").split("\n")[0].endswith(".")
