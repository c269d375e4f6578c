"""What other programs read of a book: feeds, an index, short addresses."""
