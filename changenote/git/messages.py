"""The messages of commits, and the trailers in them."""

from collections.abc import Sequence
from pathlib import Path

from changenote.git.process import ask
from changenote.git.repository import commit_id

_IN_NO_MESSAGE = "\x01"  # with this for `core.commentChar`, no line is a comment


def message(folder: Path) -> bytes:
    """The message of the last commit, with one line end after it."""
    found = ask(["log", "--max-count=1", "--format=%B", commit_id("HEAD", folder), "--"], folder)
    return found.rstrip(b"\n\0") + b"\n"


def with_trailers(
    message: bytes, key: str, values: Sequence[str], folder: Path, *, has_comments: bool = True
) -> bytes:
    """A commit's message with trailers more, where it does not have them.

    They stand above the comments at its end, if it has any; else `#` is a letter as any other.
    """
    # What stands before the subject would make git take the subject for a trailer, and so would a
    # subject without a line end, as `git merge -m` leaves it: no blank line would be between them.
    start = _start_of_subject(message, folder, has_comments=has_comments)
    rest = message[start:] if message.endswith(b"\n") else message[start:] + b"\n"
    arguments = ["interpret-trailers", "--no-divider", "--if-exists=addIfDifferent"]
    arguments += ["--if-missing=add", "--where=end"]
    arguments += [f"--trailer={key}: {value}" for value in values]
    settings = () if has_comments else ("-c", f"core.commentChar={_IN_NO_MESSAGE}")
    return message[:start] + ask([*settings, *arguments], folder, given=rest)


def _start_of_subject(message: bytes, folder: Path, *, has_comments: bool) -> int:
    """Where the first line begins that is neither blank nor a comment; 0 where there is none."""
    options = ["--strip-comments"] if has_comments else []
    subject = ask(["stripspace", *options], folder, given=message).split(b"\n", 1)[0]
    return (b"\n" + message).index(b"\n" + subject)


def without_comments(message: bytes, folder: Path) -> bytes:
    """A commit's message as git takes it, without the lines that are meant for its author."""
    return ask(["stripspace", "--strip-comments"], folder, given=message)


def reword(message: bytes, folder: Path) -> None:
    """Give the last commit another message; what is staged stays staged."""
    # Its hooks were run when it was made, and what they look at has not changed.
    arguments = ["commit", "--quiet", "--amend", "--only", "--allow-empty", "--cleanup=verbatim"]
    ask([*arguments, "--file=-"], folder, given=message)
