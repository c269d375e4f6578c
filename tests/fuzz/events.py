"""What forges send and pipelines leave behind: read as far as it can be, believed in nothing."""

import json
import zipfile
from contextlib import suppress
from io import BytesIO

from changenote.capture import pull_request
from changenote.capture.artifact import file_in
from changenote.capture.draft import cleaned
from changenote.capture.pipeline import found_in, from_event
from changenote.capture.run_told import run_in
from changenote.capture.subjects import cleaned_title
from changenote.checks import result_file
from changenote.errors import ForgeFailed
from changenote.forge.answers import Answer
from changenote.forge.links import parse_remote
from changenote.model.reading import read_note
from tests.fuzz.material import files, material
from tests.fuzz.target import Target

_FILE = "changenote-result.json"
_MOST = 100_000
_DATA = {"schema": 1, "id": "20261122-k3f9xq", "status": "draft", "kind": "fix"}


def _events_hold(raw: bytes) -> None:
    _answer_holds(raw)
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return
    told = from_event(event, {"GITHUB_SHA": "ab" * 20, "GITHUB_REF_NAME": "v1"})
    run_in(event)
    if told.pull_request:
        _is_understood(told.pull_request)
    for data in (event, *(event.values() if isinstance(event, dict) else ())):
        for read in (pull_request.of_github, pull_request.of_gitlab):
            if isinstance(data, dict) and (found := read(data)):
                _is_understood(found)


def _is_understood(found: pull_request.PullRequest) -> None:
    assert 0 <= found.number < 10**18
    assert found.url is None or found.url.startswith(("http://", "https://"))
    reason, title = pull_request.reason_of(found), cleaned_title(found.title)
    pull_request.kind_of(found)
    pull_request.issues_of(found)
    note, problems = read_note(
        cleaned({**_DATA, "title": f"{title[:90]} a note", "reason": reason})
    )
    assert note is not None, f"no note can have it: {problems[0].path} {problems[0].found}"


def _answer_holds(raw: bytes) -> None:
    """What a server answers is JSON, or an error of the house; so is what it says of itself."""
    words = raw[:200].decode("latin-1")
    headers = {"retry-after": words, "x-ratelimit-reset": words, "content-type": "text/plain"}
    for status in (403, 429, 502):
        answer = Answer(status=status, headers=headers, body=raw, sender="GitHub")
        assert isinstance(answer.message, str)
        answer.wait_asked(1_790_000_000.0)
        assert answer.is_limited in (True, False)
    with suppress(ForgeFailed):
        assert answer.data is not ...


def _events_naive(raw: bytes) -> None:
    assert json.loads(raw)["pull_request"]["head"]["sha"]


def _variables_hold(raw: bytes) -> None:
    lines = raw.decode("utf-8", "replace").replace("\0", "").splitlines()
    environment = dict(line.split("=", 1) for line in lines if "=" in line)
    environment.pop("GITHUB_EVENT_PATH", None)
    told = found_in(environment)
    if told.pull_request:
        _is_understood(told.pull_request)
    for value in environment.values():
        repository = parse_remote(value)
        assert repository is None or repository.web.startswith(("http://", "https://"))
        assert repository is None or "@" not in repository.web.split("/")[2]


def _variables_naive(raw: bytes) -> None:
    assert all(int(line.split("=")[1]) for line in raw.decode().splitlines() if "PR_ID" in line)
    assert all(line.split("=")[1] for line in raw.decode().splitlines())


def _left_behind_holds(raw: bytes) -> None:
    for found in result_file.read(raw):
        assert ".." not in found.file.split("/")
        assert not found.file.startswith("/")


def _left_behind_naive(raw: bytes) -> None:
    assert all(note["file"].endswith(".yaml") for note in json.loads(raw)["notes"])


def _packed_holds(raw: bytes) -> None:
    assert len(file_in(raw, _FILE, most=_MOST)) <= _MOST


def _packed_naive(raw: bytes) -> None:
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        assert archive.read(_FILE)


