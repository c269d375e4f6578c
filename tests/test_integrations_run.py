"""What is shipped for pipelines does there what it should: every step is run, in a real repository."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from changenote import __version__
from changenote.cli.setup.init_ci import pipeline
from tests.emulator import BOT, DANA, GitHubHere, github
from tests.forges import TOKEN, Remembered, forge_of_kind
from tests.house import valid_note
from tests.on_forge import QUIET
from tests.pipelines import ROOT, Pipeline, read, reusable, runner
from tests.runs import FILE, Runs, event, runs, zipped
from tests.workshop import IDENTITY, Done, Workshop

ID = "20251120-g00d00"
TITLE = "Cache cart totals per session"
WEBHOOKS = ROOT / "tests/data/webhooks"
CHECK, TELL = reusable().values()
HOSTILE_BRANCH = 'a"$(touch${IFS}pwned)`touch${IFS}pwned`;#'
SITE_PACKAGES = next(path for path in sys.path if path.endswith("site-packages"))


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A clone with a branch that changes code; main is at the forge."""
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start the shop", {"README.md": "Shop\n", "changes/config.yaml": "forge: github\n"})
    shop.git("update-ref", "refs/remotes/origin/main", "main")
    shop.git("switch", "-q", "-c", "cache")
    shop.commit("Cache totals", {"app/totals.py": "total = 1\n"})
    return shop


def merged(shop: Workshop, body: str | None = None, branch: str = "cache") -> dict[str, str]:
    """Check out what GitHub does for a pull request, and give the variables that tell of it."""
    opened = json.loads((WEBHOOKS / "pull_request-opened-13.json").read_text())
    base, head = shop.git("rev-parse", "main"), shop.git("rev-parse", "HEAD")
    opened["pull_request"]["body"] = body
    opened["pull_request"]["base"] |= {"ref": "main", "sha": base}
    opened["pull_request"]["head"] |= {"ref": branch, "sha": head}
    file = shop.folder.parent / "opened.json"
    file.write_text(json.dumps(opened))
    shop.git("switch", "-q", "--detach", "main")
    shop.git("merge", "-q", "--no-ff", "-m", f"Merge {head} into {base}", head)
    return {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_BASE_REF": "main",
        "GITHUB_HEAD_REF": branch,
        "GITHUB_REF": "refs/pull/2/merge",
        "GITHUB_SHA": shop.git("rev-parse", "HEAD"),
        "GITHUB_WORKSPACE": str(shop.folder),
    }


def check_of(shop: Workshop, **environment: str) -> Pipeline:
    """The job that looks for a note."""
    return Pipeline(
        folder=shop.folder,
        environment={**runner(shop.folder.parent), **environment},
        steps=read(CHECK)["jobs"]["check"]["steps"],
    )


def answer(folder: Path) -> Any:
    """What a job has left behind for the other one."""
    return json.loads((folder / "temp" / FILE).read_text())


def test_the_check_of_a_branch_with_a_note_leaves_the_note_behind(shop: Workshop) -> None:
    note = valid_note(shop)
    shop.commit("Note it")
    check = check_of(shop, **merged(shop))

    done = check.run("Look for a note")

    assert (done.code, done.out) == (0, f"present: {TITLE}\n")
    assert answer(shop.folder.parent) == {
        "format": 1,
        "word": "present",
        "line": TITLE,
        "notes": [{"file": f"changes/2025/{ID}-note.yaml", "text": note.read_text()}],
        "left_out": 0,
    }


def test_the_check_of_a_branch_without_a_note_says_so_beside_the_line(shop: Workshop) -> None:
    check = check_of(shop, **merged(shop))

    done = check.run("Look for a note")

    assert done.code == 1
    assert "::error file=app/totals.py" in done.out
    assert answer(shop.folder.parent)["word"] == "missing"


def test_the_check_reads_in_the_description_that_no_note_is_needed(shop: Workshop) -> None:
    check = check_of(shop, **merged(shop, "Change-Note: not needed, only a name is spelt right"))

    done = check.run("Look for a note")

    assert (done.code, done.out) == (0, "not needed: only a name is spelt right\n")


