"""`changenote site`: build and serve the knowledge base, or write its pages for another builder."""

from pathlib import Path

import click

from changenote.cli import console, options
from changenote.errors import SiteFailed, UsageProblem
from changenote.store.mkdocs_config import config_path, site_dir, site_url
from changenote.store.project import Project

_BUILT_IN_OUTPUT = "public"


_sources = options.sources(
    "A checkout of another repository whose notes to show too; again for each of several."
)


@click.group()
def command() -> None:
    """Build or serve the knowledge base, or write its pages.

    The site is MkDocs with Material on your mkdocs.yml, or a built-in one if there is none. It has
    the notes of this repository, of those that `sources:` in your config lists, and of --source.
    """


@command.command()
@click.option("--to", "out", type=click.Path(path_type=Path), help="The folder to build into.")
@click.option("--strict", is_flag=True, help="Fail on a warning; a file that is no note is one.")
@click.option("--clean", is_flag=True, help="Make every page anew, also those that would stay.")
@_sources
def build(out: Path | None, strict: bool, clean: bool, sources: tuple[str, ...]) -> None:
    """Build the site into a folder, whose content is replaced.

    Without --to it is site_dir of mkdocs.yml, or else public/. Pages of an earlier build stay
    where they would be the same.
    """
    import signal

    from changenote.site import builder

    # Ended by a process manager: MkDocs and its processes end with this one, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    project = options.project_of(sources)
    console.notice("Building the site …")
    try:
        out = out or _output(project)
        built = builder.build(
            project, out, strict=strict, from_scratch=clean, more=options.absolute(sources)
        )
    except SiteFailed as error:
        for line in error.said:
            console.notice(line)
        raise
    for line in (*built.warnings, *built.notices):
        console.notice(line)
    console.out(_shown(built.folder / "index.html"))


def _output(project: Project) -> Path:
    config = config_path(project.root)
    name = site_dir(config.read_bytes()) if config.is_file() else _BUILT_IN_OUTPUT
    return project.root / name


def _shown(path: Path) -> str:
    """A path from the current folder, when it is in it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@command.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@_sources
def serve(host: str, port: int, sources: tuple[str, ...]) -> None:
    """Serve the site on this machine. A saved note, template or config rebuilds it."""
    import signal

    from changenote.site import builder

    # Ended by a process manager: stop MkDocs as Ctrl-C does, instead of leaving it behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    project = options.project_of(sources)
    console.notice(f"http://{host}:{port} shows the site once it is built. Ctrl-C stops it.")
    builder.serve(project, f"{host}:{port}", more=options.absolute(sources))


@command.command()
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path), help="The folder to write to."
)
@click.option("--zensical", is_flag=True, help="Make the folder a project of Zensical.")
@click.option(
    "--site-url",
    "address",
    metavar="URL",
    help="Where the site will be, for links in feeds; site_url of mkdocs.yml by default.",
)
@_sources
def pages(folder: Path, zensical: bool, address: str | None, sources: tuple[str, ...]) -> None:
    """Write the pages as Markdown files, for any other site builder.

    Safe to run again: only files that an earlier run wrote are replaced or removed. With
    --zensical they go into docs/ of the folder, beside a zensical.toml that is written only once.
    """
    from dataclasses import replace

    from changenote.site.addresses import addresses
    from changenote.site.folder import write_pages
    from changenote.site.loading import read_book
    from changenote.site.shared_ids import warnings
    from changenote.site.zensical import write_project

    project = options.project_of(sources)
    url = _address(address, project)
    book = read_book(project, home=zensical, more=options.absolute(sources))
    book = replace(book, site_url=url)
    write = write_project if zensical else write_pages
    written = write(book, folder, project.cache)
    for line in (*book.doubts, *book.remarks, *warnings(book, addresses(book))):
        console.notice(line)
    if not url:
        console.notice("Links in feeds and index.json are relative: --site-url makes them whole.")
    for name in written.kept:
        console.notice(f"{folder / name} is not ours and was left alone: that page is missing.")
    console.out(f"{len(written.files)} files in {folder}, {len(written.removed)} removed")


def _address(given: str | None, project: Project) -> str:
    """Where the site will be, with a `/` at its end; empty when nobody says."""
    if given is None:
        return site_url(project.root) or ""
    if not given.startswith(("https://", "http://")):
        raise UsageProblem(
            f"--site-url cannot be {given!r}",
            expected="the address of a site, such as https://docs.example.com/",
            hint="Without it, links in feeds are relative, which most readers can follow.",
        )
    return f"{given.rstrip('/')}/"
