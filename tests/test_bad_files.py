"""Files that are broken, out of reach, or half written: every one is reported, none is lost."""

import os
import re
import shlex
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.house import NOTE, said, valid_note
from tests.limits import NO_RIGHTS, no_file_above
from tests.workshop import COMPLETE, IDENTITY, Done, Workshop

# --- Notes that cannot be understood --------------------------------------------------------------

CONFLICT = """\
<<<<<<< HEAD
kind: performance
=======
kind: cache
>>>>>>> other
"""
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

BROKEN: dict[str, tuple[str | bytes, str, str, str]] = {
    "a tab": (NOTE.replace("  strategy", "\tstrategy"), "13:1", "yaml-syntax", "a tab"),
    "a key twice": (NOTE + "title: Another\n", "25:1", "duplicate-key", "title again"),
    "a merge conflict": (
        NOTE.replace("kind: feature\n", CONFLICT),
        "4:1",
        "merge-conflict",
        "a merge conflict marker, <<<<<<<",
    ),
    "two documents": (NOTE + "---\n" + NOTE, "25:1", "yaml-documents", "a second document"),
    "an alias bomb": (BOMB, "1:4", "yaml-alias", "an anchor, &a"),
    "a NUL": (NOTE.replace("p95 of", "p95\0of"), "10:12", "yaml-syntax", "U+0000"),
    "an escape character": (
        NOTE.replace("title: Cache", 'title: "\\e[31mCache').replace("session\n", 'session"\n'),
        "3:8",
        "yaml-syntax",
        "U+001B",
    ),
    "two megabytes": (NOTE + f"x: {{y: {'z' * 2_000_000}}}\n", "1:1", "too-big", "2,000,7"),
    "nothing": ("", "1:1", "wrong-type", "nothing"),
    "only a comment": ("# nothing yet\n", "1:1", "wrong-type", "nothing"),
    "a list": ("- a\n- b\n", "1:1", "wrong-type", "a list of 2"),
    "a word": ("word\n", "1:1", "wrong-type", "word"),
    "another encoding": (
        NOTE.replace("p95 of", "café of").encode("latin-1"),
        "10:12",
        "yaml-syntax",
        "the byte 0xe9",
    ),
    "two bytes a letter": (NOTE.encode("utf-16"), "1:1", "yaml-syntax", "the byte 0xff"),
    "deep nesting": (f"a: {'[' * 900}{']' * 900}\n", "1:23", "yaml-syntax", "deeper nesting"),
    "too many values": (f"x: [{'1, ' * 30_000}1]\n", "1:59996", "yaml-syntax", "more values"),
    "a tag": (
        NOTE.replace("kind: feature", "kind: !!python/object/apply:os.system [id]"),
        "4:7",
        "yaml-tag",
        "a tag, ",
    ),
    "a bracket left open": (NOTE.replace("feature", "[feature"), "5:7", "yaml-syntax", "expected"),
}


