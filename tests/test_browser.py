"""What people see: headless Chromium on a real build, at desk and phone width, by day and night."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from changenote.checks.runnable import FILL_IN
from tests.books import LEAST, built_pages, one_of_each_kind, sample_project
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.sites import MATERIAL, mkdocs

NOTE = "changes/20261122-k3f9xq/"
LONG = "changes/20261120-zz9zz9/"
MANY_LINES = "changes/20261118-m9n8p7/"
CUT = "changes/20261123-ct5t5t/"
WITH_ROLLBACK = (NOTE, LONG, MANY_LINES, "changes/20260903-7c2mha/")
TITLE = "</title><img src=x onerror=window.hurt=1>&lt;script&gt;window.hurt=2&lt;/script&gt; zebra"

LACKING = """\
service: stock
shipped: {at: "2026-11-23T08:00:00Z", environment: production}
rollback:
  when: the stock of any article is below zero
  steps:
    - {run: mysql -u shop -phunter2hunter2 -h db.example -e 'call undo()', takes: 15s}
    - {run: ./deploy.sh production v2.14.0}
    - {run: "curl -u deploy:[redacted: password] https://ci.example/"}
"""
"""A secret that is taken out when the page is made, and one that was before."""

sizes = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample notes and a hostile one, in Material's theme."""
    project = sample_project(tmp_path_factory.mktemp("browser"))
    text = LEAST.format(id="20261123-ev1000", title=json.dumps(TITLE), kind="fix")
    hurt = json.dumps(TITLE)
    more = f"owner: {hurt}\nservice: {hurt}\ntags: [{hurt}]\nreason: {hurt}\n"
    (project / "changes/2026/20261123-ev1000.yaml").write_text(text + more)
    text = LEAST.format(id="20261123-ct5t5t", title="Count stock twice", kind="fix")
    text = text.replace("draft", "shipped") + LACKING
    (project / "changes/2026/20261123-ct5t5t.yaml").write_text(text)
    return mkdocs(project, MATERIAL).folder


@pytest.fixture(scope="module")
def reader(site: Path) -> Iterator[Reader]:
    """Somebody with a browser."""
    with served(site) as address, chromium() as driver:
        yield Reader(driver, address)


@dataclass(frozen=True)
class Visit:
    """One page at one size: how wide it is, and what a hostile text did on it."""

    path: str
    size: tuple[int, int]
    width: int
    hurt: int | None


@dataclass(frozen=True)
class Tour:
    """What a browser saw, complained of and asked for.

    It opened every page on a phone, and one of each kind on a desk.
    """

    visits: list[Visit]
    complaints: list[str]
    requests: list[str]


@pytest.fixture(scope="module")
def tour(reader: Reader, site: Path) -> Tour:
    """One tour for all that is asked of every page: to open them takes a while."""
    seen = "return [document.documentElement.scrollWidth, window.hurt]"
    # The page for what is not there starts from the top of the host, wherever the site lies.
    paths = [path for path, _ in built_pages(site) if path != "404.html"]
    reader.complaints()
    reader.requests()
    visits = []
    for size, opened in ((DESK, one_of_each_kind(site).values()), (PHONE, paths)):
        reader.sits_at(size)
        for path in opened:
            reader.opens(path)
            visits.append(Visit(path, size, *reader.asks(seen)))
    return Tour(visits, reader.complaints(), reader.requests())


@sizes
@schemes
@pytest.mark.parametrize("path", WITH_ROLLBACK)
def test_the_rollback_and_its_first_command_are_on_the_first_screen(
    reader: Reader, path: str, size: tuple[int, int], scheme: str
) -> None:
    reader.sits_at(size, scheme)

    reader.opens(path)

    box, command = (
        reader.asks("return document.querySelector(arguments[0]).getBoundingClientRect()", selector)
        for selector in (".cn-rollback", ".cn-step pre")
    )
    assert box["top"] < size[1] * 0.6
    assert command["top"] < size[1] * 0.8


def test_on_a_desk_the_whole_rollback_of_a_usual_note_is_on_the_first_screen(
    reader: Reader,
) -> None:
    reader.sits_at(DESK)

    reader.opens(NOTE)

    assert (
        reader.asks("return document.querySelector('.cn-rollback').getBoundingClientRect().bottom")
        < 800
    )


