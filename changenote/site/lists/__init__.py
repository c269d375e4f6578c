"""Pages that list notes."""
