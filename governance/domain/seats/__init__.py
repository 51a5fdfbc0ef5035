"""The register of seats: who holds what, from when to when, by which instrument (docs/seats.md)."""
