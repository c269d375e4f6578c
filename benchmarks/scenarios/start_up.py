"""How long until a command has done its small work."""

from functools import partial
from pathlib import Path

from benchmarks import peers, places
from benchmarks.bench import Bench
from benchmarks.promises import Compared, Scenario
from benchmarks.runner import Command
from benchmarks.scenarios.references import CLICK, references

_HELP, _NEW, _NEW_RANGE = "changenote --help", "changenote new", "changenote new, range given"
_NEW_CONFIGURED = "changenote new, with a config"
_TOWNCRIER_HELP, _TOWNCRIER = "towncrier --help", "towncrier create"
_SCRIV, _RENO_NEW, _CHANGIE = "scriv create", "reno new", "changie new"
_CHANGIE_HELP, _CLIFF_HELP = "changie --help", "git-cliff --help"


def start_up(bench: Bench) -> Scenario:
    """From the command line to one new file."""
    shop = bench.made("shop", places.shop)
    return Scenario(
        name="start-up",
        title="From the command line to one new file",
        rounds=30,
        contenders=[
            *references(bench, shop),
            bench.changenote(_HELP, "changenote --help", shop),
            bench.peer(peers.CHANGELOGS, "towncrier --help", shop),
            bench.peer(peers.CLIFF, "git-cliff --help", shop),
            _changie(shop, _CHANGIE_HELP, "--help"),
            *_new(bench, shop),
            *_peers_new(bench, shop),
        ],
        compared=[
            Compared(ours=_HELP, theirs=CLICK, at_most=1.2),
            *(
                Compared(ours=ours, theirs=_TOWNCRIER, at_most=0.7)
                for ours in (_NEW, _NEW_RANGE, _NEW_CONFIGURED)
            ),
            Compared(ours=_NEW, theirs=_SCRIV, at_most=1),
            Compared(ours=_NEW, theirs=_RENO_NEW, at_most=1),
            Compared(ours=_HELP, theirs=_TOWNCRIER_HELP),
            Compared(ours=_HELP, theirs=_CLIFF_HELP),
            Compared(ours=_HELP, theirs=_CHANGIE_HELP),
            Compared(ours=_NEW, theirs=_CHANGIE),
            Compared(ours=_NEW, theirs=CLICK),
        ],
        remark="git-cliff is written in Rust and changie in Go: no Python starts as soon.",
    )


_COMPLETE = (
    ("--title", "Cache cart totals per session"),
    ("--kind", "performance"),
    ("--service", "shop-web"),
    ("--owner", "@acme/cart"),
    ("--reason", "p95 of GET /cart was 840 ms because every request summed the basket again."),
    ("--expected", "GET /cart p95 under 400 ms"),
    ("--rollback-strategy", "flag"),
    ("--rollback-when", "GET /cart p95 over 900 ms for 10 min"),
    ("--rollback-step", "./flags set cart_total_cache off --env production"),
    ("--rollback-verify", "p95 back to 800-900 ms on the cart dashboard"),
    ("--command", "deploy: ./deploy.sh production v2.14.0"),
    ("--metric", "GET /cart p95: 840,812,903,867 ms -> 318,341,310,327 ms"),
    ("--tag", "cart"),
)
_ONE_LINE = "Cache cart totals per session, which brings GET /cart from 840 to 318 ms."
_CONFIG = """\
title: Acme change notes
owner: "@acme/cart"
service: shop-web
repository: https://github.com/acme/shop
"""

_CHANGIES_CONFIG = """\
changesDir: .changes
unreleasedDir: unreleased
headerPath: header.tpl.md
changelogPath: CHANGELOG.md
versionExt: md
versionFormat: "## {{.Version}}"
kindFormat: "### {{.Kind}}"
changeFormat: "* {{.Body}}"
kinds: [{label: Added}, {label: Fixed}]
"""


def _new(bench: Bench, shop: Path) -> list[Command]:
    """A complete note about the last pull requests: what git knows, checked, written to disk."""
    words = ("new", "--yes", *(word for pair in _COMPLETE for word in pair))
    shown = "changenote new --yes --title … (13 options)"
    variants = {
        _NEW: ((), {}),
        _NEW_RANGE: (("--base", "HEAD~3", "--head", "HEAD"), {}),
        _NEW_CONFIGURED: ((), {"changes/config.yaml": _CONFIG}),
    }
    made = []
    for number, (name, (extra, files)) in enumerate(variants.items()):
        place = _with(bench, shop, f"new-{number}", files)
        made.append(
            Command(
                name=name,
                command=(bench.ours / "changenote", *words, *extra),
                shown=" ".join((shown, *extra)),
                folder=place,
                prepare=places.only(place / "changes"),
            )
        )
    return made


def _peers_new(bench: Bench, shop: Path) -> list[Command]:
    """The nearest that each peer has: one new file with a line or a template in it."""
    settings = '[tool.towncrier]\ndirectory = "newsfragments"\n'
    towncrier = _with(bench, shop, "new-towncrier", {"towncrier.toml": settings})
    scriv = _with(bench, shop, "new-scriv", {"changelog.d/scriv.ini": "[scriv]\n"})
    reno = _with(bench, shop, "new-reno", {})
    changie = _with(bench, shop, "new-changie", {".changie.yaml": _CHANGIES_CONFIG})
    new = ("new", "--interactive=false", "--kind", "Fixed", "--body", _ONE_LINE)
    return [
        Command(
            name=_TOWNCRIER,
            command=(
                peers.installed(peers.CHANGELOGS) / "towncrier",
                *("create", "412.feature.md", "--content", _ONE_LINE),
            ),
            shown="towncrier create 412.feature.md --content …",
            folder=towncrier,
            prepare=places.only(towncrier / "newsfragments"),
        ),
        bench.peer(peers.CHANGELOGS, _SCRIV, scriv, prepare=places.only(scriv / "changelog.d")),
        bench.peer(
            peers.CHANGELOGS,
            "reno new cache-cart-totals",
            reno,
            name=_RENO_NEW,
            prepare=places.only(reno / "releasenotes"),
        ),
        _changie(changie, _CHANGIE, *new),
    ]


def _changie(folder: Path, name: str, *words: str) -> Command:
    """Changie's program itself: what npm installs under its name starts Node.js first."""
    return Command(
        name=name,
        command=(peers.installed(peers.CHANGIE) / peers.changie(), *words),
        shown=name if len(words) == 1 else "changie new --interactive=false --kind … --body …",
        folder=folder,
        prepare=places.only(folder / ".changes"),
    )


def _with(bench: Bench, shop: Path, name: str, files: dict[str, str]) -> Path:
    return bench.made(name, partial(places.copied, shop, files=files))
