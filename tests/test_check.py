"""Every file of the notes folder is a valid note or a finding, and can be put in order."""

import time
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from changenote.cli.checking import check
from changenote.store.database import path_in
from changenote.store.project import find_project
from tests.workshop import Workshop


def test_check_reports_every_finding_of_every_file(library: Workshop) -> None:
    library.note("schema: 1\ntitle: [\n", "20261101-cccccc", "broken")
    library.write("changes/2026/stray.txt", "what am I?")
    library.write("changes/config.yaml", "severity: {nonsense: off}\n")

    done = library.run("check")

    assert done.code == 1
    places = [line.split(": ")[0] for line in done.out.splitlines() if line.startswith("changes/")]
    assert "changes/2026/20261101-cccccc-broken.yaml:3:1" in places
    assert "changes/2026/stray.txt:1:1" in places
    assert "changes/config.yaml:1:12" in places


def test_check_says_the_same_from_its_index_and_without_it(library: Workshop) -> None:
    cold = library.run("check", "--format", "json")
    warm = library.run("check", "--format", "json")

    assert path_in(library.folder / ".changenote").exists()
    assert cold.out == warm.out


def test_check_can_be_asked_about_one_file_or_why_a_rule_is_there(library: Workshop) -> None:
    file = library.note("schema: 1\nid: 20261101-cccccc\n", "20261101-cccccc", "broken")

    one = library.run("check", str(file.relative_to(library.folder)))
    other = library.run("check", "changes/2026/20261120-aaaaaa-index-orders.yaml")
    why = library.run("check", "--explain", "duplicate-key")

    assert (one.code, other.code, why.code) == (1, 0, 0)
    assert why.out.startswith("duplicate-key: ")


def test_severities_come_from_the_config(library: Workshop) -> None:
    file = "changes/2026/20261120-aaaaaa-index-orders.yaml"
    path = library.folder / file
    path.write_text(path.read_text().replace("owner:", "ownr:"))

    assert library.run("check", file).code == 1
    library.write("changes/config.yaml", "severity: {missing-part: warning}\n")

    assert library.run("check", file).code == 0
    assert library.run("check", file, "--strict").code == 1


def test_fmt_puts_notes_in_order_and_only_says_so_when_asked(library: Workshop) -> None:
    before = library.notes()[0].read_text()

    would = library.run("fmt", "--check")
    diff = library.run("fmt", "--diff")
    assert library.notes()[0].read_text() == before
    changed = library.run("fmt")
    again = library.run("fmt", "--check")

    assert (would.code, changed.code, again.code) == (1, 0, 0)
    assert diff.out.startswith("--- a/changes/2026/20261120-aaaaaa-index-orders.yaml\n")
    assert library.run("check").code == 0


def test_a_file_that_is_no_note_is_reported_whatever_the_config_says(library: Workshop) -> None:
    library.note("title: [\n", "20261101-cccccc", "broken")
    library.write("changes/config.yaml", "severity: {yaml-syntax: off}\n")

    done = library.run("check")

    assert done.code == 1
    assert "[yaml-syntax]" in done.out
    assert "[fixed-severity]" in done.out


def test_a_moment_in_the_future_is_looked_at_again_once_it_has_come(
    library: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return cls.fromtimestamp(time.time() + 600, tz)

    soon = datetime.now(UTC) + timedelta(minutes=10)  # five minutes of skew are allowed
    project = find_project(library.folder)
    path = next(p for p in library.notes() if "aaaaaa" in p.name)
    path.write_text(path.read_text().replace("2026-11-20T10:00:00Z", f"{soon:%Y-%m-%dT%H:%M:%SZ}"))
    first, _ = check.check(project)

    monkeypatch.setattr(check, "datetime", Later)
    second, _ = check.check(project)

    assert "future-time" in {finding.rule for finding in first}
    assert "future-time" not in {finding.rule for finding in second}
