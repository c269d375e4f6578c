"""What is kept of an output: its last lines as a terminal showed them, and no part of a secret."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote.capture.tail import MOST_BYTES, MOST_LINES, Tail

TOKEN = "ghp_Zx81bQ7vLm20TtPq93WkRs64Yd57HnJf0a1B"  # made up
KEY_LINE = "MIIEpAIBAAKCAQEAx9q7Yb2LkW0vT3nZ8s1dPpQeR5uGhJ4cXoM6aVfKyBtN7rE"  # made up as well


def kept(*printed: bytes, known: dict[str, str] | None = None) -> str:
    """What is kept of one stream that printed these pieces."""
    tail = Tail(streams=1)
    for piece in printed:
        tail.add(0, piece)
    return tail.text(known or {})


def survives(secret: str, text: str) -> bool:
    return any(secret[at : at + 8] in text for at in range(len(secret) - 7))


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (b"", ""),
        (b"\n\n", ""),
        (b"one", "one\n"),
        (b"\n\none  \n\ntwo\n\n", "one\n\ntwo\n"),
        (b"10%\r 50%\r100%\n", "100%\n"),
        (b"10%\r 50%\r100%\r\x1b[K\r\ndone\r\n", "100%\ndone\n"),
        (
            b"\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x1b\\link\x1b]8;;\x07 \x1b(Bplain",
            "red link plain\n",
        ),
        (b"a\x00b\x07c\x7f\x1b", "abc\n"),
        ("naïve \u202eevil\u202c \u200bzero".encode(), "naïve evil zero\n"),
        (b"caf\xe9 \xff", "caf\ufffd \ufffd\n"),
        (b"B\bBO\bOL\bLD typo\b\b\b\bdone\b", "BOLD don\n"),
        (b"tab\tbed", "tab\tbed\n"),
        (b"before\n\x1b[?1049hscreen\r\nfull\x1b[?1049lafter\n", "before\nafter\n"),
        (b"before\n\x1b[?1049hscreen\r\nnever left\r\n", "before\n"),
    ],
)
def test_lines_are_kept_as_they_stood_in_the_end(printed: bytes, text: str) -> None:
    assert kept(printed) == text


def test_the_last_20_lines_are_kept() -> None:
    assert kept(b"".join(b"%d\n" % n for n in range(100_000))) == "".join(
        f"{n}\n" for n in range(100_000 - MOST_LINES, 100_000)
    )


def test_no_more_than_4_kb_are_kept_in_whole_lines() -> None:
    lines = [f"{n} " + "é" * 200 for n in range(30)]

    text = kept("\n".join(lines).encode())

    assert text.splitlines() == lines[-len(text.splitlines()) :]
    assert MOST_BYTES - 500 < len(text.encode()) <= MOST_BYTES


def test_of_one_long_line_the_end_is_kept() -> None:
    text = kept(b"word " * 100_000 + b"last")

    assert text.startswith("…")
    assert text.endswith("word last\n")
    assert len(text.encode()) <= MOST_BYTES


def test_a_mark_is_not_cut_in_two() -> None:
    for size in range(950, 1010, 3):
        text = kept(f"TOKEN={TOKEN} {'x ' * (size // 2)}{'y' * (size % 2)}".encode() + b" z" * 2000)
        assert "redacted" not in text or "[redacted: GitHub token]" in text


def test_lines_of_two_streams_stand_in_the_order_in_which_they_ended() -> None:
    tail = Tail(streams=2)
    for stream, piece in [(0, b"a1\na2"), (1, b"b1\n"), (0, b"-\na3\n"), (1, b"b2"), (0, b"a4")]:
        tail.add(stream, piece)

    assert tail.text({}) == "a1\nb1\na2-\na3\nb2\na4\n"
    assert (tail.lines, tail.bytes) == (6, 17)


# --- Secrets --------------------------------------------------------------------------------------


def test_a_token_torn_apart_by_the_other_stream_goes() -> None:
    for at in range(1, len(TOKEN)):
        tail = Tail(streams=2)
        for stream, piece in [(0, TOKEN[:at]), (1, "warning\n"), (0, TOKEN[at:] + "\nnext\n")]:
            tail.add(stream, piece.encode())

        assert tail.text({}) == "warning\n[redacted: GitHub token]\nnext\n"


def test_a_token_goes_wherever_it_lies_in_what_is_kept_and_cut_off() -> None:
    for line in (f"x {TOKEN} y\n", f"{TOKEN}\r", f"\x1b[31m{TOKEN[:9]}\x1b[1m{TOKEN[9:]}\x1b[0m\n"):
        for before in (*range(0, 60, 19), *range(65_400, 65_660, 61)):
            text = kept(b"z" * before, line.encode(), b"\n", b"w\r" * 32_700, b"end")

            assert not survives(TOKEN, text)


def test_a_private_key_goes_wherever_the_cut_falls() -> None:
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{(KEY_LINE + chr(10)) * 30}-----END RSA PRIVATE KEY-----\n"
    for after in range(62_500, 66_500, 397):
        text = kept(b"x\n" * 40_000, key.encode(), b"\r" * after, b"\nend\n")

        assert not survives(KEY_LINE, text)
        assert text.endswith("end\n")


def test_a_private_key_larger_than_what_is_kept_goes() -> None:
    start, end = b"-----BEGIN PRIVATE KEY-----\n", b"-----END PRIVATE KEY-----\nafter\n"
    body = [f"{KEY_LINE}{n:05d}\n".encode() for n in range(3000)]

    assert kept(start, *body) == "[redacted: private key]\n"
    assert kept(start, *body, end) == "[redacted: private key]\nafter\n"


def test_a_known_secret_goes_in_any_colour() -> None:
    known = {"correct horse": "password"}

    assert kept(b"at corr\x1b[1mect ho\x00rse.\n", known=known) == "at [redacted: password].\n"


PIECES = st.sampled_from(
    [b"\n", b"\r", b"\x1b[31m", b"\x1b[", b"\x00", b"\xff", b"\b", b"word ", b"=", b"x" * 999]
)


@given(st.lists(PIECES | st.binary(max_size=9), max_size=60), st.integers(0, 59), st.randoms())
def test_however_it_is_cut_into_pieces_a_token_on_its_line_goes(
    pieces: list[bytes], at: int, chance: Random
) -> None:
    whole = b"".join([*pieces[:at], b"\n", TOKEN.encode(), b"\n", *pieces[at:]])
    cuts = sorted({0, len(whole), *chance.sample(range(len(whole)), 5)})

    text = kept(*[whole[a:b] for a, b in pairwise(cuts)])

    assert not survives(TOKEN, text)
    assert not [c for c in text if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0]
