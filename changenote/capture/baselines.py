"""The state before a change, measured and kept before there is a change to compare it with.

Each baseline is a folder beside the journal: a manifest, and copies of its result files. It holds
either the numbers of a command's runs or such files, never both.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from changenote.capture.measuring import MOST_PAIRS, metric_of
from changenote.capture.results import Better, Imported, metrics_from, read_results
from changenote.capture.shelf import data_in, label, put, put_data, shelf
from changenote.errors import BadResult, CannotWrite, NoSuchBaseline, UsageProblem
from changenote.model.conditions import joined
from changenote.model.problems import did_you_mean
from changenote.model.reading import read
from changenote.model.redaction import redact
from changenote.records import record

_KIND = "baselines"
_MANIFEST = "manifest.json"


@record
class SavedFile:
    """A result file, or a folder of them: where it was, and the hash of what is kept of it."""

    path: str
    sha256: str


@record
class Baseline:
    """What was measured before a change, and under which circumstances.

    `values` are in `unit`, or seconds of wall time where that is None; empty for result files.
    `command` and `prepare` are quoted for a shell and redacted; `is_whole` says that nothing had
    to be taken out of them, so that they can be run again, in the folder `run_in`.
    """

    name: str
    at: datetime
    commit: str | None = None
    host: str | None = None
    metric: str | None = None
    better: Better | None = None
    conditions: Mapping[str, str] = field(default_factory=dict)
    deterministic: bool = False
    command: str | None = None
    prepare: str | None = None
    is_whole: bool = True
    run_in: str = "."
    warmup: int = 0
    sample: str | None = None
    reads: str | None = None
    select: str | None = None
    tool: str | None = None
    unit: str | None = None
    values: tuple[float, ...] = ()
    files: tuple[SavedFile, ...] = ()


def saved(root: Path) -> list[Baseline]:
    """All baselines, oldest first; what cannot be read is left out, see `unreadable`."""
    found = (_read(folder) for folder in _folders(root))
    return sorted((one for one in found if one), key=lambda one: (one.at, one.name))


def unreadable(root: Path) -> list[Path]:
    """The folders among the baselines whose manifest cannot be understood."""
    return [folder for folder in _folders(root) if _read(folder) is None]


def named(root: Path, name: str) -> Baseline:
    """The baseline of that name. Raises `NoSuchBaseline`."""
    every = saved(root)
    for one in every:
        if one.name == name:
            return one
    names = [one.name for one in every]
    raise NoSuchBaseline(
        f"there is no baseline {name!r}",
        expected=f"one of: {', '.join(names)}" if names else "a baseline that was saved before",
        hint=(names and did_you_mean(name, names))
        or "`changenote baseline save NAME -- CMD` makes one, before the deploy.",
    )


def refuse_taken(root: Path, name: str) -> None:
    """Raise when there is a baseline of that name: an older state must not be lost by accident."""
    if os.path.lexists(_folder(root, name)):
        raise _taken(name)


def _taken(name: str) -> UsageProblem:
    return UsageProblem(
        f"there is a baseline {name!r} already",
        expected="a name that is free",
        hint=f"`changenote baseline drop {name!r}` deletes it; or choose another name.",
    )


def save(root: Path, baseline: Baseline) -> None:
    """Keep the numbers of a command's runs. Its texts must be free of secrets."""
    with _new_folder(root, baseline.name) as folder:
        _put(folder, baseline)


def save_files(root: Path, baseline: Baseline, paths: Sequence[Path]) -> Baseline:
    """Keep copies of result files or folders, which are read first.

    Raises `BadResult` when they cannot be read as results.
    """
    refuse_taken(root, baseline.name)
    read_results(paths)
    files = tuple(SavedFile(path=redact(_shown(p, root)), sha256=_hash(p)) for p in paths)
    with_files = replace(baseline, files=files)
    with _new_folder(root, baseline.name) as folder:
        for number, path in enumerate(paths):
            _copy(path, _copy_in(folder, with_files, number))
        _put(folder, with_files)
    return with_files


def drop(root: Path, name: str) -> None:
    """Delete a baseline. Raises `NoSuchBaseline`, or `CannotWrite`."""
    from shutil import rmtree

    folder = _folder(root, name)
    if not os.path.lexists(folder):
        named(root, name)
    with _house_errors(folder, "deleted"):
        if folder.is_dir() and not folder.is_symlink():
            gone = folder.rename(_beside(folder))  # at once, or none of it
            rmtree(gone)
        else:
            folder.unlink()


@contextmanager
def _new_folder(root: Path, name: str) -> Iterator[Path]:
    """A folder to fill, which becomes the baseline's when it is full: all of it, or nothing."""
    from shutil import rmtree

    folder = _folder(root, name)
    refuse_taken(root, name)
    temporary = _beside(folder)
    try:
        yield temporary
        with _house_errors(folder, "written"):
            temporary.rename(folder)
    except CannotWrite:
        refuse_taken(root, name)  # by somebody who was faster
        raise
    finally:
        rmtree(temporary, ignore_errors=True)


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.{os.urandom(8).hex()}.tmp")


