"""A group of seven elected and two appointed seats, its members, its officials, and the election that fills the seven."""

from collections.abc import Mapping
from datetime import date

from governance.domain.draft import Candidate, Contest
from governance.domain.seats import facts as f
from governance.domain.seats.facts import How, Instrument, Limit, Method, Seat, SeatClass
from governance.domain.signing_in import Role
from governance.services import officers, roles
from tests.services import seated
from tests.services.stage import START, Stage, a_draft

BEGIN, SEATING = date(2024, 4, 1), date(2026, 4, 1)
MEMBERS = 30
SECOND, AUTHORITY = "m29", "m30"
"""Another officer, and who appoints."""
REGIONS, LIVED, YOUTH = "regions", "lived-experience", "youth"
STAND: Mapping[str, tuple[int, ...]] = {LIVED: (4, 8), YOUTH: (5, 7), REGIONS: (1, 2, 3, 6, 9, 10, 13, 14)}
"""Members who stand in each contest, by their numbers."""
FILLS: Mapping[str, tuple[str, ...]] = {
    LIVED: ("lived",),
    YOUTH: ("youth",),
    REGIONS: ("r1", "r2", "r3", "r4", "r5"),
}
BALLOTS = (
    *((one, 10, 13) for one in (1, 2, 3, 6) for _ in range(5)),
    *[(9, 10, 13)] * 4,
    *[(10, 13)] * 3,
    (13, 9, 10),
)
"""In the contest of the regions, without a tie that a draw would have to settle: 1, 2, 3 and 6 have their five votes, 9 is
the last to be elected, 10 the next by a countback, then 13. Of the two in each other contest, the first is wanted by most."""
TITLE = "Advisory group 2026"


def _elected(name: str, *ways: Method) -> Seat:
    return Seat(name, SeatClass.ELECTED, office="group", months=24, limit=Limit(consecutive=2), filling=ways)


def _appointed(name: str) -> Seat:
    ways = (Method.APPOINTMENT,)
    return Seat(name, SeatClass.APPOINTED, office="group", months=24, filling=ways, appointed_by="the Board")


SEATS: Mapping[str, Seat] = {
    **{f"r{i}": _elected(f"Region {i}", Method.COUNTBACK, Method.APPOINTMENT) for i in range(1, 6)},
    "lived": _elected("Lived experience", Method.COUNTBACK, Method.APPOINTMENT),
    "youth": _elected("Youth", Method.APPOINTMENT),
    "a1": _appointed("Appointed 1"),
    "a2": _appointed("Appointed 2"),
}
ENDS = {"a1": START.date(), "a2": date(2027, 4, 1)}
"""When the terms of those end who sit at the beginning; of all others on the day of seating."""
ELDERS = {seat: f"m{20 + i}" for i, seat in enumerate(SEATS, 0)}


def gather(stage: Stage) -> None:
    """The organisation, its register as older records have it, and the draft of the election."""
    stage.set_up(MEMBERS)
    with stage.writing() as session:
        roles.grant(session, officers.COMMAND, SECOND, Role.OFFICER, now=stage.now)
        roles.grant(session, officers.COMMAND, AUTHORITY, Role.APPOINTER, now=stage.now)
    earlier = Instrument(How.EARLIER, "Minutes of 2024-03-20", date(2024, 3, 20))
    wanted = {"region=Africa": 4, "lived_experience=yes": 9}
    told: list[f.Fact] = [f.BodyRuled("group", BEGIN, "Advisory group", 2, ("interests",), wanted)]
    for seat, rules in SEATS.items():
        who = ELDERS[seat]
        told.append(f.SeatCreated(seat, "group", BEGIN, rules))
        told.append(f.Named(f"p-{who}", BEGIN, f"Member {who.removeprefix('m')}", who))
        told.append(f.Seated(f"h-{seat}", seat, f"p-{who}", BEGIN, ENDS.get(seat, SEATING), earlier))
    seated.enter(stage, *told, now=stage.now)
    contests = tuple(
        Contest(one, one.replace("-", " ").capitalize(), len(FILLS[one]), _standing(one), min_ballots=2)
        for one in (LIVED, YOUTH, REGIONS)
    )
    stage.draft(a_draft(title=TITLE, contests=contests))


def _standing(contest: str) -> tuple[Candidate, ...]:
    return tuple(Candidate(f"c{i}", f"Member {i}", member=f"m{i}") for i in STAND[contest])


def vote(stage: Stage) -> None:
    """Everybody votes; in the small contests one in three wants the second."""
    with stage.writing() as session:
        for voter, paper in enumerate(BALLOTS, 1):
            ranked = [STAND[REGIONS].index(one) for one in paper]
            first = [1] if voter % 3 == 0 else [0]
            stage.troupe.vote(session, f"m{voter}", [first, first, ranked], stage.now)
