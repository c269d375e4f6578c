"""A trend as small as a word."""

from collections.abc import Sequence

from markupsafe import Markup

from changenote.site.charts.drawing import down, drawable, drawn
from changenote.site.charts.scales import scale

_WIDTH, _HEIGHT, _EDGE = 80, 20, 4  # pixels


def spark(values: Sequence[float], better: str | None = None) -> Markup:
    """A line through the values, oldest first; a dot is the last one, a ring the best.

    Nothing when there is none. It is decoration: the text beside it has to say what matters.
    """
    known = [value for value in values if drawable(value)]
    if not known:
        return Markup()
    axis = scale(known)
    first = 1 if len(known) == 1 else 0  # a single value is the last one, to the right
    steps = max(len(known) - 1, 1)
    places = [
        (
            down(_EDGE + place * (_WIDTH - 2 * _EDGE) / steps),
            down(_EDGE + (1 - axis.share(value)) * (_HEIGHT - 2 * _EDGE)),
        )
        for place, value in enumerate(known, start=first)
    ]
    best = {"lower": min, "higher": max}.get(better or "")
    return drawn(
        "spark.svg.j2",
        width=_WIDTH,
        height=_HEIGHT,
        points=" ".join(",".join(place) for place in places),
        last=places[-1],
        best=places[known.index(best(known))] if best and len(known) > 2 else None,
    )
