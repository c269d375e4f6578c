"""What only git can tell of the notes on disk, asked for all of them in one go and remembered.

Capture asks git while a note is written, and the store knows its file: here both come together, for
whatever looks at notes later. Nothing here is an error for somebody who has no git: then nothing is
told.
"""
