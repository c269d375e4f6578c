"""The repositories in which the examples of each page run."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from changenote.model.identity import slug
from tests.workshop import Workshop

_MOVES = (
    ("20260210-m4t8wq", "Compress cart pages", [612, 598, 631, 604], [521, 530, 514, 526]),
    ("20260414-h7c2np", "Fetch prices in one query", [525, 511, 533, 519], [402, 415, 398, 409]),
    ("20260707-x9v3kd", "Show delivery days", [655, 640, 668, 649], [702, 688, 715, 696]),
    ("20260918-b2j6rs", "Warn of sold out items", [699, 711, 690, 704], [838, 851, 829, 846]),
)
"""Notes about GET /cart p95, in ms. Between the second and the third somebody wrote nothing down."""

Scene = Callable[[Path], Workshop]

_STORY = Path(__file__).parent / "story.yaml"
_SCRIPTS = {
    "deploy.sh": 'echo new > .git/live\necho "shop $2 is live on 12 hosts of $1"\n',
    "flags": 'echo "flag $2 $3: acknowledged by 12/12 hosts"\n',
    # What a load test printed on a real machine, a run after the other. It counts its runs.
    "perf/cart.sh": """side=${1:-$(cat .git/live 2>/dev/null || echo old)}
case $side in
  old) set -- 841 903 813 867 829 855 838 872 847 861 ;;
  *) set -- 318 341 310 327 322 335 316 329 324 312 ;;
esac
count=.git/runs-$side
run=$(cat "$count" 2>/dev/null || echo 0)
echo $((run + 1)) > "$count"
shift $((run % 10))
echo "$1"
""",
}


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


def measured(folder: Path) -> Workshop:
    """The shop with a year of notes about one number, and a change that ships now."""
    shop = adopted(folder)
    for note_id, title, before, after in _MOVES:
        shop.note(
            f"schema: 1\nid: {note_id}\ntitle: {title}\nkind: performance\nstatus: shipped\n"
            f"owner: '@acme/cart'\nservice: shop\n"
            f"shipped: {{at: {note_id[:4]}-{note_id[4:6]}-{note_id[6:8]}T09:00:00Z}}\n"
            f"metrics:\n  - name: GET /cart p95\n    unit: ms\n    primary: true\n    better: lower\n"
            f"    before: {before}\n    after: {after}\n    conditions: {{cache: warm}}\n",
            note_id,
            slug(title),
        )
    return shop


def noted(folder: Path) -> Workshop:
    """The shop with complete notes about four changes, the work tree clean.

    They shipped long before they are written here, which `check` would remark.
    """
    shop = _set_up(folder)
    config = shop.folder / "changes/config.yaml"
    config.write_text(f"{config.read_text()}severity: {{written-late: off}}\n", encoding="utf-8")
    for change in _story():
        _with_change(shop, change)
        done = shop.run("new", "--json", "--from", "-", given=json.dumps(change["note"]))
        assert done.data["problems"] == [], done.out
        shop.commit("Add a note")
    return shop


def unreleased(folder: Path) -> Workshop:
    """The shop with the same notes, of which none has a version yet; the first is a feature."""
    shop = _set_up(folder)
    for change in _story():
        _with_change(shop, change)
        shipped = {"at": change["note"]["shipped"]["at"]}
        note = {**change["note"], "shipped": shipped}
        if note.get("kind") == "database":
            note |= {"kind": "feature", "title": "Show orders by day"}
        done = shop.run("new", "--json", "--from", "-", given=json.dumps(note))
        assert done.data["problems"] == [], done.out
        shop.commit("Add a note")
    return shop


def branched(folder: Path) -> Workshop:
    """The shop with a branch that adds a change and its note."""
    shop = _set_up(folder)
    site = shop.folder / "mkdocs.yml"
    site.write_text(f"{site.read_text()}site_url: https://notes.acme.example/\n", encoding="utf-8")
    shop.git("update-ref", "refs/remotes/origin/main", "HEAD")
    shop.git("switch", "-q", "-c", "cache-totals")
    change = _story()[2]
    _with_change(shop, change)
    done = shop.run("new", "--json", "--from", "-", given=json.dumps(change["note"]))
    assert done.data["problems"] == [], done.out
    shop.commit("Add a note")
    return shop


def with_fragments(folder: Path) -> Workshop:
    """The shop, which uses towncrier until now."""
    shop = _set_up(folder)
    shop.commit(
        "Total with two vouchers (#412)",
        {
            "towncrier.toml": '[tool.towncrier]\ndirectory = "news"\n',
            "news/398.bugfix.md": "The total is right when a voucher is used twice.\n",
            "news/401.feature.md": "Orders are shown by day.\n\nThe week is a link away.\n",
            "news/+words.misc.md": "Nothing that anybody sees.\n",
            "news/README.md": "A file for each change.\n",
        },
    )
    return shop


def _story() -> list[Mapping[str, Any]]:
    """Changes to the shop, oldest first: commit message, files, what a person says about it."""
    changes: list[Mapping[str, Any]] = YAML(typ="safe").load(_STORY.read_text(encoding="utf-8"))
    return changes


def _started(folder: Path) -> Workshop:
    shop = Workshop(folder / "shop").start()
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    for name, text in _SCRIPTS.items():
        shop.write(name, f"#!/bin/sh\n{text}").chmod(0o755)
    shop.commit(
        "Start the shop",
        {
            "CODEOWNERS": "/app/cart/ @acme/cart\n/app/orders/ @acme/orders\n",
            "app/cart/totals.py": "def total(basket):\n    ...\n",
        },
    )
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
    "site/guide/numbers.md": measured,
    "site/guide/adopt.md": released,
    "site/how-to/after-a-release.md": merged,
    "site/how-to/analyse.md": noted,
    "site/how-to/announce.md": branched,
    "site/how-to/builders.md": noted,
    "site/how-to/coding-agents.md": noted,
    "site/how-to/coming-from-other-tools.md": with_fragments,
    "site/how-to/disable.md": noted,
    "site/how-to/find.md": noted,
    "site/how-to/in-ci.md": adopted,
    "site/how-to/keep-notes-true.md": noted,
    "site/how-to/pull-requests.md": branched,
    "site/how-to/record-commands.md": adopted,
    "site/how-to/rehearse.md": noted,
    "site/how-to/releases.md": unreleased,
    "site/how-to/roll-back.md": noted,
    "site/how-to/script-or-agent.md": adopted,
    "site/how-to/site.md": noted,
    "site/reference/exit-codes.md": noted,
    "site/reference/note-format.md": noted,
    "site/reference/site-files.md": noted,
}
"""Where each page's examples start. Examples of one page run in one repository, in order."""
