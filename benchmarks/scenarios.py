"""What is compared with what, and which ratios were promised."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import places
from benchmarks.notes import note_id
from benchmarks.runner import Contender

NOTES = 1000

_PASS, _CLICK = "python -c pass", "python -c 'import click'"
_HELP, _NEW, _NEW_RANGE = "changenote --help", "changenote new", "changenote new, range given"
_NEW_CONFIGURED = "changenote new, with a config"
_TOWNCRIER_HELP, _TOWNCRIER = "towncrier --help", "towncrier create"
_SCRIV, _RENO_NEW = "scriv create", "reno new"
_COLD, _WARM = "changenote check, cold", "changenote check, warm"
_LINT, _LINT_ONE_COMMIT = "reno lint", "reno lint, one commit"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two contenders side by side; a ratio promised is at most `at_most`, else only shown."""

    ours: str
    theirs: str
    at_most: float | None = None


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Commands that take turns in one run, and the ratios that are read from it."""

    name: str
    title: str
    rounds: int
    contenders: Sequence[Contender]
    compared: Sequence[Compared]


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Where the commands are: ours beside this Python, the others' in their environment."""

    peers: Path
    ours: Path = Path(sys.executable).parent


Build = Callable[[Tools, Path], Scenario]


def start_up(tools: Tools, folder: Path) -> Scenario:
    """How long until a command has done its small work."""
    shop = places.shop(folder / "shop")
    return Scenario(
        name="start-up",
        title="From the command line to one new file",
        rounds=30,
        contenders=[
            *_references(tools, shop),
            _contender(_HELP, tools.ours, "changenote --help", shop),
            _contender(_TOWNCRIER_HELP, tools.peers, "towncrier --help", shop),
            *_new(tools, shop, folder),
            *_peers_new(tools, shop, folder),
        ],
        compared=[
            Compared(ours=_HELP, theirs=_CLICK),
            Compared(ours=_HELP, theirs=_TOWNCRIER_HELP, at_most=1),
            *(
                Compared(ours=ours, theirs=_TOWNCRIER, at_most=0.75)
                for ours in (_NEW, _NEW_RANGE, _NEW_CONFIGURED)
            ),
            Compared(ours=_NEW, theirs=_SCRIV, at_most=1),
            Compared(ours=_NEW, theirs=_RENO_NEW, at_most=1),
            Compared(ours=_NEW, theirs=_CLICK),
        ],
    )


def check(tools: Tools, folder: Path) -> Scenario:
    """All notes are read and checked, for the first time and again."""
    cold = places.change_notes(folder / "cold", NOTES)
    warm = places.change_notes(folder / "warm", NOTES)
    reno = places.reno_notes(folder / "reno", NOTES, one_commit=False)
    reno_at_once = places.reno_notes(folder / "reno-at-once", NOTES, one_commit=True)
    return Scenario(
        name="check",
        title=f"Check {NOTES:,} notes",
        rounds=10,
        contenders=[
            _contender(
                _COLD, tools.ours, "changenote check", cold, places.only(cold / ".changenote")
            ),
            _contender(_WARM, tools.ours, "changenote check", warm),
            _contender(_LINT, tools.peers, "reno lint", reno),
            _contender(_LINT_ONE_COMMIT, tools.peers, "reno lint", reno_at_once),
        ],
        compared=[
            Compared(ours=_COLD, theirs=_LINT, at_most=0.5),
            Compared(ours=_WARM, theirs=_LINT, at_most=0.1),
            Compared(ours=_COLD, theirs=_LINT_ONE_COMMIT),
            Compared(ours=_WARM, theirs=_LINT_ONE_COMMIT),
        ],
    )


def look_up(tools: Tools, folder: Path) -> Scenario:
    """One note, or all of them, out of many."""
    home = places.change_notes(folder / "notes", NOTES)
    wanted = note_id(NOTES // 2, NOTES)
    lines = {f"changenote {word}": f"changenote {word}" for word in ("list", "metrics", "stats")}
    lines |= {f"changenote {word}": f"changenote {word} {wanted}" for word in ("show", "rollback")}
    return Scenario(
        name="look-up",
        title=f"Look something up among {NOTES:,} notes, index warm",
        rounds=20,
        contenders=[
            *_references(tools, home),
            *(_contender(name, tools.ours, line, home) for name, line in lines.items()),
        ],
        compared=[Compared(ours=name, theirs=_CLICK) for name in lines],
    )


EVERY: dict[str, Build] = {"start-up": start_up, "check": check, "look-up": look_up}


def _references(tools: Tools, folder: Path) -> list[Contender]:
    """What every Python command pays, and what every one that is made with click pays."""
    python = tools.ours / "python"
    return [
        Contender(name=name, command=(python, "-c", code), shown=name, folder=folder)
        for name, code in ((_PASS, "pass"), (_CLICK, "import click"))
    ]


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


def _new(tools: Tools, shop: Path, folder: Path) -> list[Contender]:
    """A complete note about the last pull requests: what git knows, checked, written to disk."""
    words = ("changenote", "new", "--yes", *(word for pair in _COMPLETE for word in pair))
    shown = "changenote new --yes --title … (13 options)"
    variants = {
        _NEW: ((), {}),
        _NEW_RANGE: (("--base", "HEAD~3", "--head", "HEAD"), {}),
        _NEW_CONFIGURED: ((), {"changes/config.yaml": _CONFIG}),
    }
    made = []
    for number, (name, (extra, files)) in enumerate(variants.items()):
        place = places.copied(shop, folder / f"changenote-{number}", files)
        made.append(
            Contender(
                name=name,
                command=(tools.ours / words[0], *words[1:], *extra),
                shown=" ".join((shown, *extra)),
                folder=place,
                prepare=places.only(place / "changes"),
            )
        )
    return made


def _peers_new(tools: Tools, shop: Path, folder: Path) -> list[Contender]:
    """The nearest that each peer has: one new file with a line or a template in it."""
    settings = '[tool.towncrier]\ndirectory = "newsfragments"\n'
    towncrier = places.copied(shop, folder / "towncrier", {"towncrier.toml": settings})
    scriv = places.copied(shop, folder / "scriv", {"changelog.d/scriv.ini": "[scriv]\n"})
    reno = places.copied(shop, folder / "reno")
    create = ("create", "412.feature.md", "--content", _ONE_LINE)
    return [
        Contender(
            name=_TOWNCRIER,
            command=(tools.peers / "towncrier", *create),
            shown="towncrier create 412.feature.md --content …",
            folder=towncrier,
            prepare=places.only(towncrier / "newsfragments"),
        ),
        _contender(_SCRIV, tools.peers, "scriv create", scriv, places.only(scriv / "changelog.d")),
        _contender(
            _RENO_NEW,
            tools.peers,
            "reno new cache-cart-totals",
            reno,
            places.only(reno / "releasenotes"),
        ),
    ]


def _contender(
    name: str, tools: Path, line: str, folder: Path, prepare: Callable[[], None] = lambda: None
) -> Contender:
    """A command line without quotes, of a tool in a folder of tools."""
    first, *rest = line.split()
    return Contender(
        name=name, command=(tools / first, *rest), shown=line, folder=folder, prepare=prepare
    )