def put(workshop: Workshop, number: int, text: str | bytes) -> str:
    """A note of that text (`ID` is filled in); its id."""
    note_id = f"20251121-{number:06}"
    raw = text if isinstance(text, bytes) else text.encode()
    path = workshop.note("", note_id)
    path.write_bytes(raw.replace(b"id: ID", f"id: {note_id}".encode()))
    return note_id


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Every broken note, three that only look odd, and things that are named like notes."""
    shop = Workshop(tmp_path_factory.mktemp("damaged") / "shop").start()
    for number, (text, *_) in enumerate(BROKEN.values()):
        put(shop, number, text)
    valid_note(shop)
    put(shop, 100, "\ufeff" + NOTE)
    put(shop, 101, NOTE.replace("\n", "\r\n"))
    year = shop.folder / "changes" / "2025"
    (year / "20251121-000200-folder.yaml").mkdir()
    (year / "20251121-000201-link.yaml").symlink_to(valid_note(shop).name)
    (year / "20251121-000202-nowhere.yaml").symlink_to("nowhere")
    os.mkfifo(year / "20251121-000203-pipe.yaml")
    (year / os.fsdecode(b"caf\xe9\x1b[31m.yaml")).write_text("x")
    return shop


LOOK_LIKE_NOTES = 4


def test_check_reports_every_broken_file_with_line_and_column(damaged: Workshop) -> None:
    done = damaged.run("check", "--format=json")
    found = {f["file"][13:28]: f for f in reversed(done.data["findings"]) if f["rule"] != "x"}
    first = {note_id: f"{f['line']}:{f['column']}" for note_id, f in found.items()}
    expected = {f"20251121-{n:06}": case for n, case in enumerate(BROKEN.values())}

    assert done.code == 1
    for note_id, (_, place, rule, words) in expected.items():
        findings = [f for f in done.data["findings"] if f["file"][13:28] == note_id]
        named = [f for f in findings if f["rule"] == rule and words in f["found"]]
        assert [f"{f['line']}:{f['column']}" for f in named][:1] == [place], findings
        assert named[0]["severity"] == "error"
        assert named[0]["expected"]
        assert named[0]["remedy"]
    assert "20251121-000100" not in first, "a byte order mark is fine"
    assert "20251121-000101" not in first, "Windows line ends are fine"


def test_check_says_of_what_is_no_file_what_it_expected(damaged: Workshop) -> None:
    done = damaged.run("check", "changes/2025")

    assert done.code == 1
    for name, words in {
        "20251121-000200-folder.yaml": "a folder named like the id of a note beside it",
        "20251121-000201-link.yaml": "links are not followed",
        "20251121-000202-nowhere.yaml": "links are not followed",
        "20251121-000203-pipe.yaml": "a note named <id>-<words>.yaml",
        "caf\\xe9\\x1b[31m.yaml": "a note named <id>-<words>.yaml",
    }.items():
        block = done.out.split(f"changes/2025/{name}:1:1: error: [stray-file]\n")[1]
        assert words in block.split("\n\n")[0]


@pytest.mark.parametrize(
    "arguments", [["list"], ["search", "basket"], ["trace", "app/cart"], ["rollback", "--last"]]
)
def test_the_other_notes_can_be_used_and_the_broken_ones_are_counted(
    damaged: Workshop, arguments: list[str]
) -> None:
    done = damaged.run(*arguments)
    count = len(BROKEN) + LOOK_LIKE_NOTES

    assert done.code == 0
    assert "Cache cart totals per session" in done.out
    told = f"{count} files could not be read: `changenote check` says why."
    assert done.err.splitlines()[0] == told


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=list(BROKEN))
def test_a_broken_note_is_an_error_with_its_place_and_a_command_that_says_more(
    damaged: Workshop, number: int
) -> None:
    _, place, rule, words = list(BROKEN.values())[number]

    shown = damaged.run("show", f"20251121-{number:06}")
    undone = damaged.run("rollback", f"20251121-{number:06}")
    more = damaged.run(*shlex.split(said(shown).next.split("`")[1])[1:])

    assert (shown.code, shown.out) == (1, "")
    if undone.code == 0:  # what is wrong is outside of the rollback, which can be read
        assert f"-note.yaml:{place}: found " in undone.err
        assert "Only the rollback of this note could be read." in undone.err
    else:
        assert (undone.code, undone.out, undone.err) == (1, "", shown.err)
    assert said(shown).what.startswith(f"changes/2025/20251121-{number:06}-note.yaml:{place}: ")
    assert words in said(shown).what
    assert more.code == 1
    assert f":{place}: error: " in more.out
    assert f"[{rule}]" in more.out


def test_an_id_of_what_only_looks_like_a_note_says_where_it_is(damaged: Workshop) -> None:
    done = damaged.run("show", "20251121-000201")

    assert done.code == 2
    assert said(done).next == (
        "changes/2025/20251121-000201-link.yaml is no note that can be read: "
        "`changenote check` says why."
    )


def test_fmt_leaves_every_byte_of_a_broken_note_alone(damaged: Workshop) -> None:
    broken = [
        damaged.folder / f"changes/2025/20251121-{n:06}-note.yaml" for n in range(len(BROKEN))
    ]
    before = [path.read_bytes() for path in broken]

    done = damaged.run("fmt", "--check")

    assert done.code == 1
    assert [path.read_bytes() for path in broken] == before
    for number, (_, place, _, words) in enumerate(BROKEN.values()):
        line = f"changes/2025/20251121-{number:06}-note.yaml:{place}: left alone: "
        assert any(text.startswith(line) and words in text for text in done.err.splitlines())


def test_fmt_and_check_refuse_a_path_that_is_no_note(workshop: Workshop) -> None:
    valid_note(workshop)
    workshop.write("changes/config.yaml", "title: Shop\n")

    for command, path, why in [
        ("fmt", "changes/config.yaml", "is not a note"),
        ("fmt", "README.md", "is not a note"),
        ("fmt", "changes/2025/none.yaml", "does not exist"),
        ("check", "README.md", "is not in changes/"),
        ("check", "changes/2025/none.yaml", "does not exist"),
    ]:
        done = workshop.run(command, path)
        assert done.code == 2
        assert said(done).what == f"{path} {why}"


def test_a_broken_note_is_mended_in_the_editor_byte_for_byte(workshop: Workshop) -> None:
    text, *_ = BROKEN["another encoding"]
    note_id = put(workshop, 1, text)
    (path,) = workshop.notes()
    before = path.read_bytes()

    refused = workshop.run("edit", note_id, EDITOR="true")
    kept = said(refused).kept.read_bytes()
    mended = workshop.run(
        "edit", note_id, EDITOR="""sh -c 'iconv -f latin1 -t utf8 "$0" >t && mv t "$0"'"""
    )

    assert refused.code == 1
    assert kept == before
    assert mended.code == 0
    assert path.read_bytes() == before.decode("latin-1").encode()


# --- Control and direction characters -------------------------------------------------------------

UNSAFE = [*map(chr, range(9)), *map(chr, range(11, 32)), *map(chr, range(127, 160))]
UNSAFE += [*"\u061c\u180e\u200b\u200e\u200f\u2028\u2029\ufeff", *map(chr, range(0x202A, 0x202F))]
UNSAFE += [*map(chr, range(0x2060, 0x2070)), "\U000e0041"]

HIDDEN = "\u202e\u2066\u061c\u200b\u2028\U000e0041\x85"


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "g00d00"],
        ["show", "g00d00", "--json"],
        ["list"],
        ["list", "--json"],
        ["search", "basket"],
        ["search", "basket", "--json"],
        ["rollback", "g00d00"],
        ["rollback", "g00d00", "--commands"],
        ["trace", "app", "--json"],
        ["check"],
        ["check", "--format=github"],
        ["check", "--format=json"],
        ["check", "--format=sarif"],
        ["show", HIDDEN],
        ["list", f"wrong{HIDDEN}:x"],
        ["new", f"--wrong{HIDDEN}"],
        ["trace", f"../{HIDDEN}"],
    ],
)
def test_no_character_of_a_note_or_an_option_can_act_on_a_terminal(
    workshop: Workshop, arguments: list[str]
) -> None:
    valid_note(workshop)
    (path,) = workshop.notes()
    text = path.read_text(encoding="utf-8")
    for word in ("totals", "basket", "flag_", "acme", "shop-web", "total_cache", "totals.py"):
        text = text.replace(word, word + HIDDEN)
    path.write_text(text.replace("per session", f"per {HIDDEN}session"), encoding="utf-8")

    done = workshop.run(*arguments)

    assert [ascii(c) for c in UNSAFE if c in done.out + done.err] == []
    assert done.out + done.err != ""


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
    ],
)
def test_text_beyond_ascii_is_written_and_shown_in_any_locale(
    workshop: Workshop, environment: dict[str, str]
) -> None:
    partial = "title: Zwölf Boxkämpfer 🎉\nreason: größer als zuvor\n"

    done = workshop.run("new", "--from=-", given=partial, **environment)
    listed = workshop.run("list", **environment)
    shown = workshop.run("show", workshop.notes()[0].name[:15], **environment)
    checked = workshop.run("check", **environment)

    assert (done.code, listed.code, shown.code, checked.code) == (0, 0, 0, 0)
    assert "\ntitle: Zwölf Boxkämpfer 🎉\n" in workshop.notes()[0].read_text(encoding="utf-8")
    assert "Boxk" in listed.out
    assert "Boxk" in shown.out


def test_bytes_of_an_option_that_are_not_utf8_are_seen_to_be_lost(workshop: Workshop) -> None:
    workshop.run("new", os.fsdecode(b"--title=caf\xe9 hours"), os.fsdecode(b"--file=caf\xe9"))

    text = workshop.notes()[0].read_text(encoding="utf-8")

    assert "\ntitle: caf\ufffd hours\n" in text
    assert r'{path: "\"caf\\351\""}' in text


# --- Where the output goes ------------------------------------------------------------------------


def shell(workshop: Workshop, line: str) -> subprocess.CompletedProcess[str]:
    """A line for a shell in which `cn` is changenote."""
    functions = f'cn() {{ "{sys.executable}" -m changenote "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", functions + line],
        cwd=workshop.folder,
        env={**os.environ, **IDENTITY, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "command", ["list", "show g00d00", "check", "search basket", "list --json"]
)
def test_a_reader_that_goes_away_is_no_error(workshop: Workshop, command: str) -> None:
    valid_note(workshop)
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-m", "changenote", *command.split()],
        cwd=workshop.folder,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "command", ["list", "show g00d00", "check", "list --json", "rollback --last"]
)
def test_closed_output_is_no_error_and_full_output_is_one(workshop: Workshop, command: str) -> None:
    valid_note(workshop)

    closed = shell(workshop, f"cn {command} >&-")
    silent = shell(workshop, f"cn {command} 2>&-")
    full = shell(workshop, f"cn {command} >/dev/full")

    assert (closed.returncode, closed.stderr) == (0, "")
    assert silent.returncode == 0
    assert full.returncode == 3
    assert full.stderr.startswith("changenote: no space left on device\n  expected: ")
    assert full.stderr.count("\n") == 4


# --- No permission --------------------------------------------------------------------------------


@pytest.fixture
def guarded(workshop: Workshop, tmp_path: Path) -> Workshop:
    """A repository with a note, whose home cannot be written to."""
    valid_note(workshop)
    (tmp_path / "home").mkdir(mode=0o555)
    (tmp_path / "temporary").mkdir()
    workshop.environment = {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "temporary"),
    }
    return workshop


def test_a_folder_that_cannot_be_written_to_costs_no_word(guarded: Workshop) -> None:
    changes = guarded.folder / "changes"
    changes.chmod(0o555)

    done = guarded.run("new", *COMPLETE, under=NO_RIGHTS)
    changes.chmod(0o755)
    retried = guarded.run(*shlex.split(said(done).next.split("`")[1])[1:], "--json")

    assert done.code == 3
    assert said(done).what.endswith("could not be written: permission was denied")
    assert (retried.data["status"], retried.data["problems"]) == ("shipped", [])


def test_what_was_given_is_kept_in_a_private_place_when_the_project_takes_nothing(
    guarded: Workshop, tmp_path: Path
) -> None:
    for folder in (guarded.folder / "changes", guarded.folder):
        folder.chmod(0o555)

    done = guarded.run("new", *COMPLETE, under=NO_RIGHTS)
    kept = said(done).kept

    assert done.code == 3
    assert kept.is_relative_to(tmp_path / "temporary")
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert "title: Cache cart totals per session" in kept.read_text()


def test_an_edit_that_cannot_be_saved_is_kept_and_taken_up_again(guarded: Workshop) -> None:
    year = guarded.folder / "changes" / "2025"
    year.chmod(0o555)

    refused = guarded.run("edit", "g00d00", EDITOR="sed -i s/Cache/Keep/", under=NO_RIGHTS)
    year.chmod(0o755)
    retried = guarded.run(
        *shlex.split(said(refused).next.split("`")[1])[1:], EDITOR="true", under=NO_RIGHTS
    )

    assert refused.code == 3
    assert "title: Keep cart totals per session" in said(refused).kept.read_text()
    assert retried.code == 0
    assert "title: Keep cart totals per session" in guarded.notes()[0].read_text()


def test_an_edited_new_note_that_cannot_be_saved_is_kept_and_taken_up_again(
    guarded: Workshop,
) -> None:
    changes = guarded.folder / "changes"
    changes.chmod(0o555)
    editor = "sed -i s/totals/sums/"

    refused = guarded.run("new", "--edit", *COMPLETE, EDITOR=editor, under=NO_RIGHTS)
    changes.chmod(0o755)
    retried = guarded.run(*shlex.split(said(refused).next.split("`")[-2])[1:], EDITOR="true")

    assert refused.code == 3
    assert "title: Cache cart sums per session" in said(refused).kept.read_text()
    assert retried.code == 0
    assert "\ntitle: Cache cart sums per session\n" in guarded.notes()[-1].read_text()
    assert "\nstatus: shipped\n" in guarded.notes()[-1].read_text()


def test_a_note_without_read_permission_is_reported_and_never_opened_as_an_empty_one(
    guarded: Workshop,
) -> None:
    put(guarded, 1, NOTE)
    path = guarded.notes()[-1]
    path.chmod(0)

    commands = [["show", "000001"], ["rollback", "000001"], ["edit", "000001"]]
    refused = [guarded.run(*c, under=NO_RIGHTS, EDITOR="sed -i s/a/b/") for c in commands]
    listed = guarded.run("list", under=NO_RIGHTS)
    checked = guarded.run("check", under=NO_RIGHTS)
    formatted = guarded.run("fmt", under=NO_RIGHTS)
    written = guarded.run("new", *COMPLETE, under=NO_RIGHTS)
    path.chmod(0o644)

    place = "changes/2025/20251121-000001-note.yaml:1:1"
    assert [done.code for done in refused] == [1, 1, 1]
    assert {said(done).what for done in refused} == {f"{place}: permission denied"}
    assert listed.err == "1 file could not be read: `changenote check` says why.\n"
    assert len(listed.out.splitlines()) == 1
    assert checked.code == 1
    assert f"{place}: error: [unreadable]\n  found:    permission denied\n" in checked.out
    assert f"{place}: left alone: permission denied" in formatted.err
    assert written.code == 0
    assert path.read_text() == NOTE.replace("ID", "20251121-000001")


def test_a_year_without_read_permission_is_reported_and_the_others_can_be_used(
    guarded: Workshop,
) -> None:
    guarded.note(NOTE.replace("ID", "20241120-k3f9xq"), "20241120-k3f9xq")
    year = guarded.folder / "changes" / "2024"
    year.chmod(0)

    listed = guarded.run("list", under=NO_RIGHTS)
    checked = guarded.run("check", under=NO_RIGHTS)
    shown = guarded.run("show", "k3f9xq", under=NO_RIGHTS)
    written = guarded.run("new", *COMPLETE, under=NO_RIGHTS)
    year.chmod(0o755)

    assert listed.out.startswith("20251120-g00d00")
    assert listed.err == "1 file could not be read: `changenote check` says why.\n"
    assert "changes/2024:1:1: error: [unreadable]\n" in checked.out
    assert (checked.code, shown.code, written.code) == (1, 2, 0)


@pytest.mark.parametrize("arguments", [["list"], ["check"], ["show", "g00d00"], ["new", *COMPLETE]])
def test_a_notes_folder_without_read_permission_is_an_error_of_the_environment(
    guarded: Workshop, arguments: list[str]
) -> None:
    changes = guarded.folder / "changes"
    changes.chmod(0)

    done = guarded.run(*arguments, under=NO_RIGHTS)
    changes.chmod(0o755)

    assert done.code == 3
    assert "permission denied" in said(done).what
    if arguments[0] == "new":
        assert "title: Cache cart totals per session" in said(done).kept.read_text()


def test_init_that_cannot_write_says_which_file(guarded: Workshop) -> None:
    guarded.folder.chmod(0o555)
    (guarded.folder / "changes").chmod(0o555)

    done = guarded.run("init", under=NO_RIGHTS)

    assert done.code == 3
    assert said(done).what == (
        f"{guarded.folder}/changes/config.yaml could not be written: permission was denied"
    )


BUG = """
import sys
from changenote import cli
from changenote.capture import changes
changes.gather = lambda *arguments, **more: 1 / 0
cli.main()
"""
"""Runs changenote with a mistake in it."""


def test_a_bug_of_ours_is_a_log_that_is_named_and_costs_no_word(guarded: Workshop) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUG, "new", *COMPLETE],
        cwd=guarded.folder,
        env={**os.environ, **IDENTITY, **guarded.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    kept = re.match(r"What you gave is kept in (\S+)\.\n", done.stderr)
    error = said(Done(done.returncode, done.stdout, done.stderr))
    log = re.fullmatch(r"please report it with the log, (\S+)", error.next)

    assert done.returncode == 70
    assert error.what == "something went wrong that should not: ZeroDivisionError"
    assert kept
    assert "title: Cache cart totals per session" in Path(kept[1]).read_text()
    assert log
    assert "ZeroDivisionError: division by zero" in Path(log[1]).read_text()


TELLING_BUG = """
import sys
from changenote import cli
from changenote.store import notes
def fail(*arguments, **more):
    raise RuntimeError("\\udcff at https://dana:s3cr3t-w0rd@git.example/shop.git")
