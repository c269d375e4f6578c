"""Notes for other programs: the shape of a note in an export, and the formats it is written in."""
