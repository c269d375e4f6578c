"""What people and programs type: half sessions, broken editors, odd partial notes. None is lost."""

import os
import re
import shlex
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pexpect
import pytest

from changenote.model.reading import resolved
from changenote.store import codec
from tests.house import NOTE, read_note, said, valid_note
from tests.limits import no_file_above
from tests.workshop import COMPLETE, IDENTITY, Workshop

# From Python 3.12 on, any fork in a process with threads (pytest-xdist has some) is warned of.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

CTRL_C, CTRL_D = "\x03", "\x04"

_WIDTH = 200  # paths of folders for tests are long
_SCREEN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": str(_WIDTH)}


class Terminal:
    """A person at a terminal."""

    def __init__(self, workshop: Workshop, *arguments: str, **environment: str) -> None:
        under = environment.pop("UNDER", "")
        self.workshop = workshop
        self.child = pexpect.spawn(
            shlex.join([*shlex.split(under), sys.executable, "-m", "changenote", *arguments]),
            cwd=str(workshop.folder),
            env={**os.environ, **IDENTITY, **_SCREEN, **environment},
            encoding="utf-8",
            timeout=60,
            dimensions=(60, _WIDTH),
        )
        self._screen = StringIO()
        self._answered = 0
        self.child.logfile_read = self._screen

    def answer(self, prompt: str, answer: str, *, end: str = "\r") -> None:
        """Wait for a question and type an answer."""
        self.child.expect_exact(prompt)
        self.child.expect(r"[^\n]*: ")
        self._answered = len(self._screen.getvalue())
        self.child.send(answer + end)

    def ended(self) -> tuple[int | None, str]:
        """Exit code and everything printed since the last answer, with plain line ends."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus, self._screen.getvalue()[self._answered :].replace(
            "\r\n", "\n"
        )

    @property
    def seen(self) -> str:
        """Everything printed so far."""
        return self._screen.getvalue()


def data(path: Path) -> dict[str, Any]:
    """A note's file as plain data, which must be valid YAML."""
    document = codec.load(path.read_bytes())
    assert document.problems == []
    plain: dict[str, Any] = resolved(document.data)
    return plain


# --- The questions of `new` -----------------------------------------------------------------------

ANSWERS = [
    ("What should get better", "p95 under 400 ms", ("expected", "p95 under 400 ms")),
    (
        "Which number moved?",
        "p95: 8 ms -> 3 ms",
        (
            "metrics",
            [{"name": "p95", "unit": "ms", "better": "lower", "before": 8, "after": 3}],
        ),
    ),
    (
        "Were its caches warm?",
        "cold -> warm",
        (
            "metrics",
            [
                {
                    "name": "p95",
                    "unit": "ms",
                    "better": "lower",
                    "before": 8,
                    "after": 3,
                    "conditions": {"cache": "cold -> warm"},
                }
            ],
        ),
    ),
    ("What was run", "./deploy.sh", ("commands", [{"run": "./deploy.sh", "recorded": "typed"}])),
    ("Undo it when?", "p95 over 900 ms", ("rollback", "p95 over 900 ms")),
    ("Undone when?", "p95 is back at 840 ms", ("rollback", "p95 is back at 840 ms")),
]
SAVE = "Enter saves the note; a word on the left changes that part"


@pytest.mark.parametrize("number", range(1, len(ANSWERS)), ids=[a[0] for a in ANSWERS[1:]])
def test_ctrl_c_at_any_question_names_the_draft_with_every_answer_so_far(
    workshop: Workshop, number: int
) -> None:
    person = Terminal(workshop, "new")

    for prompt, answer, _ in ANSWERS[:number]:
        person.answer(prompt, answer)
    person.answer(ANSWERS[number][0], CTRL_C, end="")
    code, last = person.ended()

    (path,) = workshop.notes()
    note = data(path)
    assert code == 130
    assert last.endswith(
        f"\nStopped. What you typed is in {path.relative_to(workshop.folder)}, a draft.\n"
        f"  `changenote edit {note['id']}` goes on.\n"
    )
    assert note["status"] == "draft"
    for key, expected in dict(expected for *_, expected in ANSWERS[:number]).items():
        assert expected in (note[key], *_values(note[key]))
    assert workshop.run("show", note["id"]).code == 0
    assert workshop.run("edit", note["id"], EDITOR="true").code == 0


