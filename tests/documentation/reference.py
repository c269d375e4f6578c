"""The parts of pages that are made from the code, between two comments that name the part."""

import re
from collections.abc import Callable

from changenote import errors
from changenote.checks.catalogue import RULES, Rule
from changenote.model.checklists import BUILT_IN, OF_KIND
from changenote.model.keys import KEYS, Key
from changenote.model.query import SYNTAX
from tests.documentation import exports, licences, numbers
from tests.documentation.commands import commands
from tests.documentation.fields import config, note
from tests.documentation.tables import code, either, row, table

_PART = re.compile(
    r"(?<=<!-- generated: )(?P<name>[a-z]+)(?P<start> -->\n).*?(?=<!-- end of (?P=name) -->)",
    re.S,
)

_CODES = {
    errors.DONE: "Done.",
    errors.FINDINGS: "Something is wrong or missing in a note or in the config.",
    errors.USAGE: "The command line asks for something that cannot be done.",
    errors.ENVIRONMENT: "Something around the notes is missing or refuses: git, files, editor.",
    errors.NETWORK: "Something could not be reached.",
    errors.BUG: "A bug in changenote. A log is written, and its name is printed.",
    130: "Stopped with Ctrl-C. If anything was typed, it is kept in a file that is named.",
}


def fresh(page: str) -> str:
    """A page with its generated parts made anew."""
    return _PART.sub(lambda m: f"{m['name']}{m['start']}\n{PARTS[m['name']]()}\n", page)


def names_in(page: str) -> list[str]:
    """Which generated parts a page has."""
    return [found["name"] for found in _PART.finditer(page)]


def _checklists() -> str:
    kinds = {name: [kind for kind, names in OF_KIND.items() if name in names] for name in BUILT_IN}
    rows = (
        row(
            code(name), either(kinds[name]) if kinds[name] else "offered by files", ", ".join(items)
        )
        for name, items in BUILT_IN.items()
    )
    return table(("Checklist", "Asked for kind", "Items"), rows)


def _syntax() -> str:
    rows = (row(code(text), meaning.replace("\\", "&#92;")) for text, meaning in SYNTAX)
    return table(("You write", "It means"), rows)


def _keys() -> str:
    return table(("Key", "It asks for", "Example"), map(_key, KEYS))


def _key(key: Key) -> str:
    name = f"{code(key.name)}, {code(key.alias)}" if key.alias else code(key.name)
    choices = f" {either(key.choices)}." if key.choices else ""
    return row(name, key.meaning + choices, code(key.example))


def _rules() -> str:
    return "\n".join(map(_rule, RULES.values()))


def _rule(rule: Rule) -> str:
    examples = [("Wrong", rule.bad), ("Right", rule.good)]
    shown = "".join(f"- {label}: {code(text)}\n" for label, text in examples if text)
    lines = [
        f"## {code(rule.id)}\n",
        f"**{rule.title}.** Severity: {rule.severity}.\n",
        f"{rule.why}\n",
        f"{rule.remedy}\n",
    ]
    return "\n".join([*lines, shown] if shown else lines)


def _exits() -> str:
    return table(("Code", "Meaning", "Causes"), (_exit(c, says) for c, says in _CODES.items()))


def _exit(number: int, meaning: str) -> str:
    every = errors.ChangenoteError.__subclasses__()
    kinds = [kind for kind in every if kind.__module__ == errors.__name__]
    causes = [(kind.__doc__ or "").splitlines()[0] for kind in kinds if kind.exit_code == number]
    return row(code(str(number)), meaning, " ".join(causes))


PARTS: dict[str, Callable[[], str]] = {
    "carried": licences.carried,
    "checklists": _checklists,
    "columns": exports.columns,
    "commands": commands,
    "config": config,
    "derived": exports.derived,
    "evidence": numbers.evidence,
    "exits": _exits,
    "exported": exports.exported,
    "extras": licences.extras,
    "files": exports.files,
    "formats": numbers.formats,
    "index": exports.in_index,
    "installed": licences.installed,
    "keys": _keys,
    "luck": numbers.luck,
    "note": note,
    "plans": numbers.plans,
    "rates": numbers.rates,
    "remarks": numbers.remarks,
    "rules": _rules,
    "sheets": exports.sheets,
    "signed": licences.signed,
    "syntax": _syntax,
    "trust": numbers.trust,
    "verdicts": numbers.verdicts,
}
"""What makes each generated part; every part ends in a line break."""
