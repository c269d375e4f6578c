"""Build the demo knowledge base: public history → repository → notes → site.

Run it as `python -m tests.demo.build FOLDER`, as often as you like: the folder starts empty.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from textwrap import indent

from tests.demo.answers import Answer, arguments, partial_note, read_answers
from tests.demo.rebuild import Rebuilt, rebuild

HERE = Path(__file__).parent
OWN_NOTES = HERE.parents[1] / "changes"
MARKER = Path(".git", "made-by-changenote-demo")


def main() -> None:
    """Build the demo in the folder named on the command line."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.demo.build FOLDER")
    build(Path(sys.argv[1]))


def build(target: Path) -> None:
    """Make the repository, its notes and its site in `target`; say each step."""
    empty(target)
    merges = rebuild(HERE / "history.jsonl", target)
    say(f"{target}: rebuilt {len(merges)} commits of withastro/astro with made-up file contents")
    say("changenote init:")
    say(indent(changenote(target, "init"), "  ").rstrip())
    settle(target / "changes" / "config.yaml")
    answers = read_answers(HERE / "answers.yaml")
    say(f"changenote new: {len(answers)} notes from what git knows and what a person would add …")
    write_notes(target, answers, merges)
    say(f"copied {copy_own_notes(target)} notes about changenote itself")
    say("changenote check: nothing is wrong; a remark says what could be better:")
    say(f"  {last_line(changenote(target, 'check'))}")
    say(f"changenote site build: {last_line(changenote(target, 'site', 'build'))}")


def empty(target: Path) -> None:
    """An empty folder with our mark. Stops at a folder with contents that we did not make."""
    if target.exists():
        if any(target.iterdir()) and not (target / MARKER).is_file():
            raise SystemExit(
                f"{target} was not made by the demo, so it stays as it is\n"
                "  expected: a folder that is missing, empty, or from an earlier demo\n"
                "  next:     name another folder, or delete this one yourself"
            )
        shutil.rmtree(target)
    (target / MARKER).parent.mkdir(parents=True)
    (target / MARKER).write_text("Made by the demo: this folder may be deleted at any time.\n")


def settle(config: Path) -> None:
    """What this team would decide: its changes reach people through npm.

    No links to commits and files: the rebuilt commits have other ids than those on the forge.
    """
    lines = config.read_text().splitlines(keepends=True)
    kept = "".join(t for t in lines if not t.startswith(("forge:", "repository:")))
    config.write_text(kept.replace("environment: production\n", "environment: npm\n"))


def write_notes(repository: Path, answers: Sequence[Answer], merges: Sequence[Rebuilt]) -> None:
    """One note per answer. Stops at the first one that is not complete, with its problems."""
    by_number = {merge.commit.pull_request: merge for merge in merges}
    released = {tag: merge.commit.committed for merge in merges for tag in merge.commit.tags}
    ids: dict[int, str] = {}
    for answer in answers:
        merge = by_number[answer.pull_request]
        version = answer.options.get("version")
        shipped_at = released[str(version)] if version else merge.commit.committed
        ids[answer.pull_request] = new_note(repository, answer, merge, shipped_at, ids)


def new_note(
    repository: Path, answer: Answer, merge: Rebuilt, shipped_at: datetime, ids: dict[int, str]
) -> str:
    """Run `changenote new` for one merge; the id of its note."""
    words = ["new", "--yes", "--json", "--from", "-", *arguments(answer, merge, shipped_at)]
    result = json.loads(changenote(repository, *words, given=partial_note(answer, ids)))
    if result["status"] == "draft" or result["problems"]:
        problems = json.dumps(result["problems"], indent=2, ensure_ascii=False)
        raise SystemExit(f"the note about #{answer.pull_request} is incomplete:\n{problems}")
    return str(result["id"])


def copy_own_notes(repository: Path) -> int:
    """Put this project's own notes, with their folders, among the others; how many there are."""
    years = [folder for folder in OWN_NOTES.iterdir() if folder.is_dir()]
    for year in years:
        shutil.copytree(year, repository / "changes" / year.name, dirs_exist_ok=True)
    return sum(len(list(year.glob("*.yaml"))) for year in years)


def changenote(repository: Path, *words: str, given: str = "") -> str:
    """What a changenote command prints; what it says when it fails ends the demo."""
    command = [sys.executable, "-m", "changenote", *words]
    done = subprocess.run(
        command, cwd=repository, input=given, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        said = f"{done.stdout}{done.stderr}"
        raise SystemExit(f"`changenote {words[0]}` ended with {done.returncode}:\n{said}")
    return done.stdout


def last_line(text: str) -> str:
    """The line in which a command sums up."""
    return text.strip().rpartition("\n")[2]


def say(text: str) -> None:
    """Tell what was done, at once even when make or a pipe reads it."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
