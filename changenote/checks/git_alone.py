"""Does a rollback step change the repository alone, so that nothing where the change runs does?

A doubt is decided for a step that reaches further: `git deploy` may be a team's own command.
"""

from collections.abc import Iterator

from changenote.patterns import pattern

_OF_THE_REPOSITORY = frozenset(
    """
    add am apply branch checkout cherry-pick clean clone commit config diff fetch log merge pull
    push rebase remote reset restore rev-parse revert rm show stash status switch tag worktree
    """.split()
)
_WITH_A_VALUE = ("-C", "-c")
_BETWEEN = ";&|()\n"
_ASSIGNMENT = pattern(r"\w+=.*", holds=("=",))


def is_git_alone(step: str) -> bool:
    """Is a step nothing but git commands that change the repository or a copy of it?"""
    try:
        commands = list(_commands(step))
    except ValueError:  # quotes that do not close: the shell will say so
        return False
    return bool(commands) and all(_is_git(words) for words in commands)


def _commands(step: str) -> Iterator[list[str]]:
    """The words of each command, without the variables set for it, `cd` and `set`."""
    import shlex  # slow to load, and only a rehearsal asks

    lexer = shlex.shlex(step.replace("\\\n", " "), posix=True, punctuation_chars=_BETWEEN)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\r", True, ""
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word.strip(_BETWEEN):
            words.append(word)
            continue
        while words and _ASSIGNMENT.fullmatch(words[0]):
            words = words[1:]
        if words and words[0] not in ("cd", "set") and not words[0].startswith("#"):
            yield words
        words = []


def _is_git(words: list[str]) -> bool:
    if words[0] != "git" or any("$(" in word or "`" in word for word in words):
        return False
    rest = words[1:]
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in _WITH_A_VALUE else rest[1:]
    return bool(rest) and rest[0] in _OF_THE_REPOSITORY
