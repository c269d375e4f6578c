"""Fixtures that many tests share."""

from pathlib import Path

import pytest

from tests.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A repository with two commits, a tag after the first, and a GitHub remote."""
    shop = Workshop(tmp_path / "shop").start()
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    shop.commit(
        "Start the shop", {"app/cart/totals.py": "def total(): ...\n", "README.md": "Shop\n"}
    )
    shop.git("tag", "v2.13.0")
    shop.commit(
        "perf: cache cart totals per session (#412)\n\n"
        "p95 of GET /cart was 840 ms because every request summed the basket again.\n\n"
        "Closes #398",
        {
            "app/cart/totals.py": "def total():\n    return cached()\n",
            "app/cart/cache.py": "C = {}\n",
        },
    )
    return shop
