"""A by-election in a browser: who takes part, and what they do for it."""
