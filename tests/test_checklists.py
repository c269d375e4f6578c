"""Which checklists a change is offered."""

from pathlib import Path

import pytest

from changenote.config import Config, Kind
from changenote.model.checklists import BUILT_IN, proposed


@pytest.mark.parametrize(
    ("kind", "paths", "groups"),
    [
        ("feature", [], []),
        ("database", [], ["database"]),
        ("database", ["db/migrate/20261122_add_index.rb", "app/x.rb"], ["database"]),
        ("feature", ["shop/migrations/0042_orders.py"], ["database"]),
        ("feature", ["alembic/versions/1a2b.py", "db/schema.sql"], ["database"]),
        ("feature", [".github/workflows/deploy.yml"], ["staging"]),
        ("fix", [".gitlab-ci.yml", "Dockerfile"], ["staging"]),
        ("fix", ["deploy/nginx.conf"], ["security", "staging"]),
        ("fix", ["app/auth/login.py", "public/_headers"], ["security"]),
        ("fix", ["app/workers/mail.py"], ["jobs"]),
        ("fix", ["config/sidekiq.yml", "crontab"], ["jobs"]),
        ("performance", ["app/cart/cache.py"], ["cache"]),
        ("performance", ["infra/varnish/default.vcl"], ["cache"]),
        ("fix", ["app/error_handlers.py"], ["errors"]),
        ("cache", ["app/jobs/warm.py"], ["cache", "jobs"]),
        ("fix", ["tests/test_cache.py", "docs/auth/login.md", "app/cart.spec.ts"], []),
        ("fix", ["app/authors.py", "app/workshop.py", "lib/cached_at_dawn.txt"], []),
        ("docs", ["app/auth/login.py"], []),
    ],
)
def test_checklists_are_proposed_by_kind_and_by_the_files_touched(
    kind: str, paths: list[str], groups: list[str]
) -> None:
    offered = proposed(kind, paths)

    assert list(offered) == groups
    assert all(offered[name] == dict.fromkeys(BUILT_IN[name], "todo") for name in groups)


def test_a_team_chooses_its_checklists_and_their_items() -> None:
    config = Config(
        kinds={"train": Kind(checklists=("rollout", "staging")), "database": Kind(checklists=())},
        checklists={"rollout": ("support told",), "staging": ("real deploy command tested",)},
    )

    assert config.proposed_checklist("train", ["Dockerfile"]) == {
        "rollout": {"support told": "todo"},
        "staging": {"real deploy command tested": "todo"},
    }
    assert config.proposed_checklist("database", []) == {}
    assert config.proposed_checklist("jobs", []) == {
        "jobs": dict.fromkeys(BUILT_IN["jobs"], "todo")
    }


def test_the_reference_names_every_built_in_item() -> None:
    page = (Path(__file__).parent.parent / "site" / "reference" / "note-format.md").read_text()

    assert [
        g for g, items in BUILT_IN.items() if f"- `{g}`: {', '.join(items)}\n" not in page
    ] == []
