"""What is known of people goes after its time: the organisation's rule in days, carried out by the clock.

The log says how many and of what kind, never who. Nothing goes of whom an election, a seat, a role or a decision under way
still needs it. What was published stays: boards, the register of seats, statements of those who stood.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from governance.board import merkle
from governance.domain import limits
from governance.domain.membership import Status
from governance.domain.seats.book import Stage
from governance.errors import RuleError
from governance.services import elections, officers, often, roll, seats, second_step_changes
from governance.services.accounts import sign_out_everywhere
from governance.services.members import DECLARED
from governance.store.declarations import Declaration
from governance.store.elections import Election, Identity, RollLine
from governance.store.members import Member, MemberRole, Organisation
from governance.store.nominations import NominationEvent, NominationRow
from governance.store.seats import Application, ResultChallenge, SeatRequest
from governance.store.vault import Vault, vault

MOST = 3650
"""Days that anything can be kept at most."""
FORMER = "A former member"
"""The name that is left of whoever was erased."""
_NOTHING = b"{}"
_ALWAYS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many days what is kept.

    Attributes:
        declared: What a member who left had declared (some of it is about health), after leaving.
        people: Their name, address, country and region, after leaving.
        candidacy: Declarations of interest of somebody who has had no seat, after the appeals of the last election in
            which they stood; or after they were made, where that is later.
        interests: Those of somebody who had a seat, after the last term.
        roll: The names on a roll, after the time for appeals.
    """

    declared: int
    people: int
    candidacy: int
    interests: int
    roll: int


def rule(session: Session) -> Keeping:
    """The organisation's rule.

    Raises:
        NotFoundError: The installation has not been set up.
    """
    row = officers.organisation(session)
    return Keeping(row.keep_declared, row.keep_people, row.keep_candidacy, row.keep_interests, row.keep_roll)


def set_rule(session: Session, by: str, given: Keeping, *, now: datetime) -> None:
    """Change the organisation's rule.

    Raises:
        NotFoundError: The installation has not been set up.
        RuleError: A number is less than a day or more than ten years, or names would go before what was declared.
    """
    if not all(1 <= days <= MOST for days in asdict(given).values()):
        msg = f"What is known of people is kept for 1 to {MOST} days."
        raise RuleError(msg)
    if given.people < given.declared:
        msg = "What a member who left had declared goes first, or with the name; not later."
        raise RuleError(msg)
    row, before = officers.organisation(session), rule(session)
    for name, days in asdict(given).items():
        if getattr(before, name) != days:
            setattr(row, f"keep_{name}", days)
            officers.note(session, by, f"set how long is kept: {name}, {days} days", now=now)


def tend(session: Session, *, now: datetime) -> dict[str, int]:
    """`erase`, once a day."""
    return erase(session, now=now) if often.count(session, limits.ERASE, officers.CLOCK, now) else {}


def erase(session: Session, *, now: datetime) -> dict[str, int]:
    """Erase what is due, by kind (`_WORDS`), and how many; doing it again changes nothing."""
    if session.get(Organisation, 1) is None:
        return {}
    keeping = rule(session)
    done = {
        "declared": _declared(session, now - timedelta(keeping.declared), now),
        "people": _people(session, now - timedelta(keeping.people), now),
        "interests": _interests(session, keeping, now),
        "roll": _rolls(session, now - timedelta(keeping.roll)),
    }
    for kind, words in _WORDS.items():
        if done[kind]:
            officers.note(session, officers.CLOCK, words.format(done[kind]), now=now)
    return {kind: count for kind, count in done.items() if count}


_WORDS = {
    "declared": "erased by its time: what {} members who left had declared",
    "people": "erased by its time: names and addresses of {} members who left",
    "interests": "erased by its time: declarations of interest of {} people without a seat",
    "roll": "erased by its time: the names of {} lines of rolls",
}


# ---- members who left ------------------------------------------------------------------------------------------------


def _declared(session: Session, before: datetime, now: datetime) -> int:
    box = vault(session)
    empty = len(box.seal(DECLARED, _NOTHING))
    rows = _left(session, func.length(Member.attributes) > empty, before, now)
    for row in rows:
        row.attributes = box.seal(DECLARED, _NOTHING)
    return len(rows)


def _people(session: Session, before: datetime, now: datetime) -> int:
    box, rows = vault(session), _left(session, Member.email != "", before, now)
    for row in rows:
        _forget(row, box)
        sign_out_everywhere(session, row.id)
        second_step_changes.remove(session, row.id)
    return len(rows)


def _forget(row: Member, box: Vault) -> None:
    """Leave the line, which others name, with nobody in it. Its address is one that nobody can type."""
    row.email, row.address, row.name, row.delegate = "", f"erased {row.id}", FORMER, ""
    row.country, row.region, row.attributes = "", "", box.seal(DECLARED, _NOTHING)


def _left(session: Session, which: ColumnElement[bool], before: datetime, now: datetime) -> list[Member]:
    """Members who left before a time, of whom nothing under way needs anything; `changed` is when they left, or later."""
    query = select(Member).where(Member.status == Status.LEFT, Member.changed <= before, which)
    rows = session.scalars(query.order_by(Member.id)).all()
    needed = _needed(session, now) if rows else set()
    return [row for row in rows if row.id not in needed]


