"""Repositories that are not as one would wish: a plain error and no loss, or a right note."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from changenote import git
from changenote.forge.links import parse_remote
from changenote.store import codec
from tests import repositories
from tests.house import read_note, said, valid_note
from tests.workshop import COMPLETE, Done, Workshop


@pytest.fixture
def plain(tmp_path: Path) -> Workshop:
    """A folder that belongs to no repository, with one note; a home of its own."""
    (tmp_path / "plain").mkdir()
    shop = Workshop(tmp_path / "plain", {"HOME": str(tmp_path / "home")})
    valid_note(shop)
    return shop


def files_of(workshop: Workshop, done: Done) -> list[dict[str, str]]:
    """The files that the new note lists."""
    data = codec.load(read_note(workshop, done).encode()).data
    return [{k: str(v) for k, v in entry.items()} for entry in data["files"]]


# --- No repository, no commit, half of the history ------------------------------------------------


@pytest.mark.parametrize("arguments", [["new", *COMPLETE], ["init"], ["trace", "README.md:1"]])
def test_what_needs_git_says_so_outside_of_a_repository(
    plain: Workshop, arguments: list[str]
) -> None:
    done = plain.run(*arguments)

    assert done.code == 3
    assert said(done).what == f"{plain.folder} is not in the work tree of a git repository"
    assert len(plain.notes()) == 1


def test_options_typed_outside_of_a_repository_are_taken_up_inside_one(
    plain: Workshop, workshop: Workshop
) -> None:
    kept = said(plain.run("new", *COMPLETE))
    done = workshop.run("new", "--from", str(kept.kept), "--json")

    assert f"`changenote new --from {kept.kept}` takes it up again." in kept.next
    assert (done.data["status"], done.data["problems"]) == ("shipped", [])


def test_nothing_typed_leaves_nothing_behind(plain: Workshop) -> None:
    done = plain.run("new")

    assert said(done).retry == "safe, nothing was written"
    assert not (plain.folder.parent / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["list"], "20251120-g00d00"),
        (["show", "g00d00"], "Cache cart totals per session"),
        (["check"], "nothing found in 1 file"),
        (["rollback", "--last"], "./flags set cart_total_cache off --env production"),
        (["rollback", "g00d00", "--commands"], "./flags set cart_total_cache off"),
        (["trace", "app/cart"], "20251120-g00d00"),
        (["search", "basket"], "20251120-g00d00"),
    ],
)
@pytest.mark.parametrize("folder", [".", "a/sub-folder"])
def test_notes_can_be_read_in_a_plain_folder_without_git(
    plain: Workshop, arguments: list[str], expected: str, folder: str
) -> None:
    here = Workshop(plain.folder / folder)
    here.folder.mkdir(parents=True, exist_ok=True)
    if folder != "." and arguments[0] == "trace":
        arguments = ["trace", "../../app/cart"]

    done = here.run(*arguments, PATH="")

    assert (done.code, done.err) == (0, "")
    assert expected in done.out


def test_without_git_on_the_machine_new_says_what_is_missing(workshop: Workshop) -> None:
    done = workshop.run("new", *COMPLETE, PATH="")

    assert done.code == 3
    assert said(done).what == "git was not found"
    assert "title: Cache cart totals per session" in said(done).kept.read_text()


def test_a_repository_without_commits_has_nothing_to_note(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "new").start()

    done = shop.run("new", *COMPLETE)
    traced = shop.run("trace", "x:1")
    (shop.folder / "changes").mkdir()
    traced = shop.run("trace", "x:1")

    assert done.code == traced.code == 3
    assert said(done).what == said(traced).what == "this repository has no commit yet"
    assert "title: Cache cart totals per session" in said(done).kept.read_text()
    assert shop.git("status", "--porcelain") == ""
    assert shop.run("list").code == shop.run("check").code == 0


def test_a_note_is_taken_up_after_the_first_commit(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "new").start()
    kept = said(shop.run("new", *COMPLETE)).kept
    shop.commit("Start the shop", {"app.py": "x = 1\n"})

    done = shop.run("new", "--from", str(kept), "--json")

    assert (done.data["status"], done.data["problems"]) == ("shipped", [])


@pytest.mark.parametrize("more", [[], ["--base=v2.13.0"]], ids=["", "with a base"])
def test_a_repository_that_git_refuses_is_not_taken_for_an_empty_one(
    workshop: Workshop, more: list[str]
) -> None:
    (workshop.folder / ".git/HEAD").unlink()

    done = workshop.run("new", *COMPLETE, *more)

    assert done.code == 3
    assert said(done).what.startswith("git rev-parse failed: not a git repository")
    assert "title: Cache cart totals per session" in said(done).kept.read_text()
    assert workshop.notes() == []


@pytest.fixture
def shallow(workshop: Workshop, tmp_path: Path) -> Workshop:
    """A clone with the newest commit alone."""
    workshop.git("clone", "-q", "--depth=1", f"file://{workshop.folder}", str(tmp_path / "clone"))
    return Workshop(tmp_path / "clone")


def test_a_shallow_clone_does_not_pass_off_all_files_as_the_change(shallow: Workshop) -> None:
    done = shallow.run("new", *COMPLETE)

    assert done.code == 3
    assert said(done).what == "this clone is shallow: the commits before the change are not in it"
    assert said(done).next.startswith("`git fetch --unshallow` brings them.")
    assert "title: Cache cart totals per session" in said(done).kept.read_text()
    assert shallow.notes() == []


def test_a_base_outside_of_a_shallow_clone_is_named(shallow: Workshop, workshop: Workshop) -> None:
    outside = workshop.git("rev-parse", "v2.13.0")

    done = shallow.run("new", "--base", outside, *COMPLETE)

    assert done.code == 2
    assert said(done).what == f"git knows no commit '{outside}'"
    assert "`git fetch --unshallow` brings the rest." in said(done).next


# --- Other places to stand in a repository --------------------------------------------------------


def test_a_worktree_has_its_own_notes_and_keeps_git_clean(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Workshop(tmp_path / "side")

    done = side.run("new", *COMPLETE)
    kept = said(side.run("new", "--title=Another", "--base=nowhere")).kept

    assert done.code == 0
    assert len(side.notes()) == 1
    assert kept.is_relative_to(side.folder)
    assert side.git("status", "--porcelain") == "?? changes/"
    assert workshop.git("status", "--porcelain") == ""


def test_a_bare_repository_has_no_work_tree_for_notes(tmp_path: Path) -> None:
    bare = Workshop(repositories.bare(tmp_path).folder, {"HOME": str(tmp_path / "home")})
    before = sorted(p.name for p in bare.folder.iterdir())

    done = bare.run("new", *COMPLETE)

    assert done.code == 3
    assert said(done).what == f"{bare.folder} is not in the work tree of a git repository"
    assert "title: Cache cart totals per session" in said(done).kept.read_text()
    assert sorted(p.name for p in bare.folder.iterdir()) == before


def test_in_a_sub_folder_paths_count_from_there_and_the_note_goes_to_the_top(
    workshop: Workshop,
) -> None:
    deep = Workshop(workshop.folder / "app" / "cart")

    done = deep.run("new", *COMPLETE, "--file=totals.py", "--file=../../etc/cart.conf")

    assert done.code == 0
    assert [f["path"] for f in files_of(workshop, done)] == [
        "app/cart/totals.py",
        "etc/cart.conf",
    ]
    assert deep.run("trace", "totals.py").out == deep.run("trace", "../cart").out != ""
    assert deep.run("check", "../../changes").code == 0


def test_a_project_in_a_folder_of_a_repository_traces_the_repositorys_paths(
    workshop: Workshop,
) -> None:
    workshop.commit("Set up", {"web/changes/config.yaml": "title: Web\n", "web/page.js": "1\n"})
    web = Workshop(workshop.folder / "web")

    done = web.run("new", *COMPLETE, "--base=v2.13.0")

    assert done.code == 0
    assert len(web.notes()) == 1
    assert web.run("trace", "page.js").out.startswith(done.out[13:28])
    assert web.run("trace", "page.js:1").out.startswith(done.out[13:28])


def test_a_notes_folder_that_is_a_link_is_written_through(
    workshop: Workshop, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (workshop.folder / "changes").symlink_to(tmp_path / "elsewhere")

    done = workshop.run("new", *COMPLETE)

    assert done.code == 0
    assert len(list((tmp_path / "elsewhere").glob("*/*.yaml"))) == 1


def test_a_folder_that_is_gone_is_an_error_of_the_environment(tmp_path: Path) -> None:
    script = "mkdir gone && cd gone && rmdir ../gone && exec $0 -m changenote list"

    result = subprocess.run(
        ["sh", "-c", script, sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 3
    assert said(Done(result.returncode, result.stdout, result.stderr)).what


# --- What was asked for ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--base=nowhere"], "git knows no commit 'nowhere'"),
        (["--head=nowhere"], "git knows no commit 'nowhere'"),
        (["--base=--output=x"], "git knows no commit '--output=x'"),
        (["--base=HEAD:README.md"], "git knows no commit 'HEAD:README.md'"),
        (["--base=HEAD^{tree}"], "git knows no commit 'HEAD^{tree}'"),
        (["--base=v2.13.0..HEAD"], "git knows no commit 'v2.13.0..HEAD'"),
        (["--base="], "git knows no commit ''"),
        (["--base=HEAD", "--head=v2.13.0"], "HEAD does not come before SHA but after it"),
    ],
)
def test_a_base_or_head_that_cannot_be_is_named_and_what_was_typed_kept(
    workshop: Workshop, arguments: list[str], what: str
) -> None:
    done = workshop.run("new", *COMPLETE, *arguments)
    retried = workshop.run("new", "--from", str(said(done).kept), "--json")

    assert done.code == 2
    assert said(done).what == what.replace("SHA", workshop.git("rev-parse", "v2.13.0")[:12])
    assert not (workshop.folder / "x").exists()
    assert (retried.data["status"], retried.data["problems"]) == ("shipped", [])


def test_a_base_that_moved_on_does_not_count_its_own_changes(workshop: Workshop) -> None:
    workshop.git("checkout", "-q", "-b", "branch")
    workshop.commit("On the branch", {"branch.py": "1\n"})
    workshop.git("checkout", "-q", "main")
    workshop.commit("On main", {"main.py": "main\n"})
    workshop.git("checkout", "-q", "branch")

    done = workshop.run("new", *COMPLETE, "--base=main")

    assert [f["path"] for f in files_of(workshop, done)] == ["branch.py"]


# --- Names of files -------------------------------------------------------------------------------

NAMES: list[tuple[str | bytes, str | None]] = [
    ("with space.py", "with space.py"),
    ("trailing ", "trailing "),
    (" leading", " leading"),
    ("-leading-dash.py", "-leading-dash.py"),
    ("--rm -rf", "--rm -rf"),
    ("HEAD", "HEAD"),
    ("it's.py", "it's.py"),
    ('with "quotes".py', 'with "quotes".py'),
    ('"quoted"', r'"\"quoted\""'),
    ("new\nline.py", r'"new\nline.py"'),
    ("tab\there.py", r'"tab\there.py"'),
    (b"caf\xe9.py", r'"caf\351.py"'),
    ("café.py", "café.py"),
    ("cafe\u0301.py", "cafe\u0301.py"),
    ("emoji 👩‍💻🏴\U000e0067\U000e0062\U000e0065\U000e007f.py", None),
    ("back\\slash.py", "back\\slash.py"),
    ("\\start", r'"\\start"'),
    ("a:3", r'"a:3"'),
    ("C:drive", r'"C:drive"'),
    ("colon: and # hash", "colon: and # hash"),
    ("# hash", "# hash"),
    ("{brace}, [list]", "{brace}, [list]"),
    ("0644", "0644"),
    ("null", "null"),
    ("yes", "yes"),
    (":(top)magic", ":(top)magic"),
    ("*", "*"),
    ("....", "...."),
    ("\x1b[31mred", r'"\033[31mred"'),
    ("gpj\u202eexe", r'"gpj\342\200\256exe"'),
    ("zero\u200bwidth", r'"zero\342\200\213width"'),
    ("zero\u200djoiner", r'"zero\342\200\215joiner"'),
    ("line\u2028separator", r'"line\342\200\250separator"'),
    (b"caf\xe9/inside", r'"caf\351/inside"'),
    ("x" * 250, "x" * 250),
]


@pytest.mark.parametrize(("name", "written"), NAMES, ids=[ascii(name)[:30] for name, _ in NAMES])
def test_a_name_that_could_be_misread_is_written_as_git_quotes_it(
    name: str | bytes, written: str | None
) -> None:
    path = os.fsdecode(name)

    assert git.written_path(path) == (written or name)
    assert git.real_path(git.written_path(path)) == path


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("app/cart.py", "app/cart.py"),
        (r'"caf\351/tab\there.py"', "caf%E9/tab%09here.py"),
        ("# hash?.py", "%23%20hash%3F.py"),
    ],
)
def test_a_file_by_any_name_has_its_address_on_the_forge(written: str, address: str) -> None:
    repository = parse_remote("git@github.com:acme/shop.git")

    assert repository
    assert repository.blob("main", written) == f"https://github.com/acme/shop/blob/main/{address}"


def test_trace_finds_what_is_below_a_folder_of_any_name(workshop: Workshop) -> None:
    workshop.write(os.fsdecode(b"caf\xe9/inside"), "one\n")
    workshop.commit("Add an odd name")
    new = workshop.run("new", *COMPLETE)

    done = workshop.run("trace", os.fsdecode(b"caf\xe9"))

    assert done.out.startswith(new.out[13:28])


def test_trace_names_a_path_that_cannot_be_in_a_note(workshop: Workshop) -> None:
    workshop.run("new", *COMPLETE)

    outside = workshop.run("trace", "../elsewhere")
    unknown = workshop.run("trace", "never/was.py:3")
    beyond = workshop.run("trace", "README.md:99")

    assert outside.code == unknown.code == beyond.code == 2
    assert said(outside).what == f"../elsewhere is outside of {workshop.folder}"
    assert said(unknown).what.startswith("git cannot say who wrote never/was.py:3: ")
    assert said(beyond).what == (
        "git cannot say who wrote README.md:99: file README.md has only 1 line"
    )


# --- What a range can hold ------------------------------------------------------------------------


def test_a_range_of_many_renames_is_listed_to_the_limit_and_counted_beyond(
    workshop: Workshop,
) -> None:
    text = "".join(f"line {n}\n" for n in range(9))
    workshop.commit("Add", {f"old/file {n}.py": f"{n}\n{text}" for n in range(520)})
    workshop.git("mv", "old", "new")
    workshop.write("new/file 0.py", f"0\n{text}more\n")
    workshop.commit("Move everything")

    done = workshop.run("new", *COMPLETE, "--base=HEAD~1")
    files = files_of(workshop, done)
    note_id = done.out[13:28]

    assert len(files) == 500
    assert files[0] == {
        "path": "new/file 0.py",
        "change": "renamed",
        "from": "old/file 0.py",
        "added": "1",
    }
    assert {f["change"] for f in files} == {"renamed"}
    assert "files_omitted:\n  more: 20\n" in read_note(workshop, done)
    assert workshop.run("check").code == 0
    assert workshop.run("trace", "old/file 0.py").out.startswith(note_id)
    assert "  and 500 more\n" in workshop.run("show", note_id).out


def test_trace_says_when_a_note_only_counts_the_file_that_is_asked_about(
    workshop: Workshop,
) -> None:
    workshop.commit("Lock", {"package-lock.json": "{}\n", "app/cart/new.py": "1\n"})
    done = workshop.run("new", *COMPLETE, "--base=HEAD~1")
    note_id = done.out[13:28]

    file = workshop.run("trace", "package-lock.json")
    line = workshop.run("trace", "package-lock.json:1")

    assert (file.code, file.out) == (0, "")
    assert file.err == (
        "No note touched package-lock.json, as far as notes list their files; "
        f"some only count them: {note_id}.\n"
    )
    assert line.out.startswith(note_id)
    assert line.err == ""


def test_a_range_of_many_changes_names_the_newest_and_says_so(workshop: Workshop) -> None:
    stream = "".join(
        f"commit refs/heads/main\ncommitter Dev {n} <dev{n}@example.com> {1_800_000_000 + n} +0000\n"
        f"data <<END\nChange number {n} (#{n})\n\nCloses #{n + 1000}\nEND\n\n"
        + ("from refs/heads/main^0\n" if n == 1 else "")
        + f"M 100644 inline file\ndata <<END\n{n}\nEND\n\n"
        for n in range(1, 301)
    )
    workshop.git("fast-import", "--quiet", given=stream.encode())
    workshop.git("reset", "-q", "--hard")

    done = workshop.run("new", *COMPLETE)
    note = codec.load(read_note(workshop, done).encode()).data

    assert done.err == (
        "Since tag v2.13.0: 301 commits, 3 files (+4 −1), 301 pull requests. Of pull requests, "
        "issues and authors the newest 100 are named. `--base REV` says where the change began.\n"
        "  complete: nothing is missing\n"
    )
    pulls = [f"https://github.com/acme/shop/pull/{n}" for n in range(201, 301)]
    issues = [f"https://github.com/acme/shop/issues/{n}" for n in range(1201, 1301)]
    assert note["source"]["pull_requests"] == pulls
    assert note["source"]["issues"] == issues
    assert note["authors"] == [f"Dev {n} <dev{n}@example.com>" for n in range(201, 301)]
    assert workshop.run("check", "--strict").code == 0


def test_a_submodule_that_moved_is_a_file_of_the_note(tmp_path: Path) -> None:
    workshop = repositories.with_a_moved_submodule(tmp_path)

    done = workshop.run("new", *COMPLETE, "--base=HEAD~1")

    assert files_of(workshop, done) == [
        {"path": "vendor/library", "change": "modified", "added": "1", "removed": "1"}
    ]
    assert workshop.run("check").code == 0
    assert workshop.run("trace", "vendor/library").out.startswith(done.out[13:28])
    assert said(workshop.run("trace", "vendor/library:1")).what.startswith(
        "git cannot say who wrote vendor/library:1"
    )


def test_a_notes_folder_full_of_other_things_keeps_them_and_reports_each(
    workshop: Workshop,
) -> None:
    others = ["1234.feature.rst", "+orphan.misc.md", "template.jinja", "2025/old.md", "old/a.rst"]
    workshop.commit("Add news", {f"changes/{name}": "news\n" for name in others})

    new = workshop.run("new", *COMPLETE)
    checked = workshop.run("check", "--format=json")

    assert new.code == 0
    assert checked.code == 1
    errors = [f for f in checked.data["findings"] if f["severity"] == "error"]
    assert [(f["file"], f["rule"]) for f in errors] == [
        ("changes/+orphan.misc.md", "stray-file"),
        ("changes/1234.feature.rst", "stray-file"),
        ("changes/2025/old.md", "stray-file"),
        ("changes/old", "stray-file"),
        ("changes/template.jinja", "stray-file"),
    ]
    assert checked.data["files"] == 6
    assert workshop.run("list").err == ""
    assert all((workshop.folder / "changes" / name).read_text() == "news\n" for name in others)


# --- What a commit's message can hold -------------------------------------------------------------


def commit_raw(workshop: Workshop, message: bytes, *options: str) -> str:
    """A commit whose message has exactly these bytes; its id."""
    workshop.write("README.md", f"Shop {message[:20]!r}\n")
    workshop.git("add", "-A")
    workshop.git(*options, "commit", "-q", "--allow-empty-message", "-F", "-", given=message)
    return workshop.git("rev-parse", "HEAD")


WORDS = "word " * 30

MESSAGES = {
    "a short subject": (b"wip", "Wip (commit SHA)", None),
    "one word of 300 letters": (b"x" * 300, "X" + "x" * 98 + "…", None),
    "a short word and a long one": (b"Fix " + b"x" * 300, "Fix " + "x" * 95 + "…", None),
    "a long sentence": (WORDS.encode(), "Word" + " word" * 18 + "…", None),
    "text that YAML and templates know": (
        b"{{ 7*7 }} <script>: # - [x] & *y !!python",
        "{{ 7*7 }} <script>: # - [x] & *y !!python",
        None,
    ),
    "control characters": (
        b"Red \x1b[31m text\x07 here\n\nBody \x01with\x1b[2J them.",
        "Red [31m text here",
        "Body with[2J them.",
    ),
    "bytes that are not UTF-8": (b"Caf\xe9 \xff hours\n\nNa\xefve.", "Café ÿ hours", "Naïve."),
}


@pytest.mark.parametrize(("message", "title", "reason"), MESSAGES.values(), ids=list(MESSAGES))
def test_any_message_gives_a_draft_that_every_command_can_read(
    workshop: Workshop, message: bytes, title: str, reason: str | None
) -> None:
    sha = commit_raw(workshop, message)

    done = workshop.run("new", "--yes", "--base=HEAD~1")
    note = codec.load(read_note(workshop, done).encode()).data

    assert done.code == 0
    assert note["title"] == title.replace("SHA", sha[:12])
    assert note.get("reason") == reason
    assert workshop.run("show", done.out[13:28]).out.startswith(f"{note['title']}  [draft]\n")
    assert workshop.run("check").code == 0


def test_a_message_in_another_encoding_is_read_as_its_author_wrote_it(workshop: Workshop) -> None:
    commit_raw(
        workshop,
        "Café déjà vu\n\nNaïve.".encode("latin-1"),
        "-c",
        "i18n.commitEncoding=latin-1",
    )

    text = read_note(workshop, workshop.run("new", "--yes", "--base=HEAD~1"))

    assert "\ntitle: Café déjà vu\n" in text
    assert "\nreason: Naïve.\n" in text


def test_an_empty_message_gives_a_draft_that_asks_for_a_title(workshop: Workshop) -> None:
    commit_raw(workshop, b"")

    options = [option for option in COMPLETE if "--title" not in option]
    done = workshop.run("new", *options, "--base=HEAD~1")

    assert done.code == 0
    assert "\ntitle: Untitled change\n" in read_note(workshop, done)
    assert done.err == (
        "Since HEAD~1: 1 commit, 1 file (+1 −1).\n"
        "  a draft, because it still lacks:\n"
        "    title                  what changed, in one line\n"
        f"  next: changenote edit {done.out[13:28]}\n"
    )
    assert workshop.run("list").out.startswith(done.out[13:28])


def test_a_message_of_a_megabyte_gives_a_note_of_a_page(workshop: Workshop) -> None:
    log = "\n".join(f"line {n} of a log that somebody pasted" for n in range(28_000))
    commit_raw(workshop, b"Paste a log\n\n" + log.encode())

    done = workshop.run("new", "--yes", "--base=HEAD~1")
    text = read_note(workshop, done)

    assert done.code == 0
    assert len(text) < 4_000
    assert "\n  line 1 of a log that somebody pasted\n" in text
    assert workshop.run("show", done.out[13:28]).code == 0


def test_a_title_that_is_too_long_is_kept_and_reported(workshop: Workshop) -> None:
    done = workshop.run("new", *COMPLETE, "--title=" + "very long " * 20, "--json")
    note = codec.load((workshop.folder / done.data["path"]).read_bytes()).data

    assert done.code == 1
    assert note["title"] == "very long " * 20
    assert [(p["where"], p["rule"]) for p in done.data["problems"]] == [("title", "bad-length")]
