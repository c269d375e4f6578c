"""A step that lacks a secret is told as such wherever the way back is told in a text."""

from changenote.checks.runnable import FILL_IN
from changenote.exchange import readable
from changenote.exchange.announcing.facts import facts
from changenote.exchange.exported import Exported
from changenote.release.comment import comment
from tests.books import published
from tests.test_home import shipped

STEP = "mysql -u shop -p[redacted: password] shop"
LACKING = f'rollback: {{steps: [{{run: "{STEP}"}}]}}\n'
note = published(shipped("20261122-k3f9xq", "Count twice", more=LACKING)).note


def test_a_comment_says_so() -> None:
    told = comment([(note, "")])

    assert f" ({FILL_IN})" in told
    assert "`mysql" not in told


def test_an_announcement_says_so() -> None:
    assert facts(note).undo == f"{STEP} ({FILL_IN})"


def test_a_document_says_so_before_the_command() -> None:
    one = Exported(note=note, key="", file="", repository="", service="")

    (_, text) = readable.texts([one])

    assert f"\n{FILL_IN}:\n\n    {STEP}\n" in text
