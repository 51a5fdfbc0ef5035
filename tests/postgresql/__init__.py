"""The tests that matter most to a database, once more on a real PostgreSQL server, and what is special about one.

The rest of tests/services runs there by hand (tests/databases.py says how).
"""
