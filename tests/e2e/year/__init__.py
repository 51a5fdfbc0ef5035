"""A year of a body in a browser: who takes part, what they do, what the public pages and the files say of it."""
