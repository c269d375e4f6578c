"""Tests run without a network, and one that does not is found out."""

import socket
from collections.abc import Callable

import pytest

Asks = Callable[[socket.socket], object]


@pytest.mark.parametrize(
    ("family", "ask"),
    [
        (socket.AF_INET, lambda client: client.connect(("192.0.2.7", 9))),
        (socket.AF_INET6, lambda client: client.sendto(b"", ("2001:db8::7", 9))),
        (socket.AF_INET, lambda _: socket.getaddrinfo("nobody.invalid", 80)),
    ],
    ids=["connects", "sends", "looks-up-a-name"],
)
def test_a_test_that_turns_to_another_host_fails(family: socket.AddressFamily, ask: Asks) -> None:
    with (
        socket.socket(family, socket.SOCK_DGRAM) as client,
        pytest.raises(pytest.fail.Exception, match="the tests are to run without a network"),
    ):
        ask(client)


def test_a_test_may_talk_to_what_it_has_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        with socket.create_connection(address) as client:
            assert client.getpeername() == address
