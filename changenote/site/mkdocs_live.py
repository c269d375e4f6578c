"""Our pages while MkDocs serves a site: each is made when a browser asks for it.

MkDocs answers all requests, from its folder and with all that it does to pages there; a file of
ours is laid into that folder in the moment before. And it says when something was saved: as long as
that is notes alone, none of its own pages is built again.
"""

import os
import posixpath
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig

from changenote.site.addresses import may_be_ours
from changenote.site.press.on_demand import OnDemand

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from mkdocs.livereload import LiveReloadServer

_INDEX = "index.html"
_FAILED = "500 Internal Server Error"
_EXCUSE = """\
<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Not made: {name}</title>
<body style="font: 1rem/1.5 sans-serif; margin: 2rem auto; max-width: 50rem; padding: 0 1rem">
<h1>This page could not be made</h1>
<pre style="white-space: pre-wrap">{said}</pre>
<p>It is made again as soon as something is saved.</p>
</body></html>
"""


def is_watching(command: str) -> bool:
    """Does MkDocs serve a site that it builds again after changes? Only then it hands over its
    server, and it tells plugins of no option; `mkdocs serve --clean` is a build to it."""
    return command == "serve" and "serve" in sys.argv and "--no-livereload" not in sys.argv


def go_live(
    server: "LiveReloadServer",
    config: MkDocsConfig,
    root: str,
    *,
    build: Callable[[], None],
    on_demand: OnDemand,
) -> None:
    """Stand in front of a server: every file is there when it looks for it, and `build` is called
    after a change, while nobody is answered."""

    def builds() -> None:
        with on_demand.changing():
            build()

    mount = urlsplit(config.site_url or "/").path
    live = _Live(mount=mount, root=root, answers=server.serve_request, on_demand=on_demand)
    server.set_app(live)
    server.builder = builds


@dataclass(frozen=True, kw_only=True)
class _Live:
    """What answers in front of a server; `answers` is that itself, at the address `mount`."""

    mount: str
    root: str
    answers: Callable[..., Iterable[bytes]]
    on_demand: OnDemand

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """What MkDocs answers once the file that is asked for is there."""
        names = tuple(self._names(environ))
        with self.on_demand.asked_for(names):

            def start(status: str, headers: Any, *more: Any) -> Any:
                failed = self.on_demand.has_failed(names) and status.startswith("200")
                return start_response(_FAILED if failed else status, headers, *more)

            return self.answers(environ, start)

    def _names(self, environ: "WSGIEnvironment") -> Iterator[str]:
        """The files that a request may mean, as MkDocs finds them, if it could be ours."""
        asked: str = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not asked.startswith(self.mount):
            return
        path = posixpath.normpath("/" + asked.removeprefix(self.mount)).lstrip("/")
        folder = f"{path}/" if path else ""
        if "\0" in path or not (may_be_ours(path, self.root) or may_be_ours(folder, self.root)):
            return
        if asked.endswith("/"):
            yield folder + _INDEX
        else:  # a folder, which MkDocs sends browsers to, has no dot in its name as a rule
            yield from sorted(
                (path, folder + _INDEX), key=lambda name: _has_dot(path) != (name == path)
            )


def _has_dot(path: str) -> bool:
    return "." in path.rpartition("/")[2]


def excuse(name: str, said: str) -> bytes:
    """What is shown in the place of a page, or of another file, that could not be made."""
    if not name.endswith(_INDEX):
        return f"{said}\n".encode("utf-8", "replace")
    return _EXCUSE.format(name=escape(name), said=escape(said)).encode("utf-8", "replace")


def state_of(paths: Iterable[str | Path]) -> frozenset[Any]:
    """What can be told of files and folders without reading them, to see that nothing changed."""
    return frozenset((file, *_seen(file)) for path in map(str, paths) for file in _files_in(path))


def _files_in(path: str) -> Iterator[str]:
    yield path
    for folder, _, names in os.walk(path):
        yield from (f"{folder}/{name}" for name in names)


def _seen(file: str) -> tuple[int, ...]:
    try:
        now = Path(file).stat()
    except OSError:
        return ()
    return now.st_size, now.st_mtime_ns, now.st_ino