notes.listed = fail
cli.main()
"""


def test_the_log_of_a_bug_has_no_secret_and_takes_any_text(workshop: Workshop) -> None:
    valid_note(workshop)

    done = subprocess.run(
        [sys.executable, "-c", TELLING_BUG, "check"],
        cwd=workshop.folder,
        env={**os.environ, **IDENTITY},
        capture_output=True,
        text=True,
        check=False,
    )
    error = said(Done(done.returncode, done.stdout, done.stderr))
    log = Path(error.next.removeprefix("please report it with the log, ")).read_text()

    assert done.returncode == 70
    assert "RuntimeError: \\udcff at https://" in log
    assert "s3cr3t-w0rd" not in log


# --- Something else in the way --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["changes", "changes/YEAR"])
def test_a_file_where_a_folder_should_be_is_named_and_costs_no_word(
    workshop: Workshop, name: str
) -> None:
    year = f"{datetime.now(UTC):%Y}"
    blocked = workshop.write(name.replace("YEAR", year), "in the way")

    done = workshop.run("new", *COMPLETE)
    blocked.unlink()
    retried = workshop.run("new", "--from", str(said(done).kept), "--json")

    assert done.code == 3
    assert said(done).what.endswith("could not be written: a file stands where a folder should be")
    assert (retried.data["status"], retried.data["problems"]) == ("shipped", [])


def test_a_file_where_the_cache_should_be_only_costs_time(workshop: Workshop) -> None:
    workshop.write(".changenote", "in the way")

    done = workshop.run("new", *COMPLETE)
    listed = workshop.run("list")

    assert (done.code, listed.code, listed.err) == (0, 0, "")


@pytest.mark.parametrize(
    "name", ["changes/config.yaml", "changes/note.schema.json", "mkdocs.yml", ".gitignore"]
)
def test_init_never_writes_over_a_folder_or_a_link_to_nowhere(
    workshop: Workshop, name: str
) -> None:
    (workshop.folder / "changes").mkdir()
    (workshop.folder / name).mkdir()
    folder = workshop.run("init")
    (workshop.folder / name).rmdir()
    (workshop.folder / name).symlink_to("nowhere")
    link = workshop.run("init")

    assert folder.code == link.code == 3
    assert said(folder).what == said(link).what
    assert said(link).what == (
        f"{workshop.folder / name} could not be written: "
        "something else stands where the file should be"
    )
    assert not (workshop.folder / "nowhere").exists()


def test_init_keeps_bytes_that_are_not_utf8(workshop: Workshop) -> None:
    ignore = workshop.folder / ".gitignore"
    ignore.write_bytes(b"caf\xe9/\n")

    done = workshop.run("init")

    assert done.code == 0
    assert ignore.read_bytes() == b"caf\xe9/\n/public/\n/.changenote/\n"


CONFIGS = {
    "a tab": ("title: x\n\towner: y\n", "2:1", "a tab in the indentation"),
    "a wrong type": ("title: Shop\nkinds: [a]\n", "2:8", "a list of 1"),
    "a wrong severity": ("severity:\n  bad-link: fatal\n", "2:13", "fatal"),
    "a conflict": ("title: Shop\n<<<<<<< HEAD\n", "2:1", "a merge conflict marker, <<<<<<<"),
    "another encoding": (b"title: caf\xe9\n", "1:11", "the byte 0xe9"),
    "a key twice": ("title: a\ntitle: b\n", "2:1", "title again"),
}


@pytest.mark.parametrize(("text", "place", "words"), CONFIGS.values(), ids=list(CONFIGS))
def test_a_config_that_cannot_be_used_is_named_with_line_and_column(
    workshop: Workshop, text: str | bytes, place: str, words: str
) -> None:
    valid_note(workshop)
    config = workshop.write("changes/config.yaml", "")
    config.write_bytes(text if isinstance(text, bytes) else text.encode())

    done = [workshop.run(*a) for a in (["list"], ["check"], ["new", *COMPLETE], ["fmt"])]

    assert [d.code for d in done] == [1, 1, 1, 1]
    assert {said(d).what for d in done} == {f"{config}:{place}: {words}"}
    assert "title: Cache cart totals" in said(done[2]).kept.read_text()


def test_a_config_that_is_no_file_or_cannot_be_read_is_an_error_of_the_environment(
    guarded: Workshop,
) -> None:
    config = guarded.write("changes/config.yaml", "")
    config.chmod(0)
    denied = guarded.run("new", *COMPLETE, under=NO_RIGHTS)
    config.unlink()
    config.mkdir()
    folder = guarded.run("new", *COMPLETE)

    assert denied.code == folder.code == 3
    assert said(denied).what == f"{config} cannot be read: permission denied"
    assert said(folder).what == f"{config} cannot be read: is a directory"
    assert "title: Cache cart totals" in said(folder).kept.read_text()


# --- A full disk, a kill, two at once -------------------------------------------------------------


def everything_below(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and ".git" not in p.parts and p.suffix != ".sqlite"
    }


def test_a_disk_too_full_for_the_note_keeps_what_was_typed(workshop: Workshop) -> None:
    done = workshop.run("new", "--title=A note too many", under=no_file_above(100))
    retried = workshop.run(*shlex.split(said(done).next.split("`")[-2])[1:], "--json")

    assert done.code == 3
    assert "could not be written" in said(done).what
    assert said(done).kept.read_text() == "title: A note too many\n"
    assert len(workshop.notes()) == 1
    assert retried.code == 0


def test_a_disk_too_full_for_anything_prints_what_was_typed(workshop: Workshop) -> None:
    before = everything_below(workshop.folder)

    done = workshop.run("new", *COMPLETE, "--yes", under=no_file_above(0))

    assert done.code == 3
    assert "title: Cache cart totals per session\n" in done.err
    assert "it stands above" in done.err
    assert everything_below(workshop.folder) == before


@pytest.mark.parametrize("arguments", [["fmt"], ["init"], ["edit", "g00d00"]])
def test_a_full_disk_leaves_every_file_as_it_was(workshop: Workshop, arguments: list[str]) -> None:
    path = valid_note(workshop)
    path.write_text("# a comment\n" + NOTE.replace("ID", "20251120-g00d00").replace("\n\n", "\n"))
    before = everything_below(workshop.folder)

    done = workshop.run(*arguments, under=no_file_above(0), EDITOR="true")

    assert done.code == 3
    assert "could not be written" in said(done).what
    assert everything_below(workshop.folder) == before


def test_reading_needs_no_room_on_the_disk(workshop: Workshop) -> None:
    valid_note(workshop)

    done = [
        workshop.run(*arguments, under=no_file_above(0))
        for arguments in (["list"], ["show", "g00d00"], ["rollback", "--last"], ["check"])
    ]

    assert [d.code for d in done] == [0, 0, 0, 0]


KILLED = """
import os, signal, sys
from pathlib import Path
def die(*arguments, **more):
    os.kill(os.getpid(), signal.SIGKILL)
