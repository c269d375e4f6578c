"""`changenote schema`."""

from pathlib import Path

import click

from changenote.cli import console


@click.command()
def command() -> None:
    """Print the JSON Schema of a note, for editors that complete and validate.

    It knows the kinds and services of this project's config. `changenote init` writes it to the
    notes folder; a first line `# yaml-language-server: $schema=../note.schema.json` in a note
    makes an editor use it.
    """
    from changenote.model.schema import json_schema
    from changenote.store.project import find_project

    config = find_project(Path.cwd()).config
    console.data(
        json_schema(config.kind_names, config.services, groups=config.groups, fields=config.fields)
    )
