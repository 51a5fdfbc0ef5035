"""Appointments: an open call or a direct proposal, applications, the decision of the appointing authority, its instrument.

The decision itself takes two people (`seat_requests`). What applicants write is encrypted, and erased with the appointment.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import limits
from governance.domain.names import printable
from governance.domain.seats.book import Book
from governance.domain.seats.facts import Method, SeatClass
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import officers, often, seats, vacancies, views
from governance.store.seats import Application, Appointment, AppointmentDecision, Certificate
from governance.store.vault import vault

MAX_TEXT = 5000
KEPT = timedelta(days=180)
"""Applications are kept so long after the decision: the seat may be declined."""
DECIDING = (Role.APPOINTER, Role.SECRETARIAT, Role.OFFICER)
_SEALED = "applications for a seat"


@dataclass(frozen=True, slots=True)
class Call:
    """An appointment as everybody sees it.

    Attributes:
        call: Whether applications are asked for; else somebody is proposed.
        open: Whether one can apply now.
        waits_for: The election that has to be certified before it is decided; empty for none.
        decided: The holding that came of it; empty while it is not decided.
    """

    number: int
    seat: str
    name: str
    call: bool
    text: str
    closes: datetime | None
    open: bool
    start: date
    waits_for: str
    decided: str
    given_up: bool


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who applied or was proposed, for those who decide."""

    number: int
    name: str
    member: str
    email: str
    text: str
    attributes: Mapping[str, str]
    proposed_by: str
    at: datetime
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wants to open: an open call (`call`) or a direct proposal, for a seat from a day on.

    Attributes:
        text: What everybody reads.
        closes: Until when one can apply; None for no end.
        after_election: An election that has to be certified before it is decided, so that it can balance the group.
    """

    seat: str
    text: str
    start: date
    call: bool = True
    closes: datetime | None = None
    after_election: str = ""


# ---- opening ---------------------------------------------------------------------------------------------------------


def begin(session: Session, by: str, plan: Plan, *, now: datetime) -> int:
    """Open a call, or begin a direct proposal; the number of the appointment.

    Raises:
        NotPermittedError: Only the appointing authority and the secretariat may.
        RuleError: There is no such seat, it is not filled by appointment, somebody holds it then, the call would be over,
            or one is open already.
    """
    officers.require(session, by, Role.APPOINTER, Role.SECRETARIAT)
    found = seats.book(session)
    line = found.seats.get(plan.seat)
    if line is None:
        raise RuleError(str(seats.nothing()))
    rules = line.on(plan.start)
    vacant = _filled_by(session, found, plan, now)
    if rules.chosen is not SeatClass.APPOINTED and not vacant:
        msg = f"“{rules.name}” is not filled by appointment now."
        raise RuleError(msg)
    if plan.call and plan.closes is not None and plan.closes <= now:
        msg = "Nobody could apply: choose a time to come until which the call is open."
        raise RuleError(msg)
    held = found.holder(plan.seat, plan.start)
    if held is not None:
        msg = f"{found.people[held.person].name} holds “{rules.name}” on {plan.start}: choose a later day."
        raise RuleError(msg)
    if any(one.seat == plan.seat and not one.decided and not one.given_up for one in every(session, now=now)):
        msg = f"There is an appointment to “{rules.name}” already that is not decided."
        raise RuleError(msg)
    if not plan.text.strip() or len(plan.text) > MAX_TEXT:
        msg = "Say in a few words what is asked for: everybody reads it."
        raise RuleError(msg)
    row = Appointment(
        seat=plan.seat,
        call=plan.call,
        text=plan.text.strip(),
        opened=now,
        opened_by=by,
        closes=plan.closes,
        after_election=plan.after_election or None,
        start=plan.start,
    )
    session.add(row)
    session.flush()
    if vacant:
        vacancies.plan(session, by, plan.seat, vacant, now=now)
    told = f"opened {'a call' if plan.call else 'an appointment'} for {plan.seat} ({row.id})"
    officers.note(session, by, told, now=now)
    return row.id


def _filled_by(session: Session, found: Book, plan: Plan, now: datetime) -> Method | None:
    """Of a seat that is vacant on this day, appointment or co-option, if its rule says that it is filled so now."""
    if found.holder(plan.seat, seats.day_of(now)) is not None:
        return None
    method = vacancies.show(session, plan.seat, now=now).way.method
    return method if method and method.chosen else None


def give_up(session: Session, by: str, number: int, why: str, *, now: datetime) -> None:
    """Give an appointment up that is not decided; what applicants wrote is erased.

    Raises:
        NotPermittedError: Only the appointing authority and the secretariat may.
        NotFoundError: There is no such appointment.
        RuleError: It was decided or given up already, or there is no reason.
    """
    officers.require(session, by, Role.APPOINTER, Role.SECRETARIAT)
    row = undecided(session, number)
    if not why.strip():
        msg = "Please say why."
        raise RuleError(msg)
    row.ended = now
    _erase(session, number)
    officers.note(session, by, f"gave up appointment {number}", now=now, why=why.strip())


def erase(session: Session, *, now: datetime) -> int:
    """Destroy what applicants wrote to appointments that were decided long ago; how many. Doing it again changes nothing."""
    old = select(AppointmentDecision.appointment_id).where(AppointmentDecision.at < now - KEPT)
    rows = session.scalars(
        select(Application).where(Application.appointment_id.in_(old), Application.said != b"")
    ).all()
    for row in rows:
        row.said = b""
    return len(rows)


def _erase(session: Session, number: int) -> None:
    for one in session.scalars(select(Application).filter_by(appointment_id=number)):
        one.said = b""


# ---- applying --------------------------------------------------------------------------------------------------------


def apply(session: Session, by: str, number: int, text: str, *, now: datetime) -> int:
    """Apply for a seat oneself, in an open call.

    Raises:
        NotPermittedError: They are no active member.
        NotFoundError: There is no such call.
        RuleError: It is closed, nothing is said, or they have applied already.
    """
    person = officers.person(session, by)
    row = row_of(session, number)
    if not shown(session, seats.book(session), row, now).open:
        msg = "One cannot apply for this seat now."
        raise RuleError(msg)
    if not often.count(session, limits.WRITE, by, now):
        raise limits.WRITE.refuse()
    return _enter(session, by, row, {"name": person.name, "email": "", "text": text, "attributes": {}}, by, now)


def propose(
    session: Session,
    by: str,
    number: int,
    text: str,
    *,
    member: str = "",
    name: str = "",
    email: str = "",
    attributes: Mapping[str, str] = {},
    now: datetime,
) -> int:
    """Propose a member, or an outsider by name and address, for those who decide.

    Raises:
        NotPermittedError: Only the appointing authority and the secretariat may.
        NotFoundError: There is no such appointment.
        RuleError: It was decided, nobody is named, the membership is not active, or they are among the applicants already.
    """
    officers.require(session, by, Role.APPOINTER, Role.SECRETARIAT)
    row = undecided(session, number)
    if member:
        name = officers.person(session, member).name
    if not name.strip():
        msg = "Say whom you propose."
        raise RuleError(msg)
    if not printable(name.strip()):
        msg = "There are signs in the name that cannot be shown. Please type it anew."
        raise RuleError(msg)
    told = {"name": name.strip(), "email": email.strip(), "text": text, "attributes": dict(attributes)}
    return _enter(session, by, row, told, member, now)


def _enter(  # noqa: PLR0917  one call
    session: Session, by: str, row: Appointment, told: Mapping[str, object], member: str, now: datetime
) -> int:
    text = str(told["text"]).strip()
    if not text or len(text) > MAX_TEXT:
        msg = "Please say in a few words why." if not text else "The text is too long."
        raise RuleError(msg)
    for other in _applicants(session, row.id):
        same = other.member == member and (member or other.name == told["name"])
        if not other.withdrawn and same:
            msg = f"{told['name']} is among the applicants already."
            raise RuleError(msg)
    said = json.dumps({**told, "text": text}, ensure_ascii=False).encode()
    one = Application(
        appointment_id=row.id, member_id=member or None, said=vault(session).seal(_SEALED, said), proposed_by=by, at=now
    )
    session.add(one)
    session.flush()
    officers.note(session, by, f"entered application {one.id} for appointment {row.id}", now=now)
    return one.id


def withdraw(session: Session, by: str, application: int, *, now: datetime) -> None:
    """Take back an application of one's own; what was written is erased.

    Raises:
        NotFoundError: They have made none of this number.
        RuleError: It was taken back, or decided.
    """
    one = session.get(Application, application)
    if one is None or one.member_id != by:
        raise nothing()
    undecided(session, one.appointment_id)
    if one.withdrawn is not None:
        msg = "It was taken back already."
        raise RuleError(msg)
    one.withdrawn, one.said = now, b""
    officers.note(session, by, f"took back application {application}", now=now)


def mine(session: Session, by: str) -> list[tuple[int, int, bool]]:
    """(application, appointment, withdrawn) of a member's own applications."""
    rows = session.scalars(select(Application).filter_by(member_id=by).order_by(Application.id))
    return [(row.id, row.appointment_id, row.withdrawn is not None) for row in rows]