@pytest.fixture
def queued(shop: Workshop) -> Pipeline:
    """The check in a merge queue, where another branch is ahead of this one."""
    head = shop.git("rev-parse", "HEAD")
    shop.git("switch", "-q", "--detach", "main")
    shop.commit("Sell tea", {"app/tea.py": "tea = 1\n"})
    base = shop.git("rev-parse", "HEAD")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge pull request #2 from acme/cache", head)
    group = {"head_sha": shop.git("rev-parse", "HEAD"), "base_sha": base}
    file = shop.write("../group.json", json.dumps({"merge_group": group}))
    told = {"GITHUB_EVENT_NAME": "merge_group", "GITHUB_EVENT_PATH": str(file)}
    check = check_of(shop, **told, GITHUB_WORKSPACE=str(shop.folder))
    return replace(check, known={"github.event.merge_group.base_sha": base})


def test_a_merge_queue_is_answered_from_what_is_ahead(shop: Workshop, queued: Pipeline) -> None:
    missing = queued.run("Say what the merge queue brings")
    valid_note(shop)
    shop.commit("Note it")
    present = queued.run("Say what the merge queue brings")

    assert missing.code == 0  # the description, which is not here, may have said why
    assert missing.out == "missing: `changenote new` writes one\n  - app/totals.py\n"
    assert (present.code, present.out) == (0, f"present: {TITLE}\n")


def test_a_merge_queue_is_not_let_through_where_nothing_can_be_known(queued: Pipeline) -> None:
    unknown = replace(queued, known={"github.event.merge_group.base_sha": "a" * 40})

    assert unknown.run("Say what the merge queue brings").code == 1


def test_every_event_of_the_check_has_one_step_that_answers() -> None:
    text = pipeline("ci/github-check.yml.j2", "./x.whl")
    conditions = {step.get("name"): step.get("if") for step in read(text)["jobs"]["check"]["steps"]}

    assert set(read(text)["on"]) == {"pull_request", "merge_group"}
    assert conditions["Look for a note"] == "github.event_name != 'merge_group'"
    assert conditions["Say what the merge queue brings"] == "github.event_name == 'merge_group'"


def test_the_check_fails_for_a_clone_that_was_cut_off(shop: Workshop, tmp_path: Path) -> None:
    told = merged(shop)
    shallow = Workshop(tmp_path / "shallow")
    origin = f"file://{shop.folder}"
    shop.git("clone", "-q", "--depth=1", "--no-single-branch", origin, str(shallow.folder))
    shallow.git("update-ref", "-d", "refs/remotes/origin/main")
    check = check_of(shallow, **{**told, "GITHUB_WORKSPACE": str(shallow.folder)})

    done = check.run("Look for a note")

    assert done.code == 3
    assert not (tmp_path / "temp" / FILE).exists()


def test_names_of_a_stranger_run_nothing_in_the_check(shop: Workshop) -> None:
    shop.git("switch", "-q", "-c", HOSTILE_BRANCH)
    shop.commit(
        "$(touch pwned)\n\n::set-output name=x::y",
        {"app/$(touch pwned).py": "x", "app/`touch pwned`\n::error::x": "x"},
    )
    check = check_of(shop, **merged(shop, "$(touch pwned)", HOSTILE_BRANCH))

    done = check.run("Look for a note")

    assert done.code == 1
    assert [line for line in done.out.splitlines() if line.startswith("::")] == [
        line for line in done.out.splitlines() if "[no-note]" in line or "title=" in line
    ]
    assert not list(shop.folder.parent.rglob("pwned"))


def action_of(
    shop: Workshop, folder: str = ".", since: str = "", strict: str = "false"
) -> Pipeline:
    """The composite action in a job of a pull request."""
    return Pipeline(
        folder=shop.folder,
        environment={**runner(shop.folder.parent), **merged(shop)},
        steps=read((ROOT / "action.yml").read_text())["runs"]["steps"],
        known={
            "inputs.folder": folder,
            "inputs.since": since,
            "inputs.strict": strict,
            "inputs.python": sys.executable,
        },
    )


def test_the_action_hands_on_its_answer_and_the_file(shop: Workshop) -> None:
    valid_note(shop)
    shop.commit("Note it")
    action = action_of(shop)

    done = action.run("Look for a note")

    assert done.code == 0, done.err
    assert action.outputs == {
        "result": str(shop.folder.parent / "temp" / FILE),
        "word": "present",
    }


