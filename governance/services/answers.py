"""Answers to appeals and objections: by an officer, or the secretariat, who took no part in what is challenged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.calendar import in_utc
from governance.domain.nominations.record import Challenge, Event, Kind, Recusal
from governance.domain.signing_in import Role
from governance.errors import GovernanceError, NotFoundError, NotPermittedError, RuleError
from governance.services import adoption, officers, statements
from governance.services import nomination_records as records
from governance.services.challenges import MAX_TEXT, Said, said
from governance.services.nomination_records import Filed
from governance.services.scrutiny_rules import Here, look, part_in, tell, told

_OFFICES = (Role.OFFICER, Role.SECRETARIAT)


@dataclass(frozen=True, slots=True)
class Aside:
    """Somebody who could answer as well: they may have stepped aside."""

    member: str
    name: str
    office: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge as whoever may answer it finds it."""

    here: Here
    filed: Filed
    challenge: Challenge


def every(session: Session, by: str, election: str, *, now: datetime) -> list[Said]:
    """All challenges of an election, those that wait first.

    Raises:
        NotPermittedError: Only officers and the secretariat see them.
    """
    officers.require(session, by, *_OFFICES)
    here = look(session, election, now)
    found = [said(session, here, filed, one) for filed in here.filed for one in filed.nomination.challenges.values()]
    return sorted(found, key=lambda one: (not one.waits, one.at))


def find(session: Session, by: str, election: str, number: int, challenge_: int, *, now: datetime) -> Asked:
    """One challenge of one nomination, for what follows.

    Raises:
        NotPermittedError: Only officers and the secretariat see it.
        NotFoundError: There is none.
    """
    officers.require(session, by, *_OFFICES)
    filed = records.get(session, election, number)
    found = filed.nomination.challenges.get(challenge_)
    if found is None:
        msg = "There is no such appeal or objection."
        raise NotFoundError(msg)
    return Asked(look(session, election, now), filed, found)


def show(session: Session, asked: Asked) -> Said:
    """What a challenge says."""
    return said(session, asked.here, asked.filed, asked.challenge)


def may_answer(by: str, asked: Asked) -> str:
    """Why somebody may not answer a challenge, in a sentence; empty if they may."""
    return told(_refusal(by, asked))


def _refusal(by: str, asked: Asked) -> GovernanceError | None:
    if by == officers.COMMAND:
        return NotPermittedError("Say who answers it: it is kept in the log.")
    if why := _too_close(by, asked):
        return NotPermittedError(f"Somebody else has to answer this: whoever {why} cannot.")
    reasons = {
        "This was answered already.": asked.challenge.answer is not None,
        "This was taken back: there is nothing to answer.": asked.challenge.retracted is not None,
        "The nominee is no longer in it: there is nothing to answer.": asked.filed.nomination.ended,
        "The roll is frozen: who stands is decided.": asked.here.over,
        _not_heard(asked): True,
    }
    return next((RuleError(why) for why, holds in reasons.items() if why and holds), None)


def _not_heard(asked: Asked) -> str:
    """Why it is too early to answer, since whom it is about has not replied and still can; empty if it is not."""
    until = records.heard_until(asked.here.draft, asked.challenge)
    if asked.challenge.reply is not None or asked.here.now >= until:
        return ""
    who = "Whoever decided" if asked.challenge.appeal else "The nominee"
    return f"{who} can say something to this until {in_utc(until)}. It is decided after that, or once they have."


def _too_close(member: str, asked: Asked) -> str:
    """What bars somebody from answering a challenge; empty if nothing does."""
    if member in asked.filed.nomination.took_part:
        return "took part in the decision"
    if member == asked.challenge.by:
        return "asked for it"
    return "is concerned by the nomination" if part_in(member, asked.filed, asked.here) else ""


def asides(session: Session, by: str, asked: Asked) -> list[Aside]:
    """Who else could answer: whoever answers says which of them stepped aside, and why."""
    others = sorted(officers.deciders(session) - {by})
    return [_aside(session, one) for one in others if not _too_close(one, asked)]


def _aside(session: Session, member: str) -> Aside:
    person = officers.person(session, member)
    office = Role.OFFICER if Role.OFFICER in person.roles else Role.SECRETARIAT
    return Aside(member, person.name, str(office))


def answer(
    session: Session,
    by: str,
    asked: Asked,
    text: str,
    *,
    upheld: bool,
    aside: Mapping[str, str] | None = None,
    seen: int,
) -> None:
    """Answer a challenge, with the reason; upheld, it turns the decision around. The same sent twice is done once.

    Args:
        session: The database.
        by: Who answers.
        asked: The challenge, found in this session.
        text: The reason.
        upheld: Whether it is right.
        aside: Who else stepped aside, by id, and why; whom the rules bar is recorded without being named here.
        seen: How many events the form saw.

    Raises:
        NotPermittedError: No officer and not of the secretariat, or they took part, are concerned, or made it.
        RuleError: Not now, something happened meanwhile, or there is no reason.
    """
    officers.require(session, by, *_OFFICES)
    it, one, text, now = asked.filed.nomination, asked.challenge, statements.tidy(text), asked.here.now
    done = one.answer
    if done and (done.by, done.yes, done.text, done.number) == (by, upheld, text, seen + 1):
        return
    if refused := _refusal(by, asked):
        raise refused
    election = asked.here.row.id
    records.require_seen(asked.filed, seen)
    if not text or len(text) > MAX_TEXT:
        msg = "The reason is too long." if text else "Please give the reason: whoever asked reads it."
        raise RuleError(msg)
    if upheld and (why := _elsewhere(asked)):
        raise RuleError(why)
    recused = _recused(session, by, asked, aside or {})
    event = Event(0, Kind.ANSWERED, now, by, yes=upheld, about=one.number, text=text, recused=recused)
    records.add(session, asked.filed, event)
    what = f"answered the {'appeal' if one.appeal else 'objection'} about nomination {it.number}: "
    officers.note(session, by, f"{what}{'' if upheld else 'not '}upheld", election=election, now=now)
    if upheld:
        adoption.undo_if_adopted(session, by, election, now=now)
    tell(session, {one.by, one.about, it.nominee, it.by}, election, "an answer", now=now)


def _elsewhere(asked: Asked) -> str:
    """Why an appeal cannot be upheld: meanwhile the nominee stands in as many contests as one can; empty if it can."""
    it, most = asked.filed.nomination, asked.here.draft.nominations.contests
    others = {
        asked.here.title(one)
        for one in asked.here.filed
        if (one.nomination.nominee, one.nomination.stands) == (it.nominee, True)
        and one.nomination.admitted is not False
        and one.row.contest != asked.filed.row.contest
    }
    if not asked.challenge.appeal or len(others) < most:
        return ""
    told = ", ".join(f"“{one}”" for one in sorted(others))
    many = "one contest" if most == 1 else f"{most} contests"
    return f"One can stand in {many}, and the nominee stands in {told} meanwhile. They withdraw there first, or it is not upheld."


def _recused(session: Session, by: str, asked: Asked, aside: Mapping[str, str]) -> tuple[Recusal, ...]:
    """Those whom the rules bar, and whoever stepped aside by their own will."""
    found = []
    for member in sorted(officers.deciders(session) - {by}):
        why = _too_close(member, asked) or statements.tidy(aside.get(member, ""))
        if len(why) > MAX_TEXT:
            msg = "The reason for stepping aside is too long."
            raise RuleError(msg)
        if why:
            found.append(Recusal(member, _aside(session, member).office, why))
    return tuple(found)
