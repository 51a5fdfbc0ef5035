"""The rules for “take the seat, once elected”: asked before a seat is taken, in the words of “May I?”."""

from dataclasses import replace
from datetime import date

import pytest

from governance.domain.eligibility.answers import Answer
from governance.domain.eligibility.language import Purpose, named
from governance.domain.eligibility.templates import DEFAULT
from governance.domain.membership import Status
from governance.domain.seats import facts as f
from governance.domain.seats.book import Stage as Step
from governance.domain.seats.facts import Method
from governance.domain.seats.register import Wish
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import (
    appointment_decisions,
    appointments,
    eligibility,
    officers,
    seat_holders,
    seat_requests,
    seat_rules,
    seat_views,
    seats,
    vacancies,
)
from governance.services.appointments import Plan
from governance.services.officers import Two
from governance.services.seat_requests import Act, Request
from governance.store.members import Member
from tests.services import seated
from tests.services.seated import AFTER, at, enter, holding, take
from tests.services.stage import ELECTION, Stage

AFRICA = replace(DEFAULT, contests={"board": {Purpose.SIT: named("place_in", place="region", values=["Africa"])}})
EVERYWHERE = replace(
    DEFAULT, purposes={**DEFAULT.purposes, Purpose.SIT: named("place_in", place="region", values=["Africa"])}
)
DECIDED = Two("m12", "officer")


@pytest.fixture
def elected(stage: Stage) -> Stage:
    """Members 3 and 4 are elected and certified; by the frozen rules, only who lives in Africa takes a seat: not Member 4."""
    seated.begin(stage)
    seated.elect(stage, rules=AFRICA)
    seated.certify(stage)
    return stage


@pytest.fixture
def refused(elected: Stage) -> tuple[Stage, str]:
    """Member 4 accepted and declared, and waits; and their holding."""
    take(elected, "m4")
    return elected, holding(elected, "m4")


def said(stage: Stage, name: str) -> tuple[Step, Answer | None]:
    with stage.reading() as session:
        found = seats.book(session)
        return found.holdings[name].stage, seat_rules.unmet(session, found, found.holdings[name], now=stage.now)


def tend(stage: Stage) -> None:
    with stage.writing() as session:
        seat_holders.tend(session, now=stage.now)


def change(stage: Stage, member: str, **values: object) -> None:
    with stage.writing() as session:
        row = session.get_one(Member, member)
        for name, value in values.items():
            setattr(row, name, value)


# ---- elected ---------------------------------------------------------------------------------------------------------


def test_who_fulfils_the_frozen_rules_takes_the_seat_and_who_does_not_waits(elected: Stage) -> None:
    take(elected, "m3")
    take(elected, "m4")
    tend(elected)

    first, second = holding(elected, "m3"), holding(elected, "m4")
    assert said(elected, first) == (Step.SEATED, None)
    step, why = said(elected, second)
    assert step is Step.ACCEPTED
    with elected.reading() as session:
        asked = eligibility.may_i(session, "m4", ELECTION, now=elected.now)
        own = seat_holders.mine(session, "m4", now=elected.now)[0]
    assert why == next(one.answer for one in asked if one.purpose is Purpose.SIT)
    assert (own.due, own.unmet) == ((), why)


def test_the_clock_gives_the_seat_once_the_rules_say_yes(refused: tuple[Stage, str]) -> None:
    stage, name = refused
    change(stage, "m4", region="Africa")

    tend(stage)

    assert said(stage, name) == (Step.SEATED, None)


def test_officers_see_why_and_the_log_says_who_looked(refused: tuple[Stage, str]) -> None:
    stage, name = refused
    with stage.writing() as session:
        seen = seat_rules.show(session, "secretary", name, now=stage.now)
        assert (seen.person, seen.answer) == ("Member 4", said(stage, name)[1])
        assert any(name in line.what and "looked why" in line.what for line in officers.log(session, "officer"))
        for by in ("m4", "m12"):  # nor the appointing authority: it shows what a member declared
            with pytest.raises(NotPermittedError):
                seat_rules.show(session, by, name, now=stage.now)
        with pytest.raises(NotFoundError):
            seat_rules.show(session, "officer", holding(stage, "m3"), now=stage.now)


def test_two_people_make_an_exception_and_everybody_reads_why(refused: tuple[Stage, str]) -> None:
    stage, name = refused

    enter(stage, f.Excepted(name, seats.day_of(stage.now)), now=stage.now)

    assert said(stage, name) == (Step.SEATED, None)
    with stage.reading() as session:
        told = seat_views.holding(session, "group", name)
    assert [(line.told, line.why) for line in told.ruled] == [
        (
            f"Member 4, “Seat”: may take it, although its rules say no (decided on {seats.day_of(stage.now)}).",
            "As decided.",
        )
    ]
    assert "an exception from the rules for taking the seat" in [step for step, _ in told.chosen.steps]