@sizes
def test_no_page_scrolls_sideways(tour: Tour, size: tuple[int, int]) -> None:
    at_that_size = [visit for visit in tour.visits if visit.size == size]

    assert at_that_size
    assert [visit.path for visit in at_that_size if visit.width > size[0]] == []


OVERFLOWING = """
return [...document.querySelectorAll(".cn, .cn *")]
    .filter(e => !e.closest(".cn-unseen"))
    .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.className || e.tagName)
"""


def test_on_a_phone_nothing_of_a_note_is_cut_off(reader: Reader) -> None:
    reader.sits_at(PHONE)

    for path in (*WITH_ROLLBACK, "changes/"):
        reader.opens(path)
        assert reader.asks(OVERFLOWING) == [], path


COPIED = "return navigator.clipboard.readText()"


@pytest.mark.parametrize(
    ("path", "step", "command"),
    [
        (NOTE, 0, "./flags set cart_total_cache off --env production"),
        (NOTE, 1, "curl -fsS https://shop.example/cart/health"),
        (
            MANY_LINES,
            0,
            "kubectl -n receipts rollout undo deployment/worker\n"
            "kubectl -n receipts rollout status deployment/worker --timeout=120s",
        ),
        (
            LONG,
            0,
            "./bin/payments-gateway-switch --from=v3 --to=v2 --region=eu-central-1 "
            '--region=us-east-2 --reason="rollback of 20261120-zz9zz9" '
            "--confirm-with-token-from=/run/secrets/payments/gateway/switch/confirmation-token.txt",
        ),
    ],
)
def test_the_copy_button_copies_exactly_the_command(
    reader: Reader, path: str, step: int, command: str
) -> None:
    reader.sits_at(PHONE)
    reader.driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]}
    )
    reader.opens(path)
    button = reader.waits_for(
        "return document.querySelectorAll('.cn-step')[arguments[0]].querySelector('.cn-copy')",
        step,
    )

    button.click()

    assert reader.waits_for(COPIED) == command


@pytest.mark.parametrize("path", [CUT, "rollback/"])
def test_a_step_that_lacks_a_secret_says_so_and_has_no_button(reader: Reader, path: str) -> None:
    reader.sits_at(PHONE)
    reader.opens(path)
    box = "[...document.querySelectorAll('.cn-rollback')].find(e => e.innerText.includes('mysql'))"
    steps = f"[...{box}.querySelectorAll('.cn-step')]"

    reader.waits_for(f"return {box}.querySelector('.cn-copy')")

    assert reader.asks(f"return {steps}.map(e => e.querySelectorAll('button').length)") == [0, 1, 0]
    assert reader.asks(f"return {box}.querySelector('.cn-copy-all')") is None
    told = reader.asks(f"return {steps}.map(e => e.innerText.includes(arguments[0]))", FILL_IN)
    assert told == [True, False, True]


def test_a_hostile_title_runs_nowhere(tour: Tour) -> None:
    assert [visit.path for visit in tour.visits if visit.hurt] == []


def test_a_hostile_title_is_shown_as_text(reader: Reader) -> None:
    reader.sits_at(DESK)

    reader.opens("changes/20261123-ev1000/")

    assert reader.asks("return document.title") == f"{TITLE} - Acme knowledge"
    assert reader.asks("return document.querySelector('h1').innerText") == TITLE
    assert reader.asks("return window.hurt") is None


def test_the_browser_has_nothing_to_complain_of_and_asks_no_other_host(
    reader: Reader, tour: Tour
) -> None:
    # A short link names no icon, so that Chromium may ask for one before it is led on.
    assert [line for line in tour.complaints if "/favicon.ico" not in line] == []
    assert len(tour.requests) > len(tour.visits)
    assert [url for url in tour.requests if not url.startswith((reader.site, "data:"))] == []


# The contrast of every visible text on a page with what is behind it, by WCAG 2: the worst ones.
CONTRAST = """
document.head.appendChild(document.createElement("style")).textContent = "* { transition: none !important }";
const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const parse = c => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = c;
    pen.fillRect(0, 0, 1, 1);
    return pen.getImageData(0, 0, 1, 1).data;
};
const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] / 255 + below[i] * (1 - top[3] / 255));
const light = c => {
    const [r, g, b] = c.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
};
const behind = e => {
    const layers = [];
    for (; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
};
const found = {};
const texts = document.createTreeWalker(document.querySelector(".cn"), NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !e.getClientRects().length || e.closest(".headerlink")) continue;
    const back = behind(e), front = over(parse(getComputedStyle(e).color), back);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found[e.className || e.tagName] = ratio.toFixed(2);
}
return found;
"""


