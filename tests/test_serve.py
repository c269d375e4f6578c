"""`site serve` shows and searches what was just saved, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.books import least, sample_project
from tests.browser import Reader, chromium
from tests.sites import MATERIAL, mkdocs
from tests.workshop import COMPLETE, IDENTITY, Workshop

NOTE = "changes/20261122-k3f9xq/"
_LIVE_RELOAD = re.compile(rb"<script>\nvar livereload = .*?</script>", re.S)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def answer(url: str, method: str = "GET") -> tuple[int, bytes]:
    """What a server answers; 0 when nobody does."""
    try:
        with urlopen(Request(url, method=method), timeout=60) as found:  # noqa: S310 - our own server on loopback
            return found.status, found.read()
    except HTTPError as error:
        return error.code, error.read()
    except (URLError, ConnectionError, TimeoutError):
        return 0, b""


def page(url: str) -> str:
    """The text of a page that is there; nothing of any other."""
    code, content = answer(url)
    return content.decode() if code == 200 else ""


def eventually(is_so: Callable[[], bool], seconds: int = 60) -> bool:
    """Wait for something that takes as long as the machine needs."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.1)
    return False


@dataclass(frozen=True)
class Server:
    """A server of a project, and the folder that its temporary files are in."""

    url: str
    process: subprocess.Popen[bytes]
    temporary: Path
    said: Path

    def page(self, path: str) -> str:
        """The text of a page."""
        return page(self.url + path)

    def made(self) -> set[str]:
        """The files of ours that are in the folder it serves."""
        (site,) = self.temporary.glob("**/mkdocs_*")
        return {str(file.relative_to(site)) for file in site.glob("changes/**/*") if file.is_file()}

    def builds(self) -> int:
        """How often MkDocs built pages of its own."""
        return self.said.read_text().count("Documentation built")


