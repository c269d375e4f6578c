"""What stopped a call, in the words of the tools: an agent has no options and maybe no terminal."""

import re
from collections.abc import Iterator

_LINE = re.compile(r"(changenote|  expected|  next): *")
_TOOL = re.compile(r"`changenote (rollback|search|trace|show)(?: [^`]*)?`")
_LIST = re.compile(r"`changenote list(?: [^`]*)?`")
_COMMAND = re.compile(r"(`changenote [^`]+`)")
_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*)(?: (?:[A-Z]{2,}|N)\b)?")
_NAMES = {
    "pr": "pull_request",
    "metric": "metrics",
    "command": "commands",
    "tag": "tags",
}
"""Arguments that are not called as the option is."""


def for_agents(text: str, arguments: frozenset[str]) -> str:
    """An error of the command line with tools and arguments for its commands and options.

    What the error quotes of the agent or a note stays, as far as it is no option of ours.
    """
    return "\n".join(_lines(text, arguments))


def _lines(text: str, arguments: frozenset[str]) -> Iterator[str]:
    for line in text.split("\n"):
        if not _LINE.match(line):
            yield line
            continue
        said = _LIST.sub("the tool `search` without a query", line)
        said = _TOOL.sub(r"the tool `\1`", said)
        said = _COMMAND.sub(r"\1 (in a terminal)", said)
        yield _OPTION.sub(lambda match: _argument(match, arguments), said)


def _argument(match: re.Match[str], arguments: frozenset[str]) -> str:
    name = _NAMES.get(match[1], match[1].replace("-", "_"))
    return f"`{name}`" if name in arguments else match[0]
