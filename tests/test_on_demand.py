"""Files that are made when they are asked for: once each, never of two moments, never by two."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from changenote.site.book import NoteChanged
from changenote.site.press.on_demand import OnDemand


class Desk:
    """Makes files with the words of a moment, and remembers which."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.words = "first"
        self.made: list[str] = []
        self.fails: Callable[[], Exception | None] = lambda: None
        self.site = OnDemand(folder, self._make, lambda name, error: f"{name}: {error}".encode())

    def _make(self, name: str) -> bytes | None:
        self.made.append(name)
        if error := self.fails():
            raise error
        return None if name == "theirs.html" else f"{name} {self.words}".encode()

    def shows(self, name: str) -> str:
        """What somebody sees who asks for a file."""
        with self.site.asked_for([name]):
            return (self.folder / name).read_text()

    def changes(self, words: str) -> None:
        """The site becomes another one."""
        with self.site.changing():
            self.words = words


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder with a file of somebody else."""
    (tmp_path / "own.html").write_text("own")
    return Desk(tmp_path)


def changed() -> NoteChanged:
    return NoteChanged("x was changed", expected="x")


def test_a_file_is_made_once_until_something_changes(desk: Desk) -> None:
    before = [desk.shows("a/index.html"), desk.shows("a/index.html")]
    desk.changes("second")

    assert [*before, desk.shows("a/index.html")] == [
        "a/index.html first",
        "a/index.html first",
        "a/index.html second",
    ]
    assert desk.made == ["a/index.html", "a/index.html"]


def test_nobody_s_file_is_replaced_or_removed(desk: Desk) -> None:
    shown = desk.shows("own.html")
    desk.changes("second")

    assert (shown, desk.shows("own.html"), desk.made) == ("own", "own", [])


def test_what_is_still_to_be_sent_is_made_again_when_the_site_changes(desk: Desk) -> None:
    with desk.site.asked_for(["a.html"]):
        desk.changes("second")

        assert (desk.folder / "a.html").read_text() == "a.html second"


def test_what_fails_is_said_in_its_place_until_it_can_be_made(desk: Desk) -> None:
    desk.fails = lambda: ValueError("no such filter")
    said, failed = desk.shows("a.html"), desk.site.has_failed(["a.html"])
    desk.fails = lambda: None

    assert (said, failed) == ("a.html: no such filter", True)
    assert desk.shows("a.html") == "a.html first"
    assert not desk.site.has_failed(["a.html"])


def test_a_page_waits_for_its_note_to_be_read_again(desk: Desk) -> None:
    met = Event()

    def fails() -> Exception | None:
        met.set()
        return changed() if desk.words == "first" else None

    desk.fails = fails
    shown: list[str] = []
    asking = Thread(target=lambda: shown.append(desk.shows("a.html")))
    asking.start()
    met.wait(60)
    desk.changes("second")
    asking.join(60)

    assert shown == ["a.html second"]


def test_several_who_ask_at_once_get_the_same_file(desk: Desk) -> None:
    shown: list[str] = []
    asking = [Thread(target=lambda: shown.append(desk.shows("a.html"))) for _ in range(8)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(60)

    assert shown == ["a.html first"] * 8
    assert desk.made == ["a.html"]
