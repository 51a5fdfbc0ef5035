"""Two people for what cannot be undone: one asks and says why, another one approves, and then it is done.

Whatever is asked for is checked twice: when it is asked, so that nobody waits for what cannot be, and when it is
approved. What it was asked about must not have changed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.board.canonical import dump, parse
from governance.domain import calendar as dates
from governance.domain.draft import Calendar
from governance.domain.phases import Phase
from governance.domain.plain import from_plain, moment, text, to_plain
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import (
    boards,
    calendars,
    ceremony,
    corrections,
    elections,
    objections,
    officers,
    release,
    roles,
    roll,
    running,
    second_person,
    second_step_changes,
)
from governance.services.officers import Two
from governance.store.consents import Consent

LIFE = timedelta(days=7)
"""A request that nobody answered is no longer good after it."""
_MAX_WHY = 20_000


class Act(StrEnum):
    """What takes two people."""

    FREEZE = "freeze"
    CORRECT = "correct"
    LEAVE = "leave"
    PUBLISH = "publish"
    EXTEND = "extend"
    CALENDAR = "calendar"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"
    ABANDON = "abandon"
    GRANT = "grant"
    REVOKE = "revoke"
    RESET = "reset"


NAMES: Mapping[Act, str] = MappingProxyType(
    {
        Act.FREEZE: "freeze the roll",
        Act.CORRECT: "put a line of the roll right",
        Act.LEAVE: "leave the roll as it is after an objection was upheld",
        Act.PUBLISH: "announce the election",
        Act.EXTEND: "let voting close later",
        Act.CALENDAR: "change the announced calendar",
        Act.CANCEL: "cancel the election",
        Act.WITHDRAW: "take a candidate out of a contest",
        Act.ABANDON: "give the election up before it is announced",
        Act.GRANT: "give somebody a role that decides",
        Act.REVOKE: "take away a role that decides",
        Act.RESET: "reset somebody's second step for signing in",
    }
)


_LINES = (Act.CORRECT, Act.LEAVE)
"""About one line of the roll."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for.

    Attributes:
        election: Of which election; empty where it is about a role.
        closes: The later close, of an extension.
        contest: Of the candidate who withdraws.
        candidate: Who withdraws.
        member: Whose role changes, whose line of the roll is put right, or whose second step is reset.
        role: Which role.
        calendar: The whole calendar as it shall be.
    """

    act: Act
    election: str = ""
    closes: datetime | None = None
    contest: str = ""
    candidate: str = ""
    member: str = ""
    role: str = ""
    calendar: Calendar | None = None

    def details(self) -> dict[str, str]:
        """What the database keeps of it, beside the act and the election."""
        told = {"contest": self.contest, "candidate": self.candidate, "member": self.member, "role": self.role}
        if self.calendar is not None:
            told["calendar"] = dump(to_plain(self.calendar)).decode()
        return {name: value for name, value in told.items() if value} | (
            {"closes": text(self.closes)} if self.closes else {}
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for a second person.

    Attributes:
        what: What would be done, in words.
        title: Of the election; empty where it is about none.
        asked_by: Id of whoever asked; `name` is their name.
        until: When it lapses.
        stale: Whether it can no longer be approved, because what it was about has changed, or it lapsed.
    """

    number: int
    wish: Wish
    what: str
    title: str
    why: str
    asked_by: str
    name: str
    at: datetime
    until: datetime
    stale: bool


# ---- asking ----------------------------------------------------------------------------------------------------------