def test_the_action_fails_for_a_missing_note_and_says_so(shop: Workshop) -> None:
    action = action_of(shop, since="main")

    done = action.run("Look for a note")

    assert done.code == 1
    assert action.outputs["word"] == "missing"


def test_the_action_looks_in_the_folder_that_it_is_told_as_strictly_as_it_is_told(
    shop: Workshop,
) -> None:
    inner = Workshop(shop.folder / "services/cart")
    note = valid_note(inner)
    note.write_text(note.read_text() + "colour: red\n")
    shop.write("services/cart/changes/config.yaml", "title: Cart\n")
    shop.commit("Note it", {"services/cart/main.py": "x"})
    action = action_of(shop, folder="services/cart", strict="true")

    done = action.run("Look for a note")

    assert done.code == 1
    assert "title=unknown-key" in done.out
    assert action.outputs["word"] == "present"


def test_the_action_knows_nothing_where_nothing_can_be_known(shop: Workshop) -> None:
    action = action_of(shop, since="--since=nowhere")

    done = action.run("Look for a note")

    assert done.code == 2
    assert action.outputs == {}


# What may write, against GitHub as somebody else has built it.

FORK = "change-bot/shop"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHubHere]:
    """GitHub on this machine, with a pull request of a fork, number 2."""
    with github(tmp_path_factory.mktemp("github")) as here:
        here.ask("POST", "/forks", {}, token=BOT)
        of_fork: dict[str, Any] = {"token": BOT, "repository": FORK}
        main = here.ask("GET", "/git/ref/heads/main", **of_fork)["object"]["sha"]
        here.ask("POST", "/git/refs", {"ref": "refs/heads/fix", "sha": main}, **of_fork)
        file = {"message": "b", "content": "YQ==", "branch": "fix"}
        here.ask("PUT", "/contents/b.txt", file, **of_fork)
        wanted = {"title": "Fix", "head": "change-bot:fix", "base": "main", "body": ""}
        here.ask("POST", "/pulls", wanted, token=BOT)
        yield here


@pytest.fixture
def forge(emulator: GitHubHere) -> Iterator[Runs]:
    """The same with a run of the check, which the emulator does not have."""
    with runs(behind=emulator.api) as here:
        yield here


@pytest.fixture
def tell(tmp_path: Path, emulator: GitHubHere, forge: Runs) -> Pipeline:
    """The job that may write, in the default branch, after a check of the pull request."""
    main = Workshop(tmp_path / "main").start()
    main.commit("Start the shop", {"changes/config.yaml": "forge: github\n"})
    main.git("remote", "add", "origin", f"{forge.web}/dana/shop")
    head = emulator.ask("GET", "/pulls/2")["head"]
    told: dict[str, Any] = {"head_branch": head["ref"], "head_sha": head["sha"]}
    return Pipeline(
        folder=main.folder,
        environment={
            **runner(tmp_path),
            "GITHUB_EVENT_NAME": "workflow_run",
            "GITHUB_EVENT_PATH": event(tmp_path, head_repository={"full_name": FORK}, **told),
            "GITHUB_SERVER_URL": forge.web,
            "GITHUB_API_URL": forge.web,
            "GITHUB_WORKSPACE": str(main.folder),
        },
        steps=read(TELL)["jobs"]["tell"]["steps"],
        known={"github.token": DANA},
    )


def comments(emulator: GitHubHere, number: int = 2) -> list[dict[str, Any]]:
    """The comments on a pull request."""
    found: list[dict[str, Any]] = emulator.ask("GET", f"/issues/{number}/comments")
    return found


def result(*texts: str, **more: Any) -> str:
    """A result file with the texts of notes."""
    notes = [{"file": f"changes/2025/{ID}-note.yaml", "text": text} for text in texts]
    return json.dumps({"format": 1, "word": "present", "line": "x", "notes": notes, **more})


