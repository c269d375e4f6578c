"""The same commit builds the same bytes: elsewhere, later, in other words, alone, read-only."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.house import valid_note
from tests.limits import NO_RIGHTS
from tests.trust.promise import Outcome, Promise, tried
from tests.workshop import FULL, IDENTITY, Workshop

_LATER = """
import datetime, os, sys, time
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(days=40, hours=7)
    @classmethod
    def utcnow(cls):
        return super().utcnow() + datetime.timedelta(days=40, hours=7)
def shifted(real):
    return lambda *given: real(*(given or (time.time(),)))
if os.environ.get("SOME_DAYS_LATER"):
    real = time.time
    time.time = lambda: real() + 40.3 * 86400
    time.gmtime, time.localtime = shifted(time.gmtime), shifted(time.localtime)
    datetime.datetime = Later
if os.environ.get("NO_NETWORK"):
    def refuse(event, given):
        name = event == "socket.getaddrinfo"
        if name or event == "socket.connect" and isinstance(given[1], tuple):
            raise OSError("there is no network")
    sys.addaudithook(refuse)
"""
"""What Python loads first: another day, and no way to anywhere."""

_HOOK = """
import os, time
def on_config(config):
    config.copyright = f"built {time.time()} in {os.getcwd()}"
"""


@dataclass(frozen=True)
class _Way:
    """How a site is built another time: with these variables, under this program, by this option."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    under: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    is_read_only: bool = False


_WAYS = (
    _Way("in another folder"),
    _Way("some weeks later", {"SOME_DAYS_LATER": "yes"}),
    _Way("in a tree that cannot be written to", under=tuple(NO_RIGHTS), is_read_only=True),
    _Way("without a network", {"NO_NETWORK": "yes"}),
    _Way("in another locale", {"LC_ALL": "POSIX", "LANG": "tr_TR.UTF-8", "LANGUAGE": "tr"}),
    _Way("in another time zone", {"TZ": "Pacific/Auckland"}),
    _Way("with other hashes", {"PYTHONHASHSEED": "7"}),
    _Way("from scratch", options=("--clean",)),
)


@cache
def _template(*, is_telling: bool) -> Path:
    shop = Workshop(Path(tempfile.mkdtemp(prefix="changenote-trust-")) / "shop").start()
    valid_note(shop)
    shop.note(FULL)
    if is_telling:
        shop.write("when.py", _HOOK)
        shop.write("docs/index.md", "# Shop\n")
        shop.write(
            "mkdocs.yml",
            "site_name: Shop\ntheme: {name: material, font: false}\n"
            "plugins: [search, changenote]\nhooks: [when.py]\n",
        )
    shop.commit("Start the shop", {"README.md": "Shop\n"})
    shop.write("../first/sitecustomize.py", _LATER)
    return shop.folder


@contextmanager
def _built(template: Path, way: _Way) -> Iterator[tuple[Path, str]]:
    """A site that was built in a clone of the same commit, and what was said of it."""
    top = Path(tempfile.mkdtemp(prefix=f"changenote-{len(way.name)}-"))
    folder, out = top / "a shop", top / "site"
    try:
        subprocess.run(["git", "clone", "-q", template, folder], check=True)
        if way.is_read_only:
            subprocess.run(["chmod", "-R", "a-w", folder], check=True)
        build = [sys.executable, "-m", "changenote", "site", "build", "--to", str(out)]
        done = subprocess.run(
            [*way.under, *build, *way.options],
            cwd=folder,
            env={
                **os.environ,
                **IDENTITY,
                **way.environment,
                "PYTHONPATH": f"{template.parent / 'first'}:{Path.cwd()}",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        yield out, done.stdout + done.stderr
    finally:
        subprocess.run(["chmod", "-R", "u+w", top], check=False)
        shutil.rmtree(top)


def _bytes(out: Path) -> dict[str, bytes]:
    files = (file for file in out.rglob("*") if file.is_file())
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in files}


@cache
def _first(template: Path) -> dict[str, bytes]:
    with _built(template, _Way("")) as (out, _said):
        return _bytes(out)


def _same(template: Path, most: int | None) -> Outcome:
    def failure(way: _Way) -> str | None:
        with _built(template, way) as (out, built):
            first, again = _first(template), _bytes(out)
        if not again:
            return f"{way.name}: no site: {built}"
        names = [name for name in {**first, **again} if first.get(name) != again.get(name)]
        return f"{way.name}: {len(names)} files differ, {names[0]}" if names else None

    return tried(_WAYS, most, failure)


PROMISES = (
    Promise(
        name="same-bytes",
        says="The same commit builds the same bytes: in another folder, on another day, in another"
        " locale and time zone, without a network, from a tree that cannot be written to.",
        kept=lambda most: _same(_template(is_telling=False), most),
        control="a site that says when and where it was built",
        broken=lambda most: _same(_template(is_telling=True), most),
        some=3,
        few=1,
    ),
)
