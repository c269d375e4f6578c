"""What is compared with what, and which ratios and limits were promised."""

from collections.abc import Callable

from benchmarks.bench import Bench
from benchmarks.promises import Scenario
from benchmarks.scenarios.building import large_site, listed_site, small_site
from benchmarks.scenarios.checking import check
from benchmarks.scenarios.looking_up import look_up
from benchmarks.scenarios.reading import changelog
from benchmarks.scenarios.searching import search
from benchmarks.scenarios.serving import serve
from benchmarks.scenarios.start_up import start_up

EVERY: dict[str, Callable[[Bench], Scenario]] = {
    "start-up": start_up,
    "look-up": look_up,
    "check": check,
    "changelog": changelog,
    "site-small": small_site,
    "site-listed": listed_site,
    "serve": serve,
    "search": search,
    "site-large": large_site,
}
