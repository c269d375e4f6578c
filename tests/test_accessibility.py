"""Everybody can read and use every kind of page: with keys, zoomed, in other colours, by ear."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from tests.books import built_pages, one_of_each_kind, sample_project
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.sites import MATERIAL, mkdocs

NOTE = "changes/20261122-k3f9xq/"
FOUND = "changes/search/?q=cache"
FIELD = "[data-md-component=search-query]"
ZOOMED = (320, 256)
"""What is left of a window of 1280 × 1024 at 400 % (WCAG 2.2, 1.4.10)."""

OPENED = "document.querySelectorAll('details').forEach(one => { one.open = true })"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample notes, in Material's theme."""
    return mkdocs(sample_project(tmp_path_factory.mktemp("all")), MATERIAL, index=False).folder


@pytest.fixture(scope="module")
def kinds(site: Path) -> dict[str, str]:
    """A page of every kind, and one of answers."""
    return one_of_each_kind(site) | {"answers": FOUND}


@pytest.fixture(scope="module")
def browser(site: Path) -> Iterator[Reader]:
    """Somebody with a browser."""
    with served(site) as address, chromium() as driver:
        yield Reader(driver, address)


@pytest.fixture
def reader(browser: Reader) -> Iterator[Reader]:
    """The same, who wants nothing to move: so nothing is looked at half way."""
    yield browser
    browser.sits_at(DESK)


def sits_at(reader: Reader, size: tuple[int, int], **wishes: str) -> None:
    """A window of this size, and what the system says of the person before it."""
    reader.sits_at(size)
    wanted = {"prefers-reduced-motion": "reduce", "prefers-color-scheme": "light"}
    wanted |= {name.replace("_", "-"): value for name, value in wishes.items()}
    features = [{"name": name, "value": value} for name, value in wanted.items()]
    reader.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def opens(reader: Reader, path: str) -> None:
    """A page with everything unfolded, and its answers if it searches."""
    reader.opens(path)
    if path == FOUND:
        reader.waits_for("return document.querySelector('[data-cn-complete]')")
    reader.asks(OPENED)


def presses(reader: Reader, *keys: str) -> None:
    """Real keys, one after the other."""
    ActionChains(reader.driver).send_keys(*keys).perform()


TAB, ENTER = "\ue004", "\ue007"

AXE = Path(__file__).parents[1] / ".venv/web/node_modules/axe-core/axe.min.js"
AXE_FINDS = """
const [rules, done] = arguments;
const options = { resultTypes: ["violations"], preload: false };
if (rules) options.runOnly = { type: "rule", values: rules };
axe.run(document, options).then(found => done(
    found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html}`))
));
"""
# What hangs on colours alone is all that differs by night.
BY_NIGHT = ["color-contrast", "link-in-text-block"]


def violations(reader: Reader, rules: list[str] | None) -> list[str]:
    """What axe-core finds wrong with the page now shown."""
    reader.driver.execute_script(AXE.read_text("utf-8"))
    found: list[str] = reader.driver.execute_async_script(AXE_FINDS, rules)
    return found


def answered_in_the_field(reader: Reader) -> None:
    """Material's own field with answers below it."""
    reader.opens("changes/rules/")
    presses(reader, "s")
    reader.waits_for(f"return document.activeElement.matches('{FIELD}')")
    presses(reader, "cache")
    # Answers to what was typed before come and go; the last entry says to which one it belongs.
    reader.waits_for(
        "return document.querySelector('.md-search-result__item:last-child a[href$=\"query=cache\"]')"
        "?.checkVisibility()"
    )
    reader.waits_for("return document.querySelector('[data-md-toggle=search]').checked")


