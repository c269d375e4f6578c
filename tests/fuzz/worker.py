"""`python -m tests.fuzz.worker TARGET DRIVER SECONDS FOLDER`: looks for inputs of one target.

A process of its own, which an input may end; the last line on stdout says what was found, as JSON.
Two drivers: `hypothesis` draws changes of real inputs; `atheris` keeps those that reach code which
none before has reached, and changes these (libFuzzer). What must hold is the same for both.
"""

import json
import os
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from tests.fuzz.found import Found

# Nothing of the program is imported up here: the coverage of what is already there is not measured.

DRIVERS = ("hypothesis", "atheris") if find_spec("atheris") else ("hypothesis",)
"""What can look for inputs here; there is no wheel of atheris for every system."""

_SLOWER = {"hypothesis": 1.0, "atheris": 10.0}
_LONGEST = 20_000  # bytes of an input that atheris makes


def main(name: str, driver: str, seconds: float, folder: Path) -> NoReturn:
    """Look for inputs for so long."""
    atheris = _measuring() if driver == "atheris" else None
    from tests.fuzz import bounds
    from tests.fuzz.found import Found
    from tests.fuzz.targets import BY_NAME

    bounds.allow(_SLOWER[driver])
    folder.mkdir(parents=True, exist_ok=True)
    found = Found(BY_NAME[name], current=folder / f"current-{name}")
    end = time.monotonic() + seconds
    if atheris:
        _by_atheris(atheris, found, end, folder)
    _by_hypothesis(found, end)
    _report(found, folder)


def _measuring() -> Any:
    atheris = import_module("atheris")  # which has no types, and is not for every system
    # For good: much of the program is imported when it is first used.
    atheris.instrument_imports(include=["changenote"]).__enter__()
    return atheris


def _by_hypothesis(found: "Found", end: float) -> None:
    from hypothesis import HealthCheck, Phase, given, seed, settings

    from tests.fuzz.material import inputs

    given_raw = given(inputs(found.target.material))
    quickly = settings(
        max_examples=200,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for raw in found.target.material.seeds:
        found.look_at(raw)
    while time.monotonic() < end:

        @seed(int.from_bytes(os.urandom(8), "big"))
        @quickly
        @given_raw
        def look_at_some(raw: bytes) -> None:
            if time.monotonic() < end:
                found.look_at(raw)

        look_at_some()


def _by_atheris(atheris: Any, found: "Found", end: float, folder: Path) -> None:
    from tests.fuzz.material import any_edit, edited

    given = found.target.material
    corpus = folder / "corpus" / found.target.name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(given.seeds):
        (corpus / f"seed-{number:03}").write_bytes(raw[:_LONGEST])

    def look_at(raw: bytes) -> None:
        found.look_at(raw)
        if time.monotonic() > end:
            _report(found, folder)

    def changed(raw: bytes, longest: int, seed: int) -> bytes:
        dice = Random(seed)  # noqa: S311 - libFuzzer wants the same again
        if dice.random() < 0.4:
            again: bytes = atheris.Mutate(raw, longest)
            return again
        return edited(raw, [any_edit(dice) for _ in range(dice.randrange(1, 4))], given)[:longest]

    options = (f"-max_len={_LONGEST}", "-timeout=120", "-rss_limit_mb=0", "-verbosity=0")
    prefix = f"-artifact_prefix={folder}/ended-"
    atheris.Setup([sys.argv[0], *options, prefix, str(corpus)], look_at, custom_mutator=changed)
    atheris.Fuzz()


def _report(found: "Found", folder: Path) -> NoReturn:
    """Say what was found, and end at once: libFuzzer never gives the word back."""
    kept = found.keep(folder / "failures")
    if found.current:
        found.current.unlink(missing_ok=True)
    sys.stdout.write(json.dumps({"tried": found.tried, "failures": kept}) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), Path(sys.argv[4]))
