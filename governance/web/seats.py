"""The register of seats, for everybody: a body as it stands and stood on any day, its seats, how each person was chosen.

Addresses are stable: ids of the register never change, and what is asked of a day can be asked with `?day=`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeVar

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import DateField, Form, SelectField
from wtforms.validators import Optional, ValidationError

from governance.domain.eligibility.facts import EARLIEST, LATEST
from governance.domain.seats import facts, terms
from governance.errors import MalformedError, NotFoundError
from governance.services import interests, officers, seat_exports, seat_views, seats
from governance.web.access import public
from governance.web.compression import same_for_all
from governance.web.extensions import now, reading
from governance.web.forms import choices

bp = Blueprint("seats", __name__, url_prefix="/bodies")
Told = TypeVar("Told")
AHEAD = (1, 2, 5, 10)
"""How many years ahead one can look."""
NOBODY = "-"
"""Of whom the calculator is asked: somebody who never served."""
KINDS: Mapping[str, str] = {
    "json": "Popolo JSON, for other programs",
    "csv": "CSV, for a spreadsheet",
    "ics": "iCalendar, for a calendar",
}
CLASSES = {
    facts.SeatClass.ELECTED: "Elected seats",
    facts.SeatClass.APPOINTED: "Appointed seats",
    facts.SeatClass.EX_OFFICIO: "Seats that come with another office",
}


def within(_form: Form, field: DateField) -> None:
    """A day that can be meant.

    Raises:
        ValidationError: It is centuries away.
    """
    if field.data is not None and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(f"Please give a day from {EARLIEST.year} to {LATEST.year}.")


class Day(DateField):
    """A day, typed or picked; what was typed stays in it when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Please give a day, like 2026-03-01.") from None


class KnownForm(Form):
    known = Day("As it was known on", [Optional(), within])


class DayForm(KnownForm):
    day = Day("As it stood on", [Optional(), within])


class AgainForm(Form):
    person = SelectField("Who", validate_choice=False)
    seat = SelectField("Which seat", validate_choice=False)
    day = Day("A term that begins on", [Optional(), within])


class When(NamedTuple):
    """Of which day one asks, and known when."""

    day: date
    known: date | None
    today: date
    args: dict[str, str]
    """For the addresses of files that say the same."""


def _when(form: DayForm) -> When:
    """What a form says that was validated; a day that is none is today."""
    today = seats.day_of(now())
    day = form.day.data if not form.day.errors else None
    known = form.known.data if not form.known.errors else None
    args = {name: one.isoformat() for name, one in (("day", day), ("known", known)) if one}
    return When(day or today, known, today, args)


def _as_known(form: KnownForm, what: str, look: Callable[[date | None], Told]) -> tuple[Told, date | None, str]:
    """What the register had on the day of a validated form; where it had nothing then, what it has today, and why.

    Raises:
        NotFoundError: It has nothing today either.
    """
    known = form.known.data if not form.known.errors else None
    try:
        return look(known), known, ""
    except NotFoundError:
        if known is None:
            raise
        return look(None), None, f"On {known} the register had nothing about {what} yet. This is what it says today."


def _answer(told: str, *, problem: str, valid: bool) -> tuple[str, int]:
    return told, 404 if problem else 200 if valid else 422


def _today() -> date:
    return seats.day_of(now())


# ---- bodies ----------------------------------------------------------------------------------------------------------


@bp.get("/")
@public
def every() -> str:
    with reading() as reader:
        today = _today()
        found = [seat_views.overview(reader, body, today, today=today) for body, _ in seats.bodies(reader)]
    return render_template("seats/every.html", found=found)


@bp.get("/<body>")
@public
def page(body: str) -> tuple[str, int]:
    form = DayForm(request.args)
    valid = form.validate()
    when = _when(form)
    with reading() as reader:

        def look(known: date | None) -> seat_views.Overview:
            return seat_views.overview(reader, body, when.day, today=when.today, known=known)

        shown, known, problem = _as_known(form, "this group", look)
    told = render_template(
        "seats/page.html",
        shown=shown,
        when=when,
        known=known,
        form=form,
        problem=problem,
        kinds=KINDS,
        CLASSES=CLASSES,
    )
    return _answer(told, problem=problem, valid=valid)


@bp.get("/<body>/due")
@public
def due(body: str) -> str:
    asked = request.args.get("years", 5, type=int)
    years = asked if asked in AHEAD else 5
    with reading() as reader:
        name = seats.group(reader, body, _today()).name
        found = seats.falls_due(reader, body, _today(), years)
    by_year = [(year, list(some)) for year, some in groupby(found, lambda one: one.day.year)]
    return render_template("seats/due.html", body=body, name=name, by_year=by_year, years=years, AHEAD=AHEAD)


