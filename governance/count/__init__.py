"""The laws of counting (docs/counting.md): pure, exact, one law a file."""
