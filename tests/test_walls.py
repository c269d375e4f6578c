"""The walls of the house."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "changenote"
MODULES = sorted(PACKAGE.rglob("*.py"))


def below_the_command_line() -> list[Path]:
    return [m for m in MODULES if m.relative_to(PACKAGE).parts[0] not in ("cli", "__main__.py")]


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize(
    "module", below_the_command_line(), ids=lambda m: str(m.relative_to(PACKAGE))
)
def test_nothing_below_the_command_line_prints_prompts_or_exits(module: Path) -> None:
    talking = {"print", "input", "exit", "quit", "sys.exit", "sys.stdout.write", "sys.stderr.write"}

    assert talking.isdisjoint(calls(ast.parse(module.read_text())))


def test_one_module_prints() -> None:
    printing = [
        m.name
        for m in MODULES
        if {"print", "click.echo", "click.secho"} & set(calls(ast.parse(m.read_text())))
    ]

    assert printing == ["console.py"]


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "core", "common", "manager", "misc"}

    assert empty_names.isdisjoint(m.stem for m in MODULES)


def test_every_template_is_a_template() -> None:
    templates = PACKAGE.parent / "templates"
    found = (p.relative_to(templates) for p in templates.rglob("*") if p.is_file())
    files = [p for p in found if p.parent.name != "__pycache__"]  # compiled already

    assert [f for f in files if f.parts[0] != "assets" and f.suffix != ".j2"] == []


def test_every_module_and_public_thing_says_what_it_is() -> None:
    silent = []
    for module in MODULES:
        tree = ast.parse(module.read_text())
        if not ast.get_docstring(tree):
            silent.append(str(module))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                silent.append(f"{module.name}: {node.name}")

    assert silent == []


def test_functions_mostly_fit_in_twenty_lines() -> None:
    lengths = [
        node.end_lineno - node.body[0].lineno
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]

    short = sum(length <= 20 for length in lengths)
    assert short / len(lengths) > 0.95
    assert max(lengths) <= 40
