"""A year of a body on a database: a winner declines, countbacks, appointments; at each step the files say the same."""

import json
from datetime import date, datetime

import pytest

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, How, Method
from governance.errors import RuleError
from governance.services import (
    appointment_decisions,
    appointments,
    seat_balance,
    seat_exports,
    seat_holders,
    seats,
    vacancies,
)
from governance.services.appointment_decisions import Decision, Vote
from governance.services.appointments import Plan
from governance.services.seat_requests import Act, Request
from tests.services import seated
from tests.services.seated import AFTER, APPEALS, at, enter, holding, take, who
from tests.services.stage import ELECTION, Stage


def exported(stage: Stage, day: date, known: date | None = None) -> dict[str, str]:
    def address(name: str) -> str:
        return f"https://vote.example.org/{name}"

    with stage.reading() as session:
        told = json.loads(seat_exports.popolo(session, "group", day, address=address, known=known))
    names = {one["id"]: one["name"] for one in told["people"]}
    held = {one["post_id"]: names[one["person_id"]] for one in told["memberships"] if "end_date" not in one}
    return {one["id"].removeprefix("seat/"): held.get(one["id"], "") for one in told["posts"]}


def test_winners_sit_once_the_incumbents_terms_end(certified: Stage) -> None:
    take(certified, "m3", APPEALS)
    take(certified, "m4", APPEALS)

    assert who(certified, date(2026, 3, 31)) == {"e1": "Member 1", "e2": "Member 2", "a1": "=Outside() Person"}
    sitting = who(certified, date(2026, 4, 1))
    assert {sitting["e1"], sitting["e2"]} == {"Member 3", "Member 4"}
    assert exported(certified, date(2026, 4, 1)) == sitting
    with certified.reading() as session:
        told = seats.how_chosen(session, holding(certified, "m3"))
    assert told.sentence.startswith("Elected on 2026-03-31 (Advisory group 2026); holds the seat from 2026-04-01")


def test_a_whole_year(certified: Stage) -> None:  # noqa: PLR0915  a year is long
    stage = certified
    steps: list[tuple[date, dict[str, str]]] = [(date(2026, 3, 1), who(stage, date(2026, 3, 1)))]

    def look(now: datetime) -> dict[str, str]:
        """The page of today; and the exports say the same of it and of every day before."""
        stage.now = now
        steps.append((now.date(), who(stage, now.date())))
        for day, stood in steps:
            assert who(stage, day) == stood
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
