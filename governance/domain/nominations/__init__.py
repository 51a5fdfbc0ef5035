"""Nominations, from a name to the ballot (docs/nominations.md)."""
