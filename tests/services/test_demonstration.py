"""The demonstration organisation: loaded through the services, whole and verifiable."""

import io
from datetime import timedelta

import pytest

from governance.board import verify
from governance.board.record import RecordFile
from governance.domain.phases import Phase
from governance.errors import RuleError
from governance.services import boards, demonstration, elections, officers, post, publication, voting
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


def test_it_is_only_for_an_empty_database(stage: Stage) -> None:
    stage.set_up()

    with stage.writing() as session, pytest.raises(RuleError, match="only for an empty one"):
        demonstration.load(session, now=START)
