"""A year of a body on a database: an election with its certificate, a winner who declines, countbacks, an appointment."""

import json
import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from governance.board import checkpoint
from governance.cli import countback
from governance.crypto import lots
from governance.domain.calendar import in_utc
from governance.domain.draft import Candidate, Contest, Span, Unopposed
from governance.domain.membership import Status
from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, How, Method
from governance.domain.seats.filling import Step
from governance.domain.seats.register import Wish
from governance.errors import MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import (
    appointment_decisions,
    appointments,
    boards,
    ceremony,
    certification,
    contributions,
    elections,
    officers,
    publication,
    result_challenges,
    roll,
    running,
    seat_balance,
    seat_clock,
    seat_exports,
    seat_holders,
    seat_requests,
    seats,
    vacancies,
    verifier_reports,
)
from governance.services.appointment_decisions import Decision, Vote
from governance.services.appointments import Plan
from governance.services.officers import Two
from governance.services.played import Registrar, Troupe, Trustee
from governance.services.seat_requests import Act, Request
from governance.store.elections import RollLine
from governance.store.journal import Letter
from governance.store.members import Member
from governance.store.seats import ResultChallenge
from tests.services import seated
from tests.services.seated import at, enter
from tests.services.stage import ELECTION, START, TWO, Stage, a_calendar

APPEALS = START + timedelta(days=30)
AFTER = at(2026, 4, 2)
BOTH = Two("officer", "m11")


def members_of(stage: Stage, day: date) -> dict[str, str]:
    with stage.reading() as session:
        return {one.seat: one.holder for one in seats.group(session, "group", day).places}


def exported(stage: Stage, day: date, known: date | None = None) -> dict[str, str]:
    def address(name: str) -> str:
        return f"https://vote.example.org/{name}"

    with stage.reading() as session:
        told = json.loads(seat_exports.popolo(session, "group", day, address=address, known=known))
    names = {one["id"]: one["name"] for one in told["people"]}
    held = {one["post_id"]: names[one["person_id"]] for one in told["memberships"] if "end_date" not in one}
    return {one["id"].removeprefix("seat/"): held.get(one["id"], "") for one in told["posts"]}


@pytest.fixture
def counted(stage: Stage) -> Stage:
    """Member 3 and Member 4 are elected; Member 5 is next, then Member 6."""
    seated.begin(stage)
    stage.draft(seated.the_draft())
    with stage.writing() as session:
        certification.assign(session, "officer", ELECTION, "board", ["e1", "e2"], now=stage.now)
    stage.freeze()
    stage.announce()
    stage.open()
    with stage.writing() as session:
        for i in range(1, 10):
            ranking = [(0, 1, 2, 3), (1, 0, 2, 3), (0, 2, 1, 3)][i % 3]
            stage.troupe.vote(session, f"m{i}", [ranking], stage.now)
    stage.close()
    seated.count(stage)
    return stage


def report(stage: Stage, name: str = "A verifier", *, root: str = "", holds: bool = True) -> bool:
    with stage.writing() as session:
        root = root or checkpoint.parse(boards.head(session, ELECTION)).root.hex()
        return verifier_reports.enter(
            session, "officer", ELECTION, name=name, tool="governance-verify 1", root=root, holds=holds, now=stage.now
        )


def step(stage: Stage, now: datetime) -> Step:
    with stage.reading() as session:
        return certification.show(session, ELECTION, now=now).step


@pytest.fixture
def certified(counted: Stage) -> Stage:
    report(counted)
    counted.now = APPEALS
    with counted.writing() as session:
        seated.approved(session, Request(Act.CERTIFY, election=ELECTION), now=APPEALS)
    return counted


def holding(stage: Stage, member: str) -> str:
    with stage.reading() as session:
        return seat_holders.mine(session, member, now=stage.now)[0].holding.id


