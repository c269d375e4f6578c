"""All targets, in the order of the table."""

from tests.fuzz import (
    agents,
    changes_of_text,
    commands,
    events,
    imports,
    notes,
    pages,
    queries,
    results,
    settings_of_teams,
    subjects,
)

TARGETS = (
    *notes.TARGETS,
    *changes_of_text.TARGETS,
    *queries.TARGETS,
    *subjects.TARGETS,
    *results.TARGETS,
    *imports.TARGETS,
    *settings_of_teams.TARGETS,
    *events.TARGETS,
    *commands.TARGETS,
    *pages.TARGETS,
    *agents.TARGETS,
)
BY_NAME = {target.name: target for target in TARGETS}
