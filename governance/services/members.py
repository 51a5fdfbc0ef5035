"""The members' list: imported from a CSV file after a preview of what would change, exported disarmed."""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from governance.crypto.credentials import base32
from governance.domain import membership
from governance.domain.draft import BUILT_IN
from governance.domain.membership import Change, Mistake, Plan, Row, Status, address
from governance.domain.phases import OVER
from governance.domain.roll import Person
from governance.domain.signing_in import Role
from governance.domain.software import software
from governance.errors import NotFoundError, RuleError
from governance.services import elections, officers, post
from governance.services.accounts import sign_out_everywhere
from governance.store.members import Body, Member, MemberRole, Organisation
from governance.store.vault import Vault, vault

DECLARED = "declared attributes"
"""The purpose under which declarations are encrypted."""
_RANDOM = 8
_ID_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do; `digest` names exactly this, so that nothing else is applied."""

    plan: Plan
    digest: str


def set_up(session: Session, name: str | None, host: str | None, contact: str | None) -> None:
    """Name the one organisation, where its boards are published, and whom to ask for help; or rename it.

    What is None stays as it is.

    Raises:
        RuleError: The host cannot stand in the name of a log, or it is the first time and something is None.
    """
    row = session.get(Organisation, 1)
    if row is None:
        if name is None or host is None or contact is None:
            msg = "An organisation has a name, a host and a contact: the first time, give all three."
            raise RuleError(msg)
        row = Organisation(id=1)
    row.name = row.name if name is None else name
    row.host = row.host if host is None else host
    row.contact = row.contact if contact is None else contact
    if not row.host or any(letter.isspace() or letter == "+" for letter in row.host):
        msg = "The host has no spaces and no plus: it is part of the name of every board."
        raise RuleError(msg)
    session.add(row)


def set_software(session: Session, by: str, address: str | None, digest: str | None, *, now: datetime) -> None:
    """Say where auditors can get the software, and the SHA-256 of the verifier there.

    An empty address: it is no longer said. None: it stays as it is, but a SHA-256 does not outlive its address.

    Raises:
        NotFoundError: The installation has not been set up.
        RuleError: The address is no https address, or that of this server; the digest is none.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    row = officers.organisation(session)
    where = row.software if address is None else address
    kept = row.software_hash if where == row.software else ""
    told = software(where, kept if digest is None else digest, row.host)
    row.software, row.software_hash = told.address, told.digest
    what = "no longer says where the software can be had"
    if told.address:
        what = f"said that the software can be had at {told.address}, SHA-256 {told.digest or 'not given'}"
    officers.note(session, by, what, now=now)


