"""Can a rollback step be pasted into a shell, or is it prose or a text still to be written?

Nothing is run or looked up: the commands of this machine say nothing about those of the one that
is on fire. Signs of a sentence are weighed against signs of a command, and a doubt is decided for
the command, because a false alarm teaches people to ignore the check. The weights were set on a
thousand commands of tldr-pages and on steps that people wrote; both are in the tests.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from changenote.checks.fillers import is_filler
from changenote.patterns import pattern

Judgement = Literal["command", "prose", "placeholder"]

FILL_IN = "A secret was taken out of this, so fill it in before you paste it"
"""Said beside a command that `lacks_secret`, wherever one could take it for a whole one."""

_OPENERS = frozenset(
    """
    announce apply ask automatic automatically back bring call cannot change check click contact
    create delete deploy disable discard do documented downgrade edit enable escalate execute
    feature fix flip follow handled inform let manual manually merge move navigate none normal
    nothing notify open page please point press pull push put re-deploy re-enable re-run recreate
    redeploy redo refer remove rename repeat replace rerun restart restore resume revert revoke roll
    roll-back rollback run same scale see set simply standard swap switch tell toggle trigger turn
    undeploy undo uninstall update upgrade use usual verify wait
    """.split()
)
"""Words that open an order to a person; everyday commands that read alike (`make`) are left out."""

_TWO_WORD_OPENERS = frozenset(
    ["find out", "go back", "go into", "go to", "log in", "log into", "make sure", "sign in"]
)
_SENTENCE_WORDS = frozenset(
    """
    a again all an and any are as at back be before by down each every for from if in into is it
    no not now of off old on onto or out over previous so that then this to until up using via was
    when with
    """.split()
)
_COMMANDS_TOO = frozenset(["as", "at"])

_NEVER_BARE = frozenset("the our your please should must we you their".split())
"""Words that stand in no command outside quotes."""

_THINGS = frozenset(
    """
    admin backup branch build change changes code commit commits config configuration database
    deploy deployment flag flags image instance instances latest migration on-call oncall page
    people pod pods pr pull release request runbook server servers service services snapshot tag
    team ticket traffic users version wiki
    """.split()
)
_PREFIXES = frozenset("sudo doas time nohup exec command env".split())

_PROGRAMS = frozenset(
    """
    ansible-playbook aws az bundle cap cargo curl docker flyctl gcloud git helm heroku kubectl
    mysql npm npx php pip pnpm psql python rake rsync ssh systemctl terraform yarn
    """.split()
)

# What `changenote new` suggests itself, known without a look at every sign; ids may be short.
_SUGGESTED = pattern(
    r"git revert --no-edit (?:-m 1 )?[0-9a-f]{7,64}(?:\.\.[0-9a-f]{7,64})?", holds=("git revert ",)
)
_LIST_MARK = pattern(r"(?:\d+[.)]|[-*$>]|•|\([a-z ]+\))\s+")
_CONTRACTION = pattern(r"(?<=[A-Za-z])['’](?:t|s|re|ll|ve|d|m)\b", holds=("'", "’"))
_QUOTED = pattern(r"'[^']*'|\"(?:\\.|[^\"\\])*\"", re.S, holds=("'", '"'))
_COMMENT = pattern(r"(?:^|(?<=\s))#.*", holds=("#",))
_TALKERS = ("echo", "printf", "say", "wall", "logger", "Write-Host", "rem")
_TALK = pattern(rf"((?:^|[|;&]\s*)(?:{'|'.join(_TALKERS)})\b)[^|;&]*", holds=_TALKERS)
_ASSIGNMENT = pattern(r"\w+=\S*", holds=("=",))
_SHAPED = pattern(
    r"[./~$&%!:@(].*|\{|\[\[?"  # paths, variables, shell syntax, a bot's name
    r"|[a-z_.][\w.-]*[/\\].*|[A-Za-z]:\\.*|\w[\w-]*\.\w{1,4}"  # bin/x, C:\x, x.sh
    r"|\S*[=()$*\\].*|\S+::\S*|[A-Z][A-Za-z]+-[A-Z]\w+"  # calls; Set-Item
)
_NAME = pattern(r"[a-z][a-z0-9_.+-]*")
_OPTION = pattern(r"--?[A-Za-z][\w.-]*(?:=.*)?|/[A-Za-z?]")
_OPERATOR = pattern(r"&&|\|\|?|\d?>>?|<|;|\$\w|\$[({]|`")
_IDENTIFIER = pattern(r".*\w[-_.:/@=*]+\w.*|(?=.*[A-Za-z]).*\d.*|.*[/_=*@].*")
_CAPITALISED = pattern(r"[A-Z][a-z]*[,:;.!?]?")
_LABEL = pattern(r"[A-Za-z].*:", holds=(":",))
_END = pattern(r"[A-Za-z]{2,}[.!]", holds=(".", "!"))
_PAUSE = pattern(r"[A-Za-z]{2,}[,:]", holds=(",", ":"))
_ADDRESS = pattern(r"https?://\S+", holds=("://",))
_BLOCK = pattern(
    r"\s*(?:(?:if|for|while|until)\b.*?[;\n]\s*(?:then|do)\b.*\b(?:fi|done)\b"
    r"|case\b.*\besac\b)",
    re.S,
    holds=("fi", "done", "esac"),
)
# Holes that are no shell syntax outside quotes, and the words people leave for later.
_BARE_HOLE = pattern(
    r"(?<![\w<])<[A-Za-z][\w -]*>(?![\w>])"
    r"|(?<!\S)(?:TODO:?|TBD|FIXME:?|XXX+|xxx+|…|\.\.\.|\?{2,}|SHA|COMMIT(?:_\w+)?|\w+_SHA"
    r"|\[(?:commit|sha|hash|tag|version|id)\])(?!\S)",
    holds=("<", "TODO", "TBD", "FIXME", "XXX", "xxx", "…", "...", "??", "SHA", "COMMIT", "["),
)
_TAKEN_OUT = pattern(r"\[redacted(?:: [A-Za-z ]{1,30})?\]", holds=("[redacted",))
_FOREIGN = pattern(r"(?=[^\W\d_])[^\x00-\x7f]")


def judged(step: str) -> Judgement:
    """What a rollback step is: a command to paste, prose for a person, or a text to be written."""
    if _SUGGESTED.fullmatch(step):
        return "command"
    if _is_placeholder(step):
        return "placeholder"
    if _BLOCK.match(step) or _is_sql(step.strip()):
        return "command"
    lines = [line for raw in step.splitlines() if (line := _bare(raw))]
    runnable = any(_is_command(line, doubt=not i) for i, line in enumerate(lines))
    return "command" if runnable else "prose"


def first_command(steps: Iterable[str]) -> str | None:
    """The first rollback step that can be pasted into a shell, if there is one."""
    return next((step for step in steps if judged(step) == "command"), None)


def is_surely_command(line: str) -> bool:
    """Does a line begin as no sentence does: with a path, a well-known program, an option?"""
    bare = _bare(line)
    if not bare or not _is_command(bare, doubt=False):
        return False
    first, *others = bare.split()
    if _SHAPED.fullmatch(first) or first in _PROGRAMS:
        return True
    return any(_OPTION.fullmatch(word) for word in others)


def lacks_secret(step: str) -> bool:
    """Was a secret taken out of a step? Without it the step does something else, or nothing."""
    return bool(_TAKEN_OUT.search(step))


def _is_placeholder(step: str) -> bool:
    """Is it nothing but a filler, or does it have a hole such as `<sha>` that must be filled?"""
    if is_filler(step) or lacks_secret(step):
        return True
    # Most steps have no sign of a hole, and compiling what tells them apart is slow.
    lower = step.lower()
    if any(sign in lower for sign in ("<", "{", "your", "here")) and _named_hole().search(step):
        return True
    bare = _COMMENT.sub("", _QUOTED.sub("''", step))
    return bool(_BARE_HOLE.search(bare))


@cache
def _named_hole() -> re.Pattern[str]:
    """`<sha>`, `{version}`, `your-service`: holes whose name says so, in quotes too."""
    name = (
        r"(?:(?:your|the|old|new|previous|last|prior|merge|good|bad|commit|image)[ _-]?){0,4}"
        r"(?:sha\d*|commit|hash|revision|rev|ref|version|tag|release|branch|id|name|host(?:name)?"
        r"|server|service|app|env(?:ironment)?|namespace|cluster|region|user(?:name)?|password"
        r"|token|secret|url|backup|snapshot|flag|number|date|timestamp)(?:[ _-]here)?"
    )
    return re.compile(
        rf"(?i:<{name}>|(?<![$@\w#{{%]){{{{?\s*{name}\s*}}?}}|\byour[_-]{name}\b|\b{name}[_-]here\b)"
        r"|(?<!\$)(?<!\{)\bYOUR_[A-Z_]+\b(?!=)"
    )


def _is_sql(step: str) -> bool:
    """Is it a statement in capitals, or in any letters when it ends with a semicolon?"""
    may_be = step[:1].isupper() or step.endswith(";")
    return may_be and bool(_sql().match(step))


@cache
def _sql() -> re.Pattern[str]:
    statement = (
        r"(?:CREATE|DROP|ALTER)\s+(?:OR\s+REPLACE\s+)?[A-Z]+\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s"
        r"|INSERT\s+INTO\s|TRUNCATE\s|SELECT\s|REINDEX\s|REFRESH\s|GRANT\s|REVOKE\s|BEGIN\b|COMMIT\b"
        r"|ROLLBACK\b|CALL\s"
    )
    return re.compile(rf"(?:{statement})|(?is:(?:{statement}).*;\s*$)")


def _bare(line: str) -> str:
    """A line without list mark, comment and what is in quotes; empty for a comment or fence."""
    line = line.strip().removeprefix("```").strip("`")
    if mark := _LIST_MARK.match(line):
        line = line[mark.end() :]
    line = _QUOTED.sub("''", _CONTRACTION.sub(" not ", line))
    return _TALK.sub(r"\1", _COMMENT.sub("", line)).strip()


def _is_command(line: str, *, doubt: bool) -> bool:
    """Does a bare line read as a command? `doubt` is the answer when nothing speaks either way."""
    words = line.split()
    while len(words) > 1 and (words[0] in _PREFIXES or _ASSIGNMENT.fullmatch(words[0])):
        words = words[1:]
    lower = [word.casefold().rstrip(".,:;!?") for word in words]
    if not _NEVER_BARE.isdisjoint(lower):
        return False
    opened = _opens_a_sentence(lower)
    sentence, command = _sentence_signs(words, lower, opened), _command_signs(words, lower, opened)
    if doubt:
        return sentence < 2 or sentence <= command
    return not sentence and command > 2


def _opens_a_sentence(lower: list[str]) -> bool:
    first = lower[0]
    if first in _OPENERS or " ".join(lower[:2]) in _TWO_WORD_OPENERS:
        return True
    return first in _SENTENCE_WORDS and first not in _COMMANDS_TOO


def _sentence_signs(words: list[str], lower: list[str], opened: bool) -> int:
    first, capital = words[0], bool(_CAPITALISED.fullmatch(words[0]))
    signs = 2 * (opened + capital + bool(_LABEL.fullmatch(first)) + bool(_END.fullmatch(words[-1])))
    signs += 3 * (bool(_ADDRESS.match(first)) + bool(_FOREIGN.search(first)))
    signs += sum(word in _SENTENCE_WORDS for word in lower[1:])
    if opened or capital:
        signs += sum(word in _THINGS for word in lower[1:])
    return signs + sum(bool(_PAUSE.fullmatch(w) or _FOREIGN.search(w)) for w in words[1:])


def _command_signs(words: list[str], lower: list[str], opened: bool) -> int:
    first = words[0]
    signs = 0
    if _SHAPED.fullmatch(first) and not _END.fullmatch(first):
        signs = 3
    elif _NAME.fullmatch(first) and not opened:
        signs = 2
    signs += 2 * min(2, sum(bool(_OPTION.fullmatch(word)) for word in words[1:]))
    signs += 2 * bool(_OPERATOR.search(" ".join(words)))
    signs += 2 * any(_IDENTIFIER.fullmatch(w) and w not in _THINGS for w in lower[1:])
    return signs + ("''" in words)
