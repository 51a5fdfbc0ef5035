"""Who may do what: roles beside that of a member, given and taken away, each in the log.

Roles that decide (officer, secretariat) take two people, or a command of whoever runs the server: else one person could
make the second one up.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.capacity import Kind
from governance.domain.membership import Status
from governance.domain.phases import OVER
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import elections, officers
from governance.services.accounts import sign_out_everywhere
from governance.services.officers import Person, Two
from governance.store.members import Member, MemberRole

DECIDING = (Role.OFFICER, Role.SECRETARIAT)


def grant(session: Session, by: str | Two, member: str, role: Role, *, now: datetime, why: str = "") -> None:
    """Give somebody a role.

    Raises:
        NotPermittedError: As `may_change`.
        RuleError: As `check_grant`.
    """
    may_change(session, by, member, role)
    check_grant(session, member, role)
    if session.get(MemberRole, (member, role)) is None:
        session.add(MemberRole(member_id=member, role=role))
        officers.note(session, by, f"made {member} {role}", now=now, why=why)
        sign_out_everywhere(session, member)  # a session begun with fewer rights lives longer


def revoke(session: Session, by: str | Two, member: str, role: Role, *, now: datetime, why: str = "") -> None:
    """Take a role away, at once.

    Raises:
        NotPermittedError: As `may_change`.
        RuleError: As `check_revoke`; by command, even the last one can be taken away.
    """
    may_change(session, by, member, role)
    check_revoke(session, member, role, last=by == officers.COMMAND)
    session.delete(session.get_one(MemberRole, (member, role)))
    officers.note(session, by, f"{member} is no longer {role}", now=now, why=why)
    sign_out_everywhere(session, member)


def may_change(session: Session, by: str | Two, member: str, role: Role) -> None:
    """Check who changes a role.

    Raises:
        NotPermittedError: An officer or the secretariat has to do it, two of them if the role decides, and nobody
            for themselves.
    """
    if by == officers.COMMAND:
        return
    if isinstance(by, Two):
        officers.require_two(session, by, *DECIDING)
    else:
        officers.require(session, by, *DECIDING)
    if member in ((by.asked, by.approved) if isinstance(by, Two) else (by,)):
        msg = "Somebody else has to change your roles."
        raise NotPermittedError(msg)
    if role in DECIDING and not isinstance(by, Two):
        msg = "This role decides, so two people give it or take it away: ask for it, and somebody else approves."
        raise NotPermittedError(msg)


def check_grant(session: Session, member: str, role: Role) -> None:
    """Check that somebody can have a role.

    Raises:
        NotPermittedError: There is no such active member.
        RuleError: Every member is a member; or they stand, or make the codes, in an election that is not over.
    """
    _not_member(role)
    who = officers.person(session, member)
    if session.get_one(Member, member).kind is Kind.ORGANISATION:
        msg = f"{who.name} is an organisation, and a role is a person's: give it to the delegate as a member in person."
        raise RuleError(msg)
    if role not in DECIDING:
        return
    for shown in elections.every(session):
        if shown.phase in OVER:
            continue
        standing = (one.member for contest in shown.draft.contests for one in contest.candidates)
        if role is Role.OFFICER and member in standing:
            msg = f"{who.name} stands in “{shown.title}”: a returning officer cannot stand."
            raise RuleError(msg)
        if shown.draft.registrar == member:
            msg = f"{who.name} is the registrar of “{shown.title}”, and makes its codes apart from those who decide."
            raise RuleError(msg)


def check_revoke(session: Session, member: str, role: Role, *, last: bool = False) -> None:
    """Check that somebody can lose a role.

    Args:
        session: The database.
        member: Who would lose it.
        role: Which.
        last: Whether nobody has to be left who has it.

    Raises:
        RuleError: They do not have it, or are the last one who has a role that decides.
    """
    _not_member(role)
    if session.get(MemberRole, (member, role)) is None:
        msg = f"They are not {role}."
        raise RuleError(msg)
    if not last and role in DECIDING and {one.id for one in with_role(session, role)} <= {member}:
        msg = f"Nobody else has the role of {role}: give it to somebody first."
        raise RuleError(msg)


def _not_member(role: Role) -> None:
    if role is Role.MEMBER:
        msg = "Every member is a member: change the membership instead."
        raise RuleError(msg)


def with_role(session: Session, role: Role) -> list[Person]:
    """Everybody who has a role, by name."""
    ids = session.scalars(
        select(Member.id)
        .join(MemberRole)
        .filter_by(role=role)
        .where(Member.status == Status.ACTIVE)
        .order_by(Member.name)
    )
    return [officers.person(session, one) for one in ids]
