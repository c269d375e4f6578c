"""A file is there whole or not at all, and nothing typed is lost."""

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from changenote.errors import CannotWrite, ChangedOnDisk
from changenote.store import files


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_new_file_never_takes_the_name_of_another(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("first")

    with pytest.raises(FileExistsError):
        files.create(path, "second")

    assert path.read_text() == "first"
    assert names(tmp_path) == ["a.yaml"]


def test_a_file_that_somebody_changed_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("theirs")

    with pytest.raises(ChangedOnDisk):
        files.replace(path, "mine", was=b"as I read it")

    assert path.read_text() == "theirs"
    assert names(tmp_path) == ["a.yaml"]


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")
    path.chmod(0o640)

    files.replace(path, "new", was=b"old")

    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_can_be_read_by_colleagues_as_any_other_file_can(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("x")

    files.create(tmp_path / "note.yaml", "x")

    assert (tmp_path / "note.yaml").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_what_was_typed_is_kept_beside_what_was_kept_before(tmp_path: Path) -> None:
    first = files.keep("one", "new.yaml", [tmp_path])
    second = files.keep("two", "new.yaml", [tmp_path])

    assert (first.read_text(), second.read_text()) == ("one", "two")


def test_what_was_typed_is_kept_elsewhere_when_the_folder_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")

    path = files.keep("text", "new.yaml", [blocked / "kept"])

    assert path.read_text() == "text"
    path.unlink()


def test_a_file_where_a_folder_should_be_is_named_as_the_cause(tmp_path: Path) -> None:
    (tmp_path / "changes").write_text("")

    with pytest.raises(CannotWrite) as caught:
        files.create(tmp_path / "changes" / "a.yaml", "x")

    assert "a file stands where a folder should be" in caught.value.what
    assert caught.value.retry == "safe, nothing was changed"


FULL_DISK = """
import os, sys
from pathlib import Path
from changenote.store import files
from changenote.errors import CannotWrite
import errno
real = os.fsync
def fsync(handle):
    raise OSError(errno.ENOSPC, "No space left on device")
os.fsync = fsync
try:
    files.replace(Path(sys.argv[1]), "new" * 1000, was=b"old")
except CannotWrite as error:
    print(error.what.rpartition(": ")[2])
"""


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")

    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "the disk is full"
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.yaml"]


KILLED = """
import os, signal, sys
from pathlib import Path
from changenote.store import files
def die(*arguments, **more):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(*{"link": (os, "link", die), "replace": (Path, "replace", die)}[sys.argv[2]])
path = Path(sys.argv[1])
if sys.argv[2] == "link":
    files.create(path.with_name("new.yaml"), "new")
else:
    files.replace(path, "new", was=b"old")
"""


@pytest.mark.parametrize("moment", ["link", "replace"])
def test_a_kill_in_the_middle_of_a_write_leaves_no_half_file(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")

    subprocess.run([sys.executable, "-c", KILLED, str(path), moment], check=False)

    assert path.read_text() == "old"
    assert [n for n in names(tmp_path) if n.endswith(".yaml")] == ["a.yaml"]
    assert not (tmp_path / "new.yaml").exists()


def test_nobody_replaces_a_file_between_a_look_at_it_and_its_replacement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, refused = tmp_path / "a.yaml", list[Exception]()
    path.write_text("old")
    look = files._refuse_changed

    def other_edit() -> None:
        try:
            files.replace(path, "theirs", was=b"old")
        except ChangedOnDisk as error:
            refused.append(error)

    other = Thread(target=other_edit)

    def look_and_let_another_try(file: Path, was: bytes | None) -> None:
        look(file, was)
        if not other.ident:
            other.start()
            other.join(0.5)  # it comes to its end here if nothing holds it up

    monkeypatch.setattr(files, "_refuse_changed", look_and_let_another_try)

    files.replace(path, "ours", was=b"old")
    other.join()

    assert path.read_text() == "ours"
    assert len(refused) == 1