def ask(session: Session, by: str, wish: Wish, why: str, *, now: datetime) -> int:
    """Ask for what cannot be undone; nothing is done yet.

    Returns:
        The number of the request.

    Raises:
        NotPermittedError: Only officers may (about roles, the secretariat too), and no command without their name.
        RuleError: It is not due, there is no reason, it was asked already, or there is nobody who could approve it.
    """
    _may_ask(session, by, wish)
    running.said(why)
    check(session, wish, now=now)
    others = officers.deciders(session) - {by, wish.member}
    if not others:
        msg = "A second officer, or somebody of the secretariat, has to approve this, and there is nobody yet."
        raise RuleError(msg)
    same = [one for one in waiting(session, election=wish.election, now=now) if _alike(one.wish, wish)]
    if any(not one.stale for one in same):
        msg = "This has been asked for already, and waits for a second person."
        raise RuleError(msg)
    for one in same:
        _settle(_get(session, one.number), by, now, approved=False)
    row = Consent(
        act=wish.act,
        election_id=wish.election or None,
        details=wish.details(),
        state=_state(session, wish),
        why=why.strip(),
        asked_by=by,
        asked=now,
    )
    session.add(row)
    session.flush()
    officers.note(session, by, f"asked to {NAMES[wish.act]}", election=row.election_id, now=now, why=row.why)
    title = elections.show(session, wish.election).title if wish.election else ""
    second_person.tell(session, by, NAMES[wish.act], title, to=others, now=now, until=now + LIFE)
    return row.id


def _may_ask(session: Session, by: str, wish: Wish) -> None:
    if by == officers.COMMAND:
        msg = "Say who asks for it: it is kept in the log."
        raise NotPermittedError(msg)
    if wish.act in _LINES and by in objections.concerned_by(session, wish.election, wish.member):
        msg = "This line of the roll concerns you, so somebody else has to ask for it."
        raise NotPermittedError(msg)
    if wish.member == by:
        whose = "reset your second step" if wish.act is Act.RESET else "change your roles"
        msg = f"Somebody else has to {whose}."
        raise NotPermittedError(msg)
    about_people = wish.act in (Act.GRANT, Act.REVOKE, Act.RESET)
    officers.require(session, by, *((Role.OFFICER, Role.SECRETARIAT) if about_people else (Role.OFFICER,)))


def _alike(one: Wish, other: Wish) -> bool:
    return (one.act, one.election, one.member, one.candidate) == (
        other.act,
        other.election,
        other.member,
        other.candidate,
    )


def check(session: Session, wish: Wish, *, now: datetime) -> None:
    """Check that what is wished could be done now.

    Raises:
        RuleError: It could not, and why.
        NotFoundError: There is no such election or member.
    """
    match wish.act:
        case Act.FREEZE | Act.CORRECT | Act.LEAVE:
            _check_roll(session, wish, now)
        case Act.PUBLISH:
            ceremony.check_publish(session, wish.election, now=now)
        case Act.EXTEND:
            running.check_extend(session, wish.election, _closes(wish), now=now)
        case Act.CALENDAR:
            calendars.check_change(session, wish.election, _calendar(wish), now=now)
        case Act.CANCEL:
            running.check_cancel(session, wish.election)
        case Act.WITHDRAW:
            running.check_withdraw(session, wish.election, wish.contest, wish.candidate, now=now)
        case Act.ABANDON:
            running.check_abandon(session, wish.election)
        case Act.GRANT | Act.REVOKE | Act.RESET:
            _check_person(session, wish)


def _closes(wish: Wish) -> datetime:
    if wish.closes is None:
        msg = "Say until when voting shall be open."
        raise RuleError(msg)
    return wish.closes


def _calendar(wish: Wish) -> Calendar:
    if wish.calendar is None:
        msg = "Say what the calendar shall be."
        raise RuleError(msg)
    return wish.calendar


# ---- answering -------------------------------------------------------------------------------------------------------


def approve(session: Session, by: str, number: int, *, now: datetime) -> Waiting:
    """Approve what somebody else asked for, and do it.

    Raises:
        NotFoundError: There is no such request.
        NotPermittedError: They asked for it themselves, or have no such role.
        RuleError: It was answered already, lapsed, what it was about has changed, or it can no longer be done.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    row = _open(session, number)
    one = _told(session, row, now)
    both = Two(row.asked_by, by)
    if row.asked_by == by:
        msg = "Nobody approves what they asked for: it takes a second person."
        raise NotPermittedError(msg)
    if one.stale:
        msg = (
            "Since this was asked for, something has changed, or too much time has passed. It has to be asked for anew."
        )
        raise RuleError(msg)
    do(session, both, one.wish, row.why, now=now)
    _settle(row, by, now, approved=True)
    return one


def decline(session: Session, by: str, number: int, why: str, *, now: datetime) -> Waiting:
    """Say no to what was asked for; whoever asked takes it back so.

    Raises:
        NotFoundError: There is no such request.
        NotPermittedError: They are neither officer nor of the secretariat.
        RuleError: It was answered already.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    row = _open(session, number)
    one = _told(session, row, now)
    if len(why) > _MAX_WHY:
        msg = "The reason is too long."
        raise RuleError(msg)
    _settle(row, by, now, approved=False)
    told = "took back the request" if by == row.asked_by else "declined the request"
    officers.note(session, by, f"{told} to {NAMES[one.wish.act]}", election=row.election_id, now=now, why=why.strip())
    return one


