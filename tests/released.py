"""A repository whose notes have no version yet, for tests of releases."""

from collections.abc import Mapping
from pathlib import Path

from tests.workshop import Workshop

FEATURE, FIX, PERFORMANCE = "20261020-aaaaaa", "20261021-bbbbbb", "20261022-cccccc"

_NOTE = """\
schema: 1
id: {id}
title: {title}
kind: {kind}   # as the team sees it
status: {status}
owner: "@acme/cart"
service: {service}
shipped: {{at: {day}T14:05:00Z, environment: production}}

reason: It was slow.
expected: It is fast.
rollback:
  strategy: flag
  when: GET /cart p95 over 900 ms for 10 min
  steps:
    - run: ./flags set cart_total_cache off --env production
  verify: p95 back to 800-900 ms on the cart dashboard
{more}
files:
  - {{path: app/cart/totals.py, change: modified, added: 38, removed: 6}}

no_command: the flag was switched by hand
no_metric: the dashboard was down
"""


def text(
    note_id: str,
    title: str,
    kind: str = "fix",
    *,
    status: str = "shipped",
    service: str = "shop",
    more: str = "",
) -> str:
    """A note without a fault and without a version; `more` are lines of YAML."""
    day = f"{note_id[:4]}-{note_id[4:6]}-{note_id[6:8]}"
    return _NOTE.format(
        id=note_id, title=title, kind=kind, status=status, service=service, day=day, more=more
    )


def add(shop: Workshop, note_id: str, title: str, kind: str = "fix", **more: str) -> Path:
    """Put a note into the notes folder."""
    return shop.note(text(note_id, title, kind, **more), note_id)


def started(folder: Path, remote: str = "git@github.com:acme/shop.git") -> Workshop:
    """A repository with a remote, a tag v2.13.0, and one note that came before it."""
    shop = Workshop(folder).start()
    if remote:
        shop.git("remote", "add", "origin", remote)
    add(shop, "20260901-zzzzzz", "Show prices with taxes", "feature")
    shop.commit("Start the shop", {"app.py": "1\n"})
    shop.git("tag", "v2.13.0")
    return shop


def shop_with_notes(folder: Path) -> Workshop:
    """The same with three notes after the tag."""
    shop = started(folder)
    add(shop, FEATURE, "Show orders by day", "feature")
    add(shop, FIX, "Forget cart totals at logout")
    add(shop, PERFORMANCE, "Cache cart totals per session", "performance")
    shop.commit("Write notes")
    return shop


def bytes_of(shop: Workshop) -> Mapping[str, bytes]:
    """Every file of the work tree but git's and the cache."""
    files = (path for path in shop.folder.rglob("*") if path.is_file())
    named = {path.relative_to(shop.folder).as_posix(): path for path in files}
    return {
        name: path.read_bytes()
        for name, path in sorted(named.items())
        if not name.startswith((".git/", ".changenote/"))
    }
