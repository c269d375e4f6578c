"""The repositories in which the examples of each page run."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.workshop import Workshop

Scene = Callable[[Path], Workshop]

_STORY = Path(__file__).parent / "story.yaml"


def released(folder: Path) -> Workshop:
    """A shop with a tag and a change after it. It has never heard of changenote."""
    return _with_change(_started(folder), _story()[2])


def adopted(folder: Path) -> Workshop:
    """The same shop, set up by `changenote init` before its tag."""
    return _with_change(_set_up(folder), _story()[2])


def merged(folder: Path) -> Workshop:
    """The shop with the same four changes released, and a note about none of them."""
    shop = _set_up(folder)
    for change in _story():
        _with_change(shop, change)
    shop.git("tag", "v2.15.0")
    return shop


def noted(folder: Path) -> Workshop:
    """The shop with complete notes about four changes, the work tree clean."""
    shop = _set_up(folder)
    for change in _story():
        _with_change(shop, change)
        done = shop.run("new", "--json", "--from", "-", given=json.dumps(change["note"]))
        assert done.data["problems"] == [], done.out
        shop.commit("Add a note")
    return shop


def _story() -> list[Mapping[str, Any]]:
    """Changes to the shop, oldest first: commit message, files, what a person says about it."""
    changes: list[Mapping[str, Any]] = YAML(typ="safe").load(_STORY.read_text(encoding="utf-8"))
    return changes


def _started(folder: Path) -> Workshop:
    shop = Workshop(folder / "shop").start()
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    shop.commit("Start the shop", {"app/cart/totals.py": "def total(basket):\n    ...\n"})
    shop.git("tag", "v2.13.0")
    return shop


def _set_up(folder: Path) -> Workshop:
    shop = _started(folder)
    assert shop.run("init").code == 0
    shop.commit("Set up change notes")
    shop.git("tag", "--force", "v2.13.0")
    return shop


def _with_change(shop: Workshop, change: Mapping[str, Any]) -> Workshop:
    shop.commit(change["commit"], change["files"])
    return shop


SCENES: dict[str, Scene] = {
    "README.md": adopted,
    "site/guide/first-note.md": released,
    "site/guide/adopt.md": released,
    "site/how-to/after-a-release.md": merged,
    "site/how-to/disable.md": noted,
    "site/how-to/find.md": noted,
    "site/how-to/roll-back.md": noted,
    "site/how-to/script-or-agent.md": adopted,
    "site/how-to/site.md": noted,
    "site/reference/exit-codes.md": noted,
    "site/reference/note-format.md": noted,
}
"""Where each page's examples start. Examples of one page run in one repository, in order."""
