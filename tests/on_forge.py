"""A branch with a note, in a repository whose remote is a forge on this machine."""

from pathlib import Path

from tests.forges import TOKEN, Remembered
from tests.house import valid_note
from tests.workshop import Workshop

ID = "20251120-g00d00"

QUIET = dict.fromkeys(
    (
        *("GITHUB_ACTIONS", "GITHUB_EVENT_PATH", "GITHUB_SERVER_URL", "GITHUB_API_URL"),
        *("GITLAB_CI", "GH_TOKEN", "GITHUB_TOKEN"),
    ),
    "",
)
"""No pipeline, no token."""


def branch_with_a_note(folder: Path) -> Workshop:
    """A branch, `cache`, with a note that main has not."""
    shop = Workshop(folder, environment=QUIET).start()
    shop.commit("Start the shop", {"README.md": "Shop\n"})
    shop.git("switch", "-q", "-c", "cache")
    valid_note(shop)
    shop.commit("Cache cart totals")
    return shop


def on(shop: Workshop, forge: Remembered) -> Workshop:
    """The same repository, with a forge as its remote, and the token for it."""
    shop.git("remote", "add", "origin", f"{forge.web}.git")
    shop.environment = {**QUIET, forge.variable: TOKEN}
    shop.write("changes/config.yaml", f"forge: {forge.kind}\n")
    return shop
