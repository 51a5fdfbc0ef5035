"""The roll of an election: its numbers for everybody, each voter's own line with its proof, objections to it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.board import own_line
from governance.board.own_line import OwnLine
from governance.domain.phases import Phase
from governance.errors import NotFoundError, RuleError
from governance.services import elections, objections, officers, retention, roll
from governance.web.access import public, signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices

bp = Blueprint("roll", __name__, url_prefix="/elections/<election>/roll")
OWN, OTHER = "own", "other"


class ObjectForm(CsrfForm):
    about = RadioField(
        "What is it about?",
        default=OWN,
        choices=choices([(OWN, "My own line, or that I have none"), (OTHER, "The line of somebody else")]),
    )
    whom = StringField("Whose line, if it is somebody else's", [Length(max=objections.MAX_NAME)])
    reason = TextAreaField(
        "What is wrong, and why",
        [InputRequired("Please say why."), Length(max=objections.MAX_TEXT)],
        render_kw={"rows": 5},
    )


@bp.get("")
@public
def page(election: str) -> str:
    return _page(election, ObjectForm(formdata=None))


def _page(election: str, form: ObjectForm, problem: str = "") -> str:
    who = current_user.person.id if current_user.is_authenticated else None
    with reading() as reader:
        shown = elections.show(reader, election)
        if shown.phase is Phase.DRAFT:
            raise NotFoundError("There is no such election, or it has not been announced yet.")
        manifest = shown.progress.manifest
        return render_template(
            "roll/page.html",
            shown=shown,
            titles={contest.id: contest.title for contest in shown.draft.contests},
            styles=[(roll.split(one.contests), one.voters) for one in roll.styles_of(reader, election)],
            roots=[one.roll.root.hex() for one in manifest.credentials] if manifest else [],
            numbers=objections.numbers(reader, election),
            in_time=objections.may_lodge(reader, election),
            line=_line(reader, election, who) if who else None,
            until=retention.roll_until(reader, election),
            erased=roll.ERASED if retention.is_erased(reader, election) else "",
            mine=objections.mine(reader, who, election) if who else [],
            contact=officers.organisation(reader).contact,
            form=form,
            problem=problem,
            Standing=objections.Standing,
        )


def _line(reader: Session, election: str, who: str) -> OwnLine | None:
    try:
        return roll.my_line(reader, election, who)
    except NotFoundError:
        return None


@bp.get("/line")
def line(election: str) -> Response:
    """One's own line as a file for `governance roll check`; nobody else's."""
    with reading() as reader:
        data = own_line.dump(roll.my_line(reader, election, signed_in().id))
    headers = {"Content-Disposition": f"attachment; filename={election}.my-line.json"}
    return Response(data, mimetype="application/json", headers=headers)


@bp.post("/objections")
def lodge(election: str) -> Response | tuple[str, int]:
    form = ObjectForm(request.form)
    if not form.validate():
        return _page(election, form), 422
    own, whom = form.about.data == OWN, form.whom.data or ""
    try:
        with transaction() as writer:
            number = objections.lodge(
                writer, signed_in().id, election, form.reason.data or "", own=own, whom=whom, now=now()
            )
    except RuleError as error:
        return _page(election, form, str(error)), status_of(error)
    flash(f"Your objection is here. It has the number {number}. We mail you once it is decided.")
    return redirect(url_for("roll.page", election=election))


@bp.post("/objections/<int(max=2147483647):number>/withdraw")
def withdraw(election: str, number: int) -> Response:
    with transaction() as writer:
        objections.withdraw(writer, signed_in().id, election, number, now=now())
    flash("You have taken your objection back.")
    return redirect(url_for("roll.page", election=election))
