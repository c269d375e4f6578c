"""Notes on branches and pull requests."""
