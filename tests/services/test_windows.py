"""The organisation's rule of how long one can object and appeal: set-up refuses what is shorter, what was announced keeps its own."""

from dataclasses import replace

import pytest

from governance.domain.calendar import Period
from governance.domain.draft import Calendar, Span
from governance.domain.terms import Terms
from governance.errors import RuleError
from governance.services import calendars, challenges, elections, officers, windows
from tests.services.scrutinised import (
    ACCEPTED,
    CHALLENGED,
    DAY,
    begin,
    decide,
    nominated,
    the_calendar,
    the_draft,
)
from tests.services.stage import ELECTION, START, TWO, Stage

WHY = "Too few came forward."


def rule(stage: Stage, days: int) -> None:
    with stage.writing() as session:
        windows.set_rule(session, officers.COMMAND, days, now=stage.now)


def objections_of(days: float) -> Calendar:
    """A calendar whose objections last so many days."""
    spans = [one for one in the_calendar().periods if one.name != Period.OBJECTIONS]
    return replace(the_calendar(), periods=(*spans, Span(Period.OBJECTIONS, ACCEPTED, ACCEPTED + days * DAY)))


def problems(stage: Stage) -> tuple[str, ...]:
    with stage.reading() as session:
        return elections.problems(session, ELECTION)


@pytest.fixture
def planned(stage: Stage) -> Stage:
    """A draft that nobody knows of yet; objections last 8 days."""
    stage.now = START - 40 * DAY
    stage.set_up()
    stage.draft(the_draft())
    return stage


@pytest.mark.parametrize("days", [-1, 0, 1, 61])
def test_a_rule_is_neither_shorter_than_anybody_needs_nor_longer_than_an_election_can_wait(
    planned: Stage, days: int
) -> None:
    with pytest.raises(RuleError, match="2 to 60 days"):
        rule(planned, days)
    with planned.reading() as session:
        assert windows.rule(session) == 2


def test_a_new_election_begins_with_the_rule_and_a_copy_of_an_old_one_does(planned: Stage) -> None:
    rule(planned, 5)
    with planned.writing() as session:
        elections.clone(
            session, "officer", ELECTION, election="next", title="Next", calendar=the_calendar(), now=planned.now
        )
        made = elections.show(session, "next").draft.nominations
        log = [line.what for line in officers.log(session, "officer")]

    assert made == replace(the_draft().nominations, window=5)
    assert "set the least time for objections and appeals to 5 days" in log


@pytest.mark.parametrize(("days", "whole"), [(5, True), (4.9, False), (2, False)])
def test_a_calendar_that_is_shorter_is_refused_in_words(planned: Stage, days: float, *, whole: bool) -> None:
    rule(planned, 5)
    told = "Objections to nominations: this is too short; the rule is 5 days at least."
    with planned.writing() as session:
        found = calendars.reasons(session, ELECTION, objections_of(days), now=planned.now)
        assert (told in found) is not whole
        if not whole:
            with pytest.raises(RuleError, match="5 days at least"):
                calendars.plan(session, "officer", ELECTION, objections_of(days), 2, now=planned.now)


def test_terms_that_are_shorter_keep_an_election_from_being_announced(planned: Stage) -> None:
    assert not any("rule of this organisation" in one for one in problems(planned))
    rule(planned, 9)

    assert (
        "Nominations: the rule of this organisation is that decisions can be challenged for 9 days at least; these terms "
        "say 2." in problems(planned)
    )
    planned.now = START - 29 * DAY
    assert planned.advance() == []
    rule(planned, 8)
    assert planned.advance() == ["notice begins"]  # the calendar is long enough


def test_the_calendar_keeps_to_the_terms_as_well(planned: Stage) -> None:
    with planned.writing() as session:
        draft = the_draft(nominations=replace(the_draft().nominations, window=9))
        elections.edit(session, "officer", ELECTION, draft, 2, now=planned.now)

    assert "Objections to nominations: this is too short; the rule is 9 days at least." in problems(planned)


def test_what_was_announced_keeps_what_it_said(stage: Stage) -> None:
    begin(stage)
    nominated(stage, "m1")
    rule(stage, 20)
    stage.now = CHALLENGED - DAY
    decide(stage, 1)

    with stage.writing() as session:
        assert challenges.page(session, "m4", ELECTION, 1, now=stage.now).until == stage.now + 2 * DAY
        assert not any("rule of this organisation" in one for one in elections.problems(session, ELECTION))
        later = replace(objections_of(10), appeals=the_calendar().appeals)
        calendars.change(session, TWO, ELECTION, later, WHY, now=stage.now)


def test_without_nominations_nobody_is_told_of_the_rule(planned: Stage) -> None:
    rule(planned, 9)
    with planned.writing() as session:
        bare = replace(the_draft(nominations=Terms()), calendar=replace(the_calendar(), periods=()))
        elections.edit(session, "officer", ELECTION, bare, 2, now=planned.now)

    assert not any("rule" in one for one in problems(planned))
