"""From a count to seats: which contest fills which, reports, challenges, two officers who certify."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from governance.board import checkpoint
from governance.crypto import lots
from governance.domain.calendar import in_utc
from governance.domain.draft import Candidate, Contest, Span, Unopposed
from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, How
from governance.domain.seats.filling import Step
from governance.domain.seats.register import Wish, entry_of
from governance.errors import MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import (
    boards,
    certification,
    result_challenges,
    seat_requests,
    seats,
    verifier_reports,
)
from governance.services.officers import Two
from governance.services.seat_requests import Act, Request
from governance.store.journal import Letter
from tests.services import seated
from tests.services.seated import APPEALS, BOTH, at, enter, on_disk, report
from tests.services.stage import ELECTION, START, Stage, a_calendar


def step(stage: Stage, now: datetime) -> Step:
    with stage.reading() as session:
        return certification.show(session, ELECTION, now=now).step


# ---- which seats a contest fills -------------------------------------------------------------------------------------


def test_who_is_elected_without_a_vote_gets_a_seat_too(stage: Stage) -> None:
    """The one who was voted for, and two by lot: who of them has the longer term can be checked by anybody."""
    seated.begin(stage)
    enter(stage, f.SeatCreated("e3", "group", seated.BEGIN, replace(seated.ELECTED, months=12)), now=START)
    board = replace(seated.the_draft().contests[0], seats=1)
    people = tuple(Candidate(f"u{i}", f"Member {i}", member=f"m{i}") for i in (7, 8))
    planned = (board, Contest("quiet", "Quiet", 2, people))
    alone = Unopposed("quiet", "Quiet", 2, people)
    stage.draft(replace(seated.the_draft(), contests=(board,), unopposed=(alone,), planned=planned))
    with stage.writing() as session:
        certification.assign(session, "officer", ELECTION, "quiet", ["e2", "e3"], now=stage.now)
        with pytest.raises(RuleError, match="filled by the contest quiet already"):
            certification.assign(session, "officer", ELECTION, "board", ["e2"], now=stage.now)
    stage.freeze()
    stage.announce()
    stage.open()
    with stage.writing() as session:
        for i in (1, 2):
            stage.troupe.vote(session, f"m{i}", [(0, 1)], stage.now)
    stage.close()
    seated.count(stage)
    report(stage)

    with stage.reading() as session:
        with pytest.raises(RuleError, match="There is no seat for Member 3"):
            certification.check_certify(session, ELECTION, now=APPEALS)
        given = certification.show(session, ELECTION, now=APPEALS).given
        assert [one.seat for one in given] == ["", "e2", "e3"]
        assert {one.winner.how for one in given[1:]} == {How.UNOPPOSED}
        assert [(one.winner.contest, one.winner.how) for one in given[:1]] == [("board", How.ELECTION)]
        root = checkpoint.parse(boards.head(session, ELECTION)).root
        order = lots.order(lots.seed(b"", "quiet", root), ["u7", "u8"])
        assert [one.winner.member for one in given[1:]] == [one.replace("u", "m") for one in order]


def test_where_nobody_had_to_vote_the_result_is_certified_all_the_same(stage: Stage) -> None:
    seated.begin(stage)
    people = tuple(Candidate(f"u{i}", f"Member {i}", member=f"m{i}") for i in (7, 8))
    alone = Unopposed("quiet", "Quiet", 2, people)
    planned = (Contest("quiet", "Quiet", 2, people),)
    stage.draft(replace(seated.the_draft(), contests=(), unopposed=(alone,), planned=planned))
    with stage.writing() as session:
        certification.assign(session, "officer", ELECTION, "quiet", ["e1", "e2"], now=stage.now)
        assert result_challenges.open_now(session, ELECTION, now=stage.now)
        assert certification.show(session, ELECTION, now=stage.now).step is Step.DECLARED
        made = certification.certify(session, BOTH, ELECTION, now=APPEALS)
        assert {seats.book(session).holdings[one].instrument.how for one in made} == {How.UNOPPOSED}


def test_a_seat_whose_holder_has_no_end_cannot_be_given_to_a_winner(counted: Stage) -> None:
    report(counted)
    with counted.writing() as session:
        seated.approved(session, seated.moved_end(session, "h1", None), now=counted.now)
        with pytest.raises(RuleError, match="Member 1 holds “e1” without an end"):
            certification.check_certify(session, ELECTION, now=APPEALS)


def test_who_is_elected_to_the_rest_of_a_term_finishes_it_also_where_the_seat_was_vacant_long_before(
    counted: Stage,
) -> None:
    with counted.reading() as session:
        number = entry_of(seats.load(session), "e1", f.SeatCreated)
    enter(counted, Wish(f.SeatCreated("e1", "group", date(2023, 1, 1), seated.ELECTED), number), now=counted.now)
    enter(counted, f.Ended("h1", APPEALS.date(), End.RESIGNED), now=counted.now)
    seated.certify(counted)

    with counted.reading() as session:
        found = [one for one in seats.book(session).holdings.values() if one.offered]

    assert {one.seat: (one.start, one.until, one.remainder) for one in found} == {
        "e1": (APPEALS.date(), date(2026, 4, 1), True),
        "e2": (date(2026, 4, 1), date(2028, 4, 1), False),
    }


def test_which_seats_a_contest_fills_is_said_before_the_roll_is_frozen(stage: Stage) -> None:
    seated.begin(stage)
    stage.draft(seated.the_draft())
    with stage.writing() as session:
        for by, contest, chosen, why in (
            ("officer", "none", ["e1"], "no such contest"),
            ("officer", "board", ["a1", "e1"], "no elected seat"),
            ("officer", "board", ["e1"], "fills 2 places, and 1"),
            ("officer", "board", ["e1", "e9"], "no elected seat"),
        ):
            with pytest.raises(RuleError, match=why):
                certification.assign(session, by, ELECTION, contest, chosen, now=stage.now)
        with pytest.raises(NotPermittedError):
            certification.assign(session, "secretary", ELECTION, "board", ["e1", "e2"], now=stage.now)
        certification.assign(session, "officer", ELECTION, "board", ["e2", "e1"], now=stage.now)
        certification.assign(session, "officer", ELECTION, "board", ["e2", "e1"], now=stage.now)
        assert certification.seats_of(session, ELECTION) == {"board": ("e1", "e2")}
    stage.freeze()
    with stage.writing() as session, pytest.raises(RuleError, match="frozen"):
        certification.assign(session, "officer", ELECTION, "board", ["e2", "e1"], now=stage.now)


# ---- from declared to certified --------------------------------------------------------------------------------------


def test_a_result_is_certified_after_the_window_by_two_officers_with_the_reports(counted: Stage) -> None:
    request = Request(Act.CERTIFY, election=ELECTION)
    assert step(counted, counted.now) is Step.DECLARED
    with counted.writing() as session:
        with pytest.raises(RuleError, match=in_utc(APPEALS)):
            seat_requests.ask(session, "officer", request, "Certify.", now=counted.now)
        with pytest.raises(RuleError, match="ask for 1 reports"):
            seat_requests.ask(session, "officer", request, "Certify.", now=APPEALS)
    assert report(counted, "Another record", of="00" * 32) is False
    assert report(counted, "Found it wrong", holds=False) is False
    assert step(counted, APPEALS) is Step.REPORTS
    assert report(counted) is True
    assert step(counted, APPEALS) is Step.DUE

    with counted.writing() as session:
        with pytest.raises(NotPermittedError):
            seat_requests.ask(session, "secretary", request, "Certify.", now=APPEALS)
        number = seat_requests.ask(session, "officer", request, "Certify.", now=APPEALS)
        assert seat_requests.show(session, "m11", number, now=APPEALS).told[0].startswith("Member 3 is offered e")
        with pytest.raises(NotPermittedError, match="Only returning officers"):
            seat_requests.approve(session, "secretary", number, now=APPEALS)
        seat_requests.approve(session, "m11", number, now=APPEALS)
        result = certification.show(session, ELECTION, now=APPEALS)
        assert (result.step, result.needed) == (Step.CERTIFIED, 1)
        assert result.certified == (APPEALS, "Official officer", "Member 11")
        assert [one.counts for one in result.reports] == [False, False, True]
        letters = [one.subject for one in session.query(Letter)]
        assert letters.count("A seat is offered to you") == 2


def test_two_different_officers_who_do_not_stand(counted: Stage) -> None:
    report(counted)
    with counted.writing() as session:
        for two, why in (
            (Two("officer", "officer"), "Nobody approves"),
            (Two("officer", "secretary"), "Only returning officers"),
            (Two("m3", "officer"), "Only returning officers"),
        ):
            with pytest.raises(NotPermittedError, match=why):
                certification.certify(session, two, ELECTION, now=APPEALS)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"root": "zz" * 32}, "64 digits"),
        ({"root": "00"}, "64 digits"),
        ({"name": " "}, "who verified"),
        ({"name": "A" * 201}, "who verified"),
    ],
    ids=["no digits", "too short", "no name", "long name"],
)
def test_a_report_says_who_checked_which_record(counted: Stage, change: dict[str, str], why: str) -> None:
    told = {"name": "A verifier", "root": "00" * 32, **change}
    with counted.writing() as session, pytest.raises(MalformedError, match=why):
        verifier_reports.enter(session, "officer", ELECTION, tool="x", holds=True, now=counted.now, **told)


def test_one_verifier_counts_once_and_only_officials_enter_reports(counted: Stage) -> None:
    report(counted)
    with pytest.raises(RuleError, match="reported already"):
        report(counted, "a VERIFIER")
    with counted.writing() as session, pytest.raises(NotPermittedError):
        verifier_reports.enter(session, "m5", ELECTION, name="x", tool="x", root="00" * 32, holds=True, now=counted.now)


def test_a_challenge_that_is_undecided_or_upheld_stops_the_certificate(counted: Stage) -> None:
    report(counted)
    with counted.writing() as session:
        with pytest.raises(RuleError, match="say what is wrong"):
            result_challenges.lodge(session, "m5", ELECTION, " ", now=counted.now)
        first = result_challenges.lodge(session, "m5", ELECTION, "One ballot was mine.", now=counted.now)
        second = result_challenges.lodge(session, "m6", ELECTION, "I know better.", now=counted.now)
        with pytest.raises(RuleError, match="until the time for appeals"):
            result_challenges.lodge(session, "m6", ELECTION, "Late.", now=APPEALS)
        with pytest.raises(NotFoundError):
            result_challenges.withdraw(session, "m5", ELECTION, second, now=counted.now)
        result_challenges.withdraw(session, "m6", ELECTION, second, now=counted.now)
        assert result_challenges.mine(session, "m5", ELECTION)[0].text == "One ballot was mine."
        with pytest.raises(NotPermittedError):
            result_challenges.every(session, "m5", ELECTION)
        with pytest.raises(RuleError, match="give the reason"):
            result_challenges.decide(session, "officer", ELECTION, first, "", upheld=False, now=counted.now)
        with pytest.raises(NotPermittedError):
            result_challenges.decide(session, "secretary", ELECTION, first, "No.", upheld=False, now=counted.now)
    assert step(counted, APPEALS) is Step.CHALLENGED
    with counted.writing() as session:
        result_challenges.decide(session, "officer", ELECTION, first, "It was counted.", upheld=False, now=APPEALS)
        with pytest.raises(RuleError, match="decided already"):
            result_challenges.decide(session, "officer", ELECTION, first, "Again.", upheld=True, now=APPEALS)
        assert result_challenges.every(session, "officer", ELECTION)[0].answer == "It was counted."
        assert result_challenges.numbers(session, ELECTION) == result_challenges.Numbers(1, 0, 0, 1)
    assert step(counted, APPEALS) is Step.DUE


def test_an_upheld_challenge_stops_it_for_good(counted: Stage) -> None:
    report(counted)
    with counted.writing() as session:
        number = result_challenges.lodge(session, "m5", ELECTION, "Wrong.", now=counted.now)
        result_challenges.decide(session, "officer", ELECTION, number, "Yes.", upheld=True, now=counted.now)
        with pytest.raises(RuleError, match="was upheld"):
            certification.check_certify(session, ELECTION, now=APPEALS)


def test_what_members_wrote_is_not_in_the_database_in_plain_text(counted: Stage) -> None:
    with counted.writing() as session:
        result_challenges.lodge(session, "m5", ELECTION, "a secret sentence", now=counted.now)
    assert b"lodged challenge" in on_disk(counted)
    assert b"a secret sentence" not in on_disk(counted)


def test_winners_sit_from_the_seating_of_the_calendar_on(stage: Stage) -> None:
    seated.begin(stage)
    enter(stage, *(f.Ended(one, START.date(), End.RESIGNED) for one in ("h1", "h2")), now=START)
    people = tuple(Candidate(f"u{i}", f"Member {i}", member=f"m{i}") for i in (7, 8))
    seating = Span("seating", at(2026, 4, 20), at(2026, 4, 20))
    draft = replace(
        seated.the_draft(),
        calendar=replace(a_calendar(), periods=(seating,)),
        contests=(),
        unopposed=(Unopposed("quiet", "Quiet", 2, people),),
        planned=(Contest("quiet", "Quiet", 2, people),),
    )
    stage.draft(draft)
    with stage.writing() as session:
        certification.assign(session, "officer", ELECTION, "quiet", ["e1", "e2"], now=stage.now)
        made = certification.certify(session, BOTH, ELECTION, now=APPEALS)
        held = [seats.book(session).holdings[one] for one in made]
        assert [(one.start, one.until) for one in held] == [(date(2026, 4, 20), date(2028, 4, 20))] * 2
