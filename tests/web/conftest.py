"""The application as a visitor meets it, with a folder of records of the test's own."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from governance.web.app import create_app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def app(folder: Path) -> Flask:
    return create_app({"RECORDS": folder})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
