"""What an election gives to the rules beside the members' list: who runs it, and who stands in it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.draft import Draft
from governance.domain.person import Around
from governance.domain.signing_in import Role
from governance.services import members
from governance.store.members import Member, MemberRole


def around(session: Session, draft: Draft) -> Around:
    """The officials of an election by their ids, and the members who stand in it."""
    officials: dict[str, list[str]] = {}
    for one in session.scalars(select(MemberRole.member_id).filter_by(role=Role.OFFICER)):
        officials.setdefault(one, []).append(Role.OFFICER)
    for one, role in [*((t, Role.TRUSTEE) for t in draft.trustees), (draft.registrar, Role.REGISTRAR)]:
        officials.setdefault(one, []).append(role)
    asked = {c.member for contest in draft.contests for c in contest.candidates if c.member}
    standing = sorted(session.scalars(select(Member.id).where(Member.id.in_(asked))))
    people = tuple(members.facts(session, one) for one in standing)
    return Around({one: tuple(roles) for one, roles in officials.items()}, people)
