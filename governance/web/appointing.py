"""Appointments for those who decide: opening a call, who applied, proposing somebody, the decision with its instrument."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from governance.domain.phases import CALLED_OFF
from governance.domain.seats.book import Book
from governance.domain.seats.facts import SeatClass
from governance.domain.signing_in import Role
from governance.errors import GovernanceError, MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import (
    appointment_decisions,
    appointments,
    elections,
    officers,
    seat_balance,
    seat_requests,
    seats,
    vacancies,
)
from governance.services.appointment_decisions import MAX_FILE
from governance.services.appointments import DECIDING, Plan
from governance.services.seat_requests import Act, Request
from governance.web import drafts
from governance.web.access import signed_in
from governance.web.appointing_forms import DecideForm, GiveUpForm, OpenForm, ProposeForm
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import choices, uploads
from governance.web.seat_requests import ASKED
from governance.web.seating import waiting

bp = Blueprint("appointing", __name__, url_prefix="/officer/appointments")
NUMBER = "/<int(max=2147483647):number>"
OPENING = (Role.APPOINTER, Role.SECRETARIAT)
Answered = Response | tuple[str, int]
_FORM = 2**17
"""Bytes of a form around a file."""


# ---- all of them, and a new one --------------------------------------------------------------------------------------


@bp.get("")
def every() -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, *DECIDING)
        found, book = appointments.every(reader, now=now()), seats.book(reader)
        return render_template("appointments/desk.html", found=found, book=book)


@bp.get("/new")
def new() -> str:
    form = OpenForm(formdata=None, data={"seat": request.args.get("seat", ""), "start": seats.day_of(now())})
    return _new(form)


def _new(form: OpenForm, problem: str = "") -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, *OPENING)
        _offer(reader, form)
        return render_template("appointments/new.html", form=form, problem=problem)


def _offer(reader: Session, form: OpenForm) -> None:
    """What can be chosen: seats that are appointed, or vacant and filled so now; elections that are not certified."""
    book, day = seats.book(reader), seats.day_of(now())
    found = [one for one in sorted(book.seats) if book.seats[one].abolished is None and _appointed(reader, book, one)]
    form.seat.choices = choices((one, f"{book.seats[one].on(day).name} ({one})") for one in found)
    under_way = [one for one in elections.every(reader) if one.phase not in CALLED_OFF]
    form.after_election.choices = choices(
        [
            ("", "No"),
            *((one.id, f"Until the result of “{one.title}” is certified") for one in under_way),
        ]
    )


def _appointed(reader: Session, book: Book, seat: str) -> bool:
    if book.seats[seat].on(seats.day_of(now())).chosen is SeatClass.APPOINTED:
        return True
    try:
        method = vacancies.show(reader, seat, now=now()).way.method
    except NotFoundError:
        return False
    return method is not None and method.chosen


@bp.post("/new")
def begin() -> Answered:
    form = OpenForm(request.form)
    with reading() as reader:
        officers.require(reader, signed_in().id, *OPENING)
        _offer(reader, form)
    if not form.validate():
        return _new(form), 422
    closes: datetime | None = form.closes.data
    plan = Plan(
        seat=str(form.seat.data),
        text=form.text.data or "",
        start=form.start.data or date.min,
        call=form.call.data == "yes",
        closes=closes.replace(tzinfo=UTC) if closes else None,
        after_election=str(form.after_election.data or ""),
    )
    try:
        with transaction() as writer:
            number = appointments.begin(writer, signed_in().id, plan, now=now())
    except RuleError as error:
        return _new(form, str(error)), status_of(error)
    flash("It is open. Everybody can read it." if plan.call else "Begun. Now propose whom you have in mind.")
    return redirect(url_for("appointing.show", number=number))


# ---- one of them -----------------------------------------------------------------------------------------------------


@bp.get(NUMBER)
def show(number: int) -> str:
    return _page(number)


def _page(
    number: int,
    *,
    propose: ProposeForm | None = None,
    decide: DecideForm | None = None,
    up: GiveUpForm | None = None,
    problem: str = "",
) -> str:
    """Who applied, and what the group brings: that somebody looked is in the log."""
    me = signed_in().id
    with transaction() as writer:
        people = appointments.applicants(writer, me, number, now=now())
        call, book = appointments.show(writer, number, now=now()), seats.book(writer)
        body = book.seats[call.seat].body
        brings = seat_balance.brings(writer, me, body, max(call.start, seats.day_of(now())), now=now())
        waits = elections.show(writer, call.waits_for).title if call.waits_for else ""
        asked = waiting(writer, me, Act.APPOINT, appointment=number)
        again = {
            one.number: seats.may_serve(writer, one.member, call.seat, max(call.start, seats.day_of(now())))
            for one in people
            if one.member
        }
        form = decide or DecideForm(formdata=None, data={"day": seats.day_of(now())})
        form.application.choices = _candidates(people)
        return render_template(
            "appointments/case.html",
            call=call,
            book=book,
            body=book.body(body, call.start),
            rules=book.seats[call.seat].on(call.start),
            people=people,
            again=again,
            names=officers.names(writer, {one.proposed_by for one in people}),
            brings=brings,
            waits=waits,
            asked=asked,
            undecided=_undecided(writer, number),
            propose=propose or ProposeForm(formdata=None),
            decide=form,
            up=up or GiveUpForm(formdata=None),
            problem=problem,
            now=now(),
        )


def _candidates(people: list[appointments.Applicant]) -> Any:
    return choices((str(one.number), one.name) for one in people if not one.withdrawn)


def _undecided(reader: Session, number: int) -> bool:
    try:
        appointments.undecided(reader, number)
    except RuleError:
        return False
    return True


@bp.post(f"{NUMBER}/propose")
def propose(number: int) -> Answered:
    with reading() as reader:
        officers.require(reader, signed_in().id, *OPENING)
        appointments.show(reader, number, now=now())
    form = ProposeForm(request.form)
    if not form.validate():
        return _page(number, propose=form), 422
    said = (form.member.data or "").strip()
    with reading() as reader:
        member = drafts.member_id(reader, said) if said else ""
    declared, wrong = drafts.read_electorate(form.attributes.data or "")
    form.attributes.errors = wrong
    if member is None:
        form.member.errors = [f"Nobody among the members is “{said}”."]
    if member is None or wrong:
        return _page(number, propose=form), 422
    try:
        with transaction() as writer:
            appointments.propose(
                writer,
                signed_in().id,
                number,
                form.text.data or "",
                member=member,
                name="" if member else form.name.data or "",
                email="" if member else form.email.data or "",
                attributes={} if member else {name: values[0] for name, values in declared.items()},
                now=now(),
            )
    except (RuleError, NotPermittedError) as error:
        return _page(number, propose=form, problem=str(error)), status_of(error)
    flash("They are among those to choose from.")
    return redirect(url_for("appointing.show", number=number))


@bp.post(f"{NUMBER}/decide")
@uploads(MAX_FILE + _FORM, *DECIDING)
def decide(number: int) -> Answered:
    me = signed_in().id
    with transaction() as writer:
        officers.require(writer, me, Role.APPOINTER)
        people = appointments.applicants(writer, me, number, now=now())
        call, book = appointments.show(writer, number, now=now()), seats.book(writer)
    form = DecideForm(request.form)
    form.application.choices = _candidates(people)
    valid = form.validate()
    try:
        form.kept.data = _attached(me, form.kept.data or "")
    except MalformedError as error:
        form.file.errors = [str(error)]
        return _page(number, decide=form), 422
    if not valid:
        return _page(number, decide=form), 422
    made = form.decision(book.seats[call.seat].on(call.start).ratified_by, form.kept.data)
    asked = Request(Act.APPOINT, appointment=number, decision=made)
    try:
        with transaction() as writer:
            seat_requests.ask(writer, me, asked, form.why.data or "", now=now())
    except (RuleError, NotFoundError) as error:
        return _page(number, decide=form, problem=str(error)), status_of(error)
    flash(ASKED)
    return redirect(url_for("appointing.show", number=number))


def _attached(me: str, kept: str) -> str:
    """The digest of the file that was sent now; else of the one that was kept before, so that none is chosen twice."""
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if sent is None or not (data or sent.filename):
        return kept
    with transaction() as writer:
        return appointment_decisions.attach(writer, me, sent.filename or "", data, now=now())


@bp.post(f"{NUMBER}/give-up")
def give_up(number: int) -> Answered:
    with reading() as reader:
        officers.require(reader, signed_in().id, *OPENING)
        appointments.show(reader, number, now=now())
    form = GiveUpForm(request.form)
    if not form.validate():
        return _page(number, up=form), 422
    try:
        with transaction() as writer:
            appointments.give_up(writer, signed_in().id, number, form.why.data or "", now=now())
    except GovernanceError as error:
        return _page(number, up=form, problem=str(error)), status_of(error)
    flash("Given up. What applicants wrote is erased.")
    return redirect(url_for("appointing.every"))
