"""Notes of other tools → notes of ours: a module for each format, all of them pure."""