def test_what_two_people_decided_otherwise_is_left_to_the_next_way_of_the_rule(refused: tuple[Stage, str]) -> None:
    stage, name = refused
    stage.now = AFTER
    tend(stage)
    with stage.reading() as session:
        seat = seats.book(session).holdings[name].seat
        with pytest.raises(RuleError, match="The seat is offered to Member 4"):
            vacancies.check_fill(session, seat, Method.COUNTBACK, now=stage.now)

    enter(stage, f.NotGiven(name, seats.day_of(stage.now)), now=stage.now)
    tend(stage)

    assert said(stage, name) == (Step.NOT_GIVEN, None)
    with stage.reading() as session:
        assert vacancies.show(session, seat, now=stage.now).way.method is Method.COUNTBACK
        assert vacancies.count_back(session, seat, now=stage.now).name == "Member 5"
        assert "not given to them on 2026-04-02" in seats.how_chosen(session, name).sentence
        assert seat_holders.mine(session, "m4", now=stage.now) == []
    with stage.writing() as session, pytest.raises(RuleError, match="answered already: it is not given"):
        seat_holders.accept(session, "m4", name, now=stage.now)


def test_it_is_decided_only_while_the_rules_say_no_and_by_nobody_concerned(elected: Stage) -> None:
    day = seats.day_of(elected.now)
    name = holding(elected, "m4")
    wish = Request(Act.ENTER, (Wish(f.Excepted(name, day)),))
    with elected.writing() as session, pytest.raises(RuleError, match="only decided while"):  # not accepted yet
        seat_requests.ask(session, "officer", wish, "Why.", now=elected.now)
    take(elected, "m4")
    take(elected, "m3")
    with elected.writing() as session:
        other = Request(Act.ENTER, (Wish(f.NotGiven(holding(elected, "m3"), day)),))
        with pytest.raises(RuleError, match="only decided while"):  # theirs, and the rules say yes
            seat_requests.ask(session, "officer", other, "Why.", now=elected.now)
        with pytest.raises(NotPermittedError):
            seat_requests.ask(session, "m4", wish, "Why.", now=elected.now)
        number = seat_requests.ask(session, "officer", wish, "Why.", now=elected.now)
    change(elected, "m4", region="Africa")
    with (
        elected.writing() as session,
        pytest.raises(RuleError, match="only decided while"),
    ):  # it is not needed any more
        seat_requests.approve(session, "secretary", number, now=elected.now)


# ---- appointed -------------------------------------------------------------------------------------------------------


def appoint(stage: Stage, member: str = "", name: str = "") -> str:
    """Somebody is appointed to the seat a1, and accepts and declares; their holding."""
    stage.now = at(2026, 4, 12)
    tend(stage)
    with stage.writing() as session:
        number = appointments.begin(session, "m12", Plan("a1", "Please.", date(2026, 4, 12), call=False), now=stage.now)
        one = appointments.propose(
            session, "m12", number, "Good.", member=member, name=name, email=name and "who@example.org", now=stage.now
        )
        made = appointment_decisions.decide(session, DECIDED, number, seated.a_decision(one), now=stage.now)
    by = member or "secretary"
    with stage.writing() as session:
        seat_holders.accept(session, by, made, now=stage.now)
        seat_holders.declare(session, by, made, "interests", now=stage.now)
    return made


@pytest.mark.parametrize(("member", "step"), [("m9", Step.SEATED), ("m8", Step.ACCEPTED)])
def test_of_an_appointment_the_rules_frozen_last_are_asked(stage: Stage, member: str, step: Step) -> None:
    seated.begin(stage)
    stage.draft(seated.the_draft())
    with stage.writing() as session:
        eligibility.save(session, "officer", ELECTION, EVERYWHERE, 2, now=stage.now)
    stage.freeze()

    made = appoint(stage, member)

    assert said(stage, made)[0] is step
    assert (said(stage, made)[1] is None) is (step is Step.SEATED)


@pytest.mark.parametrize("frozen", [False, True])
def test_rules_of_one_contest_or_not_yet_frozen_are_not_asked_of_an_appointment(stage: Stage, *, frozen: bool) -> None:
    seated.begin(stage)
    stage.draft(seated.the_draft())
    with stage.writing() as session:
        eligibility.save(session, "officer", ELECTION, AFRICA if frozen else EVERYWHERE, 2, now=stage.now)
    if frozen:
        stage.freeze()

    assert said(stage, appoint(stage, "m8")) == (Step.SEATED, None)


def test_without_an_election_the_built_in_rule_is_asked_of_an_appointment(stage: Stage) -> None:
    seated.begin(stage)
    stage.now = at(2026, 4, 12)
    tend(stage)
    with stage.writing() as session:
        number = appointments.begin(session, "m12", Plan("a1", "Please.", date(2026, 4, 12), call=False), now=stage.now)
        one = appointments.propose(session, "m12", number, "Good.", member="m9", now=stage.now)
        made = appointment_decisions.decide(session, DECIDED, number, seated.a_decision(one), now=stage.now)
        seat_holders.accept(session, "m9", made, now=stage.now)
    change(stage, "m9", status=Status.SUSPENDED)
    with stage.writing() as session:
        seats.append(
            session, [f.Declared(made, seats.day_of(stage.now), "interests")], by=officers.CLOCK, now=stage.now
        )
    tend(stage)
    step, why = said(stage, made)
    assert (step, why is not None and "active" in why.sentence) == (Step.ACCEPTED, True)

    change(stage, "m9", status=Status.ACTIVE)
    tend(stage)

    assert said(stage, made) == (Step.SEATED, None)


def test_somebody_who_is_no_member_is_not_asked(stage: Stage) -> None:
    seated.begin(stage)

    assert said(stage, appoint(stage, name="Somebody Else")) == (Step.SEATED, None)