def _values(part: object) -> list[object]:
    return list(part.values()) if isinstance(part, dict) else []


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["Ctrl-C", "Ctrl-D"])
def test_stopping_before_anything_is_typed_writes_nothing(workshop: Workshop, key: str) -> None:
    person = Terminal(workshop, "new")

    person.answer("What should get better", key, end="")
    code, last = person.ended()

    assert code == 130
    assert last.endswith("\nStopped. Nothing was written.\n")
    assert workshop.git("status", "--porcelain", "--ignored") == ""


def test_ctrl_d_is_as_good_as_ctrl_c(workshop: Workshop) -> None:
    person = Terminal(workshop, "new")

    person.answer("What should get better", "p95 under 400 ms")
    person.answer("Which number moved?", CTRL_D, end="")
    code, last = person.ended()

    assert code == 130
    assert "Stopped. What you typed is in changes/" in last
    assert data(workshop.notes()[0])["expected"] == "p95 under 400 ms"


def test_options_survive_ctrl_c_at_the_first_question(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", "--title=Typed with care", "--status=shipped")

    person.answer("What should get better", CTRL_C, end="")
    code, last = person.ended()

    note = data(workshop.notes()[0])
    assert code == 130
    assert f"`changenote edit {note['id']}` goes on." in last
    assert (note["title"], note["status"]) == ("Typed with care", "draft")


def test_only_the_suggested_revert_is_said_to_apply(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", "--rollback-when=p95 over 900 ms", "--no-command=merged")

    person.answer("What should get better", "")
    person.answer("Which number moved?", "nothing to measure")
    person.answer("Undone when?", "p95 is back")
    person.answer(SAVE, "undo")
    proposed = person.seen
    person.answer("Undo it with", "./flags set cart off")
    person.answer(SAVE, "")
    _, last = person.ended()

    assert "(applies cleanly onto" in proposed
    assert "./flags set cart off" in person.seen.removeprefix(proposed)
    assert "(applies" not in person.seen.removeprefix(proposed), last


def test_a_whole_session_in_which_everything_that_can_be_typed_is_typed(
    workshop: Workshop,
) -> None:
    editor = 'sh -c \'printf "./deploy.sh one\\n./deploy.sh two\\n" > "$0"\''
    person = Terminal(workshop, "new", EDITOR=editor)

    person.answer("What should get better, by how much?", "")
    person.answer("Which number moved?", "nobody measured")
    person.answer("What was run to ship it?", "e")
    person.answer("Undo it when?", "carts are wrong")
    person.answer("Undone when?", "  ")
    person.answer(SAVE, "kid")
    person.answer(SAVE, "kind")
    person.answer("Kind [performance]", "nonsense")
    person.answer("Kind [performance]", "f")
    person.answer("Kind [performance]", "fea")
    person.answer(SAVE, "ser")
    person.answer("Service [shop]", "-")
    person.answer(SAVE, "owner")
    person.answer("Who owns it? [Dana Dev]", "@acme/cart")
    person.answer(SAVE, "reason")
    person.answer("Why? [p95 of GET /cart was 840 ms because", "-")
    person.answer(SAVE, "undo")
    person.answer("Undo it with [git revert --no-edit ", "-")
    person.answer(SAVE, "title")
    person.answer("What changed? [Cache cart totals per session]", "")
    person.answer(SAVE, "")
    code, last = person.ended()

    (path,) = workshop.notes()
    note = data(path)
    kept = {k: note[k] for k in note if k not in ("id", "shipped", "source", "files", "authors")}
    assert "  'kid' is none of them. Did you mean `kind`?" in person.seen
    assert "  Words: title, kind, service, owner, reason," in person.seen
    assert "  'nonsense' is none of them." in person.seen
    assert "  'f' is none of them." in person.seen
    assert code == 0
    assert kept == {
        "schema": 1,
        "title": "Cache cart totals per session",
        "kind": "feature",
        "status": "draft",
        "owner": "@acme/cart",
        "rollback": {"when": "carts are wrong"},
        "commands": [
            {"run": "./deploy.sh one", "recorded": "typed"},
            {"run": "./deploy.sh two", "recorded": "typed"},
        ],
        "no_metric": "nobody measured",
    }
    assert last.endswith(
        f"{path.relative_to(workshop.folder)}\n"
        "  a draft, because it still lacks:\n"
        "    service                the service that changed\n"
        "    reason                 why the change was made\n"
        "    expected               what was expected to happen\n"
        "    rollback.strategy      how to undo it: flag, revert, redeploy …\n"
        "    rollback.steps         a command that undoes it\n"
        "    rollback.verify        how to see that the rollback worked\n"
        f"  next: changenote edit {note['id']}\n"
    )


def test_enter_to_the_end_takes_every_proposal(workshop: Workshop) -> None:
    person = Terminal(workshop, "new")

    for prompt, *_ in ANSWERS:
        if prompt != "Were its caches warm?":  # there is no number to be asked about
            person.answer(prompt, "")
    person.answer(SAVE, "")
    code, _ = person.ended()

    note = data(workshop.notes()[0])
    assert code == 0
    assert (note["title"], note["kind"]) == ("Cache cart totals per session", "performance")
    assert note["rollback"]["strategy"] == "revert"


def test_enter_at_a_part_that_is_known_keeps_it(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", "--metric=p95: 8 ms -> 3 ms [cache: warm]")

    for prompt in ("What should get better", "What was run", "Undo it when?", "Undone when?"):
        person.answer(prompt, "")
    person.answer(SAVE, "metrics")
    person.answer("Which number moved?", "")
    person.answer(SAVE, "")
    person.ended()

    assert data(workshop.notes()[0])["metrics"][0]["after"] == 3


def test_a_checklist_takes_only_answers(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", "--kind=cache", "--no-metric=none", "--no-command=none")

    person.answer("What should get better", "")
    person.answer("Checked for cache?", "p95 around 500 ms again")
    person.answer("Checked for cache?", "ok na ok")
    person.answer("Undo it when?", CTRL_C, end="")
    person.ended()

    assert "'p95 around 500 ms again' is no answer: ok, na, todo or fail" in person.seen
    assert list(data(workshop.notes()[0])["checklist"]["cache"].values()) == ["ok", "na", "ok"]


def test_an_editor_that_fails_is_named_and_the_question_asked_again(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", "--title=Keep it", EDITOR="sh -c 'echo more >>$0; exit 3'")

    person.answer("What should get better", "p95 under 400 ms")
    for prompt in ("Which number", "What was run", "Undo it when?", "Undone when?"):
        person.answer(prompt, "")
    person.answer(SAVE, "owner")
    person.answer("Who owns it?", "e")
    person.answer("Who owns it?", CTRL_C, end="")
    person.ended()

    (kept,) = (workshop.folder / ".changenote" / "kept").glob("answer*.md")
    assert "changenote: the editor 'sh' ended with exit code 3" in person.seen
    assert f"  retry:    safe, the text is kept in {kept}" in person.seen
    assert kept.read_text() == "Dana Dev\nmore\n"
    assert data(workshop.notes()[0])["expected"] == "p95 under 400 ms"


def test_a_proposal_from_git_cannot_act_on_the_terminal(workshop: Workshop) -> None:
    workshop.commit("Pay \u202eevil\u2066 now \u200b", {"x": "1\n"})
    person = Terminal(workshop, "new", "--base=HEAD~1")

    person.answer("Kind [feature]", CTRL_C, end="")
    person.ended()

    assert r"Pay \u202eevil\u2066 now" in person.seen
    assert not set("\u202e\u2066\u200b") & set(person.seen)


def test_a_disk_that_fills_up_in_a_session_keeps_the_answers(workshop: Workshop) -> None:
    person = Terminal(workshop, "new", UNDER=shlex.join(no_file_above(200)))

    person.answer("What should get better", "p95 under 400 ms")
    code, last = person.ended()

    kept = re.search(r"what you gave is kept in (\S+)", last)
    assert code == 3
    assert kept
    assert Path(kept[1]).read_text() == "expected: p95 under 400 ms\n"


# --- Editors --------------------------------------------------------------------------------------

EDITORS = [
    ({"EDITOR": "no-such-editor"}, "the editor 'no-such-editor' cannot be started: "),
    ({"EDITOR": "false"}, "the editor 'false' ended with exit code 1"),
    ({"EDITOR": "sh -c 'exit 7'"}, "the editor 'sh' ended with exit code 7"),
    ({"EDITOR": "vim 'unclosed"}, 'the editor "vim \'unclosed" cannot be understood: '),
    ({"EDITOR": "", "VISUAL": ""}, "no editor is chosen"),
    ({"EDITOR": "   "}, "no editor is chosen"),
    ({"EDITOR": "/"}, "the editor '/' cannot be started: permission denied"),
]


@pytest.mark.parametrize(("environment", "what"), EDITORS, ids=[what for _, what in EDITORS])
@pytest.mark.parametrize("command", ["new", "edit"])
def test_an_editor_that_does_not_work_is_named_and_the_next_command_goes_on(
    workshop: Workshop, command: str, environment: dict[str, str], what: str
) -> None:
    note = valid_note(workshop)
    arguments = ["new", "--edit", *COMPLETE] if command == "new" else ["edit", "g00d00"]

    done = workshop.run(*arguments, **environment)
    again = workshop.run(
        *shlex.split(said(done).next.split("`")[1])[1:], EDITOR="sed -i s/totals/sums/"
    )

    assert done.code == 3
    assert said(done).what.startswith(what)
    assert "title: Cache cart totals per session" in said(done).kept.read_text()
    assert again.code == 0
    saved = workshop.notes()[-1] if command == "new" else note
    assert "\ntitle: Cache cart sums per session\n" in saved.read_text()
    assert "\nstatus: shipped\n" in saved.read_text()


def test_an_editor_may_have_arguments_and_blanks_in_its_path(workshop: Workshop) -> None:
    valid_note(workshop)
    script = workshop.write("my tools/edit it.sh", '#!/bin/sh\nsed -i "s/$1/$2/" "$3"\n')
    script.chmod(0o755)

    done = workshop.run("edit", "g00d00", EDITOR=f"'{script}' Cache Keep")

    assert done.code == 0
    assert "title: Keep cart totals" in workshop.notes()[0].read_text()


def test_visual_wins_over_editor_and_editor_over_git(workshop: Workshop) -> None:
    valid_note(workshop)
    workshop.git("config", "core.editor", "sed -i s/Cache/Git/")

    for environment, word in [
        ({"VISUAL": "", "EDITOR": ""}, "Git"),
        ({"VISUAL": "", "EDITOR": "sed -i s/Git/Editor/"}, "Editor"),
        ({"VISUAL": "sed -i s/Editor/Visual/", "EDITOR": "false"}, "Visual"),
    ]:
        assert workshop.run("edit", "g00d00", **environment).code == 0
        assert f"title: {word} cart totals" in workshop.notes()[0].read_text()


INVALID = [
    ("sed -i s/flag/magic/", "rollback.strategy", "magic"),
    ("sed -i 's/^title/\\ttitle/'", "", "a tab in the indentation"),
    ('sh -c \'printf "\\377" >> "$0"\'', "", "the byte 0xff"),
    ("truncate -s 0", "", "nothing"),
    ("sed -i '/^title/d'", "title", "nothing"),
]


@pytest.mark.parametrize(("editor", "where", "found"), INVALID, ids=[e for e, *_ in INVALID])
@pytest.mark.parametrize("command", ["new", "edit"])
def test_an_invalid_edit_is_refused_kept_and_taken_up_again(
    workshop: Workshop, command: str, editor: str, where: str, found: str
) -> None:
    note = valid_note(workshop)
    before = note.read_bytes()
    arguments = ["new", "--edit", *COMPLETE] if command == "new" else ["edit", "g00d00"]
    good = workshop.write("good.yaml", NOTE.replace("ID", "20251120-g00d00"))

    done = workshop.run(*arguments, EDITOR=editor)
    kept = said(done).kept.read_bytes()
    again = workshop.run(*shlex.split(said(done).next.split("`")[1])[1:], EDITOR=f"cp {good}")

    assert done.code == 1
    assert re.search(rf"  line \d+: {re.escape(where)}\n    found:    {found}", done.err)
    assert note.read_bytes() == before or command == "edit"
    assert kept != before
    assert again.code == 0, again.err
    assert len(workshop.notes()) == (2 if command == "new" else 1)


def test_comments_of_a_person_survive_an_edited_new_note(workshop: Workshop) -> None:
    done = workshop.run("new", "--edit", *COMPLETE, EDITOR="sed -i '/^title/i # mine'")

    assert done.code == 0
    assert "\n# mine\ntitle: " in read_note(workshop, done)


def test_a_draft_that_is_completed_later_from_its_kept_text_ships(workshop: Workshop) -> None:
    options = [option for option in COMPLETE if "--reason" not in option]
    done = workshop.run("new", "--edit", *options, "--base=HEAD", "--file=x", EDITOR="false")

    again = workshop.run(
        *shlex.split(said(done).next.split("`")[1])[1:],
        EDITOR="sed -i '/^kind/a reason: it was slow before the change'",
    )

    assert again.code == 0
    assert "\nstatus: shipped\n" in read_note(workshop, again)


def test_ctrl_c_after_a_refused_edit_names_the_kept_text(workshop: Workshop) -> None:
    valid_note(workshop)
    person = Terminal(workshop, "edit", "g00d00", EDITOR="sed -i s/flag/magic/")

    person.answer("Edit again? [Y/n]", "y")
    person.answer("Edit again? [Y/n]", CTRL_C, end="")
    code, last = person.ended()

    kept = re.search(r"every word is kept in (\S+)", last)
    assert code == 1
    assert kept
    assert "strategy: magic" in Path(kept[1]).read_text()
    assert f"`changenote edit g00d00 --from {kept[1]}` goes on." in " ".join(last.split())


def test_ctrl_c_in_an_editor_belongs_to_the_editor(workshop: Workshop) -> None:
    valid_note(workshop)
    editor = workshop.write(
        "editor.sh", 'trap "stopped=yes" INT\necho ready\nread key\nsed -i s/Cache/Keep/ "$1"\n'
    )
    person = Terminal(workshop, "edit", "g00d00", EDITOR=f"bash {editor}")

    person.child.expect_exact("ready")
    person.child.send(CTRL_C)
    person.child.send("\r")
    code, _ = person.ended()

    assert code == 0
    assert "title: Keep cart totals" in workshop.notes()[0].read_text()


# --- Partial notes --------------------------------------------------------------------------------

NOT_A_NOTE = [
    ("- a\n- b\n", "stdin: this is not a note"),
    ("just words\n", "stdin: this is not a note"),
    ("title: [unclosed\n", "stdin:2:1: expected ',' or ']', but got '<stream end>'"),
    ('{"title": "x" "kind": "fix"}', "stdin:1:15: "),
    ("title: one and two\ntitle: three\n", "stdin:2:1: title again"),
    ("title: a\0b\n", "stdin:1:9: the control character U+0000"),
    (b"title: caf\xe9\n", "stdin:1:11: the byte 0xe9"),
    ("a: &a [x]\nb: *a\n", "stdin:1:4: an anchor, &a"),
    ("title: x\n---\ntitle: y\n", "stdin:2:1: a second document"),
    ("shipped: yesterday\n", "stdin: shipped has no keys, and an option wants to set one"),
]


@pytest.mark.parametrize(("text", "what"), NOT_A_NOTE, ids=[what for _, what in NOT_A_NOTE])
def test_a_partial_note_that_cannot_be_understood_is_kept_byte_for_byte(
    workshop: Workshop, text: str | bytes, what: str
) -> None:
    raw = text if isinstance(text, bytes) else text.encode()

    done = workshop.run("new", "--from=-", "--reason=typed", "--version=2", given=raw)
    kept = said(done).kept
    others = sorted(p.read_text() for p in kept.parent.glob("*.yaml") if p != kept)
    same = kept.read_bytes() == raw
    kept.write_text("title: Corrected by hand\n")
    again = workshop.run("new", "--from", str(kept), "--reason=typed", "--version=2", "--json")

    assert done.code == 2
    assert said(done).what.startswith(what)
    assert same
    assert others == ['shipped:\n  version: "2"\n\nreason: typed\n']
    assert said(done).next.endswith(
        f"Correct it there, then run the same command with `--from {kept}`."
    )
    assert again.code == 0
    assert len(workshop.notes()) == 1


@pytest.mark.parametrize("text", ["", "  \n", "# nothing\n"])
def test_an_empty_partial_note_is_said_to_be_empty(workshop: Workshop, text: str) -> None:
    done = workshop.run("new", "--from=-", given=text)

    assert done.code == 2
    assert said(done).what == "stdin: there is nothing in it"
    assert workshop.notes() == []


WRONG_TYPES = """\
title: [a, b]
reason: {deep: 1}
shipped: yesterday
rollback: revert it
metrics: {a: 1}
tags: one
files: none
commands: [{run: x, exit: zero}]
"""


def test_wrong_types_of_a_partial_note_are_kept_in_a_draft_and_reported(
    workshop: Workshop,
) -> None:
    done = workshop.run("new", "--from=-", "--json", given=WRONG_TYPES)
    note = data(workshop.folder / done.data["path"])
    given = resolved(codec.load(WRONG_TYPES.encode()).data)

    assert done.code == 1
    assert done.data["status"] == "draft"
    assert {key: note[key] for key in given} == given
    assert [(p["where"], p["found"], p["expected"]) for p in done.data["problems"]] == [
        ("title", "a list of 2", "text"),
        ("shipped", "yesterday", "keys such as at, deployment, environment, incident"),
        ("reason", "keys: deep", "text"),
        ("rollback", "revert it", "keys such as data, decider, fallback, point_of_no_return"),
        ("files", "none", "a list"),
        ("commands[0].exit", "zero", "a whole number"),
        ("metrics", "keys: a", "a list"),
        ("tags", "one", "a list"),
    ]
    assert said(workshop.run("show", done.data["id"])).what.endswith(": a list of 2")
    assert workshop.run("check").code == 1


@pytest.mark.parametrize(
    "text",
    [
        "title: Cache the cart\nresaon: typo\nteam: {size: 3, on_call: true}\n",
        '{"title": "Cache the cart", "resaon": "typo", "team": {"size": 3, "on_call": true}}',
    ],
    ids=["YAML", "JSON"],
)
def test_unknown_keys_of_a_partial_note_are_kept_and_reported(
    workshop: Workshop, text: str
) -> None:
    done = workshop.run("new", "--from=-", "--json", given=text)
    note = data(workshop.folder / done.data["path"])
    unknown = [p for p in done.data["problems"] if p["rule"] == "unknown-key"]

    assert done.code == 0
    assert note["resaon"] == "typo"
    assert note["team"] == {"size": 3, "on_call": True}
    assert [(p["where"], p["severity"]) for p in unknown] == [
        ("resaon", "warning"),
        ("team", "warning"),
    ]
    assert unknown[0]["remedy"] == "Did you mean `reason`?"


def test_null_in_a_partial_note_takes_a_proposal_away(workshop: Workshop) -> None:
    text = '{"reason": null, "rollback": null, "title": null, "expected": ""}'

    done = workshop.run("new", "--from=-", given=text)
    note = data(workshop.notes()[0])

    assert done.code == 0
    assert note["title"] == "Untitled change"
    assert "reason" not in note
    assert "rollback" not in note


@pytest.mark.parametrize(
    ("source", "why"),
    [("nowhere.yaml", "no such file or directory"), ("app", "is a directory")],
)
def test_a_partial_note_that_is_not_there_costs_no_option(
    workshop: Workshop, source: str, why: str
) -> None:
    done = workshop.run("new", "--from", source, *COMPLETE)

    assert done.code == 2
    assert said(done).what == f"{source} cannot be read: {why}"
    assert "title: Cache cart totals per session" in said(done).kept.read_text()


@pytest.mark.parametrize(
    ("option", "what"),
    [
        ("--reaosn=typo", "No such option"),
        ("--rollback-strategy=magic", "Invalid value for '--rollback-strategy': 'magic' is not"),
        ("--status=done", "Invalid value for '--status': 'done' is not"),
        ("--title", "Option '--title' requires an argument"),
        ("stray", "Got unexpected extra argument"),
    ],
)
def test_a_command_line_with_one_wrong_word_is_kept_whole(
    workshop: Workshop, option: str, what: str
) -> None:
    done = workshop.run("new", *COMPLETE, option)

    assert done.code == 2
    assert said(done).what.startswith(what)
    assert shlex.split(said(done).kept.read_text()) == ["changenote", "new", *COMPLETE, option]
    assert workshop.git("status", "--porcelain") == ""
