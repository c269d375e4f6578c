"""Pages about numbers over many notes: metrics and statistics."""