owner, name = {"fsync": (os, "fsync"), "link": (os, "link"),
               "replace": (Path, "replace")}[sys.argv.pop(1)]
setattr(owner, name, die)
from changenote.cli import main
main()
"""
"""Runs changenote, which is killed the moment that it calls one function of the system."""


def killed_at(workshop: Workshop, moment: str, *arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", KILLED, moment, *arguments],
        cwd=workshop.folder,
        env={**os.environ, **IDENTITY, "EDITOR": "sed -i s/Cache/Keep/"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    ).returncode


def is_wrong(finding: dict[str, str]) -> bool:
    """Is it more than a remark?"""
    return finding["severity"] != "note"


@pytest.mark.parametrize("moment", ["fsync", "link"])
def test_a_kill_while_a_note_is_written_leaves_none_of_it(workshop: Workshop, moment: str) -> None:
    code = killed_at(workshop, moment, "new", *COMPLETE)
    left = [f for f in workshop.run("check", "--format=json").data["findings"] if is_wrong(f)]
    rests = list(workshop.folder.glob("changes/*/.*.tmp"))

    assert code == -signal.SIGKILL
    assert [f["rule"] for f in left] == ["stray-file"] * len(rests)
    assert all("the rest of an interrupted write" in f["remedy"] for f in left)
    assert workshop.notes() == []
    assert workshop.run("new", *COMPLETE, "--base=HEAD~1").code == 0


@pytest.mark.parametrize(
    ("moment", "arguments"), [("replace", ["edit", "g00d00"]), ("replace", ["fmt"])]
)
def test_a_kill_while_a_note_is_replaced_leaves_the_old_one(
    workshop: Workshop, moment: str, arguments: list[str]
) -> None:
    path = valid_note(workshop)
    path.write_text(path.read_text().replace("\n\n", "\n"))
    before = path.read_bytes()

    code = killed_at(workshop, moment, *arguments)

    assert code == -signal.SIGKILL
    assert path.read_bytes() == before
    if arguments[0] == "edit":
        (kept,) = (workshop.folder / ".changenote" / "kept").glob("*.yaml")
        assert "title: Keep cart totals" in kept.read_text()


def test_a_kill_at_any_moment_leaves_only_whole_notes(workshop: Workshop) -> None:
    valid_note(workshop)

    for delay in range(0, 240, 16):
        process = subprocess.Popen(
            [sys.executable, "-m", "changenote", "new", *COMPLETE, "--base=HEAD~1"],
            cwd=workshop.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(delay / 1000)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()

    found = workshop.run("check", "--format=json").data["findings"]
    findings = [f for f in found if is_wrong(f)]

    assert {f["rule"] for f in findings} <= {"stray-file"}
    assert all(f["file"].endswith(".tmp") for f in findings)


def test_twenty_at_the_same_moment_make_twenty_notes(workshop: Workshop) -> None:
    command = [sys.executable, "-m", "changenote", "new", *COMPLETE, "--base=HEAD~1", "--json"]
    running = [
        subprocess.Popen(command, cwd=workshop.folder, stdout=subprocess.PIPE, text=True)
        for _ in range(20)
    ]
    ended = [(process.communicate()[0], process.returncode) for process in running]

    assert [code for _, code in ended] == [0] * 20
    assert len({out for out, _ in ended}) == 20
    assert len(workshop.notes()) == 20
    assert workshop.run("check", "--strict").code == 0
    assert list(workshop.folder.rglob("*.tmp")) == []


def test_an_edit_never_writes_over_what_a_colleague_saved_meanwhile(workshop: Workshop) -> None:
    path = valid_note(workshop)
    theirs = path.read_text().replace("Cache", "Store")
    editor = f"sh -c 'sed -i s/Cache/Keep/ \"$0\"; sed -i s/Cache/Store/ {path}'"

    refused = workshop.run("edit", "g00d00", EDITOR=editor)
    after = path.read_text()
    retried = workshop.run(*shlex.split(said(refused).next.split("`")[-2])[1:], EDITOR="true")

    assert refused.code == 3
    assert after == theirs
    assert said(refused).what == f"{path.name} was changed by somebody else since it was read"
    assert said(refused).next.startswith("Compare the two first.\n")
    assert retried.code == 0
    assert path.read_text() == theirs.replace("Store", "Keep")
