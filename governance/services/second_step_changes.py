"""Changes of a second step: new recovery codes, switched off, reset by two people or by a command; and who has one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.domain import second_step as rules
from governance.domain.membership import Status
from governance.errors import NotPermittedError, RuleError
from governance.services import accounts, officers
from governance.services.officers import Person, Two
from governance.services.roles import DECIDING
from governance.services.second_step import (
    OVER,
    SEALED,
    Passed,
    Waits,
    Wrong,
    answer,
    count,
    is_on,
    left_of,
    new_codes,
    require_fresh,
    tell,
)
from governance.store.accounts import RecoveryCode, SecondStep
from governance.store.members import Member, MemberRole
from governance.store.vault import vault


@dataclass(frozen=True, slots=True)
class State:
    """Somebody's second step: since when it is set up (None: it is not), recovery codes left, whether a role needs it."""

    since: datetime | None
    left: int
    needed: bool


def renew(session: Session, token: str, *, now: datetime) -> Sequence[str]:
    """Ten new recovery codes; the old ones are good no more.

    Raises:
        NotPermittedError: The session is over, or nothing is set up.
        RuleError: It was passed too long ago.
        TooOftenError: It was changed too often today.
    """
    who = require_fresh(session, token, now)
    if not is_on(session, who.id):
        raise NotPermittedError(OVER)
    count(session, who.id, now)
    codes = new_codes(session, who.id)
    officers.note(session, who.id, "made new recovery codes", now=now)
    tell(session, who, "You made new recovery codes; the old ones are good no more.", now)
    return codes


def switch_off(session: Session, token: str, typed: str, *, now: datetime) -> Passed | Wrong | Waits:
    """Do without it again, with a code.

    Raises:
        NotPermittedError: The session is over, or nothing is set up.
        RuleError: They have a role that needs it.
        TooOftenError: It was changed too often today.
    """
    found = accounts.browser(session, token, now=now)
    if found is None or found.waits:
        raise NotPermittedError(OVER)
    if rules.is_needed(found.person.roles):
        msg = "Your role needs the second step, so it cannot be switched off."
        raise RuleError(msg)
    told = answer(session, token, typed, now=now)
    if isinstance(told, Passed):
        count(session, found.person.id, now)
        remove(session, found.person.id)
        officers.note(session, found.person.id, "switched the second step off", now=now)
        tell(session, found.person, "The second step for signing in is switched off: a mail is enough again.", now)
    return told


def check_reset(session: Session, member: str) -> None:
    """Check that somebody's second step can be reset.

    Raises:
        NotPermittedError: There is no such active member.
        RuleError: They have none.
    """
    who = officers.person(session, member)
    if not is_on(session, member):
        msg = f"{who.name} has no second step that could be reset."
        raise RuleError(msg)


def reset(session: Session, by: str | Two, member: str, *, now: datetime, why: str = "") -> None:
    """Take a lost device away: they sign in by mail alone, and whoever needs a second step sets one up anew.

    Raises:
        NotPermittedError: It is neither two of those who decide, apart from them, nor a command.
        RuleError: They have none.
    """
    if by != officers.COMMAND:
        if not isinstance(by, Two):
            msg = "Two people reset somebody's second step: ask for it, and somebody else approves."
            raise NotPermittedError(msg)
        officers.require_two(session, by, *DECIDING)
        if member in (by.asked, by.approved):
            msg = "Somebody else has to reset your second step."
            raise NotPermittedError(msg)
    check_reset(session, member)
    who = officers.person(session, member)
    remove(session, member)
    accounts.sign_out_everywhere(session, member)
    officers.note(session, by, f"reset the second step of {member}", now=now, why=why)
    tell(
        session, who, "Your second step for signing in was reset, because somebody said that you lost the device.", now
    )


def remove(session: Session, member: str) -> None:
    """Take away a second step with its recovery codes, if there is one; nobody is asked or told."""
    session.execute(delete(RecoveryCode).filter_by(member_id=member))
    session.execute(delete(SecondStep).filter_by(member_id=member))


# ---- what is -------------------------------------------------------------------------------------------------------


def state(session: Session, member: str) -> State:
    """Somebody's own second step.

    Raises:
        NotPermittedError: There is no such active member.
    """
    row = session.get(SecondStep, member)
    needed = rules.is_needed(officers.person(session, member).roles)
    return State(row.since if row else None, left_of(session, member), needed)


def mark(session: Session, member: str) -> str:
    """What a request to reset it is about: another one is not meant."""
    row = session.get(SecondStep, member)
    return f"second step {row.since.isoformat()}" if row else "no second step"


def officials(session: Session, by: str) -> list[tuple[Person, datetime | None]]:
    """Everybody who needs one, by name, and since when they have it.

    Raises:
        NotPermittedError: Neither an officer nor the secretariat asks.
    """
    officers.require(session, by, *DECIDING)
    ids = session.scalars(
        select(Member.id)
        .where(Member.id.in_(select(MemberRole.member_id)), Member.status == Status.ACTIVE)
        .order_by(Member.name, Member.id)
    ).all()
    since = {
        row.member_id: row.since for row in session.scalars(select(SecondStep).where(SecondStep.member_id.in_(ids)))
    }
    return [(officers.person(session, one), since.get(one)) for one in ids]


def shown(session: Session, *, now: datetime) -> list[tuple[str, str]]:
    """What everybody's authenticator shows now, by address: for a demonstration, whose mail is a page, and nothing else."""
    rows = session.execute(select(Member.email, SecondStep.secret).join(Member).order_by(Member.email))
    box, here = vault(session), rules.step_of(now)
    return [(email, rules.code(box.open(SEALED, secret), here)) for email, secret in rows]
