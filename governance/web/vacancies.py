"""Seats: what waits; vacancies and what their rule says; the end of a holding that its holder cannot enter themselves."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain.draft import Calendar
from governance.domain.seats import facts as f
from governance.domain.seats import filling as ways
from governance.domain.seats.book import Book, Stage
from governance.domain.seats.facts import End, Method
from governance.domain.seats.register import Wish
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import (
    appointments,
    by_elections,
    elections,
    officers,
    seat_holders,
    seat_requests,
    seat_rules,
    seats,
    vacancies,
)
from governance.services.appointments import DECIDING
from governance.services.seat_requests import Act, Request
from governance.services.vacancies import Next, Vacancy
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices
from governance.web.officer import utc
from governance.web.seat_requests import ASKED, WHAT
from governance.web.seating import waiting
from governance.web.setting_up import ID_FORM, TITLE, moment_field

bp = Blueprint("vacancies", __name__, url_prefix="/officer")
ASKING = seat_requests.ASKING[Act.FILL]
Answered = Response | tuple[str, int]
_WHY = [InputRequired("Please say why."), Length(max=2000)]
METHODS = {
    Method.COUNTBACK: "A countback: the votes of the election that filled it are counted again, without whoever left",
    Method.BY_ELECTION: "A by-election: the same rules, and who could vote by the same cut-off",
    Method.APPOINTMENT: "An appointment",
    Method.CO_OPTION: "A co-option: the group chooses somebody itself",
    Method.LEFT_VACANT: "It is left vacant",
}
ENDS = {
    End.RESIGNED: "They resigned, and told us so",
    End.REMOVED: "They were removed",
    End.DIED: "They died",
    End.INCAPACITY: "They can no longer do it",
}


class FillForm(CsrfForm):
    why = TextAreaField("Why (everybody can read it)", _WHY, render_kw={"rows": 3}, id="fill-why")


class LeaveForm(CsrfForm):
    why = TextAreaField("Why (everybody can read it)", _WHY, render_kw={"rows": 3}, id="leave-why")


class ByElectionForm(CsrfForm):
    title = StringField("Title", TITLE)
    id = StringField("Short name, part of every address", [InputRequired("Please give a short name."), ID_FORM])
    opens = moment_field("Voting opens")
    closes = moment_field("Voting closes")
    appeals = moment_field("Appeals are possible until")

    def calendar(self, cutoff: datetime) -> Calendar:
        """What the form says, once it has validated, on the roll of that cut-off."""
        return Calendar(cutoff, utc(self.opens.data), utc(self.closes.data), utc(self.appeals.data))


class EndForm(CsrfForm):
    how = RadioField(
        "How does it end?",
        [InputRequired("Please choose one.")],
        choices=choices((one.value, told) for one, told in ENDS.items()),
    )
    day = DateField("First day on which it is no longer theirs", [InputRequired("Please say from which day on.")])
    why = TextAreaField("Why, or by which decision (everybody can read it)", _WHY, render_kw={"rows": 3})


# ---- what waits ------------------------------------------------------------------------------------------------------


@bp.get("/vacancies")
def every() -> str:
    me = signed_in().id
    with reading() as reader:
        officers.require(reader, me, *DECIDING)
        book, day = seats.book(reader), seats.day_of(now())
        bodies = [(body, name, vacancies.waiting(reader, body, now=now())) for body, name in seats.bodies(reader)]
        offers = [
            (
                one,
                book.people[one.person],
                bool(seat_holders.undeclared(reader, book, one)),
                seat_rules.unmet(reader, book, one, now=now()) is not None,
            )
            for one in book.holdings.values()
            if one.stage in (Stage.OFFERED, Stage.ACCEPTED)
        ]
        return render_template(
            "vacancies/every.html",
            asked=seat_requests.waiting(reader, me, now=now()),
            what=WHAT,
            me=me,
            bodies=bodies,
            offers=offers,
            book=book,
            day=day,
            open=_open(reader),
            methods=METHODS,
            Stage=Stage,
        )


def _open(reader: Session) -> dict[str, int]:
    """The appointment that is under way, by its seat."""
    found = appointments.every(reader, now=now())
    return {one.seat: one.number for one in found if not one.decided and not one.given_up}


# ---- one vacancy -----------------------------------------------------------------------------------------------------


@bp.get("/vacancies/<seat>")
def show(seat: str) -> str:
    return _page(seat)


def _page(
    seat: str,
    *,
    fill: FillForm | None = None,
    leave: LeaveForm | None = None,
    by: ByElectionForm | None = None,
    problem: str = "",
) -> str:
    me = signed_in().id
    with reading() as reader:
        officers.require(reader, me, *DECIDING)
        vacancy, book = vacancies.show(reader, seat, now=now()), seats.book(reader)
        found, why_not = _countback(reader, vacancy)
        return render_template(
            "vacancies/show.html",
            vacancy=vacancy,
            book=book,
            methods=METHODS,
            Method=Method,
            found=found,
            why_not=why_not,
            asked=waiting(reader, me, Act.FILL, seat=seat),
            open=_open(reader).get(seat, 0),
            fill=fill or FillForm(formdata=None),
            leave=leave or LeaveForm(formdata=None),
            by=by or _suggested(vacancy),
            cutoff=_cutoff(reader, book, seat),
            problem=problem,
        )


def _countback(reader: Session, vacancy: Vacancy) -> tuple[Next | None, str]:
    """Who a countback gives the seat to, where it is its turn; or why it cannot be made."""
    if vacancy.way.method is not Method.COUNTBACK:
        return None, ""
    try:
        return vacancies.count_back(reader, vacancy.gap.seat, now=now()), ""
    except RuleError as error:
        return None, str(error)


def _suggested(vacancy: Vacancy) -> ByElectionForm:
    start, day = now().replace(hour=12, minute=0, second=0, microsecond=0), timedelta(days=1)
    times = Calendar(start, start + 14 * day, start + 28 * day, start + 42 * day)
    return ByElectionForm(formdata=None, obj=times, data={"title": f"By-election: {vacancy.name}"})


def _cutoff(reader: Session, book: Book, seat: str) -> datetime | None:
    """Of the election that filled the seat before: a by-election has the same."""
    source = ways.sources(book, seat)
    return elections.draft_of(elections.get(reader, source[0])).calendar.cutoff if source else None


@bp.post("/vacancies/<seat>/fill")
def fill(seat: str) -> Answered:
    """Ask for the countback."""
    form = FillForm(request.form)
    return _ask(seat, Method.COUNTBACK, form, lambda problem: _page(seat, fill=form, problem=problem))


@bp.post("/vacancies/<seat>/leave")
def leave(seat: str) -> Answered:
    """Ask to leave it vacant."""
    form = LeaveForm(request.form)
    return _ask(seat, Method.LEFT_VACANT, form, lambda problem: _page(seat, leave=form, problem=problem))


def _ask(seat: str, method: Method, form: FillForm | LeaveForm, again: Callable[[str], str]) -> Answered:
    _require(seat)
    if not form.validate():
        return again(""), 422
    try:
        with transaction() as writer:
            asked = Request(Act.FILL, seat=seat, method=method)
            seat_requests.ask(writer, signed_in().id, asked, form.why.data or "", now=now())
    except RuleError as error:
        return again(str(error)), status_of(error)
    flash(ASKED)
    return redirect(url_for("vacancies.show", seat=seat))


def _require(seat: str, *roles: Role) -> None:
    with reading() as reader:
        officers.require(reader, signed_in().id, *(roles or ASKING))
        vacancies.show(reader, seat, now=now())


@bp.post("/vacancies/<seat>/by-election")
def by_election(seat: str) -> Answered:
    _require(seat, Role.OFFICER)
    form = ByElectionForm(request.form)
    with reading() as reader:
        cutoff = _cutoff(reader, seats.book(reader), seat)
    if not form.validate() or cutoff is None:
        return _page(seat, by=form), 422
    new, title = form.id.data or "", (form.title.data or "").strip()
    try:
        with transaction() as writer:
            by = signed_in().id
            by_elections.begin(writer, by, seat, election=new, title=title, calendar=form.calendar(cutoff), now=now())
    except RuleError as error:
        return _page(seat, by=form, problem=str(error)), status_of(error)
    flash("It is a draft now, with the rules and officials of the election before. Look it over, then freeze its roll.")
    return redirect(url_for("setting_up.draft", election=new))


# ---- the end of a holding --------------------------------------------------------------------------------------------


@bp.get("/holdings/<holding>/end")
def ending(holding: str) -> str:
    return _ending(holding, EndForm(formdata=None))


def _ending(holding: str, form: EndForm, problem: str = "") -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, *seat_requests.ASKING[Act.ENTER])
        chosen = seats.how_chosen(reader, holding)
        return render_template(
            "vacancies/ending.html", chosen=chosen, one=chosen.holding, form=form, problem=problem, Stage=Stage
        )


@bp.post("/holdings/<holding>/end")
def end(holding: str) -> Answered:
    with reading() as reader:
        officers.require(reader, signed_in().id, *seat_requests.ASKING[Act.ENTER])
        seats.how_chosen(reader, holding)
    form = EndForm(request.form)
    if not form.validate():
        return _ending(holding, form), 422
    fact = f.Ended(holding, form.day.data or date.min, End(form.how.data))
    try:
        with transaction() as writer:
            asked = Request(Act.ENTER, (Wish(fact),))
            number = seat_requests.ask(writer, signed_in().id, asked, form.why.data or "", now=now())
    except RuleError as error:
        return _ending(holding, form, str(error)), status_of(error)
    flash(ASKED)
    return redirect(url_for("seat_requests.show", number=number))
