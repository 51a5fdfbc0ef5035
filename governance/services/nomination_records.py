"""Nominations as they are kept: read into `domain.nominations.record`, and one event more; details are encrypted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.draft import Calendar, Draft
from governance.domain.nominations.record import Challenge, Event, Kind, Nomination, Reason, Recusal, fold, follow
from governance.errors import NotFoundError, RuleError
from governance.store.nominations import NominationEvent, NominationRow
from governance.store.vault import Vault, vault

_SEALED = "nominations"
_PLAIN = Event(0, Kind.NOMINATED, datetime(1, 1, 1, tzinfo=UTC), "")
"""What an event has that says nothing more."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A nomination and its row."""

    row: NominationRow
    nomination: Nomination


def every(session: Session, election: str) -> list[Filed]:
    """All nominations of an election, the oldest first."""
    return _read(session, select(NominationRow).filter_by(election_id=election).order_by(NominationRow.id))


def of_member(session: Session, election: str, member: str) -> list[Filed]:
    """The nominations of a member in an election, by whomever, and those that they made; the oldest first."""
    made = select(NominationEvent.nomination_id).filter_by(kind=Kind.NOMINATED, by_id=member)
    query = select(NominationRow).filter_by(election_id=election).order_by(NominationRow.id)
    return _read(session, query.where((NominationRow.nominee_id == member) | NominationRow.id.in_(made)))


def get(session: Session, election: str, number: int, *, seen: int | None = None) -> Filed:
    """One nomination, locked for what follows.

    Args:
        session: The database.
        election: Of which it has to be.
        number: Which.
        seen: How many events whoever decides has seen; None where it does not matter.

    Raises:
        NotFoundError: There is none of this number in this election.
        RuleError: More has happened than was seen.
    """
    query = select(NominationRow).filter_by(id=number, election_id=election).with_for_update()
    found = _read(session, query)
    if not found:
        msg = "There is no such nomination."
        raise NotFoundError(msg)
    if seen is not None:
        require_seen(found[0], seen)
    return found[0]


def require_seen(filed: Filed, seen: int) -> None:
    """Check that whoever decides has seen all events.

    Raises:
        RuleError: More has happened.
    """
    if seen != filed.nomination.seen:
        msg = "Something has happened to this nomination meanwhile. Look at it again before you decide."
        raise RuleError(msg)


def standing(session: Session, election: str) -> set[str]:
    """Ids of the members who stand for all we know: they accepted, and neither withdrew nor were rejected."""
    found = (one.nomination for one in every(session, election))
    return {one.nominee for one in found if one.accepted and not one.ended and one.admitted is not False}


def begin(session: Session, row: NominationRow, by: str, *, now: datetime) -> Filed:
    """File a nomination: its first event."""
    session.add(row)
    session.flush()
    first = Event(1, Kind.NOMINATED, now, by, contest=row.contest)
    _write(session, row.id, first)
    return Filed(row, fold(row.id, row.nominee_id or "", [first]))


def add(session: Session, filed: Filed, event: Event) -> None:
    """Write one event more; its number is given here.

    Raises:
        RuleError: It cannot follow what is there.
    """
    event = replace(event, number=filed.nomination.seen + 1)
    follow(filed.nomination, event)
    _write(session, filed.row.id, event)


def erase(session: Session, election: str) -> None:
    """Destroy what was written and which addresses were given; what became of each nomination stays.

    Of a nomination that was never accepted, who was nominated, by whom, and who declined is destroyed too.
    """
    rows = select(NominationRow.id).filter_by(election_id=election)
    safe = vault(session)
    events = session.scalars(select(NominationEvent).where(NominationEvent.nomination_id.in_(rows))).all()
    for row in events:
        if row.details:
            event = Event(row.number, row.kind, row.at, row.by_id or "", **_said(safe, row.details))
            row.details = _details(safe, _blank(event))
    session.execute(update(NominationRow).filter_by(election_id=election).values(named=None))
    never = rows.filter_by(candidate="")  # the id is given with the acceptance
    session.execute(update(NominationEvent).where(NominationEvent.nomination_id.in_(never)).values(by_id=None))
    session.execute(update(NominationRow).where(NominationRow.id.in_(never)).values(nominee_id=None))


