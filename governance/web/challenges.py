"""Appeals and objections: a member's page of a decision, and the pages of those who answer."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain.eligibility import facts
from governance.errors import NotFoundError, RuleError
from governance.services import answers, challenges, elections, hearings, scrutiny, views
from governance.web.access import signed_in
from governance.web.eligibility import VERDICTS, value
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices, whole
from governance.web.looking import looked, looking

bp = Blueprint("challenges", __name__)
MINE = "/elections/<election>/nominations/<int(max=2147483647):number>/decision"
HEARD = "/elections/<election>/nominations/<int(max=2147483647):number>/challenges/<int(max=2147483647):challenge>"
"""For whoever it is about, and whoever made it."""
DESK = "/officer/elections/<election>/nominations/challenges"
ONE = (
    "/officer/elections/<election>/nominations/<int(max=2147483647):number>/challenges/<int(max=2147483647):challenge>"
)
ASIDE = "aside:"
"""What stands before a member's id, in the name of the field that says why they stepped aside."""


class ChallengeForm(CsrfForm):
    text = TextAreaField(
        "What is wrong, and why",
        [InputRequired("Please say why."), Length(max=challenges.MAX_TEXT)],
        render_kw={"rows": 6},
    )


class ReplyForm(CsrfForm):
    text = TextAreaField(
        "Your answer",
        [InputRequired("Please say what you think of it."), Length(max=challenges.MAX_TEXT)],
        render_kw={"rows": 6},
    )


class AnswerForm(CsrfForm):
    seen = HiddenField(validators=[InputRequired()])
    upheld = RadioField(
        "Is it right?",
        [InputRequired("Please choose one.")],
        choices=choices(
            [("yes", "Yes, it is upheld: the decision is turned around"), ("no", "No, the decision stays")]
        ),
    )
    text = TextAreaField(
        "The reason",
        [InputRequired("Please give the reason: whoever asked reads it."), Length(max=challenges.MAX_TEXT)],
        render_kw={"rows": 5},
    )


# ---- members ---------------------------------------------------------------------------------------------------------


@bp.get(MINE)
def decision(election: str, number: int) -> str:
    return _mine(election, number, ChallengeForm(formdata=None))


def _mine(election: str, number: int, form: ChallengeForm, problem: str = "") -> str:
    with reading() as reader:
        return render_template(
            "scrutiny/decision.html",
            shown=elections.show(reader, election),
            one=challenges.page(reader, signed_in().id, election, number, now=now()),
            form=form,
            problem=problem,
        )


@bp.post(MINE)
def challenge(election: str, number: int) -> Response | tuple[str, int]:
    form = ChallengeForm(request.form)
    if not form.validate():
        return _mine(election, number, form), 422
    try:
        with transaction() as writer:
            challenges.challenge(writer, signed_in().id, election, number, form.text.data or "", now=now())
    except RuleError as error:
        return _mine(election, number, form, str(error)), status_of(error)
    flash("It is here. We mail you once it is answered.")
    return redirect(url_for("challenges.decision", election=election, number=number))


@bp.get(f"{HEARD}/take-back")
def taking_back(election: str, number: int, challenge: int) -> str | Response:
    with reading() as reader:
        shown = elections.show(reader, election)
        page = challenges.page(reader, signed_in().id, election, number, now=now())
    one = next((mine for mine in page.mine if mine.number == challenge), None)
    if one is None:
        raise NotFoundError("There is no such appeal or objection.")
    if not one.waits:
        return redirect(url_for("challenges.decision", election=election, number=number))
    return render_template("scrutiny/take_back.html", shown=shown, one=one)


@bp.post(f"{HEARD}/take-back")
def take_back(election: str, number: int, challenge: int) -> Response:
    try:
        with transaction() as writer:
            hearings.take_back(writer, signed_in().id, election, number, challenge, now=now())
    except RuleError as error:
        flash(str(error))
    else:
        flash("You have taken it back.")
    return redirect(url_for("challenges.decision", election=election, number=number))


# ---- whoever it is about ---------------------------------------------------------------------------------------------


@bp.get(HEARD)
def hearing(election: str, number: int, challenge: int) -> str:
    return _hearing(election, number, challenge, ReplyForm(formdata=None))


def _hearing(election: str, number: int, challenge_: int, form: ReplyForm, problem: str = "") -> str:
    with reading() as reader:
        shown = elections.show(reader, election)
        one = hearings.show(reader, signed_in().id, election, number, challenge_, now=now())
    if one.decision:  # it is about what they did as an official; else it is about themselves
        looked(f"looked at the appeal {challenge_} about nomination {number}", election=election)
    return render_template("scrutiny/hearing.html", shown=shown, one=one, form=form, problem=problem)


@bp.post(HEARD)
def reply(election: str, number: int, challenge: int) -> Response | tuple[str, int]:
    form = ReplyForm(request.form)
    if not form.validate():
        return _hearing(election, number, challenge, form), 422
    try:
        with transaction() as writer:
            hearings.reply(writer, signed_in().id, election, number, challenge, text=form.text.data or "", now=now())
    except RuleError as error:
        return _hearing(election, number, challenge, form, str(error)), status_of(error)
    flash("Thank you. Whoever decides reads it.")
    return redirect(url_for("challenges.hearing", election=election, number=number, challenge=challenge))


# ---- whoever answers -------------------------------------------------------------------------------------------------


@bp.get(DESK)
def every(election: str) -> str:
    with looking("looked at the appeals and objections about nominations", election=election) as reader:
        found = answers.every(reader, signed_in().id, election, now=now())
        return render_template(
            "scrutiny/challenges.html", shown=elections.show(reader, election), found=found, moment=now()
        )


@bp.get(ONE)
def show(election: str, number: int, challenge: int) -> str:
    return _page(election, number, challenge)


def _page(election: str, number: int, challenge_: int, form: AnswerForm | None = None, problem: str = "") -> str:
    me = signed_in().id
    with transaction() as writer:
        asked = answers.find(writer, me, election, number, challenge_, now=now())
        told = answers.show(writer, asked)
        views.note(
            writer, me, f"looked at challenge {challenge_} about nomination {number}", election=election, now=now()
        )
        return render_template(
            "scrutiny/challenge.html",
            shown=elections.show(writer, election),
            told=told,
            early=now() < told.until,
            one=scrutiny.case(writer, me, election, number, now=now()),
            why_not=answers.may_answer(me, asked),
            asides=answers.asides(writer, me, asked),
            form=form or AnswerForm(formdata=None, data={"seen": told.seen}),
            typed=request.form if form else {},
            aside=ASIDE,
            most=challenges.MAX_TEXT,
            verdicts=VERDICTS,
            value=value,
            words=facts.words,
            problem=problem,
        )


@bp.post(ONE)
def answer(election: str, number: int, challenge: int) -> Response | tuple[str, int]:
    form = AnswerForm(request.form)
    if not form.validate():
        return _page(election, number, challenge, form), 422
    me, upheld, seen = signed_in().id, form.upheld.data == "yes", whole(form.seen.data)
    aside = {name.removeprefix(ASIDE): why for name, why in request.form.items() if name.startswith(ASIDE)}
    try:
        with transaction() as writer:
            asked = answers.find(writer, me, election, number, challenge, now=now())
            answers.answer(writer, me, asked, form.text.data or "", upheld=upheld, aside=aside, seen=seen)
    except RuleError as error:
        return _page(election, number, challenge, form, str(error)), status_of(error)
    flash("Answered. Whoever asked, nominee and nominator are told by mail that there is an answer.")
    return redirect(url_for("challenges.every", election=election))
