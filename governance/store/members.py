"""The organisation, its bodies, its members and what each may do."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.capacity import Kind
from governance.domain.membership import Status
from governance.domain.signing_in import Role
from governance.store.types import Base, Id


class Organisation(Base):
    """The one whose elections this installation runs."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    host: Mapped[str]
    """Where its boards are published: the first part of every log's origin."""
    contact: Mapped[str]


class Body(Base):
    """What is elected: an advisory group, a working group's chairs."""

    __tablename__ = "body"

    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str]


class Member(Base):
    __tablename__ = "member"

    id: Mapped[Id] = mapped_column(primary_key=True)
    email: Mapped[str]
    """As it was given."""
    address: Mapped[str] = mapped_column(unique=True)
    """As addresses are compared."""
    name: Mapped[str]
    country: Mapped[str]
    region: Mapped[str]
    attributes: Mapped[bytes]
    """What was declared (some of it is health data): JSON, encrypted with a key that is not in the database."""
    joined: Mapped[date]
    status: Mapped[Status]
    changed: Mapped[datetime]
    kind: Mapped[Kind] = mapped_column(default=Kind.INDIVIDUAL)
    delegate: Mapped[str] = mapped_column(default="")
    """Who votes for an organisation; empty for a person."""
    entered: Mapped[datetime | None]
    """When the line came into the list; not known of lines from before this was kept."""


class MemberRole(Base):
    """A role beside that of a member."""

    __tablename__ = "member_role"

    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