def _needed(session: Session, now: datetime) -> set[str]:
    """Ids of those whom something under way needs."""
    found = _standing(session, now) | _seated(session, now) | set(session.scalars(select(MemberRole.member_id)))
    found |= set(session.scalars(select(SeatRequest.asked_by).where(SeatRequest.settled.is_(None))))
    found |= set(session.scalars(select(ResultChallenge.by_id).where(func.length(ResultChallenge.said) > 0)))
    for row in _under_way(session, now):
        draft = elections.draft_of(row)
        found |= {*draft.trustees, draft.registrar}
        for column in (RollLine.member_id, Identity.member_id):
            found |= set(session.scalars(select(column).where(column.class_.election_id == row.id)))
    return found - {""}


def _under_way(session: Session, now: datetime) -> list[Election]:
    """Elections whose time for appeals has not ended, or whose ballots' owners are not forgotten yet."""
    rows = session.scalars(select(Election).filter_by(forgotten=None).order_by(Election.id))
    return [row for row in rows if row.frozen is not None or elections.draft_of(row).calendar.appeals > now]


def _standing(session: Session, now: datetime) -> set[str]:
    """Who stands, was nominated, nominated or seconded, in an election under way."""
    found: set[str] = set()
    for row in _under_way(session, now):
        found |= {one.member for one in elections.draft_of(row).standing}
        found |= _nominated(session, row.id)
        events = select(NominationEvent.by_id).join(NominationRow, NominationRow.id == NominationEvent.nomination_id)
        found |= {one for one in session.scalars(events.where(NominationRow.election_id == row.id)) if one}
    return found - {""}


def _nominated(session: Session, election: str) -> set[str]:
    query = select(NominationRow.nominee_id).filter_by(election_id=election)
    return {one for one in session.scalars(query) if one}


def _seated(session: Session, now: datetime) -> set[str]:
    """Who has a seat, is to have one, was offered one, or has applied for one."""
    found, day = seats.book(session), seats.day_of(now)
    held = {
        found.people[one.person].member
        for one in found.holdings.values()
        if one.stage in (Stage.OFFERED, Stage.ACCEPTED)
        or (one.stage is Stage.SEATED and (one.end is None or one.end > day))
        or (one.ended is not None and one.ended > day)
    }
    query = select(Application.member_id).where(func.length(Application.said) > 0, Application.member_id.is_not(None))
    return (held | {one for one in session.scalars(query) if one}) - {""}


# ---- declarations of interest ----------------------------------------------------------------------------------------


def _interests(session: Session, keeping: Keeping, now: datetime) -> int:
    """Those of everybody who neither sits nor stands, once the last reason to keep them is old enough."""
    query = select(Declaration.member_id, func.max(Declaration.made)).group_by(Declaration.member_id)
    least = now - timedelta(min(keeping.candidacy, keeping.interests))
    made = {row[0]: row[1] for row in session.execute(query.having(func.max(Declaration.made) <= least))}
    if not made:
        return 0
    busy = _standing(session, now) | _seated(session, now)
    terms, stood = _terms(session), _stood(session)
    due = []
    for member, last in made.items():
        until = last + timedelta(keeping.candidacy)
        if member in stood:
            until = max(until, stood[member] + timedelta(keeping.candidacy))
        if member in terms:
            until = max(until, terms[member] + timedelta(keeping.interests))
        if member not in busy and until <= now:
            due.append(member)
    for member in due:
        session.execute(delete(Declaration).filter_by(member_id=member))
    return len(due)


def _terms(session: Session) -> dict[str, datetime]:
    """When the last term of each member ended who had a seat."""
    found = seats.book(session)
    ended: dict[str, datetime] = {}
    for one in found.holdings.values():
        if one.seated and one.end is not None:
            member, at = found.people[one.person].member, datetime.combine(one.end, time(), UTC)
            ended[member] = max(at, ended.get(member, at))
    return ended


def _stood(session: Session) -> dict[str, datetime]:
    """When the appeals ended of the last election in which each member stood, or was nominated."""
    ended: dict[str, datetime] = {}
    for row in session.scalars(select(Election).where(Election.forgotten.is_not(None))):
        at = row.forgotten or _ALWAYS
        for member in {one.member for one in elections.draft_of(row).standing} | _nominated(session, row.id):
            ended[member] = max(at, ended.get(member, at))
    return ended


# ---- rolls -----------------------------------------------------------------------------------------------------------


def _rolls(session: Session, before: datetime) -> int:
    """Names and salts of old rolls; each line keeps its hash, so that the root that was announced still follows."""
    count = 0
    old = select(Election.id).where(Election.forgotten <= before).order_by(Election.id)
    for election in session.scalars(old.where(Election.id.in_(_unerased()))).all():
        for style in roll.styles_of(session, election):
            hashes = {one.member: merkle.leaf(one.leaf()) for one in roll.voters(session, election, style.number)}
            rows = session.scalars(select(RollLine).filter_by(election_id=election, style=style.number, leaf=None))
            for row in rows.all():
                row.leaf, row.name, row.salt = hashes[row.member_id], "", bytes(roll.SALT)
                count += 1
    return count


def _unerased() -> Select[str]:
    return select(RollLine.election_id).where(RollLine.leaf.is_(None)).distinct()


def roll_until(session: Session, election: str) -> datetime:
    """Until when the names on a roll are kept, as far as it is known now.

    Raises:
        NotFoundError: There is no such election.
    """
    row = elections.get(session, election)
    return (row.forgotten or elections.draft_of(row).calendar.appeals) + timedelta(rule(session).roll)


def is_erased(session: Session, election: str) -> bool:
    """Whether the names on a roll are gone."""
    query = select(RollLine.member_id).filter_by(election_id=election).where(RollLine.leaf.is_not(None))
    return session.scalar(query.limit(1)) is not None
