"""Pull requests as links."""
