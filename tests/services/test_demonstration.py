"""The demonstration organisation: loaded through the services, whole and verifiable."""

import io
from datetime import timedelta

import pytest

from governance.board import verify
from governance.board.record import RecordFile
from governance.domain.nominations.record import Status
from governance.domain.phases import Phase
from governance.errors import RuleError
from governance.services import (
    boards,
    demonstration,
    elections,
    nominations,
    officers,
    post,
    publication,
    statements,
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


def test_it_is_only_for_an_empty_database(stage: Stage) -> None:
    stage.set_up()

    with stage.writing() as session, pytest.raises(RuleError, match="only for an empty one"):
        demonstration.load(session, now=START)
