"""Smaller answers for slow links: gzip (RFC 1952), for what holds no secret.

Whoever can watch how long a compressed answer is, and can have words of their own put into it, can guess a secret that
stands in the same answer (BREACH). So three kinds of answers are compressed, and no others: our static files; answers of
views that say that they are the same for everybody; pages for a browser that sent no cookie and is given none. Such a
page has no token and nothing of a person's in it. A page for somebody who is signed in is never compressed; it is small.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import TypeVar

from flask import Flask, Response, current_app, request, session

from governance.web.access import is_public

TYPES = {"application/json", "image/svg+xml", "text/css", "text/html", "text/javascript", "text/plain"}
LEAST = 1000
"""Bytes below which it is not worth it: one packet either way."""
MOST = 2**22
"""Bytes above which nobody waits for it: such answers are for programs."""
View = TypeVar("View", bound=Callable[..., object])


def same_for_all(view: View) -> View:
    """Mark a public view whose answer depends on the address alone, and holds no secret."""
    vars(view)["same_for_all"] = True
    return view


def pack(response: Response) -> Response:
    """Compress an answer, if it may be and the browser takes it."""
    if response.status_code != HTTPStatus.OK or response.mimetype not in TYPES or response.content_encoding:
        return response
    static = request.endpoint == "static"
    if not static and not _holds_no_secret(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0 or not LEAST <= (response.content_length or 0) <= MOST:
        return response
    response.direct_passthrough = False
    data = response.get_data()
    response.set_data(_once(data) if static else gzip.compress(data, 6, mtime=0))
    response.content_encoding = "gzip"
    response.headers.pop("Accept-Ranges", None)  # of the file, not of what is sent
    mark, weak = response.get_etag()
    if mark is not None:
        response.set_etag(f"{mark}-gzip", weak=bool(weak))
        response.make_conditional(request)
    return response


def _holds_no_secret(response: Response) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or not is_public(view):
        return False
    if getattr(view, "same_for_all", False):
        return True
    response.vary.add("Cookie")
    given = "Set-Cookie" in response.headers or session.modified  # Flask sets its cookie only after this
    return not (request.cookies or given or "Authorization" in request.headers or response.is_streamed)


@lru_cache(maxsize=32)
def _once(data: bytes) -> bytes:
    """A static file, as small as it gets."""
    return gzip.compress(data, 9, mtime=0)


def register(app: Flask) -> None:
    """Bind it to an application; before the others, so that it comes after them."""
    app.after_request(pack)
