"""MkDocs plugin `changenote`: pages of the book → MkDocs files. A translator, nothing more."""

import gc
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config import base
from mkdocs.config import config_options as options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

from changenote.errors import ChangenoteError
from changenote.site import addresses
from changenote.site.blocks import Block, filled, parted
from changenote.site.book import Asset, Book, Page
from changenote.site.edition import Edition
from changenote.site.exports.feeds import feeds, with_feeds
from changenote.site.lists.groups import REPOSITORIES
from changenote.site.lists.queried import listed
from changenote.site.loading import only_notes_differ, project_of, read_checkouts
from changenote.site.material import mended
from changenote.site.mkdocs_files import (
    FinishedPage,
    by_address,
    file_of,
    finished_pages,
    folder_of,
    link_neighbours,
    page_at,
    paths_in,
    taken,
)
from changenote.site.mkdocs_live import go_live, is_watching, state_of
from changenote.site.mkdocs_messages import excused, log, told, warn
from changenote.site.mkdocs_navigation import add_lists, titled
from changenote.site.mkdocs_press import PressedPages, texts_in
from changenote.site.mkdocs_search import (
    THEMES_OWN,
    cut_words_at_signs,
    index_of_others,
    is_for_disks,
    is_on,
)
from changenote.site.mkdocs_theme import blank_pages, onlookers
from changenote.site.navigation import outline
from changenote.site.pages import Shelf, plans_of, printed, printed_again
from changenote.site.plan import Plan, key_of
from changenote.site.policy import HEADERS, headers_file, policy_of, with_policy
from changenote.site.press.around import around
from changenote.site.press.kept import drop_hidden
from changenote.site.press.on_demand import OnDemand
from changenote.site.press.output import Output
from changenote.site.press.titles import Titles
from changenote.site.search.bundle import FOLDER
from changenote.site.search.material import with_our_worker
from changenote.site.search.whole import other_files, word_plans
from changenote.site.sources import Checkouts, checkouts, given
from changenote.store.library import uncollected
from changenote.store.project import CONFIG

_LAST = 0.001
"""What a note counts in the theme's own index that a person has yet to look at."""


class ChangenoteConfig(base.Config):  # type: ignore[no-untyped-call]  # MkDocs has no types here
    """Options of the plugin, as they stand in mkdocs.yml."""

    notes = options.Type(str, default="changes")
    path = options.Type(str, default="changes")
    search = options.Choice(("changenote", "builtin"), default="changenote")
    processes = options.Optional(options.Type(int))
    content_security_policy = options.ListOfItems(options.Choice(("meta", "headers")), default=[])


