"""With a Content-Security-Policy the site works, and a script that gets into a page does not run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from tests.books import one_of_each_kind, sample_project
from tests.browser import DESK, Reader, chromium
from tests.sites import MATERIAL, mkdocs
from tests.trust.promise import Outcome, Promise, spread

_FEATURES = (
    "  features: [navigation.instant, content.code.copy, search.suggest, search.highlight]\n"
)
_PLUGINS = "plugins: [search, changenote]\n"
_PAGE = "changes/20261122-k3f9xq/"
_DEEP = "changes/files/app/cart/index.html"

_INJECTED = (
    "<script>window.hurt = 1</script>",
    "<script type=module>window.hurt = 1</script>",
    "<img src=x onerror='window.hurt = 1'>",
    "<svg onload='window.hurt = 1'></svg>",
    "<details open ontoggle='window.hurt = 1'></details>",
    "<iframe srcdoc='<script>top.hurt = 1</script>'></iframe>",
    "<script src='data:text/javascript,window.hurt = 1'></script>",
    "<a id=hurts href='javascript:void(window.hurt = 1)'>x</a>",
    "<input autofocus onfocus='window.hurt = 1'>",
    "<object data='data:text/html,<script>top.hurt = 1</script>'></object>",
    "<base href='https://elsewhere.example/'><script>window.hurt = 1</script>",
)
"""What somebody might get into a page in spite of everything else."""

_HURT = """
const done = arguments[0];
document.getElementById("hurts")?.click();
setTimeout(() => done(window.hurt ?? null), 150);
"""


def _config(ways: str) -> str:
    plugins = f"plugins:\n  - search\n  - changenote: {{content_security_policy: [{ways}]}}\n"
    return MATERIAL.replace(_PLUGINS, _FEATURES + plugins)


class _WithHeaders(SimpleHTTPRequestHandler):
    """Sends what `_headers` says with every file, as hosts do that read it."""

    def end_headers(self) -> None:
        file = Path(self.directory, "_headers")
        if file.is_file():
            name, _, value = file.read_text().partition("\n")[2].strip().partition(": ")
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests have output enough."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = partial(_WithHeaders, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@contextmanager
def _reader(ways: str) -> Iterator[tuple[Reader, Path]]:
    with TemporaryDirectory(prefix="trust-") as folder, _served(Path(folder, "public")) as address:
        site = mkdocs(sample_project(Path(folder)), f"{_config(ways)}site_url: {address}\n")
        assert site.code == 0, site.said
        with chromium() as driver:
            reader = Reader(driver, address)
            reader.sits_at(DESK)
            yield reader, site.folder


@cache
def _refusing(ways: str, most: int | None) -> Outcome:
    """Pages work without a complaint; the same pages with a script in them do not run it."""
    with _reader(ways) as (reader, site):
        kinds = sorted(one_of_each_kind(site).values())
        pages = ["404.html", "index.html", _DEEP, *(kinds if most is None else spread(kinds, 3))]
        uses = _USES if ways else ()  # that the site works without a policy is known
        failures = [why for path in pages if (why := _complaint(reader, path))]
        failures += [why for act in uses if (why := _misses(reader, act))]
        chosen = _INJECTED if most is None else _INJECTED[:8]
        failures += [text for text in chosen if _runs(reader, site, text)]
    return Outcome(cases=len(pages) + len(uses) + len(chosen), failures=tuple(failures))


def _complaint(reader: Reader, path: str) -> str:
    reader.driver.get(reader.site + path)
    return next((f"{path}: {said}" for said in reader.complaints()), "")


def _runs(reader: Reader, site: Path, text: str) -> bool:
    html = (site / _PAGE / "index.html").read_text("utf-8")
    hurt = html.replace("</article>", f"{text}</article>")
    (site / _PAGE / "hurt.html").write_text(hurt, "utf-8")
    reader.driver.get(f"{reader.site}{_PAGE}hurt.html")
    found = reader.driver.execute_async_script(_HURT)
    reader.complaints()
    return found is not None


def _misses(reader: Reader, script: tuple[str, str, str]) -> str:
    """Open a page, do something, and wait for what comes of it."""
    path, act, result = script
    reader.driver.get(reader.site + path)
    reader.waits_for_instant_links()
    reader.asks(act)
    reader.waits_for(result)
    return next((f"{path}: {said}" for said in reader.complaints()), "")


_USES: Sequence[tuple[str, str, str]] = (
    (
        "changes/search/?q=cart",
        "",
        "return document.querySelector('[data-cn-part=hits] a')",
    ),
    (
        _PAGE,
        "const field = document.querySelector('[data-md-component=search-query]');"
        "field.focus(); field.value = 'cart'; field.dispatchEvent(new Event('input'));"
        "field.dispatchEvent(new KeyboardEvent('keyup'));",
        "return document.querySelector('.md-search-result__item a')",
    ),
    (
        _PAGE,
        "document.querySelector('label.md-header__button[for^=__palette]:not([hidden])').click();",
        "return document.body.dataset.mdColorScheme == 'slate'",
    ),
    (
        _PAGE,
        "window.isSamePage = true;"
        "document.querySelector('.md-sidebar--primary a[href$=\"search/\"]').click();",
        "return window.isSamePage && document.querySelector('.cn-search--on')",
    ),
    (
        _PAGE,
        "document.querySelector('.cn-step button').click();",
        "return /Copied|Selected/.test(document.querySelector('.cn-step').textContent)",
    ),
)
"""A search, the theme's field, other colours, the next page without loading it, a copied command."""

PROMISES = (
    Promise(
        name="policy-refuses",
        says="With a Content-Security-Policy in its pages the site works without a complaint of the"
        " browser, and a script that got into a page does not run.",
        kept=lambda most: _refusing("meta", most),
        control="the site without a policy",
        broken=lambda most: _refusing("", most),
    ),
    Promise(
        name="policy-refuses-by-header",
        says="The same with the policy as a header, as a host sends it.",
        kept=lambda most: _refusing("headers", most),
        control="the site without a policy",
        broken=lambda most: _refusing("", most),
    ),
)
