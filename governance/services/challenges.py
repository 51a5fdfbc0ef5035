"""Appeals against a rejection, objections to an admission, as members make them; `answers` has the other side.

What people write is encrypted, never in the log or a mail, and erased after the time for appeals. Published are numbers.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.calendar import in_utc
from governance.domain.nominations.record import Challenge, Event, Kind, Nomination
from governance.domain.signing_in import Role
from governance.errors import GovernanceError, NotFoundError, NotPermittedError, RuleError
from governance.services import nomination_records as records
from governance.services import officers, scrutiny, scrutiny_rules, statements
from governance.services.nomination_records import Filed
from governance.services.scrutiny import Decision
from governance.services.scrutiny_rules import Here, look, told

MOST = 5
"""Challenges of one member in one election that wait for their answers."""
MAX_TEXT = 5000


@dataclass(frozen=True, slots=True)
class Said:
    """One challenge, for whoever made it and whoever answers it.

    Attributes:
        nomination: Number of the nomination; `number` is the challenge's own within it.
        contest: Its title; `nominee` and `about` (whom it is about) are names.
        until: Until when it is not decided but with their reply.
        reply: What they said; `replied` is when, None if they have not.
        upheld: None while it waits.
        moot: Whether the nominee went, so that it is never answered.
        retracted: When it was taken back, if it was.
        recused: Name, or only the office once it was erased, and why.
    """

    nomination: int
    number: int
    contest: str
    nominee: str
    appeal: bool
    name: str
    at: datetime
    text: str
    about: str
    until: datetime
    reply: str
    replied: datetime | None
    retracted: datetime | None
    upheld: bool | None
    answer: str
    answered: datetime | None
    moot: bool
    recused: tuple[tuple[str, str], ...]
    seen: int

    @property
    def what(self) -> str:
        """What it is called."""
        return "appeal" if self.appeal else "objection"

    @property
    def erased(self) -> bool:
        """Whether the texts were destroyed after the time for appeals."""
        return not self.text

    @property
    def waits(self) -> bool:
        """Whether it waits for an answer."""
        return self.upheld is None and not self.moot and self.retracted is None


@dataclass(frozen=True, slots=True)
class Heard:
    """A challenge by somebody else, as nominee and nominator learn of it: not from whom, but what was answered."""

    number: int
    what: str
    upheld: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Page:
    """A nomination as a member sees it who may challenge the decision.

    Attributes:
        own: Whether they are the nominee or the nominator.
        decision: As it was made; to others than these two only that it was admitted.
        admitted: What holds after challenges; None while it is not decided.
        mine: Their own challenges of it; `others`, what was answered to those of other people, for these two.
        heard: Numbers of the challenges that are about them: they can read what was said.
        to_reply: Those of them that wait, and to which they have not replied.
        why_not: Why they can make none now; empty if they can.
        until: When the time for it ends.
    """

    number: int
    contest: str
    name: str
    own: bool
    decision: Decision | None
    admitted: bool | None
    mine: tuple[Said, ...]
    others: tuple[Heard, ...]
    heard: tuple[int, ...]
    to_reply: tuple[int, ...]
    why_not: str
    until: datetime


# ---- members ---------------------------------------------------------------------------------------------------------


def page(session: Session, by: str, election: str, number: int, *, now: datetime) -> Page:
    """A nomination and its decision, for the nominee, the nominator, and once it was admitted any member.

    Raises:
        NotPermittedError: They are no active member.
        NotFoundError: There is none of this number that they may see.
    """
    officers.require(session, by, Role.MEMBER)
    here, filed = look(session, election, now), _visible(session, by, election, number)
    it = filed.nomination
    own = by in (it.nominee, it.by)
    refused = _no_challenge(here, filed, by)
    heard = [one for one in it.challenges.values() if one.about == by]
    return Page(
        number=number,
        contest=here.title(filed),
        name=officers.names(session, [it.nominee]).get(it.nominee, ""),
        own=own,
        decision=scrutiny.decided(it) if own else None,
        admitted=it.admitted,
        mine=tuple(
            replace(said(session, here, filed, one), reply="")  # that is for whoever decides
            for one in it.challenges.values()
            if one.by == by
        ),
        others=tuple(_heard(one) for one in it.challenges.values() if own and one.by != by and one.answer),
        heard=tuple(one.number for one in heard),
        to_reply=tuple(one.number for one in it.waiting if one in heard and one.reply is None),
        why_not=told(refused),
        until=records.challenged_until(here.draft, it.decision),
    )


def _heard(one: Challenge) -> Heard:
    what, event = "appeal" if one.appeal else "objection", one.answer
    return Heard(one.number, what, event is not None and event.yes, event.text if event else "")


def _visible(session: Session, by: str, election: str, number: int) -> Filed:
    """A nomination that this member may see: rejected and waiting ones are for the two alone."""
    filed = records.get(session, election, number)
    it = filed.nomination
    challenged = any(one.by == by for one in it.challenges.values())
    if it.accepted is None or not (by in (it.nominee, it.by) or challenged or (it.admitted and not it.ended)):
        msg = "There is no such nomination."
        raise NotFoundError(msg)
    return filed


def challenge(session: Session, by: str, election: str, number: int, text: str, *, now: datetime) -> int:
    """Appeal against the rejection of one's nomination, or object to an admission; the same sent twice is done once.

    Whom it is about is told by mail, and can reply (`hearings`).

    Returns:
        The number of the challenge.

    Raises:
        NotPermittedError: They are no active member, or it is their own nomination that was admitted.
        NotFoundError: There is no such nomination that they may see.
        RuleError: Not now, no text, said before, or too many of theirs wait.
    """
    officers.require(session, by, Role.MEMBER)
    here, filed = look(session, election, now), _visible(session, by, election, number)
    it, text = filed.nomination, statements.tidy(text)
    same = [one.number for one in it.waiting if (one.by, one.text) == (by, text)]
    if same and text:
        return same[0]
    if refused := _no_challenge(here, filed, by):
        raise refused
    if not text or len(text) > MAX_TEXT:
        msg = "The text is too long." if text else "Please say why."
        raise RuleError(msg)
    others = [one for other in here.filed for one in other.nomination.waiting if one.by == by]
    if len(others) >= MOST:
        msg = f"{MOST} appeals or objections of yours wait for their answers. Please wait for these."
        raise RuleError(msg)
    records.add(session, filed, Event(0, Kind.CHALLENGED, now, by, yes=it.admitted is False, text=text))
    what = "objected to the admission of" if it.admitted else "appealed against the rejection of"
    officers.note(session, by, f"{what} nomination {number}", election=election, now=now)
    asked = it.challenges[it.seen]
    scrutiny_rules.tell_heard(session, here, it, asked, now=now)
    return asked.number


def _no_challenge(here: Here, filed: Filed, by: str) -> GovernanceError | None:
    """Why somebody can make no challenge now."""
    it = filed.nomination
    until = records.challenged_until(here.draft, it.decision)
    if it.admitted is None or it.ended:
        why = "The nominee is no longer in it." if it.ended else "There is no decision about this nomination yet."
        return RuleError(why)
    own = by in (it.nominee, it.by)
    if own is it.admitted:
        mine, others = "It was admitted: there is nothing to appeal against.", "Only nominee and nominator can appeal."
        return NotPermittedError(mine if own else others)
    if here.over or here.now >= until:
        return RuleError(f"Appeals and objections were possible until {in_utc(until)}.")
    past = [one for one in it.challenges.values() if (one.by, one.appeal) == (by, own)]
    if past and past[-1].waits:
        return RuleError("You have said why already, and it waits for its answer.")
    if past and not _turned_since(it, past[-1]):
        became = "were answered" if past[-1].answer else "took it back"
        return RuleError(f"You have said why already, and {became}. Nothing has been decided anew since.")
    return None


def _turned_since(it: Nomination, last: Challenge) -> bool:
    """Whether somebody else's challenge was upheld, or an officer decided anew, after one was answered or taken back."""
    end = last.answer or last.retracted
    since = end.number if end else 0
    if it.decision is not None and it.decision.number > since:
        return True
    return any(one.answer and one.answer.yes and one.answer.number > since for one in it.challenges.values())


def said(session: Session, here: Here, filed: Filed, one: Challenge) -> Said:
    """What a challenge says, and what was answered; whoever asks sees to who may know it."""
    it = filed.nomination
    recused = one.answer.recused if one.answer else ()
    people = officers.names(session, {one.by, one.about, it.nominee, *(r.member for r in recused)})
    return Said(
        nomination=it.number,
        number=one.number,
        contest=here.title(filed),
        nominee=people.get(it.nominee, ""),
        appeal=one.appeal,
        name=people.get(one.by, one.by),
        at=one.at,
        text=one.text,
        about=people.get(one.about, ""),
        until=records.heard_until(here.draft, one),
        reply=one.reply.text if one.reply else "",
        replied=one.reply.at if one.reply else None,
        retracted=one.retracted.at if one.retracted else None,
        upheld=one.answer.yes if one.answer else None,
        answer=one.answer.text if one.answer else "",
        answered=one.answer.at if one.answer else None,
        moot=one.waits and it.ended,
        recused=tuple((people.get(r.member, r.office), r.why) for r in recused),
        seen=it.seen,
    )
