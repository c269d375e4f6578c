"""A metric over all notes: what each found and left behind, and the levels it kept."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from changenote.model.history import Change, History


def history_plot(
    history: History, changed: Sequence[Change], address: Callable[[str], str | None]
) -> Markup:
    """The points of a history in time; `address` has the link to a note, by its id.

    A page that shows it has a table with every value as well.
    """
    return Markup()
