"""Figures, never a verdict: `make bench`."""
