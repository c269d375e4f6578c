"""The page of a note: everything that is worked out from it, in the order in which it is needed."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from changenote.capture.reverting import Applies
from changenote.model.writing import content_sha256, plain
from changenote.site.book import Book, Drifted, InGit
from changenote.site.note.data import DERIVED
from tests.books import assets, attributes, book, least, links, page, published, words
from tests.test_score import GOOD

PATH = "changes/20261122-k3f9xq/"
COMMIT = "4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0"
REVISED = "7e57ab1e7e57ab1e7e57ab1e7e57ab1e7e57ab1e"


def shown(*texts: str, git: InGit | None = None) -> str:
    """The page of the first note, as HTML."""
    return page(with_git(book(*texts), git), PATH).content


def said(*texts: str, git: InGit | None = None) -> str:
    """The text of the first note's page."""
    return words(shown(*texts, git=git))


def with_git(of: Book, git: InGit | None) -> Book:
    """The book with what git tells of its first note."""
    if git is None:
        return of
    return replace(of, in_git={of.entries[0].file: git}, commit=COMMIT)


def test_the_sections_come_in_the_order_in_which_they_are_needed() -> None:
    every = GOOD.replace("performance\n", "cache\n") + (
        "monitoring: {up: 'https://x.example/'}\ncache_rules: [{name: a}]\nvariables: [cache]\n"
        "checklist: {cache: {rule named: ok}}\nimages: [{file: a.png}]\n"
        "related: [20260101-000000]\n"
    )

    found = re.findall(r'<h2 id="([^"]+)"', shown(every))

    assert found == [
        "rollback", "reason", "expected", "baseline", "metrics", "commands", "files", "checklist",
        "cache-rules", "monitoring", "images", "assumptions", "variables", "score", "related",
        "about", "yaml",
    ]  # fmt: skip


def test_the_score_is_shown_with_the_rule_behind_every_point() -> None:
    text = said(GOOD.replace('owner: "@acme/cart"\n', ""))

    assert "Score 95 of 100 for how much the note helps, not for how good the change was" in text
    assert "quality 36 of 40 the parts that a reader looks for are there" in text
    assert "0 of 4 It names somebody to ask. nobody is named" in text
    assert "8 of 8 It says how to undo it, or why it cannot be." in text
    assert "not counted What changed in its files" in text


def test_a_draft_has_no_score() -> None:
    assert "Score none, as long as it is a draft Reading time about 1 minute" in said(least())


@pytest.mark.parametrize(
    ("more", "git", "says"),
    [
        ("", None, "Revision never reviewed "),
        ("revision: {version: 3}\n", None, "Revision version 3 "),
        (
            "revision: {version: 2, status: reviewed, by: '@ann', last_reviewed: 2026-11-23}\n",
            InGit(revisions=4, revised=datetime(2026, 11, 24, 8, 30, tzinfo=UTC)),
            "Revision version 2, reviewed by @ann, last on 23 Nov 2026; "
            "4 commits of this file, the last on 24 Nov 2026, 08:30 UTC ",
        ),
    ],
)
def test_the_revision_says_who_read_it_last_and_how_often_it_changed(
    more: str, git: InGit | None, says: str
) -> None:
    assert says in said(least() + more, git=git)


def test_a_note_that_was_written_late_says_so_at_the_top_and_why_that_matters() -> None:
    late = least().replace("draft", "shipped") + "shipped: {at: 2026-11-17T10:00:00Z}\n"

    text = said(late)

    assert text.startswith("shipped written late fix")
    assert "Written late written 5 days after it shipped: what was expected is told by" in text
    assert "written late" not in said(late.replace("-17T", "-21T"))[:40]


CLEAN = Applies(state="clean", onto=COMMIT)
CONFLICTS = Applies(state="conflicts", onto=COMMIT, commit="9" * 40, paths=("<b>/x.py",))


def test_a_revert_that_still_applies_says_as_of_which_commit() -> None:
    html = shown(GOOD, git=InGit(applies=CLEAN))

    assert "Revert applies cleanly onto the commit of this site" in words(html)
    assert "../#commit" in links(html)


def test_a_revert_that_conflicts_says_so_before_the_commands() -> None:
    html = shown(GOOD, git=InGit(applies=CONFLICTS))

    text = words(html)
    warning = (
        "The revert conflicts in <b>/x.py when 9999999 is reverted onto the commit of this site."
    )
    assert text.index(warning) < text.index("./flags set")
    assert "<b>/x" not in html


