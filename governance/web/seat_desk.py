"""The desk of those who keep the register of seats: bodies and their rules, seats and theirs."""

from collections.abc import Collection
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from governance.domain.feasible import ID
from governance.domain.seats import entering
from governance.domain.seats import facts as f
from governance.domain.seats.book import Book, SeatLine
from governance.domain.seats.facts import BodyRuled
from governance.domain.seats.register import Wish
from governance.domain.signing_in import Role
from governance.errors import MalformedError, NotFoundError, RuleError
from governance.services import members, officers, seat_requests, seats
from governance.services.seat_requests import Act, Request
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.seat_forms import (
    NUMBER,
    Answered,
    AskForm,
    RulesForm,
    ask,
    day_field,
    lines,
    read_wanted,
    shows,
    text_field,
    told,
)
from governance.web.setting_up import BodyForm

bp = Blueprint("seat_desk", __name__, url_prefix="/officer/bodies")
DESK = (Role.SECRETARIAT, Role.OFFICER)
_MOST_DECLARATIONS = 20


class BodyRulesForm(AskForm):
    name = text_field("Name", DataRequired("Please give a name."))
    day = day_field("From which day on")
    verifiers = IntegerField(
        "Independent verifiers' reports that a result needs", [Optional(), NumberRange(0, 20, NUMBER)], default=0
    )
    declarations = TextAreaField(
        "Declarations before a seat is taken", [Length(max=2000), shows], render_kw={"rows": 2}
    )
    wanted = TextAreaField("What the group wants to see in itself", [Length(max=2000), shows], render_kw={"rows": 3})

    def fact(self, body: str) -> BodyRuled:
        """What the form says, once it has validated.

        Raises:
            MalformedError: A line says nothing.
        """
        asked = tuple(dict.fromkeys(lines(self.declarations.data or "")))
        if len(asked) > _MOST_DECLARATIONS or not all(map(ID.fullmatch, asked)):
            msg = (
                f"A declaration has a short name of letters, digits and hyphens, like “interests”, one a line; "
                f"there are at most {_MOST_DECLARATIONS}."
            )
            raise MalformedError(msg)
        day = self.day.data or date.min  # it was validated
        wanted = read_wanted(self.wanted.data or "")
        return BodyRuled(body, day, self.name.data or "", self.verifiers.data or 0, asked, wanted)


class AbolishForm(AskForm):
    day = day_field("From which day on it is no more")


def require_body(reader: Session, body: str) -> str:
    """The name of a body as the organisation lists it, for those who keep the register.

    Raises:
        NotPermittedError: Only the secretariat and officers may.
        NotFoundError: There is no such body.
    """
    officers.require(reader, signed_in().id, *DESK)
    name = dict(members.bodies(reader)).get(body)
    if name is None:
        raise NotFoundError("There is no such body.")
    return name


def places(found: Book, body: str, *, but: Collection[str] = ()) -> list[tuple[str, str]]:
    """(id, name) of the seats of a body."""
    return [(one.id, one.rules[-1][1].name) for one in found.seats.values() if one.body == body and one.id not in but]


# ---- bodies ----------------------------------------------------------------------------------------------------------


def _every(form: BodyForm) -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, *DESK)
        known = dict(seats.bodies(reader))
        found = [(body, name, body in known) for body, name in members.bodies(reader)]
    return render_template("seats/desk.html", found=found, form=form)


@bp.get("/")
def every() -> str:
    return _every(BodyForm(formdata=None))


@bp.post("/")
def add() -> Answered:
    form = BodyForm(request.form)
    if not form.validate():
        return _every(form), 422
    try:
        with transaction() as writer:
            members.add_body(writer, signed_in().id, form.id.data or "", form.name.data or "", now=now())
    except RuleError as error:
        form.id.errors = [str(error)]
        return _every(form), status_of(error)
    flash("Added. Now say which seats it has.")
    return redirect(url_for("seat_desk.body", body=form.id.data))


@bp.get("/<body>")
def body(body: str) -> str:
    with reading() as reader:
        name = require_body(reader, body)
        found = seats.book(reader)
        waiting = [
            one for one in seat_requests.waiting(reader, signed_in().id, now=now()) if _about(found, body, one.request)
        ]
    lines_ = [one for one in found.seats.values() if one.body == body]
    return render_template(
        "seats/desk_body.html",
        body=body,
        name=name,
        lines=lines_,
        known=body in found.bodies or bool(lines_),
        waiting=waiting,
        today=seats.day_of(now()),
    )


def _about(found: Book, body: str, asked: Request) -> bool:
    """Whether a request is about a body: for its desk; all of them stand on the page of decisions."""
    if asked.body:
        return asked.body == body
    named = [asked.seat]
    for wish in asked.wishes:
        held = found.holdings.get(getattr(wish.fact, "holding", ""))
        named += [getattr(wish.fact, "seat", ""), held.seat if held else "", getattr(wish.fact, "person", "")]
    own = {line.id for line in found.seats.values() if line.body == body}
    own |= {one.person for one in found.holdings.values() if one.seat in own}
    return not own.isdisjoint(named) or any(getattr(wish.fact, "body", "") == body for wish in asked.wishes)


