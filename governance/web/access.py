"""Private unless said otherwise: a page that is not marked `@public` is refused."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, request

from governance.errors import NotPermittedError

View = TypeVar("View", bound=Callable[..., object])


def public(view: View) -> View:
    """Mark a view that anybody may see."""
    vars(view)["public"] = True
    return view


def is_public(view: Callable[..., object]) -> bool:
    return bool(getattr(view, "public", False))


def private_by_default() -> None:
    """Refuse a page that is not marked public; until members can sign in, to everybody.

    Raises:
        NotPermittedError: The page is not public.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and not is_public(view):
        raise NotPermittedError("This page is not open to everybody, and there is no sign-in yet.")
