"""A PostgreSQL server, for as long as tests of this folder run; without the program they are skipped by name."""

from collections.abc import Iterator

import pytest

from tests import databases
from tests.conftest import program
from tests.databases import Server
from tests.services.conftest import calling, certified, counted, stage

__all__ = ["calling", "certified", "counted", "stage"]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    program("pg_virtualenv")
    with databases.a_server() as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def _there(server: Server) -> Iterator[None]:
    with databases.on(server):
        yield
