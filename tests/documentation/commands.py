"""The reference of the command line, from the commands themselves."""

from collections.abc import Iterator
from inspect import cleandoc

import click

from changenote.cli import COMMANDS, changenote
from tests.documentation.tables import code, either, row, table


def commands() -> str:
    """Every command with what it does and its options."""
    context = click.Context(changenote, info_name="changenote")
    sections: list[str] = []
    for name in COMMANDS:
        command = changenote.get_command(context, name)
        assert command, name
        sections += _sections(command, click.Context(command, context, name), "##")
    return "\n".join(sections)


def _sections(command: click.Command, context: click.Context, level: str) -> Iterator[str]:
    yield f"{level} {context.command_path}\n"
    if not isinstance(command, click.Group):
        usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
        yield f"```text\n{usage}\n```\n"
    yield f"{_prose(cleandoc(command.help or ''))}\n"
    options = [p for p in command.params if isinstance(p, click.Option)]
    if options:
        yield table(("Option", "Meaning"), map(_option, options))
    if command.epilog:
        yield f"{command.epilog}\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner, name
            yield from _sections(inner, click.Context(inner, context, name), f"{level}#")


def _prose(text: str) -> str:
    """Paragraphs as they are; those that click must not wrap (`\\b`) as blocks of code."""
    mark = "\b\n"
    return "\n\n".join(
        f"```text\n{part.removeprefix(mark)}\n```" if part.startswith(mark) else part
        for part in text.split("\n\n")
    )


def _option(option: click.Option) -> str:
    names = ", ".join(option.opts)
    return row(code(names if option.is_flag else f"{names} {_value(option)}"), _meaning(option))


def _value(option: click.Option) -> str:
    if option.metavar:
        return option.metavar
    if isinstance(option.type, click.Choice):
        return "WORD"
    return "PATH" if isinstance(option.type, click.Path) else option.type.name.split()[0].upper()


def _meaning(option: click.Option) -> str:
    sentences = [option.help] if option.help else []
    if isinstance(option.type, click.Choice):
        sentences.append(f"{either(list(option.type.choices))}.")
    if isinstance(option.default, str | int) and not option.is_flag:
        sentences.append(f"{code(str(option.default))} when left out.")
    return " ".join(sentences)
