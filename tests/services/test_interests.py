"""Declarations of those who sit: what is shown, and the reminder once a year."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End
from governance.domain.terms import Question
from governance.errors import NotFoundError
from governance.services import declarations, interests, officers, seat_holders
from governance.services import post as post_office
from tests.services import seated
from tests.services.seated import BEGIN, enter
from tests.services.stage import START, Stage

OPEN = Question("interests", "Any interests?")
SHUT = replace(OPEN, published=False)
DAY = timedelta(days=1)


@pytest.fixture
def ready(stage: Stage) -> Stage:
    seated.begin(stage)
    return stage


def declare(stage: Stage, member: str, question: Question = OPEN, *, anew: bool = False) -> None:
    with stage.writing() as session:
        declarations.make(session, member, question, yes=True, text="Acme.", anew=anew, now=stage.now)


def remind(stage: Stage) -> set[str]:
    """Whoever is written to now."""
    with stage.writing() as session:
        before = {one.id for one in post_office.outbox(session)}
        count = interests.remind(session, now=stage.now)
        new = [one.recipient for one in post_office.outbox(session) if one.id not in before]
    assert count == len(new)
    return {one.partition("@")[0] for one in new}


def test_whoever_sits_is_reminded_once_a_year(ready: Stage) -> None:
    declare(ready, "m1")

    assert remind(ready) == {"m2"}  # the outsider has no address here
    assert remind(ready) == set()
    ready.now += 364 * DAY
    enter(ready, *renewed(), now=ready.now)
    assert remind(ready) == set()
    ready.now += DAY
    assert remind(ready) == {"m1", "m2"}
    assert remind(ready) == set()


def renewed() -> tuple[f.Fact, ...]:
    """A second term of both."""
    return tuple(
        seated.seated(f"{one}again", seat, person, date(2026, 4, 1), date(2028, 4, 1))
        for one, seat, person in (("h1", "e1", "p1"), ("h2", "e2", "p2"))
    )


def test_whoever_has_looked_it_over_is_left_alone(ready: Stage) -> None:
    declare(ready, "m1")
    declare(ready, "m2")
    ready.now += 20 * DAY
    declare(ready, "m1", anew=True)
    declare(ready, "m2")  # the same again, and not said to be looked over
    enter(ready, *renewed(), now=ready.now)

    ready.now += 350 * DAY
    assert remind(ready) == {"m2"}


def test_whoever_left_or_only_follows_is_not_reminded(ready: Stage) -> None:
    ready.now = START
    enter(
        ready,
        f.Ended("h1", START.date(), End.RESIGNED),
        f.Named("p4", START.date(), "Member 4", "m4"),
        seated.seated("h4", "e1", "p4", date(2026, 4, 1), date(2028, 4, 1)),
        now=START,
    )

    assert remind(ready) == {"m2"}


def test_a_group_that_asks_for_nothing_reminds_nobody(ready: Stage) -> None:
    enter(ready, f.BodyRuled("group", BEGIN + DAY, "Advisory group"), now=ready.now)

    assert remind(ready) == set()
    with ready.reading() as session:
        assert [one.told for one in interests.register(session, "group", now=ready.now)] == [(), (), ()]


def test_the_reminder_is_in_the_log_and_says_where_to_go_but_nothing_that_was_declared(ready: Stage) -> None:
    declare(ready, "m1", SHUT)
    ready.now += 366 * DAY
    enter(ready, *renewed(), now=ready.now)
    remind(ready)

    with ready.reading() as session:
        mail = next(one for one in post_office.outbox(session) if one.recipient == "m1@example.org")
        lines = [one for one in officers.log(session, "officer") if "m1 for group" in one.what]
    assert "https://vote.example.org/declarations" in mail.text
    assert "Advisory group" in mail.text
    assert "Acme" not in mail.subject + mail.text
    assert [one.who for one in lines] == ["clock"]


def test_the_register_of_a_body_that_is_not_there(ready: Stage) -> None:
    with ready.reading() as session, pytest.raises(NotFoundError):
        interests.register(session, "none", now=ready.now)


def test_what_was_declared_for_the_seat_counts_and_has_its_day(ready: Stage) -> None:
    ready.now = START
    day = START.date()
    until = (date(2026, 4, 1), date(2028, 4, 1))
    enter(ready, f.Named("p5", day, "Outsider"), f.Offered("h5", "e1", "p5", day, *until, seated.VOTE), now=START)

    with ready.writing() as session:
        seat_holders.accept(session, "secretary", "h5", now=START)
        seat_holders.declare(session, "secretary", "h5", "interests", now=START)
    with ready.reading() as session:
        found = {one.name: one for one in interests.register(session, "group", now=START)}
    assert (found["Outsider"].told[0].made, found["Outsider"].told[0].shown) == (day, ())
    assert found["Outsider"].seats == ("Seat",)
