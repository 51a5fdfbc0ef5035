"""Declarations of interest of those who sit: the public register, and the yearly reminder to look them over.

Which declarations a body asks for, its rules say. An answer is shown if its question said so when it was answered;
of others, only that it was given, and when. It is shown while somebody sits, or has accepted a seat.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.membership import Status
from governance.domain.seats.book import Book, Holding, Stage
from governance.domain.terms import Question
from governance.services import declarations, officers, post, seat_holders, seat_questions, seats
from governance.services.declarations import Declared
from governance.store.journal import Deed
from governance.store.members import Member

YEAR = timedelta(days=365)
_REMINDED = "reminded to look over their declarations: "
ADDRESS = "/declarations"
"""Where members look over their own."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody declared to one question.

    Attributes:
        shown: Their answers, the newest first; empty where the newest one is not published.
        made: The day on which they answered last; None if they have not.
    """

    question: Question
    shown: tuple[Declared, ...]
    made: date | None

    def due(self, day: date) -> bool:
        """Whether it is time to look it over."""
        return self.made is None or day >= self.made + YEAR


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who sits in a body, or has accepted a seat, with the names of their seats and what they declared."""

    person: str
    name: str
    member: str
    seats: tuple[str, ...]
    told: tuple[Told, ...]


def register(session: Session, body: str, *, now: datetime) -> list[Holder]:
    """The register of declarations of a body, by name.

    Raises:
        NotFoundError: The register of seats has no such body.
    """
    found, day = seats.book(session), seats.day_of(now)
    if body not in found.bodies and not any(line.body == body for line in found.seats.values()):
        raise seats.nothing()
    return _register(session, found, body, day)


def _register(session: Session, found: Book, body: str, day: date, member: str = "") -> list[Holder]:
    asked = found.body(body, day).declarations
    held: dict[str, list[Holding]] = {}
    for one in found.holdings.values():
        theirs = not member or found.people[one.person].member == member
        if theirs and found.seats[one.seat].body == body and _sits(one, day):
            held.setdefault(one.person, []).append(one)
    members = {found.people[one].member for one in held} - {""}
    said = declarations.told(session, members, asked)
    questions = [seat_questions.question_of(session, body, what) for what in asked]
    made = []
    for person, own in held.items():
        who = found.people[person]
        told = tuple(_told(question, said.get(who.member, {}).get(question.id, []), own) for question in questions)
        names = tuple(found.seats[one.seat].on(day).name for one in own)
        made.append(Holder(person, who.on(day), who.member, names, told))
    return sorted(made, key=lambda one: (one.name.casefold(), one.person))


def _sits(one: Holding, day: date) -> bool:
    coming = one.stage is Stage.ACCEPTED or (one.seated and one.start > day)
    return one.covers(day) or coming


def _told(question: Question, said: list[Declared], held: list[Holding]) -> Told:
    days = [seats.day_of(one.made) for one in said]
    days += [one.declared[question.id] for one in held if question.id in one.declared]
    public = [one for one in said if one.published] if said and said[0].published else []
    return Told(question, tuple(public), max(days, default=None))


# ---- one's own -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Own:
    """A question that a body puts to somebody who sits in it, their newest answer, and whether it is time to look it over."""

    body: str
    question: Question
    answer: Declared | None
    due: bool


def mine(session: Session, member: str, *, now: datetime) -> list[Own]:
    """The questions that are put to a member who sits, each once, in the order of the bodies' names."""
    found, day = seats.book(session), seats.day_of(now)
    if not seats.person_of(found, member):
        return []
    made: dict[str, Own] = {}
    for body, name in seats.bodies(session):
        own = next(iter(_register(session, found, body, day, member)), None)
        for told in own.told if own else ():
            said = declarations.told(session, [member], [told.question.id]).get(member, {}).get(told.question.id)
            made.setdefault(told.question.id, Own(name, told.question, said[0] if said else None, told.due(day)))
    return list(made.values())


# ---- the reminder ----------------------------------------------------------------------------------------------------


def remind(session: Session, *, now: datetime) -> int:
    """Write to whoever sits and has not looked their declarations over for a year: once a year.

    Doing it again changes nothing; nothing that was declared is read.

    Returns:
        How many letters there are.
    """
    found, day = seats.book(session), seats.day_of(now)
    due = [
        (found.people[one.person].member, body)
        for one in found.holdings.values()
        if one.covers(day) and found.people[one.person].member
        for body in [found.seats[one.seat].body]
        if _due(session, found, one, day)
    ]
    written = _reminded(session, now) if due else frozenset()
    letters = 0
    for member, body in dict.fromkeys(due):
        row, what = session.get(Member, member), _deed(member, body)
        if row is None or row.status is not Status.ACTIVE or what in written:
            continue
        _mail(session, row, found.body(body, day).name, now)
        officers.note(session, officers.CLOCK, what, now=now)
        letters += 1
    return letters


def _due(session: Session, found: Book, one: Holding, day: date) -> bool:
    """Whether one of the declarations that a body asks for was made more than a year ago, or never."""
    asked = found.body(found.seats[one.seat].body, day).declarations
    if not asked:
        return False
    made = seat_holders.declared(session, found.people[one.person].member)
    last = [max((day for day in (made.get(what), one.declared.get(what)) if day), default=None) for what in asked]
    return any(at is None or day >= at + YEAR for at in last)


def _deed(member: str, body: str) -> str:
    return f"{_REMINDED}{member} for {body}"


def _reminded(session: Session, now: datetime) -> frozenset[str]:
    """What the log says of the reminders of a year."""
    query = select(Deed.what).where(Deed.at > now - YEAR, Deed.what.startswith(_REMINDED))
    return frozenset(session.scalars(query))


def _mail(session: Session, row: Member, body: str, now: datetime) -> None:
    ours = officers.organisation(session)
    text = (
        f"Dear {row.name},\n\n"
        f"you have a seat in “{body}”. Once a year we ask everybody who has one to look over their declarations of "
        "interest: whether they are still true, and whether something is missing.\n\n"
        f"Please sign in and look at https://{ours.host}{ADDRESS}\n"
        "It takes a minute. If nothing has changed, say so there with one button.\n\n"
        f"Questions: {ours.contact}\n"
    )
    post.queue(session, row.email, "Your declarations of interest, once a year", text, now=now)
