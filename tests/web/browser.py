"""The application on a stage's database and clock, and somebody at a browser: Flask's client with CSRF on."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from governance.services import accounts
from governance.services import post as post_office
from governance.web.app import create_app
from tests.services.stage import ELECTION, KEY, Stage, a_stage

AT = f"/elections/{ELECTION}"


def application(stage: Stage, **config: object) -> Flask:
    """The application over a stage's database, with the stage's clock."""
    url = stage.engine.url.render_as_string(hide_password=False)
    folder = str(stage.engine.url.database).removesuffix("test.sqlite")
    return create_app(
        {"SECRET": KEY, "DATABASE_URL": url, "RECORDS": folder, "CLOCK": lambda: stage.now, "DEVELOPMENT": True}
        | config
    )


@contextmanager
def staged(folder: Path, like: Stage) -> Iterator[tuple[Stage, Flask]]:
    """A stage on which all is as on another one, and the application that shows it."""
    with a_stage(folder) as stage:
        stage.troupe, stage.now = like.troupe, like.now
        names = [str(one.engine.url.database) for one in (like, stage)]
        with closing(sqlite3.connect(names[0])) as old, closing(sqlite3.connect(names[1])) as new:
            old.backup(new)
        yield stage, application(stage)


def session_token(stage: Stage, member: str) -> str:
    """The secret of a new session of this member; no mail is sent."""
    with stage.writing() as session:
        asked = accounts.invite(session, member, now=stage.now)
        return accounts.redeem_link(session, asked.link, asked.ticket, now=stage.now)


@dataclass(slots=True)
class Someone:
    """One person's browser."""

    app: Flask
    stage: Stage
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, buffered=True)

    def post(self, address: str, data: dict[str, Any] | None = None, **given: Any) -> TestResponse:
        """Send a form with this browser's token; bytes are a file."""
        told = {
            name: (io.BytesIO(value), "file") if isinstance(value, bytes) else value
            for name, value in (data or {}).items()
        }
        return self.client.post(address, data={"csrf_token": self.token(), **told}, buffered=True, **given)

    def token(self) -> str:
        return csrf(self.client)

    def mail(self) -> post_office.Mail:
        with self.stage.reading() as session:
            return post_office.outbox(session)[0]

    def sign_in(self, member: str) -> "Someone":
        """Sign in by mail, as anybody would."""
        email = f"{member}@example.org"
        self.post("/sign-in", {"email": email})
        with self.stage.writing() as session:  # the clock may have written to them too
            mine = [one for one in post_office.outbox(session) if one.recipient == email]
            digits, letter = next((one.subject[:6], one.id) for one in mine if one.subject[:6].isdigit())
            post_office.sent(session, letter)
        answer = self.post("/sign-in/code", {"digits": digits})
        assert answer.status_code == 302, answer.text
        return self

    def let_in(self, member: str) -> "Someone":
        """Sign in without the mail, where signing in is not what is tested."""
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = session_token(self.stage, member)
            cookie["_fresh"] = True
        return self


def csrf(client: FlaskClient) -> str:
    """The token that a page gives this browser."""
    page = client.get("/sign-in", follow_redirects=True).text
    found = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', page)
    assert found, page
    return unescape(found[1])


def words(response: TestResponse) -> str:
    """The page as a reader meets it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())
