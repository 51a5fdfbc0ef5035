"""The decision of the appointing authority: its instrument, reasons, recusals, the ratifying vote. It takes two people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.membership import Status
from governance.domain.seats import filling, words
from governance.domain.seats.book import Book
from governance.domain.seats.facts import How, Instrument, Method
from governance.domain.seats.filling import Place
from governance.domain.signing_in import Role
from governance.errors import MalformedError, NotPermittedError, RuleError
from governance.services import appointments, officers, seat_offers, seats
from governance.services.officers import Two
from governance.services.seat_offers import Chosen
from governance.store.members import Member
from governance.store.seats import Application, Appointment, AppointmentDecision, InstrumentFile

MAX_FILE = 5 * 2**20


@dataclass(frozen=True, slots=True)
class Vote:
    """A ratifying vote: whose, when, how many for, against and abstaining, and its reference."""

    whose: str
    day: date
    in_favour: int
    against: int
    abstained: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision of the appointing authority.

    Attributes:
        application: Number of the application that was chosen.
        reference: Of the instrument, with its `day`; `file` is the SHA-256 of its file in hexadecimal, empty without one.
        reasons: Everybody reads them.
        recused: Names of those who took no part, and why, in a line each.
        ratified: None where the rule asks for no vote.
        exception: The decision by which the limit of terms does not hold.
    """

    application: int
    reference: str
    day: date
    reasons: str
    recused: tuple[str, ...] = ()
    ratified: Vote | None = None
    file: str = ""
    exception: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as everybody reads it; `by` and `second` are names."""

    holding: str
    person: str
    decision: Decision
    by: str
    second: str
    at: datetime


def attach(session: Session, by: str, name: str, data: bytes, *, now: datetime) -> str:
    """Keep the file of an instrument; its SHA-256 in hexadecimal. The same file twice is kept once.

    Raises:
        NotPermittedError: Only those who appoint, the secretariat and officers may.
        MalformedError: It is empty, too large, or neither PDF nor plain text.
    """
    officers.require(session, by, *appointments.DECIDING)
    if not data or len(data) > MAX_FILE:
        msg = "The file is empty, or larger than 5 megabytes."
        raise MalformedError(msg)
    if not data.startswith(b"%PDF-") and b"\0" in data:
        msg = "Only PDF files and plain text can be kept."
        raise MalformedError(msg)
    digest = sha256(data).hexdigest()
    if session.get(InstrumentFile, digest) is None:
        session.add(InstrumentFile(digest=digest, name=name[:200], data=data))
        session.flush()
        officers.note(session, by, f"kept the file {digest[:16]}", now=now)
    return digest


def file(session: Session, digest: str) -> tuple[str, bytes]:
    """Name and bytes of the file of an instrument that was decided: public.

    Raises:
        NotFoundError: No decision names such a file.
    """
    row = session.get(InstrumentFile, digest)
    if row is None or session.scalar(select(AppointmentDecision.id).filter_by(file=digest).limit(1)) is None:
        raise appointments.nothing()
    return row.name, row.data


def check_decide(session: Session, number: int, decision: Decision, *, now: datetime) -> Chosen:
    """Check that an appointment can be decided so now; who is chosen, and for which term.

    Raises:
        NotFoundError: There is no such appointment or application.
        RuleError: It waits for an election, a vote is missing or failed, there are no reasons, or the limit of terms
            forbids it.
    """
    row, found = appointments.undecided(session, number), seats.book(session)
    call = appointments.shown(session, found, row, now)
    one = session.get(Application, decision.application)
    if one is None or one.appointment_id != number or one.withdrawn is not None:
        raise appointments.nothing()
    if call.waits_for:
        msg = "This appointment waits for an election: it is decided once its result is certified."
        raise RuleError(msg)
    if row.call and row.closes is not None and now < row.closes:
        msg = "The call is still open: it is decided when everybody had time to apply."
        raise RuleError(msg)
    if not decision.reasons.strip() or not decision.reference.strip():
        msg = "The decision needs its reasons, which everybody reads, and the reference of its instrument."
        raise RuleError(msg)
    if decision.file and session.get(InstrumentFile, decision.file) is None:
        raise appointments.nothing()
    rules = found.seats[row.seat].on(row.start)
    _check_vote(rules.ratified_by, decision.ratified)
    if not one.said:
        msg = "What was written about this person was destroyed after its time. They have to be proposed anew."
        raise RuleError(msg)
    who = appointments.applicant(session, one)
    place, rest = _term(found, row, now)
    if found.holder(row.seat, place.start) is not None:
        msg = f"Somebody holds “{rules.name}” on {place.start}."
        raise RuleError(msg)
    gap = found.gap(row.seat, place.start)
    plan = found.planned.get((gap.seat, gap.start)) if gap else None
    how = How.CO_OPTED if plan and plan.method is Method.CO_OPTION else How.APPOINTMENT
    made = Instrument(how, decision.reference, decision.day, file=decision.file)
    chosen = Chosen(who.name, who.member, place, made, rest, who.email, who.attributes, decision.exception)
    if who.member and session.get_one(Member, who.member).status is not Status.ACTIVE:
        msg = f"The membership of {who.name} is not active."
        raise RuleError(msg)
    seat_offers.check(session, chosen)
    return chosen


def _term(found: Book, row: Appointment, now: datetime) -> tuple[Place, bool]:
    start = max(row.start, seats.day_of(now))
    gap = found.gap(row.seat, start)
    if gap is None:
        return filling.place(found, row.seat, start), False
    return filling.way(found, gap, start).term, filling.remainder(found, gap, start)


def _check_vote(whose: str, vote: Vote | None) -> None:
    if not whose:
        return
    if vote is None:
        msg = f"The rule of this seat asks for a vote of {whose} that ratifies the appointment."
        raise RuleError(msg)
    if vote.in_favour <= vote.against:
        msg = "The vote did not ratify the appointment."
        raise RuleError(msg)


def decide(session: Session, by: Two, number: int, decision: Decision, *, now: datetime) -> str:
    """Decide an appointment, and offer the seat; the holding.

    Raises:
        NotPermittedError: The first is not of the appointing authority, the second may not approve, or it is their own.
        RuleError: As `check_decide`.
    """
    officers.require_two(session, by, Role.APPOINTER)
    chosen = check_decide(session, number, decision, now=now)
    if chosen.member and chosen.member in (by.asked, by.approved):
        msg = "Nobody takes part in their own appointment."
        raise NotPermittedError(msg)
    first, second = (officers.names(session, [one]).get(one, "") for one in (by.asked, by.approved))
    said = [words.spelt(line) for line in decision.recused]
    if any(name and set(name) <= set(line) for name in (words.spelt(first), words.spelt(second)) for line in said):
        msg = "Whoever recused themselves has no part in the decision."
        raise NotPermittedError(msg)
    why = f"Appointment, {decision.reference}"
    (holding,) = seat_offers.offer(session, by, [chosen], now=now, why=why)
    session.add(
        AppointmentDecision(
            appointment_id=number,
            application_id=decision.application,
            holding=holding,
            at=now,
            by_id=by.asked,
            second_id=by.approved,
            details=plain(decision),
            file=decision.file,
        )
    )
    session.flush()
    officers.note(session, by, f"decided appointment {number}: {holding}", now=now, why=why)
    return holding


def plain(one: Decision) -> dict[str, Any]:
    """A decision as the database keeps it, beside the application and the file."""
    vote = one.ratified
    return {
        "reference": one.reference,
        "day": one.day.isoformat(),
        "reasons": one.reasons,
        "recused": list(one.recused),
        "exception": one.exception,
        "ratified": {**{n: getattr(vote, n) for n in Vote.__slots__}, "day": vote.day.isoformat()} if vote else None,
    }


def decided(session: Session, holding: str) -> Decided | None:
    """The decision that a holding came of, as everybody reads it; None if it came of none, or was struck out."""
    row = session.scalar(select(AppointmentDecision).filter_by(holding=holding))
    if row is None:
        return None
    found, names = seats.book(session), officers.names(session, [row.by_id, row.second_id])
    if holding not in found.holdings:  # it was struck out
        return None
    made = read(row.details, row.application_id, row.file)
    person = found.people[found.holdings[holding].person].name
    return Decided(holding, person, made, names.get(row.by_id, ""), names.get(row.second_id, ""), row.at)


def read(told: Mapping[str, Any], application: int, file: str) -> Decision:
    """What `plain` made."""
    vote = told["ratified"]
    return Decision(
        application=application,
        reference=told["reference"],
        day=date.fromisoformat(told["day"]),
        reasons=told["reasons"],
        recused=tuple(told["recused"]),
        ratified=Vote(**{**vote, "day": date.fromisoformat(vote["day"])}) if vote else None,
        file=file,
        exception=told["exception"],
    )