# ---- reading ---------------------------------------------------------------------------------------------------------


def every(session: Session, *, now: datetime, body: str = "") -> list[Call]:
    """All appointments as everybody sees them, the newest first; of one body if it is given."""
    found = seats.book(session)
    rows = session.scalars(select(Appointment).order_by(Appointment.id.desc()))
    there = (row for row in rows if row.seat in found.seats)  # of a seat that was struck out there is nothing to say
    return [shown(session, found, row, now) for row in there if not body or found.seats[row.seat].body == body]


def show(session: Session, number: int, *, now: datetime) -> Call:
    """One appointment as everybody sees it.

    Raises:
        NotFoundError: There is none, or its seat was struck out.
    """
    return shown(session, seats.book(session), row_of(session, number), now)


def shown(session: Session, found: Book, row: Appointment, now: datetime) -> Call:
    """A row as everybody sees it.

    Raises:
        NotFoundError: Its seat was struck out.
    """
    if row.seat not in found.seats:
        raise nothing()
    query = select(AppointmentDecision).filter_by(appointment_id=row.id).order_by(AppointmentDecision.id.desc())
    made = next((one for one in session.scalars(query) if one.holding in found.holdings), None)
    waits = row.after_election or ""
    if waits and session.get(Certificate, waits) is not None:
        waits = ""
    return Call(
        number=row.id,
        seat=row.seat,
        name=found.seats[row.seat].on(row.start).name,
        call=row.call,
        text=row.text,
        closes=row.closes,
        open=row.call and made is None and row.ended is None and (row.closes is None or now < row.closes),
        start=row.start,
        waits_for=waits,
        decided=made.holding if made else "",
        given_up=row.ended is not None,
    )


