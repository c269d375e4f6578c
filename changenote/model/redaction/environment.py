"""The secrets in a process's environment, so that they can be taken out of what it prints."""

from collections.abc import Iterator, Mapping

from changenote.model.redaction import find
from changenote.model.redaction.words import OPAQUE, is_secret, kind_of_name

SHORTEST = 6
"""Characters of a value that is looked for everywhere; shorter ones would be found by chance."""

_SHORTEST_LINE = 16  # of one line of a value that has several


def secret_values(variables: Mapping[str, str]) -> dict[str, str]:
    """The secrets that variables hold, each with its kind, the longest first.

    A value is one by its variable's name (`DB_PASSWORD`), or holds one (`postgres://app:x@db`);
    it is named as it is, as it stands in an address, and line by line when it has several.
    """
    found: dict[str, str] = {}
    for name, value in variables.items():
        for secret, kind in _in_variable(name, value):
            for form in _forms(secret):
                found.setdefault(form, kind)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _in_variable(name: str, value: str) -> Iterator[tuple[str, str]]:
    kind = kind_of_name(name)
    if kind and is_secret(value, doubtful=kind == OPAQUE, among_words=False):
        yield value, kind
    for secret in find(value):
        if secret.kind != OPAQUE:
            yield value[secret.start : secret.end], secret.kind


def _forms(secret: str) -> Iterator[str]:
    from urllib.parse import quote

    if len(secret.strip()) >= SHORTEST:
        yield secret.strip()
        yield quote(secret.strip(), safe="", errors="replace")
    lines = secret.splitlines()
    if len(lines) > 1:
        stripped = [line.strip() for line in lines if not line.startswith("-----")]
        yield from (line for line in stripped if len(line) >= _SHORTEST_LINE)
