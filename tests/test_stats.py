"""`changenote stats` tells how services ship, and what each number rests on."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.house import NOTE, said
from tests.workshop import Workshop

NOW = datetime.now(UTC)


def noted(workshop: Workshop, ago: int, shipped: str = "", **parts: str) -> None:
    """Put a note into the notes folder about something that shipped so many days ago.

    `hours` before that was its first commit; `pull` is the number of its pull request, and
    `base` and `head` are the commits between which its change lies.
    """
    service = parts.get("service", "shop-web")
    note_id = f"{NOW - timedelta(days=ago):%Y%m%d}-{service[1:3].replace('o', '0')}{ago:04}"
    text = NOTE.replace("ID", note_id).replace("service: shop-web", f"service: {service}")
    text = text.replace("2025-11-20T14:05:00Z", f"{later(ago, 0)}{shipped}")
    for key, was in {"status": "shipped", "environment": "production"}.items():
        text = text.replace(f"{key}: {was}", f"{key}: {parts.get(key, was)}")
    source = [f"first_commit_at: {later(ago, -int(parts['hours']))}"] if "hours" in parts else []
    if "pull" in parts:
        source.append(f'pull_requests: ["https://github.com/acme/shop/pull/{parts["pull"]}"]')
    source += [f"{end}: {parts[end]}" for end in ("base", "head") if end in parts]
    workshop.note(text + f"source: {{{', '.join(source)}}}\n" * bool(source), note_id)


def later(ago: int, hours: int) -> str:
    """So many hours after so many days ago, as notes have it."""
    return f"{NOW - timedelta(days=ago) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def shipping(tmp_path: Path) -> Workshop:
    """Two services that shipped for 70 days, and the commits of four pull requests."""
    workshop = Workshop(tmp_path / "shop").start()
    noted(workshop, 70, ", outcome: success", hours="48", pull="41")
    noted(workshop, 60, ", outcome: success, version: v2", hours="24", pull="42")
    noted(workshop, 50, f", outcome: failed, restored_at: {later(50, 2)}", hours="72")
    noted(workshop, 49, ", outcome: success, planned: false", hours="2")
    noted(workshop, 40, ", outcome: degraded", service="orders", hours="30")
    noted(workshop, 30, service="orders")
    noted(workshop, 20, environment="staging")
    noted(workshop, 10, status="draft", pull="43")
    workshop.clock = int((NOW - timedelta(days=65)).timestamp())
    for number in (42, 43, 44):
        workshop.commit(f"Change something (#{number})", {f"{number}.py": ""})
    workshop.commit("Write a note (#45)", {"changes/config.yaml": "service: shop-web\n"})
    return workshop


REPORT = """\

Service   Deployed  A week  Lead time       Failed   Recovery  Rework
orders           2     0.2       30 h  1 to 2 of 2  not known  0 of 2
shop-web         4     0.4   1.5 days       1 of 4        2 h  1 of 4
all              6     0.6       30 h  2 to 3 of 6        2 h  1 of 6

Deployment frequency: 6 in 70 days, 0.6 a week; time between two: median 10 days, middle half 9 days
    to 10 days (n = 5)
    How often something new reaches its users. 6 notes; those that name the same deployment, or else
    the same version, are one.

Change lead time: median 30 h, middle half 24 h to 2 days (n = 5)
    From a change's first commit to the moment it shipped, by note. Of 6 notes 1 has no first commit
    before it.

Change fail rate: 33 % to 50 %
    Deployments that needed immediate intervention: outcome degraded or failed, or rolled back. Of 6
    deployments 1 has no outcome, hence the range.

Failed deployment recovery time: 2 h (n = 1)
    From a deployment that failed to the moment when service was restored. Of 2 failed deployments 1
    has no time of recovery.

Deployment rework rate: 17 % (1 of 6)
    Deployments that were not planned but answer an incident (`planned: false`). That a change was
    planned goes without saying.

Pull requests with a note: 33 % (1 of 3)
    Of those merged into main in this time, as its commits tell. 1 more has a draft. Without one:
    #44.

