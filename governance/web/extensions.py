"""What one application shares: the database, who is signed in, the clock, the desk for ballots."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

from flask import Flask, current_app
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import ServiceUnavailable

from governance.services import continuity
from governance.services.desk import Desk
from governance.store import database
from governance.store.vault import Vault

db = SQLAlchemy()
login = LoginManager()
_MINE = "governance"
_making = Lock()
Kept = TypeVar("Kept")


def clock() -> datetime:
    return datetime.now(UTC)


def now() -> datetime:
    """The time, in UTC; a test has a clock of its own."""
    told: datetime = current_app.config["CLOCK"]()
    return told


def has_database() -> bool:
    """Whether there is a key, and so a database; without one only records are shown."""
    return current_app.config["SECRET"] is not None


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that writes: one use case, one commit; any error rolls back."""
    with _sessions()() as session, database.writing(session):
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads."""
    with _sessions()() as session:
        yield session


def published() -> Path:
    """Where records of the database are kept as files, and marks of how far its boards have come."""
    return Path(current_app.config["RECORDS"]) / "published"


def desk() -> Desk:
    """Where ballots are handed in."""
    return _once("desk", lambda: Desk(transaction))


def _sessions() -> sessionmaker[Session]:
    if not has_database():
        raise ServiceUnavailable
    return _once("sessions", _make_sessions)


def _make_sessions() -> sessionmaker[Session]:
    made = database.sessions(database.prepare(db.engine), Vault(current_app.config["SECRET"]))
    made.kw["info"][continuity.INFO] = published()
    return made


def _once(name: str, make: Callable[[], Kept]) -> Kept:
    """What an application has one of, made when it is first wanted."""
    shared = current_app.extensions[_MINE]
    with _making:
        kept: Kept = shared.setdefault(name, None) or make()
        shared[name] = kept
    return kept


def register(app: Flask) -> None:
    """Bind them to an application. Without a SECRET it has no database, and nobody can sign in."""
    app.extensions[_MINE] = {}
    secret = app.config["SECRET"]
    if secret is not None:
        app.secret_key = hmac.digest(secret, b"flask session", "sha256")
        app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
        db.init_app(app)
    login.init_app(app)
    login.session_protection = (
        None  # a phone's address changes; the cookie is HttpOnly, and its session lives in our tables
    )
