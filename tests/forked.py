"""Processes of changenote and MkDocs that need not load them first.

The tests start them thousands of times, and loading the same modules again is a good part of that.
So every process of pytest has a server for each, which has loaded it; whoever asks it for a command
gets a fork: a process of its own, with its own folder, environment and streams.

A fork has what its server has: one seed of hashes for all, modules in the order of the server, and
the server's limits, umask and signals. What has to do with those or with starting (its time, its
modules, another interpreter, a program around it) starts for itself, and `test_start_up` starts
every command. So does what is to have another setting that Python reads when it starts.
"""

import atexit
import contextlib
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal, NoReturn

from tests import stand_in
from tests.stand_in import LENGTH, answer, ask

Program = Literal["changenote", "agent", "mkdocs"]
"""`agent` is changenote as coding agents start it, with `-P`."""

_FITS = 60_000  # bytes that a pipe takes before anybody reads them
_LOCK = threading.Lock()
# What Python looks at before it runs anything, and modules while they are loaded.
_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "NO_MKDOCS")


def run(
    program: Program,
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    given: bytes,
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program to its end, as `subprocess.run` with captured output does."""
    if _starts_as_the_server(program, environment) and len(given) <= _FITS:
        return _forked(program, arguments, folder, environment, given)
    return subprocess.run(
        [*_itself(program), *arguments],
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        check=False,
    )


def in_place_of(program: Program, environment: Mapping[str, str]) -> list[str]:
    """The command that stands in for a program; where that cannot be, the program's own."""
    if not _starts_as_the_server(program, environment):
        return _itself(program)
    return [sys.executable, "-S", "-E", stand_in.__file__, server(program)]


def _itself(program: Program) -> list[str]:
    return [sys.executable, *_OPTIONS[program], "-m", _MODULES[program]]


def _forked(
    program: Program,
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    given: bytes,
) -> "subprocess.CompletedProcess[bytes]":
    pipes = [os.pipe() for _ in range(3)]
    theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
    with ask(server(program), arguments, os.fspath(folder), environment, theirs) as line:
        for stream in theirs:
            os.close(stream)
        with os.fdopen(pipes[0][1], "wb") as into, contextlib.suppress(BrokenPipeError):
            into.write(given)
        out, err = _all_of(pipes[1][0], pipes[2][0])
        return subprocess.CompletedProcess([program, *arguments], answer(line), out, err)


def _all_of(*streams: int) -> list[bytes]:
    read = dict.fromkeys(streams, b"")
    left = set(streams)
    while left:
        for stream in select.select(left, [], [])[0]:
            data = os.read(stream, 1 << 16)
            read[stream] += data
            if not data:
                os.close(stream)
                left.discard(stream)
    return list(read.values())


_MODULES: dict[Program, str] = {
    "changenote": "changenote",
    "agent": "changenote",
    "mkdocs": "mkdocs",
}
_OPTIONS: dict[Program, list[str]] = {"changenote": [], "agent": ["-P"], "mkdocs": ["-P"]}


_AT_FIRST = dict(os.environ)  # tests change it


def _environment(program: Program) -> dict[str, str]:
    """What the server of a program starts with."""
    more = {"NO_MKDOCS_2_WARNING": "true"} if program == "mkdocs" else {}
    return {**_AT_FIRST, **more}


def _starts_as_the_server(program: Program, environment: Mapping[str, str]) -> bool:
    one, other = (
        {name: value for name, value in each.items() if name.startswith(_AT_START)}
        for each in (environment, _environment(program))
    )
    return one == other


def server(program: Program) -> str:
    """The address of a program's server."""
    with _LOCK:
        return _server(program)


@cache
def _server(program: Program) -> str:
    """Start it; it ends when we do, however that is."""
    folder = Path(mkdtemp(prefix="forked-"))
    address = folder / "socket"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.fspath(address))
    listener.listen(100)
    pipe = subprocess.PIPE  # as every command has them
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forked", program, str(listener.fileno())],
        cwd=Path(__file__).parent.parent,
        env=_environment(program),
        pass_fds=[listener.fileno()],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    listener.close()

    def end() -> None:
        with process:  # closes its input, which is what it ends at
            address.unlink()
            folder.rmdir()

    atexit.register(end)
    return os.fspath(address)


# --- The server -----------------------------------------------------------------------------------


def _serve(program: Program, listener: socket.socket) -> None:
    """Fork for every request until the tests are over."""
    _load(program)
    news, bell = os.pipe()
    os.set_blocking(bell, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests
    signal.set_wakeup_fd(bell)
    waiting: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([0, listener.fileno(), news], [], [])
        if 0 in ready:
            return
        if news in ready:
            os.read(news, 1000)
            _tell(waiting)
        if listener.fileno() in ready:
            line, _ = listener.accept()
            ours = [listener, line, *waiting.values()]
            waiting[_fork(program, line, [news, bell, *(one.fileno() for one in ours)])] = line


def _tell(waiting: dict[int, socket.socket]) -> None:
    """Say how commands ended to whoever waits for it."""
    while waiting:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with waiting.pop(pid) as line, contextlib.suppress(BrokenPipeError):
            line.sendall(b"%d" % os.waitstatus_to_exitcode(status))


def _fork(program: Program, line: socket.socket, ours: Sequence[int]) -> int:
    head, streams, _, _ = socket.recv_fds(line, LENGTH, 3)
    asked = b""
    while len(asked) < int.from_bytes(head):
        more = line.recv(int.from_bytes(head) - len(asked))
        assert more, "whoever asked has gone"
        asked += more
    pid = os.fork()
    if not pid:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for handle in ours:
            os.close(handle)
        _become(program, json.loads(asked), streams)
    for stream in streams:
        os.close(stream)
    return pid


def _become(
    program: Program, asked: tuple[list[str], str, dict[str, str]], streams: Sequence[int]
) -> NoReturn:
    """Be `python -m` of that program."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    arguments, folder, environment = asked
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:1] = [] if "-P" in _OPTIONS[program] else [folder]
    module = sys.modules["__main__"] = import_module(f"{_MODULES[program]}.__main__")
    sys.argv = [str(module.__file__), *arguments]
    try:
        (module.cli if program == "mkdocs" else module.main)()
    except SystemExit as end:
        _end(end.code)
    raise AssertionError("every program ends like that")


def _end(code: object) -> NoReturn:
    """End as Python does, but for taking apart all that was loaded, which takes it long."""
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads
    atexit._run_exitfuncs()
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else bool(code))


def _load(program: Program) -> None:
    """Everything that the program may load, but for what is not loaded before it is needed."""
    gc.disable()
    import changenote
    from changenote import later

    if program != "mkdocs":
        later.put_off()
    else:
        for name in ("mkdocs.__main__", "mkdocs.commands.build", "mkdocs.contrib.search"):
            import_module(name)
        for name in ("material.plugins.search.plugin", "material.extensions.emoji", "pymdownx"):
            import_module(name)
    for module in pkgutil.walk_packages(changenote.__path__, "changenote."):
        import_module(module.name)
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    _serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))  # type: ignore[arg-type]
    os._exit(0)
