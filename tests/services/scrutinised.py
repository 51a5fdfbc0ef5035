"""A stage on which candidates are nominated: members nominate and second, so that officers have something to scrutinise."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from governance.domain.calendar import Period
from governance.domain.draft import Calendar, Candidate, Contest, Draft, Span
from governance.domain.nominations.points import DECLARATION, SECONDERS
from governance.domain.signing_in import Role
from governance.domain.terms import FILL, PHARMA, Terms
from governance.services import (
    adoption,
    answers,
    challenges,
    declarations,
    hearings,
    nomination_records,
    nominations,
    officers,
    roles,
    scrutiny,
    statements,
)
from governance.services.nomination_records import Filed
from governance.services.scrutiny import Ruling
from tests.services.stage import ELECTION, START, Stage, a_calendar, a_draft

DAY = timedelta(days=1)
OPENS, ENDS, ACCEPTED, CHALLENGED = (START - days * DAY for days in (25, 15, 12, 4))
"""When nominations open and end, acceptance ends, objections end."""
SCRUTINY = ACCEPTED + timedelta(hours=1)
WHY = {SECONDERS: "Two members short.", f"{DECLARATION}:pharma": "It was never made."}
REOPEN = Candidate("reopen", "Re-open nominations", reopen=True)


def the_calendar() -> Calendar:
    spans = (
        Span(Period.NOTICE, START - 30 * DAY, START - 30 * DAY),
        Span(Period.NOMINATIONS, OPENS, ENDS),
        Span(Period.ACCEPTANCE, OPENS, ACCEPTED),
        Span(Period.OBJECTIONS, ACCEPTED, CHALLENGED),
    )
    return replace(a_calendar(cutoff=START - 31 * DAY), periods=spans)


def the_draft(**changes: object) -> Draft:
    """Two places at large, one for Africa."""
    contests = (
        Contest("board", "At large", 2, (REOPEN,), min_ballots=2),
        Contest("africa", "Africa", 1, min_ballots=2, electorate={"region": ("Africa",)}),
    )
    terms = Terms(seconders=2, independent=(), fewer=FILL)
    return a_draft(**({"calendar": the_calendar(), "contests": contests, "nominations": terms} | changes))


def begin(stage: Stage, draft: Draft | None = None, *, count: int = 12) -> None:
    """The election is announced, and nominations have opened; m11 is a second officer, m12 of the secretariat."""
    stage.now = START - 40 * DAY
    if not _is_set_up(stage):
        stage.set_up(count)
    for member, role in (("m11", Role.OFFICER), ("m12", Role.SECRETARIAT)):
        with stage.writing() as session:
            roles.grant(session, officers.COMMAND, member, role, now=stage.now)
    stage.draft(draft or the_draft())
    stage.now = OPENS + timedelta(hours=1)
    stage.advance()


def _is_set_up(stage: Stage) -> bool:
    with stage.reading() as session:
        return bool(officers.deciders(session))


def nominated(
    stage: Stage,
    member: str,
    *,
    contest: str = "board",
    by: str = "",
    seconders: Sequence[str] = ("m7", "m9"),
    declared: bool = True,
) -> int:
    """Somebody stands: by themselves or another, accepted, seconded, with a statement, whole unless it is said."""
    now = stage.now
    with stage.writing() as session:
        email = f"{member}@example.org" if by else ""
        number = nominations.nominate(session, by or member, ELECTION, contest, email=email, now=now)
        if by:
            nominations.accept(session, member, ELECTION, number, now=now)
        if declared:
            declarations.make(session, member, PHARMA, yes=True, text="Secret Pharma, a grant.", now=now)
        for one in seconders:
            nominations.second(session, one, ELECTION, number, now=now)
        candidate = nominations.require_writing(session, member, ELECTION, number, now=now)
        statements.say(session, member, ELECTION, candidate, f"I am {member}.", now=now)
    return number


def filed(stage: Stage, number: int) -> Filed:
    with stage.reading() as session:
        return nomination_records.get(session, ELECTION, number)


def decide(
    stage: Stage,
    number: int,
    *,
    admitted: bool = True,
    by: str = "officer",
    why: Mapping[str, str] | None = None,
    text: str = "",
    seen: int | None = None,
) -> None:
    seen = filed(stage, number).nomination.seen if seen is None else seen
    with stage.writing() as session:
        scrutiny.decide(
            session, by, ELECTION, number, Ruling(admitted=admitted, why=why or {}, text=text, seen=seen), now=stage.now
        )


def rejected(stage: Stage, number: int, *, by: str = "officer") -> None:
    """Rejected for what the case asks reasons for, else with a text."""
    decide(stage, number, admitted=False, by=by, why=WHY, text="Private words about it.")


def challenge(stage: Stage, by: str, number: int, text: str = "My private reason.") -> int:
    with stage.writing() as session:
        return challenges.challenge(session, by, ELECTION, number, text, now=stage.now)


def answer(
    stage: Stage,
    by: str,
    number: int,
    asked: int,
    *,
    upheld: bool,
    text: str = "My private answer.",
    aside: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> None:
    """Decided once whoever it is about has had their time, though the stage's clock may not have come there."""
    it = filed(stage, number).nomination
    seen = it.seen if seen is None else seen
    heard = it.challenges[asked].at + DAY if asked in it.challenges else stage.now
    with stage.writing() as session:
        found = answers.find(session, by, ELECTION, number, asked, now=max(stage.now, heard))
        answers.answer(session, by, found, text, upheld=upheld, aside=aside, seen=seen)


def reply(stage: Stage, by: str, number: int, asked: int, text: str = "My private side.") -> None:
    with stage.writing() as session:
        hearings.reply(session, by, ELECTION, number, asked, text=text, now=stage.now)


def retract(stage: Stage, by: str, number: int, asked: int) -> None:
    with stage.writing() as session:
        hearings.take_back(session, by, ELECTION, number, asked, now=stage.now)


def adopt(stage: Stage, by: str = "officer", version: int | None = None) -> None:
    with stage.writing() as session:
        seen = adoption.preview(session, "officer", ELECTION, now=stage.now)
        adoption.adopt(session, by, ELECTION, seen.version if version is None else version, now=stage.now)