def take(stage: Stage, member: str, now: datetime) -> None:
    name = holding(stage, member)
    with stage.writing() as session:
        seat_holders.accept(session, member, name, now=now)
        seat_holders.declare(session, member, name, "interests", now=now)


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
        assert [one.winner for one in given] == certification.winners(session, ELECTION)
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


def test_what_was_written_is_destroyed_after_its_time(certified: Stage) -> None:
    with certified.writing() as session:
        seat_holders.tend(session, now=AFTER)
        number = appointments.begin(session, "m12", Plan("a1", "Please.", date(2026, 5, 1), call=False), now=AFTER)
        one = appointments.propose(session, "m12", number, "Private.", member="m9", now=AFTER)
        appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(one), now=AFTER)
        session.add(ResultChallenge(election_id=ELECTION, by_id="m5", said=b"sealed", at=START, withdrawn=START))
    with certified.writing() as session:
        seat_clock.advance(session, now=AFTER + appointments.KEPT)
        assert appointments.applicants(session, "m12", number, now=AFTER)[0].text == "Private."
    later = AFTER + appointments.KEPT + timedelta(seconds=1)
    with certified.writing() as session:
        assert seat_clock.advance(session, now=later) == 1
        assert appointments.applicants(session, "m12", number, now=later)[0].text == ""
        assert result_challenges.mine(session, "m5", ELECTION)[0].text == ""
        assert seat_clock.advance(session, now=later) == 0


def test_a_seat_whose_holder_has_no_end_cannot_be_given_to_a_winner(counted: Stage) -> None:
    report(counted)
    with counted.writing() as session:
        seated.approved(session, seat_requests.moved_end(session, "h1", None), now=counted.now)
        with pytest.raises(RuleError, match="Member 1 holds “e1” without an end"):
            certification.check_certify(session, ELECTION, now=APPEALS)


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
    assert report(counted, "Another record", root="00" * 32) is False
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
    path = counted.engine.url.database
    assert path is not None
    assert b"a secret sentence" not in Path(path).read_bytes()


# ---- the year --------------------------------------------------------------------------------------------------------


def test_winners_sit_once_the_incumbents_terms_end(certified: Stage) -> None:
    take(certified, "m3", APPEALS)
    take(certified, "m4", APPEALS)

    assert members_of(certified, date(2026, 3, 31)) == {"e1": "Member 1", "e2": "Member 2", "a1": "=Outside() Person"}
    sitting = members_of(certified, date(2026, 4, 1))
    assert {sitting["e1"], sitting["e2"]} == {"Member 3", "Member 4"}
    assert exported(certified, date(2026, 4, 1)) == sitting
    with certified.reading() as session:
        told = seats.how_chosen(session, holding(certified, "m3"))
    assert told.sentence.startswith("Elected on 2026-03-31 (Advisory group 2026); holds the seat from 2026-04-01")


