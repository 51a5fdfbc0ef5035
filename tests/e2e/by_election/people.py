"""A group of staggered seats, the election that filled two of them, and the officials of the by-election for one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page

from governance.domain.draft import Candidate, Contest
from governance.domain.membership import Status
from governance.domain.seats import facts as f
from governance.domain.seats.facts import Limit, Method, Seat, SeatClass
from governance.domain.signing_in import Role
from governance.services import certification, members, officers, roles, seat_holders
from governance.store.members import Member
from tests.e2e.installation import Site
from tests.e2e.nominating.people import Meeting
from tests.e2e.whole.story import Story
from tests.offline.post_office import office
from tests.services import seated
from tests.services.stage import ELECTION, Stage, a_draft, a_list, a_stage
from tests.web.browser import application
from tests.web.serving import serving

BY, TITLE, SECOND = "east-2026", "By-election: East", "m11"
"""The by-election, and the officer who approves."""
CONTEST = "members"
BEGAN, SEATING, SOUTH_ENDS, ENDS = (date(year, 4, 1) for year in (2024, 2026, 2027, 2028))
SEATS: Mapping[str, str] = {"east": "East", "north": "North", "south": "South"}
"""East and North begin in even years, South in odd ones."""
STAND = (3, 4, 5, 6)
"""In the first election: Member 3 and Member 4 are elected."""
SEEN = (
    *("accepted", "certification", "certification-due", "offer", "request-certify", "seated"),
    *("home-a-seat-is", "home-approve-or-decline", "home-certify-the-result"),
)
"""Pages that tests/e2e/test_year.py looks at."""
VOTERS = 18
"""Members at the cut-off: twelve, and six officials who are members too."""


def _rules(seat: str, anchor: date) -> Seat:
    limit = Limit(consecutive=1, remainder_exempt=True)
    ways = (Method.BY_ELECTION, Method.APPOINTMENT)
    return Seat(SEATS[seat], SeatClass.ELECTED, "group", "", 24, anchor, limit, filling=ways, vacant_under=90)


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@dataclass
class Offices(Site):
    """The installation with browsers that are signed in by cookie: signing in is tests/e2e/test_whole.py's."""

    meeting: Meeting = field(kw_only=True)

    def desk(self, email: str) -> Page:
        return self.meeting.page(email.partition("@")[0], "/home")


@dataclass
class ByElection(Story):
    """The story of one election, with the meeting that it is part of."""

    meeting: Meeting = field(kw_only=True)

    def look(self, page: Page, name: str) -> None:
        """The officials' pages are those of every election: tests/e2e/test_whole.py looks at them."""
        if not name.startswith(("officer-", "officials-", "decision-")):
            super().look(page, name)


@contextmanager
def a_by_election(folder: Path, browser: Browser) -> Iterator[ByElection]:
    """An organisation whose group was elected in March; nothing of the by-election yet."""
    with a_stage(folder) as stage, office(folder) as (box, smtp):
        _gather(stage)
        _elect(stage)
        app = application(stage, MAIL_URL=smtp)
        with serving(app) as address:
            meeting = Meeting(stage, app, browser, address)
            meeting.looks.told.update(dict.fromkeys(SEEN, ""))
            shared = (meeting.looks, meeting.errors, meeting.hosts)
            site = Offices(app, lambda: stage.now, browser, box, smtp, address, *shared, meeting=meeting)  # type: ignore[arg-type]
            people = {f"t{i}@example.org": f"Trustee {i}" for i in (1, 2, 3)}
            yield ByElection(site, folder, BY, TITLE, people, "registrar@example.org", meeting=meeting)


def _gather(stage: Stage) -> None:
    stage.set_up()
    with stage.writing() as session:
        roles.grant(session, officers.COMMAND, SECOND, Role.OFFICER, now=stage.now)
    told: list[f.Fact] = [f.BodyRuled("group", BEGAN, "Advisory group", 2, ("interests",))]
    for number, (seat, until) in enumerate({"east": SEATING, "north": SEATING, "south": SOUTH_ENDS}.items(), 7):
        begun = until.replace(year=until.year - 2)
        told.append(f.SeatCreated(seat, "group", begun, _rules(seat, begun)))
        told.append(f.Named(f"p{number}", begun, f"Member {number}", f"m{number}"))
        told.append(seated.seated(f"h{number}", seat, f"p{number}", begun, until))
    seated.enter(stage, *told, now=stage.now)


def _elect(stage: Stage) -> None:
    """The first election, played; its two winners sit. Then a member leaves, and another one joins."""
    people = tuple(Candidate(f"c{i}", f"Member {i}", member=f"m{i}") for i in STAND)
    stage.draft(a_draft(contests=(Contest(CONTEST, "East and North", 2, people, min_ballots=2),)))
    with stage.writing() as session:
        certification.assign(session, "officer", ELECTION, CONTEST, ["east", "north"], now=stage.now)
    stage.freeze()
    stage.announce()
    stage.open()
    with stage.writing() as session:
        for voter in range(1, 8):
            stage.troupe.vote(session, f"m{voter}", [(0, 1) if voter % 3 else (1, 0)], stage.now)
    stage.close()
    with stage.writing() as session:
        stage.troupe.tally(session, stage.now)
    for verifier in ("One", "Another"):
        assert seated.report(stage, verifier)
    seated.certify(stage)
    for one in ("m3", "m4"):
        seated.take(stage, one)
    stage.now = at(4, 2)
    with stage.writing() as session:
        seat_holders.tend(session, now=stage.now)
        session.get_one(Member, "m10").status = Status.LEFT
        data = a_list(["m13,m13@example.org,Member 13,Peru,Americas,2026-03-20,"])
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=stage.now)
