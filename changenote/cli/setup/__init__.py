"""What sets a repository up."""