def test_a_whole_year(certified: Stage) -> None:  # noqa: PLR0915  a year is long
    stage = certified
    steps: list[tuple[date, dict[str, str]]] = [(date(2026, 3, 1), members_of(stage, date(2026, 3, 1)))]

    def look(now: datetime) -> dict[str, str]:
        """The page of today; and the exports say the same of it and of every day before."""
        stage.now = now
        steps.append((now.date(), members_of(stage, now.date())))
        for day, stood in steps:
            assert members_of(stage, day) == stood
            assert exported(stage, day) == stood
            assert exported(stage, day, known=day) == stood
        return steps[-1][1]

    # one winner accepts, the other one declines: a countback gives the seat to the next
    take(stage, "m3", APPEALS)
    name = holding(stage, "m4")
    with stage.writing() as session:
        seat_holders.decline(session, "m4", name, now=APPEALS)
    with stage.writing() as session:
        seat_holders.tend(session, now=AFTER)
        seat = next(one.gap.seat for one in vacancies.waiting(session, "group", now=AFTER) if one.gap.seat != "a1")
        told = vacancies.count_back(session, seat, now=AFTER)
        assert (told.vacating, told.name) == ("Member 4", "Member 5")
        seated.approved(session, Request(Act.FILL, seat=seat, method=Method.COUNTBACK), now=AFTER)
        with pytest.raises(RuleError, match="offered to Member 5"):
            vacancies.check_fill(session, seat, Method.COUNTBACK, now=AFTER)
    take(stage, "m5", AFTER)
    assert look(AFTER)[seat] == "Member 5"
    with stage.reading() as session:
        chosen = seats.how_chosen(session, holding(stage, "m5"))
    assert "countback of the votes" in chosen.sentence
    assert chosen.holding.instrument.election == ELECTION

    # the appointed member's term has ended: a call, an appointment that balances the group
    with stage.writing() as session:
        number = appointments.begin(session, "m12", Plan("a1", "Who knows Africa?", date(2026, 5, 1)), now=AFTER)
        one = appointments.apply(session, "m9", number, "I live there.", now=AFTER)
        appointments.apply(session, "m10", number, "I would like to.", now=AFTER)
        brings = seat_balance.brings(session, "m12", "group", date(2026, 5, 1), now=AFTER)
        assert [(w.attribute, w.have, w.missing) for w in brings.have] == [
            ("lived_experience", 0, 1), ("region", 1, 0),
        ]  # fmt: skip
        vote = Vote("the members", date(2026, 4, 20), 120, 7, 3)
        decision = Decision(one, "Resolution 7", date(2026, 4, 21), "They know the region.", ("Ann: a relative",), vote)
        later = at(2026, 4, 25)
        seated.approved(session, Request(Act.APPOINT, appointment=number, decision=decision), now=later)
    stage.now = later
    take(stage, "m9", later)
    assert look(at(2026, 5, 1))["a1"] == "Member 9"

    # a member resigns: the countback passes over who sits and who declined
    name = holding(stage, "m3")
    with stage.writing() as session:
        seat_holders.resign(session, "m3", name, date(2026, 9, 1), now=at(2026, 8, 20))
        seat_holders.tend(session, now=at(2026, 9, 1))
        (vacancy,) = vacancies.waiting(session, "group", now=at(2026, 9, 1))
        assert (vacancy.way.method, vacancy.way.term.end) == (Method.COUNTBACK, date(2028, 4, 1))
        seated.approved(session, Request(Act.FILL, seat=vacancy.gap.seat, method=Method.COUNTBACK), now=at(2026, 9, 1))
    stage.now = at(2026, 9, 1)
    take(stage, "m6", at(2026, 9, 3))
    assert look(at(2026, 9, 3))[vacancy.gap.seat] == "Member 6"
    with stage.reading() as session:
        assert seats.book(session).holdings[holding(stage, "m6")].remainder

    # that one dies: nobody is left in the count, so the rule's next way is an appointment
    enter(stage, f.Ended(holding(stage, "m6"), date(2026, 11, 1), End.DIED), now=at(2026, 11, 2))
    with stage.writing() as session:
        now = at(2026, 11, 3)
        seated.approved(session, Request(Act.FILL, seat=vacancy.gap.seat, method=Method.COUNTBACK), now=now)
        (empty,) = vacancies.waiting(session, "group", now=now)
        assert (empty.planned, empty.way.method) == (Method.APPOINTMENT, Method.APPOINTMENT)
        plan = Plan(vacancy.gap.seat, "Somebody for the rest of the term", now.date(), call=False)
        number = appointments.begin(session, "secretary", plan, now=now)
        one = appointments.propose(
            session, "m12", number, "Known to us all.", name="Oda Outside", email="oda@example.org", now=now
        )
        decision = Decision(one, "Resolution 9", now.date(), "Nobody was left in the count.")
        seated.approved(session, Request(Act.APPOINT, appointment=number, decision=decision), now=now)
        made = appointments.show(session, number, now=now).decided
        seat_holders.accept(session, "secretary", made, now=now)
        seat_holders.declare(session, "secretary", made, "interests", now=now)
    assert look(at(2026, 11, 3))[vacancy.gap.seat] == "Oda Outside"
    with stage.reading() as session:
        one_ = seats.book(session).holdings[made]
        assert (one_.instrument.how, one_.until) == (How.APPOINTMENT, date(2028, 4, 1))
        public = appointment_decisions.decided(session, made)
    assert public is not None
    assert (public.person, public.by, public.second) == ("Oda Outside", "Member 12", "Official officer")


