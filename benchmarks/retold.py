"""A made-up change as other tools and their users would write it down."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Data = Mapping[str, Any]

_RENO = {"feature": "features", "fix": "fixes", "security": "security"}
_ANTSIBULL = {"feature": "minor_changes", "fix": "bugfixes", "security": "security_fixes"}
_COMMITS = {"feature": "feat", "fix": "fix", "performance": "perf", "docs": "docs"}


def reno_note(data: Data) -> str:
    """As reno would hold it: a section for its kind, one for the way back."""
    undo = "; ".join(f"``{step['run']}``" for step in data["rollback"]["steps"])
    return (
        f"---\n{_RENO.get(data['kind'], 'other')}:\n"
        f"  - |\n    {data['title']}. {data['reason']}\n"
        f"upgrade:\n"
        f"  - |\n    {data['expected']} To undo it: {undo}\n"
    )


def antsibull_fragment(data: Data) -> str:
    """As antsibull-changelog would hold it: one item with the service and the pull request."""
    pull = data["source"]["pull_requests"][0]
    return (
        f"{_ANTSIBULL.get(data['kind'], 'trivial')}:\n"
        f"  - |\n    {data['service']} - {data['title']}. {data['reason']} ({pull}).\n"
    )


def fragment(data: Data) -> str:
    """As towncrier would hold it: what is to be read in the changelog."""
    return f"{data['title']}. {data['reason']}\n"


def conventional(data: Data) -> str:
    """As the message of a commit, which git-cliff reads."""
    scope = data["service"]
    return f"{_COMMITS.get(data['kind'], 'chore')}({scope}): {data['title']}\n\n{data['reason']}\n"


def page(data: Data) -> str:
    """As a page of MkDocs that a person wrote: the same in Markdown, in the same order."""
    return "\n".join(_page(data)) + "\n"


def _page(data: Data) -> Iterator[str]:
    yield from ("---", f"tags: [{', '.join(data['tags'])}]", "---", "", f"# {data['title']}", "")
    yield from _about(data)
    yield from ("## Why", "", data["reason"], "", "## Expected", "", data["expected"], "")
    yield from _rollback(data["rollback"])
    yield from ("## Files", "", *_table(("file", "change", "+", "−"), map(_file, data["files"])))
    yield from ("## Commands", "")
    for command in data["commands"]:
        yield from (f"{command['purpose'].capitalize()}, exit {command['exit']}:", "")
        yield from _shell(command["run"])
    metrics = map(_metric, data["metrics"])
    yield from ("## Did it help?", "", *_table(("metric", "before", "after", "unit"), metrics))
    yield from _rest(data)


def _about(data: Data) -> Iterator[str]:
    shipped = data["shipped"]
    pull = data["source"]["pull_requests"][0]
    rows = [
        ("Kind", data["kind"]),
        ("Status", data["status"]),
        ("Service", data["service"]),
        ("Owner", data["owner"]),
        ("Author", data["authors"][0].replace("<", "(").replace(">", ")")),
        ("Shipped", f"{shipped['at']} to {shipped['environment']}, {shipped.get('outcome', '')}"),
        ("Version", f"[{shipped['version']}]({shipped['deployment']})"),
        ("Pull request", f"[#{pull.rpartition('/')[2]}]({pull})"),
        ("Commits", f"`{data['source']['base'][:12]}` to `{data['source']['head'][:12]}`"),
        ("Stack", ", ".join(data["stack"])),
    ]
    yield from _table(("", ""), rows)


def _rollback(rollback: Data) -> Iterator[str]:
    yield from ("## Undo it", "", f"By {rollback['strategy']}, when {rollback['when']}.", "")
    yield from (f"Who decides: {rollback['decider']}.", "")
    for number, step in enumerate(rollback["steps"], 1):
        yield from (f"Step {number}, expect {step['expect']}:", "", *_shell(step["run"]))
    yield from (f"Then: {rollback['verify']}.", "")
    if rehearsed := rollback.get("rehearsed"):
        where, took = rehearsed["environment"], rehearsed["took"]
        yield from (f"Rehearsed {rehearsed['at']} in {where}, in {took}.", "")


def _file(file: Data) -> tuple[str, ...]:
    added, removed = str(file.get("added", "")), str(file.get("removed", ""))
    return f"`{file['path']}`", file["change"], added, removed


def _metric(metric: Data) -> tuple[str, ...]:
    before, after = _numbers(metric["before"]), _numbers(metric["after"])
    return f"{metric['name']} ({metric['better']} is better)", before, after, metric["unit"]


def _numbers(samples: Sequence[float] | float) -> str:
    return ", ".join(map(str, samples)) if isinstance(samples, Sequence) else str(samples)


def _rest(data: Data) -> Iterator[str]:
    checked = [
        (group, item) for group, items in data.get("checklist", {}).items() for item in items
    ]
    if checked:
        yield from ("## Checked", "", *(f"- {group}: {item}" for group, item in checked), "")
    if related := data.get("related"):
        yield from ("## See also", "", *(f"- [{other}]({other}.md)" for other in related), "")
    if reviewed := data.get("revision"):
        yield from (f"Reviewed {reviewed['last_reviewed']}.", "")


def _shell(line: str) -> Iterator[str]:
    yield from ("```sh", line, "```", "")


def _table(
    head: Sequence[str], rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]
) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(row)} |" for row in lines), ""]
