"""A team's `mkdocs.yml`: the plugin's entry, added as text, and the address of the site.

`mkdocs.yml` may hold comments and tags such as `!ENV` or `!!python/name`, which a loader and dumper
would lose. Only the place is taken from the parser; the result is read back before it is used.
"""

from pathlib import Path
from typing import Any

from changenote.errors import ChangenoteError
from changenote.model.reading import is_null
from changenote.patterns import pattern
from changenote.store import codec

PLUGIN = "changenote"
_TAGGED_DOCS = pattern(r"(?m)^docs_dir:\s*!")
_BY_HAND = "Add it by hand:  plugins: [search, changenote]"


def config_path(root: Path) -> Path:
    """The file that MkDocs reads in a folder; `mkdocs.yml` when there is none yet."""
    other = root / "mkdocs.yaml"
    path = root / "mkdocs.yml"
    return other if other.is_file() and not path.is_file() else path


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
    new = _inserted(text, document, plugins)
    read_back = codec.load(new.encode("utf-8", "surrogateescape"))
    has_list = "plugins" in document.data and isinstance(plugins, dict | list)
    expected = {*(names if has_list else ["search"]), PLUGIN}
    if not isinstance(read_back.data, dict) or set(_names(read_back.data["plugins"])) != expected:
        raise _refused("its list of plugins has an unusual form")
    return new


def site_url(root: Path) -> str | None:
    """The address of the published site, ending in a slash, as a folder's `mkdocs.yml` has it."""
    config = config_path(root)
    url = _setting(config.read_bytes(), "site_url") if config.is_file() else None
    is_address = url is not None and url.startswith(("http://", "https://"))
    return f"{str(url).rstrip('/')}/" if is_address else None


def site_dir(raw: bytes) -> str:
    """The folder that MkDocs builds into, from the folder of `mkdocs.yml`."""
    return _setting(raw, "site_dir") or "site"


def docs_dir(raw: bytes) -> str | None:
    """The folder of the team's own pages, as `site_dir`; None where only MkDocs can tell."""
    data = codec.load(raw).data
    is_tagged = _TAGGED_DOCS.search(raw.decode("utf-8", "replace"))
    if not isinstance(data, dict) or "INHERIT" in data or is_tagged:
        return None
    return _setting(raw, "docs_dir") if "docs_dir" in data else "docs"


def _setting(raw: bytes, key: str) -> str | None:
    data = codec.load(raw).data
    value = data.get(key) if isinstance(data, dict) else None
    return str(value) if isinstance(value, str) and not is_null(value) else None


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


def _inserted(text: str, document: codec.Document, plugins: Any) -> str:
    if "plugins" not in document.data:
        start = text if text.endswith("\n") or not text else text + "\n"
        return f"{start}\nplugins:\n  - search\n  - changenote\n"
    lines = text.splitlines(keepends=True)
    if is_null(plugins):
        lines.insert(document.keys[("plugins",)][0], "  - search\n  - changenote\n")
        return "".join(lines)
    line, column = document.positions[("plugins",)]
    entry = "changenote" if isinstance(plugins, list) else "changenote: {}"
    if lines[line - 1][column - 1 : column] in ("[", "{"):
        comma = ", " if plugins else ""
        whole = lines[line - 1]
        lines[line - 1] = f"{whole[:column]}{entry}{comma}{whole[column:].lstrip(' ')}"
        return "".join(lines)
    return _inserted_in_block(lines, document, entry if entry != "changenote" else "- changenote")


def _inserted_in_block(lines: list[str], document: codec.Document, entry: str) -> str:
    first = lines[document.positions[("plugins",)][0] - 1]
    indent = first[: len(first) - len(first.lstrip(" "))]
    end = _end_of_block(lines, document)
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
