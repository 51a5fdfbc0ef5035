"""The booklet of candidates: a page, the same as PDF, and the photos in it."""

from collections.abc import Callable
from hashlib import sha256
from threading import Lock

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from governance.errors import NotFoundError
from governance.report import booklet as words
from governance.report.booklet import Booklet
from governance.services import booklet as service
from governance.services import officers, photos
from governance.web.access import public
from governance.web.extensions import has_database, reading

bp = Blueprint("booklet", __name__, url_prefix="/elections/<election>")
YEAR = 365 * 24 * 3600
SOON = 3600
"""Seconds for which a browser may keep a photo that is for members alone; others, for ever: its address names its bytes."""
KEPT = 4
"""PDFs that are kept: one takes seconds."""

_made: dict[bytes, bytes] = {}
_lock = Lock()


def _reader() -> str:
    """The id of whoever is signed in, or empty."""
    member: str = current_user.person.id if current_user.is_authenticated else ""
    return member


@bp.get("/booklet")
@public
def page(election: str) -> Response:
    with reading() as reader:
        found, address = service.show(reader, _reader(), election), _address(reader, election)
    told = {"booklet": found, "address": address, "words": words, "Kind": words.Kind}
    response = make_response(render_template("booklet/page.html", **told))
    return response if found.public else _for_members(response)


@bp.get("/booklet.pdf")
@public
def pdf(election: str) -> Response:
    with reading() as reader:
        found, address = service.show(reader, _reader(), election), _address(reader, election)
        data = _once(found, address, lambda: service.pdf(reader, found, address))
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{election}.candidates.pdf"'
    if not found.public:
        return _for_members(response)
    response.add_etag()
    response.make_conditional(request)
    return response


def _address(reader: Session, election: str) -> str:
    """Of the page, on paper: at the host where boards are published, not at the one that the asker named."""
    return f"https://{officers.organisation(reader).host}{url_for('booklet.page', election=election)}"


def _once(found: Booklet, address: str, make: Callable[[], bytes]) -> bytes:
    """What was made of the same booklet before, or what is made now; one at a time, so that nobody makes the server busy."""
    key = sha256(repr((found, address)).encode()).digest()
    with _lock:
        if key not in _made:
            while len(_made) >= KEPT:
                del _made[next(iter(_made))]
            _made[key] = make()
        return _made[key]


@bp.get("/photos/<candidate>-<string(length=64):digest>.jpg")
@public
def photo(election: str, candidate: str, digest: str) -> Response:
    """A photo, at an address that names its bytes: another one has another address."""
    if not has_database():
        raise NotFoundError("There is no such photo.")
    with reading() as reader:
        data = photos.jpeg(reader, _reader(), election, candidate, digest)
        everybody = photos.is_public(reader, election, candidate)
    response = Response(data, mimetype="image/jpeg")
    response.set_etag(digest)
    if everybody:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = f"private, max-age={SOON}, immutable"
        response.vary.add("Cookie")
    response.make_conditional(request)
    return response


def _for_members(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
