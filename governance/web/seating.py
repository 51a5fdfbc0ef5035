"""From a result to seats: the public page, challenges by members, the desk where reports come in and two officers certify."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from governance.domain.seats.book import Book
from governance.domain.seats.facts import SeatClass
from governance.domain.seats.filling import Step
from governance.domain.signing_in import Role
from governance.errors import MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import (
    by_elections,
    certification,
    elections,
    officers,
    result_challenges,
    seat_requests,
    seats,
    verifier_reports,
)
from governance.services.seat_requests import Act, Request
from governance.web.access import public, signed_in
from governance.web.errors import status_of
from governance.web.extensions import has_database, now, reading, transaction
from governance.web.forms import choices
from governance.web.looking import looking
from governance.web.seat_requests import ASKED
from governance.web.seating_forms import CertifyForm, ChallengeForm, DecideForm, FillsForm, ReportForm

bp = Blueprint("seating", __name__)
AT = "/elections/<election>/seats"
DESK = "/officer/elections/<election>/certification"
CHALLENGE = "/challenges/<int(max=2147483647):number>"
Answered = Response | tuple[str, int]
STEPS = {
    Step.OPEN: "There is no result yet.",
    Step.DECLARED: "The result is declared. Members can challenge it; it is not certified before the time for that is over.",
    Step.CHALLENGED: "A challenge is undecided, or was upheld. So the result is not certified.",
    Step.REPORTS: "The result waits for reports of independent verifiers.",
    Step.DUE: "Nothing stands against the result. Two officers can certify it now.",
    Step.CERTIFIED: "The result is certified, and the seats are offered.",
}


# ---- for everybody ---------------------------------------------------------------------------------------------------


@bp.get(AT)
@public
def result(election: str) -> str:
    if not has_database():
        raise NotFoundError("There is no such election.")
    with reading() as reader:
        if not elections.announced(reader, elections.get(reader, election)):
            raise NotFoundError("There is no such election, or it has not been announced yet.")
        book = seats.book(reader)
        return render_template(
            "seating/result.html",
            shown=elections.show(reader, election),
            found=certification.show(reader, election, now=now()),
            said=STEPS,
            open=result_challenges.open_now(reader, election, now=now()),
            fills=certification.seats_of(reader, election),
            offers=[one for one in book.holdings.values() if one.instrument.election == election],
            roll=_roll(reader, election),
            book=book,
        )


def _roll(reader: Session, election: str) -> tuple[int, int] | None:
    """Of a by-election, how its roll differs from the earlier one."""
    try:
        return by_elections.roll_differences(reader, election)
    except NotFoundError:
        return None


# ---- members ---------------------------------------------------------------------------------------------------------


@bp.get(f"{AT}/challenges")
def challenging(election: str) -> str:
    return _mine(election, ChallengeForm(formdata=None))


def _mine(election: str, form: ChallengeForm, problem: str = "") -> str:
    with reading() as reader:
        shown = elections.show(reader, election)
        if not elections.announced(reader, elections.get(reader, election)):
            raise NotFoundError("There is no such election, or it has not been announced yet.")
        return render_template(
            "seating/challenging.html",
            shown=shown,
            until=shown.draft.calendar.appeals,
            open=result_challenges.open_now(reader, election, now=now()),
            mine=result_challenges.mine(reader, signed_in().id, election),
            form=form,
            problem=problem,
        )


@bp.post(f"{AT}/challenges")
def challenge(election: str) -> Answered:
    form = ChallengeForm(request.form)
    if not form.validate():
        return _mine(election, form), 422
    me, text = signed_in().id, form.text.data or ""
    try:
        with transaction() as writer:
            same = (one.text for one in result_challenges.mine(writer, me, election) if not one.withdrawn)
            if text.strip() not in same:  # the button pressed twice
                result_challenges.lodge(writer, me, election, text, now=now())
    except RuleError as error:
        return _mine(election, form, str(error)), status_of(error)
    flash("Your challenge is here. We mail you once it is decided.")
    return redirect(url_for("seating.challenging", election=election))


@bp.post(f"{AT}{CHALLENGE}/withdraw")
def withdraw(election: str, number: int) -> Answered:
    try:
        with transaction() as writer:
            result_challenges.withdraw(writer, signed_in().id, election, number, now=now())
    except RuleError as error:
        return _mine(election, ChallengeForm(formdata=None), str(error)), status_of(error)
    flash("Taken back.")
    return redirect(url_for("seating.challenging", election=election))


# ---- the desk --------------------------------------------------------------------------------------------------------


@bp.get(DESK)
def desk(election: str) -> str:
    return _desk(election)


def _desk(
    election: str, report: ReportForm | None = None, certify: CertifyForm | None = None, problem: str = ""
) -> str:
    me = signed_in().id
    with looking("looked at the challenges to the result", election=election) as reader:
        challenges = result_challenges.every(reader, me, election)
        return render_template(
            "seating/desk.html",
            shown=elections.show(reader, election),
            found=certification.show(reader, election, now=now()),
            challenges=challenges,
            waiting=waiting(reader, me, Act.CERTIFY, election=election),
            report=report or ReportForm(formdata=None),
            certify=certify or CertifyForm(formdata=None),
            problem=problem,
            said=STEPS,
            Step=Step,
            book=seats.book(reader),
        )


def waiting(reader: Session, me: str, act: Act, **of: object) -> list[seat_requests.Waiting]:
    """Requests of a kind that wait for a second person, about one election, seat or appointment."""
    return [
        one
        for one in seat_requests.waiting(reader, me, now=now())
        if one.request.act is act and all(getattr(one.request, name) == value for name, value in of.items())
    ]


@bp.post(f"{DESK}/reports")
def enter(election: str) -> Answered:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER, Role.SECRETARIAT)
    form = ReportForm(request.form)
    if not form.validate():
        return _desk(election, report=form), 422
    try:
        with transaction() as writer:
            counts = verifier_reports.enter(
                writer,
                signed_in().id,
                election,
                name=form.name.data or "",
                tool=form.tool.data or "",
                root=(form.root.data or "").strip().casefold(),
                holds=form.holds.data == "yes",
                address=form.address.data or "",
                now=now(),
            )
    except (RuleError, MalformedError) as error:
        return _desk(election, report=form, problem=str(error)), status_of(error)
    flash(
        "Entered."
        if counts
        else "Entered. It does not count: it is about another record, or says that it does not verify."
    )
    return redirect(url_for("seating.desk", election=election))


@bp.post(DESK)
def certify(election: str) -> Answered:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        elections.get(reader, election)
    form = CertifyForm(request.form)
    if not form.validate():
        return _desk(election, certify=form), 422
    try:
        with transaction() as writer:
            asked = Request(Act.CERTIFY, election=election)
            seat_requests.ask(writer, signed_in().id, asked, form.why.data or "", now=now())
    except RuleError as error:
        return _desk(election, certify=form, problem=str(error)), status_of(error)
    flash(ASKED)
    return redirect(url_for("seating.desk", election=election))


@bp.get(f"{DESK}{CHALLENGE}")
def show(election: str, number: int) -> str:
    return _one(election, number, DecideForm(formdata=None))


def _one(election: str, number: int, form: DecideForm, problem: str = "") -> str:
    with looking(f"looked at challenge {number} to the result", election=election) as reader:
        every = result_challenges.every(reader, signed_in().id, election)
        one = next((one for one in every if one.number == number), None)
        if one is None:
            raise NotFoundError("There is no such challenge.")
        shown = elections.show(reader, election)
    return render_template(
        "seating/challenge.html", shown=shown, one=one, me=signed_in().id, form=form, problem=problem
    )


@bp.post(f"{DESK}{CHALLENGE}")
def decide(election: str, number: int) -> Answered:
    form = DecideForm(request.form)
    if not form.validate():
        return _one(election, number, form), 422
    answer, upheld = form.answer.data or "", form.upheld.data == "yes"
    try:
        with transaction() as writer:
            result_challenges.decide(writer, signed_in().id, election, number, answer, upheld=upheld, now=now())
    except (RuleError, NotPermittedError) as error:
        return _one(election, number, form, str(error)), status_of(error)
    flash("Decided. The member is told by mail that there is an answer.")
    return redirect(url_for("seating.desk", election=election))


# ---- which seats each contest fills ----------------------------------------------------------------------------------


@bp.get("/officer/elections/<election>/seats")
def filling(election: str) -> str:
    return _filling(election)


def _filling(election: str, problem: str = "", contest: str = "", ticked: tuple[str, ...] = ()) -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        shown, book, day = elections.show(reader, election), seats.book(reader), seats.day_of(now())
        taken = certification.seats_of(reader, election)
        mine = [one for one in book.seats.values() if one.body == shown.body and one.abolished is None]
        elected = [one.id for one in mine if one.rules[-1][1].chosen is SeatClass.ELECTED]
        forms = []
        for plan in shown.draft.plan:
            here = ticked if plan.id == contest else taken.get(plan.id, ())
            form = FillsForm(formdata=None, data={"seats": list(here)}, prefix=f"{plan.id}-")
            others = {seat for name, held in taken.items() if name != plan.id for seat in held}
            form.seats.choices = choices((one, _label(book, one, day)) for one in elected if one not in others)
            forms.append((plan, form, taken.get(plan.id, ())))
        return render_template(
            "seating/filling.html", shown=shown, forms=forms, contest=contest, problem=problem, book=book
        )


def _label(book: Book, seat: str, day: date) -> str:
    rules, held = book.seats[seat].rules[-1][1], book.holder(seat, day)
    until = f" until {held.end}" if held and held.end else ""
    who = f"held by {book.people[held.person].name}{until}" if held else "vacant"
    return f"{rules.name} ({seat}), {who}"


@bp.post("/officer/elections/<election>/seats")
def fill(election: str) -> Answered:
    contest = request.form.get("contest", "")
    ticked = tuple(request.form.getlist(f"{contest}-seats"))
    try:
        with transaction() as writer:
            certification.assign(writer, signed_in().id, election, contest, ticked, now=now())
    except RuleError as error:
        return _filling(election, str(error), contest, ticked), status_of(error)
    flash("Saved.")
    return redirect(url_for("seating.filling", election=election))
