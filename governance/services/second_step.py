"""The second step of signing in: set up, passed, lost, reset (docs/adr/0003).

What a wrong code costs must be committed, so a wrong code is an answer (`Wrong`, `Waits`), not an error. Whoever has not
passed it is not signed in; all that changes it asks for it anew, so that a browser that was left open changes nothing.
"""

import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from governance.domain import limits
from governance.domain import second_step as rules
from governance.errors import NotPermittedError, RuleError
from governance.services import accounts, officers, often, post
from governance.services.accounts import Browser
from governance.services.officers import Person
from governance.services.roles import DECIDING
from governance.store.accounts import RecoveryCode, SecondStep, SignedIn
from governance.store.members import Member
from governance.store.vault import Vault, vault

SEALED = "second step"
"""The purpose under which a secret is encrypted."""
OVER = "You are no longer signed in. Please sign in again."
STALE = "To change this, pass the second step once more first."


@dataclass(frozen=True, slots=True)
class Passed:
    """It was passed.

    Attributes:
        token: The session's secret from now on.
        left: How many recovery codes are left, if one was used.
    """

    token: str = field(repr=False)
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """The code was wrong; after `left` more the session ends, at 0 it has ended.

    Attributes:
        left: How many more may be typed here.
        used: It was right, and was used before.
    """

    left: int
    used: bool = False


@dataclass(frozen=True, slots=True)
class Waits:
    """Wrong codes were typed too often: those of the authenticator are taken again at `until`, recovery codes now."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an authenticator has to know: as an address for a QR code, and as text."""

    address: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """It is set up; the recovery codes are shown once."""

    token: str = field(repr=False)
    codes: Sequence[str] = field(repr=False)


# ---- setting it up ---------------------------------------------------------------------------------------------------


def proposal(session: Session, token: str, *, now: datetime) -> Proposal:
    """What the authenticator has to know; nothing is stored: it follows from the session until a code confirms it.

    Raises:
        NotPermittedError: The session is over, or has to pass the second step that there is.
    """
    who = _may_set_up(session, token, now).person
    secret = _proposed(session, token)
    where = rules.address(secret, who.email, officers.organisation(session).name)
    return Proposal(where, rules.grouped(b32encode(secret).decode()))


def set_up(session: Session, token: str, typed: str, *, now: datetime) -> Made | Wrong:
    """Set it up, or move it to another device; every other session of theirs ends.

    Args:
        session: The database.
        token: The session's secret; `Made` has another one.
        typed: The code that the authenticator shows. It counts as used.
        now: The time.

    Raises:
        NotPermittedError: As `proposal`.
        RuleError: It was passed too long ago to move it.
        TooOftenError: It was changed too often today.
    """
    who = _may_set_up(session, token, now).person
    before = session.get(SecondStep, who.id, with_for_update=True)
    if before is not None:
        require_fresh(session, token, now)
    secret = _proposed(session, token)
    step = rules.find(secret, rules.digits(typed), now)
    if step is None:
        return Wrong(rules.TRIES)
    count(session, who.id, now)
    row = before or SecondStep(member_id=who.id)
    row.secret, row.last, row.since = vault(session).seal(SEALED, secret), step, now
    session.add(row)
    new = accounts.renewed(session, token, now=now)
    accounts.sign_out_everywhere(session, who.id, but=new)
    codes = new_codes(session, who.id)
    what = "moved the second step to another device" if before else "set up a second step"
    officers.note(session, who.id, what, now=now)
    told = "You have set up a second step for signing in" if before is None else "Your second step is on another device"
    tell(session, who, f"{told}: an authenticator app, and {rules.RECOVERY_CODES} recovery codes.", now)
    return Made(new, codes)


def _may_set_up(session: Session, token: str, now: datetime) -> Browser:
    """Whoever has none yet, or has passed the one they have: else the mailbox alone would be enough again."""
    found = _browser(session, token, now)
    if found.waits and is_on(session, found.person.id):
        raise NotPermittedError(OVER)
    return found


def _browser(session: Session, token: str, now: datetime) -> Browser:
    found = accounts.browser(session, token, now=now)
    if found is None:
        raise NotPermittedError(OVER)
    return found


def require_fresh(session: Session, token: str, now: datetime) -> Person:
    """Whoever has passed it lately in this session.

    Raises:
        NotPermittedError: The session is over.
        RuleError: It was passed too long ago.
    """
    found = _browser(session, token, now)
    if found.waits:
        raise NotPermittedError(OVER)
    if not rules.is_fresh(found.passed, now):
        raise RuleError(STALE)
    return found.person


def _proposed(session: Session, token: str) -> bytes:
    """Of a session that has not been set up in; setting up gives the session another secret, so none comes twice."""
    return vault(session).tag("second step to be", token)[: rules.SECRET]


def count(session: Session, member: str, now: datetime) -> None:
    """Count one more change of somebody's second step.

    Raises:
        TooOftenError: It was changed too often today.
    """
    if not often.count(session, limits.SECOND_STEP, member, now):
        raise limits.SECOND_STEP.refuse()


# ---- passing it ------------------------------------------------------------------------------------------------------


