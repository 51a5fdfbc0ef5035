"""The tables and what is kept in them: SQLAlchemy, no Flask; SQLite and PostgreSQL."""
