"""Notes on disk."""
