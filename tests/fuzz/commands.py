"""Commands as shells and our journal keep them, what they print, and the names of files."""

import os
import shlex
from datetime import UTC, datetime

from changenote.capture import draft, histories, journal
from changenote.capture.expectations import Ended, judged
from changenote.capture.metrics import parse_metric, parse_numbers
from changenote.capture.purposes import purpose_of
from changenote.capture.reverting import revert_commits
from changenote.capture.tail import MOST_BYTES, MOST_LINES, Tail
from changenote.checks import runnable
from changenote.cli.console import clean
from changenote.git import quoted_path, real_path, written_path
from changenote.model.identity import file_name, id_in_file_name, slug
from changenote.model.redaction import find, redact, redacted_lines
from tests.fuzz.bounds import is_harmless
from tests.fuzz.material import DATA, material
from tests.fuzz.target import Target

_NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _histories_hold(raw: bytes) -> None:
    for read in histories.READERS.values():
        for entry in histories.as_entries(read(raw), known={}, now=_NOW):
            assert entry.run.strip()
            assert is_harmless(entry.run), f"acts on a terminal: {entry.run!r}"
            assert redact(entry.run) == entry.run, "redacted again, something goes"
            journal.as_command(entry)


def _histories_naive(raw: bytes) -> None:
    for line in raw.decode().splitlines():
        _stamp, _command = line.split(";")


def _lines_hold(raw: bytes) -> None:
    """What somebody types or writes as a step, a number, a checklist or an expectation."""
    text = raw.decode("utf-8", "surrogateescape")
    assert runnable.judged(text) in ("command", "prose", "placeholder")
    runnable.first_command(text.splitlines())
    purpose_of(text)
    revert_commits(text.splitlines())
    judged(text[:2000], Ended(exit=0, output=text, is_whole=True))
    parse_numbers(text)
    draft.checklist(text, {"cache": ("rule named",)})
    metric = parse_metric(text)
    assert metric is None or metric["name"], "a metric without a name"
    once = draft.cleaned({"x": {"text": text}})
    assert draft.cleaned(once) == once


def _lines_naive(raw: bytes) -> None:
    assert shlex.split(raw.decode())


def _output_holds(raw: bytes) -> None:
    tail = Tail(streams=2)
    for number, part in enumerate(raw.split(b"\x1e")):
        tail.add(number % 2, part)
    text = tail.text({})
    assert tail.bytes == len(raw) - raw.count(b"\x1e")
    assert is_harmless(text), f"acts on a terminal: {text!r}"
    assert len(text.splitlines()) <= MOST_LINES
    assert len(text.encode()) <= MOST_BYTES + 200
    assert not find(text), "a secret is left"


def _output_naive(raw: bytes) -> None:
    assert is_harmless(raw.decode()[-4000:])


