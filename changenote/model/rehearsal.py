"""Which steps were rehearsed: a hash that changes as soon as a step does."""

from collections.abc import Iterable

from changenote.model.note import Rehearsal, Step


def steps_sha256(steps: Iterable[Step]) -> str:
    """SHA-256 of the steps' commands and expectations, in order, as 64 hexadecimal digits.

    Taken over canonical JSON, `[{"expect": …, "run": …}, …]`. White space around a text does not
    count, so that a step may be written as `run: x` or as a block without voiding a rehearsal.
    """
    import json  # both are slow to load, and most notes have no rehearsal
    from hashlib import sha256

    said = [{"run": step.run.strip(), "expect": _stripped(step.expect)} for step in steps]
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_of(rehearsed: Rehearsal, steps: Iterable[Step]) -> bool | None:
    """Was it a rehearsal of exactly these steps? None when it does not prove of which it was."""
    proof = rehearsed.steps_sha256
    return None if proof is None else proof.lower() == steps_sha256(steps)


def _stripped(text: str | None) -> str | None:
    return None if text is None else text.strip()
