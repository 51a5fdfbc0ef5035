"""The clock before a request: one election that cannot go on keeps no other waiting."""

import pytest
from flask import Flask

from governance.domain.phases import Phase
from governance.services import boards, elections, running
from governance.services.played import Troupe
from governance.store.boards import Checkpoint
from governance.web import clock
from tests.services import stage as scenery
from tests.services.stage import OPEN, Stage
from tests.web.browser import application

BROKEN, WHOLE = "a-2026", "b-2026"


@pytest.fixture
def due(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Two elections that are to open; the board of the first is not the one that was signed."""
    before, troupe = stage.now, stage.troupe
    for name in (BROKEN, WHOLE):
        monkeypatch.setattr(scenery, "ELECTION", name)
        stage.now, stage.troupe = before, Troupe(name, troupe.trustees, troupe.registrar)
        stage.draft(election=name)
        stage.freeze()
        stage.announce()
        with stage.writing() as session:
            stage.troupe.ready(session, stage.now)
    with stage.writing() as session:
        last = session.get_one(Checkpoint, (BROKEN, boards.size(session, BROKEN)))
        first = session.get_one(Checkpoint, (BROKEN, 1))
        last.signed = first.signed
    stage.now = OPEN
    return stage


def test_an_election_that_cannot_go_on_keeps_no_other_waiting(due: Stage, site: Flask) -> None:
    del site
    app = application(due)

    assert app.test_client().get("/").status_code == 200

    with due.reading() as session:
        assert elections.show(session, WHOLE).phase is Phase.OPEN
        assert elections.show(session, BROKEN).phase is Phase.READINESS
        assert running.due(session, due.now) == [BROKEN]
    with app.app_context():
        assert clock.advance() == ([], [BROKEN])
