"""What makes a note, changes it and saves it."""
