"""A register on stage: a body with elected and appointed seats, and shorthands for what two people do."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from governance.domain.draft import Candidate, Contest, Draft
from governance.domain.seats import facts as f
from governance.domain.seats.facts import How, Instrument, Limit, Method, Seat, SeatClass
from governance.domain.seats.register import Wish
from governance.domain.signing_in import Role
from governance.services import contributions, officers, roles, seat_requests
from governance.services.seat_requests import Act, Request
from tests.services.stage import ELECTION, Stage, a_draft

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


def begin(stage: Stage) -> None:
    """The organisation, one more officer, an appointing authority, and the register as of 1 April 2024."""
    stage.set_up()
    with stage.writing() as session:
        roles.grant(session, officers.COMMAND, "m11", Role.OFFICER, now=stage.now)
        roles.grant(session, officers.COMMAND, "m12", Role.APPOINTER, now=stage.now)
    enter(stage, *FACTS, now=stage.now)


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
