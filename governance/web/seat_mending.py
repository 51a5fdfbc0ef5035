"""Corrections of the register: another fact in the place of one, or striking it out. Both stay, and it takes two people."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from wtforms import BooleanField, Field, Form, SelectField, StringField
from wtforms.validators import DataRequired, Optional

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, Fact, How, Instrument, Method
from governance.errors import RuleError
from governance.services import seat_entries, seats
from governance.services.seat_entries import Entered
from governance.services.seat_requests import Request
from governance.web import drafts
from governance.web.access import signed_in
from governance.web.extensions import now, reading
from governance.web.forms import choices
from governance.web.seat_desk import BodyRulesForm, places, require_body, told_body
from governance.web.seat_forms import Answered, AskForm, RulesForm, ask, day_field, text_field, told
from governance.web.seats import Day, within

bp = Blueprint("seat_mending", __name__, url_prefix="/officer/bodies/<body>/entries")
NUMBER = "/<int(max=2147483647):number>"
PAGE = 100


class FindForm(Form):
    find = StringField("Look for a name, a seat, a day or a number")


class StrikeForm(AskForm):
    """Nothing but why."""


class DayForm(AskForm):
    day = day_field("Day", "Please say which day.")


class EndForm(DayForm):
    how = SelectField(
        "How it ended", choices=choices((one.value, one.value) for one in End if one is not End.INCAPACITY)
    )


class PlanForm(AskForm):
    method = SelectField("How the vacancy is filled", choices=choices((one.value, one.value) for one in Method))
    told = text_field("In a few words")


class NameForm(DayForm):
    day = day_field("Called so from")
    name = text_field("Name", DataRequired("Please give the name."))
    member = text_field("Member (e-mail or id; empty for somebody who is none)")


class HoldingForm(AskForm):
    person = SelectField("Who")
    start = day_field("First day in office", "Please say from when.")
    until = Day("The day on which the term ends, and the seat passes on", [Optional(), within])
    how = SelectField("By what", choices=choices((one.value, one.value) for one in How))
    reference = text_field("Instrument")
    decided = Day("Day of the instrument", [Optional(), within])
    remainder = BooleanField("It is the rest of somebody else's term")
    exception = text_field("The decision by which the limit of terms does not hold for them, if there is one")


def _form(fact: Fact, body: str, data: Any) -> AskForm:  # noqa: PLR0911  one for each kind
    """The form for a correction of a fact; filled with it, unless something was sent."""
    with reading() as reader:
        found = seats.book(reader)
    given: dict[str, Any] = {"formdata": data} if data is not None else {"formdata": None, "data": _values(fact)}
    match fact:
        case f.BodyRuled():
            return BodyRulesForm(**given)
        case f.SeatCreated() | f.SeatChanged():
            return RulesForm(**given).offer(places(found, body, but=[fact.seat]))
        case f.Seated() | f.Offered():
            form = HoldingForm(**given)
            people = sorted(found.people.values(), key=lambda one: one.name.casefold())
            form.person.choices = choices((one.id, one.name) for one in people)
            return form
        case f.Named():
            return NameForm(**given)
        case f.Ended():
            return EndForm(**given)
        case f.Planned():
            return PlanForm(**given)
        case _:
            return DayForm(**given)


def _values(fact: Fact) -> dict[str, Any]:
    match fact:
        case f.BodyRuled():
            return told_body(fact)
        case f.SeatCreated() | f.SeatChanged():
            return told(fact.rules, fact.day)
        case f.Seated() | f.Offered():
            made = fact.instrument
            start = fact.start if isinstance(fact, f.Offered) else fact.day
            kept = {name: getattr(fact, name) for name in ("person", "until", "remainder", "exception")}
            return kept | {"start": start, "how": made.how.value, "reference": made.reference, "decided": made.day}
        case f.Ended():
            return {"day": fact.day, "how": fact.how.kept}
        case _:
            return {name: getattr(fact, name) for name in type(fact).__slots__}


def _said(form: AskForm, fact: Fact) -> Fact:  # noqa: PLR0911  one for each kind
    """The fact as the form says it."""
    given = {field.name: field.data for field in form}
    if isinstance(form, BodyRulesForm) and isinstance(fact, f.BodyRuled):
        return form.fact(fact.body)
    if isinstance(form, RulesForm):
        return seat_entries.changed(fact, day=form.day.data or date.min, rules=form.rules())
    if isinstance(form, HoldingForm) and isinstance(fact, f.Seated | f.Offered):
        old = fact.instrument
        made = Instrument(How(given["how"]), given["reference"], given["decided"], old.election, old.contest, old.file)
        first = {"start" if isinstance(fact, f.Offered) else "day": given["start"]}
        kept = {name: given[name] for name in ("person", "until", "remainder", "exception")}
        return seat_entries.changed(fact, instrument=made, **first, **kept)
    if isinstance(form, NameForm):
        return seat_entries.changed(fact, day=given["day"], name=given["name"], member=_member(form))
    if isinstance(form, EndForm):
        return seat_entries.changed(fact, day=given["day"], how=End(given["how"]))
    if isinstance(form, PlanForm):
        return seat_entries.changed(fact, method=Method(given["method"]), told=given["told"])
    return seat_entries.changed(fact, day=given["day"])


def _member(form: NameForm) -> str:
    """The id of the member who was named.

    Raises:
        RuleError: Nobody is.
    """
    named = form.member.data or ""
    if not named:
        return ""
    with reading() as reader:
        who = drafts.member_id(reader, named)
    if who is None:
        raise RuleError(f"Nobody among the members is “{named}”.")
    return who


# ---- pages -----------------------------------------------------------------------------------------------------------


@bp.get("")
def every(body: str) -> str:
    start = min(max(request.args.get("start", 0, type=int), 0), 2**31)
    form = FindForm(request.args)
    with reading() as reader:
        name = require_body(reader, body)
        found = seat_entries.every(reader, signed_in().id, body)
    wanted = " ".join((form.find.data or "").casefold().split())
    found = [one for one in found if wanted in f"{one.number} {one.told}".casefold()]
    rows, more = found[start : start + PAGE], len(found) > start + PAGE
    return render_template(
        "seats/entries.html", body=body, name=name, form=form, rows=rows, start=start, page=PAGE, more=more
    )


def _show(  # noqa: PLR0913, PLR0917  two forms on one page
    body: str, one: Entered, form: AskForm, strike: AskForm, sentences: list[str], problem: str
) -> str:
    with reading() as reader:
        name = require_body(reader, body)
    fields: list[Field] = [each for each in form if each.name not in ("csrf_token", "why", "seen")]
    return render_template(
        "seats/mend.html",
        body=body,
        name=name,
        one=one,
        form=form,
        fields=fields,
        strike=strike,
        sentences=sentences,
        problem=problem,
        striking=bool(strike.seen.data or strike.why.errors or (strike.why.data and problem)),
        rules=isinstance(form, RulesForm),
        whole=isinstance(one.fact, seat_entries.WHOLE),
    )


def _entry(body: str, number: int) -> Entered:
    with reading() as reader:
        require_body(reader, body)
        return seat_entries.show(reader, signed_in().id, body, number)


@bp.get(NUMBER)
def show(body: str, number: int) -> str:
    one = _entry(body, number)
    return _show(body, one, _form(one.fact, body, None), StrikeForm(formdata=None), [], "")


@bp.post(NUMBER)
def mend(body: str, number: int) -> Answered:
    one = _entry(body, number)

    def wish(_: object) -> Request:
        made = _said(form, one.fact)
        if made == one.fact:
            raise RuleError("That is what the register says already.")
        return seat_entries.replaced(one, made)

    form = _form(one.fact, body, request.form)
    none = StrikeForm(formdata=None)
    return ask(form, wish, lambda given, sentences, problem: _show(body, one, given, none, sentences, problem))


@bp.post(f"{NUMBER}/strike")
def strike(body: str, number: int) -> Answered:
    one = _entry(body, number)
    form = StrikeForm(request.form)

    def page(given: AskForm, sentences: list[str], problem: str) -> str:
        return _show(body, one, _form(one.fact, body, None), given, sentences, problem)

    return ask(form, lambda reader: seat_entries.struck(reader, one, seats.day_of(now())), page)
