"""Rules over notes; each yields problems, and this package alone knows why a rule is there."""
