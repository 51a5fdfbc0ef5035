"""A large body in the middle of its nominations, for the benchmarks."""

from dataclasses import replace
from datetime import timedelta

from governance.domain.calendar import Period
from governance.domain.draft import Span
from governance.domain.eligibility.templates import SETTLED
from governance.services import calendars, elections, eligibility
from tests.services.stage import ELECTION, START, Stage, a_calendar
from tests.web.browser import AT

DAY = timedelta(days=1)
PERIODS = (
    Span(Period.NOTICE, START - 29 * DAY, START - 29 * DAY),
    Span(Period.NOMINATIONS, START - 28 * DAY, START - 14 * DAY),
    Span(Period.ACCEPTANCE, START - 28 * DAY, START - 12 * DAY),
    Span(Period.SCRUTINY, START - 12 * DAY, START - 8 * DAY),
    Span(Period.OBJECTIONS, START - 8 * DAY, START - 4 * DAY),
)


def nominations(stage: Stage, members: int) -> list[str]:
    """Set the stage: so many members, rules, nominations under way. The addresses that members look at."""
    stage.now = START - 30 * DAY
    stage.set_up(members)
    stage.draft()
    with stage.writing() as session:
        version = elections.show(session, ELECTION).version
        calendar = replace(a_calendar(), periods=PERIODS)
        calendars.plan(session, "officer", ELECTION, calendar, version, now=stage.now)
        version = elections.show(session, ELECTION).version
        eligibility.save(session, "officer", ELECTION, SETTLED, version, now=stage.now)
    stage.now = START - 20 * DAY
    stage.advance()
    return ["/home", f"{AT}/calendar", f"{AT}/may-i"]
