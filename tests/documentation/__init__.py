"""The documentation as something that can be run and made anew: examples and reference."""
