"""What an error says of a note that cannot be read: the first thing that is wrong in it."""

from dataclasses import replace

from changenote.model.problems import Problem
from changenote.store.notes import StoredNote


def first_wrong(stored: StoredNote) -> tuple[str, Problem]:
    """`file:line:column` of the first problem for which a note cannot be read, and the problem.

    What is quoted of the note holds no secret of it: errors go to logs that more people read.
    """
    from changenote.checks.secrets import told_safely  # few notes cannot be read
    from changenote.model.publishing import secrets_in_file
    from changenote.model.secrets import NOTHING

    first = next(p for p in stored.problems if p.rule != "unknown-key")
    line, column = stored.document.position(first.path, key=first.key)
    safe = told_safely(secrets_in_file(stored.text, stored.data, NOTHING))
    told = replace(first, found=safe(first.found), expected=safe(first.expected))
    return f"{stored.file}:{line}:{column}", told
