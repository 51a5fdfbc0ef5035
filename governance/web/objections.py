"""Objections to the roll, for those who decide them, and the correction that follows from one that was right."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.errors import RuleError
from governance.services import consents, corrections, elections, objections
from governance.services.consents import Act, Wish
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, transaction
from governance.web.forms import CsrfForm, choices
from governance.web.looking import looking

bp = Blueprint("objections", __name__, url_prefix="/officer/elections/<election>/objections")
_NUMBER = "/<int(max=2147483647):number>"


class DecideForm(CsrfForm):
    upheld = RadioField(
        "Is the objection right?",
        [InputRequired("Please choose one.")],
        choices=choices([("yes", "Yes, it is upheld"), ("no", "No, it is not upheld")]),
    )
    line = StringField("E-mail address of the member whose line it is", [Length(max=320)])
    answer = TextAreaField(
        "The reason",
        [InputRequired("Please give the reason: the member reads it."), Length(max=objections.MAX_TEXT)],
        render_kw={"rows": 4},
    )


class CorrectForm(CsrfForm):
    reason = TextAreaField(
        "Why (for whoever approves it, and the log; without personal details)",
        [InputRequired("Please say why."), Length(max=2000)],
        render_kw={"rows": 3},
    )


class LeaveForm(CsrfForm):
    reason = TextAreaField(
        "Why (everybody will read it; without personal details)",
        [InputRequired("Please say why: everybody will read it."), Length(max=20_000)],
        id="leave-reason",
        render_kw={"rows": 3},
    )


@bp.get("")
def every(election: str) -> str:
    with looking("looked at the objections to the roll", election=election) as reader:
        found = objections.every(reader, signed_in().id, election)
        shown = elections.show(reader, election)
    return render_template("roll/objections.html", shown=shown, found=found)


@bp.get(_NUMBER)
def show(election: str, number: int) -> str:
    return _page(election, number)


def _page(election: str, number: int, form: CsrfForm | None = None, problem: str = "") -> str:
    me = signed_in().id
    with looking(f"looked at objection {number} to the roll", election=election) as reader:
        one = objections.show(reader, me, election, number)
        due = one.standing is objections.Standing.UPHELD
        acts = (Act.CORRECT, Act.LEAVE)
        asked = [w for w in consents.waiting(reader, election=election, now=now()) if w.wish.act in acts]
        return render_template(
            "roll/objection.html",
            shown=(shown := elections.show(reader, election)),
            titles={contest.id: contest.title for contest in shown.draft.contests},
            one=one,
            why_not=objections.may_decide(reader, me, election, number),
            told=corrections.preview(reader, election, one.line) if due else None,
            stuck=corrections.stuck(reader, election, one.line) if due else "",
            asked=[w for w in asked if w.wish.member == one.line and not w.stale] if due else [],
            decide=form if isinstance(form, DecideForm) else DecideForm(formdata=None),
            correct=form if isinstance(form, CorrectForm) else CorrectForm(formdata=None),
            leave=form if isinstance(form, LeaveForm) else LeaveForm(formdata=None),
            problem=problem,
            Standing=objections.Standing,
        )


@bp.post(f"{_NUMBER}/decide")
def decide(election: str, number: int) -> Response | tuple[str, int]:
    form = DecideForm(request.form)
    if not form.validate():
        return _page(election, number, form), 422
    upheld, line = form.upheld.data == "yes", form.line.data or ""
    try:
        with transaction() as writer:
            objections.decide(
                writer, signed_in().id, election, number, form.answer.data or "", upheld=upheld, line=line, now=now()
            )
    except RuleError as error:
        return _page(election, number, form, problem=str(error)), status_of(error)
    flash("Decided. The member is told by mail that there is an answer.")
    return redirect(url_for("objections.show", election=election, number=number))


@bp.post(f"{_NUMBER}/correct")
def correct(election: str, number: int) -> Response | tuple[str, int]:
    return _asked(election, number, CorrectForm(request.form), Act.CORRECT)


@bp.post(f"{_NUMBER}/leave")
def leave(election: str, number: int) -> Response | tuple[str, int]:
    return _asked(election, number, LeaveForm(request.form), Act.LEAVE)


def _asked(election: str, number: int, form: CorrectForm | LeaveForm, act: Act) -> Response | tuple[str, int]:
    if not form.validate():
        return _page(election, number, form), 422
    me = signed_in().id
    try:
        with transaction() as writer:
            line = objections.show(writer, me, election, number).line
            consents.ask(writer, me, Wish(act, election, member=line), form.reason.data or "", now=now())
    except RuleError as error:
        return _page(election, number, form, problem=str(error)), status_of(error)
    flash("Asked. It is done once somebody else of the officers or the secretariat has approved it.")
    return redirect(url_for("objections.show", election=election, number=number))
