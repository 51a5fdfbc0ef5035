"""A register on stage: a body with elected and appointed seats, a result for it, and what people do with them."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from governance.board import checkpoint
from governance.domain.draft import Candidate, Contest, Draft
from governance.domain.eligibility.language import RuleSet
from governance.domain.seats import facts as f
from governance.domain.seats import register
from governance.domain.seats.facts import How, Instrument, Limit, Method, Seat, SeatClass
from governance.domain.seats.register import Wish
from governance.domain.signing_in import Role
from governance.services import (
    boards,
    certification,
    contributions,
    eligibility,
    officers,
    roles,
    seat_entries,
    seat_holders,
    seat_requests,
    seats,
    verifier_reports,
)
from governance.services.appointment_decisions import Decision, Vote
from governance.services.officers import Two
from governance.services.seat_requests import Act, Request
from tests import databases
from tests.services.stage import ELECTION, START, Stage, a_draft

BEGIN = date(2024, 4, 1)
VOTE = Instrument(How.EARLIER, "Minutes of 2024-03-20", date(2024, 3, 20))
ELECTED = Seat(
    "Seat",
    SeatClass.ELECTED,
    office="group",
    months=24,
    limit=Limit(consecutive=2),
    filling=(Method.COUNTBACK, Method.APPOINTMENT),
    vacant_under=60,
)
APPOINTED = Seat(
    "Appointed seat",
    SeatClass.APPOINTED,
    office="group",
    months=24,
    limit=Limit(consecutive=2),
    filling=(Method.APPOINTMENT,),
    appointed_by="the Board",
    ratified_by="the members",
)


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


APPEALS, AFTER = START + timedelta(days=30), at(2026, 4, 2)
"""The time for challenges is over; the terms of the register are."""
BOTH = Two("officer", "m11")


def seated(holding: str, seat: str, person: str, start: date, until: date | None) -> f.Seated:
    return f.Seated(holding, seat, person, start, until, VOTE)


FACTS: tuple[f.Fact, ...] = (
    f.BodyRuled("group", BEGIN, "Advisory group", 1, ("interests",), {"region=Africa": 1, "lived_experience=yes": 1}),
    f.SeatCreated("e1", "group", BEGIN, ELECTED),
    f.SeatCreated("e2", "group", BEGIN, ELECTED),
    f.SeatCreated("a1", "group", BEGIN, APPOINTED),
    f.Named("p1", BEGIN, "Member 1", "m1"),
    f.Named("p2", BEGIN, "Member 2", "m2"),
    f.Named("p3", BEGIN, "=Outside() Person"),
    seated("h1", "e1", "p1", BEGIN, date(2026, 4, 1)),
    seated("h2", "e2", "p2", BEGIN, date(2026, 4, 1)),
    seated("h3", "a1", "p3", BEGIN, date(2026, 4, 1)),
)


def approved(session: Session, request: Request, *, now: datetime, why: str = "As decided.") -> None:
    """What the secretariat, or whoever may, asks for, and the officer approves."""
    by = {Act.APPOINT: "m12", Act.CERTIFY: "officer"}.get(request.act, "secretary")
    number = seat_requests.ask(session, by, request, why, now=now)
    seat_requests.approve(session, "m11" if by == "officer" else "officer", number, now=now)


def enter(stage: Stage, *facts: f.Fact | Wish, now: datetime) -> None:
    wishes = tuple(one if isinstance(one, Wish) else Wish(one) for one in facts)
    with stage.writing() as session:
        approved(session, Request(Act.ENTER, wishes), now=now)


def moved_end(session: Session, holding: str, until: date | None) -> Request:
    """The request for another planned end of a holding."""
    kept = seats.load(session)
    number = next(
        n for n, one in kept.standing.items() if isinstance(one, f.Offered | f.Seated) and one.holding == holding
    )
    return Request(Act.ENTER, (Wish(seat_entries.changed(kept.standing[number], until=until), number),))


def struck(session: Session, thing: str, day: date) -> Request:
    """The request to strike out all that is said of a holding or a seat."""
    return Request(Act.ENTER, tuple(register.struck(seats.load(session), thing, day)))


def begin(stage: Stage) -> None:
    """The organisation, one more officer, an appointing authority, and the register as of 1 April 2024."""
    stage.set_up()
    with stage.writing() as session:
        roles.grant(session, officers.COMMAND, "m11", Role.OFFICER, now=stage.now)
        roles.grant(session, officers.COMMAND, "m12", Role.APPOINTER, now=stage.now)
    enter(stage, *FACTS, now=stage.now)


def begin_and_end(stage: Stage) -> None:
    """As `begin`; and it is the day after the terms of all who sit were over."""
    begin(stage)
    stage.now = AFTER
    with stage.writing() as session:
        seat_holders.tend(session, now=AFTER)


def the_draft() -> Draft:
    """Two places; four members stand."""
    people = tuple(Candidate(f"c{i}", f"Member {i}", member=f"m{i}") for i in (3, 4, 5, 6))
    return a_draft(contests=(Contest("board", "Elected members", 2, people, min_ballots=2),))


def count(stage: Stage) -> None:
    """The trustees mix and open the votes; the count follows by itself."""
    for i in (0, 1):
        with stage.reading() as session:
            data = stage.troupe.trustees[i].mix(stage.troupe.judge(session), "board")
        with stage.writing() as session:
            contributions.take(session, f"t{i + 1}", ELECTION, data, now=stage.now)
    for i in (1, 2):
        with stage.reading() as session:
            data = stage.troupe.trustees[i].decrypt(stage.troupe.judge(session), "board")
        with stage.writing() as session:
            contributions.take(session, f"t{i + 1}", ELECTION, data, now=stage.now)


# ---- a result, and who sits ------------------------------------------------------------------------------------------


def elect(stage: Stage, draft: Draft | None = None, rules: RuleSet | None = None) -> None:
    """Member 3 and Member 4 are elected; Member 5 is next, then Member 6: unless others stand in their place."""
    stage.draft(draft or the_draft())
    with stage.writing() as session:
        if rules:
            eligibility.save(session, "officer", ELECTION, rules, 2, now=stage.now)
        certification.assign(session, "officer", ELECTION, "board", ["e1", "e2"], now=stage.now)
    stage.freeze()
    stage.announce()
    stage.open()
    with stage.writing() as session:
        for i in range(1, 10):
            ranking = [(0, 1, 2, 3), (1, 0, 2, 3), (0, 2, 1, 3)][i % 3]
            stage.troupe.vote(session, f"m{i}", [ranking], stage.now)
    stage.close()
    count(stage)


def root(stage: Stage) -> str:
    """Of the record as it is, in hexadecimal."""
    with stage.reading() as session:
        return checkpoint.parse(boards.head(session, ELECTION)).root.hex()


def report(stage: Stage, name: str = "A verifier", *, of: str = "", holds: bool = True) -> bool:
    """Whether the report counts; it is of the record as it is, unless another root is given."""
    found = of or root(stage)
    with stage.writing() as session:
        return verifier_reports.enter(
            session, "officer", ELECTION, name=name, tool="governance-verify 1", root=found, holds=holds, now=stage.now
        )


def certify(stage: Stage) -> None:
    """Reported, and certified once the time for challenges is over."""
    report(stage)
    stage.now = APPEALS
    with stage.writing() as session:
        approved(session, Request(Act.CERTIFY, election=ELECTION), now=stage.now)


def holding(stage: Stage, member: str) -> str:
    """What is offered to a member, or theirs."""
    with stage.reading() as session:
        return seat_holders.mine(session, member, now=stage.now)[0].holding.id


def take(stage: Stage, member: str, now: datetime | None = None) -> None:
    name, at_ = holding(stage, member), now or stage.now
    with stage.writing() as session:
        seat_holders.accept(session, member, name, now=at_)
        seat_holders.declare(session, member, name, "interests", now=at_)


def who(stage: Stage, day: date, known: date | None = None) -> dict[str, str]:
    """Who holds each seat on a day."""
    with stage.reading() as session:
        return {one.seat: one.holder for one in seats.group(session, "group", day, known=known).places}


def a_decision(application: object = 1, **more: object) -> Decision:
    told: dict[str, object] = {
        "application": application,
        "reference": "Resolution 1",
        "day": date(2026, 4, 11),
        "reasons": "The best of all.",
        "ratified": Vote("the members", date(2026, 4, 12), 2, 1, 0),
        **more,
    }
    return Decision(**told)  # type: ignore[arg-type]


def on_disk(stage: Stage) -> bytes:
    """All that is kept in the database."""
    return databases.on_disk(stage.engine)
