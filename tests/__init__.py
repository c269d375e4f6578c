"""The promises changenote makes, one test each."""
