"""All promises, in the order of the table."""

from tests.trust import secrets

PROMISES = (*secrets.PROMISES,)
