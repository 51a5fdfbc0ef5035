"""A year of a group in a browser: terms end, a call is made, an election fills seven seats, an appointment balances them,
one winner declines, two members resign. At each step the public page and the three files say the same; and of each day
that was, they say for ever what was true then, and what was known.

Keys, codes and sealed votes are played as in tests/services/stage.py: in a browser they are tests/e2e/test_whole.py's.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from governance.services import certification
from tests.e2e.nominating.people import Meeting
from tests.e2e.year import acting, people
from tests.e2e.year.people import ELDERS, FILLS, REGIONS
from tests.e2e.year.telling import Telling
from tests.services.stage import ELECTION, START, a_stage
from tests.web.browser import application
from tests.web.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
APPEALS = START + timedelta(days=30)


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.fixture
def meeting(tmp_path: Path, browser: Browser) -> Iterator[Meeting]:
    with a_stage(tmp_path) as stage:
        people.gather(stage)
        app = application(stage)
        with serving(app) as address:
            yield Meeting(stage, app, browser, address)


def called(member: str) -> str:
    return f"Member {member.removeprefix('m')}"


def test_a_whole_year(meeting: Meeting, tmp_path: Path) -> None:
    with meeting.browser.new_context() as context:
        telling = Telling(meeting, context.new_page())
        telling.step(**{seat: called(who) for seat, who in ELDERS.items()})
        number = spring(meeting, telling, tmp_path)
        seats = elected(meeting, telling)
        april(meeting, telling, seats, number)
        autumn(meeting, telling, seats)
        meeting.at(at(1, 15, 2027))
        telling.step()
        for who, sentence in (
            ("Member 1", "Elected on"),
            ("Member 16", "Appointed by the Board on 2026-04-01 (Resolution 7)"),
            ("Oda Outside", "Appointed on 2026-10-01 (Resolution 9), for the rest of a term"),
            ("Member 10", "Chosen by a countback of the votes of the election"),
        ):
            telling.chosen(who, sentence)
    assert meeting.looks.wrong() == {}
    assert meeting.errors == []


def spring(meeting: Meeting, telling: Telling, folder: Path) -> int:
    """A term ends, a call is made that waits for the election; the election is held, and its record verified."""
    stage = meeting.stage
    acting.fill_seats(meeting)
    meeting.at(START + timedelta(minutes=10))
    telling.step(a1="")
    number = acting.call(
        meeting,
        "a1",
        "Who brings what the elected do not?",
        start="2026-04-01",
        closes="2026-03-20T12:00",
        after=ELECTION,
    )
    stage.freeze()
    stage.announce()
    stage.open()
    meeting.at(stage.now)
    acting.apply(meeting, "m16", number, "I have lived with it, and speak about it.")
    acting.apply(meeting, "m17", number, "I would like to help.")
    people.vote(stage)
    stage.close()
    with stage.writing() as session:
        stage.troupe.tally(session, stage.now)
    meeting.at(stage.now)
    telling.step()
    acting.result_says(telling.page, meeting.address, "Members can challenge it", "Who would get which seat")
    acting.report(meeting, folder)
    return number


def elected(meeting: Meeting, telling: Telling) -> dict[str, str]:
    """Two officers certify; everybody accepts but one. The member of each seat; the one who declined has none."""
    with meeting.stage.reading() as session:
        given = certification.show(session, ELECTION, now=APPEALS).given
    winners = {one.seat: one.winner.member for one in given}
    assert set(winners) == {seat for seats in FILLS.values() for seat in seats}
    meeting.at(APPEALS)
    acting.certify(meeting)
    last = given[-1]
    assert last.winner.contest == REGIONS
    for seat, member in winners.items():
        (acting.decline if seat == last.seat else acting.take)(meeting, member)
    telling.step()
    acting.result_says(
        telling.page, meeting.address, "The result is certified", "Declined", "Accepted: it is their seat"
    )
    return {seat: member for seat, member in winners.items() if seat != last.seat} | {last.seat: ""}


def april(meeting: Meeting, telling: Telling, seats: dict[str, str], number: int) -> None:
    """The elected sit; an appointment balances the group; a countback gives the seat that was declined to the next."""
    meeting.at(at(4, 1))
    before = acting.missing(meeting, number, "lived experience: yes")
    acting.appoint(meeting, "Member 16", "Resolution 7", "2026-04-01")
    acting.take(meeting, "m16")
    assert acting.missing(meeting, number, "lived experience: yes") == before - 1
    telling.step(a1="Member 16", **{seat: called(who) if who else "" for seat, who in seats.items()})
    meeting.at(at(4, 2))
    free = next(seat for seat, who in seats.items() if not who)
    acting.count_back(meeting, "Member 10")
    acting.take(meeting, "m10")
    telling.step(**{free: "Member 10"})


def autumn(meeting: Meeting, telling: Telling, seats: dict[str, str]) -> None:
    """One resigns, and the votes say who follows; another one, whose seat is filled by appointment."""
    meeting.at(at(8, 20))
    left = next(seat for seat, who in seats.items() if who == "m2")
    acting.resign(meeting, "m2", "2026-09-01")
    telling.step()
    meeting.at(at(9, 1))
    telling.step(**{left: ""})
    meeting.at(at(9, 2))
    acting.count_back(meeting, "Member 13")
    acting.take(meeting, "m13")
    telling.step(**{left: "Member 13"})
    meeting.at(at(9, 30))
    acting.resign(meeting, seats["youth"], "2026-10-01")
    meeting.at(at(10, 1))
    number = acting.call(meeting, "youth", "Somebody who knows young people.", start="2026-10-01")
    acting.propose(meeting, number, "Oda Outside")
    telling.step(youth="")
    meeting.at(at(10, 2))
    acting.appoint(meeting, "Oda Outside", "Resolution 9", "2026-10-01")
    acting.answer_for(meeting, "Oda Outside")
    telling.step(youth="Oda Outside")
