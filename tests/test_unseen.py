"""What nobody sees is known to all that look for it."""

import sys
from collections.abc import Callable

import pytest

from changenote import git
from changenote.checks.reports import visible as reported
from changenote.model.unseen import unseen, visible

BESIDE = "src/pay{}b.py"


def test_a_path_is_written_so_that_check_finds_nothing_unseen_in_it() -> None:
    paths = (BESIDE.format(chr(code)) for code in range(0x80, sys.maxunicode + 1))
    refused = [path for path in paths if unseen().search(path)]

    written = [git.written_path(path) for path in refused]

    assert len(refused) > 300
    assert [text for text in written if not text.isascii()] == []
    assert list(map(git.real_path, written)) == refused


@pytest.mark.parametrize("shows", [visible, reported])
@pytest.mark.parametrize(
    ("sign", "escape"),
    [("\u202e", r"\u202e"), ("\u115f", r"\u115f"), ("\U000e0041", r"\U000e0041")],
)
def test_what_is_unseen_is_shown_as_an_escape_that_names_it_alone(
    shows: Callable[[str], str], sign: str, escape: str
) -> None:
    assert shows(f"de{sign}9ploy") == f"de{escape}9ploy"
