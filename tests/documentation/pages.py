"""The Markdown pages of the documentation."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def names() -> list[str]:
    """README and every page of the site, as paths from the root."""
    found = [path.relative_to(ROOT).as_posix() for path in (ROOT / "site").rglob("*.md")]
    return ["README.md", *sorted(found)]


def text(name: str) -> str:
    """A page as it is committed."""
    return (ROOT / name).read_text(encoding="utf-8")
