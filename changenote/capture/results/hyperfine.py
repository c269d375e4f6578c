"""hyperfine: `hyperfine --export-json FILE`."""

from changenote.capture.results.document import Document, Field
from changenote.capture.results.series import Series

NAME = "hyperfine"


def recognises(document: Document) -> bool:
    """Is it what `--export-json` writes?"""
    results = document.root.get("results")
    first = results and results.get(0)
    return bool(first and first.has("command") and first.get("times", "mean"))


def series(document: Document) -> list[Series]:
    """The wall time of every command, one number for each run."""
    found: list[Series] = []
    for result in document.root["results"].items():
        found.extend(_of_command(result))
    return found


def _of_command(result: Field) -> list[Series]:
    command = result["command"].text()
    _refuse_failures(result)
    times = _runs(result["times"], "s")
    variant = _parameters(result)
    name = f"{command} ({variant})" if variant else command
    made = [
        Series(
            name=name,
            unit="s",
            better="lower",
            values=times,
            tool=NAME,
            sample="hyperfine run",
            variant=variant,
        )
    ]
    if memory := result.get("memory_usage_byte"):
        made.append(
            Series(
                name=f"{name}: peak memory",
                unit="B",
                better="lower",
                values=_runs(memory, "B"),
                tool=NAME,
                sample="hyperfine run",
                wanted=False,
                variant=f"{variant}: peak memory" if variant else "",
            )
        )
    return made


def _runs(field: Field, unit: str) -> tuple[float, ...]:
    values = tuple(item.number(unit) for item in field.items())
    if not values:
        field.refuse("empty", "one time for each run")
    return values


def _refuse_failures(result: Field) -> None:
    """Runs that failed have times all the same, mostly short ones; null is death by a signal."""
    codes = result.get("exit_codes")
    for code in codes.items() if codes else ():
        if code.value != 0:
            ended = "killed by a signal" if code.value is None else code.value
            code.refuse(
                f"{ended}: a run that failed is no measure",
                "exit code 0 for every run",
                "make the command succeed, and measure again without --ignore-failure",
            )


def _parameters(result: Field) -> str:
    parameters = result.get("parameters")
    pairs = parameters.members() if parameters else ()
    return ", ".join(f"{name}={field.value}" for name, field in pairs)
