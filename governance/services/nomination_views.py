"""What a member sees of nominations: what they may do, their own ones, those that stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.eligibility.language import Purpose
from governance.domain.nominations.record import Nomination, Status
from governance.domain.nominations.support import Support
from governance.errors import NotFoundError
from governance.services import (
    declarations,
    elections,
    nomination_records,
    nomination_rules,
    officers,
    statements,
    withdrawals,
)
from governance.services.nomination_records import Filed
from governance.services.nomination_rules import Setting, setting, visible
from governance.store.elections import Election


@dataclass(frozen=True, slots=True)
class Offer:
    """A contest, and whether the member may nominate in it.

    Attributes:
        stand: Why they cannot nominate themselves, in words; empty if they can.
        others: Why they cannot nominate somebody else.
        mine: Number of the nomination by which they stand in it, or are asked to; 0 if there is none.
    """

    contest: str
    title: str
    seats: int
    stand: str
    others: str
    mine: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A nomination as one member sees it.

    Attributes:
        status: Where it stands.
        name: Of the nominee; before they accept, the nominator sees the address that they gave.
        nominee: Whether the reader is the nominee; `nominator`, who nominated; `seconds`, one of the seconders.
        by: Name of whoever nominated; empty where it was the nominee.
        seconders: Their names.
        candidate: The id under which the nominee writes; empty before they accept.
        cannot_accept: Why the nominee cannot accept, or correct anything any more; empty if they can.
        cannot_second: Why the reader cannot second; empty if they can, or do.
        cannot_withdraw: Why the nominee cannot withdraw; empty if they can.
        to_reply: (challenge, until) of objections to the reader's nomination to which they have not replied.
        lacks: What the nominee's nomination still lacks, each a few words; empty for others, and where nothing can be added.
    """

    number: int
    contest: str
    title: str
    status: Status
    name: str
    nominee: bool
    nominator: bool
    seconds: bool
    by: str
    seconders: tuple[str, ...]
    support: Support
    candidate: str
    cannot_accept: str
    cannot_second: str
    cannot_withdraw: str
    to_reply: tuple[tuple[int, datetime], ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seeking:
    """An accepted nomination in the list for members."""

    number: int
    contest: str
    title: str
    name: str
    candidate: str
    support: Support


def offers(session: Session, member: str, election: str, *, now: datetime, here: Setting | None = None) -> list[Offer]:
    """The contests of an election, each with whether a member may nominate themselves or another, and why not.

    Raises:
        NotFoundError: There is no such election, or it was not announced yet.
        NotPermittedError: The membership is not active.
    """
    here = here or setting(session, election, now=now)
    officers.person(session, member)
    shut, ask = nomination_rules.closed(here), here.ask
    about = [one.nomination for one in here.about(member)]
    found = []
    for one in here.draft.plan:
        may = shut or nomination_rules.refused(Purpose.NOMINATE, ask(member, Purpose.NOMINATE, one.id))
        mine = nomination_rules.mine_in(about, member, one.id)
        stand = may or nomination_rules.not_by(here, itself=True) or nomination_rules.cannot_stand(here, member, one.id)
        others = may or nomination_rules.not_by(here, itself=False)
        found.append(Offer(one.id, one.title, one.seats, stand, others, mine.number if mine else 0))
    return found


def mine(session: Session, by: str, election: str, *, now: datetime, here: Setting | None = None) -> list[Seen]:
    """The nominations of a member, and those that they made, the oldest first; none of what is not announced."""
    try:
        here = here or setting(session, election, now=now)
    except NotFoundError:
        return []
    return [_seen(session, here, one, by) for one in here.about(by)]


def show(session: Session, by: str, election: str, number: int, *, now: datetime, here: Setting | None = None) -> Seen:
    """A nomination; before it is accepted, for the two whom it concerns alone.

    Raises:
        NotFoundError: There is none of this number that they may see.
        NotPermittedError: The membership is not active.
    """
    here, filed = visible(session, by, election, number, now=now, here=here)
    return _seen(session, here, filed, by)


def seeking(session: Session, election: str, *, now: datetime, here: Setting | None = None) -> list[Seeking]:
    """The accepted nominations that stand, by contest and name, for members; `here`, where it was looked up already."""
    here = here or setting(session, election, now=now)
    found = [
        one for one in here.filed if one.nomination.status(now, here.accepted_until) in (Status.STANDS, Status.ADMITTED)
    ]
    names = officers.names(session, {one.nomination.nominee for one in found})
    here.people({who for one in found for who in one.nomination.seconders})  # all at once
    order = [one.id for one in here.draft.plan]
    listed = [
        Seeking(
            one.row.id,
            one.nomination.contest,
            here.contest_title(one.nomination.contest),
            names[one.nomination.nominee],
            one.row.candidate,
            nomination_rules.supported(here, one.nomination),
        )
        for one in found
    ]
    place = {name: at for at, name in enumerate(order)}
    return sorted(listed, key=lambda one: (place.get(one.contest, len(place)), one.name.casefold(), one.number))


def _seen(session: Session, here: Setting, filed: Filed, by: str) -> Seen:
    one = filed.nomination
    unanswered = one.accepted is None
    names = officers.names(
        session, {one.by, *one.seconders} | (set() if unanswered and by != one.nominee else {one.nominee})
    )
    nominee, seconds = by == one.nominee, by in one.seconders
    return Seen(
        number=one.number,
        contest=one.contest,
        title=here.contest_title(one.contest),
        status=one.status(here.now, here.accepted_until),
        name=names.get(one.nominee) or nomination_records.unseal(session, filed.row.named),
        nominee=nominee,
        nominator=by == one.by,
        seconds=seconds,
        by="" if one.itself else names[one.by],
        seconders=tuple(names[who] for who in one.seconders),
        support=nomination_rules.supported(here, one),
        candidate=filed.row.candidate,
        cannot_accept=_not_accept(here, one) if nominee else "",
        cannot_second="" if seconds or unanswered else nomination_rules.cannot_second(here, one, by),
        cannot_withdraw=withdrawals.why_not(here, one) if nominee else "",
        to_reply=tuple(
            (asked.number, nomination_records.heard_until(here.draft, asked))
            for asked in one.waiting
            if asked.about == by and not asked.appeal and asked.reply is None
        ),
        lacks=_lacks(session, here, filed) if nominee else (),
    )


def _not_accept(here: Setting, one: Nomination) -> str:
    why = nomination_rules.answered(here)
    if why or one.accepted is not None:
        return why
    return nomination_rules.cannot_stand(here, one.nominee, one.contest)


def _lacks(session: Session, here: Setting, filed: Filed) -> tuple[str, ...]:
    """What is missing of a nomination that can still be completed."""
    one = filed.nomination
    if not one.stands or nomination_rules.answered(here):
        return ()
    said = statements.every(session, here.id).get(filed.row.candidate)
    asked = len(declarations.needed(session, one.nominee, here.terms.questions))
    return (
        *(nomination_rules.supported(here, one).lacks if not nomination_rules.closed(here) else ()),
        *(() if said else ("your statement",)),
        *((f"your answer to {asked} {'question' if asked == 1 else 'questions'}",) if asked else ()),
    )


@dataclass(frozen=True, slots=True)
class Open:
    """An election whose list of candidates is not settled, for a member's own page."""

    id: str
    title: str
    begins: datetime
    ends: datetime
    open: bool
    over: bool


def in_time(session: Session, *, now: datetime) -> list[Open]:
    """The elections that are announced and date nominations, until their roll is frozen; the newest first."""
    found = []
    for row in session.scalars(
        select(Election).filter_by(frozen=None, abandoned=None).order_by(Election.created.desc())
    ):
        period = dates.find((draft := elections.draft_of(row)).calendar, Period.NOMINATIONS)
        if period is not None and elections.announced(session, row):
            open_, over = period.begins <= now < period.ends, now >= period.ends
            found.append(Open(row.id, draft.title, period.begins, period.ends, open=open_, over=over))
    return found
