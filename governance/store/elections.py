"""Elections until they are on the board, the frozen roll, and what officials handed in that is not public."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base, Digest, Id


class Election(Base):
    """An election; what is public of it lies on its board."""

    __tablename__ = "election"

    id: Mapped[Id] = mapped_column(primary_key=True)
    body_id: Mapped[str] = mapped_column(ForeignKey("body.id"))
    draft: Mapped[dict[str, Any]]
    """`domain.draft`; fixed once the roll is frozen."""
    version: Mapped[int]
    """Counts the edits, so that a stale page cannot undo a newer one."""
    created: Mapped[datetime]
    frozen: Mapped[datetime | None]
    """When the roll was."""
    forgotten: Mapped[datetime | None]
    """When the pairing of members and credentials was destroyed."""
    abandoned: Mapped[datetime | None]
    """When it was given up before it was announced."""
    abandoned_why: Mapped[str | None]


class Statement(Base):
    """What a candidate says; one for each language."""

    __tablename__ = "statement"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    candidate: Mapped[Id] = mapped_column(primary_key=True)
    language: Mapped[Id] = mapped_column(primary_key=True)
    text: Mapped[str]
    changed: Mapped[datetime]


class Style(Base):
    """Which contests a group of voters votes in, and the root of their roll."""

    __tablename__ = "style"
    __table_args__ = (UniqueConstraint("election_id", "contests"),)

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    contests: Mapped[str]
    """Their ids in the order of the manifest, joined by commas."""
    voters: Mapped[int]
    root: Mapped[Digest]
    listed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The registrar's signed list, as the manifest will have it."""


class RollLine(Base):
    """One voter on the frozen roll: the primary key is “one person, one roll”."""

    __tablename__ = "roll_line"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), primary_key=True)
    style: Mapped[int] = mapped_column(index=True)
    name: Mapped[str]
    """As on the day of freezing; empty once it was erased."""
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Zeros once the name was erased."""
    leaf: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """The hash of the line, once the name was erased: the roll's root still follows from these."""


class Identity(Base):
    """Public keys of a trustee or of the registrar, for one election."""

    __tablename__ = "identity"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), primary_key=True)
    name: Mapped[str]
    """As the record will show it."""
    key: Mapped[Digest]
    box: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """A trustee's; the registrar has none."""


class Share(Base):
    """A sealed share on its way from one trustee to another."""

    __tablename__ = "share"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    sender: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[bytes]
