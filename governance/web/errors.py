"""An error becomes a page in plain words: one table for our own errors, one for what the page says."""

from http import HTTPStatus
from typing import NamedTuple

from flask import Flask, Response, make_response, render_template
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from governance.board.checks import CheckError
from governance.domain.limits import TooOftenError
from governance.errors import GovernanceError, MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services.continuity import BehindError
from governance.store.vault import VaultError

STATUS: dict[type[GovernanceError], HTTPStatus] = {
    GovernanceError: HTTPStatus.BAD_REQUEST,
    NotFoundError: HTTPStatus.NOT_FOUND,
    NotPermittedError: HTTPStatus.FORBIDDEN,
    RuleError: HTTPStatus.CONFLICT,
    TooOftenError: HTTPStatus.TOO_MANY_REQUESTS,
    MalformedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CheckError: HTTPStatus.UNPROCESSABLE_ENTITY,
    VaultError: HTTPStatus.SERVICE_UNAVAILABLE,
    BehindError: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Words(NamedTuple):
    title: str
    help: str


WORDS: dict[int, Words] = {
    HTTPStatus.UNAUTHORIZED: Words("Please sign in", "This page is for members. Sign in, and try once more."),
    HTTPStatus.CONFLICT: Words("That cannot be done now", "Nothing was changed."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Words("That is too large", "Nothing was changed. Was it the right file?"),
    HTTPStatus.UNPROCESSABLE_ENTITY: Words("That could not be taken", "Nothing was changed."),
    HTTPStatus.TOO_MANY_REQUESTS: Words("That was too often", "Nothing was changed."),
    HTTPStatus.FORBIDDEN: Words("This page is not open to you", "You have done nothing wrong."),
    HTTPStatus.NOT_FOUND: Words("There is no such page", "The address may be old, or have a slip in it."),
    HTTPStatus.METHOD_NOT_ALLOWED: Words("That cannot be done here", "Please go back and try another way."),
    HTTPStatus.INTERNAL_SERVER_ERROR: Words(
        "Something went wrong on our side", "It was not your doing. Please try again in a little while."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Words(
        "This cannot be shown just now", "It was not your doing. Please try again in a little while."
    ),
}
OTHER = Words("That did not work", "Please go back and try once more.")


def status_of(error: GovernanceError) -> HTTPStatus:
    """The status of the nearest kind that the table names."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _page(status: int, detail: str | None = None) -> str:
    unknown = status == HTTPStatus.UNAUTHORIZED
    return render_template("error.html", words=WORDS.get(status, OTHER), detail=detail, sign_in=unknown)


def explained(error: GovernanceError) -> tuple[str, int]:
    """Our own error: its text is a plain sentence, and is shown."""
    status = status_of(error)
    return _page(status, str(error)), status


def plain(error: HTTPException) -> Response:
    """Flask's own error: its text is for programmers, and is not shown; its headers (Allow, Retry-After) stay."""
    response = make_response(error.get_response())
    response.set_data(_page(response.status_code))
    response.mimetype = "text/html"
    return response


def twice(_error: IntegrityError) -> tuple[str, int]:
    """Two people did the same at once, and the database kept one."""
    detail = "Someone was a moment faster. Look again, and try once more."
    return _page(HTTPStatus.CONFLICT, detail), HTTPStatus.CONFLICT


def register(app: Flask) -> None:
    app.register_error_handler(GovernanceError, explained)
    app.register_error_handler(HTTPException, plain)
    app.register_error_handler(IntegrityError, twice)
