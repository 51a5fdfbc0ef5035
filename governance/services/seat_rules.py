"""Who may take a seat that was offered to them: the rules for “take the seat, once elected” (docs/seats.md, section 4)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.eligibility.answers import Answer, Verdict, answer
from governance.domain.eligibility.language import Purpose, needs
from governance.domain.eligibility.templates import DEFAULT
from governance.domain.person import Around, facts
from governance.domain.seats.book import Book, Holding, Stage
from governance.domain.seats.facts import How
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import eligibility, members, officers, seats, views
from governance.store.elections import Election
from governance.store.eligibility import FrozenRules

_NOT_ASKED = (How.EX_OFFICIO, How.EARLIER)
_GONE = Answer(
    "status_is", Verdict.NO, "The membership is active; the members' list does not have this person any more."
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the rules say of somebody who accepted a seat, for whoever decides about it."""

    holding: Holding
    person: str
    seat: str
    body: str
    answer: Answer


def unmet(session: Session, found: Book, one: Holding, *, now: datetime) -> Answer | None:
    """What keeps somebody from taking a seat that they accepted; None if nothing does, or it was decided otherwise."""
    member = found.people[one.person].member
    if one.stage is not Stage.ACCEPTED or one.excepted or not member or one.instrument.how in _NOT_ASKED:
        return None
    try:
        said = _asked(session, found, one, member, now)
    except NotFoundError:
        return _GONE
    return None if said.allowed else said


def _asked(session: Session, found: Book, one: Holding, member: str, now: datetime) -> Answer:
    contest = one.instrument.contest if one.instrument.how is not How.APPOINTMENT else ""
    election = one.instrument.election if contest else _newest(session, found, one)
    if election:
        return eligibility.asking(session, election, now=now)(member, Purpose.SIT, contest)
    node = DEFAULT.of(Purpose.SIT)
    person = members.facts(session, member)
    return answer(node, facts(person, Around(), needs(node)), {"today": seats.day_of(now)})


def _newest(session: Session, found: Book, one: Holding) -> str:
    """The election of the body whose rules were frozen last when the seat was offered; empty for none."""
    assert one.offered is not None  # noqa: S101  it was accepted
    until = datetime.combine(one.offered + timedelta(days=1), time(), tzinfo=UTC)
    query = (
        select(Election.id)
        .join(FrozenRules, FrozenRules.election_id == Election.id)
        .where(Election.body_id == found.seats[one.seat].body, Election.abandoned.is_(None), FrozenRules.frozen < until)
        .order_by(FrozenRules.frozen.desc(), Election.id)
        .limit(1)
    )
    return session.scalar(query) or ""


def check_open(session: Session, holding: str, *, now: datetime) -> None:
    """Check that two people can decide about the rules for taking a seat: that these say no of who accepted it.

    Raises:
        NotFoundError: There is no such holding.
        RuleError: It does not wait for that.
    """
    found = seats.book(session)
    if holding not in found.holdings:
        raise seats.nothing()
    if unmet(session, found, found.holdings[holding], now=now) is None:
        msg = "This is only decided while somebody has accepted a seat and the rules for taking it say no."
        raise RuleError(msg)


def show(session: Session, by: str, holding: str, *, now: datetime) -> Said:
    """Why somebody does not have the seat that they accepted; the log says who looked, since it shows personal data.

    Raises:
        NotPermittedError: Only officers and the secretariat see it.
        NotFoundError: There is no such holding, or it does not wait for that.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    found = seats.book(session)
    one = found.holdings.get(holding)
    said = unmet(session, found, one, now=now) if one else None
    if one is None or said is None:
        raise seats.nothing()
    views.note(session, by, f"looked why {one.person} does not have the seat {one.seat} ({holding})", now=now)
    line = found.seats[one.seat]
    return Said(one, found.people[one.person].name, line.on(one.start).name, line.body, said)
