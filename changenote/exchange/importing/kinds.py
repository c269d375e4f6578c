"""Other tools' words for a sort of change, as kinds of a note."""

from collections.abc import Collection, Mapping, Sequence

from changenote.patterns import pattern

UNKNOWN = "feature"
"""The kind of what no word speaks of: a note must have one. It is flagged as not known."""

_WORDS = {
    "security": "security, vulnerability, vulnerabilities",
    "feature": "feature, features, feat, added, add, additions, new, new feature, new features"
    ", new component, enhancement, enhancements, improvement, improvements"
    ", improvements in existing functionality",
    "fix": "fix, fixes, fixed, bugfix, bugfixes, bug fix, bug fixes, bug, bugs",
    "performance": "performance, performance improvements, perf",
    "dependency": "dependency, dependencies, deps, vendor, vendored libraries",
    "infrastructure": "infrastructure, infra, build, build system, ci, packaging",
    "config": "config, configuration",
    "docs": "doc, docs, documentation, improved documentation",
}
"""In the order in which the kind of a change of several sorts is chosen."""

_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split(", ")}
_ORDER = {kind: number for number, kind in enumerate(_WORDS)}
_NO_LETTER = pattern(r"[\W_]+")


def plain_word(kind_of_change: str) -> str:
    """A tool's word as others are compared with it: `🐛 Bug Fixes` and `bug_fixes` are one."""
    return _NO_LETTER.sub(" ", kind_of_change).strip().casefold()


def kind_of(
    types: Sequence[str], *, chosen: Mapping[str, str], known: Collection[str]
) -> str | None:
    """The kind of a change of these types, or None when no word tells it.

    `chosen` is what a person decided for plain words, and comes first; a type that is the name of
    one of the kinds that are `known` is that kind.
    """
    words = [plain_word(one) for one in types]
    for word in words:
        if word in chosen:
            return chosen[word]
    kinds = [kind for word in words if (kind := _kind(word, known))]
    return min(kinds, key=lambda kind: _ORDER.get(kind, -1), default=None)


def _kind(word: str, known: Collection[str]) -> str | None:
    return word if word in known else _KINDS.get(word)
