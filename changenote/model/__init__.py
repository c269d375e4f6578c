"""The note as data: no files, no clock, no processes."""
