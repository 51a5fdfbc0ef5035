"""A by-election for a vacant seat: begun by the rules and the cut-off of the election before, and how its roll differs."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.draft import Calendar
from governance.domain.seats import filling
from governance.domain.seats.facts import Method
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import elections, officers, seats, vacancies
from governance.store.elections import RollLine
from governance.store.seats import SeatContest


def begin(
    session: Session, by: str, seat: str, *, election: str, title: str, calendar: Calendar, now: datetime
) -> None:
    """Begin a by-election for a vacant seat: the rules, the officials and the cut-off of the election before, one place.

    Its contest is called as the seat is.

    Raises:
        NotPermittedError: Only officers may.
        NotFoundError: The seat has a holder, or is none.
        RuleError: The rule of the seat names another way first, there was no election before, one is under way already,
            the seat is offered to somebody, the calendar has another cut-off, or the id is taken.
    """
    officers.require(session, by, Role.OFFICER)
    vacancy, source = vacancies.show(session, seat, now=now), filling.sources(seats.book(session), seat)
    if vacancy.way.method is not Method.BY_ELECTION or source is None:
        raise RuleError(vacancy.way.why if source else "There was no election here by which this seat was filled.")
    if vacancy.election:
        title_ = elections.show(session, vacancy.election).title
        msg = f"“{title_}” is under way for this seat. Give it up first, if it cannot go on."
        raise RuleError(msg)
    if vacancy.offered:
        msg = f"The seat is offered to {vacancy.offered[0]}: wait for the answer."
        raise RuleError(msg)
    old = elections.draft_of(elections.get(session, source[0]))
    if calendar.cutoff != old.calendar.cutoff:
        msg = "A by-election is held on the same roll: its cut-off is that of the election before."
        raise RuleError(msg)
    elections.clone(session, by, source[0], election=election, title=title, calendar=calendar, now=now)
    row = elections.get(session, election)
    draft = elections.draft_of(row)
    only = next(one for one in draft.contests if one.id == source[1])
    contest = replace(only, title=vacancy.name, seats=1, after=(), constraints=())
    one = replace(draft, contests=(contest,))
    elections.edit(session, by, election, one, row.version, now=now)
    session.add(SeatContest(election_id=election, contest=source[1], seat=seat, instead_of=source[0]))
    session.flush()
    vacancies.plan(session, by, seat, Method.BY_ELECTION, now=now, told=election)


def roll_differences(session: Session, election: str) -> tuple[int, int]:
    """How many lines the roll of a by-election has that the earlier one has not, and lacks that it has: told to everybody.

    Raises:
        NotFoundError: It is no by-election, or its roll is not frozen.
    """
    old = session.scalar(select(SeatContest.instead_of).filter_by(election_id=election).limit(1))
    if old is None or elections.get(session, election).frozen is None:
        msg = "This is no by-election, or its roll is not frozen."
        raise NotFoundError(msg)
    here, there = (
        set(session.scalars(select(RollLine.member_id).filter_by(election_id=one))) for one in (election, old)
    )
    return len(here - there), len(there - here)
