"""The plugin's entry in a team's `mkdocs.yml`, added as text so that nothing else changes.

`mkdocs.yml` may hold comments and tags such as `!ENV` or `!!python/name`, which a loader and dumper
would lose. Only the place is taken from the parser; the result is read back before it is used.
"""

from typing import Any

from changenote.errors import ChangenoteError
from changenote.store import codec

PLUGIN = "changenote"
_BY_HAND = "Add it by hand:  plugins: [search, changenote]"


def with_plugin(text: str) -> str:
    """The same text with the plugin; unchanged when it is there. Keeps MkDocs' default, search.

    Raises `ChangenoteError` when the place cannot be found.
    """
    document = codec.load(text.encode("utf-8", "surrogateescape"))
    if not isinstance(document.data, dict):
        raise _refused("it is not readable YAML")
    plugins = document.data.get("plugins")
    names = _names(plugins)
    if PLUGIN in names:
        return text
    if "plugins" not in document.data or not plugins:
        new = _appended(text, document)
        names = names or ["search"]
    else:
        new = _inserted(text, document, plugins)
    read_back = codec.load(new.encode("utf-8", "surrogateescape"))
    if not isinstance(read_back.data, dict) or _names(read_back.data["plugins"]) != [
        *names,
        PLUGIN,
    ]:
        raise _refused("its list of plugins has an unusual form")
    return new


def _refused(why: str) -> ChangenoteError:
    return ChangenoteError(
        f"the plugin cannot be added to mkdocs.yml: {why}",
        expected="a list of plugins, or none",
        hint=_BY_HAND,
    )


def _names(plugins: Any) -> list[str]:
    """The plugins' names in a list of names and one-key mappings, or in one mapping."""
    if isinstance(plugins, dict):
        return list(plugins)
    if isinstance(plugins, list):
        return [next(iter(p), "") if isinstance(p, dict) else str(p) for p in plugins]
    return []


def _appended(text: str, document: codec.Document) -> str:
    if "plugins" in document.data:
        line = document.keys[("plugins",)][0]
        lines = text.splitlines(keepends=True)
        # An empty list means: no search. It stays so.
        lines[line - 1] = "plugins:\n" if "[" not in lines[line - 1] else "plugins: [changenote]\n"
        if "[" not in text.splitlines()[line - 1]:
            lines.insert(line, "  - search\n  - changenote\n")
        return "".join(lines)
    start = text if text.endswith("\n") or not text else text + "\n"
    return f"{start}\nplugins:\n  - search\n  - changenote\n"


def _inserted(text: str, document: codec.Document, plugins: Any) -> str:
    lines = text.splitlines(keepends=True)
    first_line, column = document.positions[("plugins",)]
    end = _end_of_block(lines, document)
    opening = lines[first_line - 1][column - 1 : column]
    if opening in ("[", "{"):
        return _inserted_in_braces(lines, end, opening)
    key_or_dash = lines[first_line - 1]
    indent = key_or_dash[: len(key_or_dash) - len(key_or_dash.lstrip(" "))]
    entry = "- changenote" if isinstance(plugins, list) else "changenote: {}"
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    lines.insert(end, f"{indent}{entry}\n")
    return "".join(lines)


def _end_of_block(lines: list[str], document: codec.Document) -> int:
    """The number of the last line that belongs to the plugins."""
    start = document.keys[("plugins",)][0]
    following = [p[0] for k, p in document.keys.items() if len(k) == 1 and p[0] > start]
    end = min(following, default=len(lines) + 1) - 1
    while end > start and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return end


def _inserted_in_braces(lines: list[str], end: int, opening: str) -> str:
    closing, entry = ("]", "changenote") if opening == "[" else ("}", "changenote: {}")
    for number in range(end - 1, -1, -1):
        place = lines[number].split(" #")[0].rfind(closing)
        if place >= 0:
            before = lines[number][:place].rstrip()
            comma = "" if before.endswith((",", opening)) else ","
            lines[number] = f"{before}{comma} {entry}{lines[number][place:]}".replace("[ ", "[")
            return "".join(lines)
    return "".join(lines)
