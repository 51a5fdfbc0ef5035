"""The application as a visitor meets it, with a folder of records of the test's own."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End
from governance.web.app import create_app
from tests.services import seated
from tests.services.seated import enter
from tests.services.stage import START, Stage, a_stage
from tests.web.browser import Someone, application


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def app(folder: Path) -> Flask:
    return create_app({"RECORDS": folder})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """An organisation, nothing elected yet."""
    with a_stage(tmp_path) as made:
        made.set_up()
        yield made


@pytest.fixture
def site(stage: Stage) -> Flask:
    return application(stage)


@pytest.fixture
def anybody(site: Flask, stage: Stage) -> Someone:
    return Someone(site, stage)


@pytest.fixture
def as_(site: Flask, stage: Stage) -> Callable[[str], Someone]:
    """A browser in which a member is signed in."""
    return lambda member: Someone(site, stage).sign_in(member)


@pytest.fixture
def changed(stage: Stage) -> Stage:
    """The register of a test's own stage: Member 1 resigned as of 1 January 2026; Member 4 came on the 20th."""
    stage.now = START
    came = f.Seated("h4", "e1", "p4", date(2026, 1, 20), date(2026, 4, 1), seated.VOTE, remainder=True)
    enter(
        stage,
        f.Ended("h1", date(2026, 1, 1), End.RESIGNED),
        f.Named("p4", date(2026, 1, 20), "<b>Member</b> 4", "m4"),
        came,
        now=START,
    )
    return stage
