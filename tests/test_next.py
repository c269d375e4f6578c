"""`changenote next`, and which version comes before which."""

from itertools import pairwise
from pathlib import Path

import pytest

from changenote.release.versions import as_tags_have_it, before, is_name, is_trial_of, parsed, same
from tests.house import said
from tests.released import FEATURE, FIX, PERFORMANCE, add, shop_with_notes, started
from tests.workshop import Done, Workshop


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return shop_with_notes(tmp_path)


def test_a_feature_makes_a_minor_version(shop: Workshop) -> None:
    done = shop.run("next")

    assert done == Done(
        0,
        "v2.14.0\n",
        "After v2.13.0 (the newest tag), for 1 of 3 notes since v2.13.0,"
        " which add, deprecate or remove something:\n"
        f"  {FEATURE}  Show orders by day\n",
    )


def test_a_breaking_change_makes_a_major_version(shop: Workshop) -> None:
    add(shop, "20261101-dddddd", "Drop the old API", more="\ntags: [breaking]\n")

    done = shop.run("next")

    assert done.out == "v3.0.0\n"
    assert done.err.endswith(
        "after which somebody has to change something:\n  20261101-dddddd  Drop the old API\n"
    )


def test_all_else_makes_a_patch(tmp_path: Path) -> None:
    shop = started(tmp_path)
    add(shop, FIX, "Forget cart totals at logout")
    add(shop, PERFORMANCE, "Cache cart totals per session", "performance", status="draft")

    done = shop.run("next")

    assert done == Done(
        0,
        "v2.13.1\n",
        "A patch after v2.13.0 (the newest tag): none of 1 note since v2.13.0 is breaking,"
        " or adds, deprecates or removes something.\n"
        "Left out:\n"
        f"  {PERFORMANCE}  Cache cart totals per session: a draft\n",
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [("\ntags: [breaking]\n", "0.4.0"), ("", "0.3.2"), ("\ntags: [removed]\n", "0.4.0")],
)
def test_nothing_leads_to_the_first_whole_version(tmp_path: Path, more: str, expected: str) -> None:
    shop = Workshop(tmp_path).start()
    shop.commit("Start")
    shop.git("tag", "0.3.1")
    add(shop, FIX, "Drop the old API", more=more)

    done = shop.run("next")

    assert done.out == f"{expected}\n"
    assert ("Before 1.0.0 a breaking change makes a minor version." in done.err) == (
        "breaking" in more
    )


def test_the_first_version_of_all(tmp_path: Path) -> None:
    shop = Workshop(tmp_path).start()
    add(shop, FIX, "Forget cart totals at logout")

    done = shop.run("next")

    assert done == Done(
        0,
        "0.1.0\n",
        "The first version: there is no tag, and none of 1 note since the start has one.\n",
    )


def test_a_version_that_nobody_tagged_yet_counts(shop: Workshop) -> None:
    shop.run("release", "v2.14.0")
    add(shop, "20261101-dddddd", "Round prices up")

    done = shop.run("next")

    assert done.out == "v2.14.1\n"
    assert done.err.startswith("A patch after v2.14.0 (3 notes, not tagged yet): none of 1 note")


def test_prereleases_and_other_tags_are_passed_over(shop: Workshop) -> None:
    for tag in ("v2.14.0-rc.1", "nightly", "deploy-2026-11-20", "v2.13"):
        shop.git("tag", tag, "v2.13.0")

    assert shop.run("next").out == "v2.14.0\n"


def test_of_several_families_one_is_asked_for(tmp_path: Path) -> None:
    shop = Workshop(tmp_path).start()
    shop.commit("Start")
    shop.git("tag", "orders@1.0.0")
    shop.git("tag", "web@2.0.0")
    add(shop, FEATURE, "Show orders by day", "feature", service="orders")
    add(shop, FIX, "Forget cart totals at logout", service="web")

    unclear = shop.run("next")
    clear = shop.run("next", "--prefix", "web@", "--service", "web")

    assert said(unclear).what == "tags have versions of 2 kinds: orders@, web@"
    assert clear.out == "web@2.0.1\n"


