"""People's authenticators: the second step passed for real, by the services and the library that apps agree with."""

from base64 import b32decode
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.services import accounts, second_step
from governance.services.officers import Person
from governance.services.second_step import Made, Passed
from governance.store.accounts import SecondStep
from governance.store.journal import Letter


def shows(secret: bytes, now: datetime) -> str:
    """What a device shows."""
    return TOTP(secret, 6, SHA1(), 30).generate(int(now.timestamp())).decode()  # noqa: S303  what apps agree on


def begun(session: Session, member: str, now: datetime) -> str:
    """The secret of a session in which the mail was read, and nothing else is done; no mail is sent."""
    asked = accounts.invite(session, member, now=now)
    return accounts.redeem_link(session, asked.link, asked.ticket, now=now)


def signed_in(session: Session, token: str, *, now: datetime) -> Person | None:
    """Who is signed in with a cookie; None if nobody is (any more), or a second step is still to be passed."""
    found = accounts.browser(session, token, now=now)
    return None if found is None or found.waits else found.person


def typed_in(session: Session, token: str, now: datetime) -> bytes:
    """The secret of what is being set up in a session, as somebody types it into a device."""
    return b32decode(second_step.proposal(session, token, now=now).secret.replace(" ", ""))


def set_up(session: Session, token: str, now: datetime) -> tuple[bytes, Made]:
    """A new device; its mails have gone out."""
    before = set(session.scalars(select(Letter.id)))
    secret = typed_in(session, token, now)
    made = second_step.set_up(session, token, shows(secret, now), now=now)
    assert isinstance(made, Made)
    session.execute(delete(Letter).where(Letter.id.not_in(before)))
    return secret, made


def rested(session: Session, member: str) -> None:
    """Half a minute passes for one device alone: clocks of tests stand still, and no code is good twice."""
    session.get_one(SecondStep, member).last = 0


def in_full(session: Session, authenticators: dict[str, bytes], member: str, now: datetime) -> str:
    """The secret of a session in which both steps were passed, if the second one is needed."""
    token = begun(session, member, now)
    if signed_in(session, token, now=now) is not None:
        return token
    if not second_step.is_on(session, member):
        authenticators[member], made = set_up(session, token, now)
        return made.token
    rested(session, member)
    passed = second_step.answer(session, token, shows(authenticators[member], now), now=now)
    assert isinstance(passed, Passed)
    return passed.token
