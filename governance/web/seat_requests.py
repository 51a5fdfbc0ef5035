"""What waits for a second person in the register of seats: what would be entered, approving it, declining it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from governance.domain.signing_in import Role
from governance.errors import GovernanceError, NotPermittedError, RuleError
from governance.services import appointment_decisions, certification, elections, officers, seat_requests, seats
from governance.services.seat_requests import Act, Waiting
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, transaction
from governance.web.forms import CsrfForm
from governance.web.looking import looking

bp = Blueprint("seat_requests", __name__, url_prefix="/decisions/seats/<int(max=2147483647):number>")
ASKED = "Asked. It is done once somebody else of the officers or the secretariat has approved it."
WHAT = {
    Act.ENTER: "Enter this in the register of seats",
    Act.PAGE: "Enter a page of history in the register of seats",
    Act.CERTIFY: "Certify a result, and offer the seats",
    Act.FILL: "Fill a vacancy",
    Act.APPOINT: "Appoint somebody to a seat",
}


class NoForm(CsrfForm):
    why = TextAreaField("Why (for the log)", [Length(max=2000)], render_kw={"rows": 3})


@bp.get("")
def show(number: int) -> str:
    return _page(number, NoForm(formdata=None))


def _page(number: int, form: NoForm, problem: str = "") -> str:
    me = signed_in()
    with looking(f"looked at what is asked for about seats (number {number})") as reader:
        one = seat_requests.show(reader, me.id, number, now=now())
        act, fresh = one.request.act, not one.stale
        election = elections.show(reader, one.request.election) if act is Act.CERTIFY else None
        given = certification.show(reader, election.id, now=now()).given if election else ()
        decision = one.request.decision
        chosen = None
        if fresh and decision:
            chosen = appointment_decisions.check_decide(reader, one.request.appointment, decision, now=now())
        return render_template(
            "seating/request.html",
            one=one,
            what=WHAT[act],
            why_not=_why_not(one, me),
            me=me.id,
            form=form,
            problem=problem,
            Act=Act,
            election=election,
            given=given,
            decision=decision,
            chosen=chosen,
            book=seats.book(reader),
        )


def _why_not(one: Waiting, me: officers.Person) -> str:
    """Why this person is not offered to approve it; the services have the last word."""
    if one.stale:
        return (
            "Since this was asked for, something has changed, or too much time has passed. It has to be asked for anew."
        )
    if one.asked_by == me.id:
        return "You asked for this, so somebody else has to approve it."
    roles = seat_requests.APPROVING[one.request.act]
    if not me.roles.intersection(roles):
        return f"Only {' or '.join(officers.NAMES[role] for role in roles)} approve this."
    return ""


@bp.post("/approve")
def approve(number: int) -> Response | tuple[str, int]:
    try:
        with transaction() as writer:
            seat_requests.approve(writer, signed_in().id, number, now=now())
    except (RuleError, NotPermittedError) as error:
        return _again(number, NoForm(formdata=None), error)
    flash("Approved, and done.")
    return redirect(_back())


@bp.post("/decline")
def decline(number: int) -> Response | tuple[str, int]:
    form = NoForm(request.form)
    if not form.validate():
        return _page(number, form), 422
    try:
        with transaction() as writer:
            seat_requests.decline(writer, signed_in().id, number, form.why.data or "", now=now())
    except (RuleError, NotPermittedError) as error:
        return _again(number, form, error)
    flash("Done. Nothing was entered.")
    return redirect(_back())


def _again(number: int, form: NoForm, error: GovernanceError) -> tuple[str, int]:
    """The page with what was wrong.

    Raises:
        GovernanceError: What was answered already, or is not for them, has no page any more.
    """
    try:
        return _page(number, form, str(error)), status_of(error)
    except GovernanceError:
        raise error from None


def _back() -> str:
    """Where one goes on."""
    deciding = signed_in().roles.intersection((Role.OFFICER, Role.SECRETARIAT))
    return url_for("consents.every") if deciding else url_for("vacancies.every")