def test_what_the_check_found_is_told_on_the_pull_request_once(
    shop: Workshop, emulator: GitHubHere, forge: Runs, tell: Pipeline
) -> None:
    note = valid_note(shop)
    text = note.read_text()
    for word in ("baskets", "carts"):  # a push, and a second one
        note.write_text(text.replace("the basket", f"all {word}"))
        shop.git("switch", "-q", "cache")
        shop.commit("Note it")
        check_of(shop, **merged(shop)).run("Look for a note")
        left = shop.folder.parent / "temp" / FILE
        forge.leave(zipped({FILE: left.read_bytes()}))
        done = tell.run("Tell")
        assert (done.code, done.err.count("The comment was")) == (0, 1), done.err
    again = tell.run("Tell")

    [comment] = comments(emulator)
    assert (again.code, again.err.count("Nothing was sent.")) == (0, 2)
    assert comment["user"]["login"] == "dana"
    assert "because every request summed all carts again" in comment["body"]
    assert comments(emulator, 1) == []
    assert forge.statuses[0]["of"] == emulator.ask("GET", "/pulls/2")["head"]["sha"]
    assert (forge.statuses[0]["state"], forge.statuses[0]["description"]) == (
        "success",
        f"present: {TITLE}",
    )
    assert DANA not in done.out + done.err + again.out + again.err


def test_that_there_is_no_note_is_told_by_the_status_and_in_no_new_comment(
    emulator: GitHubHere, forge: Runs, tell: Pipeline
) -> None:
    before = [comment["id"] for comment in comments(emulator)]
    forge.files = ["app/totals.py"]
    forge.leave(zipped({FILE: result(word="present")}))  # nobody believes the word

    done = tell.run("Tell")

    assert done.code == 0, done.err
    assert [status["state"] for status in forge.statuses] == ["pending"]
    assert [comment["id"] for comment in comments(emulator)] == before
    assert all("no change note any more" in comment["body"] for comment in comments(emulator))


HOSTILE = {
    "no JSON": "present",
    "too deep": "[" * 100_000,
    "a list": "[]",
    "another format": result(format=2),
    "notes that are none": result(notes=[7]),
    "too many notes": result(*["x"] * 51),
    "a path that leads out": result(notes=[{"file": "../../etc/passwd.yaml", "text": "x"}]),
    "a text that is none": result(notes=[{"file": f"changes/2025/{ID}-x.yaml", "text": {}}]),
}


@pytest.mark.parametrize("left", HOSTILE.values(), ids=list(HOSTILE))
def test_a_result_file_of_another_shape_is_told_nowhere(
    emulator: GitHubHere, forge: Runs, tell: Pipeline, left: str
) -> None:
    before = comments(emulator)
    forge.leave(zipped({FILE: left}))

    done = tell.run("Tell")

    assert done.code == 2
    assert "the result file cannot be used" in done.err
    assert forge.statuses == []
    assert comments(emulator) == before


def test_a_file_that_is_no_zip_is_told_nowhere(forge: Runs, tell: Pipeline) -> None:
    forge.leave(b"\0" * 1000)

    done = tell.run("Tell")

    assert done.code == 2
    assert "it is no whole zip" in done.err
    assert forge.statuses == []


def test_nothing_is_told_of_a_commit_that_is_not_the_last_one(
    forge: Runs, tell: Pipeline, tmp_path: Path
) -> None:
    forge.leave(zipped({FILE: result()}))
    event(tmp_path, head_repository={"full_name": FORK}, head_branch="fix", head_sha="1" * 40)

    done = tell.run("Tell")

    assert done.code == 0
    assert "there is nothing to tell" in done.err
    assert forge.statuses == []


@pytest.mark.parametrize("kind", ["github", "gitea"])
def test_notes_that_come_later_are_told_on_the_pull_requests_that_they_name(
    shop: Workshop, kind: str
) -> None:
    with forge_of_kind(kind) as forge:
        job = telling_later(shop, forge, later(shop, forge))
        done = job.run("Tell")
        rewritten = replace(job, known={**job.known, "github.event.before": "1" * 40}).run("Tell")

    assert (done.code, rewritten.code) == (0, 0), done.err
    assert [TITLE in comment["body"] for comment in forge.comments] == [True]


def later(shop: Workshop, forge: Remembered, request: int = 412) -> str:
    """Push two notes to main, of which one names a pull request; the commit before that."""
    shop.git("switch", "-q", "main")
    shop.git("remote", "add", "origin", f"{forge.web}.git")
    before = shop.git("rev-parse", "HEAD")
    note = valid_note(shop)
    shop.note(note.read_text().replace(ID, "20251120-g00d01"), "20251120-g00d01")
    shop.commit("Note it", {"changes/config.yaml": f"forge: {forge.kind}\n"})
    shop.run("pr", "link", ID, page_of(forge, request))
    shop.commit("Link it")
    return before


