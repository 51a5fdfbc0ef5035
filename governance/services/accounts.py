"""Signing in by a mailed link or six digits, and sessions.

The answer to a request is the same for every address, known or not. What a wrong code costs must be committed, so a wrong
code is an answer (`Wrong`), not an error.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.domain import limits, second_step, signing_in
from governance.domain.membership import Status, address
from governance.domain.signing_in import ATTEMPTS, DIGITS, GONE, LINK_LIFE, Purpose, Request
from governance.errors import NotFoundError
from governance.services import officers, often, post
from governance.services.officers import Person
from governance.store.accounts import SecondStep, SignedIn, SignIn
from governance.store.members import Member
from governance.store.vault import Vault, vault

TOKEN = 32
"""Random bytes of tickets, links and sessions."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """The digits were wrong; `left` is how many more may be typed for this request."""

    left: int


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser in which somebody has passed the first step.

    Attributes:
        person: Who.
        passed: When they passed the second step last; None if they have not, or need none.
        waits: They still have to: until then nobody is signed in there.
    """

    person: Person
    passed: datetime | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """The three secrets of a request: the asking browser's, the mail's, and the six digits of both."""

    ticket: str
    link: str
    digits: str


@dataclass(frozen=True, slots=True)
class Link:
    """What a link shows; looking uses nothing up.

    Attributes:
        here: It was opened in the browser that asked: a button there redeems it.
        digits: Else, what to type where one asked.
    """

    here: bool
    digits: str


# ---- asking ----------------------------------------------------------------------------------------------------------


def request_sign_in(
    session: Session,
    email: str,
    url: str,
    *,
    now: datetime,
    origin: str = "",
    purpose: Purpose = Purpose.SIGN_IN,
) -> str:
    """Send a link and six digits to an address, if a member has it.

    Args:
        session: The database.
        email: As it was typed.
        url: Where the link leads, with `{}` in place of the link's secret.
        now: The time.
        origin: Where the request came from, if it is known: too many from one place are refused.
        purpose: What the link is good for.

    Returns:
        A ticket for the asking browser's cookie; the same kind of answer whether or not the address is known.

    Raises:
        TooOftenError: Too many requests came from this place, for whatever addresses.
    """
    if origin and not often.count(session, limits.ASK, origin, now):
        raise limits.ASK.refuse()
    member = session.scalar(select(Member).filter_by(address=address(email), status=Status.ACTIVE))
    here = f"{origin} {address(email)}" if origin else address(email)
    few = often.count(session, limits.MAIL, here, now) and often.count(session, limits.MAIL_IN_ALL, address(email), now)
    wanted = few and member is not None
    asked = _request(session, member.id if member is not None and wanted else None, purpose, now)
    if member is not None and wanted:
        name = officers.organisation(session).name
        mail = _sign_in_mail(name, url.format(asked.link), asked.digits)
        post.queue(session, member.email, *mail, now=now, expires=now + LINK_LIFE)
    return asked.ticket


def invite(session: Session, member: str, *, now: datetime) -> Invitation:
    """Let somebody sign in without a mail: for commands of whoever runs the server, and never for a page."""
    return _request(session, officers.person(session, member).id, Purpose.SIGN_IN, now)


def _request(session: Session, member: str | None, purpose: Purpose, now: datetime) -> Invitation:
    _clear(session, now)
    ticket, link = secrets.token_urlsafe(TOKEN), secrets.token_urlsafe(TOKEN)
    box = vault(session)
    digits = _digits(box, link)
    session.add(
        SignIn(
            ticket=box.tag("ticket", ticket),
            link=box.tag("link", link),
            digits=box.tag("digits", ticket, digits),
            member_id=member,
            purpose=purpose,
            expires=now + LINK_LIFE,
            attempts=0,
            used=False,
        )
    )
    return Invitation(ticket, link, digits)


def _sign_in_mail(name: str, link: str, digits: str) -> tuple[str, str]:
    minutes = int(LINK_LIFE.total_seconds()) // 60
    text = (
        f"Somebody asked to sign in to {name} with this address.\n\n"
        f"Open this link in the browser in which you asked:\n\n{link}\n\n"
        f"or type these six digits there:\n\n{digits}\n\n"
        f"Both are good for {minutes} minutes, once. If it was not you, do nothing: nobody can sign in without this mail.\n"
    )
    return f"{digits} is your code to sign in", text


def _digits(box: Vault, link: str) -> str:
    """Six digits that follow from a link, so that a link opened elsewhere can show them and nobody keeps them."""
    return f"{int.from_bytes(box.tag('six digits', link), 'big') % 10**DIGITS:0{DIGITS}}"


def _clear(session: Session, now: datetime) -> None:
    session.execute(delete(SignIn).where(SignIn.expires <= now))
    session.execute(delete(SignedIn).where(SignedIn.expires <= now))
    often.clear(session, now)


