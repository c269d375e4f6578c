"""Fixtures that many tests share."""

import gc
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.offline import stay_here
from tests.repositories import shop_with_a_change
from tests.workshop import FULL, Workshop

if TYPE_CHECKING:
    from changenote.site.book import Book


def pytest_configure() -> None:
    """Tests stay on this machine, and signals mean what they usually mean, also under nohup.

    A signal that is ignored here is ignored by every command that a test starts, and some wait for
    one.
    """
    stay_here()
    usual: dict[signal.Signals, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGQUIT: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    for number, handler in usual.items():
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


# Those that take longest come first, or one process would be left with one of them at the end.
_LONGEST = (
    "trust", "accessibility", "browser", "press_kept", "trust_controls", "mcp", "documentation",
    "search_page", "plugin", "hostile", "distribution", "serve", "integrations_run",
    "press_workers", "bad_circumstances", "press", "search_field", "import", "bad_files",
)  # fmt: skip
_PLACES = {f"test_{name}": place for place, name in enumerate(_LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first."""
    items.sort(key=lambda item: _PLACES.get(item.path.stem, len(_PLACES)))


def pytest_collection_finish() -> None:
    """Look for no garbage in all that was loaded until now: it stays."""
    gc.freeze()


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A repository with two commits, a tag after the first, and a GitHub remote."""
    return shop_with_a_change(tmp_path)


@pytest.fixture
def library(workshop: Workshop) -> Workshop:
    """Three notes: the full example, one of another service, and a draft."""
    workshop.note(FULL.replace("related: [20260903-7c2mha]\n", ""), words="cache-cart-totals")
    workshop.note(
        "schema: 1\nid: 20261120-aaaaaa\ntitle: Index orders by day\nkind: database\nstatus: shipped\n"
        'owner: "@acme/orders"\nservice: orders\nshipped: {at: "2026-11-20T10:00:00Z", environment: production}\n'
        "reason: The day view scanned rakico_polyfill.sql rows.\nexpected: Under a second.\n"
        "rollback:\n  strategy: restore\n  when: inserts slower than 50 ms\n  steps:\n"
        "    - run: psql -c 'DROP INDEX orders_by_day'\n  verify: the index is gone\n"
        "files:\n  - {path: db/orders.sql, change: renamed, from: db/old.sql}\n"
        "no_command: migrated by deploy\nno_metric: the staging database is too small to say\nchecklist: {database: {indexes checked: ok}}\n",
        "20261120-aaaaaa",
        "index-orders",
    )
    workshop.note(
        "schema: 1\nid: 20261123-bbbbbb\ntitle: A draft of something\nkind: fix\nstatus: draft\n",
        "20261123-bbbbbb",
        "draft",
    )
    return workshop


@pytest.fixture(scope="session")
def sample_book() -> "Book":
    """The sample notes as a book."""
    from changenote.site.loading import project_of, read_book
    from tests.books import SAMPLE

    return read_book(project_of(SAMPLE / "changes"))


@pytest.fixture
def sample_shop(tmp_path: Path) -> Workshop:
    """The sample notes, with one that has every field; one file is broken."""
    from tests.exported import FULL_NOTE

    shop = Workshop(tmp_path / "shop").start()
    shutil.copytree(Path(__file__).parent / "data/site/changes", shop.folder / "changes")
    shop.write(FULL_NOTE, FULL)
    return shop


@pytest.fixture
def hostile_shop(tmp_path: Path) -> Workshop:
    """Notes that mean harm."""
    from tests.hostile import write_hostile

    shop = Workshop(tmp_path / "shop").start()
    write_hostile(shop.folder)
    return shop
