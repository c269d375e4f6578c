"""changenote: one note per shipped change, and a knowledge base of them."""

__version__ = "0.1.0"