# ---- redeeming -------------------------------------------------------------------------------------------------------


def look_at_link(
    session: Session, link: str, ticket: str, *, now: datetime, purpose: Purpose = Purpose.SIGN_IN
) -> Link:
    """What to show to whoever opened a link; nothing is used up.

    Args:
        session: The database.
        link: The link's secret.
        ticket: From the browser's cookie; empty if it has none.
        now: The time.
        purpose: What the link must be for.

    Raises:
        NotFoundError: The link is unknown, old, used, or was made for something else.
    """
    row = _by_link(session, link)
    _check(row, purpose, now)
    box = vault(session)
    return Link(here=row is not None and row.ticket == box.tag("ticket", ticket), digits=_digits(box, link))


def redeem_link(session: Session, link: str, ticket: str, *, now: datetime) -> str:
    """Sign in with a link, in the browser that asked; gives the session's secret for its cookie.

    Raises:
        NotFoundError: The link is unknown, old or used, or another browser asked.
    """
    row = _by_link(session, link)
    signed_in = _check(row, Purpose.SIGN_IN, now)
    if signed_in.ticket != vault(session).tag("ticket", ticket):
        raise NotFoundError(GONE)
    return _redeem(session, signed_in, now)


def redeem_code(session: Session, ticket: str, digits: str, *, now: datetime) -> str | Wrong:
    """Sign in with six digits, in the browser that asked.

    Returns:
        The session's secret for its cookie, or that the digits were wrong, or wrong too often today, which sounds the
        same: commit in either case.

    Raises:
        NotFoundError: This browser asked for none, or they are old, used, or were tried too often.
    """
    box = vault(session)
    row = session.get(SignIn, box.tag("ticket", ticket), with_for_update=True)
    request = _check(row, Purpose.SIGN_IN, now)
    request.attempts += 1
    typed = "".join(letter for letter in digits if letter.isdigit())
    member, right = request.member_id, request.digits == box.tag("digits", ticket, typed)
    if member is None or not right or often.reached(session, limits.WRONG, member, now):
        if member is not None:
            often.count(session, limits.WRONG, member, now)
        return Wrong(ATTEMPTS - request.attempts)
    return _redeem(session, request, now)


def _by_link(session: Session, link: str) -> SignIn | None:
    return session.scalar(select(SignIn).filter_by(link=vault(session).tag("link", link)).with_for_update())


def _check(row: SignIn | None, purpose: Purpose, now: datetime) -> SignIn:
    known = None if row is None else Request(row.purpose, row.expires, row.attempts, row.used)
    signing_in.check(known, purpose, now)
    assert row is not None  # noqa: S101  the rule has just refused None
    return row


def _redeem(session: Session, request: SignIn, now: datetime) -> str:
    request.used = True
    if request.member_id is None:
        raise NotFoundError(GONE)
    who = officers.person(session, request.member_id)
    token = secrets.token_urlsafe(TOKEN)
    expires = now + signing_in.session_life(who.roles)
    session.add(SignedIn(token=session_tag(session, token), member_id=who.id, since=now, expires=expires))
    return token


# ---- sessions --------------------------------------------------------------------------------------------------------


def browser(session: Session, token: str, *, now: datetime) -> Browser | None:
    """Whose browser holds a cookie; None if its session is over, or the membership."""
    row = session.get(SignedIn, session_tag(session, token))
    if row is None or now >= row.expires:
        return None
    member = session.get(Member, row.member_id)
    if member is None or member.status is not Status.ACTIVE:
        return None
    who = officers.person(session, row.member_id)
    waits = row.passed is None and (second_step.is_needed(who.roles) or session.get(SecondStep, who.id) is not None)
    return Browser(who, row.passed, waits)


def renewed(session: Session, token: str, *, now: datetime) -> str:
    """Another secret for the same session, which has just passed the second step; the old one is good no more."""
    row = session.get_one(SignedIn, session_tag(session, token))
    new = secrets.token_urlsafe(TOKEN)
    tag = session_tag(session, new)
    session.add(SignedIn(token=tag, member_id=row.member_id, since=row.since, expires=row.expires, passed=now, tries=0))
    session.delete(row)
    session.flush()
    return new


def sign_out(session: Session, token: str) -> None:
    """End a session; one that has ended already is no error."""
    session.execute(delete(SignedIn).filter_by(token=session_tag(session, token)))


def sign_out_everywhere(session: Session, member: str, *, but: str = "") -> None:
    """End every session of a member, but the one with this secret, and every link on its way."""
    kept = session_tag(session, but)
    session.execute(delete(SignedIn).where(SignedIn.member_id == member, SignedIn.token != kept))
    session.execute(delete(SignIn).filter_by(member_id=member))


def session_tag(session: Session, token: str) -> bytes:
    """What the database keeps of a session's secret."""
    return vault(session).tag("session", token)