def applicants(session: Session, by: str, number: int, *, now: datetime) -> list[Applicant]:
    """Who applied and was proposed, for those who decide: that somebody looked is in the log.

    Raises:
        NotPermittedError: Somebody else asks.
        NotFoundError: There is no such appointment.
    """
    officers.require(session, by, *DECIDING)
    row_of(session, number)
    views.note(session, by, f"read the applications for appointment {number}", now=now)
    return _applicants(session, number)


def _applicants(session: Session, number: int) -> list[Applicant]:
    rows = session.scalars(select(Application).filter_by(appointment_id=number).order_by(Application.id))
    return [applicant(session, row) for row in rows]


def applicant(session: Session, row: Application) -> Applicant:
    """A row as those who decide see it."""
    told = json.loads(vault(session).open(_SEALED, row.said)) if row.said else {}
    name, email = told.get("name", ""), told.get("email", "")
    if row.member_id:
        name, email = officers.name_and_address(session, row.member_id)
    return Applicant(
        number=row.id,
        name=name,
        member=row.member_id or "",
        email=email,
        text=told.get("text", ""),
        attributes=told.get("attributes", {}),
        proposed_by=row.proposed_by,
        at=row.at,
        withdrawn=row.withdrawn is not None,
    )


# ---- rows ------------------------------------------------------------------------------------------------------------


def row_of(session: Session, number: int) -> Appointment:
    """The row of an appointment."""
    row = session.get(Appointment, number)
    if row is None:
        raise nothing()
    return row


def undecided(session: Session, number: int) -> Appointment:
    """An appointment that is not decided and was not given up; one whose offer was declined can be decided anew."""
    row = row_of(session, number)
    found = seats.book(session)
    made = session.scalars(select(AppointmentDecision).filter_by(appointment_id=number)).all()
    held = (found.holdings[one.holding] for one in made if one.holding in found.holdings)
    if row.ended is not None or any(one.declined is None for one in held):
        msg = "This appointment was decided or given up already."
        raise RuleError(msg)
    return row


def nothing() -> NotFoundError:
    """What there is not."""
    return NotFoundError("There is no such appointment or application.")
