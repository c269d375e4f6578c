"""Nothing of ours is anywhere else: commands and imports ask no other host for anything.

`strace` sees what every process asks of the system, also git and what is written in C.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.house import valid_note
from tests.trust.promise import Outcome, Promise, tried
from tests.workshop import COMPLETE, FULL, IDENTITY, Workshop

_ID = "20261122-k3f9xq"
_EVERY_MODULE = """
import importlib, pkgutil, changenote
for module in pkgutil.walk_packages(changenote.__path__, "changenote."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
_PROGRAM = ("-m", "changenote")
_PROGRAMS = (
    (*_PROGRAM, "--help"),
    (*_PROGRAM, "check"),
    (*_PROGRAM, "list"),
    (*_PROGRAM, "site", "build", "--strict", "--to", "{out}"),
    (*_PROGRAM, "new", "--yes", *COMPLETE),
    (*_PROGRAM, "site", "pages", "--to", "{out}"),
    ("-c", _EVERY_MODULE),
    (*_PROGRAM, "rollback", _ID),
    (*_PROGRAM, "search", "cart"),
    (*_PROGRAM, "show", _ID),
    (*_PROGRAM, "check", "--ci", "--since", "v2.13.0"),
    (*_PROGRAM, "trace", "app/cart/totals.py"),
    (*_PROGRAM, "export", "--to", "{out}.parquet"),
    (*_PROGRAM, "stats"),
    (*_PROGRAM, "next"),
    (*_PROGRAM, "fmt"),
    (*_PROGRAM, "release", "v2.15.0"),
    (*_PROGRAM, "init", "--hook", "commit-msg"),
)
_ELSEWHERE = re.compile(
    r"sin_addr=inet_addr\(\"(?!127\.)[^\"]+|inet_pton\(AF_INET6, \"(?!::1\"|::ffff:127\.)[^\"]+"
    # Who asks a resolver of this machine for a name asks another one in the end.
    r"|sin6?_port=htons\(53\)|sun_path=\"[^\"]*systemd/resolve/[^\"]+"
)

_LOOKS_FOR_NEWS = """
import urllib.request
try:
    urllib.request.urlopen("http://192.0.2.7/newest", timeout=0.05)
except OSError:
    pass
"""
"""What Python loads first: a look for a newer version, as some programs do at their start.

192.0.2.7 is nobody's (RFC 5737).
"""


@cache
def _shop() -> Workshop:
    shop = Workshop(Path(tempfile.mkdtemp(prefix="changenote-trust-")) / "shop").start()
    shop.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    shop.commit("Start the shop", {"README.md": "Shop\n", "app/cart/totals.py": "total = 1\n"})
    shop.git("tag", "v2.13.0")
    shop.commit("Cache cart totals (#412)", {"app/cart/totals.py": "total = 2\n"})
    valid_note(shop)
    shop.note(FULL.replace("related: [20260903-7c2mha]\n", ""), _ID)
    shop.write("../news/sitecustomize.py", _LOOKS_FOR_NEWS)
    return shop


def _asked(program: tuple[str, ...], first: str) -> tuple[str, ...]:
    """Every other host that a program of ours turned to, with `first` loaded before it."""
    template = _shop().folder
    with tempfile.TemporaryDirectory() as folder:
        shop, log = Path(folder) / "shop", Path(folder) / "log"
        shutil.copytree(template, shop)
        words = [word.replace("{out}", f"{folder}/out") for word in program]
        watched = ["strace", "-qq", "-f", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg"]
        subprocess.run(
            [*watched, "-o", str(log), sys.executable, *words],
            cwd=shop,
            env={
                **os.environ,
                **IDENTITY,
                "PYTHONPATH": f"{template.parent / first}:{Path.cwd()}",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
        return tuple(found[0] for found in _ELSEWHERE.finditer(log.read_text("utf-8", "replace")))


def _stays_here(most: int | None, first: str = "nothing") -> Outcome:
    def failure(program: tuple[str, ...]) -> str | None:
        asked = _asked(program, first)
        return f"{' '.join(program[:4])!r}: {asked[0]}" if asked else None

    return tried(_PROGRAMS, most, failure)


PROMISES = (
    Promise(
        name="no-network",
        says="Importing every module, building a site, and every command that works on notes alone turn"
        " to no other host, not even to look up a name.",
        kept=_stays_here,
        control="a program that looks for a newer version of itself when it starts",
        broken=lambda most: _stays_here(most, "news"),
        some=6,
        few=1,
    ),
)
