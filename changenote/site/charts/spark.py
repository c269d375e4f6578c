"""A trend as small as a word."""

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup


def spark(values: Sequence[float], better: Literal["lower", "higher"] | None = None) -> Markup:
    """A line through the values, oldest first; a ring marks the best one.

    It is decoration: the text beside it has to say what matters.
    """
    return Markup()