def _zip(names: dict[str, bytes], form: int) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", form) as archive:
        for name, content in names.items():
            archive.writestr(zipfile.ZipInfo(name), content, form)
    return packed.getvalue()


_RESULT = json.dumps(
    {
        "format": 1,
        "word": "missing",
        "line": "No note",
        "notes": [{"file": "changes/2026/20261122-k3f9xq-a.yaml", "text": "schema: 1\n"}],
        "left_out": 0,
    }
).encode()
_GITLAB = {
    "iid": 7,
    "title": "Cache totals",
    "description": "Because.\n\nCloses #3",
    "author": {"name": "Dana"},
    "web_url": "https://gitlab.example/a/b/-/merge_requests/7",
    "state": "merged",
    "merged_at": "2026-11-22T10:00:00Z",
    "merge_commit_sha": "ab" * 20,
    "target_branch": "main",
    "source_branch": "x",
    "sha": "cd" * 20,
    "labels": ["bug", {"name": "type::fix"}],
}

TARGETS = (
    Target(
        name="events",
        says="An event, a pull request or an answer of a forge is understood as far as it can be.",
        material=material(
            [
                *files("webhooks/*.json"),
                json.dumps(_GITLAB),
                '{"message": "Bad", "errors": [{"code": "x"}, "y"]}',
                "Wed, 21 Oct 2026 07:28:00 GMT",
            ],
            '"pull_request" "deployment" "release" "issue" "after" "number" "sha" "merged" null 120 '
            '"workflow_run" "head_sha" "title" "body" "labels" "html_url"'.split(),
        ),
        holds=_events_hold,
        naive=_events_naive,
    ),
    Target(
        name="variables",
        says="What a pipeline's variables say is taken for what it can be.",
        material=material(
            [
                "GITLAB_CI=true\nCI_MERGE_REQUEST_IID=7\nCI_MERGE_REQUEST_TITLE=Cache\n"
                "CI_MERGE_REQUEST_PROJECT_URL=https://gitlab.example/a/b\nCI_COMMIT_SHA="
                + "ab"
                * 20,
                "BITBUCKET_BUILD_NUMBER=3\nBITBUCKET_PR_ID=12\nBITBUCKET_REPO_FULL_NAME=a/b\n"
                "BITBUCKET_COMMIT=" + "ab" * 20,
                "TF_BUILD=True\nBUILD_REPOSITORY_URI=https://dev.azure.com/a/_git/b\n"
                "SYSTEM_PULLREQUEST_PULLREQUESTID=9\nBUILD_SOURCEBRANCH=refs/tags/v1",
                "REMOTE=git@github.com:acme/shop.git\nOTHER=https://u:p@git.example:8443/a/b.git/\n"
                "THIRD=ssh://git@h.example/a\nFOURTH=../x",
            ],
            "GITLAB_CI= CI_MERGE_REQUEST_IID= BITBUCKET_BUILD_NUMBER= TF_BUILD= git@ https:// ssh:// "
            "@ : // .git ²³ ٣".split(),
        ),
        holds=_variables_hold,
        naive=_variables_naive,
    ),
    Target(
        name="handed-over",
        says="What a job that nobody trusts hands over is notes with their places, or refused.",
        material=material(
            [_RESULT], '"file" "text" "notes" "../" "/" ".yaml" "format" [ ]'.split()
        ),
        holds=_left_behind_holds,
        naive=_left_behind_naive,
    ),
    Target(
        name="packed",
        says="One file is read out of any zip within bounds, or the zip is refused.",
        material=material(
            [
                _zip({_FILE: _RESULT}, zipfile.ZIP_DEFLATED),
                _zip({_FILE: _RESULT, "other": b"x" * 50}, zipfile.ZIP_STORED),
                _zip({f"../{_FILE}": b"x", _FILE: b"\0" * 5000}, zipfile.ZIP_DEFLATED),
            ],
            ["PK\x01\x02", "PK\x03\x04", "PK\x05\x06", _FILE],
        ),
        holds=_packed_holds,
        naive=_packed_naive,
    ),
)
