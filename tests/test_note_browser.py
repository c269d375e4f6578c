"""A note's page in a real browser: the way back first, buttons that copy, one sheet of paper."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.books import sample_project
from tests.browser import DESK, PHONE, Reader, chromium, served
from tests.sites import MATERIAL, mkdocs

NOTE, HARD = "changes/20261122-k3f9xq/", "changes/20261121-hard00/"
FLAG = "./flags set cart_total_cache off --env production"
HEALTH = "curl -fsS https://shop.example/cart/health"
LONG_NAME = "payments-reconciliation-service-for-the-european-and-american-markets-and-all-others"
HARD_NOTE = f"""\
schema: 1
id: 20261121-hard00
title: {"Move the reconciliation of refunds between payment providers out of the nightly job into a queue"}
kind: infrastructure
status: rolled_back
owner: "@{LONG_NAME}"
service: {LONG_NAME}
shipped:
  at: 2026-11-01T14:05:00Z
  environment: {LONG_NAME}
  version: v2.14.0-rc.3+build.20261101.sha.9be27d19be27d19be27d19be27d19be27d19be27
  outcome: degraded
  planned: false
rollback:
  strategy: redeploy
  when: >-
    queue depth over 10,000 for 15 min, or a refund that is paid out twice, or a report of the
    finance team about a refund that never arrived
  decider: the payments on-call together with the finance team
  steps:
    - run: ./deploy.sh payments v2.13.9 --env production --region eu-central-1
      expect: deployed to 24/24
  verify: depth 0 on the [board](https://board.example/q)
no_metric: {"the queue did not exist before, so there is nothing to compare it with; " * 6}
source:
  pull_requests: {json.dumps([f"https://github.com/acme/shop/pull/{n}" for n in range(400, 412)])}
flags: [needs_human_review]
files: {json.dumps([{"path": f"app/{part}/{n}.py"} for part in ("cart", "pay") for n in range(30)])}
"""

sizes = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample notes and a hard one, in a theme that adds copy buttons of its own."""
    project = sample_project(tmp_path_factory.mktemp("notes"))
    (project / "changes/2026/20261121-hard00.yaml").write_text(HARD_NOTE)
    with_copying = MATERIAL.replace(
        "  font: false", "  font: false\n  features: [content.code.copy]"
    )
    return mkdocs(project, with_copying).folder


@pytest.fixture(scope="module")
def reader(site: Path) -> Iterator[Reader]:
    """Somebody with a browser that lets pages use the clipboard."""
    with served(site) as address, chromium() as driver:
        driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]})
        yield Reader(driver, address)


@sizes
def test_long_names_and_many_banners_leave_the_way_back_on_the_first_screen(
    reader: Reader, size: tuple[int, int]
) -> None:
    reader.sits_at(size)

    reader.opens(HARD)

    box, command, right = reader.asks(
        """return [".cn-rollback", ".cn-step pre"].map(
            s => document.querySelector(s).getBoundingClientRect().top
        ).concat(document.documentElement.scrollWidth)"""
    )
    assert box < size[1] * 0.7
    assert command < size[1] - 24
    assert right == size[0]


COPIED = "return navigator.clipboard.readText()"
EMPTY = "return navigator.clipboard.writeText('').then(() => true)"
BUTTONS = """
return [...document.querySelectorAll(".cn-rollback button")].map(b => b.textContent)
"""


def test_every_command_has_one_button_and_its_name_says_which(reader: Reader) -> None:
    reader.sits_at(DESK)

    reader.opens(NOTE)

    assert reader.waits_for(BUTTONS) == ["Copy step 1", "Copy step 2", "Copy all 2 commands"]
    assert (
        reader.asks(
            "return document.querySelectorAll('.cn-copied :is(.md-code__button, .md-clipboard)').length"
        )
        == 0
    )


@pytest.mark.parametrize(("number", "text"), [(0, FLAG), (1, HEALTH), (2, f"{FLAG}\n{HEALTH}")])
def test_a_button_copies_by_keyboard_says_so_and_keeps_the_focus(
    reader: Reader, number: int, text: str
) -> None:
    reader.sits_at(PHONE)
    reader.opens(NOTE)
    reader.asks(EMPTY)
    reader.waits_for("return document.querySelector('.cn-rollback button')")
    reader.stops_the_clock()  # it says so for two seconds
    reader.asks("document.querySelectorAll('.cn-rollback button')[arguments[0]].focus()", number)

    reader.driver.switch_to.active_element.send_keys("\ue007")

    assert reader.waits_for(COPIED) == text
    assert (
        reader.waits_for(
            "return document.activeElement.matches('.cn-copy--done') && "
            "document.activeElement.firstChild.textContent"
        )
        == "Copied"
    )


def test_a_page_without_https_copies_the_old_way(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.opens(NOTE)
    reader.asks(EMPTY)
    reader.asks(
        "window.board = navigator.clipboard;"
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})"
    )

    reader.driver.find_element("css selector", ".cn-rollback button").click()

    assert reader.waits_for("return window.board.readText()") == FLAG


def test_where_copying_is_forbidden_the_command_is_selected(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.opens(NOTE)
    reader.stops_the_clock()  # the button says so for two seconds
    reader.asks(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        "document.execCommand = () => false"
    )

    reader.driver.find_element("css selector", ".cn-rollback button").click()

    assert reader.waits_for("return getSelection().toString()") == FLAG
    assert "copy it by hand" in reader.asks("return document.querySelector('.cn-copy').textContent")


def test_without_scripts_there_is_no_button_that_does_nothing(reader: Reader) -> None:
    reader.sits_at(DESK)
    reader.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    reader.opens(NOTE)

    found = reader.driver.find_elements("css selector", ".cn button")
    text = reader.driver.find_element("css selector", ".cn-rollback").text
    reader.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert found == []
    assert FLAG in text


ON_PAPER = "return document.querySelector('.cn').innerText"


@pytest.mark.parametrize("path", [NOTE, HARD])
def test_a_note_fits_on_one_sheet_that_can_be_used_without_a_screen(
    reader: Reader, path: str
) -> None:
    reader.sits_at(DESK, media="print")
    reader.opens(path)

    text = reader.asks(ON_PAPER)
    printed = reader.driver.execute_cdp_cmd(
        "Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69}
    )
    reader.sits_at(DESK)

    assert b64decode(printed["data"]).count(b"/Type /Page\n") == 1
    for word in ("Contact", "Verify", "Rehearsed", "Shipped", f"{reader.site}{path}"):
        assert word in text
    assert "Score" not in text


def test_on_paper_a_link_says_where_it_goes(reader: Reader) -> None:
    reader.sits_at(DESK, media="print")
    shown = []

    for path in (NOTE, HARD):
        reader.opens(path)
        shown += reader.asks(
            "return [...document.querySelectorAll('.cn-rollback dd a')]"
            ".map(a => a.textContent + getComputedStyle(a, '::after').content)"
        )
    reader.sits_at(DESK)

    assert shown == ["https://grafana.example/d/cartnone", 'board" (https://board.example/q)"']


def test_folders_of_a_large_change_open_by_keyboard(reader: Reader) -> None:
    reader.sits_at(PHONE)
    reader.opens(HARD)
    reader.asks("document.querySelectorAll('.cn-files summary')[1].focus()")

    reader.driver.switch_to.active_element.send_keys("\ue007")

    assert reader.waits_for(
        "return [...document.querySelectorAll('.cn-file')]"
        ".filter(e => e.checkVisibility()).map(e => e.innerText.trim())"
    )[0].endswith("0.py")
