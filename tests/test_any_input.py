"""Whatever can be typed or read is understood, or it is not: nothing stops at it."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from changenote.capture import codeowners, draft, histories, pull_request
from changenote.capture.metrics import parse_metric, parse_numbers

PIECES = st.sampled_from(
    [
        *[
            "->",
            "-> ",
            ":",
            ": ",
            ",",
            ", ",
            "[",
            "]",
            "=",
            " ",
            "\n",
            "\r\n",
            "\t",
            "#",
            "- cmd: ",
        ],
        *["  when: ", "ms", "%", "840", "1e999", "nan", "-5", "٣", "9" * 400, "ok", "na", "cache"],
        *[
            "2h",
            "3d",
            "1.5",
            "\0",
            "\x1b[2J",
            "\u202e",
            "\ud800",
            "\x83",
            "\\",
            "'",
            '"',
            "`",
            "* ",
        ],
        *[
            "**/",
            "!",
            "^[",
            "@a/b",
            "a@b.c",
            ": 1700000000:0;",
            "#1700000000",
            "<!--",
            "## ",
            "closes #1",
        ],
    ]
)
TYPED = st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join)
FORGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TYPED,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(TYPED, part, max_size=3),
    max_leaves=5,
)
OF_GITHUB = st.dictionaries(
    st.sampled_from(
        "number title body user html_url state merged merged_at merge_commit_sha base head commits "
        "labels".split()
    ),
    FORGE,
)


@given(TYPED)
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_metric_a_checklist_a_history_or_none(text: str) -> None:
    parse_metric(text)
    parse_numbers(text)
    draft.checklist(text, {"cache": ("rule named",)})
    draft.cleaned({"text": text})
    raw = text.encode("utf-8", "surrogatepass")
    past = [one for read in histories.READERS.values() for one in read(raw)]

    entries = list(histories.as_entries(past, known={}, now=datetime.now(UTC)))

    assert all(entry.run.strip() and len(entry.id) == 8 for entry in entries)


@given(TYPED, TYPED)
@settings(max_examples=300, deadline=None)
def test_any_line_of_owners_fits_a_path_or_not(text: str, path: str) -> None:
    rules = codeowners.parse(text)

    owner = codeowners.owner_of([{"path": path}, {"path": "app/cart.py"}], rules)

    assert owner is None or owner in {name for rule in rules for name in rule.owners}


@given(OF_GITHUB)
@settings(max_examples=100, deadline=None)
def test_any_pull_request_is_understood_as_far_as_it_can_be(data: dict[str, Any]) -> None:
    told = pull_request.of_github(data)

    if told is not None:
        assert told.number >= 0
        assert "\x1b" not in (told.author or "") + (told.url or "")
        texts = [told.title, pull_request.reason_of(told), pull_request.kind_of(told)]
        draft.cleaned({"texts": texts, "issues": pull_request.issues_of(told)})
