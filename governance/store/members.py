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
    software: Mapped[str] = mapped_column(default="")
    """Where the software can be had, for whoever checks; empty until that was said."""
    software_hash: Mapped[str] = mapped_column(default="")
    """The SHA-256 of the verifier there."""
    challenge_days: Mapped[int] = mapped_column(default=2)
    """How long objections and appeals about nominations last at least."""
    keep_declared: Mapped[int] = mapped_column(default=30)
    """Days after which `services.retention` erases: what a member who left had declared;"""
    keep_people: Mapped[int] = mapped_column(default=365)
    """name and address of a member who left;"""
    keep_candidacy: Mapped[int] = mapped_column(default=90)
    """declarations of interest of who has no seat, after the appeals of the last election in which they stood;"""
    keep_interests: Mapped[int] = mapped_column(default=365)
    """those of who had one, after the last term;"""
    keep_roll: Mapped[int] = mapped_column(default=180)
    """the names on a roll, after the time for appeals."""


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
