"""Forms: shape only, each with a token that another site cannot know; one check of it for whatever changes something."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request, session
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ServiceUnavailable
from wtforms import Form, fields
from wtforms.csrf.session import SessionCSRF
from wtforms.meta import DefaultMeta

from governance.domain.signing_in import Role
from governance.errors import NotPermittedError
from governance.web.access import SAFE
from governance.web.extensions import has_database

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
LIFE = timedelta(hours=12)
View = TypeVar("View", bound=Callable[..., object])


class CsrfForm(Form):
    """A form that carries the token in the field `csrf_token`."""

    class Meta(DefaultMeta):
        csrf = True
        csrf_class = SessionCSRF
        csrf_time_limit = LIFE

        @property
        def csrf_secret(self) -> bytes:  # type: ignore[override]
            secret = current_app.secret_key
            assert isinstance(secret, bytes)  # noqa: S101  `extensions.register` made it
            return secret

        @property
        def csrf_context(self) -> Any:  # type: ignore[override]
            return session


def choices(pairs: Iterable[tuple[str, str]]) -> Any:
    """What a field offers: (value, label). The types of WTForms do not know its own class yet."""
    return [fields.SelectChoice(value, label) for value, label in pairs]  # type: ignore[attr-defined]


def csrf_token() -> str:
    """The token, for a form without fields, or for the header of what a script sends."""
    token: str = CsrfForm()[FIELD].current_token  # type: ignore[attr-defined]
    return token


def whole(text: str | None) -> int:
    """A number from a hidden field; 0, which no version and no event has, for anything else."""
    given = text or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < len("1000000000") else 0


def uploads(most: int, *roles: Role) -> Callable[[View], View]:
    """Mark a view that takes more bytes than others do; from whom, if roles are given: nothing of others' is read."""

    def mark(view: View) -> View:
        vars(view).update(most=most, roles=roles)
        return view

    return mark


def for_everybody(view: View) -> View:
    """Mark a view that takes what carries its own signature: from whom it comes, and from which page, says nothing."""
    vars(view)["for_everybody"] = True
    return view


def check() -> None:
    """Refuse what changes something and was not sent from a page of ours.

    Raises:
        NotPermittedError: It came from another site, or its token is missing, old or another browser's.
    """
    if request.method in SAFE or request.endpoint is None:
        return
    if not has_database():
        raise ServiceUnavailable
    view = current_app.view_functions.get(request.endpoint)
    most = getattr(view, "most", None)
    if most is not None:
        _may_send(getattr(view, "roles", ()))
        request.max_content_length = most
        request.max_form_memory_size = most
    if getattr(view, "for_everybody", False):
        return
    origin = request.headers.get("Origin")
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    if elsewhere or (origin is not None and urlsplit(origin).netloc != request.host):
        raise NotPermittedError("This was not sent from a page of ours, so nothing was done.")
    token = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not CsrfForm(MultiDict({FIELD: token})).validate():
        raise NotPermittedError("This page was open for too long. Go back, load it again, and try once more.")


def _may_send(roles: tuple[Role, ...]) -> None:
    if roles and not (current_user.is_authenticated and current_user.has(*roles)):
        raise NotPermittedError("Only officials whose part it is can send this, so nothing was read.")


def register(app: Flask) -> None:
    app.before_request(check)
    app.jinja_env.globals["csrf_token"] = csrf_token  # in macros too
