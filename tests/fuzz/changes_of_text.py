"""What is written into files of people: a note, a changelog; every other byte stays."""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import yaml

from changenote.errors import UnlikeChangelog
from changenote.model.problems import Path
from changenote.model.reading import is_null, resolved
from changenote.release.changelog import Reference, known, label_like, unreleased, with_section
from changenote.store import codec
from changenote.store.editing import value_at, with_value, without
from tests.fuzz.material import files, material
from tests.fuzz.target import Target
from tests.house import NOTE

_VALUES: tuple[Any, ...] = (
    *("plain", "no", "a: b #c", "two\nlines\n", "  x", "", "é\u202e", "'\"", "0644", "- a", "|"),
    *(1, -2.5, True, ["a", "b: c"], {"a": "b", "c": ["d"]}, [{"run": "x"}], [[]]),
)
_PATHS: tuple[Path, ...] = (("title",), ("rollback", "when"), ("tags",), ("x", "é"), ("reason",))


def _edits_hold(raw: bytes) -> None:
    document = codec.load(raw)
    if document.problems or not isinstance(document.data, dict):
        return
    text, number = raw.decode(), crc32(raw)
    paths = [*(path for path in document.positions if path), *_PATHS]
    path, value = paths[number % len(paths)], _VALUES[number // 97 % len(_VALUES)]
    new = with_value(text, path, value)
    data = codec.load(new.encode()).data
    assert resolved(value_at(new, path)) == value, "holds another value"
    assert with_value(new, path, value) == new, "changed again, it differs"
    assert _others(data, path) == _others(document.data, path), "another key has changed"
    gone = codec.load(without(text, path).encode()).data
    assert _others(gone or {}, path) == _others(document.data, path), "another key has gone"


def _others(data: dict[str, Any], path: Path) -> str:
    """What stands under other keys, without the line's end that a last text has or has not."""
    others = {key: value for key, value in data.items() if key != path[0] and not is_null(value)}
    return repr(list(_scalars(resolved(others))))


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.items() if isinstance(value, dict) else value:
            yield from _scalars(list(inner) if isinstance(inner, tuple) else inner)
    else:
        yield value.rstrip("\n") if isinstance(value, str) else value


def _edits_naive(raw: bytes) -> None:
    data = yaml.safe_load(raw)
    data["title"] = "x"
    assert yaml.safe_load(yaml.dump(data)) == data


_SECTION = "## [1.1.0] - 2026-11-22\n\n### Added\n\n- New ([20261020-aaaaaa](a))"
_OWN = Reference(label="1.1.0", address="https://x.example/compare/v1.0.0...v1.1.0")


def _changelog_holds(raw: bytes) -> None:
    before = raw.decode("utf-8", "surrogateescape")
    unreleased(before)
    label_like(before, "1.1.0")
    if known(before, "1.1.0") or "[1.1.0]:" in before:
        return
    new = with_section(before, _SECTION, [_OWN])
    lines = iter(new.splitlines())
    assert all(line in lines for line in before.splitlines()), "something of it is gone"
    assert known(new, "1.1.0"), "the new section is not found"


def _changelog_naive(raw: bytes) -> None:
    before, heading, after = raw.decode().partition("\n## ")
    if not heading:
        raise UnlikeChangelog("no section", expected="one")
    new = f"{before}\n{_SECTION}\n{heading}{after}"
    assert known(new, "1.1.0")
    assert "\r" not in new


TARGETS = (
    Target(
        name="edits",
        says="A value that is put into a note is there, and nothing else in its file is another.",
        material=material(
            [
                NOTE.replace("ID", "20261122-k3f9xq"),
                *files("notes/*.yaml"),
                "# a\nschema: 1\n\ntitle: 'a'  # b\ntags: [a, b] # c\nreason: |\n  x\n  # no\n\n# end\n",
                '{"a": [1, {"b": "c"}], d: {e: f}}\n',
                "a:\n- b\n-  c: d\n   e: |2\n      f\n- {g: h}\nx: {é: 1}\r\n",
            ],
            "a: b: - [ ] { } , # | > |2 >- ' \" ? : rollback: when: tags: x: é: &a !!str".split(),
        ),
        holds=_edits_hold,
        naive=_edits_naive,
    ),
    Target(
        name="changelogs",
        says="A section is put into any changelog, of which every byte stays, or it is refused.",
        material=material(
            [
                *files("import/keep-a-changelog/*.md"),
                *files("import/git-cliff/*.md"),
                "# Log\n\n## [Unreleased]\n\n- x\n\n## [1.0.0] - 2026-01-01\n\n- y\n\n"
                "[Unreleased]: https://x/compare/v1.0.0...HEAD\n[1.0.0]: https://x/v1\n",
                "Log\n===\n\n1.0.0 (2026-01-01)\n------------------\n\n* y\n",
                "```\n## [9.9.9]\n```\n<!--\n## [8.8.8]\n-->\n## v1.0.0\n",
            ],
            [
                *("## ", "### ", "[1.0.0]: https://x", "```", "~~~", "<!--", "-->", "\r\n", "---"),
                *("<a name='x'></a>", "[Unreleased]", "==="),
            ],
        ),
        holds=_changelog_holds,
        naive=_changelog_naive,
    ),
)
