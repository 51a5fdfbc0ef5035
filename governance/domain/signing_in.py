"""Rules of sign-in: how long links, codes and sessions live, how many digits may be tried, what a link shows where.

A link is single-use and works in the browser that asked for it; opened elsewhere (another device, an app's own browser)
it shows six digits to type where one asked. Looking at a link uses nothing up: mail scanners follow links.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from governance.errors import NotFoundError

LINK_LIFE = timedelta(minutes=20)
ATTEMPTS = 5
"""How many times six digits may be typed for one request."""
DIGITS = 6


class Role(StrEnum):
    """What somebody may do; everybody on the list is a member."""

    MEMBER = "member"
    OFFICER = "officer"
    REGISTRAR = "registrar"
    TRUSTEE = "trustee"
    SECRETARIAT = "secretariat"
    APPOINTER = "appointer"
    """Of the appointing authority."""


SESSION_LIFE = timedelta(hours=12)
OFFICIAL_LIFE = timedelta(hours=4)
"""A session of whoever has a role beside member."""


def session_life(roles: frozenset[Role]) -> timedelta:
    """How long somebody stays signed in; nothing prolongs it."""
    return OFFICIAL_LIFE if roles - {Role.MEMBER} else SESSION_LIFE


class Purpose(StrEnum):
    """What a link is for; it is good for nothing else."""

    SIGN_IN = "sign-in"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands."""

    purpose: Purpose
    expires: datetime
    attempts: int
    used: bool


GONE = "This link or code is no longer good. Please ask for a new one."


def check(request: Request | None, purpose: Purpose, now: datetime) -> None:
    """Check that a request can still be redeemed.

    Raises:
        NotFoundError: It cannot; the sentence does not say why, so that nothing can be learnt from it.
    """
    if request is None or request.used or request.purpose is not purpose or now >= request.expires:
        raise NotFoundError(GONE)
    if request.attempts >= ATTEMPTS:
        raise NotFoundError(GONE)
