"""All promises, in the order of the table."""

from tests.trust import (
    any_input,
    broken_notes,
    content_policy,
    execution,
    files,
    forges,
    leaks,
    network,
    places,
    published,
    round_trip,
    same_bytes,
    secrets,
    terminal,
    visible_text,
    yaml_texts,
)

PROMISES = (
    *secrets.PROMISES,
    *published.PROMISES,
    *yaml_texts.PROMISES,
    *any_input.PROMISES,
    *terminal.PROMISES,
    *round_trip.PROMISES,
    *execution.PROMISES,
    *visible_text.PROMISES,
    *broken_notes.PROMISES,
    *places.PROMISES,
    *content_policy.PROMISES,
    *forges.PROMISES,
    *files.PROMISES,
    *leaks.PROMISES,
    *network.PROMISES,
    *same_bytes.PROMISES,
)