@schemes
def test_every_text_can_be_read(reader: Reader, scheme: str) -> None:
    reader.sits_at(DESK, scheme)

    for path in (
        *WITH_ROLLBACK,
        "changes/",
        "changes/20261121-bad0ne/",
        "changes/tags/",
        "changes/rules/",
    ):
        reader.opens(path)
        reader.asks("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert reader.asks(CONTRAST) == {}, path


SEEN = "return [...document.querySelectorAll(arguments[0])].some(e => e.getClientRects().length)"


def test_on_paper_a_note_is_a_rollback_sheet(reader: Reader) -> None:
    reader.sits_at(DESK, media="print")

    reader.opens(NOTE)

    shown = {
        s: reader.asks(SEEN, s)
        for s in ("h1", ".cn-facts", ".cn-step pre", "#reason", "nav", ".cn-copy")
    }
    reader.sits_at(DESK)
    assert shown == {
        "h1": True,
        ".cn-facts": True,
        ".cn-step pre": True,
        "#reason": False,
        "nav": False,
        ".cn-copy": False,
    }


def test_without_scripts_a_note_says_everything(reader: Reader) -> None:
    reader.sits_at(PHONE)
    reader.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    reader.opens(NOTE)

    text = reader.driver.find_element("css selector", ".cn").text
    reader.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "./flags set cart_total_cache off --env production" in text
    assert "22 Nov 2026, 14:05 UTC" in text


def test_dates_say_how_long_ago_they_were_and_an_old_rehearsal_warns(reader: Reader) -> None:
    reader.sits_at(DESK)

    reader.opens(NOTE)

    text = reader.driver.find_element("css selector", ".cn-note").text
    assert "Shipped 22 Nov 2026, 14:05 UTC (3 months ago)" in text
    assert "22 Nov 2026, 11:40 UTC (3 months ago), 2 hours before it shipped, in staging" in text
    assert (
        reader.asks("return document.querySelector('[data-cn-stale-after]').className") == "cn-warn"
    )


def test_rollback_commands_can_be_reached_by_keyboard(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.opens(NOTE)
    reader.waits_for("return document.querySelector('.cn-step button')")

    reader.asks(
        "document.querySelector('#note').scrollIntoView(); document.querySelector('.cn-facts a').focus()"
    )
    seen = []
    for _ in range(6):
        reader.driver.switch_to.active_element.send_keys("\ue004")
        seen.append(reader.asks("return document.activeElement.closest('.cn-step') !== null"))

    assert any(seen)


@sizes
@pytest.mark.parametrize("path", [NOTE, "changes/metrics/", "changes/statistics/", "changes/"])
def test_charts_have_their_height_and_stay_on_the_page(
    reader: Reader, path: str, size: tuple[int, int]
) -> None:
    reader.sits_at(size)

    reader.opens(path)

    charts = reader.asks(MEASURED)
    assert charts
    for chart in charts:
        assert chart["height"] == chart["meant"]
        assert 0 <= chart["left"] <= chart["right"] <= size[0]


# Of every plot and trend its height, what that should be, and the ends of all that it draws.
MEASURED = """
return [...document.querySelectorAll("svg.cn-plot, svg.cn-spark")].map(chart => {
  const parts = [...chart.querySelectorAll("*")].map(part => part.getBoundingClientRect());
  return {
    height: chart.getBoundingClientRect().height,
    meant: Number(chart.getAttribute("height")),
    left: Math.min(...parts.filter(part => part.width).map(part => part.left)),
    right: Math.max(...parts.map(part => part.right)),
  };
});
"""


def test_paper_is_printed_in_black_by_night_as_well(reader: Reader) -> None:
    reader.sits_at(DESK, "dark")
    reader.opens(NOTE)

    reader.sits_at(DESK, "dark", media="print")

    names = ("text", "soft", "good", "alert", "ink")
    script = "return getComputedStyle(document.querySelector('.cn')).getPropertyValue(arguments[0])"
    inks = {name: reader.asks(script, f"--cn-{name}") for name in names}
    assert inks == {name: "#333" if name == "soft" else "#000" for name in names}
    reader.sits_at(DESK)
