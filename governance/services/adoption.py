"""Adopting the list of candidates: from the admitted to the ballot, again as often as it changes until the roll is frozen.

Whoever withdraws, and whoever's admission is turned around, takes the adoption back with them: the contests are as planned
again, and an officer adopts the list anew.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.draft import Contest, Draft
from governance.domain.nominations import ballot, filling
from governance.domain.nominations.ballot import Adopted
from governance.domain.nominations.record import Event, Kind
from governance.domain.plain import to_plain
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import elections, feasibility, members, officers, outstanding, views
from governance.services import nomination_records as records
from governance.services.nomination_records import Filed
from governance.store.elections import Election


@dataclass(frozen=True, slots=True)
class Preview:
    """What adopting the list would do.

    Attributes:
        version: Of the draft: whoever adopts gives it back.
        waiting: What keeps it from being adopted, in sentences.
        adopted: Whether the list stands already as it would become.
        problem: Why the list as it is cannot be adopted at all; then there is no `outcome`.
    """

    version: int
    waiting: tuple[str, ...]
    adopted: bool
    outcome: Adopted | None
    problem: str


def preview(session: Session, by: str, election: str, *, now: datetime) -> Preview:
    """What the ballot would be, and what keeps it from being adopted.

    Limits say what members have declared, so the log says who looked where there are any.

    Raises:
        NotPermittedError: Only officers see it.
    """
    officers.require(session, by, Role.OFFICER)
    row = elections.get(session, election)
    waiting = outstanding.before_list(session, election, now=now)
    if row.frozen is not None or row.abandoned is not None:
        return Preview(row.version, waiting, outstanding.is_adopted(session, election), None, "")
    try:
        outcome = _outcome(session, row)
    except RuleError as error:
        return Preview(row.version, waiting, adopted=False, outcome=None, problem=str(error))
    if any(one.constraints for one in outcome.draft.contests):
        told = "looked at the list of candidates, and whom its limits are about"
        views.note(session, by, told, election=election, now=now)
    return Preview(row.version, waiting, _stands(session, row, outcome), outcome, "")


def _outcome(session: Session, row: Election) -> Adopted:
    draft = elections.draft_of(row)
    found = [one for one in records.every(session, row.id) if _on_the_list(one)]
    made = ballot.adopt(draft, feasibility.admitted(session, draft, found))
    people = members.facts_of(session, {one.nomination.nominee for one in found}).values()
    gone = sorted(one.name for one in people if not one.active)
    told = tuple(
        f"The membership of {name} is no longer active. If they cannot withdraw, say so to both who freeze."
        for name in gone
    )
    return replace(made, told=(*told, *made.told))


def _on_the_list(one: Filed) -> bool:
    return one.nomination.stands and bool(one.nomination.admitted)


def _stands(session: Session, row: Election, outcome: Adopted) -> bool:
    """Whether this very list is adopted."""
    return outstanding.is_adopted(session, row.id) and elections.draft_of(row) == outcome.draft


def adopt(session: Session, by: str, election: str, version: int, *, now: datetime) -> Adopted:
    """Put the admitted on the ballot; the same sent twice is done once.

    Args:
        session: The database.
        by: The officer.
        election: Its id.
        version: Of the draft that was looked at.
        now: The time.

    Raises:
        NotPermittedError: Only officers may, and nobody who stands.
        RuleError: Something waits, the roll is frozen, somebody changed the election meanwhile, or it cannot be done.
    """
    if by == officers.COMMAND:
        msg = "Say who adopts the list: it is kept in the log."
        raise NotPermittedError(msg)
    officers.require(session, by, Role.OFFICER)
    row, filed = elections.get(session, election), records.every(session, election)
    if by in {one.nomination.nominee for one in filed if one.nomination.stands}:
        msg = "You stand in this election, so somebody else has to adopt the list."
        raise NotPermittedError(msg)
    if waits := outstanding.before_list(session, election, now=now):
        raise RuleError(" ".join(waits))
    outcome = _outcome(session, row)
    if _stands(session, row, outcome):
        return outcome
    if row.version != version:
        msg = "Somebody has changed this election meanwhile. Look at the list again before you adopt it."
        raise RuleError(msg)
    _save(row, outcome.draft)
    for one in filed:
        if _on_the_list(one):
            if one.nomination.candidate != one.row.candidate:
                records.add(session, one, Event(0, Kind.ADOPTED, now, by, candidate=one.row.candidate))
        elif one.nomination.candidate:
            records.add(session, one, Event(0, Kind.DROPPED, now, by, candidate=one.nomination.candidate))
    _note(session, by, election, outcome, now=now)
    return outcome


def _note(session: Session, by: str, election: str, outcome: Adopted, *, now: datetime) -> None:
    """What was adopted, and that what members declared was read for it."""
    if asked := sorted(filling.attributes(outcome.draft)):
        read = f"read {', '.join(asked)} of those admitted, for the limits of the ballot"
        officers.note(session, by, read, election=election, now=now)
    told = [one.contest for one in outcome.unopposed]
    what = f"adopted the list of candidates; without a vote: {', '.join(told) or 'no contest'}"
    officers.note(session, by, what, election=election, now=now)


def undo(session: Session, by: str, election: str, version: int, *, now: datetime) -> None:
    """Take the adoption back, so that a decision can be changed.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: The roll is frozen, somebody changed the election meanwhile, or no list is adopted.
    """
    row = elections.drafted(session, by, election)
    if not elections.draft_of(row).planned:
        msg = "No list of candidates is adopted."
        raise RuleError(msg)
    if row.version != version:
        msg = "Somebody has changed this election meanwhile. Look at it again before you change it."
        raise RuleError(msg)
    undo_if_adopted(session, by, election, now=now)


def undo_if_adopted(session: Session, by: str, election: str, *, now: datetime) -> None:
    """What follows from a withdrawal, or a decision that was turned around, while the draft can change."""
    row = elections.get(session, election)
    draft = elections.draft_of(row)
    if row.frozen is not None or not draft.planned:
        return
    _save(row, ballot.taken_off(draft))
    for one in records.every(session, election):
        if one.nomination.candidate:
            records.add(session, one, Event(0, Kind.DROPPED, now, by, candidate=one.nomination.candidate))
    officers.note(session, by, "took the list of candidates off the ballot", election=election, now=now)


def forget_lost(session: Session, election: str) -> None:
    """Take whom limits are about off a draft that was never announced and never will be: members declared it in trust."""
    row = elections.get(session, election)
    draft = elections.draft_of(row)
    if draft.planned and elections.progress(session, row).manifest is None:
        _save(row, ballot.taken_off(draft))


def _save(row: Election, draft: Draft) -> None:
    row.draft = to_plain(draft)
    row.version += 1


# ---- after the freeze ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gone:
    """A candidate who withdrew after the roll was frozen.

    Attributes:
        contest: Id of the contest on the ballot; empty where they are elected without a vote.
        due: Whether two people can put the withdrawal on the board now.
    """

    name: str
    title: str
    contest: str
    candidate: str
    due: bool


def gone(session: Session, election: str, *, now: datetime) -> list[Gone]:
    """Adopted candidates who withdrew, and still stand on the ballot."""
    row = elections.get(session, election)
    if row.frozen is None or row.abandoned is not None:
        return []
    shown = elections.show(session, election)
    stands = shown.progress
    open_ = stands.manifest is not None and (not stands.opened or stands.is_voting(now)) and not stands.cancelled
    found = []
    for one in records.every(session, election):
        it = one.nomination
        if it.withdrawn is None or not it.candidate:
            continue
        name = officers.names(session, [it.nominee]).get(it.nominee, it.nominee)
        on = _contest(shown.draft, one)
        if on is None:
            title = next((u.title for u in shown.draft.unopposed if u.contest == one.row.contest), one.row.contest)
            found.append(Gone(name, title, "", it.candidate, due=False))
        elif (on.id, it.candidate) not in stands.withdrawn:
            found.append(Gone(name, on.title, on.id, it.candidate, due=open_))
    return found


def _contest(draft: Draft, one: Filed) -> Contest | None:
    """The contest on the ballot in which somebody stands by a nomination."""
    candidate = one.nomination.candidate
    here = [c for c in draft.contests if c.planned_as == one.row.contest]
    return next((c for c in here if any(who.id == candidate for who in c.candidates)), None)
