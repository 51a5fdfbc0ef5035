"""An error is a page in plain words, and never says what only a programmer should read."""

from http import HTTPStatus

import pytest
from flask import Flask, abort, redirect
from flask.testing import FlaskClient

from governance import errors
from governance.board.checks import CheckError
from governance.domain import limits
from governance.services.continuity import BehindError
from governance.store.vault import VaultError
from governance.web.access import public
from governance.web.errors import STATUS, status_of

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.GovernanceError)]


def test_an_unknown_address_leads_back(client: FlaskClient) -> None:
    response = client.get("/nowhere")

    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "There is no such page" in response.text
    assert 'href="/"' in response.text


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    response = client.post("/")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "That cannot be done here" in response.text


def test_an_unexpected_error_says_nothing_of_itself(app: Flask) -> None:
    @public
    def broken() -> str:
        raise ZeroDivisionError("a secret")

    app.add_url_rule("/broken", view_func=broken)

    response = app.test_client().get("/broken")

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "secret" not in response.text
    assert "ZeroDivision" not in response.text


def test_an_error_without_words_of_its_own_has_some(app: Flask) -> None:
    app.add_url_rule("/teapot", view_func=public(lambda: abort(418)), endpoint="teapot")

    response = app.test_client().get("/teapot")

    assert response.status_code == 418
    assert "That did not work" in response.text


def test_a_redirect_stays_one(app: Flask) -> None:
    app.add_url_rule("/old", view_func=public(lambda: abort(redirect("/"))), endpoint="old")

    response = app.test_client().get("/old")

    assert response.status_code == 302
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("kind", KINDS)
def test_each_expected_error_is_explained(app: Flask, kind: type[errors.GovernanceError]) -> None:
    @public
    def refuse() -> str:
        raise kind("Nominations closed on Monday.")

    app.add_url_rule("/refuse", view_func=refuse)

    response = app.test_client().get("/refuse")

    assert response.status_code == status_of(kind())
    assert "Nominations closed on Monday." in response.text


def test_the_table_of_statuses() -> None:
    assert {kind: int(status) for kind, status in STATUS.items()} == {
        errors.GovernanceError: 400,
        errors.NotFoundError: 404,
        errors.NotPermittedError: 403,
        errors.RuleError: 409,
        limits.TooOftenError: 429,
        errors.MalformedError: 422,
        CheckError: 422,
        VaultError: 503,
        BehindError: 503,
    }
    assert status_of(errors.ProofError()) == HTTPStatus.UNPROCESSABLE_ENTITY
