"""Where the bundled templates lie, in a wheel and in a checkout."""

from pathlib import Path


def templates_folder() -> Path:
    """The folder of bundled templates: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    bundled = package / "templates"
    return bundled if bundled.is_dir() else package.parent / "templates"


def is_bundled(file: str | None) -> bool:
    """Is it one of the bundled templates?"""
    return file is not None and Path(file).is_relative_to(templates_folder())
