"""What of an election's nominations is not settled: before the list of candidates is adopted, before the roll is frozen."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain.calendar import Period, in_utc
from governance.domain.draft import Draft
from governance.domain.nominations.record import Nomination, Status
from governance.errors import RuleError
from governance.services import elections
from governance.services import nomination_records as records
from governance.store.elections import Election


def nominated(draft: Draft) -> bool:
    """Whether candidates are nominated: the calendar dates it. Else the officer enters them by hand."""
    return dates.find(draft.calendar, Period.NOMINATIONS) is not None


def _nominations(session: Session, election: str) -> list[Nomination]:
    return [one.nomination for one in records.every(session, election)]


def before_list(
    session: Session, election: str, found: Sequence[Nomination] | None = None, *, now: datetime
) -> tuple[str, ...]:
    """Why the list of candidates cannot be adopted now, each a sentence; empty if it can.

    `found` are all nominations of the election, where they were read already; as for `is_adopted`.
    """
    every = _nominations(session, election) if found is None else found
    return _before_list(elections.get(session, election), every, now)


def _before_list(row: Election, found: Sequence[Nomination], now: datetime) -> tuple[str, ...]:
    draft = elections.draft_of(row)
    if row.frozen is not None or row.abandoned is not None:
        return ("The roll is frozen: who stands is decided.",)
    if not nominated(draft):
        return ("Nobody is nominated in this election: its calendar has no time for it.",)
    until = records.accepted_until(draft.calendar)
    early = (f"Nominations can be accepted until {in_utc(until)}.",) if now < until else ()
    return (*early, *_undecided(found, now, until))


def _undecided(found: Sequence[Nomination], now: datetime, until: datetime) -> tuple[str, ...]:
    waits = [one.number for one in found if one.status(now, until) is Status.STANDS]
    challenged = [one.number for one in found if one.waiting]
    scrutiny = f"{_numbered(waits)} for scrutiny." if waits else ""
    answers = f"{_numbered(challenged)} for the answer to an appeal or objection." if challenged else ""
    return tuple(filter(None, (scrutiny, answers)))


def _numbered(numbers: Sequence[int]) -> str:
    which = ", ".join(map(str, numbers))
    return f"Nomination {which} waits" if len(numbers) == 1 else f"Nominations {which} wait"


def before_freeze(session: Session, election: str, *, now: datetime) -> tuple[str, ...]:
    """Why who stands is not settled, so that the roll cannot be frozen, each a sentence; empty if it is."""
    row = elections.get(session, election)
    draft = elections.draft_of(row)
    if not nominated(draft):
        return ()
    found = _nominations(session, election)
    decisions = [one.decision for one in found if not one.ended]
    until = max(records.challenged_until(draft, one) for one in (None, *decisions))
    early = (f"Appeals and objections about nominations are possible until {in_utc(until)}.",) if now < until else ()
    waits = (*_before_list(row, found, now), *early)
    if _is_adopted(draft, found):
        return waits
    return (*waits, "The list of candidates has to be adopted first, or again, since it has changed.")


def is_adopted(session: Session, election: str, found: Sequence[Nomination] | None = None) -> bool:
    """Whether the ballot has exactly those on it who are admitted."""
    draft = elections.draft_of(elections.get(session, election))
    if not draft.planned:
        return False
    return _is_adopted(draft, _nominations(session, election) if found is None else found)


def _is_adopted(draft: Draft, found: Sequence[Nomination]) -> bool:
    on, adopted = {one.id for one in draft.standing}, {one.candidate for one in found} - {""}
    whole = all(bool(one.candidate) is bool(one.stands and one.admitted) for one in found)
    return bool(draft.planned) and whole and on == adopted


def require_settled(session: Session, election: str, *, now: datetime) -> None:
    """Check that who stands is settled, before the roll is frozen.

    Raises:
        RuleError: Something waits, or the list of candidates is not adopted.
    """
    if waits := before_freeze(session, election, now=now):
        raise RuleError(" ".join(waits))
