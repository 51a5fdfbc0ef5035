"""The sealed-ballot protocol (docs/protocol.md): pure, nonces come in, one proof a file."""
