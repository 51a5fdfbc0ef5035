"""What waits for a second person: officers and the secretariat approve or decline what somebody else asked for."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from governance.domain.calendar import NAMES
from governance.domain.signing_in import Role
from governance.services import calendars, cautions, consents, corrections, elections, officers, roll, seat_requests
from governance.services.consents import Act
from governance.web.access import signed_in
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm
from governance.web.looking import looking
from governance.web.seat_requests import WHAT

bp = Blueprint("consents", __name__, url_prefix="/decisions")


class DeclineForm(CsrfForm):
    why = TextAreaField("Why (for the log)", [Length(max=2000)], render_kw={"rows": 3})


@bp.get("/")
def every() -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER, Role.SECRETARIAT)
        waiting = consents.waiting(reader, now=now())
        seats = seat_requests.waiting(reader, signed_in().id, now=now())
    return render_template("consents/every.html", waiting=waiting, seats=seats, what=WHAT, me=signed_in().id)


@bp.get("/<int(max=2147483647):number>")
def show(number: int) -> str:
    return _page(number, DeclineForm(formdata=None))


def _page(number: int, form: DeclineForm) -> str:
    me = signed_in().id
    with looking(f"looked at what is asked for (number {number})") as reader:
        one = consents.show(reader, me, number, now=now())
        shown = elections.show(reader, one.wish.election) if one.wish.election else None
        named = filter(None, (*shown.draft.trustees, shown.draft.registrar)) if shown else ()
        people = {one: officers.called(reader, one) for one in named}  # an address says more than a name
        fresh = one.wish.act is Act.FREEZE and not one.stale
        frozen = roll.preview(reader, me, one.wish.election) if fresh else None
        warnings = cautions.warnings(reader, one.wish.election, frozen) if frozen else ()
        mends = one.wish.act is Act.CORRECT and not one.stale
        told = corrections.preview(reader, one.wish.election, one.wish.member) if mends else None
        titles = {contest.id: contest.title for contest in shown.draft.contests} if shown else {}
        after = one.wish.calendar
        changes = calendars.wished(reader, one.wish.election, after) if after else ()
    return render_template(
        "consents/show.html",
        told=told,
        titles=titles,
        one=one,
        shown=shown,
        people=people,
        frozen=frozen,
        warnings=warnings,
        me=me,
        form=form,
        Act=Act,
        changes=changes,
        names=NAMES,
    )


@bp.post("/<int(max=2147483647):number>/approve")
def approve(number: int) -> Response:
    with transaction() as writer:
        consents.approve(writer, signed_in().id, number, now=now())
    flash("Approved, and done.")
    return redirect(url_for("consents.every"))


@bp.post("/<int(max=2147483647):number>/decline")
def decline(number: int) -> Response | tuple[str, int]:
    form = DeclineForm(request.form)
    if not form.validate():
        return _page(number, form), 422
    with transaction() as writer:
        one = consents.decline(writer, signed_in().id, number, form.why.data or "", now=now())
    flash("Taken back." if one.asked_by == signed_in().id else "Declined. Nothing was done.")
    return redirect(url_for("consents.every"))
