"""Elect and appoint an advisory group: nominations, sealed ranked ballots, a verifiable count, seats and terms."""