def test_the_commit_of_the_site_is_named_on_its_overview() -> None:
    of = with_git(book(GOOD), InGit(applies=CLEAN))

    on_a_forge, alone = (
        page(one, "changes/").content for one in (of, replace(of, repository=None))
    )

    says = "What git tells of the notes is as of commit "
    assert f"{says}4c1f0aa." in words(on_a_forge)
    assert f"https://github.com/acme/shop/commit/{COMMIT}" in links(on_a_forge)
    assert f"{says}<code>4c1f0aa</code>." in alone


def test_what_git_tells_of_a_note_is_the_same_after_commits_that_do_not_change_it() -> None:
    told = InGit(applies=CLEAN, commit=REVISED)
    before, after = (replace(with_git(book(GOOD), told), commit=c) for c in (COMMIT, "5" * 40))

    assert page(before, PATH) == page(after, PATH)
    assert assets(before)[f"{PATH}note.json"] == assets(after)[f"{PATH}note.json"]


def test_files_that_changed_since_are_named_with_the_last_commit() -> None:
    drifted = Drifted(path="app/cart/cache.py", commits=2, last=datetime(2026, 12, 1, tzinfo=UTC))

    text = said(GOOD, git=InGit(drifted=(drifted,)))

    assert (
        "Changed since without a note app/cart/cache.py 2 commits, last on 1 Dec 2026, 00:00 UTC"
        in text
    )
    assert "5 of 10 What changed in its files" in text


def other(number: int, day: str, more: str = "", title: str = "") -> str:
    """Another note of the shop, shipped on a day of November."""
    return (
        least(f"202611{day}-00000{number}", title or f"Note number {number}").replace(
            "draft", "shipped"
        )
        + f"service: shop-web\nshipped: {{at: 2026-11-{day}T09:00:00Z, environment: production}}\n"
        + more
    )


def test_the_way_back_says_what_shipped_to_the_same_place_since() -> None:
    notes = (other(1, "20"), other(2, "21"), other(3, "23"), other(4, "24"))

    html = shown(GOOD, *notes)

    text = words(html)
    assert (
        "Since then 2 more changes shipped to shop-web in production, the last: Note number 4"
    ) in text
    assert "Change before Note number 2 20261121-000002" in text
    assert "Change after Note number 3 20261123-000003" in text


def test_of_a_change_long_ago_the_next_one_does_not_alter_the_page() -> None:
    texts = [
        other(0, "23")
        .replace("000000", f"0000{n}")
        .replace("at: 2026-11-23", f"at: 2027-01-{n}")
        .replace("number 0", f"number {n}")
        for n in range(10, 31)
    ]

    before, after = (shown(GOOD, other(3, "23"), *some) for some in (texts[:-1], texts))

    assert (
        "Since then more than 20 changes shipped to shop-web in production, "
        "the last: how to undo it"
    ) in words(after)
    assert "../../rollback/#shop-web--production" in links(after)
    assert before == after


def test_notes_that_share_something_are_listed_with_the_reason() -> None:
    shared = "files: [{path: app/cart/totals.py}]\n"
    elsewhere = other(5, "10", shared).replace("shop-web", "shop-api")

    text = said(GOOD, elsewhere)

    assert "Has in common Note number 5 20261110-000005 also touched app/cart/totals.py" in text


METRIC = """\
metrics:
  - name: p95
    unit: {unit}
    better: lower
    before: {before}
    after: {after}
    order: {order}
    conditions: {{cache: warm}}
"""
SLOW, QUICK = "[841, 903, 812, 867, 912, 838]", "[318, 341, 309, 327, 371, 316]"
SAME = "[840, 902, 815, 866, 910, 840]"
MIXED = "[700, 1000, 790, 900, 860, 950]"
IN_TURNS = "Old and new ran in turns, so both met the same cache and load: the most trustworthy"
APART = "All runs before came first, then all after: cache, load or the time of day may have"


@pytest.mark.parametrize(
    ("before", "after", "order", "says"),
    [
        (
            SLOW,
            QUICK,
            "interleaved",
            "The true effect lies in the range in brackets, with 95 % confidence. "
            "Chance alone would show as much of a difference in 3 of 100 such measurements. "
            + IN_TURNS,
        ),
        (
            SLOW,
            QUICK,
            "sequential",
            "The true effect lies in the range in brackets, with 95 % confidence. "
            "Chance alone would show as much of a difference in 2 of 1,000 such measurements. "
            + APART,
        ),
        (
            SLOW,
            SAME,
            "interleaved",
            "With 95 % confidence the true effect lies between 0.2 % lower and 0.4 % higher: "
            "less than 2 % either way counts as no change. " + IN_TURNS,
        ),
        (
            SLOW,
            MIXED,
            "sequential",
            "With 95 % confidence the true effect lies between 13.8 % lower and 13.4 % higher: "
            "it may be better, worse or nothing at all. "
            "Chance alone would show as much of a difference in 94 of 100 such measurements. "
            + APART,
        ),
        (
            "[3, 4]",
            "[1, 2]",
            "sequential",
            "With so few runs chance can make any difference; it takes at least 4 runs on each",
        ),
        ("[3, 4]", "[1, 2]", "interleaved", "it takes at least 6 pairs."),
    ],
)
def test_how_sure_a_verdict_is_stands_below_its_plot(
    before: str, after: str, order: str, says: str
) -> None:
    metric = METRIC.format(unit="ms", before=before, after=after, order=order)

    html = shown(least() + metric)

    assert says in words(html)
    assert html.index("<svg") < html.index("cn-measured__sure")


