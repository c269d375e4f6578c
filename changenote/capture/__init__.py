"""Facts from outside → parts of a note."""
