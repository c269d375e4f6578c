"""All promises, in the order of the table."""

from tests.trust import secrets, yaml_texts

PROMISES = (*secrets.PROMISES, *yaml_texts.PROMISES)
