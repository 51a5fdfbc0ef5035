"""Whose elections these are: as the organisation was named, and as the configuration has it until then."""

from pathlib import Path

from flask.testing import FlaskClient

from governance.services import demonstration, members
from governance.web.app import create_app
from tests.services.stage import KEY, Stage
from tests.web.browser import Someone, words


def test_without_a_database_the_configuration_names_them(client: FlaskClient) -> None:
    assert "Global Mental Health Action Network" in client.get("/").text


def test_the_organisation_and_its_contact_stand_on_every_page(anybody: Someone, stage: Stage) -> None:
    page = words(anybody.get("/sign-in"))
    assert "An organisation" in page
    assert "Questions, or a problem? help@example.org" in page
    assert "made up" not in words(anybody.get("/"))

    with stage.writing() as session:
        members.set_up(session, demonstration.ORGANISATION, "vote.example.org", "help@example.org")

    assert demonstration.ORGANISATION in words(anybody.get("/sign-in"))


def test_a_page_that_says_what_is_wrong_is_shown_without_its_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none' / 'none.sqlite'}"
    app = create_app({"SECRET": KEY, "DATABASE_URL": url, "RECORDS": tmp_path})

    page = app.test_client().get("/static/nothing.css")

    assert (page.status_code, "There is no such page" in page.text) == (404, True)