# ---- vacancies -------------------------------------------------------------------------------------------------------


def test_a_seat_is_left_vacant_when_too_little_of_the_term_remains(stage: Stage) -> None:
    seated.begin(stage)
    enter(stage, f.Ended("h1", START.date(), End.RESIGNED), now=START)
    with stage.writing() as session:
        vacancy = vacancies.show(session, "e1", now=START)
        assert (vacancy.way.method, vacancy.planned) == (Method.LEFT_VACANT, None)
        seated.approved(session, Request(Act.FILL, seat="e1", method=Method.LEFT_VACANT), now=START)
        assert vacancies.show(session, "e1", now=START).planned is Method.LEFT_VACANT
        with pytest.raises(NotFoundError):
            vacancies.show(session, "e2", now=START)


def test_a_term_that_is_over_waits_for_the_next_election(stage: Stage) -> None:
    seated.begin(stage)
    with stage.writing() as session:
        seat_holders.tend(session, now=AFTER)

        told = {one.gap.seat: one.way.method for one in vacancies.waiting(session, "group", now=AFTER)}

        assert told == {"a1": Method.APPOINTMENT, "e1": None, "e2": None}
        assert "the next election fills" in vacancies.show(session, "e1", now=AFTER).way.why


def test_nobody_is_appointed_to_a_seat_that_somebody_holds(stage: Stage) -> None:
    seated.begin(stage)
    with stage.writing() as session:
        with pytest.raises(RuleError, match="choose a later day"):
            appointments.begin(session, "m12", Plan("a1", "x", date(2026, 3, 5)), now=START)
        assert appointments.begin(session, "m12", Plan("a1", "x", date(2026, 4, 1)), now=START)


def test_a_countback_needs_votes_that_lie_here(stage: Stage) -> None:
    seated.begin(stage)
    enter(stage, f.Ended("h1", START.date(), End.RESIGNED), now=START)

    with stage.writing() as session:
        with pytest.raises(RuleError, match="No votes lie here"):
            vacancies.count_back(session, "e1", now=START)
        with pytest.raises(RuleError, match="31 days of the term remain"):
            vacancies.check_fill(session, "e1", Method.COUNTBACK, now=START)


def test_a_countback_passes_over_who_is_no_member_or_at_the_limit(certified: Stage) -> None:
    take(certified, "m4", APPEALS)
    name = holding(certified, "m3")
    with certified.writing() as session:
        seat_holders.decline(session, "m3", name, now=APPEALS)
        seat_holders.tend(session, now=AFTER)
        seat = seats.book(session).holdings[name].seat
        assert vacancies.count_back(session, seat, now=AFTER).name == "Member 5"
        session.get_one(Member, "m5").status = Status.SUSPENDED
        session.flush()
        assert vacancies.count_back(session, seat, now=AFTER).name == "Member 6"
    early, named = date(2022, 4, 1), f.Named("p6", date(2022, 4, 1), "Member 6", "m6")
    other = f.SeatCreated("e9", "group", early, replace(seated.ELECTED, months=12))
    terms = (seated.seated(f"h{y}", "e9", "p6", date(y, 4, 1), date(y + 1, 4, 1)) for y in (2024, 2025))
    enter(certified, other, named, *terms, now=AFTER)
    with certified.reading() as session:
        assert vacancies.count_back(session, seat, now=AFTER).name == ""


