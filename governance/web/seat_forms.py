"""The forms by which the register of seats is kept: each is looked at first, in sentences, and then asked for."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from hashlib import sha256

from flask import flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from governance.domain.names import printable
from governance.domain.seats.facts import Limit, Method, Seat, SeatClass
from governance.domain.seats.form import MAX_NUMBER
from governance.errors import MalformedError, RuleError
from governance.services import officers, seat_requests
from governance.services.seat_requests import Request
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices
from governance.web.seats import Day, within

Answered = Response | tuple[str, int] | str
NUMBER = "A whole number, please."
ASKED = "Asked. It is entered once somebody else of the officers or the secretariat has approved it."
_MOST_MONTHS = 999
_TEXT = 200
_FEW = re.compile(r"\d{1,3}", re.ASCII)


def shows(_form: object, field: StringField) -> None:
    """Text that can be shown.

    Raises:
        ValidationError: It has signs that cannot.
    """
    if field.data and not printable(" ".join(field.data.split())):
        raise ValidationError("There are signs in it that cannot be shown. Please type it anew.")


def day_field(label: str, why: str = "Please say from which day on.") -> Day:
    return Day(label, [InputRequired(why), within])


def text_field(label: str, *more: object) -> StringField:
    return StringField(label, [*more, Length(max=_TEXT), shows], filters=[_tidy])


def number_field(label: str, most: int = MAX_NUMBER, default: int = 0) -> IntegerField:
    return IntegerField(label, [Optional(), NumberRange(0, most, NUMBER)], default=default)


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())


class AskForm(CsrfForm):
    """What is asked for: why, and what was seen of it."""

    why = TextAreaField(
        "Why (everybody can read it in the register)",
        [DataRequired("Please say why, in a few words."), Length(max=2000), shows],
        render_kw={"rows": 2},
    )
    seen = HiddenField()


class RulesForm(AskForm):
    """The rules of a seat, from a day on."""

    name = text_field("Name of the seat", DataRequired("Please give it a name."))
    chosen = SelectField("How it is filled", choices=choices((one.value, one.value) for one in SeatClass))
    day = day_field("From which day on")
    office = text_field("Office")
    constituency = text_field("Constituency")
    months = number_field("Months of a term", _MOST_MONTHS, 24)
    anchor = Day("A day on which a regular term begins", [Optional(), within])
    consecutive = number_field("Terms in a row, at most", 99)
    lifetime = number_field("Terms in all, at most", 99)
    partial_days = number_field("Terms of up to so many days count for nothing")
    gap_days = number_field("Days between terms that are still in a row", default=31)
    remainder_exempt = BooleanField("A term that only finishes somebody else's counts for nothing")
    reserved = TextAreaField("Reserved for", [Length(max=2000), shows], render_kw={"rows": 2})
    first = SelectField("A vacancy is filled by")
    second = SelectField("If that does not do, by")
    third = SelectField("And then by")
    vacant_under = number_field("Leave it vacant when fewer than so many days remain")
    remainder = BooleanField("Who fills a vacancy serves the rest of the term only", default=True)
    alternate_of = SelectField("Alternate of")
    appointed_by = text_field("Who appoints")
    ratified_by = text_field("Whose vote ratifies an appointment")

    def offer(self, seats: Iterable[tuple[str, str]]) -> "RulesForm":
        """Let these seats be chosen, and the ways to fill a vacancy."""
        ways = [("", "nothing more"), *((one.value, one.value) for one in Method)]
        for one in (self.first, self.second, self.third):
            one.choices = choices(ways)
        self.alternate_of.choices = choices([("", "nobody"), *seats])
        return self

    def rules(self) -> Seat:
        """What the form says, once it has validated.

        Raises:
            MalformedError: A line of what it is reserved for says nothing.
        """
        ways = (self.first.data, self.second.data, self.third.data)
        return Seat(
            name=self.name.data or "",
            chosen=SeatClass(self.chosen.data),
            office=self.office.data or "",
            constituency=self.constituency.data or "",
            months=self.months.data or 0,
            anchor=self.anchor.data,
            limit=Limit(
                self.consecutive.data or 0,
                self.lifetime.data or 0,
                self.partial_days.data or 0,
                self.gap_days.data or 0,
                bool(self.remainder_exempt.data),
            ),
            reserved=read_reserved(self.reserved.data or ""),
            filling=tuple(dict.fromkeys(Method(one) for one in ways if one)),
            vacant_under=self.vacant_under.data or 0,
            remainder=bool(self.remainder.data),
            alternate_of=self.alternate_of.data or "",
            appointed_by=self.appointed_by.data or "",
            ratified_by=self.ratified_by.data or "",
        )


def told(rules: Seat, day: date) -> dict[str, object]:
    """The values of a `RulesForm` that says these rules."""
    ways = [*map(str, rules.filling), "", "", ""][:3]
    values = {name: getattr(rules, name) for name in Seat.__slots__}
    limit = {name: getattr(rules.limit, name) for name in Limit.__slots__}
    lines = "\n".join(f"{name}: {' | '.join(one)}" for name, one in rules.reserved.items())
    order = dict(zip(("first", "second", "third"), ways, strict=True))
    return values | limit | order | {"day": day, "chosen": rules.chosen.value, "reserved": lines}


def lines(text: str) -> list[str]:
    return [one for line in text.splitlines() if (one := " ".join(line.split()))]


def read_reserved(text: str) -> Mapping[str, tuple[str, ...]]:
    """Lines like “region: Africa | Asia”.

    Raises:
        MalformedError: One says nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in lines(text):
        name, _, values = line.partition(":")
        given = tuple(one.strip() for one in values.split("|") if one.strip())
        if not name.strip() or not given:
            msg = f"“{line[:60]}”: write what is declared, a colon, and its values, like “region: Africa | Asia”."
            raise MalformedError(msg)
        found[name.strip()] = given
    return found


