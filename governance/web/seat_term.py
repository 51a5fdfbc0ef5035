"""One term by a form: one person in one seat. It becomes a line of text, and goes the way of a page of text from there."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, SelectField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from governance.domain.seats import page
from governance.domain.seats.book import Book
from governance.domain.seats.facts import Instrument
from governance.domain.seats.page import ENDS, HOWS, Held
from governance.errors import RuleError
from governance.services import officers, seat_pages, seats
from governance.services.seat_pages import Preview
from governance.services.seat_requests import Act, Request
from governance.web import drafts
from governance.web.access import signed_in
from governance.web.extensions import now, reading
from governance.web.forms import choices
from governance.web.seat_desk import require_body
from governance.web.seat_forms import Answered, AskForm, ask, day_field, text_field
from governance.web.seats import Day, within

bp = Blueprint("seat_term", __name__, url_prefix="/officer/bodies/<body>/term")
CAME = {
    "elected": "By an election",
    "unopposed": "Elected without a vote: no more stood than there were seats",
    "countback": "By a countback: the votes of an election were counted again",
    "by-election": "By a by-election",
    "appointed": "By an appointment",
    "co-opted": "By a co-option: the group chose them itself",
    "ex officio": "By another office that they hold",
    "earlier": "It is no longer known",
}
OVER = {
    "": "By its time, or not yet",
    "resigned": "They resigned",
    "removed": "They were removed",
    "died": "They died",
    "incapacity": "They could no longer do it",
}
_NAME = 100
_LOOK = "What has to be looked at again stands beside its field."


def plain(_form: object, field: Field) -> None:
    """Text that cannot be taken for a remark.

    Raises:
        ValidationError: It begins like one.
    """
    if field.data and field.data.startswith("#"):
        raise ValidationError("Please begin it with a letter or a digit, not with “#”.")


class TermForm(AskForm):
    """One person in one seat."""

    seat = SelectField("Seat", [InputRequired("Please choose the seat.")])
    name = text_field("Name of the person", plain, Length(max=_NAME, message=f"At most {_NAME} letters, please."))
    member = text_field("If they are a member: their e-mail address or id")
    start = day_field("First day in office", "Please give their first day in office.")
    last = Day("Last day in office", [Optional(), within])
    end = SelectField("How it ended", choices=choices(OVER.items()))
    how = SelectField(
        "How they came to it",
        [InputRequired("Please choose how they came to it.")],
        choices=choices([("", "Choose one"), *((one, CAME[one]) for one in HOWS)]),
    )
    reference = text_field("By which vote, decision or record", plain)
    remainder = BooleanField("They only finished somebody else's term")
    exception = text_field("The decision by which the limit of terms does not hold for them, if there is one")

    def offer(self, body: str, book: Book) -> "TermForm":
        """Let the seats of a body be chosen; of those of one name, the id is told."""
        lines = [line for line in book.seats.values() if line.body == body]
        names = [line.rules[-1][1].name for line in lines]
        told = [
            (line.id, f"{name} ({line.id})" if names.count(name) > 1 else name)
            for line, name in zip(lines, names, strict=True)
        ]
        self.seat.choices = choices([("", "Choose one"), *told])
        return self

    def validate_last(self, field: Day) -> None:
        """The last day is not before the first.

        Raises:
            ValidationError: It is.
        """
        if field.data and self.start.data and field.data < self.start.data:
            raise ValidationError("This is before the first day in office.")

    def validate_end(self, field: SelectField) -> None:
        """What ended early has a last day.

        Raises:
            ValidationError: It has none.
        """
        if field.data and self.last.data is None and not self.last.errors:
            raise ValidationError("Then please give their last day in office, above.")

    def held(self, reader: Session) -> Held:
        """What the form says, once it has validated.

        Raises:
            RuleError: Nobody is named, or no member is called so; it stands beside the field.
        """
        named, name = self.member.data or "", self.name.data or ""
        member = drafts.member_id(reader, named) if named else ""
        if member is None:
            self.member.errors = [f"Nobody on the members' list is “{named}”."]
            raise RuleError(_LOOK)
        name = name or officers.names(reader, [member]).get(member, "")
        if not name:
            self.name.errors = ["Please say who it was: by name here, or as a member below."]
            raise RuleError(_LOOK)
        assert self.start.data is not None  # noqa: S101  it was validated
        return Held(
            line=1,
            start=self.start.data,
            last=self.last.data,
            seat=self.seat.data,
            person=name,
            member=member,
            instrument=Instrument(HOWS[self.how.data], self.reference.data or ""),
            end=ENDS.get(self.end.data or ""),
            remainder=bool(self.remainder.data),
            exception=self.exception.data or "",
        )


def _beside(form: TermForm, seen: Preview) -> None:
    """Put what is wrong beside the field that it is about.

    Raises:
        RuleError: Something is.
    """
    wrong = [*seen.plan.mistakes, *seen.plan.conflicts]
    fields = {field.name: field for field in form}
    for one in wrong:
        if one.part in fields:
            told = one.why[:1].upper() + one.why[1:].rstrip(".") + "."
            fields[one.part].errors = [*fields[one.part].errors, told]
    if other := [one.why for one in wrong if one.part not in fields]:
        raise RuleError(other[0])
    if wrong:
        raise RuleError(_LOOK)
    if not seen.plan.facts:
        msg = "This term stands in the register already. If something of it is wrong, correct its entry."
        raise RuleError(msg)


def _page(body: str, form: AskForm, sentences: list[str], problem: str, doubts: list[str]) -> str:
    with reading() as reader:
        name = require_body(reader, body)
    return render_template(
        "seats/term.html", body=body, name=name, form=form, sentences=sentences, problem=problem, doubts=doubts
    )


def _form(body: str, **given: Any) -> TermForm:
    with reading() as reader:
        require_body(reader, body)
        return TermForm(**given).offer(body, seats.book(reader))


@bp.get("")
def new(body: str) -> str:
    form = _form(body, formdata=None, data={"seat": request.args.get("seat", "")})
    return _page(body, form, [], "", [])


@bp.post("")
def enter(body: str) -> Answered:
    form, doubts = _form(body, formdata=request.form), list[str]()

    def wish(reader: Session) -> Request:
        text = page.write(form.held(reader))
        seen = seat_pages.preview(reader, signed_in().id, body, text.encode(), now=now())
        _beside(form, seen)
        doubts.extend(f"{one.why.rstrip('?.')}{'?' if one.why.endswith('?') else '.'}" for one in seen.plan.doubts)
        return Request(Act.PAGE, body=body, page=text, digest=seen.digest)

    return ask(form, wish, lambda given, told, problem: _page(body, given, told, problem, doubts))