def do(session: Session, by: Two, wish: Wish, why: str, *, now: datetime) -> None:
    """Do what two people want.

    Raises:
        GovernanceError: As the act itself.
    """
    match wish.act:
        case Act.FREEZE | Act.CORRECT | Act.LEAVE:
            _do_roll(session, by, wish, why, now)
        case Act.PUBLISH:
            ceremony.publish(session, by, wish.election, now=now, why=why, booth=release.body())
        case Act.EXTEND:
            running.extend(session, by, wish.election, _closes(wish), why, now=now)
        case Act.CALENDAR:
            calendars.change(session, by, wish.election, _calendar(wish), running.said(why), now=now)
        case Act.CANCEL:
            running.cancel(session, by, wish.election, why, now=now)
        case Act.WITHDRAW:
            running.withdraw(
                session, by, wish.election, contest=wish.contest, candidate=wish.candidate, reason=why, now=now
            )
        case Act.ABANDON:
            running.abandon(session, by, wish.election, why, now=now)
        case Act.GRANT | Act.REVOKE | Act.RESET:
            _do_person(session, by, wish, why, now)


def _settle(row: Consent, by: str, now: datetime, *, approved: bool) -> None:
    row.settled, row.settled_by, row.approved = now, by, approved


# ---- what waits ------------------------------------------------------------------------------------------------------


def waiting(session: Session, *, now: datetime, election: str | None = None) -> list[Waiting]:
    """Requests that nobody has answered, the oldest first; of one election if it is given, "" for those of none."""
    query = select(Consent).filter_by(settled=None).order_by(Consent.id)
    if election is not None:
        query = query.filter_by(election_id=election or None)
    return [_told(session, row, now, listed=True) for row in session.scalars(query)]


