"""The tables of the page about licences: what is installed, what a site carries, what is signed."""

from collections.abc import Iterable

from tests.documentation.tables import code, row, table
from tests.licences import SIGNED, licence_of
from tests.locks import Locked, locked


def installed() -> str:
    """Everything that is installed with changenote."""
    return _packages(locked("run.txt"))


def extras() -> str:
    """Everything that is installed for an extra, and not without it."""
    everywhere = {each.name for each in locked("run.txt")}
    return _packages(each for each in locked("lowest.txt") if each.name not in everywhere)


def carried() -> str:
    """What is in a built site that others have made."""
    rows = (row(each["name"], each["licence"], each["what"]) for each in SIGNED["carried"])
    return table(("Part", "Licence", "Where, and what for"), rows)


def signed() -> str:
    """Every licence, and why it is fine."""
    groups = {"licences": "anything", "site": "files of a site", "development": "development"}
    rows = (
        row(licence, used, why)
        for group, used in groups.items()
        for licence, why in SIGNED[group].items()
    )
    who = f"Signed by {SIGNED['signed']} on {SIGNED['on']:%-d %B %Y}.\n\n"
    return who + table(("Licence", "Fine for", "Why"), rows)


def _packages(some: Iterable[Locked]) -> str:
    """A row for each package, in the newest version that is tested, and which others need it."""
    versions = {each.name: each.version for each in locked("dev.txt")}
    needed_by = {each.name: _names(each.by) for each in some}
    rows = (row(code(name), versions[name], licence_of(name), by) for name, by in needed_by.items())
    return table(("Package", "Version", "Licence", "Needed by"), rows)


def _names(by: Iterable[str]) -> str:
    named = ("changenote" if who == "changenote-kb" else who for who in by)
    return ", ".join(code(who) for who in named if not who.startswith("-"))
