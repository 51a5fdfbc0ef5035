"""Who may do what, and the log of what officials did: append-only, each line with who, what, when and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.membership import Status
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, NotPermittedError
from governance.store.journal import Deed
from governance.store.members import Member, MemberRole, Organisation

CLOCK = "clock"
"""Who opens and closes."""
COMMAND = "command"
"""Whoever runs commands on the server: may do what an officer may."""

NAMES = {
    Role.OFFICER: "returning officers",
    Role.REGISTRAR: "the registrar",
    Role.TRUSTEE: "trustees",
    Role.SECRETARIAT: "the secretariat",
    Role.APPOINTER: "the appointing authority",
    Role.MEMBER: "members",
}


@dataclass(frozen=True, slots=True)
class Two:
    """Two people, for what cannot be undone: who asked for it, and who approved it."""

    asked: str
    approved: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member and what they may do."""

    id: str
    name: str
    email: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log."""

    number: int
    """Its place in the whole log."""
    at: datetime
    who: str
    """A name, or “clock”, or “command”."""
    second: str
    """The name of whoever approved it; empty where nobody had to."""
    what: str
    election: str
    why: str


def organisation(session: Session) -> Organisation:
    """The one organisation.

    Raises:
        NotFoundError: The installation has not been set up.
    """
    found = session.get(Organisation, 1)
    if found is None:
        msg = "This installation has not been set up yet."
        raise NotFoundError(msg)
    return found


def person(session: Session, member: str) -> Person:
    """A member who may act.

    Raises:
        NotPermittedError: There is no such member, or the membership is not active.
    """
    row = session.get(Member, member)
    if row is None or row.status is not Status.ACTIVE or member in (COMMAND, CLOCK):
        msg = "This membership is not active."
        raise NotPermittedError(msg)
    roles = session.scalars(select(MemberRole.role).filter_by(member_id=member))
    return Person(row.id, row.name, row.email, frozenset({Role.MEMBER, *roles}))


def require(session: Session, by: str, *roles: Role) -> None:
    """Check that somebody has one of these roles.

    Raises:
        NotPermittedError: They have none of them.
    """
    if by == COMMAND:
        return
    if not person(session, by).roles.intersection(roles):
        msg = f"Only {' or '.join(NAMES[role] for role in roles)} can do this."
        raise NotPermittedError(msg)


def require_two(session: Session, by: Two, *asking: Role) -> None:
    """Check that an officer (or one of the roles that are given) asked, and somebody else who decides approved.

    Raises:
        NotPermittedError: It is one person, or one of them has no such role.
    """
    if COMMAND in (by.asked, by.approved):
        msg = "This cannot be undone, so two people have to be named: who asks for it, and who approves it."
        raise NotPermittedError(msg)
    require(session, by.asked, *(asking or (Role.OFFICER,)))
    require(session, by.approved, Role.OFFICER, Role.SECRETARIAT)
    if by.asked == by.approved:
        msg = "Nobody approves what they asked for: it takes a second person."
        raise NotPermittedError(msg)


def deciders(session: Session) -> set[str]:
    """Ids of those who may approve what cannot be undone."""
    query = (
        select(MemberRole.member_id)
        .join(Member, Member.id == MemberRole.member_id)
        .where(MemberRole.role.in_((Role.OFFICER, Role.SECRETARIAT)), Member.status == Status.ACTIVE)
    )
    return set(session.scalars(query))


def names(session: Session, members: Collection[str]) -> dict[str, str]:
    """The names of members, by their ids."""
    rows = session.execute(select(Member.id, Member.name).where(Member.id.in_(members)))
    return {row.id: row.name for row in rows}


def name_and_address(session: Session, member: str) -> tuple[str, str]:
    """Name and address of a member; empty if there is none."""
    row = session.get(Member, member)
    return (row.name, row.email) if row else ("", "")


def called(session: Session, member: str) -> str:
    """Name and address of a member in one, for whoever decides about them; the id if there is none."""
    name, email = name_and_address(session, member)
    return f"{name} ({email})" if email else member


def note(
    session: Session, by: str | Two, what: str, *, now: datetime, election: str | None = None, why: str = ""
) -> None:
    """Write a line into the log."""
    who, second = (by.asked, by.approved) if isinstance(by, Two) else (by, None)
    session.add(Deed(at=now, who=who, second=second, what=what, election_id=election, why=why))


LINES = 200
"""Of the log, on one page."""


def log(
    session: Session, by: str, *, election: str | None = None, before: int | None = None, limit: int = LINES
) -> list[Line]:
    """The newest lines, for an officer or the secretariat; those older than a number of a line, where one is given.

    Raises:
        NotPermittedError: Somebody else asks.
    """
    require(session, by, Role.OFFICER, Role.SECRETARIAT)
    query = select(Deed).order_by(Deed.id.desc()).limit(limit)
    if election is not None:
        query = query.filter_by(election_id=election)
    if before is not None:
        query = query.where(Deed.id < before)
    deeds = session.scalars(query).all()
    known = names(session, {deed.who for deed in deeds} | {deed.second for deed in deeds if deed.second})

    def name(who: str | None) -> str:
        return known.get(who, who) if who else ""

    return [Line(d.id, d.at, name(d.who), name(d.second), d.what, d.election_id or "", d.why) for d in deeds]
