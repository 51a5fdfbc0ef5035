"""An election whose calendar dates nominations, announced; a test says who nominates whom."""

from dataclasses import replace
from datetime import datetime, timedelta

from governance.domain.calendar import Period
from governance.domain.draft import Candidate, Contest, Draft, Span
from governance.domain.eligibility.language import RuleSet
from governance.domain.terms import Terms
from governance.services import eligibility, nominations, post
from governance.services.nominations import Seen
from governance.services.post import Mail
from tests.services.stage import ELECTION, START, Stage, a_calendar, a_draft

DAY = timedelta(days=1)
NOTICED, BEGIN, END, ACCEPTED = START - 14 * DAY, START - 12 * DAY, START - 4 * DAY, START - 2 * DAY
DURING = START - 6 * DAY
LINK = "https://vote.example.org/elections/board-2026/nominations"


def a_nominating_draft(terms: Terms | None = None, **changes: object) -> Draft:
    """Two contests in which nobody stands yet; one may stand in one, and needs two seconders of two countries."""
    calendar = replace(
        a_calendar(cutoff=NOTICED - timedelta(hours=1)),
        periods=(
            Span(Period.NOTICE, NOTICED, NOTICED),
            Span(Period.NOMINATIONS, BEGIN, END),
            Span(Period.ACCEPTANCE, BEGIN, ACCEPTED),
        ),
    )
    contests = (
        Contest("board", "At large", 2, (Candidate("ron", "Re-open nominations", reopen=True),), min_ballots=2),
        Contest("africa", "Africa", 1, min_ballots=2),
    )
    told = {"calendar": calendar, "contests": contests, "nominations": terms or Terms()}
    return replace(a_draft(), **told | changes)  # type: ignore[arg-type]


def nominating(stage: Stage, draft: Draft | None = None, rules: RuleSet | None = None) -> None:
    """Draft an election, pass its notice; nominations are open."""
    stage.now = NOTICED - DAY
    stage.draft(draft or a_nominating_draft())
    if rules is not None:
        with stage.writing() as session:
            eligibility.save(session, "officer", ELECTION, rules, 2, now=stage.now)
    stage.now = NOTICED
    stage.advance()
    stage.now = DURING


def nominate(stage: Stage, by: str, contest: str = "board", email: str = "", now: datetime | None = None) -> int:
    with stage.writing() as session:
        return nominations.nominate(session, by, ELECTION, contest, email=email, now=now or stage.now, link=LINK)


def accept(stage: Stage, by: str, number: int) -> None:
    with stage.writing() as session:
        nominations.accept(session, by, ELECTION, number, now=stage.now, link=LINK)


def decline(stage: Stage, by: str, number: int) -> None:
    with stage.writing() as session:
        nominations.decline(session, by, ELECTION, number, now=stage.now, link=LINK)


def second(stage: Stage, by: str, number: int) -> None:
    with stage.writing() as session:
        nominations.second(session, by, ELECTION, number, now=stage.now, link=LINK)


def take_back(stage: Stage, by: str, number: int) -> None:
    with stage.writing() as session:
        nominations.take_back(session, by, ELECTION, number, now=stage.now)


def withdraw(stage: Stage, by: str, number: int) -> None:
    with stage.writing() as session:
        nominations.withdraw(session, by, ELECTION, number, now=stage.now)


def seen(stage: Stage, by: str, number: int) -> Seen:
    with stage.reading() as session:
        return nominations.show(session, by, ELECTION, number, now=stage.now)


def mail(stage: Stage) -> list[Mail]:
    """What waits to be sent, the newest first."""
    with stage.reading() as session:
        return list(post.outbox(session))
