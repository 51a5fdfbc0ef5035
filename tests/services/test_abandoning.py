"""An election that is given up before it is announced: what is told, what is refused, and how it begins again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from governance.board import entries as e
from governance.domain.phases import Phase
from governance.errors import NotPermittedError, RuleError
from governance.services import boards, ceremony, elections, officers, roll, running, statements
from governance.services.officers import Two
from tests.services.stage import ELECTION, START, TWO, Stage, a_calendar

WHY = "Trustee t2 has lost the key."
NEW = "board-2026-2"


@pytest.fixture
def begun(stage: Stage) -> Stage:
    """Two trustees have committed, the third has dropped out."""
    stage.set_up(6)
    stage.draft()
    with stage.writing() as session:
        statements.say(session, "officer", ELECTION, "a1", "I will listen.", now=START)
    stage.freeze()
    with stage.writing() as session:
        stage.troupe.identities(session, stage.now)
        ceremony.start(session, "officer", ELECTION, now=stage.now)
        raw = boards.entries(session, ELECTION)[0][1]
        for one in stage.troupe.trustees[:2]:
            stage.troupe.hand_in(session, one.member, one.commit(raw), stage.now)
    return stage


def abandon(stage: Stage, by: Two = TWO, why: str = WHY) -> None:
    with stage.writing() as session:
        running.abandon(session, by, ELECTION, why, now=stage.now)


def again(stage: Stage, election: str = NEW, by: str = "officer", now: datetime | None = None) -> None:
    with stage.writing() as session:
        calendar = a_calendar().moved(timedelta(days=7))
        elections.begin_again(session, by, ELECTION, election=election, calendar=calendar, now=now or stage.now)


def test_a_notice_ends_the_board_and_nothing_more_is_due_or_taken(begun: Stage) -> None:
    raw = boards_of(begun)[0][1]
    abandon(begun)

    notice = e.parse(boards_of(begun)[-1][1])
    assert isinstance(notice, e.Notice)
    assert (notice.subject, notice.body) == (running.GIVEN_UP, WHY)
    with begun.reading() as session:
        shown = elections.show(session, ELECTION)
        assert (shown.phase, shown.due, shown.given_up) == (Phase.ABANDONED, (), WHY)
        assert officers.log(session, "officer")[0].second == "Official secretary"
    third, size = begun.troupe.trustees[2], begun.size()
    with begun.writing() as session, pytest.raises(RuleError, match="not due now"):
        begun.troupe.hand_in(session, third.member, third.commit(raw), begun.now)
    for refused in (
        lambda session: ceremony.start(session, "officer", ELECTION, now=begun.now),
        lambda session: ceremony.publish(session, TWO, ELECTION, now=begun.now),
        lambda session: running.cancel(session, TWO, ELECTION, WHY, now=begun.now),
        lambda session: roll.for_registrar(session, "registrar", ELECTION, now=begun.now),
        lambda session: statements.say(session, "officer", ELECTION, "a1", "Other", now=begun.now),
        lambda session: ceremony.take_identity(session, "t1", ELECTION, b"", now=begun.now),
    ):
        with begun.writing() as session, pytest.raises(RuleError):
            refused(session)
    with pytest.raises(RuleError, match="given up already"):
        abandon(begun)
    assert begun.size() == size
    assert begun.advance() == []


def boards_of(stage: Stage) -> list[tuple[int, bytes]]:
    with stage.reading() as session:
        return boards.entries(session, ELECTION)


def test_it_begins_again_under_another_name_with_all_that_was_set_up(begun: Stage) -> None:
    abandon(begun)
    again(begun)

    with begun.reading() as session:
        old, new = elections.show(session, ELECTION), elections.show(session, NEW)
        assert statements.texts(session, NEW) == {"a1": "I will listen."}
    assert new.phase is Phase.DRAFT
    assert replace(new.draft, calendar=old.draft.calendar) == old.draft
    begun.now = START + timedelta(days=7, hours=1)
    with begun.writing() as session:
        roll.freeze(session, TWO, NEW, now=begun.now)
        begun.troupe.election = NEW
        begun.troupe.identities(session, begun.now)
        ceremony.start(session, "officer", NEW, now=begun.now)
        begun.troupe.keys(session, begun.now)
        assert elections.show(session, NEW).phase is Phase.CREDENTIALS


@pytest.mark.parametrize(
    ("by", "why", "error"),
    [
        (Two("officer", "officer"), WHY, NotPermittedError),
        (Two("m1", "secretary"), WHY, NotPermittedError),
        (Two("officer", "t1"), WHY, NotPermittedError),
        (TWO, " ", RuleError),
    ],
)
def test_it_takes_two_people_and_a_reason(begun: Stage, by: Two, why: str, error: type[Exception]) -> None:
    before = begun.size()

    with pytest.raises(error):
        abandon(begun, by, why)

    assert begun.size() == before
    with begun.reading() as session:
        assert elections.show(session, ELECTION).phase is Phase.CEREMONY


def test_an_election_without_a_board_is_given_up_too(stage: Stage) -> None:
    stage.set_up(6)
    stage.draft()
    stage.freeze()
    abandon(stage)

    with stage.reading() as session:
        assert (elections.show(session, ELECTION).phase, stage.size()) == (Phase.ABANDONED, 0)


def test_what_was_announced_is_cancelled_instead_and_a_draft_is_changed(stage: Stage) -> None:
    stage.set_up(6)
    stage.draft()
    with pytest.raises(RuleError, match="still a draft"):
        abandon(stage)
    stage.freeze()
    stage.announce()
    with pytest.raises(RuleError, match="can only be cancelled"):
        abandon(stage)
    with pytest.raises(RuleError, match="given up or cancelled"):
        again(stage)
    with stage.writing() as session:
        running.cancel(session, TWO, ELECTION, "The list was wrong.", now=stage.now)

    again(stage)

    with pytest.raises(RuleError, match="never used twice"):
        again(stage)
    with pytest.raises(NotPermittedError):
        again(stage, "third", "secretary")
