"""Hooks of git name a branch's notes, stop no commit, and are in nobody's way."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from changenote import cli
from changenote.cli import hook
from tests.house import said, valid_note
from tests.workshop import IDENTITY, Done, Workshop

ID = "20251120-g00d00"
PLAIN = "/usr/bin:/bin"
"""The PATH of a graphical client: no changenote is on it."""


def git(shop: Workshop, *arguments: str, **environment: str) -> Done:
    """Run git as a person does, with hooks."""
    result = subprocess.run(
        ["git", *arguments],
        cwd=shop.folder,
        env={**os.environ, **IDENTITY, "PATH": PLAIN, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(result.returncode, result.stdout, result.stderr)


def message(shop: Workshop) -> str:
    """The message of the last commit."""
    return shop.git("log", "-1", "--format=%B")


@pytest.fixture
def branch(tmp_path: Path) -> Workshop:
    """A branch with a note, pushed nowhere yet, in a clone with both hooks."""
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start the shop", {"README.md": "Shop\n", "changes/config.yaml": "title: Shop\n"})
    shop.git("init", "-q", "--bare", "../remote")
    shop.git("remote", "add", "origin", "../remote")
    shop.git("push", "-q", "origin", "main")
    shop.git("switch", "-q", "-c", "cache")
    shop.run("init", "--hook", "commit-msg", "--hook", "pre-push")
    valid_note(shop)
    shop.git("add", "-A")
    return shop


@pytest.fixture
def no_note(branch: Workshop) -> Workshop:
    """A branch that changes code and has no note."""
    branch.git("rm", "-q", "-r", "--cached", f"changes/{ID[:4]}")
    branch.write(f"changes/{ID[:4]}/{ID}-note.yaml", "").unlink()
    branch.commit("Cache totals", {"app/totals.py": "total = 1\n"})
    return branch


def test_hooks_are_installed_once_and_nothing_else_is(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "shop").start()
    options = ("init", "--hook", "commit-msg", "--hook", "pre-push")

    dry = shop.run(*options, "--dry-run")
    assert not (shop.folder / ".git/hooks/commit-msg").exists()
    first = shop.run(*options)
    second = shop.run(*options)

    assert dry.out.startswith("--- a/.git/hooks/commit-msg\n")
    assert first.out == "made .git/hooks/commit-msg\nmade .git/hooks/pre-push\n"
    assert (second.out, second.err) == ("", "Everything is set up already. Nothing was changed.\n")
    assert shop.git("status", "--porcelain") == ""
    assert all(os.access(shop.folder / ".git/hooks" / name, os.X_OK) for name in options[2::2])


def test_a_hook_that_may_not_be_run_is_mended(branch: Workshop) -> None:
    hook = branch.folder / ".git/hooks/commit-msg"
    hook.chmod(0o644)

    branch.run("init", "--hook", "commit-msg")

    assert os.access(hook, os.X_OK)


SUM = re.compile(r", sum ([0-9a-f]{16})")


def as_of_another_version(hook: Path) -> str:
    """A hook as a version with other lines would have written it."""
    body = SUM.sub("", hook.read_text()).replace("leaves it out", "leaves this out")
    total = sha256(body.encode()).hexdigest()[:16]
    return body.replace("`.\n", f"`, sum {total}.\n", 1)


def as_of_the_first_version(hook: Path) -> str:
    """A hook from before there were sums, of another Python."""
    return (Path(__file__).parent / "data/hooks" / hook.name).read_text()


@pytest.mark.parametrize("name", ["commit-msg", "pre-push"])
@pytest.mark.parametrize("older", [as_of_another_version, as_of_the_first_version])
def test_a_hook_of_an_older_version_is_written_anew(
    branch: Workshop, name: str, older: Callable[[Path], str]
) -> None:
    hook = branch.folder / ".git/hooks" / name
    now = hook.read_text()
    hook.write_text(older(hook))

    done = branch.run("init", "--hook", name)

    assert done.out == f"added to .git/hooks/{name}\n"
    assert hook.read_text() == now


@pytest.mark.parametrize("older", [Path.read_text, as_of_another_version, as_of_the_first_version])
def test_what_a_team_has_added_to_our_hook_stays(
    branch: Workshop, older: Callable[[Path], str]
) -> None:
    hook = branch.folder / ".git/hooks/pre-push"
    theirs = older(hook).replace("exit 0\n", "make lint || exit 1\nexit 0\n")
    hook.write_text(theirs)

    done = branch.run("init", "--hook", "pre-push")

    assert (done.code, done.out) == (0, "")
    assert done.err == "Everything is set up already. Nothing was changed.\n"
    assert hook.read_text() == theirs


def test_our_hook_without_its_call_is_as_somebody_elses(branch: Workshop) -> None:
    hook = branch.folder / ".git/hooks/pre-push"
    theirs = hook.read_text().replace("changenote hook pre-push", "make test")
    hook.write_text(theirs)

    done = branch.run("init", "--hook", "pre-push")

    assert done.code == 3
    assert said(done).next == f"To have both, add this line to it: {LINE}"
    assert hook.read_text() == theirs


def test_the_commits_of_a_branch_with_a_note_name_it(branch: Workshop) -> None:
    done = git(branch, "commit", "-q", "-m", "Cache totals")
    again = git(branch, "commit", "-q", "--amend", "--no-edit")

    assert (done.code, done.out, done.err) == (0, "", "")
    assert again.code == 0
    assert message(branch) == f"Cache totals\n\nChange-Note: {ID}"


def test_a_commit_of_the_default_branch_names_its_own_notes_alone(branch: Workshop) -> None:
    branch.git("switch", "-q", "main")

    git(branch, "commit", "-q", "-m", "Cache totals")
    first = message(branch)
    git(branch, "commit", "-q", "--allow-empty", "-m", "More")

    assert first == f"Cache totals\n\nChange-Note: {ID}"
    assert message(branch) == "More"


def test_a_note_that_is_in_no_commit_is_not_named(branch: Workshop) -> None:
    branch.git("reset", "-q")

    git(branch, "commit", "-q", "--allow-empty", "-m", "Something else")

    assert message(branch) == "Something else"


def test_a_branch_without_a_note_commits_as_ever(no_note: Workshop) -> None:
    done = git(no_note, "commit", "-q", "--allow-empty", "-m", "More")

    assert (done.code, done.out, done.err) == (0, "", "")
    assert message(no_note) == "More"


def test_a_repository_without_notes_or_commits_commits_as_ever(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "shop").start()
    shop.run("init", "--hook", "commit-msg")

    first = git(shop, "commit", "-q", "--allow-empty", "-m", "Start")
    (shop.folder / "changes").mkdir()
    (shop.folder / "changes/config.yaml").write_text("no: [such")
    second = git(shop, "commit", "-q", "--allow-empty", "-m", "More")

    assert (first.code, first.err, second.code, second.err) == (0, "", 0, "")


def test_a_commit_that_is_given_up_stays_given_up(branch: Workshop) -> None:
    head = branch.git("rev-parse", "HEAD")

    done = git(branch, "commit", "-v", GIT_EDITOR="true")

    assert done.code == 1
    assert "empty commit message" in done.err
    assert branch.git("rev-parse", "HEAD") == head


def test_the_name_stands_above_what_git_shows_below_the_scissors(branch: Workshop) -> None:
    editor = "sed -i '1s/^/Cache totals/'"

    done = git(branch, "commit", "-q", "-v", GIT_EDITOR=editor)

    assert done.code == 0
    assert message(branch) == f"Cache totals\n\nChange-Note: {ID}"


@pytest.mark.parametrize("word", ["fixup!", "squash!", "amend!"])
def test_what_is_to_be_merged_into_another_commit_stays_as_it_is(
    branch: Workshop, word: str
) -> None:
    git(branch, "commit", "-q", "-m", f"{word} Cache totals")

    assert message(branch) == f"{word} Cache totals"


def subject_and_trailers(shop: Workshop) -> tuple[str, str]:
    """The subject of the last commit, and what git itself takes for its trailers."""
    found = shop.git("log", "-1", "--format=%s%x00%(trailers:only)")
    subject, trailers = found.split("\0")
    return subject, trailers.strip()


@pytest.fixture
def merging(branch: Workshop) -> Workshop:
    """The branch with its note committed; meanwhile the default branch has gone on."""
    git(branch, "commit", "-q", "-m", "Cache totals")
    branch.git("switch", "-q", "main")
    branch.commit("Sell tea", {"tea.txt": "tea\n"})
    branch.git("switch", "-q", "cache")
    return branch


@pytest.mark.parametrize(
    ("options", "subject"),
    [
        (["-m", "Bring main in"], "Bring main in"),
        (["-m", "fix: bring main in"], "fix: bring main in"),
        (["--no-edit"], "Merge branch 'main' into cache"),
        (["--no-edit", "--log"], "Merge branch 'main' into cache"),
        (["--edit"], "Merge branch 'main' into cache"),
        (["--edit", "-m", "Bring main in"], "Bring main in"),
    ],
)
def test_a_merge_has_its_subject_and_a_trailer(
    merging: Workshop, options: list[str], subject: str
) -> None:
    done = git(merging, "merge", "-q", *options, "main", GIT_EDITOR="true")

    dry = merging.run("pr", "trailer", "--amend", "--dry-run")

    assert done.code == 0, done.err
    assert subject_and_trailers(merging) == (subject, f"Change-Note: {ID}")
    assert dry.out.strip() == message(merging).strip()


@pytest.mark.parametrize("editor", [["--no-edit"], ["--edit"]])
def test_a_merge_with_conflicts_has_its_subject_and_a_trailer(
    merging: Workshop, editor: list[str]
) -> None:
    git(merging, "commit", "-q", "--amend", "-m", "Cache totals")
    merging.commit("Sell coffee", {"tea.txt": "coffee\n"})
    git(merging, "merge", "-q", "main")
    merging.write("tea.txt", "tea and coffee\n")
    git(merging, "add", "tea.txt")

    done = git(merging, "commit", "-q", *editor, GIT_EDITOR="true")

    assert done.code == 0, done.err
    expected = ("Merge branch 'main' into cache", f"Change-Note: {ID}")
    assert subject_and_trailers(merging) == expected


@pytest.mark.parametrize("options", [["-m", "Cache totals"], ["--no-edit"], ["--edit"]])
def test_a_squashed_merge_has_its_subject_and_a_trailer(
    merging: Workshop, options: list[str]
) -> None:
    merging.git("switch", "-q", "main")
    git(merging, "merge", "-q", "--squash", "cache")

    done = git(merging, "commit", "-q", *options, GIT_EDITOR="true")

    assert done.code == 0, done.err
    subject = "Cache totals" if "-m" in options else "Squashed commit of the following:"
    assert subject_and_trailers(merging) == (subject, f"Change-Note: {ID}")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("fix: cache totals", f"fix: cache totals\n\nChange-Note: {ID}"),
        ("\n\nfix: cache totals\n", f"fix: cache totals\n\nChange-Note: {ID}"),
        ("# type: subject\n\nfix: totals\n", f"fix: totals\n\nChange-Note: {ID}"),
        ("Cache\n\nFixes\n#12\n", f"Cache\n\nFixes\n\nChange-Note: {ID}"),
        (
            "Cache\n\nSigned-off-by: D <d@e.f>\n# Please\n",
            f"Cache\n\nSigned-off-by: D <d@e.f>\nChange-Note: {ID}",
        ),
    ],
)
def test_a_message_from_an_editor_keeps_its_subject(
    branch: Workshop, typed: str, expected: str
) -> None:
    (branch.folder.parent / "typed").write_text(typed)

    done = git(branch, "commit", "-q", GIT_EDITOR="cp ../typed")

    assert done.code == 0, done.err
    assert message(branch) == expected


def test_a_line_that_begins_with_a_hash_stays_in_its_place_without_an_editor(
    branch: Workshop,
) -> None:
    git(branch, "commit", "-q", "-m", "Cache totals", "-m", "Fixes\n#12")
    whole = f"Cache totals\n\nFixes\n#12\n\nChange-Note: {ID}"

    first = message(branch)
    git(
        branch,
        "commit",
        "-q",
        "--amend",
        "-m",
        "Cache totals",
        "-m",
        "Fixes\n#12",
        CHANGENOTE_HOOKS="0",
    )
    branch.run("pr", "trailer", "--amend")

    assert first == whole
    assert message(branch) == whole


def test_a_rebase_leaves_messages_alone(branch: Workshop) -> None:
    git(branch, "commit", "-q", "-m", "Cache totals")
    git(branch, "commit", "-q", "--allow-empty", "-m", "More", CHANGENOTE_HOOKS="0")

    sequence = {"GIT_SEQUENCE_EDITOR": "sed -i 's/^pick/reword/'", "GIT_EDITOR": "true"}
    done = git(branch, "rebase", "-q", "--keep-empty", "HEAD~1", **sequence)

    assert done.code == 0, done.err
    assert message(branch) == "More"


def test_a_linked_work_tree_has_the_same_hooks(branch: Workshop) -> None:
    git(branch, "commit", "-q", "-m", "Cache totals")
    git(branch, "worktree", "add", "-q", "../other", "-b", "other", "cache")
    other = Workshop(branch.folder.parent / "other")

    done = other.run("init", "--hook", "commit-msg")
    git(other, "commit", "-q", "--allow-empty", "-m", "More")

    assert done.err == "Everything is set up already. Nothing was changed.\n"
    assert message(other) == f"More\n\nChange-Note: {ID}"


def test_hooks_go_where_git_looks_for_them(branch: Workshop) -> None:
    branch.git("config", "core.hooksPath", ".husky")

    done = branch.run("init", "--hook", "commit-msg")
    hook = (branch.folder / ".husky/commit-msg").read_text()

    assert done.out == "made .husky/commit-msg\n"
    assert sys.executable not in hook  # it is shared with people who have another one


def test_hooks_that_hold_for_every_clone_are_said(branch: Workshop, tmp_path: Path) -> None:
    every = tmp_path / "hooks"
    (tmp_path / ".gitconfig").write_text(f"[core]\n\thooksPath = {every}\n")

    first = branch.run("init", "--hook", "commit-msg", HOME=str(tmp_path))
    second = branch.run("init", "--hook", "commit-msg", HOME=str(tmp_path))

    assert first.out == f"made {every}/commit-msg\n"
    assert " ".join(first.err.split()) == (
        f"Hooks are in {every}, as core.hooksPath in your global git config says: they hold for "
        "every clone that has that config, not for this one alone."
    )
    assert second.err == "Everything is set up already. Nothing was changed.\n"


def test_hooks_that_are_switched_off_are_said(branch: Workshop) -> None:
    branch.git("config", "core.hooksPath", os.devnull)

    done = branch.run("init", "--hook", "commit-msg")

    assert done.code == 3
    assert said(done).what == "hooks are switched off: core.hooksPath is /dev/null"


LINE = 'changenote hook pre-push "$@" </dev/null || [ $? -ne 1 ] || exit 1'


def test_somebody_elses_hook_stays_and_others_are_installed(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "shop").start()
    own = shop.folder / ".git/hooks/pre-push"
    own.write_text("#!/bin/sh\nmake test\n")

    done = shop.run("init", "--hook", "commit-msg", "--hook", "pre-push")

    assert (done.code, done.out) == (3, "made .git/hooks/commit-msg\n")
    assert (
        said(done).what
        == f"there is a pre-push hook already, which changenote did not write: {own}"
    )
    assert said(done).retry == "safe, it was left as it is"
    assert said(done).next == f"To have both, add this line to it: {LINE}"
    assert own.read_text() == "#!/bin/sh\nmake test\n"
    assert os.access(own.with_name("commit-msg"), os.X_OK)


def test_of_two_hooks_of_somebody_elses_both_are_said(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "shop").start()
    for name in ("commit-msg", "pre-push"):
        (shop.folder / ".git/hooks" / name).write_text("#!/bin/sh\nmake test\n")

    done = shop.run("init", "--hook", "commit-msg", "--hook", "pre-push")

    assert (done.code, done.out) == (3, "")
    assert done.err.count("which changenote did not write") == 2
    assert "Everything is set up" not in done.err


def test_a_hook_that_calls_ours_is_enough(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "shop").start()
    own = shop.folder / ".git/hooks/pre-push"
    own.write_text(f"#!/bin/sh\nmake test\n{LINE}\n")

    done = shop.run("init", "--hook", "pre-push")

    assert done.err == "Everything is set up already. Nothing was changed.\n"


@pytest.fixture
def with_their_hook(no_note: Workshop, tmp_path: Path) -> dict[str, str]:
    """A hook that reads what git tells it, calls ours and goes on; the PATH has changenote."""
    hook = no_note.folder / ".git/hooks/pre-push"
    hook.write_text(f"#!/bin/sh\ncat >/dev/null\n{LINE}\necho theirs >&2\n")
    program = tmp_path / "bin/changenote"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m changenote "$@"\n')
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{PLAIN}"}


def test_the_line_in_somebody_elses_hook_stops_a_push_where_a_person_wants_that(
    no_note: Workshop, with_their_hook: dict[str, str]
) -> None:
    no_note.git("config", "changenote.block", "true")

    stopped = git(no_note, "push", "-q", "origin", "cache", **with_their_hook)

    assert stopped.code == 1
    assert "The push was stopped." in stopped.err
    assert "theirs" not in stopped.err
    assert not no_note.git("ls-remote", "origin", "cache")


def test_the_line_in_somebody_elses_hook_only_tells_otherwise(
    no_note: Workshop, with_their_hook: dict[str, str]
) -> None:
    told = git(no_note, "push", "-q", "origin", "cache", **with_their_hook)
    no_note.git("switch", "-q", "main")
    of_main = git(no_note, "push", "-q", "origin", "main", **with_their_hook)

    assert told.code == 0
    assert told.err.endswith("It is pushed all the same.\ntheirs\n")
    assert (of_main.code, of_main.err) == (0, "theirs\n")


@pytest.mark.parametrize("code", ["2", "70", "127"])
def test_the_line_stops_nothing_where_the_program_fails(
    no_note: Workshop, with_their_hook: dict[str, str], code: str
) -> None:
    program = Path(with_their_hook["PATH"].partition(":")[0]) / "changenote"
    program.write_text(f"#!/bin/sh\nexit {code}\n")

    done = git(no_note, "push", "-q", "origin", "cache", **with_their_hook)

    assert (done.code, done.err) == (0, "theirs\n")


def test_a_push_without_a_note_is_told_so_and_goes_ahead(no_note: Workshop) -> None:
    done = git(no_note, "push", "-q", "origin", "cache")

    assert (done.code, done.out) == (0, "")
    assert "missing: `changenote new` writes one\n  - app/totals.py\n" in done.err
    assert done.err.endswith("It is pushed all the same.\n")
    assert no_note.git("ls-remote", "origin", "cache")


def test_a_push_with_a_note_says_which(branch: Workshop) -> None:
    git(branch, "commit", "-q", "-m", "Cache totals")

    done = git(branch, "push", "-q", "origin", "cache")

    assert (done.code, done.err) == (0, "present: Cache cart totals per session\n")


def test_a_push_is_stopped_where_a_person_wants_that(no_note: Workshop) -> None:
    no_note.git("config", "changenote.block", "yes")

    stopped = git(no_note, "push", "-q", "origin", "cache")
    verified = git(no_note, "push", "-q", "--no-verify", "origin", "cache")

    assert stopped.code == 1
    assert "The push was stopped. `git push --no-verify` goes ahead." in stopped.err
    assert verified.code == 0


@pytest.mark.parametrize("what", [["main"], ["HEAD:main"], ["v1"], ["other"], [":gone"]])
def test_nothing_is_said_of_what_is_no_branch_of_changes(
    no_note: Workshop, what: list[str]
) -> None:
    no_note.git("tag", "v1")
    no_note.git("branch", "other")
    no_note.git("push", "-q", "--no-verify", "origin", "main:gone")

    done = git(no_note, "push", "-q", "origin", *what)

    assert (done.code, done.err) == (0, "")


def test_hooks_can_be_left_out(no_note: Workshop) -> None:
    no_note.git("config", "changenote.block", "true")

    done = git(no_note, "push", "-q", "origin", "cache", CHANGENOTE_HOOKS="0")
    alone = no_note.run("hook", "pre-push", given="x", CHANGENOTE_HOOKS="0")

    assert (done.code, done.err) == (0, "")
    assert (alone.code, alone.out, alone.err) == (0, "", "")


def test_a_push_goes_ahead_where_it_cannot_be_known(no_note: Workshop) -> None:
    (no_note.folder / "changes/config.yaml").write_text("default_branch: trunk\n")

    done = git(no_note, "push", "-q", "origin", "cache")

    assert done.code == 0
    assert done.err.startswith("changenote could not look for a note: ")


@pytest.mark.parametrize("code", ["1", "2", "70", "127"])
def test_a_program_that_fails_stops_nothing(branch: Workshop, tmp_path: Path, code: str) -> None:
    broken = tmp_path / "bin/changenote"
    broken.parent.mkdir()
    broken.write_text(f"#!/bin/sh\nexit {code}\n")
    broken.chmod(0o755)
    path = f"{broken.parent}:{PLAIN}"

    commit = git(branch, "commit", "-q", "-m", "Cache totals", PATH=path)
    push = git(branch, "push", "-q", "origin", "cache", PATH=path)

    assert (commit.code, push.code) == (0, 0)


@pytest.mark.parametrize(
    ("words", "broken"),
    [(("commit-msg", "x"), "_name_notes"), (("pre-push", "--block"), "_is_pushed")],
)
def test_a_bug_of_ours_is_told_and_stops_no_commit_and_no_push(
    no_note: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    broken: str,
) -> None:
    monkeypatch.chdir(no_note.folder)
    monkeypatch.setattr(hook, broken, lambda *_: 1 / 0)

    code = hook.command.main([*words], standalone_mode=False)

    assert code == 0
    assert "something went wrong that should not: ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["commit-msg", "x"], ["pre-push"]], ids=" ".join)
def test_a_bug_of_ours_before_a_hook_looks_at_anything_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setattr(hook, "_is_off", lambda: 1 / 0)

    code = cli.carry_out(["hook", *words])

    assert code == 0
    assert "something went wrong that should not: ZeroDivisionError" in capsys.readouterr().err


def test_a_repository_of_our_name_is_not_run_by_the_hook(branch: Workshop) -> None:
    branch.write("changenote.py", "raise SystemExit(print('hijacked'))\n")

    done = git(branch, "commit", "-q", "-m", "Cache totals")

    assert (done.out, done.err) == ("", "")
    assert message(branch).endswith(ID)


def test_pre_commit_tells_what_is_pushed_in_its_own_way(no_note: Workshop) -> None:
    told = {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/cache"}
    there = {"PRE_COMMIT_REMOTE_BRANCH": "refs/heads/cache"}

    done = no_note.run("hook", "pre-push", **told, **there)
    blocked = no_note.run("hook", "pre-push", "--block", **told, **there)
    default = no_note.run("hook", "pre-push", **told, PRE_COMMIT_REMOTE_BRANCH="refs/heads/main")

    assert (done.code, blocked.code, default.code) == (0, 1, 0)
    assert done.out == blocked.out != default.out == ""
