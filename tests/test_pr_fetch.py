"""What an untrusted check left behind is fetched for the right pull request, and trusted in nothing."""

import json
import struct
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote.capture.artifact import file_in
from changenote.capture.run_told import run_in
from changenote.checks.result_file import MOST_BYTES
from changenote.errors import NoResultFile
from tests.house import said
from tests.on_forge import QUIET
from tests.runs import BRANCH, COMMIT, FILE, FORK, RUN, Runs, event, pull, runs, zipped
from tests.workshop import Done, Workshop

TOKEN = "a-token-of-the-bot"
RESULT = '{"format": 1, "word": "missing", "line": "", "notes": []}'


@pytest.fixture
def github() -> Iterator[Runs]:
    """A repository with a pull request of a fork, and a check that has run for it."""
    with runs(pulls=[pull(412)]) as here:
        here.leave(zipped({FILE: RESULT}))
        yield here


@pytest.fixture
def main(tmp_path: Path, github: Runs) -> Workshop:
    """The default branch, checked out, in a workflow that the check has started."""
    shop = Workshop(tmp_path / "shop").start()
    shop.commit("Start the shop", {"changes/config.yaml": "forge: github\n"})
    shop.git("remote", "add", "origin", f"{github.web}/acme/shop.git")
    shop.environment = {
        **QUIET,
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(shop.folder),
        "GITHUB_SERVER_URL": github.web,
        "GITHUB_API_URL": f"{github.web}/api/v3",
        "GITHUB_EVENT_PATH": event(tmp_path),
        "GITHUB_TOKEN": TOKEN,
    }
    return shop


def fetch(shop: Workshop, *more: str) -> Done:
    """Run the command; the file is beside the repository."""
    return shop.run("pr", "fetch", "--result", str(shop.folder.parent / FILE), *more)


def fetched(shop: Workshop) -> bytes | None:
    """What is in the file."""
    file = shop.folder.parent / FILE
    return file.read_bytes() if file.exists() else None


def test_the_number_comes_from_the_event_and_the_file_as_it_is(
    main: Workshop, github: Runs
) -> None:
    done = fetch(main)
    again = fetch(main, "--json")

    assert (done.code, done.out, done.err) == (0, "412\n", "")
    assert again.data == {
        "pull_request": {"number": 412, "url": f"{github.web}/acme/shop/pull/412"}
    }
    assert fetched(main) == RESULT.encode()


def test_the_token_does_not_follow_to_the_host_that_keeps_the_file(
    main: Workshop, github: Runs
) -> None:
    fetch(main)

    [request] = github.asked_of_store
    assert request.path == "/signed/zip?sig=a%2Bb&se=2026"
    assert "authorization" not in request.headers
    assert all(one.headers["authorization"] == f"Bearer {TOKEN}" for one in github.asked)


NOT_MEANT = {
    "has a newer commit": [pull(412, sha="0" * 39 + "1")],
    "is of another branch": [pull(412, ref="cache")],
    "is of another fork": [pull(412, repo={"full_name": "mallory/other"})],
    "is of a fork that was deleted": [pull(412, repo=None)],
    "is not the only one": [pull(412, base="a"), pull(413, base="b")],
}


@pytest.mark.parametrize("pulls", NOT_MEANT.values(), ids=list(NOT_MEANT))
def test_nothing_is_told_where_a_pull_request_is_not_the_one(
    main: Workshop, github: Runs, pulls: list[dict[str, Any]]
) -> None:
    github.pulls = pulls

    done = fetch(main)

    assert (done.code, done.out) == (0, "")
    assert done.err == (
        "No open pull request ends with commit 9be27d19be27: there is nothing to tell.\n"
    )
    assert fetched(main) is None
    assert github.asked_of_store == []


def test_of_two_pull_requests_the_one_to_the_default_branch_is_meant(
    main: Workshop, github: Runs
) -> None:
    github.pulls = [pull(411, base="release"), pull(412), pull(413, base="next")]

    assert fetch(main).out == "412\n"


def test_nothing_is_told_where_the_check_left_nothing(main: Workshop, github: Runs) -> None:
    github.artifacts = [{"id": 7, "name": "other", "size_in_bytes": 1}]
    other = fetch(main)
    github.artifacts = []
    github.leave(zipped({FILE: RESULT}), expired=True)
    expired = fetch(main)

    assert (other.code, other.out) == (expired.code, expired.out) == (0, "")
    assert other.err == "The check left nothing behind: there is nothing to tell.\n"


def test_of_two_attempts_the_newer_one_counts(main: Workshop, github: Runs) -> None:
    github.leave(zipped({FILE: RESULT}))

    fetch(main)

    assert [r.path for r in github.asked if "zip" in r.path] == [
        "/api/v3/repos/acme/shop/actions/artifacts/2/zip"
    ]


