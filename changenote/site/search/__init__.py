"""Search over the whole site: what is found, and the index that finds it."""