def _blank(event: Event) -> Event:
    """What is left of an event: rules, numbers, offices, what was decided."""

    def bare(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        return tuple(replace(one, sentence="") for one in reasons)

    offices = tuple(replace(one, member="", why="") for one in event.recused)
    return replace(event, text="", reasons=bare(event.reasons), exceptions=bare(event.exceptions), recused=offices)


def seal(session: Session, text: str) -> bytes:
    """An address that somebody gave, encrypted."""
    return vault(session).seal(_SEALED, text.encode())


def unseal(session: Session, sealed: bytes | None) -> str:
    """What `seal` was given; empty where it was erased."""
    return vault(session).open(_SEALED, sealed).decode() if sealed else ""


# ---- the calendar ----------------------------------------------------------------------------------------------------


def accepted_until(calendar: Calendar) -> datetime:
    """When acceptance ends: with its period, else with nominations; at the cut-off where neither is dated."""
    for period in (Period.ACCEPTANCE, Period.NOMINATIONS):
        if span := dates.find(calendar, period):
            return span.ends
    return calendar.cutoff


def challenged_until(draft: Draft, decision: Event | None = None) -> datetime:
    """When appeals and objections end: with their period, else at the cut-off; some days after a decision, by the terms.

    Else an officer could decide in the last minute, and there would be no appeal.
    """
    span = dates.find(draft.calendar, Period.OBJECTIONS)
    ends = span.ends if span else draft.calendar.cutoff
    return max(ends, decision.at + timedelta(days=draft.nominations.window)) if decision else ends


def heard_until(draft: Draft, asked: Challenge) -> datetime:
    """Until when a challenge is not decided but with the reply of whom it is about.

    It may outlast the time for challenges: nobody loses a place unheard because somebody waited for the last minute.
    """
    return asked.at + timedelta(hours=draft.nominations.hearing)


# ---- rows ------------------------------------------------------------------------------------------------------------


def _read(session: Session, query: Select[NominationRow]) -> list[Filed]:
    rows = session.scalars(query).all()
    contests = {row.id: row.contest for row in rows}
    events: dict[int, list[Event]] = {row.id: [] for row in rows}
    safe, kept = vault(session), NominationEvent
    # Columns, not objects: there are many of them, and nobody changes one.
    asked = select(kept.nomination_id, kept.number, kept.kind, kept.at, kept.by_id, kept.details)
    for which, number, kind, at, by, details in session.execute(
        asked.where(kept.nomination_id.in_(events)).order_by(kept.number)
    ):
        if kind is Kind.NOMINATED:  # what is encrypted of it is the contest, which its row has too
            more: dict[str, Any] = {"contest": contests[which]}
        else:
            more = {} if details is None else _said(safe, details)
        events[which].append(Event(number, kind, at, by or "", **more))
    return [Filed(row, fold(row.id, row.nominee_id or "", events[row.id])) for row in rows]


def _said(safe: Vault, details: bytes) -> dict[str, Any]:
    """The fields of an event that are encrypted."""
    told: dict[str, Any] = json.loads(safe.open(_SEALED, details))
    for name in ("reasons", "exceptions"):
        told[name] = tuple(Reason(*one) for one in told.get(name, ()))
    told["recused"] = tuple(Recusal(*one) for one in told.get("recused", ()))
    return told


def _write(session: Session, nomination: int, event: Event) -> None:
    row = NominationEvent(
        nomination_id=nomination,
        number=event.number,
        kind=event.kind,
        at=event.at,
        by_id=event.by,
        details=_details(vault(session), event),
    )
    session.add(row)
    session.flush()


def _details(safe: Vault, event: Event) -> bytes | None:
    told: dict[str, Any] = {
        name: getattr(event, name)
        for name in ("contest", "candidate", "yes", "about", "text")
        if getattr(event, name) != getattr(_PLAIN, name)
    }
    for name in ("reasons", "exceptions"):
        pairs: Sequence[Reason] = getattr(event, name)
        if pairs:
            told[name] = [(one.point, one.sentence) for one in pairs]
    if event.recused:
        told["recused"] = [(one.member, one.office, one.why) for one in event.recused]
    return safe.seal(_SEALED, json.dumps(told, ensure_ascii=False).encode()) if told else None