def _ruling(body: str, form: AskForm, sentences: list[str], problem: str) -> str:
    with reading() as reader:
        name = require_body(reader, body)
        there = body in seats.book(reader).bodies
    return render_template(
        "seats/ruling.html", body=body, name=name, form=form, sentences=sentences, problem=problem, there=there
    )


@bp.get("/<body>/rules")
def ruling(body: str) -> str:
    with reading() as reader:
        name = require_body(reader, body)
        found, today = seats.book(reader), seats.day_of(now())
    values = told_body(found.body(body, today)) if body in found.bodies else {"name": name}
    return _ruling(body, BodyRulesForm(formdata=None, data=values | {"day": today}), [], "")


def told_body(fact: BodyRuled) -> dict[str, object]:
    """The values of a `BodyRulesForm` that says these rules."""
    wanted = "\n".join(f"{name}: {number}" for name, number in fact.wanted.items())
    more = {"declarations": "\n".join(fact.declarations), "wanted": wanted}
    return {"name": fact.name, "day": fact.day, "verifiers": fact.verifiers, **more}


@bp.post("/<body>/rules")
def rule(body: str) -> Answered:
    form = BodyRulesForm(request.form)
    return ask(
        form,
        lambda _: Request(Act.ENTER, (Wish(form.fact(body)),)),
        lambda given, sentences, problem: _ruling(body, given, sentences, problem),
    )


# ---- seats -----------------------------------------------------------------------------------------------------------


def _seat(body: str, form: AskForm, sentences: list[str], problem: str, line: SeatLine | None = None) -> str:
    with reading() as reader:
        name = require_body(reader, body)
    return render_template(
        "seats/seat_form.html", body=body, name=name, form=form, sentences=sentences, problem=problem, line=line
    )


def _line(reader: Session, body: str, seat: str) -> SeatLine:
    require_body(reader, body)
    line = seats.book(reader).seats.get(seat)
    if line is None or line.body != body:
        raise seats.nothing()
    return line


@bp.get("/<body>/seats/new")
def making(body: str) -> str:
    with reading() as reader:
        require_body(reader, body)
        found = seats.book(reader)
    form = RulesForm(formdata=None, data={"day": seats.day_of(now())}).offer(places(found, body))
    return _seat(body, form, [], "")


@bp.post("/<body>/seats/new")
def make(body: str) -> Answered:
    with reading() as reader:
        require_body(reader, body)
        found = seats.book(reader)
    form = RulesForm(request.form).offer(places(found, body))

    def wish(reader: Session) -> Request:
        name = entering.seat_id(body, form.name.data or "")
        if name in {getattr(one.fact, "seat", "") for one in seats.load(reader).entries}:
            msg = "There is, or was, a seat with a name so much like this that their addresses would be the same. Give it another one."
            raise RuleError(msg)
        return Request(Act.ENTER, (Wish(f.SeatCreated(name, body, form.day.data or date.min, form.rules())),))

    return ask(form, wish, lambda given, sentences, problem: _seat(body, given, sentences, problem))


@bp.get("/<body>/seats/<seat>")
def changing(body: str, seat: str) -> str:
    with reading() as reader:
        line = _line(reader, body, seat)
        found = seats.book(reader)
    today = max(seats.day_of(now()), line.created)
    form = RulesForm(formdata=None, data=told(line.on(today), today)).offer(places(found, body, but=[seat]))
    return _seat(body, form, [], "", line)


@bp.post("/<body>/seats/<seat>")
def change(body: str, seat: str) -> Answered:
    with reading() as reader:
        line = _line(reader, body, seat)
        found = seats.book(reader)
    form = RulesForm(request.form).offer(places(found, body, but=[seat]))
    return ask(
        form,
        lambda _: Request(Act.ENTER, (Wish(f.SeatChanged(seat, form.day.data or date.min, form.rules())),)),
        lambda given, sentences, problem: _seat(body, given, sentences, problem, line),
    )


def _abolishing(body: str, seat: str, form: AskForm, sentences: list[str], problem: str) -> str:
    with reading() as reader:
        line = _line(reader, body, seat)
        name = require_body(reader, body)
    return render_template(
        "seats/abolish.html", body=body, name=name, line=line, form=form, sentences=sentences, problem=problem
    )


@bp.get("/<body>/seats/<seat>/abolish")
def abolishing(body: str, seat: str) -> str:
    return _abolishing(body, seat, AbolishForm(formdata=None), [], "")


@bp.post("/<body>/seats/<seat>/abolish")
def abolish(body: str, seat: str) -> Answered:
    with reading() as reader:
        _line(reader, body, seat)
    form = AbolishForm(request.form)
    return ask(
        form,
        lambda _: Request(Act.ENTER, (Wish(f.SeatAbolished(seat, form.day.data or date.min)),)),
        lambda given, sentences, problem: _abolishing(body, seat, given, sentences, problem),
    )