def by_day_and_night(reader: Reader) -> list[str]:
    """What axe-core finds wrong with the page now shown, in either palette."""
    by_day = violations(reader, None)
    reader.asks("document.body.dataset.mdColorScheme = 'slate'")
    return by_day + [f"by night: {one}" for one in violations(reader, BY_NIGHT)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_on_any_kind_of_page_by_day_or_night(
    reader: Reader, kinds: dict[str, str], size: tuple[int, int]
) -> None:
    sits_at(reader, size)

    found = {}
    for kind, path in kinds.items():
        opens(reader, path)
        found[f"{kind} {path}"] = by_day_and_night(reader)
    answered_in_the_field(reader)
    found["answers in the field"] = by_day_and_night(reader)

    wrong = {kind: what for kind, what in found.items() if what}
    assert wrong == {}, json.dumps(wrong, indent=2)


# Every element that takes the focus: can it be seen, and the line around it?
HIDDEN_FOCUS = """
const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgba = c => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = c; pen.fillRect(0, 0, 1, 1);
    return pen.getImageData(0, 0, 1, 1).data;
};
const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const behind = e => {
    for (; e; e = e.parentElement) {
        const c = rgba(getComputedStyle(e).backgroundColor);
        if (c[3] > 127) return c;
    }
    return [255, 255, 255];
};
const wrong = [];
for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")) {
    if (e.tabIndex < 0 || (e.type === "radio" && !e.checked)) continue;
    if (e.matches(".md-search__input")) continue; // Material shows it a moment later
    e.focus();
    if (document.activeElement !== e) continue;
    const shown = e.matches(".md-option") ? e.nextElementSibling : e;
    const box = shown.getBoundingClientRect(), style = getComputedStyle(shown);
    const seen = shown.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const inside = box.right > 0 && box.left < innerWidth && box.width > 1 && box.height > 1;
    const back = behind(parseFloat(style.outlineOffset) < 0 ? shown : shown.parentElement);
    const [a, b] = [light(rgba(style.outlineColor)), light(back)].sort((x, y) => y - x);
    const line = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && (a + .05) / (b + .05) >= 3;
    if (!seen || !inside || !line) {
        wrong.push([seen ? "" : "unseen", inside ? "" : "outside", line ? "" : "no line", e.outerHTML.slice(0, 120)].join(" "));
    }
}
return wrong;
"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_has_the_focus_can_be_seen_and_so_can_the_line_around_it(
    reader: Reader, kinds: dict[str, str], size: tuple[int, int]
) -> None:
    sits_at(reader, size)

    found = {}
    for kind, path in kinds.items():
        opens(reader, path)
        presses(reader, TAB)
        found[f"{kind} {path}"] = reader.asks(HIDDEN_FOCUS)

    wrong = {kind: what for kind, what in found.items() if what}
    assert wrong == {}, json.dumps(wrong, indent=2)


def focused(reader: Reader) -> str:
    """The words on what has the focus."""
    return " ".join(str(reader.asks("return document.activeElement.innerText")).split())


def tabs_to(reader: Reader, words: str, at_most: int) -> None:
    """Press the tabulator until something says these words."""
    passed = []
    while not (now := focused(reader)).startswith(words):
        passed.append(now)
        assert len(passed) <= at_most, passed
        presses(reader, TAB)


@pytest.mark.parametrize("size", [DESK, PHONE, ZOOMED], ids=["desk", "phone", "zoomed"])
def test_with_keys_alone_one_gets_from_the_home_page_to_a_copied_rollback_command(
    reader: Reader, size: tuple[int, int]
) -> None:
    sits_at(reader, size)
    allowed = {"permissions": ["clipboardReadWrite"]}
    reader.driver.execute_cdp_cmd("Browser.grantPermissions", allowed)
    reader.opens("")

    presses(reader, TAB)
    assert focused(reader) == "Skip to content"
    presses(reader, ENTER)
    tabs_to(reader, "Roll back", at_most=12)
    presses(reader, ENTER)
    reader.waits_for("return location.hash === '#rollback'")
    reader.waits_for("return document.querySelector('.cn-step .cn-copy')")
    tabs_to(reader, "Copy step 1", at_most=4)
    reader.stops_the_clock()  # the button says for two seconds what it did
    presses(reader, ENTER)

    command = "./flags set cart_total_cache off --env production"
    assert reader.waits_for("return navigator.clipboard.readText()") == command
    reader.waits_for("return document.activeElement.matches('.cn-copy--done')")
    assert focused(reader) == "Copied step 1"


def test_a_folded_part_opens_and_closes_with_a_key(reader: Reader) -> None:
    sits_at(reader, DESK)
    reader.opens(NOTE)
    reader.asks("document.querySelector('.cn details summary').focus()")
    is_open = "return document.activeElement.parentElement.open"

    presses(reader, ENTER)
    assert reader.asks(is_open) is True
    presses(reader, " ")
    assert reader.asks(is_open) is False


@pytest.mark.parametrize(
    ("path", "field"),
    [("", "#cn-find"), ("changes/search/", "[data-cn-part=box]"), ("", FIELD)],
    ids=["home", "search", "theme"],
)
def test_a_slash_is_a_letter_to_who_types(reader: Reader, path: str, field: str) -> None:
    sits_at(reader, DESK)
    reader.opens(path)
    reader.asks("document.querySelector(arguments[0]).focus()", field)

    presses(reader, *"app/jobs s f")

    assert reader.asks("return document.activeElement.value") == "app/jobs s f"


@pytest.mark.parametrize("path", ["", "changes/search/"], ids=["home", "search"])
def test_a_slash_leads_to_the_field_of_the_page(reader: Reader, path: str) -> None:
    sits_at(reader, DESK)
    reader.opens(path)
    reader.waits_for("return document.readyState === 'complete'")

    presses(reader, "/")

    assert reader.asks("return Boolean(document.activeElement.closest('.cn form'))")
    assert reader.asks("return document.activeElement.value") == ""


# What a page says beyond its edges, and what is cut off where it says it.
LOST = """
const wide = document.documentElement.clientWidth, lost = [];
if (document.documentElement.scrollWidth > wide) lost.push("the page is too wide");
for (const e of document.querySelectorAll(".cn *")) {
    if (e.closest(".cn-unseen, thead, svg") || !e.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(e), says = `${e.className || e.tagName}: ${e.textContent.trim().slice(0, 40)}`;
    if (e.getBoundingClientRect().right > wide + 1) lost.push(`outside: ${says}`);
    if (style.overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1) lost.push(`cut off: ${says}`);
    if (style.overflowY === "hidden" && e.scrollHeight > e.clientHeight + 2) lost.push(`cut short: ${says}`);
}
return lost;
"""
# What WCAG 2.2, 1.4.12 lets a reader set.
SPACED = """
document.head.appendChild(document.createElement("style")).textContent =
    `* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`;
"""


def test_zoomed_to_400_percent_nothing_is_lost_whatever_the_spacing(
    reader: Reader, kinds: dict[str, str]
) -> None:
    sits_at(reader, ZOOMED)

    lost = {}
    for kind, path in kinds.items():
        opens(reader, path)
        lost[kind] = reader.asks(LOST)
        reader.asks(SPACED)
        lost[f"{kind}, spaced"] = reader.asks(LOST)

    assert {kind: what for kind, what in lost.items() if what} == {}


def test_nothing_of_ours_moves(site: Path) -> None:
    styles = (site / "changes/assets/changenote.css").read_text("utf-8")
    scripts = (site / "changes/assets/changenote.js").read_text("utf-8")

    animated = re.findall(r"animation: ([^;]+)", styles)

    assert [how for how in animated if how != "none" and "step-end" not in how] == []
    assert "transition" not in styles
    assert "smooth" not in styles + scripts


CHART_COLOURS = """
const canvas = document.createElement("p");
canvas.style.cssText = "forced-color-adjust: none; color: CanvasText";
document.body.append(canvas);
const text = getComputedStyle(canvas).color;
return [...document.querySelectorAll(arguments[0])].map(e => getComputedStyle(e))
    .filter(s => s.fill !== text && s.stroke !== text).length;
"""


def test_charts_take_the_colours_that_the_system_forces(
    reader: Reader, kinds: dict[str, str]
) -> None:
    marks = ".cn-dots circle, .cn-plot__middle, .cn-signs circle, .cn-activity rect"
    sits_at(reader, DESK, forced_colors="active", prefers_color_scheme="dark")

    shown = {}
    for path in (NOTE, "", kinds["cn-one-metric-metrics"]):
        reader.opens(path)
        assert reader.asks("return document.querySelector(arguments[0])", marks), path
        shown[path] = reader.asks(CHART_COLOURS, marks)

    assert set(shown.values()) == {0}


class Structure(HTMLParser):
    """What those who hear a page are told of it."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.wrong: list[str] = []
        self.texts: list[str] = []
        self._is_head = False
        self._tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self._is_head = tag == "thead" or (self._is_head and tag != "tbody")
        if tag == "th" and "scope" not in given and not self._is_head:
            self.wrong.append(f"a header of nothing: {given}")
        if tag == "img":
            self.handle_data(given.get("alt") or "")
            if not given.get("alt"):
                self.wrong.append(f"a picture of nothing: {given}")
        if tag in ("svg", "a", "button"):
            self._tags.append((tag, given))
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts = [text + data for text in self.texts]

    def handle_endtag(self, tag: str) -> None:
        if not self._tags or self._tags[-1][0] != tag:
            return
        _, given = self._tags.pop()
        text = self.texts.pop()
        is_unheard = given.get("aria-hidden") == "true" or "hidden" in given or self._tags
        if not is_unheard and not text.strip() and not given.get("aria-label"):
            self.wrong.append(f"nameless: {tag} {given}")


def structure(html: str) -> Structure:
    """Of what is ours on a page."""
    found = re.search(r'<div [^>]*class="cn .*?(?=</article>)', html, re.S)
    heard = Structure()
    heard.feed(found[0] if found else "")
    return heard


def test_every_page_has_one_title_and_headings_in_order(site: Path) -> None:
    ours = {path: structure(html).headings for path, html in built_pages(site)}

    jumps = {
        path: levels
        for path, levels in ours.items()
        if levels
        and (levels[0] != 1 or 1 in levels[1:] or any(b > a + 1 for a, b in pairwise(levels)))
    }
    assert len(ours) > 50
    assert jumps == {}


def test_links_pictures_charts_and_headers_of_tables_have_names(site: Path) -> None:
    wrong = {path: found for path, html in built_pages(site) if (found := structure(html).wrong)}

    assert wrong == {}
