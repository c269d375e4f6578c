"""Notes from and for other programs."""
