"""Somebody at a browser: Flask's client with CSRF on, signed in by mail as anybody would be."""

import io
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from governance.services import post as post_office
from governance.web.app import create_app
from tests.services.stage import KEY, Stage


def application(stage: Stage, **config: object) -> Flask:
    """The application over a stage's database, with the stage's clock."""
    url = stage.engine.url.render_as_string(hide_password=False)
    folder = str(stage.engine.url.database).removesuffix("test.sqlite")
    return create_app(
        {"SECRET": KEY, "DATABASE_URL": url, "RECORDS": folder, "CLOCK": lambda: stage.now, "DEVELOPMENT": True}
        | config
    )


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
        page = self.client.get("/sign-in", follow_redirects=True).text
        found = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', page)
        assert found, page
        return unescape(found[1])

    def mail(self) -> post_office.Mail:
        with self.stage.reading() as session:
            return post_office.outbox(session)[0]

    def sign_in(self, member: str) -> "Someone":
        self.post("/sign-in", {"email": f"{member}@example.org"})
        digits = self.mail().subject[:6]
        with self.stage.writing() as session:
            post_office.sent(session, self.mail().id)
        answer = self.post("/sign-in/code", {"digits": digits})
        assert answer.status_code == 302, answer.text
        return self


def words(response: TestResponse) -> str:
    """The page as a reader meets it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())