class ChangenotePlugin(BasePlugin[ChangenoteConfig]):  # type: ignore[no-untyped-call]  # as above
    """Adds a team's change notes to its MkDocs site."""

    _is_dirty = _is_served = False
    _policy = ""
    """What a browser may run and load; empty where nobody asked for that."""

    _docs: Sequence[Mapping[str, Any]] = ()
    _before: Edition | None = None
    """What a server shows until something is saved."""

    @event_priority(100)  # before the search plugins read their own options
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Style sheet, script, watched folders, and a search index that knows file names."""
        root = self._root
        if (chosen := self.config.processes) is not None and chosen < 1:
            raise PluginError(f"changenote: processes: found {chosen}, expected 1 or more")
        config.extra_css.append(f"{root}/{addresses.STYLES}")
        config.extra_javascript.append(f"{root}/{addresses.SCRIPT}")
        if self._notes(config).is_dir():
            config.watch.append(str(self._notes(config)))
        cut_words_at_signs(config)
        self._has_index = self._can_have_index(config)
        self._has_field = self._has_index and is_on(THEMES_OWN, config)
        return config

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Whether MkDocs empties the output folder, and whether it serves what it builds."""
        self._is_dirty = dirty
        self._is_served = is_watching(command)

    @event_priority(-100)  # last, right before MkDocs empties the output folder
    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """What an earlier build left is kept over that."""
        with told():
            self._project = project_of(self._notes(config))
            # Looked for now, as one that is missing may cost nobody the site that is there.
            self._checkouts = checkouts(self._project, given())
        self._output = Output(site=Path(config.site_dir), cache=self._project.cache)
        self._can_press = self._nobody_looks_on(config)
        if self._can_press and not self._is_served:
            self._output.opens(will_be_emptied=not self._is_dirty)
        else:
            drop_hidden(Path(config.site_dir))

    def _nobody_looks_on(self, config: MkDocsConfig) -> bool:
        """Whether nobody but us needs to see our pages; says so where somebody does."""
        if self.config.search == "builtin" or is_for_disks(config):
            return False
        found = onlookers(config)
        if found:
            log.info("Every page is rendered by itself, for %s to see it.", ", ".join(found))
        return not found

    @event_priority(100)  # before all that write there
    def _unhide(self, files: Files, *, config: MkDocsConfig) -> None:
        own = {file.dest_uri for file in files}
        self._output.was_emptied(own.union(config.theme.static_templates, {"sitemap.xml.gz"}))

    def _collect(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Every page and file of the book, as if they lay in the docs folder."""
        with told(), uncollected():
            self._edition = self._printed(files, config)
            is_live = self._is_served and self._can_press
            plans = self._shelf() if is_live else {plan.path: plan for plan in self._planned()}
            self._plans = () if isinstance(plans, Shelf) else tuple(plans)
            self._theirs = self._taken(plans, files)
            for own in self._theirs.values():
                log.info("%s is a file of your own and stays as it is.", own)
            self._blocks: dict[str, Block] = {}
            self._look_up()
            self._press: PressedPages | None = None
            if self._can_press:
                files = self._pressed(plans, files, config)
            else:
                self._add(plans, files, config)
        gc.freeze()  # what is read stays, and need not be looked through for garbage
        if not config.site_url:
            log.info("No site_url in mkdocs.yml: links in feeds and index.json are relative.")
        return files

    on_files = CombinedEvent(_unhide, _collect)

    def _planned(self) -> Iterator[Plan]:
        yield from plans_of(self._edition)
        if self._has_index:
            yield from word_plans(self._edition, self._project.cache)

    def _shelf(self) -> Shelf:
        """The same, worked out when somebody asks for a page."""
        words = partial(word_plans, cache=self._project.cache)
        return Shelf(self._edition, (words,) if self._has_index else ())

    def _taken(self, plans: Mapping[str, Plan], files: Files) -> dict[str, str]:
        """The paths of ours where the team has a file, and what that is called."""
        if not isinstance(plans, Shelf):
            return taken(plans, files)
        home = self._edition.book.home
        some = {path for path in paths_in(files) if addresses.may_be_ours(path, self._root)}
        return taken((path for path in some if (path or home) and path in plans), files)

    def _pressed(self, plans: Mapping[str, Plan], files: Files, config: MkDocsConfig) -> Files:
        """The files with ours, which are written when all else is, or when they are asked for."""
        edition = self._edition
        if not isinstance(plans, Shelf):
            plans = {path: plan for path, plan in plans.items() if path not in self._theirs}
        uris = texts_in(config.nav)
        named = [uri.removesuffix("index.md") for uri in uris if uri.endswith("index.md")]
        ours = list(self._in_navigation())
        titles = Titles(self._project.cache, edition.fingerprint, ours)
        self._press = PressedPages(
            plans,
            around=self._around,
            key_of=partial(key_of, edition),
            output=self._output,
            config=config,
            titles=titles if isinstance(plans, Shelf) else None,
            processes=self.config.processes,
        )
        every = [path for path in (*ours, *named) if path not in self._theirs]
        return self._press.opened(files, every)

    def _in_navigation(self) -> Iterator[str]:
        """The pages of ours that MkDocs puts into navigations by itself."""
        book = self._edition.book
        if book.home:
            yield ""
        yield f"{self._root}/"
        alone = f"{self._root}/{REPOSITORIES.name}/"
        for chapter in outline(self._root):
            yield from (path for path in chapter.paths if book.is_of_many or path != alone)

    def _add(self, plans: Mapping[str, Plan], files: Files, config: MkDocsConfig) -> None:
        """Everything to the files of the site, for MkDocs to render and to write."""
        last = {row.path for row in self._edition.rows if row.needs_review}
        ours = (plan for path, plan in plans.items() if path not in self._theirs)
        for made in (plan.make() for plan in ours):
            file = file_of(made, config, search=self._in_theme(made, last))
            self._urls.add(file.url)
            files.append(file)
            if made.path in addresses.AT_THE_TOP and isinstance(made, Asset):
                self._top[made.path] = made.content

    def _look_up(self) -> None:
        """What later steps need to know."""
        self._urls: set[str] = set()
        self._feeds = {
            feed.path: feed.title
            for feed in feeds(self._edition)
            if feed.path + addresses.ATOM not in self._theirs
        }
        self._around = around(self._edition, self._feeds, self._theirs)
        self._index_files: dict[str, bytes] = {}
        self._top: dict[str, bytes] = {}

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Our lists in the navigation, when MkDocs chooses it, and the titles a team chose itself.

        Notes stay out: every page holds the whole navigation.
        """
        for path in ("", f"{self._root}/"):
            if overview := page_at(files, path):
                overview.is_overview = True
        if home := page_at(files, ""):
            nav.homepage = home
        if config.nav is None:
            add_lists(nav, files, self._root)
        pages = self._press.pages.values() if self._press else finished_pages(files)
        link_neighbours(pages, self._around, config)
        self._nav = nav
        for title, uri in titled(config.nav):
            if (file := files.get_file_from_path(uri)) and isinstance(file.page, FinishedPage):
                file.page.title = title
        return nav

    @event_priority(-100)  # after all that change the templates
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> None:
        """What it takes to make pages as MkDocs does, once everything is known."""
        if self._has_policy(config):
            own = (file.url for file in files.documentation_pages())
            deepest = max(path.count("/") for path in (*own, *self._plans))
            self._policy = policy_of(blank_pages(env, self._nav, files, config, deepest=deepest))
        if self._press:
            self._press.is_ready(env, self._nav, files)

    def on_template_context(
        self,
        context: TemplateContext,
        *,
        template_name: str,
        config: MkDocsConfig,  # noqa: ARG002  # as above
    ) -> TemplateContext:
        """All of our pages in the site map, as if MkDocs knew them."""
        if self._press and template_name == "sitemap.xml":
            context["pages"] = [*context["pages"], *self._press.listed()]
        return context

    def on_page_markdown(
        self,
        markdown: str,
        *,
        page: MkDocsPage,  # noqa: ARG002  # MkDocs passes them
        config: MkDocsConfig,  # noqa: ARG002
        files: Files,  # noqa: ARG002
    ) -> str:
        """A page of the team's own without its blocks of notes, which no Markdown may touch."""
        text, blocks = parted(markdown)
        self._blocks |= blocks
        return text

    def on_page_content(
        self,
        html: str,
        *,
        page: MkDocsPage,
        config: MkDocsConfig,  # noqa: ARG002  # MkDocs passes them
        files: Files,  # noqa: ARG002
    ) -> str:
        """The same page with the notes that its blocks ask for."""
        return filled(html, self._blocks, partial(self._listed, page))

    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:  # noqa: ARG002  # MkDocs passes them
        """The finished page, with what the theme left out, and with feeds in its head.

        Blocks may still be in it: other plugins show parts of one page on another.
        """
        html = filled(mended(output), self._blocks, partial(self._listed, page))
        feeds = {"": self._feeds[""]} if "" in self._feeds else {}
        folder = folder_of(page)
        if own := self._feeds.get(folder) or (isinstance(page, FinishedPage) and page.feed):
            feeds[folder] = own
        return self._guarded(self._with_field(with_feeds(html, folder, feeds)))

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:  # noqa: ARG002  # as above
        """A page that is none of the navigation, such as `404.html`."""
        return self._guarded(self._with_field(mended(output)))

    def _has_policy(self, config: MkDocsConfig) -> bool:
        """Whether pages get a policy; a server that rebuilds them adds a script of its own."""
        if not self.config.content_security_policy or self._is_served:
            return False
        if is_for_disks(config):
            log.warning("Pages read from a disk cannot have a content_security_policy.")
            return False
        return True

    def _guarded(self, html: str) -> str:
        """A finished page that says the policy, if it is to say it itself."""
        in_pages = self._policy and "meta" in self.config.content_security_policy
        return with_policy(html, self._policy) if in_pages else html

    def _write_headers(self, site: Path) -> None:
        """The policy as a file for hosts, unless the team has such a file."""
        if self._policy and "headers" in self.config.content_security_policy:
            if (site / HEADERS).exists():
                log.warning("%s is a file of your own: the policy is not in it.", HEADERS)
            else:
                (site / HEADERS).write_text(headers_file(self._policy), encoding="utf-8")

    @event_priority(100)  # before all that look at finished files
    def _print(self, *, config: MkDocsConfig) -> None:
        """Our pages and files, where MkDocs does not write them."""
        if not self._press or self._is_served:
            return
        with told():
            self._press.prints()
        for line in self._press.said():
            log.info("%s", line)
        there = [name for name in addresses.AT_THE_TOP if self._output.has(name)]
        self._top = {name: Path(config.site_dir, name).read_bytes() for name in there}

    @event_priority(-100)  # after all that write files of their own
    def _index(self, *, config: MkDocsConfig) -> None:
        """The search of other pages; a warning for each file at the top that is another's now."""
        if self._has_index:
            with told():
                self._write_index(Path(config.site_dir))
        self._write_headers(Path(config.site_dir))
        for name, content in self._top.items():
            file = Path(config.site_dir, name)
            if file.is_file() and file.read_bytes() != content:
                # Who has a plugin for llms.txt wants that one; feeds have other names to choose.
                say = log.info if name == addresses.LLMS else log.warning
                say("%s is what another plugin wrote: that of the notes is missing.", name)
        if not self._is_served:
            self._output.is_done()
            gc.unfreeze()

    on_post_build = CombinedEvent(_print, _index)

    def _can_have_index(self, config: MkDocsConfig) -> bool:
        """Whether we make an index; says so where a team does not get the one it chose."""
        if self.config.search == "builtin":
            return False
        if is_for_disks(config):
            log.info("Pages read from a disk cannot load an index: `search: builtin` is used.")
            return False
        return True

    def _with_field(self, html: str) -> str:
        return with_our_worker(html, self._root) if self._has_field else html

    def _write_index(self, site: Path) -> None:
        """The rest of the search index: the pages of the team as the theme's own has them."""
        self._docs = index_of_others(site, self._urls, empty=self._has_field)
        if self._is_served and self._press:  # made when somebody searches
            return
        for path, content in other_files(self._edition, self._docs).items():
            file = site / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def _listed(self, page: MkDocsPage, block: Block) -> str:
        today = get_build_datetime().date()
        made = listed(self._edition, block, path=folder_of(page), today=today)
        if made.problem:
            log.warning("%s: a block of change notes: %s", page.file.src_uri, made.problem)
        return made.html

    @property
    def _root(self) -> str:
        root = self.config.path.strip("/")
        if not root or not set(root.split("/")).isdisjoint({"", ".", ".."}):
            raise PluginError(f"changenote: path: found {root!r}, expected a folder of the site")
        return root

    def _notes(self, config: MkDocsConfig) -> Path:
        return Path(config.config_file_path or ".").resolve().parent / self.config.notes

    def _printed(self, files: Files, config: MkDocsConfig) -> Edition:
        self._has_home = "index.html" not in by_address(files)
        index = "" if config.use_directory_urls else "index.html"
        made = printed(self._read(self._checkouts, config), index=index, before=self._before)
        own = self._project.notes
        config.watch += [str(folder) for folder in made.book.folders if folder != own]
        if self._is_served:
            self._before = made
            self._config = config
            self._others = state_of(_besides_notes(made.book, config))
        warn(made)
        return made

    def _read(self, found: Checkouts, config: MkDocsConfig) -> Book:
        """The notes as they are now; those that a server shows already are not read again."""
        before = self._before.book if self._before else None
        with uncollected():  # nothing of it is garbage, and looking for some takes longer
            book = read_checkouts(found, root=self._root, home=self._has_home, before=before)
        return replace(book, site_url=config.site_url or "", has_index=self._has_index)

    @event_priority(-100)  # after all that only look at the server
    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[[], None]
    ) -> LiveReloadServer:
        """Answer for our pages, and look at what was saved before MkDocs builds all of its own."""
        if self._is_served:
            gc.freeze()  # notes stay, and need not be looked through for garbage at each change
            self._on_demand = OnDemand(Path(config.site_dir), self._finished, excused)
            build = partial(self._builds, builder)
            go_live(server, config, self._root, build=build, on_demand=self._on_demand)
        return server

    def _builds(self, builder: Callable[[], None]) -> None:
        """Show what was saved: without MkDocs, if that is notes that none of its pages shows."""
        press = self._press if self._press and self._press.can_make else None
        if not press or self._config.strict or self._blocks:  # none is there if a build failed
            return builder()
        others = state_of(_besides_notes(self._edition.book, self._config))
        now = self._shown_without_mkdocs() if others == self._others else None
        if now is None:
            return builder()
        self._before = self._edition = now
        warn(now)
        self._look_up()
        press.turned(self._shelf(), self._around)
        return None

    def _shown_without_mkdocs(self) -> Edition | None:
        """The notes as they are now, if it is them alone that changed, and none that MkDocs shows.

        What is wrong with them comes up again when MkDocs builds.
        """
        before = self._edition
        try:
            found = checkouts(project_of(self._notes(self._config)), given())
            book = self._read(found, self._config)
        except (ChangenoteError, OSError):
            return None
        if not self._press or not only_notes_differ(before.book, book):
            return None
        now = printed_again(book, before)
        gone = set(before.places.files.values()).difference(now.places.files.values())
        is_linked = any(path.startswith(tuple(gone)) for path in self._press.linked)
        is_named = any(path in now.by_path for path in self._press.pages)
        return None if is_linked or is_named else now

    def _finished(self, name: str) -> bytes | None:
        """A page or file of ours by its name in the folder of the site."""
        if not self._press or not self._press.can_make:
            return None
        difference = self._press.difference
        path = name if name.startswith(addresses.SHORT) else name.removesuffix("index.html")
        if self._has_index and path.startswith(f"{self._root}/{FOLDER}"):
            if not self._index_files:  # pages of the team are as MkDocs built them last
                self._index_files = other_files(self._edition, self._docs)
            if content := self._index_files.get(path):
                return content
        done = None if path in self._theirs else self._press.finished(path)
        if self._press.difference != difference:  # found on the way: others may be wrong
            self._on_demand.forget()
            log.info("Every page is rendered by itself: %s.", self._press.difference)
        return done.content if done else None

    def _in_theme(self, made: Page | Asset, last: Container[str]) -> dict[str, Any] | None:
        """What the theme's own index is told of a page of ours; nothing of one it treats as any."""
        if self._has_field or (isinstance(made, Page) and not made.search):
            return {"exclude": True}
        return {"boost": _LAST} if made.path in last else None


def _besides_notes(book: Book, config: MkDocsConfig) -> Iterator[str | Path]:
    """All that pages are made of but notes, as far as a server watches it."""
    folders = {str(folder) for folder in book.folders}
    yield from (path for path in config.watch if path not in folders)
    yield from filter(None, (config.docs_dir, config.config_file_path, config.theme.custom_dir))
    for folder in book.folders:
        yield from (folder / CONFIG, folder / "templates")
