"""The licence of everything that is installed, held against what is signed."""

import tomllib
from importlib import metadata
from typing import Any

from tests.locks import FOLDER

SIGNED: dict[str, Any] = tomllib.loads((FOLDER / "licences.toml").read_text(encoding="utf-8"))
FOR_USERS = frozenset(SIGNED["licences"])
FOR_DEVELOPERS = FOR_USERS | frozenset(SIGNED["development"])
ON_SITES = FOR_USERS | frozenset(SIGNED["site"])


def licence_of(name: str) -> str:
    """The licence of a distribution as an SPDX expression, or in its own words; empty if unknown."""
    if name in SIGNED["packages"]:
        return str(SIGNED["packages"][name])
    said = [str(SIGNED["words"].get(words, words)) for words in _said(name)]
    known = [words for words in said if is_fine(words, FOR_DEVELOPERS)]
    return [*known, *said, ""][0]


def is_fine(expression: str, licences: frozenset[str]) -> bool:
    """May one come with changenote under some of these licences?"""
    ways = (way.split(" AND ") for way in expression.split(" OR "))
    return any(licences.issuperset(way) for way in ways)


def _said(name: str) -> list[str]:
    """What a distribution that is installed says of its licence, the most exact first."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    fields = (about.get_all("License-Expression") or []) + (about.get_all("License") or [])
    kinds = [words.split(" :: ") for words in about.get_all("Classifier") or []]
    return [*fields, *(kind[-1] for kind in kinds if kind[0] == "License")]