def page_of(forge: Remembered, request: int) -> str:
    """The page of a pull request."""
    pages = {"github": "pull", "gitlab": "-/merge_requests", "gitea": "pulls"}[forge.kind]
    return f"{forge.web}/{pages}/{request}"


def telling_later(shop: Workshop, forge: Remembered, before: str) -> Pipeline:
    """The job after a push to main, which was at `before`."""
    file = {"github": "github-tell", "gitea": "gitea"}[forge.kind]
    return Pipeline(
        folder=shop.folder,
        environment={
            **runner(shop.folder.parent),
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_SERVER_URL": forge.web.removesuffix("/acme/shop"),
            "GITHUB_API_URL": forge.api,
        },
        steps=read(pipeline(f"ci/{file}.yml.j2", "./x.whl"))["jobs"]["tell-later"]["steps"],
        known={"github.token": TOKEN, "github.event.before": before},
    )


@pytest.mark.parametrize("kind", ["github", "gitea", "gitlab"])
def test_notes_are_told_after_one_that_cannot_be_and_without_words_in_their_names(
    shop: Workshop, kind: str
) -> None:
    with forge_of_kind(kind) as forge:
        before = later(shop, forge, request=999)
        last = "20251121-g00d02"
        valid_note(shop, last).rename(shop.folder / f"changes/2025/{last}.yaml")
        shop.run("pr", "link", last, page_of(forge, 412))
        shop.commit("Note more")
        if kind == "gitlab":
            told = {"CI_COMMIT_BEFORE_SHA": before, "CI_MERGE_REQUEST_IID": ""}
            done = gitlab(shop, "change-note-tell", GITLAB_TOKEN=TOKEN, **told)
        else:
            done = telling_later(shop, forge, before).run("Tell")

    assert done.code == 1, done.err
    assert [TITLE in comment["body"] for comment in forge.comments] == [True]


# The other forges.


