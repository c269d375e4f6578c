"""Releases, and who is told of them."""
