"""A count made plain: the words, the table, the drawings; as HTML and PDF (docs/counting.md 8.6)."""
