"""Nominations as officers scrutinise them: the list, each case on one page, the decision and how it will be read."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain.eligibility import facts
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import adoption, elections, feasibility, nomination_numbers, officers, outstanding, scrutiny
from governance.services.scrutiny import Ruling
from governance.web.access import public, signed_in
from governance.web.eligibility import VERDICTS, value
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices, whole
from governance.web.looking import looking

bp = Blueprint("scrutiny", __name__)
AT = "/officer/elections/<election>/nominations"
ONE = f"{AT}/<int(max=2147483647):number>"
WHY = "why:"
"""What stands before the name of a point, in the name of its field."""


class DecideForm(CsrfForm):
    seen = HiddenField(validators=[InputRequired()])
    admitted = RadioField(
        "What do you decide?",
        [InputRequired("Please choose one.")],
        choices=choices([("yes", "Admit it"), ("no", "Reject it")]),
    )
    text = TextAreaField("What else they should know", [Length(max=scrutiny.MAX_TEXT)], render_kw={"rows": 3})

    def ruling(self) -> Ruling:
        """What the form says, once it has validated."""
        why = {name.removeprefix(WHY): said for name, said in request.form.items() if name.startswith(WHY)}
        return Ruling(
            admitted=self.admitted.data == "yes", why=why, text=self.text.data or "", seen=whole(self.seen.data)
        )


@bp.get(AT)
def every(election: str) -> str:
    with looking("looked at who is nominated", election=election) as reader:
        found = scrutiny.every(reader, signed_in().id, election, now=now())
        shown = elections.show(reader, election)
        return render_template(
            "scrutiny/every.html",
            shown=shown,
            short=() if shown.frozen or shown.draft.planned else feasibility.feasibility(reader, election),
            found=found,
            gone=adoption.gone(reader, election, now=now()),
            waits=outstanding.before_freeze(reader, election, now=now()),
            numbers=nomination_numbers.published(reader, election, now=now()),
            offices=nomination_numbers.OFFICES,
        )


@bp.get(ONE)
def show(election: str, number: int) -> str:
    return _page(election, number)


def _page(election: str, number: int, form: DecideForm | None = None, problem: str = "") -> str:
    """The case; what was typed stays. That it was looked at is in the log."""
    with transaction() as writer:
        officers.require(writer, signed_in().id, Role.OFFICER)
        one = scrutiny.case(writer, signed_in().id, election, number, now=now())
        shown = elections.show(writer, election)
    return render_template(
        "scrutiny/case.html",
        shown=shown,
        one=one,
        form=form or DecideForm(formdata=None, data={"seen": one.seen}),
        typed=request.form if form else {},
        why=WHY,
        most=scrutiny.MAX_TEXT,
        verdicts=VERDICTS,
        value=value,
        words=facts.words,
        problem=problem,
    )


@bp.post(f"{ONE}/decide")
def decide(election: str, number: int) -> Response | str | tuple[str, int]:
    form = DecideForm(request.form)
    if not form.validate():
        return _page(election, number, form), 422
    me, ruling = signed_in().id, form.ruling()
    try:
        if "sure" not in request.form:
            with reading() as reader:
                told = scrutiny.as_read(reader, me, election, number, ruling, now=now())
                shown = elections.show(reader, election)
            return render_template(
                "scrutiny/look.html", shown=shown, number=number, told=told, form=form, typed=ruling.sentences, why=WHY
            )
        with transaction() as writer:
            scrutiny.decide(writer, me, election, number, ruling, now=now())
    except RuleError as error:
        return _page(election, number, form, str(error)), status_of(error)
    flash("Decided. Nominee and nominator are told by mail that there is a decision.")
    return redirect(url_for("scrutiny.every", election=election))


@bp.get("/elections/<election>/nominations/numbers")
@public
def numbers(election: str) -> str:
    with reading() as reader:
        if not elections.announced(reader, elections.get(reader, election)):
            raise NotFoundError("There is no such election, or it has not been announced yet.")
        return render_template(
            "scrutiny/numbers.html",
            shown=elections.show(reader, election),
            numbers=nomination_numbers.published(reader, election, now=now()),
            offices=nomination_numbers.OFFICES,
        )