@contextmanager
def _house_errors(folder: Path, done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(
            f"{folder} could not be {done}: {(error.strerror or str(error)).lower()}",
            expected="a folder that can be written to",
            hint="Mend that, then run the same command again.",
        ) from error


def compared_values(baseline: Baseline, after: Sequence[float], **described: Any) -> dict[str, Any]:
    """The metric, as the data of a note, of a baseline of numbers and the runs after the change.

    `described` has its other keys, as for `metric_of`.
    """
    return metric_of(
        baseline.values,
        after,
        unit=baseline.unit,
        order="sequential",
        **described,
    )


def compared_files(root: Path, baseline: Baseline, after: Sequence[Path], **more: Any) -> Imported:
    """The metrics, as the data of a note, of a baseline of files and the files after the change.

    `more` is what `metrics_from` takes. Raises `BadResult` when a copy was changed.
    """
    folder = _folder(root, baseline.name)
    before = [_copy_in(folder, baseline, number) for number in range(len(baseline.files))]
    for path, kept in zip(before, baseline.files, strict=True):
        if not path.exists() or _hash(path) != kept.sha256:
            raise BadResult(
                f"the copy of {kept.path} in the baseline {baseline.name!r} was changed",
                expected="the file as it was saved",
                hint=f"`changenote baseline drop {baseline.name!r}` deletes the baseline.",
            )
    options = {"name": baseline.metric, "better": baseline.better, "unit": baseline.unit, **more}
    found = metrics_from(before, after, root=root, **options)
    return Imported(
        metrics=tuple(_told(metric, baseline) for metric in found.metrics), remarks=found.remarks
    )


def both_conditions(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """The conditions of both sides: `cold -> warm` where they were not the same.

    What only one side tells is taken for both, except a cache: that is too often the difference.
    """
    told = {"cache": "unknown", **before} if "cache" in after else before
    return {key: joined(told.get(key, value), value) for key, value in {**told, **after}.items()}


def _folders(root: Path) -> list[Path]:
    shelved = shelf(root, _KIND)
    every = shelved.iterdir() if shelved.is_dir() else ()
    return sorted(path for path in every if not path.name.startswith("."))


def _folder(root: Path, name: str) -> Path:
    return shelf(root, _KIND) / label(name)


def _copy_in(folder: Path, baseline: Baseline, number: int) -> Path:
    """Where the copy of the file with that number is, under its own name: some tools' tell."""
    return folder / str(number) / Path(baseline.files[number].path).name


def _read(folder: Path) -> Baseline | None:
    baseline, problems = read(Baseline, data_in(folder / _MANIFEST))
    return baseline if baseline and not problems and _is_whole(baseline, folder) else None


def _is_whole(baseline: Baseline, folder: Path) -> bool:
    """Can it be what we wrote?"""
    return (
        label(baseline.name) == folder.name
        and bool(baseline.values) != bool(baseline.files)
        and len(baseline.values) <= MOST_PAIRS
        and 0 <= baseline.warmup <= MOST_PAIRS
    )


def _put(folder: Path, baseline: Baseline) -> None:
    at = baseline.at.astimezone(UTC).isoformat()
    put_data(folder / _MANIFEST, {**asdict(baseline), "at": at})


def _shown(path: Path, root: Path) -> str:
    whole = path.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.name


def _copy(path: Path, copy: Path) -> None:
    for source in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if source.is_file():
            put(copy / source.relative_to(path), source.read_bytes())


def _hash(path: Path) -> str:
    """Of the bytes of a file; of the names and bytes of all files in a folder."""
    from hashlib import sha256

    if path.is_file():
        return sha256(path.read_bytes()).hexdigest()
    inside = sorted(p for p in path.rglob("*") if p.is_file())
    lines = (f"{_hash(p)}  {p.relative_to(path).as_posix()}\n" for p in inside)
    return sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _told(metric: Mapping[str, Any], baseline: Baseline) -> dict[str, Any]:
    """A metric with the baseline's conditions, and with the files named as they were given."""
    told = {**metric, "order": "sequential"}
    if conditions := both_conditions(baseline.conditions, metric.get("conditions", {})):
        told["conditions"] = conditions
    source = metric.get("source")
    if source and source.get("files"):
        files = [_name_given(file, baseline) for file in source["files"]]
        told["source"] = {**source, "files": list(dict.fromkeys(files))}
    return told


def _name_given(file: str, baseline: Baseline) -> str:
    for number, kept in enumerate(baseline.files):
        if f"/{_KIND}/{label(baseline.name)}/{number}/" in file:
            return kept.path
    return file
