"""A whole election through the services, and its record verified."""

import io

from governance.board import verify
from governance.board.record import RecordFile
from governance.domain.phases import Phase
from governance.services import elections, publication, voting
from tests.services.stage import ELECTION, Stage


def test_a_whole_election_and_its_record_verifies(stage: Stage) -> None:
    stage.until_open()
    with stage.writing() as session:
        for i in range(1, 9):
            africa = i % 3 == 0
            choice = [(i % 4, (i + 1) % 4)] + ([(i % 3,)] if africa else [])
            stage.troupe.vote(session, f"m{i}", choice, stage.now)
    with stage.writing() as session:
        again = stage.troupe.vote(session, "m1", [(3,)], stage.now)
        blank = stage.troupe.vote(session, "m8", [()], stage.now)

    assert stage.close() == ["close"]
    with stage.writing() as session:
        stage.troupe.tally(session, stage.now)

    with stage.reading() as session:
        shown = elections.show(session, ELECTION)
        file = io.BytesIO()
        publication.write(session, ELECTION, file)
        assert voting.turnout(session, ELECTION) == (8, 18)
    report = verify.check(RecordFile(file))
    assert report.failure is None
    assert shown.phase is Phase.COUNTED
    assert report.contests["board"].ballots == 8
    assert report.contests["board"].blank == 1
    assert len(report.contests["board"].elected) == 2
    assert report.contests["africa"].ballots == 2
    assert blank.index == again.index + 1