@bp.get("/<body>/again")
@public
def again(body: str) -> str | tuple[str, int]:
    form = AgainForm(request.args)
    valid = form.validate()
    day = form.day.data if form.day.data and not form.day.errors else _today()
    answer = None
    with reading() as reader:
        name = seats.group(reader, body, _today()).name
        people, places = seat_views.choices(reader, body, day)
        form.person.choices = choices([*people, (NOBODY, "Somebody who has not served in this group")])
        form.seat.choices = choices(places)
        if form.day.data is None and not form.day.errors:
            form.day.data = day
        who, seat = form.person.data or _self(reader, people), form.seat.data or ""
        form.person.data = who
        if seat and valid:
            who = "" if who == NOBODY else who
            if who and who not in dict(people):
                raise seats.nothing()
            answer = seat_views.again(reader, body, who, seat, day)
    told = render_template("seats/again.html", body=body, name=name, form=form, answer=answer, day=day)
    return told, 200 if valid else 422


def _self(reader: Session, people: list[tuple[str, str]]) -> str:
    """Whoever is signed in, if the register knows them in this body."""
    mine = seats.person_of(seats.book(reader), current_user.person.id) if current_user.is_authenticated else ""
    return mine if mine in dict(people) else ""


@bp.get("/<body>/declarations")
@public
def declared(body: str) -> str:
    with reading() as reader:
        name = seats.group(reader, body, _today()).name
        found = interests.register(reader, body, now=now())
    return render_template("seats/declared.html", body=body, name=name, found=found, today=_today())


# ---- a seat, a holding, a person -------------------------------------------------------------------------------------


@bp.get("/<body>/seats/<seat>")
@public
def seat(body: str, seat: str) -> tuple[str, int]:
    form = KnownForm(request.args)
    valid = form.validate()
    with reading() as reader:

        def look(on: date | None) -> seat_views.SeatTold:
            return seat_views.seat(reader, body, seat, _today(), known=on)

        told, known, problem = _as_known(form, "this seat", look)
    page = render_template(
        "seats/seat.html",
        body=body,
        told=told,
        today=_today(),
        says=terms.says,
        form=form,
        known=known,
        problem=problem,
    )
    return _answer(page, problem=problem, valid=valid)


@bp.get("/<body>/holdings/<holding>")
@public
def holding(body: str, holding: str) -> str:
    with reading() as reader:
        told = seat_views.holding(reader, body, holding)
    return render_template("seats/holding.html", body=body, told=told, How=facts.How)


@bp.get("/<body>/people/<person>")
@public
def person(body: str, person: str) -> tuple[str, int]:
    """Somebody of a body; declarations are answers of today, so they are left out of what was known on a day."""
    form = KnownForm(request.args)
    valid = form.validate()
    with reading() as reader:

        def look(on: date | None) -> seat_views.PersonTold:
            return seat_views.person(reader, body, person, known=on)

        told, known, problem = _as_known(form, "this person", look)
        sits = () if known else interests.register(reader, body, now=now())
    declares = next((one for one in sits if one.person == person), None)
    page = render_template(
        "seats/person.html", body=body, told=told, declares=declares, form=form, known=known, problem=problem
    )
    return _answer(page, problem=problem, valid=valid)


# ---- files -----------------------------------------------------------------------------------------------------------


@bp.get("/<body>/register.<kind>")
@public
@same_for_all
def export(body: str, kind: str) -> Response:
    if kind not in KINDS:
        raise NotFoundError("There is no such file: the register is there as .json, .csv and .ics.")
    form = DayForm(request.args)
    if not form.validate():
        raise MalformedError("A day is like 2026-03-01.")
    when = _when(form)
    with reading() as reader:
        address = addresses(reader, body)
        if kind == "json":
            data = seat_exports.popolo(reader, body, when.day, address=address, known=when.known)
        elif kind == "csv":
            data = seat_exports.table(reader, body, when.day, known=when.known)
        else:
            data = seat_exports.calendar(reader, body, when.day, address=address, known=when.known)
    name = f"{body}-{when.day.isoformat()}.{kind}"
    response = Response(data, mimetype=seat_exports.TYPES[kind])
    if kind == "csv":
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Cache-Control"] = (
        "public, no-cache"  # it may be kept, and is asked for each time: so it is never old
    )
    response.add_etag()
    response.make_conditional(request)
    return response


def addresses(reader: Session, body: str) -> Callable[[str], str]:
    """The full address of a thing of a body from its public id, like “seat/group-1”; never the request's host."""
    host = officers.organisation(reader).host

    def address(public_id: str) -> str:
        kind, _, name = public_id.partition("/")
        path = {
            "body": lambda: url_for("seats.page", body=name),
            "seat": lambda: url_for("seats.seat", body=body, seat=name),
            "person": lambda: url_for("seats.person", body=body, person=name),
            "holding": lambda: url_for("seats.holding", body=body, holding=name),
        }[kind]()
        return f"https://{host}{path}"

    return address
