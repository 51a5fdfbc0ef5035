"""Somebody accepted a seat, and the rules for taking it say no: why, and what two people may decide about it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain.eligibility import facts
from governance.domain.eligibility.answers import supplies, why_not
from governance.domain.seats import facts as f
from governance.domain.seats.register import Wish
from governance.errors import RuleError
from governance.services import seat_requests, seat_rules, seats
from governance.services.seat_requests import Act, Request
from governance.web.access import signed_in
from governance.web.eligibility import VERDICTS, value
from governance.web.errors import status_of
from governance.web.extensions import now, transaction
from governance.web.forms import CsrfForm, choices
from governance.web.seat_requests import ASKED

bp = Blueprint("seat_taking", __name__, url_prefix="/officer/holdings/<holding>/rules")
Answered = Response | tuple[str, int]
KINDS: dict[str, type[f.Excepted | f.NotGiven]] = {"excepted": f.Excepted, "not-given": f.NotGiven}


class DecideForm(CsrfForm):
    what = RadioField(
        "What is decided?",
        [InputRequired("Please choose one.")],
        choices=choices(
            [
                ("excepted", "An exception: they take the seat all the same"),
                ("not-given", "It is not given to them: the next way of the seat's rule follows"),
            ]
        ),
    )
    why = TextAreaField(
        "Why (everybody can read it)", [InputRequired("Please say why."), Length(max=2000)], render_kw={"rows": 3}
    )


@bp.get("")
def show(holding: str) -> str:
    return _page(holding, DecideForm(formdata=None))


def _page(holding: str, form: DecideForm, problem: str = "") -> str:
    """That somebody looked is in the log."""
    with transaction() as writer:
        said = seat_rules.show(writer, signed_in().id, holding, now=now())
    return render_template(
        "vacancies/taking.html",
        said=said,
        form=form,
        problem=problem,
        verdicts=VERDICTS,
        why_not=why_not,
        supplies=supplies,
        words=facts.words,
        value=value,
    )


@bp.post("")
def decide(holding: str) -> Answered:
    form, me = DecideForm(request.form), signed_in().id
    if not form.validate():
        return _page(holding, form), 422
    try:
        with transaction() as writer:
            wish = Wish(KINDS[form.what.data](holding, seats.day_of(now())))
            number = seat_requests.ask(writer, me, Request(Act.ENTER, (wish,)), form.why.data or "", now=now())
    except RuleError as error:
        return _page(holding, form, str(error)), status_of(error)
    flash(ASKED)
    return redirect(url_for("seat_requests.show", number=number))
