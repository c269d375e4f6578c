"""Finished pages without rendering a theme for each: its page is rendered once per shape."""
