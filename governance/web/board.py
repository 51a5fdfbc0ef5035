"""The public board for programs: the booth, witnesses, verifiers. A refusal is JSON with one plain sentence.

Nothing here tells more than the record does; only handing in a ballot asks who somebody is.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, request, send_file, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException, UnsupportedMediaType
from werkzeug.wrappers import Response as AnyResponse

from governance.board import canonical, checkpoint
from governance.board.checks import CheckError
from governance.domain.phases import Phase
from governance.errors import GovernanceError, MalformedError, NotFoundError
from governance.services import boards, elections, proofs, publication, shelf, voting, witnesses
from governance.services.statements import texts
from governance.services.voting import Received
from governance.web.access import public, signed_in
from governance.web.compression import same_for_all
from governance.web.errors import explained, status_of
from governance.web.extensions import desk, now, reading, transaction
from governance.web.forms import for_everybody, uploads
from governance.web.results import folder

bp = Blueprint("board", __name__, url_prefix="/elections/<election>")
PAGE = 500
"""Entries that are sent at a time."""
_FORM = 2**10
"""Bytes of a form around a file."""
_PLACES = 10
"""Digits of a number of an entry."""

_SENTENCES = {
    HTTPStatus.UNAUTHORIZED: "Please sign in, and send it again.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "A ballot has at most 64 KiB, and a cosigned checkpoint 8, so this was not taken.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "A ballot is sent as application/octet-stream.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
}


@bp.errorhandler(GovernanceError)
def refused(error: GovernanceError) -> tuple[Response | str, int]:
    if request.mimetype == "multipart/form-data":  # from a page, so somebody reads it
        return explained(error)
    detail = str(error)
    if request.endpoint == f"{bp.name}.{cast.__name__}" and isinstance(error, MalformedError | CheckError):
        detail = f"The ballot box cannot read this ballot, so it was not taken ({detail.rstrip('.')})."
    return _json({"error": detail}), status_of(error)


@bp.errorhandler(HTTPException)
def failed(error: HTTPException) -> tuple[Response, int]:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _json({"error": _SENTENCES.get(status, "That did not work. Please try again in a little while.")}), status


@bp.get("/manifest")
@public
@same_for_all
def manifest(election: str) -> Response:
    with reading() as reader:
        return _marked(Response(boards.manifest(reader, election), mimetype="application/json"))


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
@same_for_all
def statements(election: str) -> Response:
    with reading() as reader:
        if elections.show(reader, election).phase is Phase.DRAFT:
            raise NotFoundError("There is no such election, or it has not been announced yet.")
        return _json(texts(reader, election))


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


@bp.get("/checkpoint", endpoint="checkpoint")
@public
def newest(election: str) -> Response:
    """The newest checkpoint; with ?for=witness the one that witnesses are to cosign together."""
    with reading() as reader:
        if request.args.get("for") == "witness":
            return _marked(_lines(witnesses.to_cosign(reader, election, now=now())))
        return _marked(_lines(witnesses.head(reader, election)))


@bp.post("/cosignatures")
@public
@for_everybody
@uploads(witnesses.MAX_COSIGNED + _FORM)
def cosign(election: str) -> AnyResponse:
    """Hand in a checkpoint that witnesses have cosigned: as it is, or as a file in a form.

    Whoever brings it: the witness's signature says all, so neither sign-in nor token is asked for.
    """
    file = request.files.get("file")
    data = file.read() if file is not None else request.get_data()
    with transaction() as writer:
        names = witnesses.take(writer, election, data, now=now())
    if file is None:
        return _json({"witnesses": names})
    if current_user.is_authenticated:
        flash(f"Thank you. Confirmed by: {', '.join(names)}.")
    return redirect(url_for("voting.board", election=election))


@bp.get("/entries")
@public
@same_for_all
def entries(election: str) -> Response:
    """The entries `from` to before `to`, each followed by a line feed; at most PAGE of them."""
    start, stop = _asked("from"), _asked("to")
    with reading() as reader:
        boards.head(reader, election)
        found = boards.entries(reader, election, start=start, limit=max(0, min(stop - start, PAGE)))
    return _marked(_lines(b"".join(raw + b"\n" for _, raw in found)))


@bp.get("/consistency")
@public
def consistency(election: str) -> Response:
    """The proof that a later tree extends the one of the first `from` entries, and the checkpoint of the later one."""
    old = _asked("from")
    with reading() as reader:
        mark = f"{old}-{_mark(proofs.later(reader, election, old))}"
        if request.if_none_match.contains(mark):
            return _marked(Response(status=HTTPStatus.NOT_MODIFIED), mark)
        path, signed = proofs.consistency(reader, election, old)
    return _marked(_json({"checkpoint": signed.decode(), "proof": _hex(path)}), mark)


@bp.get("/record")
@public
def record(election: str) -> Response:
    """The record file, as far as it has come; while people vote, as it was a few minutes ago at most."""
    with reading() as reader:
        file = shelf.current(reader, election, folder(), now=now())
    name = publication.name(election)
    return send_file(
        file.path.absolute(), mimetype="application/zip", as_attachment=True, download_name=name, etag=file.mark
    )


def _mark(signed: bytes) -> str:
    """What tells a checkpoint from any other: its root, and the lines below it."""
    return f"{checkpoint.parse(signed).root.hex()}-{sha256(signed).hexdigest()[:16]}"


def _marked(response: Response, mark: str = "") -> Response:
    """Who has it already is told so."""
    response.set_etag(mark or sha256(response.get_data()).hexdigest())
    response.make_conditional(request)
    return response


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
