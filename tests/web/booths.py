"""An organisation on stage, served: the application on the stage's own database and clock, and members signed in."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from governance.services import accounts
from governance.web.app import create_app
from tests.services.stage import ELECTION, KEY, Stage, a_stage

AT = f"/elections/{ELECTION}"


@contextmanager
def staged(folder: Path, like: Stage) -> Iterator[tuple[Stage, Flask]]:
    """A stage on which all is as on another one, and the application that shows it."""
    with a_stage(folder) as stage:
        stage.troupe, stage.now = like.troupe, like.now
        names = [str(one.engine.url.database) for one in (like, stage)]
        with closing(sqlite3.connect(names[0])) as old, closing(sqlite3.connect(names[1])) as new:
            old.backup(new)
        yield stage, application(stage, folder)


def application(stage: Stage, folder: Path, **config: object) -> Flask:
    return create_app(
        {
            "RECORDS": folder,
            "SECRET": KEY,
            "DATABASE_URL": f"sqlite:///{folder / 'test.sqlite'}",
            "CLOCK": lambda: stage.now,
            **config,
        }
    )


def token(stage: Stage, member: str) -> str:
    """The secret of a new session of this member."""
    with stage.writing() as session:
        asked = accounts.invite(session, member, now=stage.now)
        return accounts.redeem_link(session, asked.link, asked.ticket, now=stage.now)


def signed_in(app: Flask, stage: Stage, member: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token(stage, member)
        cookie["_fresh"] = True
    return client


def csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(AT).text)
    assert found
    return found[1]