def test_the_mark_says_not_clear_and_the_words_do_not_repeat_it() -> None:
    metric = METRIC.format(unit="ms", before=SLOW, after=MIXED, order="sequential")

    text = said(GOOD.replace(GOOD[GOOD.index("metrics:") : GOOD.index("revision:")], metric))

    assert text.count("not clear p95: the runs overlap") == 2
    assert "not clear: " not in text[: text.index("YAML and JSON")]


def test_a_metric_leads_to_its_history_over_all_notes() -> None:
    of = book(GOOD)

    found = [link for link in links(page(of, PATH).content) if "/metrics/" in link]

    assert len(found) == 1
    assert page(of, f"changes/{found[0].removeprefix('../')}").title


def test_one_number_a_side_needs_no_plot() -> None:
    html = shown(least() + METRIC.format(unit="MB", before=9, after=5, order="unknown"))

    assert "<svg" not in html
    assert "trust: none, a claim and not a measurement" in words(html)


def files(*paths: str, more: str = "added: 1") -> str:
    """A note with these files."""
    lines = "".join(f"  - {{path: {path}, change: modified, {more}}}\n" for path in paths)
    return f"{least()}files:\n{lines}"


def test_files_are_a_tree_in_which_a_lonely_folder_is_one_with_its_only_child() -> None:
    text = said(files("src/app/cart/a.py", "src/app/cart/deep/er/b.py", "src/app/pay/c.py", "z.md"))

    tree = text[text.index("Files¶") : text.index("Score and review")]
    assert words(re.sub(r"\+1|■+|modified", "", tree)) == (
        "Files¶ 4 files, +4 −0 src/app/ cart/ deep/er/ M b.py M a.py pay/ M c.py M z.md"
    )


def test_many_files_are_folded_by_folder() -> None:
    many = [f"app/{part}/{n}.py" for part in ("cart", "pay") for n in range(30)]

    html = shown(files(*many))
    few = shown(files(*many[:40]))

    assert html.count('<details class="cn-branch__fold"><summary><code>') == 2
    assert "pay/ 30 files, +30 −0" in words(html)
    assert "cn-branch__fold" not in few


def test_a_file_that_other_notes_touched_leads_to_them() -> None:
    html = shown(GOOD, other(5, "10", "files: [{path: app/cart/totals.py}]\n"))

    assert "totals.py 2 notes" in words(html)
    assert "cache.py 1 note" not in words(html)


def test_bars_compare_the_files_of_a_note() -> None:
    of = least() + (
        "files:\n  - {path: a.py, added: 1, removed: 999}\n"
        "  - {path: b.py, added: 30}\n  - {path: c.py}\n"
    )

    found = re.findall(r'class="cn-extent"[^>]*>(.*?)</span>\n', shown(of), re.S)

    assert [(words(bar), bar.count("cn-minus")) for bar in found] == [
        ("■■■■■■", 1),
        ("■■■", 0),
        ("", 0),
    ]
    assert "■" not in shown(files("a.py"))


def test_a_path_of_a_thousand_folders_is_shown_and_harms_nothing() -> None:
    assert "/x.py" in said(files("/".join(["d"] * 1000) + "/x.py", "e.py"))


def test_the_yaml_is_shown_as_it_is() -> None:
    text = f"{least()}reason: '<script>alert(1)</script>'  # why\n"

    html = shown(text)

    assert "reason: '<script>alert(1)</script>' # why" in words(html)
    assert "<script" not in html
    assert "note.yaml" in links(html)


def test_a_huge_note_is_linked_and_not_shown() -> None:
    html = shown(f"{least()}# {'x' * 100_000}\n")

    assert "Show the YAML" not in html
    assert "note.yaml" in links(html)


