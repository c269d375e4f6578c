"""`changenote completion`."""

import click

from changenote.cli import console

_WHERE = {
    "bash": "~/.local/share/bash-completion/completions/changenote",
    "zsh": "a file _changenote in a folder of your $fpath",
    "fish": "~/.config/fish/completions/changenote.fish",
}


@click.command(epilog="Save it to: " + "; ".join(f"{s}: {w}" for s, w in _WHERE.items()) + ".")
@click.argument("shell", type=click.Choice(list(_WHERE)))
def command(shell: str) -> None:
    """Print the completion script of a shell: commands, options and note ids.

    Try it at once with `source <(changenote completion bash)`.
    """
    from click.shell_completion import get_completion_class

    from changenote.cli import changenote

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has a class for each of the choices
    console.raw(kind(changenote, {}, "changenote", "_CHANGENOTE_COMPLETE").source())