Not counted: 1 draft(s), 1 note(s) about other environments (staging).
The metrics are those of DORA (2026), made for one service at a time:
https://dora.dev/guides/dora-metrics/
"""


def test_the_five_metrics_with_what_they_mean_and_rest_on(shipping: Workshop) -> None:
    done = shipping.run("stats", COLUMNS="100")

    heading, rest = done.out.split("\n", 1)
    start = NOW - timedelta(days=70)
    assert heading.startswith(f"Deployments to production, {start:%Y-%m-%d} to ")
    assert heading.endswith(" (70 days, since the first note)")
    assert rest == REPORT
    assert done.err == ""


def test_one_service_alone_has_no_totals_and_no_pull_requests(shipping: Workshop) -> None:
    out = shipping.run("stats", "--service", "Orders", COLUMNS="100").out

    assert out.splitlines()[2:5] == [
        "Service  Deployed  A week  Lead time       Failed   Recovery  Rework",
        "orders          2     0.2       30 h  1 to 2 of 2  not known  0 of 2",
        "",
    ]
    assert "Pull requests" not in out


def test_another_environment_is_counted_when_asked_for(shipping: Workshop) -> None:
    out = shipping.run("stats", "--environment", "staging", COLUMNS="100").out

    assert out.startswith("Deployments to staging, ")
    assert "Change fail rate: not known\n" in out
    assert "Change lead time: not known\n" in out
    assert "Failed deployment recovery time: nothing failed, as far as is known\n" in out


@pytest.mark.parametrize(
    ("since", "deployments"), [("all", 6), ("1y", 6), ("8w", 4), ("45d", 2), ("1m", 1)]
)
def test_the_period_may_be_chosen(shipping: Workshop, since: str, deployments: int) -> None:
    data = shipping.run("stats", "--since", since, "--json").data

    assert data["total"]["deployments"] == deployments


def test_json_has_a_documented_shape(shipping: Workshop) -> None:
    data = shipping.run("stats", "--json").data

    assert data["since"] == later(70, 0)
    assert data["since_first_note"] is True
    assert data["pull_requests"] == {"merged": 3, "with_note": 1, "with_draft": 1, "without": [44]}
    assert data["not_counted"] == {
        "drafts": 1,
        "no_time": 0,
        "no_environment": 0,
        "other_environments": 1,
    }
    orders = data["services"][0]
    assert orders.pop("deployments_per_week") == pytest.approx(0.2, abs=0.01)
    assert orders == {
        "service": "orders",
        "notes": 2,
        "deployments": 2,
        "seconds_between_deployments": {
            "median": 864000,
            "low": 864000,
            "high": 864000,
            "n": 1,
            "missing": 0,
        },
        "change_lead_time_seconds": {
            "median": 108000,
            "low": 108000,
            "high": 108000,
            "n": 1,
            "missing": 1,
        },
        "change_fail_rate": {"low": 0.5, "high": 1, "count": 1, "of": 2, "unknown": 1},
        "failed_deployment_recovery_time_seconds": {
            "median": None,
            "low": None,
            "high": None,
            "n": 0,
            "missing": 1,
        },
        "deployment_rework_rate": {"low": 0, "high": 0, "count": 0, "of": 2, "unknown": 0},
    }


def test_a_quiet_time_names_the_newest_deployment(shipping: Workshop) -> None:
    month = f"{NOW - timedelta(days=30):%Y-%m}"

    out = shipping.run("stats", "--since", "9d").out

    assert "No deployment in this time; the newest one was on " in out
    assert f": --since {month}" in " ".join(out.split())


def test_an_environment_that_no_note_names_is_answered_with_one_that_notes_name(
    shipping: Workshop,
) -> None:
    out = shipping.run("stats", "--environment", "prod", COLUMNS="100").out

    assert "says that it shipped to prod. Try --environment production.\n" in out
    assert "7 note(s) about other environments (production, staging).\n" in out


def test_a_phone_gets_a_block_for_each_service(shipping: Workshop) -> None:
    lines = shipping.run("stats", COLUMNS="44").out.splitlines()

    assert max(map(len, lines)) <= 44
    start = lines.index("orders")
    assert lines[start : start + 7] == [
        "orders",
        "  Deployed   2",
        "  A week     0.2",
        "  Lead time  30 h",
        "  Failed     1 to 2 of 2",
        "  Recovery   not known",
        "  Rework     0 of 2",
    ]


def test_without_git_the_share_of_pull_requests_is_not_known(shipping: Workshop) -> None:
    shutil.rmtree(shipping.folder / ".git")

    out = shipping.run("stats", COLUMNS="100").out

    assert "Pull requests with a note: not known, this is no git repository\n" in out
    assert "Change fail rate: 33 % to 50 %\n" in out


def test_a_note_counts_for_the_pull_requests_in_its_range_of_commits(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "shop").start()
    workshop.clock = int((NOW - timedelta(days=65)).timestamp())
    for number in (3, 4, 5, 9):
        workshop.commit(f"Change something (#{number})", {f"{number}.py": ""})
        workshop.commit("Write a note", {f"changes/{number}.txt": ""})
    four, five = (workshop.git("log", "--format=%H", f"--grep=#{n}") for n in (4, 5))
    noted(workshop, 70, head=four)
    noted(workshop, 60, base=five, head=workshop.git("rev-parse", "HEAD"))
    noted(workshop, 50, base="0" * 40, head="1" * 40)

    out = " ".join(workshop.run("stats", COLUMNS="100").out.split())

    assert "Pull requests with a note: 75 % (3 of 4) " in out
    assert "Without one: #5." in out


def test_a_note_about_a_branch_counts_for_the_pull_request_that_merged_it(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "shop").start()
    workshop.clock = int((NOW - timedelta(days=65)).timestamp())
    start = workshop.commit("Begin", {"begin.py": ""})
    workshop.git("switch", "-qc", "totals")
    tip = workshop.commit("Cache totals", {"totals.py": ""})
    workshop.git("switch", "-q", "main")
    workshop.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from acme/totals", "totals")
    noted(workshop, 70, base=start, head=tip)

    out = workshop.run("stats", COLUMNS="100").out

    assert "Pull requests with a note: 100 % (1 of 1)\n" in out


def test_without_the_branch_that_ships_its_name_is_asked_for(shipping: Workshop) -> None:
    shipping.git("branch", "-m", "trunk")

    out = " ".join(shipping.run("stats", COLUMNS="100").out.split())

    assert "not known, there is no branch main (`default_branch` in the config names it)" in out


def test_a_cut_off_clone_does_not_know_the_share(shipping: Workshop) -> None:
    cut = Workshop(shipping.folder.parent / "cut")
    shipping.git("clone", "-q", "--depth=1", f"file://{shipping.folder}", str(cut.folder))
    shutil.copytree(shipping.folder / "changes", cut.folder / "changes", dirs_exist_ok=True)

    assert "not known, this clone is shallow" in cut.run("stats", COLUMNS="100").out


def test_before_anything_shipped_there_is_nothing_to_tell(workshop: Workshop) -> None:
    noted(workshop, 5, status="draft")

    text, data = workshop.run("stats"), workshop.run("stats", "--json")

    assert (text.code, text.out, text.err) == (0, "", "No note has shipped yet.\n")
    assert data.data is None


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (["--since", "soon"], "--since 'soon' is no day", "changenote stats --since 90d"),
        (["--service", "oders"], "no note is about a service 'oders'", "Did you mean `orders`?"),
    ],
)
def test_what_cannot_be_meant_is_answered_with_what_can(
    shipping: Workshop, words: list[str], what: str, hint: str
) -> None:
    done = shipping.run("stats", *words)

    assert done.code == 2
    assert (said(done).what, said(done).next) == (what, hint)


def test_notes_that_cannot_be_read_are_counted(shipping: Workshop) -> None:
    shipping.note("{ no: YAML", "20250601-aaaaaa")

    done = shipping.run("stats", COLUMNS="100")

    assert done.err == "1 file could not be read: `changenote check` says why.\n"
