"""Commands that were recorded, and the way back."""
