"""All promises, in the order of the table."""

from tests.trust import execution, forges, round_trip, secrets, terminal, visible_text, yaml_texts

PROMISES = (
    *secrets.PROMISES,
    *yaml_texts.PROMISES,
    *terminal.PROMISES,
    *round_trip.PROMISES,
    *execution.PROMISES,
    *visible_text.PROMISES,
    *forges.PROMISES,
)
