"""Deployment markers: a note as each system that watches production has it documented."""