def test_anybody_can_repeat_the_countback_from_the_published_record(certified: Stage, tmp_path: Path) -> None:
    take(certified, "m3", APPEALS)
    name = holding(certified, "m4")
    with certified.writing() as session:
        seat_holders.decline(session, "m4", name, now=APPEALS)
        seat_holders.tend(session, now=AFTER)
    with certified.reading() as session:
        told = vacancies.count_back(session, seats.book(session).holdings[name].seat, now=AFTER)
        with (tmp_path / "board.record.zip").open("xb") as file:
            publication.write(session, ELECTION, file)

    said = ["--vacating", "Member 4", "--sitting", "Member 3", "--json"]
    run = CliRunner().invoke(countback.command, [str(tmp_path / "board.record.zip"), *said])

    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["filled"] == told.name == "Member 5"
    assert json.loads(run.stdout)["quota"] == told.count.as_dict()["quota"]


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


def test_a_by_election_is_held_by_the_same_rules_on_the_same_roll(certified: Stage) -> None:
    take(certified, "m3", APPEALS)
    take(certified, "m4", APPEALS)
    name = holding(certified, "m3")
    with certified.reading() as session:
        seat = seats.book(session).holdings[name].seat
    rules = replace(seated.ELECTED, filling=(Method.BY_ELECTION,))
    now = at(2026, 6, 1)
    enter(
        certified, f.SeatChanged(seat, date(2026, 5, 1), rules), f.Ended(name, date(2026, 6, 1), End.RESIGNED), now=now
    )
    with certified.writing() as session:
        later = {n: now + timedelta(days=d) for n, d in (("opens", 9), ("closes", 16), ("appeals", 40))}
        wrong = a_calendar(**later, cutoff=now)
        with pytest.raises(RuleError, match="same roll"):
            vacancies.by_election(session, "officer", seat, election="by-1", title="By", calendar=wrong, now=now)
        calendar = a_calendar(**later)
        with pytest.raises(NotPermittedError):
            vacancies.by_election(session, "secretary", seat, election="by-1", title="By", calendar=calendar, now=now)
        vacancies.by_election(session, "officer", seat, election="by-1", title="By", calendar=calendar, now=now)
        draft = elections.draft_of(elections.get(session, "by-1"))
        assert [(one.id, one.seats, one.candidates) for one in draft.contests] == [("board", 1, ())]
        assert certification.seats_of(session, "by-1") == {"board": (seat,)}
        assert vacancies.show(session, seat, now=now).planned is Method.BY_ELECTION
        old = session.query(RollLine).filter_by(election_id=ELECTION).count()
        assert vacancies.roll_differences(session, "by-1") == (0, old)
        with pytest.raises(NotFoundError):
            vacancies.roll_differences(session, ELECTION)


