"""One comment for a pull request, edited in place, in which a note can do nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from changenote.model.note import Note
from changenote.release.comment import MARKER, MOST_BYTES, code, comment
from tests.books import published
from tests.emulator import BOT, GitHubHere, github
from tests.far_end import Reply, far_end
from tests.forges import BOT as BOT_NAME
from tests.forges import TOKEN, forge_of_kind
from tests.house import NOTE, said, valid_note
from tests.on_forge import ID, QUIET, branch_with_a_note, on
from tests.workshop import FULL, Workshop

KINDS = ("github", "gitlab", "gitea")


@pytest.fixture
def branch(tmp_path: Path) -> Workshop:
    """A branch with a note that main has not."""
    return branch_with_a_note(tmp_path / "shop")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHubHere]:
    """GitHub, as somebody else has built it."""
    with github(tmp_path_factory.mktemp("github")) as here:
        yield here


def test_five_pushes_edit_one_comment_among_two_hundred_others(
    branch: Workshop, emulator: GitHubHere
) -> None:
    for number in range(200):
        body = f"Comment {number} {MARKER}" if number == 150 else f"Comment {number}"
        emulator.ask("POST", "/issues/1/comments", {"body": body})
    branch.git("remote", "add", "origin", f"{emulator.api}/dana/shop.git")
    branch.write("changes/config.yaml", f"forge: github\napi: {emulator.api}\n")
    branch.environment = {**QUIET, "GH_ENTERPRISE_TOKEN": BOT}

    first = branch.run("pr", "comment")
    others = emulator.comments()
    pushes = []
    for push in range(5):
        branch.run("set", ID, f"reason=Push {push} made it better.")
        branch.commit(f"Push {push}")
        pushes.append(branch.run("pr", "comment", "--json"))
    again = branch.run("pr", "comment")
    every = emulator.comments()

    assert (first.code, first.out) == (0, f"{emulator.api}/dana/shop/pull/1\n")
    assert first.err == "The comment was written.\n"
    assert [push.data["action"] for push in pushes] == ["edited"] * 5
    assert again.err == "The comment says so already. Nothing was sent.\n"
    mine = [one for one in every if one["user"]["login"] == "change-bot"]
    assert [one["body"] for one in mine] == [pushes[-1].data["body"]]
    assert "Push 4 made it better." in mine[0]["body"]
    assert [one["body"] for one in every[:200]] == [one["body"] for one in others[:200]]
    assert len(every) == 201


@pytest.mark.parametrize("kind", KINDS)
def test_on_every_forge_it_is_written_once_then_edited_then_left_alone(
    kind: str, branch: Workshop
) -> None:
    with forge_of_kind(kind) as forge:
        shop = on(branch, forge)
        for number in range(45):
            forge.say(f"Comment {number} {MARKER}")

        done = [shop.run("pr", "comment", "--json")]
        shop.run("set", ID, "reason=It was slower than that.")
        done += [shop.run("pr", "comment", "--json"), shop.run("pr", "comment", "--json")]

    assert [one.data["action"] for one in done] == ["created", "edited", "unchanged"]
    assert done[0].data["pull_request"]["number"] == 412
    assert done[0].data["notes"] == [ID]
    mine = [one for one in forge.comments if one["author"] == BOT_NAME]
    assert len(forge.writes) == 2
    assert [one["body"] for one in mine] == [done[1].data["body"]]


def test_why_nothing_was_measured_is_not_taken_for_a_result() -> None:
    note = Note(schema=1, id=ID, title="Short", kind="fix", status="shipped", no_metric="rare")

    assert "nothing measured: rare" in comment([(note, "")])


def test_a_comment_of_the_account_without_the_mark_is_not_touched(branch: Workshop) -> None:
    with forge_of_kind("gitea") as forge:
        forge.say("I, the bot, say something else", BOT_NAME)
        on(branch, forge).run("pr", "comment")

    assert [one["body"].splitlines()[0] for one in forge.comments] == [
        "I, the bot, say something else",
        MARKER,
    ]


def test_of_two_comments_the_oldest_is_edited_and_the_other_is_named(branch: Workshop) -> None:
    with forge_of_kind("gitea") as forge:
        forge.say(f"one\r\n{MARKER}", BOT_NAME)
        forge.say(f"two {MARKER}", BOT_NAME)
        done = on(branch, forge).run("pr", "comment")

    assert done.err.startswith("There are 2 comments with our mark; the oldest is kept")
    assert "Cache cart totals" in forge.comments[0]["body"]
    assert forge.comments[1]["body"] == f"two {MARKER}"


@pytest.mark.parametrize("kind", KINDS)
def test_two_runs_at_the_same_time_leave_one_comment(kind: str, branch: Workshop) -> None:
    with forge_of_kind(kind) as forge:
        forge.rival = f"{MARKER}\nof the run before"
        done = on(branch, forge).run("pr", "comment", "--json")

    assert done.data["action"] == "edited"
    assert [one["body"] for one in forge.comments] == [done.data["body"]]


def test_line_ends_that_a_forge_changed_are_no_change(branch: Workshop) -> None:
    with forge_of_kind("gitlab") as forge:
        shop = on(branch, forge)
        shop.run("pr", "comment")
        body = forge.comments[0]["body"]
        forge.comments[0]["body"] = body.replace("\n", "\r\n").strip()
        done = shop.run("pr", "comment", "--json")

    assert done.data["action"] == "unchanged"


def test_a_dry_run_prints_the_comment_and_sends_nothing(branch: Workshop) -> None:
    with forge_of_kind("github") as forge:
        shop = on(branch, forge)
        shop.environment = QUIET
        done = shop.run("pr", "comment", "--dry-run", "--pr", "412")
        by_id = shop.run("pr", "comment", "--dry-run", ID)
        commit = shop.git("rev-parse", "HEAD")

    assert forge.requests == []
    assert done.out == by_id.out
    assert done.out == (
        f"{MARKER}\n"
        "### Change note\n"
        "\n"
        f"**[Cache cart totals per session]({forge.web}/blob/{commit}/changes/2025/{ID}-note.yaml)**\n"
        "\n"
        "p95 of GET /cart was 840 ms because every request summed the basket again.\n"
        "\n"
        "- **Did it help?** nothing measured: the dashboard was down\n"
        "- **Undo it:** `./flags set cart_total_cache off --env production`,"
        " when GET /cart p95 over 900 ms for 10 min\n"
        f"- **Note:** `{ID}`\n"
    )


def test_the_link_leads_to_the_page_where_there_is_a_site(branch: Workshop) -> None:
    branch.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    branch.write("mkdocs.yml", "site_name: x\nsite_url: https://notes.acme.example/shop\n")

    done = branch.run("pr", "comment", "--dry-run", ID)

    assert f"](https://notes.acme.example/shop/changes/{ID}/)" in done.out


def test_several_notes_are_in_one_comment_and_those_of_others_are_not(branch: Workshop) -> None:
    url = "https://github.com/acme/shop/pull"
    branch.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    valid_note(branch, "20251121-aaaaaa")  # not committed yet
    text = NOTE.replace("no_command", f"source: {{pull_requests: [{url}/9]}}\nno_command")
    branch.note(text.replace("ID", "20251122-bbbbbb"), "20251122-bbbbbb")
    of_a_fork = text.replace("acme/shop", "dana/shop")
    branch.note(of_a_fork.replace("ID", "20251123-cccccc"), "20251123-cccccc")

    done = branch.run("pr", "comment", "--dry-run", "--pr", "412", "--json")
    other = branch.run("pr", "comment", "--dry-run", "20251122-bbbbbb", "--json")

    assert done.data["notes"] == [ID, "20251121-aaaaaa", "20251123-cccccc"]
    assert "### Change notes\n" in done.data["body"]
    assert other.data["pull_request"] == {"number": 9, "url": f"{url}/9"}


def test_the_number_comes_from_the_event_of_a_pipeline(branch: Workshop, tmp_path: Path) -> None:
    branch.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 77, "head": {"ref": "cache"}}}')

    done = branch.run("pr", "comment", "--dry-run", "--json", GITHUB_EVENT_PATH=str(event))

    assert done.data["pull_request"]["number"] == 77


def test_a_pull_request_without_a_note_is_said(branch: Workshop) -> None:
    branch.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    branch.git("switch", "-q", "main")
    branch.write("changes/config.yaml", "service: shop\n")

    done = branch.run("pr", "comment", "--pr", "412")

    assert done.code == 2
    assert said(done).what == "no note is about pull request 412"


def test_a_shallow_clone_says_that_it_cannot_know(branch: Workshop, tmp_path: Path) -> None:
    branch.git("clone", "-q", "--depth=1", f"file://{branch.folder}", str(tmp_path / "shallow"))
    shallow = Workshop(tmp_path / "shallow", environment=QUIET)
    shallow.git("remote", "set-url", "origin", "git@github.com:acme/shop.git")

    done = shallow.run("pr", "comment", "--pr", "412")

    assert "This clone is shallow" in said(done).next


def test_an_answer_that_never_came_is_safe_to_ask_for_again(branch: Workshop) -> None:
    with far_end(Reply(data={"login": "x"}), Reply(data=[]), Reply(is_dropped=True)) as end:
        branch.git("remote", "add", "origin", f"{end.url}/acme/shop")
        branch.write("changes/config.yaml", "forge: gitea\n")
        done = branch.run("pr", "comment", "--pr", "412", GITEA_TOKEN=TOKEN)

    assert done.code == 4
    assert said(done).retry == "safe, the same command looks for its comment first"
    assert TOKEN not in done.err
    assert end.asked[-1] == "POST /api/v1/repos/acme/shop/issues/412/comments"
    assert len(end.requests) == 3


def test_no_forge_no_comment(branch: Workshop) -> None:
    done = branch.run("pr", "comment")

    assert done.code == 2
    assert said(done).what == "this repository is on no forge that is known here"


def note_of(text: str) -> Note:
    """The note in a text."""
    return published(text).note


HOSTILE = (
    "@everyone @acme/all <script>alert(1)</script> <img src=x onerror=y> [a](javascript:b)"
    " ![t](https://evil.example/t.png) `code` **bold** <!-- --> /merge https://evil.example"
)


def hostile(command: str = "./undo") -> str:
    """A note in which every text tries something."""
    return (
        NOTE.replace("ID", ID)
        .replace("Cache cart totals per session", "'[x](//e.example) <b>@everyone</b>'")
        .replace("p95 of GET /cart was 840 ms because every", f"|\n  /close\n  # big\n  {HOSTILE}")
        .replace("GET /cart p95 over 900 ms for 10 min", "'@everyone <i>waits</i>'")
        .replace("./flags set cart_total_cache off --env production", command)
        .replace("the dashboard was down", "'@channel ```'")
    )


def _tokens(text: str) -> list[Token]:
    return MarkdownIt("gfm-like", {"linkify": False}).parse(text)


def test_a_note_cannot_mention_anybody_or_inject_markup() -> None:
    text = comment([(note_of(hostile()), "https://x.example/a b)![](c")])

    inline = [child for token in _tokens(text) for child in token.children or []]
    plain = "".join(child.content for child in inline if child.type == "text")
    assert [token.type for token in _tokens(text) if "html" in token.type] == ["html_block"]
    assert {child.type for child in inline} == {
        *("text", "code_inline", "strong_open", "strong_close", "link_open", "link_close")
    }
    assert [child.attrs["href"] for child in inline if child.type == "link_open"] == [
        "https://x.example/a%20b%29!%5B%5D%28c"
    ]
    assert "@" not in plain
    assert "://" not in plain
    assert [token.tag for token in _tokens(text) if token.type == "heading_open"] == ["h3"]
    assert not [line for line in text.splitlines() if line.startswith("/")]


@pytest.mark.parametrize(
    "command",
    ["echo `id` @everyone", "``` @everyone", "a\u202eb @everyone", "x | `y` <b>", "`"],
)
def test_a_command_stays_code_whatever_is_in_it(command: str) -> None:
    tokens = _tokens(f"- {code(command)}, when")

    kinds = [child.type for token in tokens for child in token.children or []]
    assert kinds == ["code_inline", "text"]
    assert "\u202e" not in code(command)


def test_a_comment_never_has_more_than_sixty_kilobytes() -> None:
    long = NOTE.replace("p95 of GET", "<&@x> " * 3000).replace("ID", ID)
    notes = [(note_of(long), "https://x.example/" + "a" * 900)] * 60

    text = comment(notes)

    assert MOST_BYTES * 0.8 < len(text.encode()) <= MOST_BYTES
    shown = text.count("- **Note:**")
    assert text.endswith(f"\nAnd {60 - shown} more.\n")


def test_a_secret_in_a_note_is_not_told() -> None:
    token = "ghp_" + "a1B2c3D4e5" * 4
    text = comment([(note_of(hostile(f"deploy --token {token}").replace("# big", token)), "")])

    assert token not in text


def test_the_verdict_of_the_primary_metric_is_shown() -> None:
    text = comment([(note_of(FULL), "")])

    assert (
        "- **Did it help?** GET /cart p95: 2.6 times faster (between 2.6 and 2.7),"
        " measured alternately\n"
    ) in text
