"""Which notes ship with a version, what the version is called, and what a changelog says of it."""