def answer(session: Session, token: str, typed: str, *, now: datetime) -> Passed | Wrong | Waits:
    """Pass it: with the code that the authenticator shows, or a recovery code. Commit in any case.

    Args:
        session: The database.
        token: The session's secret; if it had not passed before, `Passed` has another one.
        typed: As it was typed.
        now: The time.

    Raises:
        NotPermittedError: The session is over, or there is nothing to pass.
    """
    found = _browser(session, token, now)
    row = session.get(SecondStep, found.person.id, with_for_update=True)
    if row is None:
        raise NotPermittedError(OVER)
    digits = rules.digits(typed)
    if len(digits) == rules.RECOVERY_DIGITS:
        return _recover(session, found, token, digits, now)
    until = _blocked(session, found.person.id, now)
    if until is not None:
        return Waits(until)
    step = rules.find(vault(session).open(SEALED, row.secret), digits, now)
    if step is None or step <= row.last:
        return _wrong(session, found.person, token, now, used=step is not None)
    row.last = step
    return Passed(_passed(session, found, token, now))


def _passed(session: Session, found: Browser, token: str, now: datetime) -> str:
    if found.waits:
        return accounts.renewed(session, token, now=now)
    row = session.get_one(SignedIn, accounts.session_tag(session, token))
    row.passed, row.tries = now, 0
    return token


def _recover(session: Session, found: Browser, token: str, digits: str, now: datetime) -> Passed | Wrong:
    who = found.person
    used = session.get(RecoveryCode, _digest(vault(session), who.id, digits), with_for_update=True)
    if used is None:
        return _wrong(session, who, token, now)
    session.delete(used)
    session.flush()
    left = left_of(session, who.id)
    officers.note(session, who.id, f"passed the second step with a recovery code ({left} left)", now=now)
    tell(session, who, f"You signed in with one of your recovery codes. {left} are left.", now)
    return Passed(_passed(session, found, token, now), left)


def _wrong(session: Session, who: Person, token: str, now: datetime, *, used: bool = False) -> Wrong:
    """Count it, for the session and the person; the log says when nobody could type so many by mistake."""
    often.count(session, limits.WRONG_CODE, who.id, now)
    counted = often.count(session, limits.WRONG_CODES, who.id, now)
    if counted and often.reached(session, limits.WRONG_CODES, who.id, now):
        times = limits.WRONG_CODES.times
        officers.note(session, who.id, f"{times} wrong codes were typed at the second step today", now=now)
    row = session.get_one(SignedIn, accounts.session_tag(session, token))
    row.tries += 1
    left = max(rules.TRIES - row.tries, 0)
    if not left:
        session.delete(row)
    return Wrong(left, used)


def _blocked(session: Session, member: str, now: datetime) -> datetime | None:
    """Until when the authenticator's codes are not taken."""
    reached = [one for one in (limits.WRONG_CODE, limits.WRONG_CODES) if often.reached(session, one, member, now)]
    return max((one.start(now) + one.window for one in reached), default=None)


# ---- what is, and who is told ------------------------------------------------------------------------------------------


def is_on(session: Session, member: str) -> bool:
    """Whether somebody has set one up."""
    return session.get(SecondStep, member) is not None


def new_codes(session: Session, member: str) -> Sequence[str]:
    """Recovery codes for somebody; the ones before are good no more."""
    session.execute(delete(RecoveryCode).filter_by(member_id=member))
    box, numbers = vault(session), set[int]()
    while len(numbers) < rules.RECOVERY_CODES:
        numbers.add(secrets.randbelow(10**rules.RECOVERY_DIGITS))
    codes = [rules.recovery_code(number) for number in numbers]
    for code in codes:
        session.add(RecoveryCode(digest=_digest(box, member, rules.digits(code)), member_id=member))
    return codes


def _digest(box: Vault, member: str, digits: str) -> bytes:
    return box.tag("recovery code", member, digits)


def left_of(session: Session, member: str) -> int:
    """How many recovery codes somebody has left."""
    return session.scalar(select(func.count()).select_from(RecoveryCode).filter_by(member_id=member)) or 0


def tell(session: Session, who: Person, what: str, now: datetime) -> None:
    """Mail them; of those who decide, mail the others too: the person's own mailbox may be in other hands."""
    ours = officers.organisation(session)
    text = (
        f"Dear {who.name},\n\n{what}\n\nIf that was you, there is nothing to do. If it was not, tell us at once:\n\n"
        f"{ours.contact}\n"
    )
    post.queue(session, who.email, "Your second step for signing in", text, now=now)
    if not who.roles.intersection(DECIDING):
        return
    text = (
        f"This was mailed to {who.name}, of {ours.name}:\n\n{what}\n\n"
        f"You get it because you decide with them. If you think that it was not {who.name}, do not ask by mail: "
        "somebody else may read it. Two of you can take the role away, or reset the second step.\n"
    )
    others = officers.deciders(session) - {who.id}
    for address in session.scalars(select(Member.email).where(Member.id.in_(others)).order_by(Member.id)):
        post.queue(session, address, f"The second step of {who.name}", text, now=now)


def shown_to_be(session: Session, token: str, *, now: datetime) -> str:
    """The same of what is being set up in a session: for a demonstration, and nothing else."""
    _may_set_up(session, token, now)
    return rules.code(_proposed(session, token), rules.step_of(now))
