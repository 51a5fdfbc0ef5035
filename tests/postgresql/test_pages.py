"""Pages and commands over PostgreSQL: ballots over HTTP, and what a database refuses is nobody's fault of ours."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.routing import Rule

from governance.cli.main import main
from governance.services import post
from governance.web.keyfile import NAME
from tests.databases import Server, address
from tests.services.stage import Stage
from tests.web.browser import Someone
from tests.web.conftest import anybody, as_, site, stage
from tests.web.test_members import test_a_list_is_looked_at_and_then_imported
from tests.web.test_voting import (
    opened,
    test_a_ballot_gets_a_receipt_that_holds_and_the_same_one_again,
    test_a_second_tab_s_ballot_does_not_slip_in_behind_a_newer_one,
    test_the_record_is_downloaded_and_verifies,
    test_witnesses_and_verifiers_get_what_stands,
    world,
)

PART = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<choices>[^)]*)\))?:)?\w+>")
"""What Flask fills in of an address."""


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("a\0b", id="a character that nobody sees"),
        pytest.param("x" * 300, id="a long name"),
        pytest.param(str(10**30), id="a large number"),
    ],
)
def test_no_address_is_too_odd(site: Flask, stage: Stage, odd: str) -> None:
    """Every page that has something to look up in its address."""
    officer = Someone(site, stage).let_in("officer")
    rules = [one for one in site.url_map.iter_rules() if one.arguments and "GET" in (one.methods or ())]
    answers = {one.endpoint: officer.get(_address(one, odd)).status_code for one in rules}

    assert len(answers) > 50
    assert {name: status for name, status in answers.items() if status >= HTTPStatus.INTERNAL_SERVER_ERROR} == {}


def _address(rule: Rule, odd: str) -> str:
    def filled(part: re.Match[str]) -> str:
        kind, choices = part["kind"], part["choices"]
        if kind == "int":
            return odd if odd.isdigit() else "1"
        return choices.split(",")[0] if choices else quote(odd)

    return PART.sub(filled, rule.rule)


def test_what_nobody_sees_is_refused_in_a_sentence(anybody: Someone, stage: Stage) -> None:
    answer = anybody.post("/sign-in", {"email": "m1\0@example.org", "next": "/\0"})

    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    with stage.reading() as session:
        assert post.waiting(session) == 0


# ---- the officer's commands ------------------------------------------------------------------------------------------


@pytest.fixture
def installed(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a new installation whose database is an empty one of the server's."""
    url = server.create()
    monkeypatch.setattr(Flask, "auto_find_instance_path", lambda _: str(tmp_path / "new"))
    monkeypatch.setenv("GOVERNANCE_DATABASE_URL", address(url))
    yield tmp_path / "new"
    server.drop(str(url.database))


def run(*words: str) -> str:
    return CliRunner().invoke(main, list(words)).output


def test_an_installation_begins_and_its_key_is_not_made_twice(installed: Path) -> None:
    assert "The database is up to date." in run("db", "upgrade")
    named = ("organisation", "--name", "An organisation", "--host", "vote.example.org", "--contact", "help@example.org")
    assert run(*named) == "This installation is An organisation's.\n"
    assert run("advance") == ""

    (installed / NAME).unlink()

    assert "is missing: put it back" in run("db", "upgrade")
    assert not (installed / NAME).exists()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "The database does not answer: connection failed"),
        ("postgresql+asyncpg://nobody@127.0.0.1:1/none", "The database in DATABASE_URL needs asyncpg, which is not"),
    ],
)
def test_a_server_that_cannot_be_asked_is_said_in_a_line(
    installed: Path, monkeypatch: pytest.MonkeyPatch, url: str, why: str
) -> None:
    monkeypatch.setenv("GOVERNANCE_DATABASE_URL", url)

    assert run("db", "upgrade").startswith(f"Error: {why}")
    assert not (installed / NAME).exists()