def test_a_by_election_fills_the_rest_of_the_term(certified: Stage) -> None:
    stage = certified
    take(stage, "m3", APPEALS)
    name, now = holding(stage, "m3"), at(2026, 6, 1)
    with stage.reading() as session:
        seat = seats.book(session).holdings[name].seat
    rules = replace(seated.ELECTED, filling=(Method.BY_ELECTION,))
    enter(stage, f.SeatChanged(seat, date(2026, 5, 1), rules), f.Ended(name, date(2026, 6, 1), End.RESIGNED), now=now)
    calendar = a_calendar(opens=at(2026, 6, 10), closes=at(2026, 6, 20), appeals=at(2026, 7, 10))
    made = Registrar("registrar", "The registrar", secrets.token_bytes)
    troupe = Troupe("by-1", [Trustee(one, one, secrets.token_bytes) for one in ("t1", "t2", "t3")], made)
    with stage.writing() as session:
        vacancies.by_election(
            session, "officer", seat, election="by-1", title="By-election", calendar=calendar, now=now
        )
        draft = elections.draft_of(elections.get(session, "by-1"))
        people = (Candidate("d1", "Member 7", member="m7"), Candidate("d2", "Member 8", member="m8"))
        contest = replace(draft.contests[0], candidates=people)
        elections.edit(session, "officer", "by-1", replace(draft, contests=(contest,)), 2, now=now)
        roll.freeze(session, TWO, "by-1", now=now)
        assert vacancies.roll_differences(session, "by-1") == (0, 0)
    with stage.writing() as session:
        troupe.identities(session, now)
        ceremony.start(session, "officer", "by-1", now=now)
    for step_ in (troupe.keys, troupe.lists):
        with stage.writing() as session:
            step_(session, now)
    with stage.writing() as session:
        ceremony.publish(session, TWO, "by-1", now=now)
    with stage.writing() as session:
        troupe.ready(session, now)
    with stage.writing() as session:
        running.advance(session, "by-1", now=at(2026, 6, 11))
    with stage.writing() as session:
        for i in (1, 2, 9):
            troupe.vote(session, f"m{i}", [(1, 0)], at(2026, 6, 12))
    with stage.writing() as session:
        running.advance(session, "by-1", now=at(2026, 6, 21))
    for deed, turn in ((Trustee.mix, (0, 1)), (Trustee.decrypt, (1, 2))):
        for i in turn:
            with stage.reading() as session:
                data = deed(troupe.trustees[i], troupe.judge(session), "board")
            with stage.writing() as session:
                contributions.take(session, f"t{i + 1}", "by-1", data, now=at(2026, 6, 22))
    later = at(2026, 7, 10)
    with stage.writing() as session:
        root = checkpoint.parse(boards.head(session, "by-1")).root.hex()
        assert verifier_reports.enter(
            session, "secretary", "by-1", name="V", tool="v", root=root, holds=True, now=later
        )
        (made_,) = certification.certify(session, BOTH, "by-1", now=later)
        one = seats.book(session).holdings[made_]
        assert (one.start, one.until, one.remainder) == (later.date(), date(2028, 4, 1), True)
        assert (one.instrument.how, one.instrument.election) == (How.BY_ELECTION, "by-1")
        seat_holders.accept(session, "m8", made_, now=later)
        seat_holders.declare(session, "m8", made_, "interests", now=later)

    assert members_of(stage, later.date())[seat] == "Member 8"


# ---- appointments ----------------------------------------------------------------------------------------------------


@pytest.fixture
def calling(stage: Stage) -> tuple[Stage, int]:
    """A call for the appointed seat, with one application, on the day after its term ended."""
    seated.begin(stage)
    stage.now = AFTER
    with stage.writing() as session:
        seat_holders.tend(session, now=AFTER)
        plan = Plan("a1", "Please apply.", date(2026, 5, 1), closes=at(2026, 4, 10))
        number = appointments.begin(session, "m12", plan, now=AFTER)
        appointments.apply(session, "m9", number, "A private reason.", now=AFTER)
    return stage, number


def a_decision(application: object = 1, **more: object) -> Decision:
    told: dict[str, object] = {
        "application": application,
        "reference": "Resolution 1",
        "day": date(2026, 4, 11),
        "reasons": "The best of all.",
        "ratified": Vote("the members", date(2026, 4, 12), 2, 1, 0),
        **more,
    }
    return Decision(**told)  # type: ignore[arg-type]


