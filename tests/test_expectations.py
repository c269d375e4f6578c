"""An expectation is met, missed, or left to a person: never met by a guess."""

import pytest

from changenote.capture.expectations import Ended, judged

CASES = [
    # expect, exit, output, verdict
    (None, 0, "", "met"),
    (None, 1, "done", "missed"),
    ("exit 0", 0, "", "met"),
    ("exit 3", 3, "", "met"),
    ("exit 3", 0, "", "missed"),
    ("exits with code 3", 3, "", "met"),
    ('exit 1 and "gone"', 1, "it is gone now", "met"),
    ("no exit 1 from any host", 1, "", "missed"),
    ("no exit 1 from any host", 0, "", "unclear"),
    ("it must not exit 3 here", 3, "", "missed"),
    ('"cache=off"', 0, "status cache=off since 12:00", "met"),
    ('"cache=off"', 0, "status cache=on", "missed"),
    ('"cache=off"', 1, "cache=off", "missed"),
    ('prints "cache=off" and `12 hosts`', 0, "12 hosts\ncache=off\n", "met"),
    ('prints "cache=off" and `12 hosts`', 0, "cache=off\n", "missed"),
    ("It says “all done”.", 0, "All done", "missed"),
    ("It says “all done”.", 0, "--- all   done ---", "met"),
    ('"ok"', 0, "token", "missed"),
    ('"ok"', 0, "[ok]", "met"),
    ('"a\nb"', 0, "a b", "met"),
    ('"12"', 0, "112", "missed"),
    ('"12"', 0, "112, then 12", "met"),
    ("HTTP 200", 0, "HTTP/1.1 301 Moved\nHTTP/2 200\n", "met"),
    ("HTTP 200", 0, "200", "met"),
    ("HTTP 200", 0, "HTTP/1.1 500 Oops", "missed"),
    ("HTTP 200", 0, "200 rows", "unclear"),
    ("HTTP 200", 0, "", "unclear"),
    ("HTTP status 204", 0, "HTTP/1.1 204", "met"),
    ('HTTP 200 and "cache=off"', 0, "HTTP/1.1 200\ncache=off", "met"),
    ('HTTP 200 and "cache=off"', 0, "cache=off", "unclear"),
    ('HTTP 200 and "cache=off"', 0, "cache=on", "missed"),
    (
        "flag off acknowledged by 12/12 hosts",
        0,
        "10:00 flag off acknowledged by 12/12 hosts.",
        "met",
    ),
    ("flag off acknowledged by 12/12 hosts", 0, "flag off acknowledged by 11/12 hosts", "unclear"),
    (
        "flag off acknowledged by 2/12 hosts",
        0,
        "flag off acknowledged by 2/12 hostsfile",
        "unclear",
    ),
    ("done", 0, "not done", "unclear"),
    ("done", 0, "working\ndone.\n", "met"),
    ("p95 falls", 0, "", "unclear"),
    ('no "error" in the log', 0, "", "unclear"),
    ('"a" or "b"', 0, "b", "unclear"),
    ('p95 under 400 and "ok"', 0, "ok", "unclear"),
    ('p95 under 400 and "ok"', 2, "ok", "missed"),
]


@pytest.mark.parametrize(("expect", "exit_code", "output", "verdict"), CASES)
def test_expectations_are_judged(
    expect: str | None, exit_code: int, output: str, verdict: str
) -> None:
    ended = Ended(exit=exit_code, output=output, is_whole=True)

    assert judged(expect, ended).verdict == verdict


def test_what_was_cut_off_is_not_held_against_a_step() -> None:
    ended = Ended(exit=0, output="the end\n", is_whole=False)

    assert judged('"the start"', ended).verdict == "unclear"
    assert judged('"the end"', ended).verdict == "met"


def test_what_was_seen_instead_is_said() -> None:
    ended = Ended(exit=0, output="HTTP/1.1 500\n", is_whole=True)

    assert judged("HTTP 200", ended).why == "HTTP 500"
    assert judged('"off"', ended).why == "no “off” in what it printed"
    assert judged("exit 1", ended).why == "exit 0"
