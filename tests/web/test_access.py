"""Private unless said otherwise; this list is what was said."""

from flask import Flask
from flask.testing import FlaskClient

from governance.web.access import is_public

PUBLIC = {"results.download", "results.front", "static"}


def test_every_other_page_needs_a_sign_in(app: Flask) -> None:
    public = {name for name, view in app.view_functions.items() if is_public(view)}

    assert public == PUBLIC


def test_a_page_that_nobody_marked_is_refused(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/members", view_func=lambda: "the members' addresses", endpoint="members")

    response = client.get("/members")

    assert response.status_code == 403
    assert "addresses" not in response.text
