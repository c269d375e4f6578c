"""Several processes make the site that one makes, and nothing that befalls them is left in it."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from changenote.site.press.manifest import manifest_path, read_manifest
from changenote.site.press.workers import divided
from tests.books import sample_project
from tests.processes import wait_until_gone
from tests.sites import Site, mkdocs

Files = dict[str, bytes]
MOMENT = "1795348800"

CONFIG = """\
site_name: x
theme: {{name: mkdocs}}
plugins: [changenote: {{processes: {processes}}}]
hooks: [{hooks}]
"""
FULL = """\
import resource
from mkdocs.plugins import event_priority
@event_priority(200)
def on_post_build(config):
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
"""
FORKED = """\
import os, signal, time
from pathlib import Path
def forked():
    Path("worker").write_text(str(os.getpid()))
    {does}
def on_config(config):
    os.register_at_fork(after_in_child=forked, after_in_parent=lambda: time.sleep(0.2))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample notes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", MOMENT)  # sites say when they were built
    return sample_project(tmp_path / "shop")


def built(project: Path, processes: int, *options: str, hook: str = "") -> Site:
    """The site, made in some processes."""
    (project / "hook.py").write_text(hook)
    config = CONFIG.format(processes=processes, hooks="hook.py" if hook else "")
    return mkdocs(project, config, *options)


def files(folder: Path) -> Files:
    """Every file of a site by its path."""
    every = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def counts(project: Path) -> Counter[str]:
    """What the last build did."""
    return read_manifest(manifest_path(project / ".changenote", project / "public")).counts


def said(site: Site) -> list[str]:
    """What a build said, without how long it took."""
    return [line for line in site.said.splitlines() if "seconds" not in line]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The site of the sample notes, made by one process."""
    project = sample_project(tmp_path_factory.mktemp("right") / "shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", MOMENT)
        return files(built(project, 1).folder)


def rebuilt(project: Path) -> Files:
    """The site after one process has built it again."""
    return files(built(project, 1).folder)


def test_several_processes_make_and_say_what_one_does(project: Path) -> None:
    (project / "changes/2026/20261101-brokn1.yaml").write_text("title: [")

    one = built(project, 1, "-d", "one")
    many = built(project, 3)

    assert "brokn1" in many.said
    assert said(many)[1:] == [line.replace("/one", "/public") for line in said(one)[1:]]
    assert files(project / "public") == files(project / "one")
    assert counts(project)["helped"] == 2
    assert counts(project)["made"] == counts(project)["written"] > 100


def test_several_processes_keep_what_one_made_and_the_other_way_round(
    project: Path, right: Files
) -> None:
    for processes in (1, 3, 1, 2):
        built(project, processes)
        done = counts(project)

    assert done["made"] == done["written"] == done["lost"] == 0
    assert done["kept"] > 100
    assert rebuilt(project) == right


def test_a_changed_note_is_made_again_alone(project: Path) -> None:
    built(project, 3)
    note = next(project.glob("changes/**/*k3f9xq*.yaml"))
    note.write_text(note.read_text().replace("Cache cart totals", "Keep cart totals"))

    built(project, 3)

    assert 0 < counts(project)["made"] < counts(project)["kept"]
    assert files(project / "public") == files(built(project, 1, "-d", "new").folder.parent / "new")


def test_an_error_in_any_process_is_said_as_one_process_says_it(
    project: Path, right: Files
) -> None:
    template = project / "changes/templates/site/note.html.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{% if '7c2mha' in note.id %}{{ note.id + 1 }}{% endif %}x")

    one, many = (built(project, number) for number in (1, 3))

    assert "failed: TypeError: can only concat" in one.said
    assert "Traceback" not in one.said
    assert said(many) == said(one)
    assert many.code == one.code == 1
    template.unlink()
    assert rebuilt(project) == right


def test_a_disk_that_is_full_is_said_as_one_process_says_it(project: Path, right: Files) -> None:
    one, many = (built(project, number, hook=FULL) for number in (1, 3))

    assert "index.html: File too large" in one.said
    assert "Traceback" not in one.said
    assert said(many) == said(one)
    assert many.code == one.code == 1
    assert rebuilt(project) == right


def test_the_work_of_a_process_that_the_system_ended_is_done(project: Path, right: Files) -> None:
    killed = built(project, 3, hook=FORKED.format(does="os.kill(os.getpid(), signal.SIGKILL)"))

    assert killed.code == 0
    assert "2 of its processes were ended; this one did their work, too." in killed.said
    assert counts(project)["lost"] == 2
    assert rebuilt(project) == right


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_ends_a_build_ends_all_of_its_processes(
    project: Path, right: Files, number: int
) -> None:
    hook = FORKED.format(does=f"os.kill(os.getppid(), {int(number)}); time.sleep(60)")

    ended = built(project, 3, hook=hook)

    assert ended.code != 0
    assert not Path("/proc", (project / "worker").read_text()).exists()
    assert rebuilt(project) == right


def test_a_process_whose_first_one_is_gone_ends_too(project: Path, right: Files) -> None:
    ended = built(project, 2, hook=FORKED.format(does="os.kill(os.getppid(), signal.SIGKILL)"))

    wait_until_gone(int((project / "worker").read_text()))
    assert ended.code == -signal.SIGKILL
    assert rebuilt(project) == right


@pytest.mark.parametrize("chosen", ["0", "-1", "two"])
def test_a_number_of_processes_that_is_none_is_said(project: Path, chosen: str) -> None:
    refused = mkdocs(project, CONFIG.format(processes=chosen, hooks=""))

    assert refused.code == 1
    assert "processes" in refused.said


def test_every_piece_is_done_once() -> None:
    pieces: list[int] = []

    done = divided(500, 4, pieces.append, lambda: pieces)

    assert sorted([*pieces, *(piece for one in done.results for piece in one)]) == [*range(500)]
    assert done.left == ()


def test_what_fails_elsewhere_or_is_lost_is_left_to_this_process() -> None:
    def fail(_: int) -> None:
        raise ValueError

    def end(_: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def waits(does: Callable[[int], None]) -> Callable[[int], None]:
        """This process takes nothing until the other one has come to its end."""

        def work(piece: int) -> None:
            if os.getpid() != here:
                does(piece)
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)

        return work

    here = os.getpid()
    failed = divided(40, 2, waits(fail), list)
    lost = divided(40, 2, waits(end), list)

    assert (len(failed.results), failed.lost) == (1, 0)
    assert failed.left
    assert (lost.results, lost.lost) == ((), 1)
    assert lost.left


def in_a_fresh_process(code: str) -> str:
    """What some code prints where there are no threads, as there are beside these tests."""
    code = f"from changenote.site.press.workers import cores, processes_for\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_few_pages_and_very_many_need_one_process_unless_a_number_is_chosen() -> None:
    said = in_a_fresh_process(
        "print(processes_for(20), processes_for(20, chosen=3))\n"
        "print(processes_for(5000) == min(cores(), 4))\n"
        "print(processes_for(500_000), processes_for(500_000, chosen=3))"
    )

    assert said == "1 3\nTrue\n1 3\n"


def test_a_process_beside_threads_works_alone() -> None:
    said = in_a_fresh_process(
        "import threading\n"
        "print(processes_for(9, 3), end=' ')\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "print(processes_for(9, 3))"
    )

    assert said == "3 1\n"
