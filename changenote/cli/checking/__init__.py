"""What looks whether notes are right."""