def add_body(session: Session, by: str, body: str, name: str, *, now: datetime) -> None:
    """Add what is elected: an advisory group, a working group's chairs.

    Raises:
        RuleError: There is one of that id.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    if session.get(Body, body) is not None:
        msg = "There is a body of that id already."
        raise RuleError(msg)
    session.add(Body(id=body, name=name))
    officers.note(session, by, f"added the body {body}", now=now)


def bodies(session: Session) -> list[tuple[str, str]]:
    """(id, name) of every body."""
    return [(row.id, row.name) for row in session.scalars(select(Body).order_by(Body.name))]


def preview(session: Session, by: str, data: bytes) -> Preview:
    """What a CSV file would change, line by line; nothing is changed.

    Raises:
        NotPermittedError: Only the secretariat and officers may.
        MalformedError: The file is no CSV file with the columns that are needed.
    """
    officers.require(session, by, Role.SECRETARIAT, Role.OFFICER)
    plan = _without_erased(session, _without_impostors(membership.plan(membership.read(data), _rows(session))))
    if by != officers.COMMAND:
        plan = _sparing_officials(session, plan)
    told = [plan.additions, [(c.line, c.before, c.after) for c in plan.changes], plan.removals]
    digest = sha256(data + json.dumps(told, default=_told).encode()).hexdigest()
    return Preview(plan, digest)


def _without_impostors(plan: Plan) -> Plan:
    """Nobody has the id, or the name, by which the log and the rules know the command and the clock."""
    lines = [*plan.additions, *((change.line, change.after) for change in plan.changes)]
    wrong = [
        Mistake(line, f"“{word}” is not a member: the log calls something else so")
        for line, row in lines
        for word in {row.id, row.name.casefold()} & {officers.COMMAND, officers.CLOCK}
    ]
    return replace(plan, conflicts=(*plan.conflicts, *wrong))


def _without_erased(session: Session, plan: Plan) -> Plan:
    """Who left and was erased does not come back under the old id."""
    erased = set(session.scalars(select(Member.id).filter_by(email="")))
    why = "a member of this id left, and was erased after the time that is set for it: take the line out, or its id"
    wrong = [Mistake(line, why) for line, row in plan.additions if row.id in erased]
    return replace(plan, conflicts=(*plan.conflicts, *wrong))


def _sparing_officials(session: Session, plan: Plan) -> Plan:
    """Addresses, names and memberships of officials change by command alone: else one person could become two.

    Who is named in an election that is not over is one, even while the role is taken away.
    """
    holders = set(session.scalars(select(MemberRole.member_id)))
    for shown in elections.every(session):
        if shown.phase not in OVER:
            holders.update((*shown.draft.trustees, shown.draft.registrar))
    why = "{} has a role, or has one in an election, so whoever runs the server changes address, name and status"
    wrong = [
        Mistake(change.line, why.format(change.before.name))
        for change in plan.changes
        if change.before.id in holders and {"email", "name", "status", "kind"} & set(change.fields)
    ]
    removals = tuple(row for row in plan.removals if row.id not in holders)
    return replace(plan, conflicts=(*plan.conflicts, *wrong), removals=removals)


def apply(session: Session, by: str, data: bytes, digest: str, *, now: datetime, remove_missing: bool = False) -> Plan:
    """Do what a preview showed.

    Args:
        session: The database.
        by: Who does it.
        data: The same file.
        digest: Of the preview that was looked at.
        now: The time.
        remove_missing: Let the membership of everybody who is not in the file end.

    Raises:
        RuleError: There are mistakes or conflicts in the file, or the members changed since the preview.
    """
    now_seen = preview(session, by, data)
    plan = now_seen.plan
    if plan.mistakes or plan.conflicts:
        msg = f"{len(plan.mistakes) + len(plan.conflicts)} lines of the file need to be mended first."
        raise RuleError(msg)
    if now_seen.digest != digest:
        msg = "The file or the members have changed since the preview. Please look at it again."
        raise RuleError(msg)
    removals = plan.removals if remove_missing else ()
    box = vault(session)
    for _, row in plan.additions:
        session.add(_written(Member(id=row.id or _new_id(), entered=now), row, box, now))
    moved = [change for change in plan.changes if address(change.before.email) != address(change.after.email)]
    leaving = [change.before.id for change in plan.changes if change.after.status is not Status.ACTIVE]
    leaving += [change.before.id for change in moved]  # whoever reads the old mailbox is signed out
    leaving += [change.before.id for change in plan.changes if {"kind", "delegate"} & set(change.fields)]
    _tell(session, moved, now)
    for change in plan.changes:
        _written(_get(session, change.before.id), change.after, box, now)
    for row in removals:
        member = _get(session, row.id)
        member.status, member.changed = Status.LEFT, now
        leaving.append(row.id)
    for one in leaving:
        sign_out_everywhere(session, one)
    session.flush()
    what = f"imported members: {len(plan.additions)} new, {len(plan.changes)} changed, {len(removals)} removed"
    officers.note(session, by, what, now=now)
    return plan


def _tell(session: Session, moved: Iterable[Change], now: datetime) -> None:
    """Mail the old addresses: else somebody could have a member's mail sent elsewhere, and the member would not know."""
    ours = session.get(Organisation, 1)
    if ours is None:
        return
    for change in moved:
        if change.before.status is Status.ACTIVE:
            text = (
                f"Dear {change.before.name},\n\n"
                f"The members' list of {ours.name} has another e-mail address for you now. "
                "Mail about elections, and links to sign in, go there.\n\n"
                "If you asked for that, there is nothing to do. If you did not, please tell us at once:\n\n"
                f"{ours.contact}\n"
            )
            post.queue(session, change.before.email, "Your e-mail address was changed", text, now=now)


def export(session: Session, by: str, *, now: datetime, attributes: bool = False, why: str = "") -> bytes:
    """The list as a CSV file; declarations only where somebody says why they are needed.

    Raises:
        NotPermittedError: Only the secretariat and officers may.
        RuleError: Declarations are asked for without a reason.
    """
    officers.require(session, by, Role.SECRETARIAT, Role.OFFICER)
    if attributes and not why.strip():
        msg = "Say why the declarations are needed: it is kept in the log."
        raise RuleError(msg)
    officers.note(session, by, f"exported members {'with' if attributes else 'without'} declarations", now=now, why=why)
    rows = _rows(session)
    if not attributes:
        rows = [replace(row, attributes={}) for row in rows]
    return membership.write(rows)


