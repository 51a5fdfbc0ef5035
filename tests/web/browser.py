"""The application on a stage's database and clock, and somebody at a browser: Flask's client with CSRF on."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from governance.domain.second_step import is_needed
from governance.services import officers, second_step
from governance.services import post as post_office
from governance.web.app import create_app
from governance.web.extensions import db
from governance.web.second_step import CODE
from tests.services import devices
from tests.services.stage import ELECTION, KEY, Stage, a_stage

AT = f"/elections/{ELECTION}"


def application(stage: Stage, **config: object) -> Flask:
    """The application over a stage's database, with the stage's clock."""
    told = {"SECRET": KEY, "DATABASE_URL": stage.url, "RECORDS": stage.folder, "DEVELOPMENT": True}
    app = create_app({**told, "CLOCK": lambda: stage.now, **config})
    stage.closing.callback(_close, app)
    return app


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@contextmanager
def staged(folder: Path, like: Stage) -> Iterator[tuple[Stage, Flask]]:
    """A stage on which all is as on another one, and the application that shows it."""
    with a_stage(folder, like) as stage:
        stage.troupe, stage.now = like.troupe, like.now
        yield stage, application(stage)


def session_token(stage: Stage, member: str) -> str:
    """The secret of a new session of this member, in which they are signed in; no mail is sent."""
    with stage.writing() as session:
        return devices.in_full(session, stage.authenticators, member, stage.now)


@dataclass(slots=True)
class Someone:
    """One person's browser."""

    app: Flask
    stage: Stage
    client: FlaskClient = field(init=False)
    member: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, buffered=True)

    def post(self, address: str, data: dict[str, Any] | None = None, **given: Any) -> TestResponse:
        """Send a form with this browser's token, and with a code if it is asked for once more; bytes are a file."""
        answer = self.plainly(address, data, **given)
        if answer.status_code == 403 and f'name="{CODE}"' in answer.text:
            answer = self.plainly(address, (data or {}) | {CODE: self.code()}, **given)
        return answer

    def plainly(self, address: str, data: dict[str, Any] | None = None, **given: Any) -> TestResponse:
        """Send a form with this browser's token, and no more."""
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
        """Sign in by mail, as anybody would; a device that has to be set up was."""
        self.member = member
        with self.stage.reading() as session:
            needed = is_needed(officers.person(session, member).roles) and not second_step.is_on(session, member)
        if needed:
            session_token(self.stage, member)
        email = f"{member}@example.org"
        self.post("/sign-in", {"email": email})
        with self.stage.writing() as session:  # the clock may have written to them too
            mine = [one for one in post_office.outbox(session) if one.recipient == email]
            digits, letter = next((one.subject[:6], one.id) for one in mine if one.subject[:6].isdigit())
            post_office.sent(session, letter)
        answer = self.post("/sign-in/code", {"digits": digits})
        assert answer.status_code == 302, answer.text
        if answer.headers["Location"].startswith("/sign-in/second-step"):
            answer = self.post("/sign-in/second-step", {"digits": self.code(), "next": onward(answer)})
            assert answer.status_code == 302, answer.text
        return self

    def code(self) -> str:
        """What this person's device shows; half a minute has passed since the last time."""
        with self.stage.writing() as session:
            devices.rested(session, self.member)
        return devices.shows(self.stage.authenticators[self.member], self.stage.now)

    def let_in(self, member: str) -> "Someone":
        """Sign in without the mail, where signing in is not what is tested."""
        self.member = member
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = session_token(self.stage, member)
            cookie["_fresh"] = True
        return self


def onward(answer: TestResponse) -> str:
    """The page that one wanted, which a redirect leads to in the end."""
    return "".join(parse_qs(urlsplit(answer.headers["Location"]).query).get("next", []))


def csrf(client: FlaskClient) -> str:
    """The token that a page gives this browser."""
    page = client.get("/sign-in", follow_redirects=True).text
    found = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', page)
    assert found, page
    return unescape(found[1])


def words(response: TestResponse) -> str:
    """The page as a reader meets it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())
