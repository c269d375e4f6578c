"""`fmt` puts a note in order and touches neither meaning nor comments."""

import pytest

from changenote.errors import InvalidNote
from changenote.model.writing import canonical
from changenote.store import codec
from changenote.store.formatting import formatted
from tests.workshop import FULL

UNTIDY = """\
# yaml-language-server: $schema=../note.schema.json

# who
owner:   "@acme/cart" # the team
title: 'Cache   totals'
id: 20261122-k3f9xq
schema: 1
status: draft
# the kind
# is guessed
kind: "fix"
tags:
    - cart
    - 'no'
reason: |
    # Not a comment
    because
# the end
"""

TIDY = """\
# yaml-language-server: $schema=../note.schema.json

schema: 1
id: 20261122-k3f9xq
title: Cache   totals
# the kind
# is guessed
kind: fix
status: draft
# who
owner:   "@acme/cart" # the team

reason: |
    # Not a comment
    because

tags: [cart, "no"]
# the end
"""


def test_keys_are_put_in_reading_order_and_comments_stay_with_their_keys() -> None:
    assert formatted(UNTIDY) == TIDY


ONCE = (
    *(UNTIDY, FULL, "schema: 1\n", '{"a": [1, {"b": "c"}]}'),
    "schema: 1\nkind: fix\nunknown:\n",
    "schema: 1\n# above nothing\nunknown:\n",
    "schema: 1\nrollback:\n  when:\n",
    "# of the file\n\n  # indented\nunknown: b\nschema: 1\n",
    "schema: 1\n# above nothing\nreason:\ntags: [a]\n",
)


@pytest.mark.parametrize("text", ONCE)
def test_formatting_twice_is_formatting_once(text: str) -> None:
    once = formatted(text)

    assert formatted(once) == once
    assert canonical(codec.load(once.encode()).data) == canonical(codec.load(text.encode()).data)


def test_the_comments_of_what_says_nothing_stay_above_what_follows() -> None:
    text = "schema: 1\n# why none\nreason:\n# of the team\ntags: [a]\n"

    assert formatted(text) == "schema: 1\n\n# why none\n# of the team\ntags: [a]\n"


def test_nothing_in_a_list_does_not_become_a_text() -> None:
    assert formatted("schema: 1\nx:\n  a:\n    -\n    - b\n") == "schema: 1\n\nx:\n  a: [null, b]\n"


def test_windows_line_ends_and_byte_order_marks_go() -> None:
    assert formatted("\ufeffschema: 1\r\ntitle: a b c\r\n") == "schema: 1\ntitle: a b c\n"


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: [", "- a\n", "", "{a: 1, # why\n b: 2}\n"])
def test_what_cannot_be_kept_in_meaning_is_refused(text: str) -> None:
    with pytest.raises(InvalidNote):
        formatted(text)


def test_empty_lines_at_the_end_of_a_text_do_not_grow() -> None:
    text = 'schema: 1\n\nreason: "one\\n\\n"\n\ntags: [a]\n'

    assert formatted(text) == text