def read_wanted(text: str) -> Mapping[str, int]:
    """Lines like “region=Africa: 1”.

    Raises:
        MalformedError: One says nothing.
    """
    found: dict[str, int] = {}
    for line in lines(text):
        what, _, number = line.rpartition(":")
        name, equals, value = what.partition("=")
        if not (name.strip() and equals and value.strip() and _FEW.fullmatch(number.strip())):
            msg = f"“{line[:60]}”: write what is declared, its value, and how many there should be, like “region=Africa: 1”."
            raise MalformedError(msg)
        found[f"{name.strip()}={value.strip()}"] = int(number)
    return found


# ---- looked at, then asked for ---------------------------------------------------------------------------------------


def ask(form: AskForm, wish: Callable[[Session], Request], page: Callable[[AskForm, list[str], str], str]) -> Answered:
    """Show what a form would enter; once exactly that was seen, ask a second person to approve it.

    Args:
        form: With its reason; what was typed stays in it.
        wish: What it asks for.
        page: The page with the form, with what would be entered, or with what is wrong.
    """
    with reading() as reader:
        officers.require(reader, signed_in().id, *seat_requests.ASKING[seat_requests.Act.ENTER])
    if not form.validate():
        return page(form, [], "Something is missing, or not as it should be. Nothing was entered."), 422
    try:
        with reading() as reader:
            asked = wish(reader)
            sentences = seat_requests.check(reader, asked, now=now())
        digest = sha256(json.dumps([sentences, form.why.data]).encode()).hexdigest()
        if form.seen.data != digest:
            form.seen.data = digest
            return page(form, sentences, "")
        with transaction() as writer:
            number = seat_requests.ask(writer, signed_in().id, asked, form.why.data or "", now=now())
    except (RuleError, MalformedError) as error:
        return page(form, [], str(error)), status_of(error)
    flash(ASKED)
    return redirect(url_for("seat_requests.show", number=number))
