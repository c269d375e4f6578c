"""Notes → pages, for any generator; MkDocs is known to `plugin` alone."""