@pytest.mark.parametrize(
    "changes", [{"event": "push"}, {"head_sha": "x"}, {"head_repository": None}]
)
def test_another_event_is_no_check_of_a_pull_request(
    main: Workshop, tmp_path: Path, changes: dict[str, Any]
) -> None:
    main.environment["GITHUB_EVENT_PATH"] = event(tmp_path, **changes)

    done = fetch(main)

    assert done.code == 2
    assert said(done).what == "no check of a pull request has started this pipeline"


def test_a_claim_of_a_size_stops_the_download(main: Workshop, github: Runs) -> None:
    github.artifacts = []
    github.leave(zipped({FILE: RESULT}), size_in_bytes=2**30)

    done = fetch(main)

    assert (done.code, done.out) == (2, "")
    assert said(done).what == "what the check left behind is too large: 1,073,741,824 bytes"
    assert github.asked_of_store == []


def test_a_hostile_zip_leaves_nothing_behind(main: Workshop, github: Runs) -> None:
    github.left = zipped({"../../evil": "x", FILE: "x" * (MOST_BYTES + 1)})
    before = set(main.folder.parent.rglob("*"))

    done = fetch(main)
    new = set(main.folder.parent.rglob("*")) - before

    assert (done.code, done.out) == (2, "")
    assert said(done).what.endswith("its file has more than 5,000,000 bytes")
    assert [path for path in new if ".changenote" not in path.parts] == []


def link() -> bytes:
    """A zip in which the file is a link."""
    info = ZipInfo(FILE)
    info.external_attr = 0o120777 << 16
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return packed.getvalue()


def unusual() -> bytes:
    """A zip that is packed in a way which may need much memory."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_BZIP2) as archive:
        archive.writestr(FILE, RESULT)
    return packed.getvalue()


def liar() -> bytes:
    """A zip that says of a large file that it is small."""
    packed = bytearray(zipped({FILE: "x" * 5000}))
    at = packed.index(b"PK\x01\x02")
    packed[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(packed)


def giant() -> bytes:
    """A zip that says of a small file that it has a gigabyte."""
    packed = bytearray(zipped({FILE: RESULT}))
    at = packed.index(b"PK\x01\x02")
    packed[at + 24 : at + 28] = struct.pack("<I", 2**30)
    return bytes(packed)


HOSTILE = {
    "names that lead out": (zipped({f"../{FILE}": "x", f"/{FILE}": "x"}), "not one file"),
    "many files": (zipped(dict.fromkeys(map(str, range(5000)), "")), "it has 5,000 files"),
    "a bomb": (zipped({FILE: b"\0" * 50_000_000}), "more than 1,000 bytes"),
    "a link": (link(), "is a link"),
    "an unusual form": (unusual(), "unusual way"),
    "a small claim": (liar(), "no whole zip"),
    "a large claim": (giant(), "more than 1,000 bytes"),
    "no zip": (b"<html>", "no whole zip"),
    "half a zip": (zipped({FILE: RESULT})[:60], "no whole zip"),
    "nothing": (b"", "no whole zip"),
}


@pytest.mark.parametrize(("packed", "why"), HOSTILE.values(), ids=list(HOSTILE))
def test_a_zip_is_read_within_bounds(packed: bytes, why: str) -> None:
    with pytest.raises(NoResultFile) as raised:
        file_in(packed, FILE, most=1000)

    assert why in raised.value.what


@given(st.lists(st.tuples(st.integers(0, 300), st.binary(max_size=9)), min_size=1, max_size=9))
def test_a_zip_that_was_damaged_is_read_or_refused(damages: list[tuple[int, bytes]]) -> None:
    packed = bytearray(zipped({FILE: RESULT * 3, "other": "x"}))
    for at, put in damages:
        packed[at : at + len(put)] = put

    with suppress(NoResultFile):
        assert len(file_in(bytes(packed), FILE, most=1000)) <= 1000


def test_no_run_of_another_forge_is_asked_for(main: Workshop, github: Runs) -> None:
    main.write("changes/config.yaml", "forge: gitea\n")

    done = fetch(main)

    assert done.code == 4
    assert said(done).what == "no run of a pipeline on gitea can be asked for"
    assert github.asked == []


def test_a_file_with_the_same_name_twice_is_nobodys() -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(FILE, "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(FILE, "two")

    with pytest.raises(NoResultFile):
        file_in(packed.getvalue(), FILE, most=1000)


def test_what_the_event_says_is_taken_by_its_shape(tmp_path: Path) -> None:
    told = json.loads(Path(event(tmp_path)).read_text())

    found = run_in(told)

    assert found is not None
    assert (found.id, found.repository, found.branch, found.commit) == (RUN, FORK, BRANCH, COMMIT)
    others: list[object] = [None, [], {}, {"workflow_run": 7}]
    assert [run_in(other) for other in [*others, {"workflow_run": {**told, "id": "7"}}]] == [
        None
    ] * 5
