"""Real MkDocs builds in temporary folders, and what is in them."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from tests import forked
from tests.books import built_pages, ids, links

MATERIAL = """\
site_name: Acme knowledge
theme:
  name: material
  font: false
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
      toggle: {icon: material/weather-night, name: Dark}
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      toggle: {icon: material/weather-sunny, name: Light}
plugins: [search, changenote]
"""


@dataclass(frozen=True)
class Site:
    """How a build ended, and the folder it was built into."""

    code: int
    said: str
    folder: Path

    def text(self, path: str) -> str:
        """One file of the site."""
        return (self.folder / path).read_text("utf-8")


def mkdocs(project: Path, config: str = MATERIAL, *options: str, index: bool = True) -> Site:
    """Build a project's site as a person would, with `mkdocs build`."""
    docs = project / "docs"
    docs.mkdir(exist_ok=True)
    if index:
        (docs / "index.md").write_text("# Acme\n\n[Changes](changes/index.md)\n")
    (project / "mkdocs.yml").write_text(config)
    surroundings = {**os.environ, "NO_MKDOCS_2_WARNING": "true"}
    done = forked.run("mkdocs", ["build", "-d", "public", *options], project, surroundings, b"")
    return Site(done.returncode, (done.stdout + done.stderr).decode(), project / "public")


def lost_links(site: Path, *, directories: bool = True) -> set[tuple[str, str]]:
    """Every link of a built site that leads nowhere in it, with the page it is on.

    With `directories`, a folder's address shows its index.html, as web servers do.
    """
    anchors = {path: ids(html) for path, html in built_pages(site)}
    lost = set()
    for path, html in built_pages(site):
        for link in links(html):
            if link.startswith(("https:", "http:", "mailto:", "data:", "javascript:void")):
                continue
            if path == "404.html":
                continue  # its links are absolute, because it is shown everywhere
            address = urlsplit(urljoin(f"http://site/{path}", link))
            target = unquote(address.path.removeprefix("/"))
            if not _leads(site, target, address.fragment, anchors, directories):
                lost.add((path, link))
    return lost


def _leads(
    site: Path, target: str, anchor: str, anchors: dict[str, set[str]], directories: bool
) -> bool:
    if directories and (not target or target.endswith("/")):
        target = f"{target}index.html"
    if not (site / target).is_file():
        return False
    return not anchor or target not in anchors or unquote(anchor) in anchors[target]
