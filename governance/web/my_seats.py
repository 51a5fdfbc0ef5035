"""A seat of one's own: what is offered, accepting with declarations, declining, resigning. For an outsider, the secretariat."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain.eligibility.answers import Answer, supplies, why_not
from governance.domain.seats import standing
from governance.domain.seats.book import Holding, Stage
from governance.domain.signing_in import Role
from governance.domain.terms import Question
from governance.errors import GovernanceError, RuleError
from governance.services import appointment_decisions, declarations, seat_holders, seat_questions, seat_rules, seats
from governance.services.appointment_decisions import Decided
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices

bp = Blueprint("my_seats", __name__, url_prefix="/my-seats")
Answered = Response | tuple[str, int]
SURE = "Please tick the box if you are sure."


class DeclareForm(CsrfForm):
    yes = RadioField("Your answer", choices=choices([("no", "No"), ("yes", "Yes")]), validators=[])
    text = TextAreaField("If yes: from whom, and since when", [Length(max=5000)], render_kw={"rows": 3, "dir": "auto"})


class DeclineForm(CsrfForm):
    sure = BooleanField("I decline this seat", [InputRequired(SURE)])


class ResignForm(CsrfForm):
    day = DateField("First day on which it is no longer my seat", [InputRequired("Please say from which day on.")])
    sure = BooleanField("I resign from this seat", [InputRequired(SURE)])


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown of one holding to whoever may answer for it.

    Attributes:
        own: Whether it is their own; else the secretariat speaks for an outsider.
        due: The questions of the declarations that are still to be made.
        unmet: Of what was accepted, what the rules for taking it say, where that is not yes.
    """

    one: Holding
    chosen: standing.Chosen
    body: str
    group: str
    due: tuple[Question, ...]
    unmet: Answer | None
    own: bool
    decision: Decided | None


@bp.get("")
def mine() -> str:
    with reading() as reader:
        book = seats.book(reader)
        found = seat_holders.mine(reader, signed_in().id, now=now())
        return render_template("seating/mine.html", found=found, book=book, Stage=Stage, today=seats.day_of(now()))


@bp.get("/<holding>")
def show(holding: str) -> str:
    return _page(holding)


def _page(
    holding: str,
    problem: str = "",
    *,
    declare: tuple[str, DeclareForm] | None = None,
    decline: DeclineForm | None = None,
    resign: ResignForm | None = None,
) -> str:
    """The page; what was typed about one declaration stays in its form."""
    about, typed = declare or ("", None)
    with reading() as reader:
        seen, book = _seen(reader, holding), seats.book(reader)
        forms = [
            (one, typed if typed is not None and one.id == about else DeclareForm(formdata=None, prefix=f"{one.id}-"))
            for one in seen.due
        ]
        return render_template(
            "seating/mine_one.html",
            seen=seen,
            book=book,
            forms=forms,
            decline=decline or DeclineForm(formdata=None),
            resign=resign or ResignForm(formdata=None),
            today=seats.day_of(now()),
            Stage=Stage,
            why_not=why_not,
            supplies=supplies,
            problem=problem,
        )


def _seen(reader: Session, holding: str) -> Page:
    """One holding, for its own person; an outsider's for the secretariat. For others it is not there.

    Raises:
        NotFoundError: There is none that this person may answer for.
    """
    me, book = signed_in(), seats.book(reader)
    one = book.holdings.get(holding)
    if one is None:
        raise seats.nothing()
    member = book.people[one.person].member
    if member != me.id and (member or Role.SECRETARIAT not in me.roles):
        raise seats.nothing()
    body = book.seats[one.seat].body
    waits = one.stage in (Stage.OFFERED, Stage.ACCEPTED)
    due = seat_holders.undeclared(reader, book, one) if waits else ()
    return Page(
        one=one,
        chosen=standing.how_chosen(book, one.id),
        body=body,
        group=book.body(body, one.start).name,
        due=tuple(seat_questions.question_of(reader, body, what) for what in due),
        unmet=seat_rules.unmet(reader, book, one, now=now()),
        own=bool(member),
        decision=appointment_decisions.decided(reader, one.id),
    )


def _do(
    holding: str, act: Callable[[Session], str], again: Callable[[GovernanceError], str], *, at: str = ""
) -> Answered:
    """Do something, tell it, and go back to the page; what is refused shows the page again."""
    with reading() as reader:
        _seen(reader, holding)  # what is not theirs is not there
    try:
        with transaction() as writer:
            told = act(writer)
    except RuleError as error:
        return again(error), status_of(error)
    flash(told)
    return redirect(url_for("my_seats.show", holding=holding, _anchor=at or None))


@bp.post("/<holding>/accept")
def accept(holding: str) -> Answered:
    def act(writer: Session) -> str:
        if seat_holders.accept(writer, signed_in().id, holding, now=now()):
            return "Accepted. The seat is taken."
        if _seen(writer, holding).due:
            return "Accepted. Now make the declarations below: then the seat is taken."
        return "Accepted. Why the seat is not taken yet stands below."

    return _do(holding, act, lambda error: _page(holding, str(error)))


@bp.post("/<holding>/decline")
def decline(holding: str) -> Answered:
    form = DeclineForm(request.form)
    if not form.validate():
        return _page(holding, decline=form), 422

    def act(writer: Session) -> str:
        seat_holders.decline(writer, signed_in().id, holding, now=now())
        return "Declined. The seat is filled as its rule says."

    return _do(holding, act, lambda error: _page(holding, str(error), decline=form))


@bp.post("/<holding>/declare")
def declare(holding: str) -> Answered:
    """Answer one question: the answer goes to the register of declarations, that it was made to the register of seats."""
    me, what = signed_in().id, request.form.get("what", "")
    form = DeclareForm(request.form, prefix=f"{what}-")
    form.validate()
    with reading() as reader:
        seen = _seen(reader, holding)
        question = seat_questions.question_of(reader, seen.body, what)
    said, text = form.yes.data or "", form.text.data or ""
    if seen.own and what in {one.id for one in seen.due}:
        if said not in ("yes", "no"):
            form.yes.errors = ["Please choose yes or no."]
            return _page(holding, declare=(what, form)), 422
        if why := declarations.problem(text, yes=said == "yes"):
            form.text.errors = [why]
            return _page(holding, declare=(what, form)), 422

    def act(writer: Session) -> str:
        if seen.own and what in {one.id for one in seen.due}:
            declarations.make(writer, me, question, yes=said == "yes", text=text, now=now())
        taken = seat_holders.declare(writer, me, holding, what, now=now())
        after = _seen(writer, holding)
        if after.unmet and not after.due:
            return "Thank you. It is kept. Why the seat is not taken yet stands above."
        return "Thank you. The seat is taken." if taken else "Thank you. It is kept."

    return _do(holding, act, lambda error: _page(holding, str(error), declare=(what, form)), at="answer")


@bp.post("/<holding>/resign")
def resign(holding: str) -> Answered:
    form = ResignForm(request.form)
    if not form.validate():
        return _page(holding, resign=form), 422
    day = form.day.data or date.min

    def act(writer: Session) -> str:
        seat_holders.resign(writer, signed_in().id, holding, day, now=now())
        return "It is entered. Thank you for what you did in this seat."

    return _do(holding, act, lambda error: _page(holding, str(error), resign=form))