def test_dates_have_no_next_version(tmp_path: Path) -> None:
    shop = started(tmp_path, remote="")
    shop.git("tag", "-d", "v2.13.0")
    shop.git("tag", "2026.11.2")
    add(shop, FIX, "Forget cart totals at logout")

    done = shop.run("next")

    assert done.code == 2
    assert said(done).what == "no tag is a semantic version: 2026.11.2"


def test_with_nothing_to_release_there_is_no_version(tmp_path: Path) -> None:
    done = started(tmp_path).run("next")

    assert (done.code, done.out) == (1, "")
    assert said(done).what == "there is nothing to release since v2.13.0: no new note"


def test_programs_get_the_reasons(shop: Workshop) -> None:
    done = shop.run("next", "--json")

    assert done.data == {
        "version": "v2.14.0",
        "after": "v2.13.0",
        "since": "v2.13.0",
        "bump": "minor",
        "notes": [
            {"id": FEATURE, "title": "Show orders by day", "bump": "minor"},
            {"id": FIX, "title": "Forget cart totals at logout", "bump": "patch"},
            {"id": PERFORMANCE, "title": "Cache cart totals per session", "bump": "patch"},
        ],
        "left_out": [],
    }


def test_versions_are_ordered_as_semver_says() -> None:
    names = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.2.0 1.10.0"
    versions = [version for name in names.split() if (version := parsed(name))]

    assert len(versions) == len(names.split())
    assert all(first.rank < second.rank for first, second in pairwise(versions))


@pytest.mark.parametrize(
    ("name", "prefix", "family"),
    [
        ("1.2.3", "", ""),
        ("v1.2.3", "v", ""),
        ("orders@1.2.3", "orders@", "orders@"),
        ("orders/v1.2.3", "orders/v", "orders/"),
        ("dev1.2.3", "dev", "dev"),
        ("release-1.2.3-rc.1+build", "release-", "release-"),
    ],
)
def test_what_is_in_front_of_a_version_is_its_family(name: str, prefix: str, family: str) -> None:
    version = parsed(name)

    assert version
    assert (version.prefix, version.family) == (prefix, family)


@pytest.mark.parametrize("name", ["2026.11.2", "1.2", "01.2.3", "v1", "", "x", "1.2.3.4"])
def test_other_names_are_no_semantic_versions(name: str) -> None:
    assert parsed(name) is None


def test_the_version_before_is_of_the_same_family() -> None:
    tags = ["v1.0.0", "v1.9.0", "v1.10.0", "v2.0.0-rc.1", "v2.0.0", "x@1.99.0", "nightly"]

    assert before("v2.0.0", tags) == "v1.10.0"
    assert before("2.0.0-rc.2", tags) == "v2.0.0-rc.1"
    assert before("v1.10.1", tags) == "v1.10.0"
    assert before("x@2.0.0", tags) == "x@1.99.0"
    assert before("v1.0.0", tags) is None


def test_a_version_takes_what_tags_have_in_front() -> None:
    assert as_tags_have_it("2.1.0", ["v2.0.0", "1.0.0"]) == "v2.1.0"
    assert as_tags_have_it("v2.1.0", ["v1.0.0", "2.0.0"]) == "2.1.0"
    assert as_tags_have_it("2.1.0", ["release-2.0.0"]) == "release-2.1.0"
    assert as_tags_have_it("2.1.0", ["a@2.0.0", "b@1.0.0"]) == "2.1.0"
    assert as_tags_have_it("2.1.0", ["](https://evil.example)v2.0.0"]) == "2.1.0"
    assert as_tags_have_it("a@2.1.0", ["v2.0.0"]) == "a@2.1.0"
    assert as_tags_have_it("2026-11-22", ["v2.0.0"]) == "2026-11-22"


def test_a_v_makes_no_other_version() -> None:
    assert same("v1.0.0", "1.0.0")
    assert not same("v1.0.0", "1.0.0-rc.1")
    assert is_trial_of("v1.0.0-rc.1", "1.0.0")
    assert not is_trial_of("x@1.0.0-rc.1", "1.0.0")
    assert is_name("2026-11-22")
    assert not is_name("v1.lock")
