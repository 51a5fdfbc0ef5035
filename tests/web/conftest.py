"""The application as a visitor meets it, with a folder of records of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from governance.web.app import create_app
from tests.services.stage import Stage, a_stage
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
