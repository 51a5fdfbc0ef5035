"""The demonstration organisation: loaded through the services, whole and verifiable."""

import io
from datetime import timedelta

import pytest

from governance.board import verify
from governance.board.record import RecordFile
from governance.domain.nominations.record import Status
from governance.domain.phases import Phase
from governance.domain.seats.facts import End, SeatClass
from governance.domain.seats.filling import Step
from governance.errors import RuleError
from governance.services import (
    appointment_decisions,
    appointments,
    boards,
    certification,
    demonstration,
    demonstration_seats,
    elections,
    nominations,
    officers,
    post,
    publication,
    seats,
    statements,
    vacancies,
    voting,
)
from governance.services.demonstration_nominations import ASKED, NOMINATING
from tests.services.stage import START, Stage


def test_it_has_a_finished_election_and_one_to_vote_in(stage: Stage) -> None:
    with stage.writing() as session:
        made = demonstration.load(session, now=START)

    with stage.reading() as session:
        finished = elections.show(session, demonstration.FINISHED)
        current = elections.show(session, demonstration.OPEN)
        voted, voters = voting.turnout(session, demonstration.FINISHED)
        file = io.BytesIO()
        publication.write(session, demonstration.FINISHED, file)
        assert post.waiting(session) == 0
        assert officers.organisation(session).name == demonstration.ORGANISATION
        heads = boards.head(session, demonstration.OPEN)
    assert finished.phase is Phase.COUNTED
    assert current.phase is Phase.OPEN
    assert voters > voted > 30
    assert verify.check(RecordFile(file)).failure is None
    assert heads
    assert [bool(one.code) for one in made.accounts[: demonstration.SHOWN]] == [True] * demonstration.SHOWN


def test_the_open_election_can_be_counted_once_it_has_closed(stage: Stage) -> None:
    with stage.writing() as session:
        made = demonstration.load(session, now=START)

    with stage.writing() as session, pytest.raises(RuleError, match="not closed"):
        demonstration.count(session, made.kept, now=START)
    with stage.writing() as session:
        demonstration.count(session, made.kept, now=START + timedelta(days=14))

    with stage.reading() as session:
        assert elections.show(session, demonstration.OPEN).phase is Phase.COUNTED


def test_one_election_is_in_the_middle_of_its_nominations(stage: Stage) -> None:
    with stage.writing() as session:
        made = demonstration.load(session, now=START)

    with stage.reading() as session:
        draft = elections.draft_of(elections.get(session, NOMINATING))
        stand = nominations.seeking(session, NOMINATING, now=START)
        mine = nominations.mine(session, ASKED, NOMINATING, now=START)
        said = statements.every(session, NOMINATING)
        lacks = elections.problems(session, NOMINATING)
        offered = nominations.offers(session, "m001", NOMINATING, now=START)
    assert [one.seats for one in draft.contests] == [1, 1, 5]
    assert {one.contest for one in stand} == {one.id for one in draft.contests}
    assert [one.support.enough for one in stand].count(False) == 1
    assert sum(len(one) > 1 for one in said.values()) >= 3
    assert [one.status for one in mine] == [Status.ASKED]
    assert lacks == ()
    assert {one.contest: one.stand == "" for one in offered if one.others == ""} == {
        "lived-experience": False,
        "youth": False,
        "regions": True,
    }
    assert [one.hint for one in made.accounts if one.email == f"{ASKED}@example.org"] == [
        "is nominated, and has to answer"
    ]


def test_the_register_has_twelve_seats_with_their_history(stage: Stage) -> None:
    """Seven elected and five appointed; winners sit, one seat is vacant with a call, one was appointed, one day corrected."""
    with stage.writing() as session:
        demonstration.load(session, now=START)

    with stage.reading() as session:
        found, day = seats.book(session), START.date()
        stood = seats.group(session, demonstration_seats.BODY, day)
        certified = certification.show(session, demonstration.FINISHED, now=START)
        vacant = vacancies.waiting(session, demonstration_seats.BODY, now=START)
        calls = appointments.every(session, now=START)
        due = seats.falls_due(session, demonstration_seats.BODY, day, 2)
        corrected = [one for one in seats.history(session, demonstration_seats.WRONG) if one.corrects]
        left = elections.draft_of(elections.get(session, demonstration.OPEN))
        fills = certification.seats_of(session, demonstration.OPEN)
        decided = appointment_decisions.decided(session, next(one.decided for one in calls if one.decided))
    kinds = [one.rules.chosen for one in stood.places]
    assert (kinds.count(SeatClass.ELECTED), kinds.count(SeatClass.APPOINTED)) == (7, 5)
    assert {(one.rules.months, one.rules.limit.consecutive) for one in stood.places} == {(36, 2)}
    assert [(one.gap.seat, one.gap.after.how if one.gap.after else None) for one in vacant] == [
        ("appointed-5", End.RESIGNED)
    ]
    assert certified.step is Step.CERTIFIED
    winners = {one.seat for one in found.holdings.values() if one.instrument.election == demonstration.FINISHED}
    assert winners == {"lived-experience", "regional-1", "regional-2", "regional-3"}
    assert all(one.seated for one in found.holdings.values())
    assert {len(fills[one.id]) == one.seats for one in left.plan} == {True}
    assert [(one.call, one.open, bool(one.decided)) for one in calls] == [(True, True, False), (True, False, True)]
    assert decided is not None
    assert decided.decision.ratified is not None
    assert decided.decision.file
    ends = {one.day.year - day.year for one in due if one.planned}
    assert len(ends) > 1
    assert len(corrected) >= 1
    assert found.of("regional-1")[0].end == found.of("regional-1")[1].start
    people = [found.people[one.person].member for one in found.holdings.values() if one.covers(day)]
    assert len(people) == len(set(people)) == 11


def test_it_is_only_for_an_empty_database(stage: Stage) -> None:
    stage.set_up()

    with stage.writing() as session, pytest.raises(RuleError, match="only for an empty one"):
        demonstration.load(session, now=START)
