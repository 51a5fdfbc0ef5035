"""What somebody does with a seat of their own: accept, decline, declare, resign; and what follows by itself.

What is decided about others takes two people (`seat_requests`). Here one is enough, and the clock does the rest.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.domain.eligibility.answers import Answer
from governance.domain.seats import facts as f
from governance.domain.seats import standing
from governance.domain.seats.book import Book, Holding, Stage
from governance.domain.seats.facts import End, Fact
from governance.domain.seats.standing import Chosen
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import officers, seat_rules
from governance.services.seats import append, book, day_of, load, nothing
from governance.store.declarations import Declaration
from governance.store.seats import SeatEntry


@dataclass(frozen=True, slots=True)
class Mine:
    """A seat of one's own: offered, or held.

    Attributes:
        due: What is to be declared before it is taken, and was not yet.
        unmet: Of what was accepted, what the rules for taking it say, where that is not yes.
    """

    holding: Holding
    chosen: Chosen
    body: str
    due: tuple[str, ...]
    unmet: Answer | None


def mine(session: Session, member: str, *, now: datetime) -> list[Mine]:
    """The seats that are offered to a member, or theirs, the newest first; what is over is not among them."""
    found = book(session)
    held = [
        one
        for one in found.holdings.values()
        if found.people[one.person].member == member
        and (one.seated or one.stage in (Stage.OFFERED, Stage.ACCEPTED))
        and not (one.end is not None and one.end <= day_of(now))
    ]
    return [
        Mine(
            one,
            standing.how_chosen(found, one.id),
            found.seats[one.seat].body,
            undeclared(session, found, one),
            seat_rules.unmet(session, found, one, now=now),
        )
        for one in sorted(held, key=lambda one: (one.start, one.entry), reverse=True)
    ]


def accept(session: Session, by: str, holding: str, *, now: datetime) -> bool:
    """Accept a seat that was offered; whether it is theirs at once: every declaration is made, and its rules say yes.

    Of an outsider, the secretariat enters what they said.

    Raises:
        NotFoundError: There is no such offer.
        NotPermittedError: It is somebody else's.
        RuleError: It was answered already.
    """
    _answer(session, by, holding, f.Accepted(holding, day_of(now)), now)
    return seat_if_ready(session, holding, now)


def decline(session: Session, by: str, holding: str, *, now: datetime) -> None:
    """Decline a seat that was offered; it is filled as the rule for vacancies says.

    Raises:
        NotFoundError: There is no such offer.
        NotPermittedError: It is somebody else's.
        RuleError: It was answered already.
    """
    _answer(session, by, holding, f.Declined(holding, day_of(now)), now)


def _answer(session: Session, by: str, holding: str, fact: f.Accepted | f.Declined, now: datetime) -> None:
    found = book(session)
    one = _own(session, found, by, holding)
    if one.stage is not Stage.OFFERED:
        msg = f"This was answered already: it is {one.stage}."
        raise RuleError(msg)
    append(session, [fact], by=by, now=now)
    officers.note(session, by, f"{fact.kind} the seat {one.seat} ({holding})", now=now)


def declare(session: Session, by: str, holding: str, what: str, *, now: datetime) -> bool:
    """Enter that a declaration was made before the seat is taken; whether the seat is theirs now.

    What was declared stands in the register of declarations; here it is only said that it was.

    Raises:
        NotFoundError: There is no such offer.
        NotPermittedError: It is somebody else's.
        RuleError: The seat does not ask for this declaration, or it was made already.
    """
    found = book(session)
    one = _own(session, found, by, holding)
    if what not in _asked(found, one) or one.stage not in (Stage.OFFERED, Stage.ACCEPTED):
        msg = "This seat does not wait for such a declaration."
        raise RuleError(msg)
    if what not in one.declared:
        append(session, [f.Declared(holding, day_of(now), what)], by=by, now=now)
        officers.note(session, by, f"declared {what} for the seat {one.seat} ({holding})", now=now)
    return seat_if_ready(session, holding, now)


def resign(session: Session, by: str, holding: str, day: date, *, now: datetime) -> None:
    """Resign from a seat of one's own, from a day on: today or later.

    Raises:
        NotFoundError: There is no such holding.
        NotPermittedError: It is somebody else's.
        RuleError: It is not theirs now, or the day has passed.
    """
    found = book(session)
    one = _own(session, found, by, holding)
    if one.stage is not Stage.SEATED or day < day_of(now):
        msg = "One resigns from a seat that one holds, from today or a later day on."
        raise RuleError(msg)
    append(session, [f.Ended(holding, day, End.RESIGNED)], by=by, now=now)
    officers.note(session, by, f"resigned from the seat {one.seat} ({holding})", now=now)


def _own(session: Session, found: Book, by: str, holding: str) -> Holding:
    """A holding of the member who asks; of an outsider's, the secretariat speaks for them."""
    one = found.holdings.get(holding)
    if one is None:
        raise nothing()
    member = found.people[one.person].member
    if member:
        officers.person(session, by)
        if by != member:
            msg = "Only the person themselves can say this."
            raise NotPermittedError(msg)
    else:
        officers.require(session, by, Role.SECRETARIAT)
    return one


def _asked(found: Book, one: Holding) -> tuple[str, ...]:
    return found.body(found.seats[one.seat].body, one.start).declarations


def undeclared(session: Session, found: Book, one: Holding) -> tuple[str, ...]:
    """What is to be declared before a seat is taken, and was not: neither here nor in the register of declarations."""
    if one.seated or one.declined:
        return ()
    made = {*one.declared, *declared(session, found.people[one.person].member)}
    return tuple(what for what in _asked(found, one) if what not in made)


def declared(session: Session, member: str) -> Mapping[str, date]:
    """What a member answered in the register of declarations, and when last."""
    rows = session.execute(
        select(Declaration.question, func.max(Declaration.made))
        .where(Declaration.member_id == member)
        .group_by(Declaration.question)
    )
    return {question: day_of(made) for question, made in rows}


def seat_if_ready(session: Session, holding: str, now: datetime) -> bool:
    """Give somebody the seat, by itself, once it is accepted, every declaration is made and its rules say yes."""
    found = book(session)
    one = found.holdings[holding]
    if one.stage is not Stage.ACCEPTED or undeclared(session, found, one):
        return False
    if seat_rules.unmet(session, found, one, now=now) is not None:
        return False
    made = declared(session, found.people[one.person].member)
    told: list[Fact] = [
        f.Declared(holding, made[what], what) for what in _asked(found, one) if what not in one.declared
    ]
    day = max(one.start, day_of(now))
    append(session, [*told, f.Taken(holding, day)], by=officers.CLOCK, now=now)
    officers.note(session, officers.CLOCK, f"seated {one.person} in {one.seat} ({holding})", now=now)
    return True


# ---- the clock -------------------------------------------------------------------------------------------------------


def tend(session: Session, *, now: datetime) -> int:
    """Enter what followed by itself: terms that expired, vacancies, seats whose last condition was met elsewhere.

    Doing it again changes nothing; how many entries were made. Who accepted a seat that cannot be theirs any more keeps
    nobody else waiting.
    """
    kept = load(session)
    if not kept.entries:
        return 0
    for one in kept.book().holdings.values():
        if one.stage is Stage.ACCEPTED:
            with suppress(RuleError):
                seat_if_ready(session, one.id, now)
    append(session, [], by=officers.CLOCK, now=now)
    return session.scalar(select(func.count()).select_from(SeatEntry).where(SeatEntry.number > len(kept.entries))) or 0
