"""The clock opens, closes and forgets; officers extend, cancel, withdraw, tell. Each refusal has its reason."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.board import verify
from governance.board.record import RecordFile
from governance.domain.draft import Candidate
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import boards, ceremony, elections, officers, publication, roles, roll, running, voting
from governance.services.officers import Two
from tests.services.stage import ELECTION, OPEN, START, Stage, a_draft

DAY = timedelta(days=1)
CLOSES = START + 9 * DAY


@pytest.fixture
def opened(stage: Stage) -> Stage:
    stage.until_open(6)
    return stage


def announced(stage: Stage) -> Stage:
    stage.set_up(6)
    stage.draft()
    stage.freeze()
    stage.announce()
    return stage


def at(stage: Stage, now: datetime) -> list[str]:
    stage.now = now
    return stage.advance()


def phase(stage: Stage) -> Phase:
    with stage.reading() as session:
        return elections.show(session, ELECTION).phase


def test_voting_opens_by_the_clock_once_every_trustee_is_ready(stage: Stage) -> None:
    announced(stage)
    assert at(stage, OPEN) == []
    with stage.writing() as session:
        stage.troupe.ready(session, OPEN)

    assert at(stage, START + 2 * DAY - timedelta(seconds=1)) == []
    assert at(stage, START + 2 * DAY) == ["open"]
    assert at(stage, START + 2 * DAY) == []
    assert phase(stage) is Phase.OPEN


def test_voting_that_never_opened_does_not_open_after_its_close(stage: Stage) -> None:
    announced(stage)
    with stage.writing() as session:
        stage.troupe.ready(session, OPEN)

    assert at(stage, CLOSES) == []
    assert phase(stage) is Phase.READINESS


def test_a_server_that_was_down_at_the_close_closes_when_it_is_back(opened: Stage) -> None:
    with opened.writing() as session:
        for i in (1, 2, 3):
            opened.troupe.vote(session, f"m{i}", [(0,)] if i < 3 else [(0,), ()], OPEN)

    with opened.reading() as session:
        assert running.due(session, CLOSES - timedelta(seconds=1)) == []
        assert running.due(session, CLOSES) == [ELECTION]
    assert at(opened, CLOSES + DAY) == ["close"]
    assert phase(opened) is Phase.TALLY
    with opened.reading() as session:
        stands = elections.show(session, ELECTION).progress
        assert (stands.ballots, stands.void) == (3, {"africa"})


def test_an_election_that_nobody_voted_in_is_void_and_whole(opened: Stage) -> None:
    assert at(opened, CLOSES) == ["close"]

    assert phase(opened) is Phase.COUNTED
    with opened.reading() as session:
        file = io.BytesIO()
        publication.write(session, ELECTION, file)
    assert verify.check(RecordFile(file)).failure is None


def test_who_cast_is_forgotten_after_the_appeals(opened: Stage) -> None:
    with opened.writing() as session:
        opened.troupe.vote(session, "m1", [(0,)], OPEN)
    at(opened, CLOSES)
    with opened.reading() as session:
        assert voting.has_voted(session, "m1", ELECTION) is True

    assert at(opened, START + 30 * DAY) == ["forget who cast"]
    assert at(opened, START + 30 * DAY) == []
    with opened.reading() as session:
        assert voting.has_voted(session, "m1", ELECTION) is None


def test_what_the_clock_did_is_in_the_log(opened: Stage) -> None:
    at(opened, CLOSES)

    with opened.reading() as session:
        log = officers.log(session, "officer", election=ELECTION)
    assert [(line.who, line.what) for line in log[:2]] == [("clock", "close"), ("clock", "open")][: len(log)]


# ---- officers --------------------------------------------------------------------------------------------------------

Deed = Callable[[Session, str, datetime], None]


def extend(session: Session, by: str, now: datetime, **changes: Any) -> None:
    words = {"closes": CLOSES + DAY, "reason": "Mail was down.", **changes}
    running.extend(session, Two(by, "secretary"), ELECTION, now=now, **words)


def cancel(session: Session, by: str, now: datetime, reason: str = "A wrong name stood on the ballot.") -> None:
    running.cancel(session, Two(by, "secretary"), ELECTION, reason, now=now)


def withdraw(session: Session, by: str, now: datetime, **changes: str) -> None:
    words = {"contest": "board", "candidate": "a1", "reason": "For reasons of their own.", **changes}
    running.withdraw(session, Two(by, "secretary"), ELECTION, now=now, **words)


def notice(session: Session, by: str, now: datetime, subject: str = "Codes sent again: 2") -> None:
    running.notice(session, by, ELECTION, subject, "", now=now)


DEEDS = [pytest.param(deed, id=deed.__name__) for deed in (extend, cancel, withdraw, notice)]


@pytest.mark.parametrize("deed", DEEDS)
def test_an_officer_may_while_voting_is_open_and_says_why(opened: Stage, deed: Deed) -> None:
    size = opened.size()
    with opened.writing() as session:
        deed(session, "officer", OPEN)

        line = officers.log(session, "officer")[0]
    assert opened.size() == size + 1
    assert (line.who, bool(line.why)) == ("Official officer", True)


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_else_may(opened: Stage, deed: Deed) -> None:
    size = opened.size()
    for by in ("m1", "t1", *(["secretary"] if deed is not notice else [])):
        with opened.writing() as session, pytest.raises(NotPermittedError):
            deed(session, by, OPEN)
    assert opened.size() == size


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_may_be_done_before_there_is_a_board(stage: Stage, deed: Deed) -> None:
    stage.set_up(6)
    stage.draft()
    stage.freeze()

    with stage.writing() as session, pytest.raises(RuleError):
        deed(session, "officer", START)


def test_an_extension_moves_the_close(opened: Stage) -> None:
    with opened.writing() as session:
        extend(session, "officer", OPEN)

    assert at(opened, CLOSES) == []
    assert at(opened, CLOSES + DAY) == ["close"]


@pytest.mark.parametrize(
    ("changes", "now", "why"),
    [
        ({"closes": CLOSES}, OPEN, "only to a later time"),
        ({"reason": " "}, OPEN, "Say why"),
        ({}, CLOSES, "only while it is open"),
    ],
)
def test_an_extension_that_is_none_is_refused(opened: Stage, changes: dict[str, Any], now: datetime, why: str) -> None:
    with opened.writing() as session, pytest.raises(RuleError, match=why):
        extend(session, "officer", now, **changes)


def test_a_cancelled_election_awaits_nothing_and_verifies(opened: Stage) -> None:
    with opened.writing() as session:
        cancel(session, "officer", OPEN)
    with opened.writing() as session, pytest.raises(RuleError, match="cancelled already"):
        cancel(session, "officer", OPEN)

    assert at(opened, CLOSES) == []
    with opened.writing() as session:
        notice(session, "officer", CLOSES)
        file = io.BytesIO()
        publication.write(session, ELECTION, file)
    report = verify.check(RecordFile(file))
    assert (report.failure, report.cancelled) == (None, True)


def test_a_counted_election_is_not_cancelled(opened: Stage) -> None:
    at(opened, CLOSES)

    with opened.writing() as session, pytest.raises(RuleError, match="has its result"):
        cancel(session, "officer", CLOSES)


def test_a_candidate_withdraws_once_and_not_after_the_close(opened: Stage) -> None:
    with opened.writing() as session:
        withdraw(session, "officer", OPEN)
    for changes, why in (({}, "withdrawn already"), ({"candidate": "b1"}, "Nobody of that id")):
        with opened.writing() as session, pytest.raises(RuleError, match=why):
            withdraw(session, "officer", OPEN, **changes)
    with opened.writing() as session, pytest.raises(RuleError, match="between the announcement"):
        withdraw(session, "officer", CLOSES, candidate="a2")


def opened_subject(session: Session) -> str:
    one = e.parse(boards.entries(session, ELECTION)[-1][1])
    assert isinstance(one, e.Notice)
    return one.subject


def test_a_notice_has_a_subject_and_the_registrar_and_the_secretariat_may_give_one(opened: Stage) -> None:
    with opened.writing() as session:
        notice(session, "secretary", OPEN, subject="A word")
        assert (officers.log(session, "officer")[0].who, opened_subject(session)) == ("Official secretary", "A word")
        notice(session, "registrar", OPEN)
        with pytest.raises(RuleError, match="a subject"):
            notice(session, "officer", OPEN, subject="")
        assert b"Codes sent again" in boards.entries(session, ELECTION)[-1][1]


def test_whoever_stands_gives_no_notice(stage: Stage) -> None:
    stage.set_up(6)
    board, africa = a_draft().contests
    people = (*board.candidates, Candidate("s", "Official secretary", member="secretary"))
    stage.draft(a_draft(contests=(replace(board, candidates=people), africa)))
    stage.now = START + timedelta(hours=1)
    with stage.writing() as session:
        roles.grant(session, officers.COMMAND, "m2", Role.SECRETARIAT, now=stage.now)
        roll.freeze(session, Two("officer", "m2"), ELECTION, now=stage.now)
        stage.troupe.identities(session, stage.now)
        ceremony.start(session, "officer", ELECTION, now=stage.now)

    with stage.writing() as session:
        with pytest.raises(NotPermittedError, match="Whoever stands"):
            notice(session, "secretary", OPEN)
        notice(session, "officer", OPEN)
