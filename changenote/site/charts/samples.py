"""A note's metric: every single run, before and after, on one axis."""

from markupsafe import Markup

from changenote.site.note.measured import Measured


def samples_plot(measured: Measured) -> Markup:
    """The runs of a metric as dots; nothing when there is no number."""
    return Markup()
