"""Numbers before and after: measured, read from results, and told."""