def test_the_sheet_of_paper_names_whom_to_call_and_where_it_is_from() -> None:
    text = said(
        GOOD.replace("  strategy: flag", "  strategy: flag\n  decider: the on-call")
        + "monitoring: {up: 'https://grafana.example/d/1'}\n",
        git=InGit(commit=REVISED),
    )

    assert text.endswith(
        "Contact @acme/cart; the on-call decides; written by Dana <dana@example.com> "
        "Look at up: https://grafana.example/d/1 "
        "Note 20261122-k3f9xq changes/2026/20261122-k3f9xq-cache-cart-totals-per-session.yaml; "
        "as of commit 7e57ab1"
    )


def test_names_that_are_too_long_for_the_first_screen_are_whole_further_down() -> None:
    name = "payments-" * 12
    text = said(least() + f"service: {name}\nowner: '@{name}'\nno_metric: {'because ' * 40}\n")

    head, _, rest = text.partition("Rollback¶")
    assert name not in head
    assert len(head) < 400
    assert f"Owner @{name} Service {name}" in rest


def derived(*texts: str, git: InGit | None = None) -> Any:
    """`note.json` of the first note."""
    of = with_git(book(*texts), git)
    return json.loads(assets(of)[f"{PATH}note.json"])


def test_the_json_of_a_note_is_its_data_and_what_is_worked_out() -> None:
    found = derived(GOOD, other(5, "23"), git=InGit(applies=CLEAN, revisions=2, commit=REVISED))

    data = plain(published(GOOD).note)
    known = found.pop("derived")
    assert found == {"$schema": "../note.schema.json", **json.loads(json.dumps(data))}
    metrics, score = known.pop("metrics"), known.pop("score")
    assert known == {
        "address": "changes/20261122-k3f9xq/",
        "file": "changes/2026/20261122-k3f9xq-cache-cart-totals-per-session.yaml",
        "answer": "GET /cart p95: 2.6 times faster (between 2.5 and 2.7), measured alternately",
        "verdict": "improved",
        "rehearsal_counts": True,
        "reading_minutes": 1,
        "content_sha256": content_sha256(data),
        "written_late": False,
        "superseded_by": [],
        "mentioned_by": [],
        "kin": [],
        "before": None,
        "after": "20261123-000005",
        "later": 1,
        "git": {
            "commit": REVISED,
            "revert": {"state": "clean", "says": "applies cleanly onto the commit of this site"},
            "drifted": [],
            "revisions": 2,
            "revised": None,
        },
    }
    assert [(one["name"], one["verdict"], one["trust"]) for one in metrics] == [
        ("GET /cart p95", "improved", "interleaved")
    ]
    assert (score["total"], score["parts"]["quality"]) == (100, {"got": 40, "of": 40})
    assert score["rules"][0] == {
        "id": "owner", "asks": "It names somebody to ask.", "got": 4, "of": 4, "why": "",
    }  # fmt: skip


@pytest.mark.parametrize("git", [None, InGit(applies=CONFLICTS)])
@pytest.mark.parametrize("text", [least(), GOOD, least().replace("draft", "rolled_back")])
def test_the_json_has_the_shape_that_is_published(text: str, git: InGit | None) -> None:
    found = derived(text, git=git)
    schema = json.loads(assets(book(text))["changes/note.schema.json"])

    assert list(found["derived"]) == list(DERIVED)
    assert schema["properties"]["derived"]["properties"] == DERIVED
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(found)


HOSTILE = json.dumps("\"'><img src=x onerror=alert(1)> [a](javascript:alert(1))")


def test_what_is_worked_out_from_hostile_text_is_text() -> None:
    more = (
        f"owner: {HOSTILE}\nservice: {HOSTILE}\nauthors: [{HOSTILE}]\nassumptions: [{HOSTILE}]\n"
        f"monitoring: {{{HOSTILE}: {HOSTILE}}}\ntags: [{HOSTILE}, more]\n"
        f"files: [{{path: {HOSTILE}, from: {HOSTILE}}}]\nrevision: {{by: {HOSTILE}}}\n"
        f"rollback: {{decider: {HOSTILE}, steps: [{{run: {HOSTILE}}}]}}\nno_metric: {HOSTILE}\n"
    )
    first, second = least(), least("20261121-aaaaaa", "Another one")
    drifted = Drifted(path=HOSTILE, commits=1, last=datetime(2026, 12, 1, tzinfo=UTC))

    html = shown(
        first.replace("draft", "shipped") + more,
        second.replace("draft", "shipped") + more,
        git=InGit(applies=CONFLICTS, drifted=(drifted,)),
    )

    assert "<img" not in html
    assert not [name for name in attributes(html) if name.startswith("on")]
    assert not [link for link in links(html) if link.startswith("javascript")]


def test_the_same_notes_give_the_same_json_and_page() -> None:
    texts = (GOOD, other(1, "20"), other(5, "23"))

    assert shown(*texts) == shown(*texts)
    assert derived(*texts) == derived(*texts)
