"""Ids, slugs and file names."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote.model.identity import (
    are_of_year,
    file_name,
    id_in_file_name,
    named,
    new_id,
    slug,
)


def test_an_id_is_the_utc_day_and_six_characters() -> None:
    late_in_auckland = datetime(2026, 11, 23, 1, 0, tzinfo=timezone(timedelta(hours=13)))

    assert new_id(late_in_auckland, 0) == "20261122-000000"
    assert new_id(late_in_auckland, 2**30 - 1) == "20261122-zzzzzz"


@given(st.integers(0, 2**30 - 1), st.integers(0, 2**30 - 1))
def test_different_bits_are_different_ids(first: int, second: int) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)

    assert (new_id(now, first) == new_id(now, second)) == (first == second)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Cache cart totals per session", "cache-cart-totals-per-session"),
        ("Größe: naïve café!", "groe-naive-cafe"),
        ("日本語", ""),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 80, "a" * 50),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word"),
    ],
)
def test_a_slug_is_short_ascii_and_never_leaves_its_folder(title: str, expected: str) -> None:
    assert slug(title) == expected


@given(st.text())
def test_the_id_can_be_read_back_from_every_file_name(title: str) -> None:
    assert id_in_file_name(file_name("20261122-k3f9xq", title)) == "20261122-k3f9xq"


@pytest.mark.parametrize(
    "name",
    [
        "x.yaml",
        "20261122-k3f9xq.yml",
        "20261122-K3F9XQ.yaml",
        "20261122-k3f9xq-A.yaml",
        "20261122-iiiiii.yaml",
        "20261122-k3f9xq-.yaml",
    ],
)
def test_other_names_are_no_notes(name: str) -> None:
    assert id_in_file_name(name) is None


_ENDS = ["", "-a", "-a-b", "-", "--a", "-A", "a", "\n", "\n-a", "\udce9"]
_MAYBE_NOTES = st.lists(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["20261122-k3f9xq", "20261123-7c2mha", "20251122-k3f9xq", "2026"]),
        st.sampled_from(_ENDS),
        st.sampled_from([".yaml"] * 9 + [".yml"]),
    ),
    max_size=4,
)


@given(_MAYBE_NOTES)
def test_names_are_together_what_they_are_one_by_one(names: list[str]) -> None:
    ids = [id_in_file_name(name) or "" for name in names]

    assert are_of_year(sorted(names), "2026") == all(each[:4] == "2026" for each in ids)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("20261122-k3f9xq", ["20261122-k3f9xq"]),
        ("k3f9xq", ["20261122-k3f9xq"]),
        ("K3F9", []),
        ("f9xq", ["20261122-k3f9xq"]),
        ("20261122", ["20261122-7c2mha", "20261122-k3f9xq"]),
        ("", []),
    ],
)
def test_a_start_or_an_end_names_a_note(name: str, expected: list[str]) -> None:
    assert named(name, ["20261122-k3f9xq", "20261122-7c2mha"]) == expected