def show(session: Session, by: str, number: int, *, now: datetime) -> Waiting:
    """A request that waits, for officers and the secretariat.

    Raises:
        NotPermittedError: Somebody else asks.
        NotFoundError: There is no such request.
        RuleError: It was answered already.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    return _told(session, _open(session, number), now)


def _told(session: Session, row: Consent, now: datetime, *, listed: bool = False) -> Waiting:
    """A row as who decides reads it; in lists without addresses, which are on its own page (who looks there is logged)."""
    given = dict(row.details)
    closes, kept = given.pop("closes", None), given.pop("calendar", None)
    calendar = from_plain(Calendar, parse(kept.encode())) if kept else None
    wish = Wish(Act(row.act), row.election_id or "", moment(closes) if closes else None, **given, calendar=calendar)
    names = officers.names(session, [row.asked_by])
    stale = now >= row.asked + LIFE or _state(session, wish) != row.state
    return Waiting(
        number=row.id,
        wish=wish,
        what=_words(session, wish, listed=listed),
        title=elections.show(session, wish.election).title if wish.election else "",
        why=row.why,
        asked_by=row.asked_by,
        name=names.get(row.asked_by, row.asked_by),
        at=row.asked,
        until=row.asked + LIFE,
        stale=stale,
    )


def _words(session: Session, wish: Wish, *, listed: bool = False) -> str:
    """What would be done, with its particulars."""
    match wish.act:
        case Act.CALENDAR:
            periods = [one.period for one in calendars.wished(session, wish.election, _calendar(wish))]
            return f"Change the calendar: {', '.join(dates.NAMES[one] for one in periods)}"
        case Act.EXTEND:
            return f"Let voting close later: {_closes(wish):%d %B %Y, %H:%M} UTC"
        case Act.WITHDRAW:
            draft = elections.draft_of(elections.get(session, wish.election))
            contest = draft.contest(wish.contest)
            known = {one.id: one.name for one in contest.candidates} if contest else {}
            name = known.get(wish.candidate, wish.candidate)
            return f"Take {name} out of “{contest.title if contest else wish.contest}”"
        case Act.CORRECT | Act.LEAVE | Act.GRANT | Act.REVOKE | Act.RESET:
            name, _ = officers.name_and_address(session, wish.member)
            return _about_somebody(wish, name if listed and name else officers.called(session, wish.member))
        case _:
            return NAMES[wish.act].capitalize()


def _about_somebody(wish: Wish, who: str) -> str:
    if wish.act is Act.CORRECT:
        return f"Put the roll right for {who}"
    if wish.act is Act.LEAVE:
        return f"Leave the line of {who} on the roll as it is, though an objection to it was upheld"
    if wish.act is Act.RESET:
        return f"Reset the second step of {who}, who has lost the device"
    give = wish.act is Act.GRANT
    return f"Give {who} the role of {wish.role}" if give else f"Take the role of {wish.role} from {who}"


def _check_roll(session: Session, wish: Wish, now: datetime) -> None:
    if wish.act is Act.CORRECT:
        corrections.check(session, wish.election, wish.member)
    elif wish.act is Act.LEAVE:
        corrections.check_leave(session, wish.election, wish.member)
    else:
        roll.check_freeze(session, wish.election, now=now)


def _do_roll(session: Session, by: Two, wish: Wish, why: str, now: datetime) -> None:
    if wish.act is Act.CORRECT:
        corrections.correct(session, by, wish.election, wish.member, now=now, why=why)
    elif wish.act is Act.LEAVE:
        corrections.leave(session, by, wish.election, wish.member, now=now, why=why)
    else:
        roll.freeze(session, by, wish.election, now=now, why=why)


def _check_person(session: Session, wish: Wish) -> None:
    if wish.act is Act.RESET:
        second_step_changes.check_reset(session, wish.member)
        return
    check = roles.check_grant if wish.act is Act.GRANT else roles.check_revoke
    check(session, wish.member, Role(wish.role))


def _do_person(session: Session, by: Two, wish: Wish, why: str, now: datetime) -> None:
    if wish.act is Act.RESET:
        second_step_changes.reset(session, by, wish.member, now=now, why=why)
        return
    change = roles.grant if wish.act is Act.GRANT else roles.revoke
    change(session, by, wish.member, Role(wish.role), now=now, why=why)


def _state_of_member(session: Session, wish: Wish) -> str:
    if wish.act not in _LINES:
        known = list(officers.name_and_address(session, wish.member))
        device = [second_step_changes.mark(session, wish.member)] if wish.act is Act.RESET else []
        return sha256(dump(known + device)).hexdigest()
    told = corrections.preview(session, wish.election, wish.member)
    return sha256(dump([[one.name, *one.contests] for one in (told.before, told.after)])).hexdigest()


def _state(session: Session, wish: Wish) -> str:
    """What a request is about: if this changes, the request is stale."""
    if wish.act in _LINES or not wish.election:
        return _state_of_member(session, wish)
    row = elections.get(session, wish.election)
    stands = elections.progress(session, row)
    match wish.act:
        case Act.FREEZE:
            return f"draft {row.version} {stands.phase} {'' if row.frozen else roll.would_be(session, row).hex()}"
        case Act.PUBLISH:
            lists = [style.listed or {} for style in roll.styles_of(session, wish.election)]
            return f"board {boards.size(session, wish.election)} {sha256(dump({'lists': lists})).hexdigest()}"
        case Act.EXTEND | Act.CALENDAR:
            return f"closes {stands.closes}" + (f" {row.version}" if wish.act is Act.CALENDAR else "")
        case Act.CANCEL if stands.phase is Phase.READINESS:
            return "not open"
        case _:
            return ""


def _get(session: Session, number: int) -> Consent:
    row = session.get(Consent, number, with_for_update=True)
    if row is None:
        msg = "There is no such request."
        raise NotFoundError(msg)
    return row


def _open(session: Session, number: int) -> Consent:
    row = _get(session, number)
    if row.settled is not None:
        msg = f"This was {'approved' if row.approved else 'declined or taken back'} already."
        raise RuleError(msg)
    return row
