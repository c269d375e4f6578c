"""What the pages show is what happens, and every link and command in them leads somewhere."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from changenote.cli import changenote
from changenote.cli.measuring.metrics import MetricsGroup
from changenote.config import Config, read_config
from changenote.model.note import Note
from changenote.model.reading import keys_of, read_note
from changenote.store import codec
from tests.documentation import pages
from tests.documentation.examples import examples, run_again, run_in
from tests.documentation.reference import PARTS, fresh, names_in
from tests.documentation.scenes import SCENES
from tests.sites import lost_links
from tests.workshop import Workshop

RENEW = "`python -m tests.documentation` writes the page anew; read what changed before you keep it"

BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
NAMES = pages.names()


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """Every block of a language, with the page it is on."""
    for name in NAMES:
        for block in BLOCK.finditer(pages.text(name)):
            if block["language"] == language:
                yield name, block["text"]


@pytest.mark.parametrize("name", SCENES)
def test_every_example_prints_what_its_page_shows(name: str) -> None:
    page = pages.text(name)

    assert run_in(SCENES[name], page) == page, RENEW


def test_no_page_has_examples_that_are_not_run() -> None:
    assert {name for name in NAMES if any(examples(pages.text(name)))} == set(SCENES)


def groups(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    """Every command that has commands of its own."""
    if isinstance(command, click.Group):
        yield context
        for name in command.list_commands(context):
            if inner := command.get_command(context, name):
                yield from groups(inner, click.Context(inner, context, name))


def test_no_list_of_commands_cuts_off_what_one_does() -> None:
    every = list(groups(changenote, click.Context(changenote, info_name="changenote")))

    cut = [g.command_path for g in every if "..." in g.get_help().partition("\nCommands:")[2]]

    assert len(every) > 4
    assert cut == []


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    page = pages.text(name)

    assert fresh(page) == page, RENEW


def test_every_part_of_the_reference_stands_on_one_page() -> None:
    found = [part for name in NAMES for part in names_in(pages.text(name))]

    assert sorted(found) == sorted(PARTS)


def mentions() -> Iterator[str]:
    """Every command line of changenote that a page mentions without running it."""
    for _, text in blocks("sh"):
        yield from re.findall(r"^changenote (?:.(?!</|\|\| ))*", text, re.M)
    for _, text in blocks("yaml"):
        yield from re.findall(r"(?:run: |entry: |- )(changenote .*)", text)
    for name in NAMES:
        prose = BLOCK.sub("", pages.text(name))
        yield from re.findall(r"`(changenote [^`]+)`", prose)


def test_every_command_and_option_that_a_page_mentions_exists() -> None:
    unknown = [line for line in mentions() if not is_known(shlex.split(line)[1:])]

    assert unknown == []


def is_known(words: list[str]) -> bool:
    """Do a command line's command and options exist? COMMAND stands for any command."""
    command: click.Command | None = changenote
    context = click.Context(changenote)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        word, *words = words
        if word == "COMMAND":
            return True
        group, command = command, command.get_command(context, word)
        if command is None and isinstance(group, MetricsGroup):
            return True  # a word that is no command is the name of a metric
    if command is None:
        return False
    known = {"--help", "-", "--", *(option for p in command.params for option in p.opts)}
    ends = words.index("--") if "--" in words else len(words)
    return all(word in known for word in words[:ends] if word.startswith("-"))


def test_every_make_target_that_a_page_mentions_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (pages.ROOT / "Makefile").read_text(), re.M))
    mentioned = {t for name in NAMES for t in re.findall(r"\bmake ([a-z]+)\b", code(name))}

    assert mentioned
    assert mentioned - targets == set()


def code(name: str) -> str:
    """Everything on a page that is set as code."""
    page = pages.text(name)
    return "\n".join((*(b["text"] for b in BLOCK.finditer(page)), *re.findall(r"`[^`\n]+`", page)))


def test_settings_and_parts_of_notes_on_the_pages_are_valid() -> None:
    for name, text in blocks("yaml"):
        document = codec.load(text.encode())
        assert document.problems == [], f"{name}: {text}"
        assert problems(document.data) == [], f"{name}: {text}"