def _secrets_hold(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    once = redact(text)
    assert redact(once) == once, "redacted again, something changes"
    found = find(text)
    ends = [0, *(secret.end for secret in found)]
    assert all(end <= secret.start < secret.end for end, secret in zip(ends, found, strict=False))
    lines = text.split("\n")
    assert len(redacted_lines(lines)) == len(lines)
    assert is_harmless(clean(text))
    assert clean(clean(text)) == clean(text)


def _secrets_naive(raw: bytes) -> None:
    text = raw.decode()
    once = text.replace("password", "[password]")
    assert once.replace("password", "[password]") == once
    assert is_harmless(text)


def _paths_hold(raw: bytes) -> None:
    path = os.fsdecode(raw.replace(b"\0", b""))
    written = written_path(path)
    assert real_path(written) == path, f"comes back as {real_path(written)!r}"
    assert real_path(quoted_path(path)) == path
    assert is_harmless(written.replace("\u200c", "").replace("\u200d", "")) or _has_flag(written)
    title = raw.decode("utf-8", "replace")
    assert slug(title).isascii()
    assert id_in_file_name(file_name("20261122-k3f9xq", title)) == "20261122-k3f9xq"
    real_path(title)


def _has_flag(text: str) -> bool:
    """Letters that cannot be seen are part of the flags of England, Scotland and Wales."""
    return "\U0001f3f4" in text


def _paths_naive(raw: bytes) -> None:
    path = raw.decode()
    assert path.encode("unicode_escape").decode("ascii") == path


def _commands(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


_SHELL = _commands("commands/tldr.txt")

TARGETS = (
    Target(
        name="histories",
        says="The history of any shell gives commands that can be shown, without secrets.",
        material=material(
            [
                "\n".join(_SHELL[:20]),
                "#1700000000\ncurl -u a:hunter2hunter2 https://x\n#1700000009\nfor a in b\ndo c\ndone\n",
                ": 1700000000:5;./deploy.sh \\\n  --now\n: 1700000009:0;ls\n",
                "- cmd: ls\n  when: 1700000000\n  paths:\n    - a\n- cmd: a\\nb\\\\c\n  when: 1\n",
            ],
            ["#1700000000", ": 1700000000:5;", "- cmd: ", "  when: ", "\\\n", "\\n", "$ ", "\x83"],
        ),
        holds=_histories_hold,
        naive=_histories_naive,
    ),
    Target(
        name="lines",
        says="A line that somebody types is a command, a number or prose, and never a fault.",
        material=material(
            [
                *_SHELL[::25],
                "GET /cart p95: 841,903 ms -> 318,341 ms [cache: warm]",
                "cache: rule named: yes, ttl: na (not needed)",
                "2/2 hosts, exit 0, HTTP 200 and “ok”",
                "kubectl rollout undo deploy/<name> # TODO",
                "if true; then git revert -m 1 abc1234; fi",
                "SELECT 1 FROM a;\nUPDATE b SET c = 1 WHERE d;",
            ],
            "-> : , ms % [cache: warm] exit HTTP 200 “ ” ` git revert if then fi SELECT <x> TODO $( "
            "&& || 1,000 1e5 840".split(),
        ),
        holds=_lines_hold,
        naive=_lines_naive,
    ),
    Target(
        name="output",
        says="Of what a command prints, the last lines are kept without secrets and without"
        " anything that acts on a terminal.",
        material=material(
            [
                *_SHELL[::60],
                "10%\r20%\r100%\ndone\x1e\x1b[31mred\x1b[0m\nerror: token=abcdefgh12345678\n",
                "\x1b[?1049h full screen \x1b[?1049l\nafter\n",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEabcd\n-----END RSA PRIVATE KEY-----\nok\n",
                "a\x08b\x1b]0;title\x07\n" * 30,
            ],
            [
                "\x1e",
                "\x1b[31m",
                "\x1b]8;;x\x1b\\",
                "\x1b[?1049h",
                "\x1b[?1049l",
                "\r",
                "\b",
                "\x9b1m",
            ],
        ),
        holds=_output_holds,
        naive=_output_naive,
    ),
    Target(
        name="secrets",
        says="Redacting twice is redacting once, and what is printed does nothing.",
        material=material(
            [
                *_SHELL[::30],
                "curl -u bob:s3cr3tPassw0rd https://x.io",
                "export DB_PASSWORD='s3cr3t Passw0rd' && ./run --token=abcdefgh12345678",
                '{"password": "s3cr3tPassw0rd", "n": 1}',
                "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU",
                "mysql -psecretsecret -h db\nAKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            ],
            "password token= key: secret -p -u Authorization: Bearer https:// @ [redacted: token] "
            "[redacted: ' \" export AWS_SECRET_ACCESS_KEY= eyJ ghp_ sk- {{ }} $( ${X}".split(),
        ),
        holds=_secrets_hold,
        naive=_secrets_naive,
    ),
    Target(
        name="paths",
        says="Any name of a file comes back from a note byte for byte, and shows all that it has.",
        material=material(
            ["app/cart/totals.py", '"caf\\351"', "café/x y", "C:\\a\\b", "-rf", '"', '""', "a\\nb"],
            ['"', "\\", "\\351", "\\n", "\\777", "C:", "\u200d", "\U0001f3f4", "\x7f"],
        ),
        holds=_paths_hold,
        naive=_paths_naive,
    ),
)
