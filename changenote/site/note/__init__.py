"""The page of one note."""