def listed(session: Session, by: str, *, start: int = 0, limit: int = 100) -> list[Row]:
    """Members by name, without their declarations, for a page of the secretariat's."""
    officers.require(session, by, Role.SECRETARIAT, Role.OFFICER)
    members = session.scalars(_known().order_by(Member.name, Member.id).offset(start).limit(limit))
    return [
        Row(m.id, m.email, m.name, m.country, m.region, m.joined, m.status, kind=m.kind, delegate=m.delegate)
        for m in members
    ]


def how_many(session: Session) -> int:
    """Active members."""
    return session.scalar(select(func.count()).select_from(Member).filter_by(status=Status.ACTIVE)) or 0


def find(session: Session, email: str) -> str | None:
    """The id of the member with an address."""
    return session.scalar(select(Member.id).filter_by(address=address(email)))


def facts(session: Session, member: str) -> Person:
    """What the rules of an electorate look at.

    Raises:
        NotFoundError: There is no such member.
    """
    return _facts(_get(session, member), vault(session))


def facts_of(session: Session, asked: Collection[str]) -> dict[str, Person]:
    """`facts` of several members at once, by their ids; who is not on the list is left out."""
    box = vault(session)
    rows = session.scalars(select(Member).where(Member.id.in_(asked)))
    return {row.id: _facts(row, box) for row in rows}


@dataclass(frozen=True, slots=True)
class Values:
    """What the list says of a member, of what every member has; nothing that was declared."""

    of: Mapping[str, str]

    def value(self, attribute: str) -> str:
        """As `Person.value`."""
        return self.of.get(attribute, "")


def values_of(
    session: Session, asked: Collection[str], attributes: Collection[str]
) -> Mapping[str, Values] | Mapping[str, Person]:
    """What the list says of members, of some attributes; what they declared is decrypted only where it is asked for."""
    if not set(attributes) <= set(BUILT_IN):
        return facts_of(session, asked)
    rows = session.execute(select(Member.id, Member.country, Member.region).where(Member.id.in_(asked)))
    return {row.id: Values({"country": row.country, "region": row.region}) for row in rows}


def with_value(
    session: Session, by: str, asked: Iterable[str], attribute: str, value: str, *, election: str, now: datetime
) -> set[str]:
    """Which of these members have a value by the list: for an officer who sets up whom a reserved place is for.

    Raises:
        NotPermittedError: Only officers may.
    """
    officers.require(session, by, Role.OFFICER)
    if attribute not in BUILT_IN:
        officers.note(session, by, f"looked up who declared {attribute} = {value}", election=election, now=now)
    found = (facts(session, one) for one in asked if session.get(Member, one) is not None)
    return {one.id for one in found if one.value(attribute).casefold() == value.casefold()}


def everybody(session: Session) -> Iterable[Person]:
    """The facts of every member whose membership is active."""
    box = vault(session)
    return [_facts(row, box) for row in session.scalars(select(Member).filter_by(status=Status.ACTIVE))]


def _facts(row: Member, box: Vault) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        active=row.status is Status.ACTIVE,
        joined=row.joined,
        country=row.country,
        region=row.region,
        attributes=declared(row, box) | {"kind": row.kind.value},
        status=row.status,
        delegate=row.delegate,
    )


def declared(row: Member, box: Vault) -> dict[str, str]:
    """What a member has declared, by attribute."""
    read: dict[str, str] = json.loads(box.open(DECLARED, row.attributes))
    return read


def _known() -> Select[Member]:
    """All but those who left so long ago that they were erased (`retention`)."""
    return select(Member).where(Member.email != "")


def _rows(session: Session) -> list[Row]:
    box = vault(session)
    members = session.scalars(_known().order_by(Member.name, Member.id))
    return [
        Row(m.id, m.email, m.name, m.country, m.region, m.joined, m.status, declared(m, box), m.kind, m.delegate)
        for m in members
    ]


def _written(member: Member, row: Row, box: Vault, now: datetime) -> Member:
    member.email, member.address = row.email, address(row.email)
    member.name, member.country, member.region = row.name, row.country, row.region
    member.joined, member.status, member.changed = row.joined, row.status, now
    member.kind, member.delegate = row.kind, row.delegate
    member.attributes = box.seal(DECLARED, json.dumps(dict(row.attributes), ensure_ascii=False).encode())
    return member


def _get(session: Session, member: str) -> Member:
    row = session.get(Member, member)
    if row is None:
        msg = "There is no such member."
        raise NotFoundError(msg)
    return row


def _new_id() -> str:
    return "m-" + base32(secrets.token_bytes(_RANDOM), _ID_LENGTH).lower()


def _told(value: object) -> object:
    """For the digest alone."""
    return str(value) if not isinstance(value, Row) else [str(getattr(value, name)) for name in Row.__slots__]
