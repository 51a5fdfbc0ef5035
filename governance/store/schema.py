"""Brings a database to the form that this version of the program needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from governance.store.database import alone

MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: Connection) -> Config:
    """Alembic's configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Run every migration that has not run yet, in the caller's transaction."""
    command.upgrade(config(connection), "head")


def prepare(engine: Engine) -> None:
    """Upgrade a database and commit."""
    with alone(engine) as connection:
        upgrade(connection)
