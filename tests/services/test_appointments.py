"""Appointments: the call, applications, the decision of an authority and a second person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, How, Method
from governance.domain.seats.register import Wish
from governance.errors import MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import (
    appointment_decisions,
    appointments,
    certification,
    officers,
    result_challenges,
    seat_balance,
    seat_clock,
    seat_holders,
    seat_requests,
    seats,
    vacancies,
)
from governance.services.appointment_decisions import Vote
from governance.services.appointments import Plan
from governance.services.officers import Two
from governance.services.seat_requests import Act, Request
from governance.store.seats import ResultChallenge
from tests.services import seated
from tests.services.seated import AFTER, APPEALS, BOTH, a_decision, at, enter, on_disk, report
from tests.services.stage import ELECTION, START, Stage


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


def test_nobody_is_appointed_to_a_seat_that_somebody_holds(stage: Stage) -> None:
    seated.begin(stage)
    with stage.writing() as session:
        with pytest.raises(RuleError, match="choose a later day"):
            appointments.begin(session, "m12", Plan("a1", "x", date(2026, 3, 5)), now=START)
        assert appointments.begin(session, "m12", Plan("a1", "x", date(2026, 4, 1)), now=START)


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
    assert b"read the applications for appointment" in on_disk(stage)
    assert b"A private reason." not in on_disk(stage)


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


def test_a_vacancy_can_be_filled_by_co_option(stage: Stage) -> None:
    """The group chooses somebody itself: by a call or a proposal, a decision and a second person; the register says so."""
    seated.begin(stage)
    rules = replace(seated.ELECTED, filling=(Method.CO_OPTION, Method.APPOINTMENT), vacant_under=0)
    day = START.date()
    enter(stage, f.SeatChanged("e1", day, rules), f.Ended("h1", day, End.RESIGNED), now=START)
    with stage.writing() as session:
        assert vacancies.show(session, "e1", now=START).way.method is Method.CO_OPTION
        number = appointments.begin(session, "m12", Plan("e1", "We ask her.", day, call=False), now=START)
        assert vacancies.show(session, "e1", now=START).planned is Method.CO_OPTION
        one = appointments.propose(session, "m12", number, "Knows us.", member="m9", now=START)
        decision = a_decision(one, ratified=None)
        made = appointment_decisions.decide(session, Two("m12", "officer"), number, decision, now=START)
        seat_holders.decline(session, "m9", made, now=START)

    with stage.reading() as session:
        chosen = seats.how_chosen(session, made)
        assert (chosen.holding.instrument.how, chosen.holding.remainder) == (How.CO_OPTED, True)
        assert chosen.sentence.startswith("Co-opted by the group")
        assert vacancies.show(session, "e1", now=START).way.method is Method.CO_OPTION


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
