"""For how long what was found in a note holds: some rules ask what time it is."""

from datetime import datetime

from changenote.checks.rollback import stale_from
from changenote.checks.times import past_from
from changenote.model.note import Note

FOR_EVER = 1e12
"""Seconds since 1970, later than any time that can be written."""


def period_of(note: Note, now: datetime) -> tuple[float, float]:
    """From when and until when the rules find in a note what they find now, in s since 1970.

    That is no time at all while a time of the note is still to come: the report says what time it
    is now.
    """
    at = now.timestamp()
    past = [moment.timestamp() for moment in past_from(note)]
    stale = [moment.timestamp() for moment in stale_from(note)]
    if any(moment > at for moment in past):
        return at, at
    since = max((moment for moment in (*past, *stale) if moment <= at), default=0.0)
    return since, min((moment for moment in stale if moment > at), default=FOR_EVER)