@contextmanager
def served(project: Path, folder: Path, *command: str, port: int = 0) -> Iterator[Server]:
    """A server of the site of a project, until it has been told to stop."""
    port = port or free_port()
    command = command or ("changenote", "site", "serve", "--port", str(port))
    folder.mkdir(exist_ok=True)
    said = folder / "said.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=project,
            env={**os.environ, **IDENTITY, "TMPDIR": str(folder), "NO_MKDOCS_2_WARNING": "true"},
            stdout=output,
            stderr=output,
        )
    server = Server(f"http://127.0.0.1:{port}/", process, folder, said)
    try:
        assert eventually(lambda: server.page("") != "" or process.poll() is not None)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def test_a_saved_note_is_on_the_page_and_the_server_stops_when_told(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.run("init")
    workshop.run("new", "--yes", *COMPLETE)
    (path,) = workshop.notes()
    note, index = f"changes/{path.name[:15]}/", "changes/search/words/parts.json"

    with served(workshop.folder, tmp_path / "temporary") as server:
        assert "Cache cart totals" in server.page(note)
        before = server.page(index)

        path.write_text(path.read_text().replace("Cache cart totals", "Keep cart totals"))

        assert eventually(lambda: "Keep cart totals" in server.page(note))
        assert eventually(lambda: server.page(index) not in ("", before))

    assert server.process.returncode == 0
    assert server.page(note) == ""
    assert list((tmp_path / "temporary").iterdir()) == [server.said]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample notes, and a page of the team that leads to one."""
    folder = sample_project(tmp_path_factory.mktemp("served"))
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_text(f"# Acme\n\n[Changes]({NOTE}index.md#commands)\n")
    (folder / "mkdocs.yml").write_text(MATERIAL)
    return folder


@pytest.fixture(scope="module")
def server(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of it."""
    with served(project, tmp_path_factory.mktemp("temporary")) as one:
        yield one


def test_only_what_somebody_asks_for_is_made(server: Server) -> None:
    assert server.made() == set()

    server.page(f"{NOTE}note.yaml")
    server.page("changes/kinds/")

    assert server.made() == {f"{NOTE}note.yaml", "changes/kinds/index.html"}


def test_every_file_is_what_a_build_has(server: Server, project: Path, tmp_path: Path) -> None:
    config = f"{MATERIAL}site_url: {server.url}\n"
    sample_project(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_bytes((project / "docs/index.md").read_bytes())
    built = mkdocs(tmp_path, config, index=False)
    others = ("sitemap.xml", "404.html")
    names = {str(file.relative_to(built.folder)) for file in built.folder.rglob("*.*")}

    wrong = [
        name
        for name in sorted(names)
        if not name.startswith(("assets/", *others)) and not is_as_built(server, built.folder, name)
    ]

    assert len(names) > 150
    assert wrong == []


def is_as_built(server: Server, built: Path, name: str) -> bool:
    """Is a file what it is in a built site, live reload aside?"""
    code, content = answer(server.url + name)
    return code == 200 and _LIVE_RELOAD.sub(b"", content) == (built / name).read_bytes()


def test_addresses_are_answered_as_mkdocs_answers_them(server: Server) -> None:
    asked = {
        "a folder without its slash": answer(f"{server.url}{NOTE[:-1]}")[0],
        "its headers": answer(server.url + NOTE, "HEAD")[0],
        "no such note": answer(f"{server.url}changes/20200101-zzzzzz/")[0],
        "outside": answer(f"{server.url}changes/../../../etc/passwd")[0],
        "outside, quoted": answer(f"{server.url}changes/%2e%2e/%2e%2e/etc/passwd")[0],
    }

    assert asked == {
        "a folder without its slash": 200,
        "its headers": 200,
        "no such note": 404,
        "outside": 404,
        "outside, quoted": 404,
    }


def test_many_who_ask_at_once_are_all_answered(server: Server) -> None:
    paths = ["", NOTE, "rollback/", "changes/", "changes/timeline/", "changes/metrics/"] * 3
    found: list[str] = []
    asking = [Thread(target=lambda path=path: found.append(server.page(path))) for path in paths]
    for one in asking:
        one.start()
    for one in asking:
        one.join(60)

    assert len(found) == len(paths)
    assert all("</html>" in one for one in found)


def test_a_note_may_be_broken_mended_added_and_deleted(server: Server, project: Path) -> None:
    builds = server.builds()
    file = project / "changes/2026/20261124-b0rken.yaml"
    path = "changes/20261124-b0rken/"

    file.write_text(least("20261124-b0rken", "Count more sheep"))
    assert eventually(lambda: "Count more sheep" in server.page(path))
    file.write_text("schema: 1\ntitle: [Half a li")
    assert eventually(lambda: "Unreadable" in server.page(path))
    file.write_text(least("20261124-b0rken", "Count all sheep"))
    assert eventually(lambda: "Count all sheep" in server.page(path))
    file.unlink()
    assert eventually(lambda: answer(server.url + path)[0] == 404)

    assert server.builds() == builds


def test_a_template_that_fails_says_so_in_place_of_its_page(server: Server, project: Path) -> None:
    own = project / "changes/templates/site"
    own.mkdir(parents=True)

    (own / "rules.html.j2").write_text("{{ nothing.at.all }}")
    assert eventually(lambda: answer(f"{server.url}changes/rules/")[0] == 500)
    said = answer(f"{server.url}changes/rules/")[1].decode()
    (own / "rules.html.j2").write_text("mended")

    assert "the template site/rules.html.j2:1 failed" in said
    assert "livereload(" in said
    assert eventually(lambda: "mended" in server.page("changes/rules/"))
    assert "Traceback" not in server.said.read_text()


def test_a_config_that_changed_is_on_the_pages(server: Server, project: Path) -> None:
    config = project / "changes/config.yaml"
    config.write_text(re.sub("(?m)^title: .*", "title: Ways of the sheep", config.read_text()))

    assert eventually(lambda: "Ways of the sheep" in server.page("changes/"))


def test_a_page_of_the_team_that_shows_notes_is_built_again(server: Server, project: Path) -> None:
    note = project / "changes/2026/20261125-5heeps.yaml"
    note.write_text(least("20261125-5heeps", "Five sheep"))
    (project / "docs/index.md").write_text("# Acme\n\n```changenotes\nkind:fix\n```\n")
    assert eventually(lambda: "Five sheep" in server.page(""))

    note.write_text(least("20261125-5heeps", "Six sheep"))

    assert eventually(lambda: "Six sheep" in server.page(""))


def test_a_browser_shows_what_was_saved_without_being_asked(server: Server, project: Path) -> None:
    note = project / "changes/2026/20261126-re10ad.yaml"
    note.write_text(least("20261126-re10ad", "Before it was saved"))
    path = "changes/20261126-re10ad/"
    assert eventually(lambda: server.page(path) != "")
    with chromium(logs=False) as driver:
        reader = Reader(driver, server.url)
        reader.opens(path)

        note.write_text(least("20261126-re10ad", "After it was saved"))

        assert reader.waits_for("return document.title.startsWith('After it was saved')")


@pytest.mark.parametrize(
    "options", [("--no-livereload",), ("--clean",), ("--strict",), ("--dirty",)], ids=str
)
def test_options_of_mkdocs_mean_what_they_mean(tmp_path: Path, options: tuple[str, ...]) -> None:
    project = sample_project(tmp_path / "project")
    (project / "changes/2026/20261121-bad0ne-broken.yaml").unlink()
    (project / "docs").mkdir()
    (project / "mkdocs.yml").write_text(MATERIAL)
    port = free_port()
    command = ("mkdocs", "serve", "-a", f"127.0.0.1:{port}", *options)

    with served(project, tmp_path / "temporary", *command, port=port) as server:
        assert "</html>" in server.page(NOTE)


def test_what_another_plugin_has_to_see_is_built_before_it_is_shown(tmp_path: Path) -> None:
    project = sample_project(tmp_path / "project")
    (project / "look_on.py").write_text(
        "def on_post_page(output, page, config):\n    return output + '<!-- seen -->'\n"
    )
    (project / "docs").mkdir()
    (project / "mkdocs.yml").write_text(f"{MATERIAL}hooks: [look_on.py]\n")
    note = next(project.glob("changes/2026/20261122-k3f9xq*.yaml"))

    with served(project, tmp_path / "temporary") as server:
        assert "<!-- seen -->" in server.page(NOTE)
        assert len(server.made()) > 100

        note.write_text(re.sub("title: .*", "title: Seen by all", note.read_text(), count=1))

        assert eventually(lambda: "Seen by all" in server.page(NOTE))
