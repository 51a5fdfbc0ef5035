"""At set-up: what a small roll would show, what can never be opened, who sits already, who could join in order to vote."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from governance.domain.calendar import Period
from governance.domain.draft import Cap, Constraint, Draft, Span
from governance.domain.seats import facts as f
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import calendars, cautions, ceremony, certification, elections, officers, roles, roll
from governance.store.calendars import CalendarPassage
from governance.store.elections import Style
from tests.services import seated
from tests.services.stage import ELECTION, START, TWO, Stage, a_calendar, a_draft, standing

DAY = timedelta(days=1)
LATE = "Membership has to be cut off before the notice of the election"
NEVER = "Africa: it is opened only if 5 vote, and 4 may, so it could never be opened."


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.set_up()
    return stage


def told(stage: Stage) -> tuple[str, ...]:
    with stage.reading() as session:
        return cautions.warnings(session, ELECTION, roll.preview(session, "officer", ELECTION))


def with_least(number: int) -> Draft:
    """It takes so many ballots to open the contest of four voters."""
    board, africa = a_draft().contests
    return a_draft(contests=(board, replace(africa, min_ballots=number)))


# ---- the roll --------------------------------------------------------------------------------------------------------


def test_a_small_roll_is_warned_of_before_it_is_frozen(ready: Stage) -> None:
    ready.draft()

    found = " ".join(told(ready))

    assert "At large: 18 may vote. Every ranking is published" in found
    assert "Africa: 4 may vote." in found
    assert "“At large” and “Africa”: 4 members vote in exactly these." in found


def test_rankings_that_exceed_voters_by_far_are_warned_of_before_the_freeze(ready: Stage) -> None:
    board = replace(a_draft().contests[0], candidates=standing("a", 6))
    ready.draft(a_draft(contests=(board,)))

    found = [one for one in told(ready) if "rankings are possible" in one]

    assert len(found) == 1
    assert "At large: 1,957 rankings are possible, and 18 may vote." in found[0]
    assert "If at most 3 could be ranked, 157 would be possible" in found[0]
    with ready.writing() as session:
        elections.edit(session, "officer", ELECTION, a_draft(contests=(replace(board, max_ranks=3),)), 2, now=START)
    assert not any("rankings are possible" in one for one in told(ready))


def test_a_contest_with_fewer_voters_than_have_to_vote_is_not_frozen(ready: Stage) -> None:
    ready.draft(with_least(5))
    with ready.reading() as session:
        frozen = roll.preview(session, "officer", ELECTION)
        assert [one.startswith(NEVER) for one in cautions.of_roll(session, ELECTION, frozen)] == [True]

    with pytest.raises(RuleError, match=NEVER):
        ready.freeze()
    with ready.writing() as session:
        elections.edit(session, "officer", ELECTION, with_least(4), 2, now=START)
    assert ready.freeze().voters == 18


def test_a_contest_that_lost_its_voters_after_the_freeze_is_not_announced(ready: Stage) -> None:
    ready.draft(with_least(4))
    ready.freeze()
    with ready.writing() as session:
        ready.troupe.identities(session, ready.now)
        ceremony.start(session, "officer", ELECTION, now=ready.now)
    with ready.writing() as session:
        ready.troupe.keys(session, ready.now)
    with ready.writing() as session:
        ready.troupe.lists(session, ready.now)
    with ready.reading() as session:
        ceremony.check_publish(session, ELECTION, now=ready.now)
    with ready.writing() as session:
        session.execute(update(Style).filter_by(contests="board,africa").values(voters=3))

    with ready.writing() as session, pytest.raises(RuleError, match=r"3 may.*give the election up, and begin again"):
        ceremony.publish(session, TWO, ELECTION, now=ready.now)


# ---- who sits --------------------------------------------------------------------------------------------------------


def a_member_from_africa_sits(stage: Stage) -> None:
    """In a seat that no contest fills, and has declared lived experience; m1 and m2 of the Americas sit until the day after the new ones are seated."""
    seated.enter(stage, *seated.FACTS, now=stage.now)
    more = (
        f.SeatCreated("a2", "group", seated.BEGIN, seated.APPOINTED),
        f.Named("p9", seated.BEGIN, "Member 12", "m12"),
        seated.seated("h9", "a2", "p9", seated.BEGIN, date(2028, 4, 1)),
    )
    seated.enter(stage, *more, now=stage.now)


def limited(seats: int, **changes: object) -> Draft:
    draft = a_draft()
    board = replace(draft.contests[0], constraints=(Constraint("Region", " africa", 0, 3, (), seats),), **changes)  # type: ignore[arg-type]
    return replace(draft, contests=(board, *draft.contests[1:]))


def sitting(stage: Stage, attribute: str, value: str, by: str = "officer") -> int | None:
    with stage.writing() as session:
        return cautions.sitting(session, by, ELECTION, attribute, value, now=stage.now)


def test_who_sits_is_counted_by_the_register_but_for_the_seats_that_are_filled(ready: Stage) -> None:
    a_member_from_africa_sits(ready)
    ready.draft(limited(0))

    assert [sitting(ready, "region", one) for one in ("Africa", "AMERICAS", "Europe")] == [1, 2, 0]
    with ready.writing() as session:
        certification.assign(session, "officer", ELECTION, "board", ("e1", "e2"), now=ready.now)
    assert sitting(ready, "region", "Americas") == 0
    with pytest.raises(NotPermittedError):
        sitting(ready, "region", "Africa", by="secretary")


def test_that_a_declared_attribute_of_who_sits_was_looked_up_is_in_the_log(ready: Stage) -> None:
    a_member_from_africa_sits(ready)
    ready.draft()
    sitting(ready, "region", "Africa")
    with ready.reading() as session:
        assert "looked up" not in officers.log(session, "officer")[0].what

    assert sitting(ready, "lived_experience", "yes") == 1
    with ready.reading() as session:
        line = officers.log(session, "officer")[0]
    assert (line.who, line.what) == ("Official officer", "looked up how many who sit declared lived_experience = yes")


def test_without_a_register_nothing_is_known_of_who_sits(ready: Stage) -> None:
    ready.draft(limited(7))

    assert sitting(ready, "region", "Africa") is None
    assert not any("register" in one for one in told(ready))


@pytest.mark.parametrize("typed", [0, 1, 2])
def test_a_number_of_who_sits_that_is_not_the_registers_is_told(ready: Stage, typed: int) -> None:
    a_member_from_africa_sits(ready)
    ready.draft(limited(typed))

    found = [one for one in told(ready) if "register of seats" in one]

    wrong = (
        f"At large: the limit for Region =  africa counts {typed} who sit already; by the register of seats it is 1."
    )
    assert found == ([] if typed == 1 else [wrong])


def test_a_cap_that_passes_over_who_sits_is_told(ready: Stage) -> None:
    a_member_from_africa_sits(ready)
    country, region = Cap("country", 2), Cap("region", 1)
    ready.draft(replace(a_draft(), contests=(replace(a_draft().contests[0], caps=(country, region)),)))

    found = [one.partition(". ")[0] for one in told(ready) if "the cap on" in one]

    assert found == [
        "At large: the cap on country does not count who sits already, and for Peru that is 2 of at most 2",
        "At large: the cap on region does not count who sits already, and for Africa that is 1 of at most 1",
        "At large: the cap on region does not count who sits already, and for Americas that is 2 of at most 1",
    ]


def test_a_limit_stands_in_for_a_cap_and_what_was_declared_is_not_told(ready: Stage) -> None:
    a_member_from_africa_sits(ready)
    limits = (Constraint("region", "africa ", 0, 1, (), 1), Constraint("region", "Americas", 0, 2, (), 2))
    caps = (Cap("region", 1), Cap("lived_experience", 1))
    ready.draft(replace(a_draft(), contests=(replace(a_draft().contests[0], caps=caps, constraints=limits),)))

    assert not any("the cap on" in one for one in told(ready))


# ---- the cut-off -----------------------------------------------------------------------------------------------------


def noticed_at(notice: float, cutoff: float) -> Draft:
    moment = START + notice * DAY
    calendar = a_calendar(cutoff=START + cutoff * DAY)
    return a_draft(calendar=replace(calendar, periods=(Span(Period.NOTICE, moment, moment),)))


def problems(session: Session) -> list[str]:
    return [one for one in elections.problems(session, ELECTION) if LATE in one]


def test_nobody_joins_after_the_notice_in_order_to_vote(ready: Stage) -> None:
    """Not planned, not announced by the clock, not frozen; until the cut-off is put right."""
    late, right = noticed_at(-1, 0), noticed_at(-1, -2)
    ready.draft(late)
    with ready.writing() as session:
        assert len(problems(session)) == 1
        with pytest.raises(RuleError, match=LATE):
            calendars.plan(session, "officer", ELECTION, late.calendar, 2, now=START - 3 * DAY)
    ready.now = START - DAY
    assert ready.advance() == []
    with pytest.raises(RuleError, match=LATE):
        ready.freeze()

    with ready.writing() as session:
        elections.edit(session, "officer", ELECTION, right, 2, now=START)
        assert problems(session) == []
    assert ready.advance() == ["notice begins"]
    assert ready.freeze().voters == 18


def test_what_was_announced_before_this_was_a_rule_stays_and_is_not_made_worse(ready: Stage) -> None:
    late = noticed_at(-1, 0)
    ready.draft(late)
    ready.now = START - DAY / 2
    with ready.writing() as session:
        passed = {"period": "notice", "edge": "begins", "at": START - DAY, "seen": START - DAY}
        session.add(CalendarPassage(election_id=ELECTION, number=1, **passed))
    with ready.writing() as session:
        assert problems(session) == []
        for hours, refused in ((-1, False), (1, True)):
            after = replace(late.calendar, cutoff=START + timedelta(hours=hours))
            assert (LATE in " ".join(calendars.reasons(session, ELECTION, after, now=ready.now))) is refused
        other = replace(late.calendar, appeals=late.calendar.appeals + DAY)
        assert calendars.reasons(session, ELECTION, other, now=ready.now) == ()
    assert ready.freeze().voters == 18


def test_the_secretariat_sees_the_roll_that_it_approves_and_nobody_else(ready: Stage) -> None:
    ready.draft()
    with ready.writing() as session:
        roles.grant(session, officers.COMMAND, "m1", Role.APPOINTER, now=ready.now)
    with ready.reading() as session:
        assert roll.preview(session, "secretary", ELECTION).rolls == {("board",): 14, ("board", "africa"): 4}
        with pytest.raises(NotPermittedError):
            roll.preview(session, "m1", ELECTION)
