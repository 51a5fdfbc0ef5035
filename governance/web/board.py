"""The public board for programs: the booth, witnesses, verifiers. A refusal is JSON with one plain sentence.

Nothing here tells more than the record does; only handing in a ballot asks who somebody is.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

from governance.board import canonical
from governance.board.checks import CheckError
from governance.errors import GovernanceError, MalformedError
from governance.services import boards, elections, publication, voting
from governance.services.voting import Received
from governance.web.access import public, signed_in
from governance.web.errors import status_of
from governance.web.extensions import desk, now, reading
from governance.web.forms import uploads

bp = Blueprint("board", __name__, url_prefix="/elections/<election>")
PAGE = 500
"""Entries that are sent at a time."""
_MEMORY = 2**22
_PLACES = 10
"""Digits of a number of an entry."""

_SENTENCES = {
    HTTPStatus.UNAUTHORIZED: "Please sign in, and send it again.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "A ballot has at most 64 KiB, so this one was not taken.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "A ballot is sent as application/octet-stream.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
}


@bp.errorhandler(GovernanceError)
def refused(error: GovernanceError) -> tuple[Response, int]:
    detail = str(error)
    if isinstance(error, MalformedError | CheckError):
        detail = f"The ballot box cannot read this ballot, so it was not taken ({detail.rstrip('.')})."
    return _json({"error": detail}), status_of(error)


@bp.errorhandler(HTTPException)
def failed(error: HTTPException) -> tuple[Response, int]:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _json({"error": _SENTENCES.get(status, "That did not work. Please try again in a little while.")}), status


@bp.get("/manifest")
@public
def manifest(election: str) -> Response:
    with reading() as reader:
        return Response(boards.manifest(reader, election), mimetype="application/json")


@bp.get("/credentials/<credential>")
@public
def credential(election: str, credential: str) -> Response:
    """The contests of a credential, and its last ballot."""
    try:
        key = bytes.fromhex(credential)
    except ValueError:
        key = b""
    with reading() as reader:
        contests = voting.contests_of(reader, election, key)
        index, ballot = voting.last_ballot(reader, election, key) or (-1, b"")
    return _json({"contests": contests, "index": index, "ballot": b64encode(ballot).decode()})


@bp.get("/statements")
@public
def statements(election: str) -> Response:
    with reading() as reader:
        elections.get(reader, election)
        return _json(elections.statements(reader, election))


@bp.post("/ballots")
@uploads(voting.MAX_BALLOT)
def cast(election: str) -> Response:
    """Hand in a sealed ballot; the answer is its receipt. The same bytes again get the same receipt."""
    person = signed_in()
    if request.mimetype != "application/octet-stream":
        raise UnsupportedMediaType
    return _receipt(desk().cast(person.id, election, request.get_data(), now=now()))


@bp.get("/ballots/<index>/receipt")
@public
def receipt(election: str, index: str) -> Response:
    place = _number(index, "A ballot's place")
    with reading() as reader:
        return _receipt(voting.receipt(reader, election, place))


@bp.get("/checkpoint")
@public
def checkpoint(election: str) -> Response:
    with reading() as reader:
        return _lines(boards.head(reader, election))


@bp.get("/entries")
@public
def entries(election: str) -> Response:
    """The entries `from` to before `to`, each followed by a line feed; at most PAGE of them."""
    start, stop = _asked("from"), _asked("to")
    with reading() as reader:
        boards.head(reader, election)
        found = boards.entries(reader, election, start=start, limit=max(0, min(stop - start, PAGE)))
    return _lines(b"".join(raw + b"\n" for _, raw in found))


@bp.get("/consistency")
@public
def consistency(election: str) -> Response:
    """The proof that the newest tree extends the one of the first `from` entries, and the newest checkpoint."""
    with reading() as reader:
        path, signed = boards.consistency(reader, election, _asked("from"))
    return _json({"checkpoint": signed.decode(), "proof": _hex(path)})


@bp.get("/record")
@public
def record(election: str) -> Response:
    """The record file, as far as it has come."""
    file: IO[bytes] = SpooledTemporaryFile(_MEMORY)  # noqa: SIM115  the response closes it
    try:
        with reading() as reader:
            publication.write(reader, election, file)  # type: ignore[arg-type]
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = publication.name(election)
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=name)


def _receipt(received: Received) -> Response:
    proof = canonical.dump(
        {"checkpoint": received.checkpoint.decode(), "index": received.index, "proof": _hex(received.path)}
    )
    return Response(proof, mimetype="application/json")


def _hex(path: Sequence[bytes]) -> list[str]:
    return [step.hex() for step in path]


def _asked(name: str) -> int:
    return _number(request.args.get(name, ""), f"“{name}”")


def _number(given: str, name: str) -> int:
    if not given.isascii() or not given.isdecimal() or len(given) > _PLACES:
        msg = f"{name} is the number of an entry, from 0 on."
        raise GovernanceError(msg)
    return int(given)


def _json(value: object) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), mimetype="application/json")


def _lines(data: bytes) -> Response:
    return Response(data, mimetype="text/plain")
