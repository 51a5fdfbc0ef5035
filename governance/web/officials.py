"""Where trustees and the registrar fetch files for their own tools, and hand in what the tools wrote."""

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from governance.domain.phases import Phase, Who
from governance.domain.signing_in import Role
from governance.errors import GovernanceError
from governance.services import boards, ceremony, contributions, elections, officers, roll, shelf
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import uploads
from governance.web.results import folder

bp = Blueprint("officials", __name__, url_prefix="/officials")
MOST = 2**28
"""Bytes of a contribution: a mix of a large contest with its proof."""


@bp.get("/")
def every() -> str:
    person = signed_in()
    with reading() as reader:
        officers.require(reader, person.id, Role.TRUSTEE, Role.REGISTRAR)
        mine = [one for one in elections.every(reader) if person.id in (*one.draft.trustees, one.draft.registrar)]
    return render_template("officials/every.html", mine=mine)


@bp.get("/<election>")
def show(election: str) -> str:
    return _page(election)


def _page(election: str, problem: str = "") -> str:
    person = signed_in()
    with reading() as reader:
        officers.require(reader, person.id, Role.TRUSTEE, Role.REGISTRAR)
        shown = elections.show(reader, election)
        draft = shown.draft
        people = officers.names(reader, [*draft.trustees, draft.registrar])
        came = ceremony.identities(reader, election)
        record = _record_name(election, boards.size(reader, election))
        contact = officers.organisation(reader).contact
    index = draft.trustees.index(person.id) + 1 if person.id in draft.trustees else 0
    steps = {"identity", "credentials"} if person.id == draft.registrar else {"identity"} if index else set[str]()
    due = [
        one
        for one in shown.due
        if one.step in steps - ({"identity"} if person.id in came else set())
        or (one.who is Who.TRUSTEE and index in one.trustees)
    ]
    return render_template(
        "officials/show.html",
        shown=shown,
        people=people,
        came=came,
        index=index,
        registrar=person.id == draft.registrar,
        mine=came.get(person.id, ""),
        due=due,
        problem=problem,
        record=record,
        contact=contact,
        Phase=Phase,
    )


def _record_name(election: str, size: int) -> str:
    """Each state of the board has a name of its own, so that a browser does not save a newer one as “… (1)”."""
    return f"{election}-{size}.record.zip"


def _file(name: str, election: str) -> bytes:
    """A file of the form; only an official's is read: it may be large."""
    person = signed_in()
    with reading() as reader:
        officers.require(reader, person.id, Role.TRUSTEE, Role.REGISTRAR)
        ceremony.require_official(elections.draft_of(elections.get(reader, election)), person.id)
    given = request.files.get(name)
    return given.read() if given else b""


@bp.post("/<election>/identity")
def identity(election: str) -> Response | tuple[str, int]:
    try:
        with transaction() as writer:
            ceremony.take_identity(writer, signed_in().id, election, _file("file", election), now=now())
    except GovernanceError as error:
        return _page(election, str(error)), status_of(error)
    flash("Your public keys are here.")
    return redirect(url_for("officials.show", election=election))


@bp.post("/<election>/contribution")
@uploads(MOST, Role.TRUSTEE, Role.REGISTRAR)
def contribute(election: str) -> Response | tuple[str, int]:
    data, rolls = _file("file", election), _file("rolls", election)
    try:
        with transaction() as writer:
            placed = contributions.take(writer, signed_in().id, election, data, now=now(), rolls=rolls or None)
    except GovernanceError as error:
        return _page(election, str(error)), status_of(error)
    places = ", ".join(map(str, placed))
    flash(f"Thank you. It stands on the board at place {places}." if placed else "Thank you. The lists are here.")
    return redirect(url_for("officials.show", election=election))


@bp.get("/<election>/record")
def record(election: str) -> Response:
    """The record as far as it has come, for officers and officials' tools; nothing in it is secret."""
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.TRUSTEE, Role.REGISTRAR, Role.OFFICER)
        file = shelf.current(reader, election, folder(), now=now())
    name = _record_name(election, file.size)
    answer = send_file(file.path.absolute(), mimetype="application/zip", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/<election>/roll")
def voters(election: str) -> Response:
    """The roll with addresses, for the registrar; it is noted in the log."""
    with transaction() as writer:
        data = roll.for_registrar(writer, signed_in().id, election, now=now())
    return _download(data, f"{election}.roll.csv", "text/csv")


@bp.get("/<election>/shares")
def shares(election: str) -> Response:
    with reading() as reader:
        data = ceremony.shares_for(reader, signed_in().id, election)
    return _download(data, f"{election}.shares.jsonl", "application/octet-stream")


def _download(data: bytes, name: str, mimetype: str) -> Response:
    """A file to keep; `name` begins with the id of an election that exists, so it is plain letters."""
    return Response(data, mimetype=mimetype, headers={"Content-Disposition": f"attachment; filename={name}"})
