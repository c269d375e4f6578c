"""`site serve` shows and searches what was just saved, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.error import URLError
from urllib.request import urlopen

from tests.workshop import COMPLETE, IDENTITY, Workshop


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def page(url: str) -> str:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server on loopback
            text: str = answer.read().decode()
            return text
    except (URLError, ConnectionError):
        return ""


def eventually(is_so: Callable[[], bool], seconds: int = 60) -> bool:
    """Wait for something that takes as long as the machine needs."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.2)
    return False


def test_a_saved_note_is_on_the_page_and_the_server_stops_when_told(workshop: Workshop) -> None:
    workshop.run("init")
    workshop.run("new", "--yes", *COMPLETE)
    (path,) = workshop.notes()
    port = free_port()
    url = f"http://127.0.0.1:{port}/changes/{path.name[:15]}/"
    index = f"http://127.0.0.1:{port}/changes/search/words/parts.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "changenote", "site", "serve", "--port", str(port)],
        cwd=workshop.folder,
        env={**os.environ, **IDENTITY},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: "Cache cart totals" in page(url))
        before = page(index)

        path.write_text(path.read_text().replace("Cache cart totals", "Keep cart totals"))

        assert eventually(lambda: "Keep cart totals" in page(url))
        assert eventually(lambda: page(index) not in ("", before))
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)

    assert code == 0
    assert eventually(lambda: page(url) == "")
