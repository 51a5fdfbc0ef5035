"""Whoever a challenge is about is heard before it is decided, and whoever made it may take it back.

They read what was written, not from whom it is, and reply once. What they write is encrypted, never in the log or a mail,
and erased with all else after the time for appeals.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.nominations.record import Challenge, Event, Kind
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import nomination_records as records
from governance.services import officers, scrutiny_rules, statements
from governance.services.challenges import MAX_TEXT
from governance.services.nomination_records import Filed
from governance.services.scrutiny_rules import Here, look


@dataclass(frozen=True, slots=True)
class Hearing:
    """A challenge as whoever it is about reads it.

    Attributes:
        nomination: Number of the nomination; `number` is the challenge's own within it.
        contest: Its title.
        decision: Whether it is about a decision of the reader; else it is about their nomination.
        text: What was written; empty once it was erased.
        until: Until when it is not decided but with the reply; `early`, whether that time is not over.
        reply: Their own; `replied` is when.
        upheld: None while it is not decided.
        why_not: Why they can say nothing now; empty if they can.
    """

    nomination: int
    number: int
    contest: str
    decision: bool
    at: datetime
    text: str
    until: datetime
    early: bool
    reply: str
    replied: datetime | None
    upheld: bool | None
    answer: str
    why_not: str


def show(session: Session, by: str, election: str, number: int, challenge: int, *, now: datetime) -> Hearing:
    """A challenge, for whoever it is about.

    Raises:
        NotPermittedError: They are no active member.
        NotFoundError: There is none of this number that is about them.
    """
    here, filed, asked = _about(session, by, election, number, challenge, now=now)
    until = records.heard_until(here.draft, asked)
    return Hearing(
        nomination=number,
        number=challenge,
        contest=here.title(filed),
        decision=asked.appeal,
        at=asked.at,
        text=asked.text,
        until=until,
        early=now < until,
        reply=asked.reply.text if asked.reply else "",
        replied=asked.reply.at if asked.reply else None,
        upheld=asked.answer.yes if asked.answer else None,
        answer=asked.answer.text if asked.answer else "",
        why_not=_over(here, filed, asked),
    )


def reply(session: Session, by: str, election: str, number: int, challenge: int, *, text: str, now: datetime) -> None:
    """Answer a challenge that is about oneself, once, until it is decided; the same sent twice is done once.

    Raises:
        NotPermittedError: They are no active member.
        NotFoundError: There is none of this number that is about them.
        RuleError: It is over, they have replied, or there is no text.
    """
    here, filed, asked = _about(session, by, election, number, challenge, now=now)
    text = statements.tidy(text)
    if asked.reply is not None and asked.reply.text == text:
        return
    if why := _over(here, filed, asked):
        raise RuleError(why)
    if not text or len(text) > MAX_TEXT:
        msg = "The text is too long." if text else "Please say what you think of it."
        raise RuleError(msg)
    records.add(session, filed, Event(0, Kind.REPLIED, now, by, about=challenge, text=text))
    officers.note(session, by, f"replied to the {_what(asked)} about nomination {number}", election=election, now=now)


def take_back(session: Session, by: str, election: str, number: int, challenge: int, *, now: datetime) -> None:
    """Take back a challenge of one's own that is not decided; taken back already, it is not done twice.

    Raises:
        NotPermittedError: They are no active member.
        NotFoundError: They have made none of this number.
        RuleError: It was decided, or the nominee went.
    """
    officers.require(session, by, Role.MEMBER)
    filed = records.get(session, election, number)
    asked = filed.nomination.challenges.get(challenge)
    if asked is None or asked.by != by:
        raise _nothing()
    if asked.retracted is not None:
        return
    if asked.answer is not None or filed.nomination.ended:
        msg = "It was answered already." if asked.answer else "The nominee has withdrawn, so nothing waits any more."
        raise RuleError(msg)
    records.add(session, filed, Event(0, Kind.RETRACTED, now, by, about=challenge))
    officers.note(session, by, f"took back the {_what(asked)} about nomination {number}", election=election, now=now)
    here = look(session, election, now)
    scrutiny_rules.tell_heard(session, here, filed.nomination, filed.nomination.challenges[challenge], now=now)


def _what(asked: Challenge) -> str:
    return "appeal" if asked.appeal else "objection"


def _about(
    session: Session, by: str, election: str, number: int, challenge: int, *, now: datetime
) -> tuple[Here, Filed, Challenge]:
    officers.require(session, by, Role.MEMBER)
    filed = records.get(session, election, number)
    asked = filed.nomination.challenges.get(challenge)
    if asked is None or asked.about != by or asked.retracted is not None:
        raise _nothing()
    return look(session, election, now), filed, asked


def _nothing() -> NotFoundError:
    return NotFoundError("There is no such appeal or objection.")


def _over(here: Here, filed: Filed, asked: Challenge) -> str:
    """Why nothing can be said to it now; empty if something can."""
    reasons = {
        "It was decided already.": asked.answer is not None,
        "You have withdrawn, so nothing is decided any more.": filed.nomination.ended and not asked.appeal,
        "The nominee has withdrawn, so nothing is decided any more.": filed.nomination.ended,
        "The roll is frozen: who stands is decided.": here.over,
        "You have answered this already.": asked.reply is not None,
    }
    return next((why for why, holds in reasons.items() if holds), "")