def problems(data: dict[str, Any]) -> list[object]:
    """What is wrong with a piece of a config or of a note; other pieces are none of our business."""
    least = {"schema": 1, "id": "20261122-k3f9xq", "title": "Count sheep", "kind": "fix"}
    if data.keys() <= set(keys_of(Config)):
        return list(read_config(data)[1])
    if data.keys() <= set(keys_of(Note)):
        return list(read_note({"status": "draft", **least, **data})[1])
    return []


def test_the_site_builds_without_a_warning_and_every_link_in_it_leads_somewhere(
    tmp_path: Path,
) -> None:
    done = Workshop(pages.ROOT).run("site", "build", "--strict", "--to", str(tmp_path / "site"))

    assert done.code == 0
    *said, counted = done.err.splitlines()
    assert said == [
        "Building the site …",
        "No site_url in mkdocs.yml: links in feeds and index.json are relative.",
    ]
    assert re.fullmatch(r"\d+ pages and files written, 0 kept\.", counted)
    assert lost_links(tmp_path / "site") == set()


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)", pages.text("README.md"))

    assert links
    assert [link for link in links if not (pages.ROOT / link).is_file()] == []


PAGE = """\
```console
$ echo 20261122-k3f9xq shipped 2026-11-22T14:05:00Z, 3 days ago
20261122-k3f9xq shipped 2026-11-22T14:05:00Z, 3 days ago
$ echo changes/2026/20261122-k3f9xq.yaml; \\
  echo k3f9xq
changes/2026/20261122-k3f9xq.yaml
k3f9xq
$ cat <<'END'
5
END
5
```
"""


def test_an_example_is_a_command_with_all_its_lines_and_what_it_prints() -> None:
    found = [(example.command, example.shown) for example in examples(PAGE)]

    assert found[1:] == [
        (
            "echo changes/2026/20261122-k3f9xq.yaml; \\\n  echo k3f9xq",
            "changes/2026/20261122-k3f9xq.yaml\nk3f9xq\n",
        ),
        ("cat <<'END'\n5\nEND\n", "5\n"),
    ]


@pytest.mark.parametrize(
    "shown",
    [
        "20251122-zzzzzz shipped 2025-01-01T00:00:00Z, 9 hours ago",
        "20261122-k3f9xq shipped 2026-11-22T14:05:00Z, just now",
    ],
)
def test_ids_times_and_ages_may_be_other_ones(workshop: Workshop, shown: str) -> None:
    page = f"```console\n$ printf '%s %s %s, %s\\n' 20261122-k3f9xq shipped 2026-11-22T14:05:00Z '3 days ago'\n{shown}\n```\n"

    assert run_again(page, workshop) == page


def test_how_long_a_quick_command_took_may_differ_and_so_its_column(workshop: Workshop) -> None:
    page = "```console\n$ echo 'deploy      0   0.02s  ./deploy.sh'\ndeploy      0      1s  ./deploy.sh\n```\n"

    assert run_again(page, workshop) == page


CONVERSATION = """\
```console
$ changenote new
What changed? [Add notes]: Count sheep
Enter saves the note; a word on the left changes that part:
```
"""


def test_a_question_that_is_not_asked_shows(workshop: Workshop) -> None:
    with pytest.raises(AssertionError, match="'What changed\\?' was not asked"):
        run_again(CONVERSATION.replace("new", "new --yes"), workshop)


def test_the_folder_of_the_scene_does_not_show(workshop: Workshop) -> None:
    page = "```console\n$ pwd\n/home/dana/shop\n```\n"

    assert run_again(page, workshop) == page


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("deployed, took 15s", "deployed, took 16s"),
        ("2 runs after 1.5s", "3 runs after 1.5s"),
        ("nothing found in 1 file", "nothing found in 2 files"),
        ("20261122-k3f9xq 20261122-k3f9xq", "20261122-aaaaaa 20261122-bbbbbb"),
        ("20261122-aaaaaa 20261122-bbbbbb", "20261122-k3f9xq 20261122-k3f9xq"),
        ("shipped 3 days ago", "shipped in the future"),
        ("a", "a\\nb"),
        ("a  b", "a b"),
    ],
)
def test_anything_else_that_is_printed_shows(workshop: Workshop, shown: str, printed: str) -> None:
    page = f"```console\n$ printf '{printed}\\n'\n{shown}\n```\n"

    assert run_again(page, workshop) != page