def test_an_appointment_is_opened_once_for_a_seat_that_is_filled_so(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    with stage.writing() as session:
        for plan, why in (
            (Plan("a1", "Again.", date(2026, 5, 1)), "not decided"),
            (Plan("a9", "No.", date(2026, 5, 1)), "nothing of this name"),
            (Plan("e1", "No.", date(2026, 5, 1)), "not filled by appointment"),
        ):
            with pytest.raises(RuleError, match=why):
                appointments.begin(session, "m12", plan, now=AFTER)
        with pytest.raises(NotPermittedError):
            appointments.begin(session, "m5", Plan("a1", "x", date(2026, 5, 1)), now=AFTER)
        call = appointments.show(session, number, now=AFTER)
        assert (call.open, call.decided, call.name) == (True, "", "Appointed seat")
        assert not appointments.show(session, number, now=at(2026, 4, 10)).open
        assert [one.number for one in appointments.every(session, now=AFTER, body="group")] == [number]


def test_members_apply_once_while_the_call_is_open(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    with stage.writing() as session:
        with pytest.raises(RuleError, match="among the applicants already"):
            appointments.apply(session, "m9", number, "Again.", now=AFTER)
        with pytest.raises(RuleError, match="cannot apply"):
            appointments.apply(session, "m8", number, "Late.", now=at(2026, 4, 10))
        with pytest.raises(RuleError, match="say in a few words"):
            appointments.apply(session, "m8", number, " ", now=AFTER)
        ((mine, _, withdrawn),) = appointments.mine(session, "m9")
        assert not withdrawn
        with pytest.raises(NotFoundError):
            appointments.withdraw(session, "m8", mine, now=AFTER)
        appointments.withdraw(session, "m9", mine, now=AFTER)
        with pytest.raises(RuleError, match="taken back"):
            appointments.withdraw(session, "m9", mine, now=AFTER)
        with pytest.raises(NotFoundError):
            appointment_decisions.check_decide(session, number, a_decision(mine), now=at(2026, 4, 12))
        appointments.apply(session, "m9", number, "After all.", now=AFTER)


def test_applications_are_read_by_those_who_decide_and_encrypted(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    with stage.writing() as session:
        with pytest.raises(NotPermittedError):
            appointments.applicants(session, "m9", number, now=AFTER)
        (one,) = appointments.applicants(session, "m12", number, now=AFTER)
        assert (one.name, one.text) == ("Member 9", "A private reason.")
        assert officers.log(session, "officer")[0].what == f"read the applications for appointment {number}"
        with pytest.raises(NotPermittedError):
            seat_balance.brings(session, "m9", "group", AFTER.date(), now=AFTER)
    path = stage.engine.url.database
    assert path is not None
    assert b"A private reason." not in Path(path).read_bytes()


@pytest.mark.parametrize(
    ("change", "day", "why"),
    [
        ({}, 9, "still open"),
        ({"ratified": None}, 12, "asks for a vote of the members"),
        ({"ratified": Vote("the members", date(2026, 4, 12), 2, 2, 0)}, 12, "did not ratify"),
        ({"reasons": " "}, 12, "needs its reasons"),
        ({"reference": ""}, 12, "needs its reasons"),
        ({"file": "00" * 32}, 12, "no such appointment"),
        ({"application": 9}, 12, "no such appointment"),
    ],
    ids=["open", "no vote", "tie", "reasons", "reference", "file", "application"],
)
def test_what_a_decision_needs(calling: tuple[Stage, int], change: dict[str, object], day: int, why: str) -> None:
    stage, number = calling
    with stage.writing() as session, pytest.raises((RuleError, NotFoundError), match=why):
        appointment_decisions.check_decide(session, number, a_decision(**change), now=at(2026, 4, day))


def test_a_decision_is_the_authoritys_and_a_second_persons(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    now = at(2026, 4, 12)
    with stage.writing() as session:
        digest = appointment_decisions.attach(session, "m12", "resolution.pdf", b"%PDF-1.7 resolved", now=now)
        assert appointment_decisions.attach(session, "m12", "x", b"%PDF-1.7 resolved", now=now) == digest
        for data in (b"", b"PK\0\0", b"%PDF-" + bytes(appointment_decisions.MAX_FILE)):
            with pytest.raises(MalformedError):
                appointment_decisions.attach(session, "m12", "x", data, now=now)
        with pytest.raises(NotFoundError):
            appointment_decisions.file(session, digest)
        for two, decision in (
            (Two("officer", "secretary"), a_decision()),
            (Two("m12", "m12"), a_decision()),
            (Two("m12", "officer"), a_decision(recused=("Official officer: an interest",))),
        ):
            with pytest.raises(NotPermittedError):
                appointment_decisions.decide(session, two, number, decision, now=now)
        decision = a_decision(file=digest, recused=("Somebody: a relative",))
        made = appointment_decisions.decide(session, Two("m12", "officer"), number, decision, now=now)
        assert appointment_decisions.file(session, digest) == ("resolution.pdf", b"%PDF-1.7 resolved")
        public = appointment_decisions.decided(session, made)
        assert public is not None
        assert public.decision == decision
        assert seats.book(session).holdings[made].start == date(2026, 5, 1)
        with pytest.raises(RuleError, match="decided or given up already"):
            appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(), now=now)
        seat_holders.decline(session, "m9", made, now=now)
        other = appointments.propose(session, "m12", number, "Second choice.", member="m8", now=now)
        assert appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(other), now=now)


def test_nobody_appoints_themselves(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    with stage.writing() as session:
        own = appointments.propose(session, "m12", number, "Me.", member="m12", now=AFTER)
        with pytest.raises(NotPermittedError, match="their own appointment"):
            appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(own), now=at(2026, 4, 12))


def test_the_limit_of_terms_holds_for_appointments(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    now, begun = at(2026, 4, 12), date(2022, 4, 1)
    before = (f.SeatCreated("a0", "group", begun, seated.APPOINTED), f.Named("p9", begun, "Member 9", "m9"))
    enter(stage, *before, seated.seated("h7", "a0", "p9", begun, date(2024, 4, 1)), now=AFTER)
    with stage.writing() as session:
        assert appointment_decisions.check_decide(session, number, a_decision(), now=now).name == "Member 9"

    enter(stage, seated.seated("h8", "a0", "p9", date(2024, 4, 1), date(2026, 4, 20)), now=AFTER)

    with stage.writing() as session:
        with pytest.raises(RuleError, match="Member 9: They may not: served 2 in a row"):
            appointment_decisions.check_decide(session, number, a_decision(), now=now)
        exempt = appointment_decisions.check_decide(session, number, a_decision(exception="Vote 4"), now=now)
        assert exempt.exception == "Vote 4"


def test_an_appointment_waits_for_the_election_that_it_balances(counted: Stage) -> None:
    with counted.writing() as session:
        plan = Plan("a1", "After the vote.", date(2026, 4, 1), call=False, after_election=ELECTION)
        number = appointments.begin(session, "m12", plan, now=counted.now)
        one = appointments.propose(session, "m12", number, "Balances.", member="m9", now=counted.now)
        with pytest.raises(RuleError, match="waits for an election"):
            appointment_decisions.check_decide(session, number, a_decision(one), now=counted.now)
    report(counted)
    with counted.writing() as session:
        certification.certify(session, BOTH, ELECTION, now=APPEALS)
        assert appointments.show(session, number, now=APPEALS).waits_for == ""
        assert appointment_decisions.check_decide(session, number, a_decision(one), now=APPEALS).name == "Member 9"


def test_an_appointment_can_be_given_up_and_what_was_written_goes(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    with stage.writing() as session:
        with pytest.raises(RuleError, match="say why"):
            appointments.give_up(session, "m12", number, " ", now=AFTER)
        appointments.give_up(session, "m12", number, "Nobody fits.", now=AFTER)
        assert [one.text for one in appointments.applicants(session, "m12", number, now=AFTER)] == [""]
        with pytest.raises(RuleError, match="given up already"):
            appointments.give_up(session, "m12", number, "Again.", now=AFTER)
        assert appointments.begin(session, "m12", Plan("a1", "Anew.", date(2026, 5, 1)), now=AFTER)


def test_wishes_are_kept_as_they_were_asked(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    now = at(2026, 4, 12)
    asked = [
        ("m12", Request(Act.APPOINT, appointment=number, decision=a_decision(recused=("A: b",)))),
        ("secretary", Request(Act.ENTER, (Wish(f.Named("p8", AFTER.date(), "Eight", "m8")),))),
    ]
    with stage.writing() as session:
        numbers = [seat_requests.ask(session, by, request, "Because.", now=now) for by, request in asked]
        assert [seat_requests.show(session, "officer", n, now=now).request for n in numbers] == [r for _, r in asked]