def shell(script: list[str], folder: Path, **environment: str) -> Done:
    """Run the script of a job as GitLab's runner does."""
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(script)],
        cwd=folder,
        env={**os.environ, **QUIET, **IDENTITY, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def gitlab(shop: Workshop, job: str, **environment: str) -> Done:
    """Run a job of GitLab, behind its `before_script`."""
    jobs = read(pipeline("ci/gitlab.yml.j2", "./x.whl"))
    program = Path(runner(shop.folder.parent)["RUNNER_TEMP"]) / "changenote"
    given = {"program": str(program), "changenote": str(program / "bin/changenote")}
    return shell(jobs[job]["script"], shop.folder, GITLAB_CI="true", **given, **environment)


@pytest.fixture
def of_request(shop: Workshop) -> dict[str, str]:
    """What GitLab tells in the pipeline of a merge request, whose branch is checked out."""
    valid_note(shop)
    shop.commit("Note it", {"changes/config.yaml": "forge: gitlab\n"})
    head = shop.git("rev-parse", "HEAD")
    return {
        "CI_PROJECT_DIR": str(shop.folder),
        "CI_COMMIT_SHA": head,
        "CI_MERGE_REQUEST_IID": "412",
        "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/acme/tools/shop",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "cache",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": shop.git("rev-parse", "main"),
    }


def test_gitlab_checks_a_merge_request(shop: Workshop, of_request: dict[str, str]) -> None:
    done = gitlab(shop, "change-note", **of_request)

    assert (done.code, done.out) == (0, f"present: {TITLE}\n")


def test_gitlab_tells_on_a_merge_request(shop: Workshop, of_request: dict[str, str]) -> None:
    with forge_of_kind("gitlab") as forge:
        shop.git("remote", "add", "origin", f"{forge.web}.git")
        done = gitlab(shop, "change-note-tell", GITLAB_TOKEN=TOKEN, **of_request)

    assert done.code == 0, done.err
    assert [comment["author"] for comment in forge.comments] == ["change-bot"]
    assert len(forge.statuses) == 1


def test_gitlab_tells_on_merge_requests_of_notes_that_came_with_a_push(
    shop: Workshop,
) -> None:
    with forge_of_kind("gitlab") as forge:
        told = {"CI_COMMIT_BEFORE_SHA": later(shop, forge), "CI_MERGE_REQUEST_IID": ""}
        done = gitlab(shop, "change-note-tell", GITLAB_TOKEN=TOKEN, **told)

    assert done.code == 0, done.err
    assert [TITLE in comment["body"] for comment in forge.comments] == [True]


def gitea(shop: Workshop, job: str, **environment: str) -> Pipeline:
    """A job of Gitea in a checkout of a pull request."""
    return Pipeline(
        folder=shop.folder,
        environment={**runner(shop.folder.parent), **merged(shop), **environment},
        steps=read(pipeline("ci/gitea.yml.j2", "./x.whl"))["jobs"][job]["steps"],
        known={"github.token": TOKEN, "github.event.pull_request.number": "412"},
    )


def test_gitea_checks_a_pull_request_and_tells_on_it(shop: Workshop) -> None:
    valid_note(shop)
    shop.commit("Note it", {"changes/config.yaml": "forge: gitea\n"})
    with forge_of_kind("gitea") as forge:
        shop.git("remote", "add", "origin", f"{forge.web}.git")
        server = forge.web.removesuffix("/acme/shop")
        tell = gitea(shop, "tell", GITHUB_SERVER_URL=server, GITHUB_API_URL=f"{server}/api/v1")
        done = tell.run("Tell")
    check = Pipeline(
        folder=tell.folder,
        environment=tell.environment,
        steps=read(pipeline("ci/gitea.yml.j2", "./x.whl"))["jobs"]["check"]["steps"],
    )
    checked = check.run("Look for a note")

    assert done.code == 0, done.err
    assert [comment["author"] for comment in forge.comments] == ["change-bot"]
    assert len(forge.statuses) == 1
    assert (checked.code, checked.out) == (0, f"present: {TITLE}\n")


# What is installed.


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """A runner where pip asks no network: all but changenote itself is there already."""
    environment = runner(tmp_path)
    shutil.rmtree(tmp_path / "temp/changenote")  # what stands for an installed one
    return {
        **environment,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": SITE_PACKAGES,
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say: there is none
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
    }


def test_the_workflows_install_the_wheel_of_the_repository(
    shop: Workshop, offline: dict[str, str]
) -> None:
    wheels = shop.folder / "tools"
    build = [sys.executable, "-m", "hatchling", "build", "--target=wheel"]
    subprocess.run([*build, f"--directory={wheels}"], cwd=ROOT, check=True, capture_output=True)
    [wheel] = wheels.iterdir()
    steps = read(CHECK)["jobs"]["check"]["steps"]
    given = {**offline, "CHANGENOTE": f"./tools/{wheel.name}"}

    done = Pipeline(folder=shop.folder, environment=given, steps=steps).run("Install changenote")

    assert done.code == 0, done.err
    assert version_in(shop.folder.parent / "temp") == f"changenote {__version__}\n"


def test_the_action_installs_what_its_commit_has(shop: Workshop, offline: dict[str, str]) -> None:
    action = Pipeline(
        folder=shop.folder,
        environment={**offline, "GITHUB_ACTION_PATH": str(ROOT)},
        steps=read((ROOT / "action.yml").read_text())["runs"]["steps"],
        known={"inputs.python": sys.executable},
    )

    done = action.run("Install changenote")

    assert done.code == 0, done.err
    assert action.outputs["changenote"].endswith("/temp/changenote/bin/changenote")
    assert version_in(shop.folder.parent / "temp") == f"changenote {__version__}\n"


def test_the_action_says_which_python_it_needs(shop: Workshop, offline: dict[str, str]) -> None:
    old = shop.write("python3", "#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    action = Pipeline(
        folder=shop.folder,
        environment=offline,
        steps=read((ROOT / "action.yml").read_text())["runs"]["steps"],
        known={"inputs.python": str(old)},
    )

    done = action.run("Install changenote")

    assert done.code == 3
    assert done.out == (
        "::error::changenote needs Python 3.11 or newer: run actions/setup-python before it\n"
    )


def version_in(temporary: Path) -> str:
    """What an installed changenote says that it is."""
    program = temporary / "changenote/bin/changenote"
    environment = {**os.environ, "PYTHONPATH": SITE_PACKAGES}
    return subprocess.check_output([program, "--version"], env=environment, text=True)
