"""The boards: entries, blobs, checkpoints, receipts; each election's log key; who cast under which credential.

Triggers of the first migration refuse every change and every deletion of an entry.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base, Digest


class Log(Base):
    """The key of an election's log."""

    __tablename__ = "log"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    origin: Mapped[str] = mapped_column(unique=True)
    seed: Mapped[bytes]
    """Of its Ed25519 key, encrypted with a key that is not in the database."""
    made: Mapped[datetime]


class BoardEntry(Base):
    """One entry, as it came; `seq` is the lock: of two who append at once, the primary key keeps one."""

    __tablename__ = "board_entry"
    __table_args__ = (
        Index(None, "election_id", "leaf"),
        Index(None, "election_id", "kind"),
        Index(None, "election_id", "credential"),
    )

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 0: the index in the tree."""
    kind: Mapped[str] = mapped_column(String(32))
    raw: Mapped[bytes]
    leaf: Mapped[Digest]
    """Its hash in the tree."""
    credential: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """Of a ballot: what the entry itself says, to be found by it."""


class Blob(Base):
    """What entries refer to, by its hash."""

    __tablename__ = "blob"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes]


class Checkpoint(Base):
    """The signed head of the tree of the first `size` entries."""

    __tablename__ = "checkpoint"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signed: Mapped[bytes]


class Cosignature(Base):
    """A witness's line below the checkpoint of the first `size` entries."""

    __tablename__ = "cosignature"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(primary_key=True)
    """The name in the witness's key."""
    line: Mapped[bytes]
    at: Mapped[datetime]
    """When it came here."""


class Receipt(Base):
    """What was answered to a ballot, by its hash: the same bytes again get the same answer."""

    __tablename__ = "receipt"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    ballot: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """SHA-256 of the entry."""
    seq: Mapped[int]
    path: Mapped[bytes]
    """The inclusion proof in the tree of the first seq + 1 entries, 32 bytes a step."""


class BallotLink(Base):
    """Always the same credential from one member, one member for each credential: as keyed hashes, until appeals end."""

    __tablename__ = "ballot_link"
    __table_args__ = (UniqueConstraint("election_id", "credential"),)

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    member: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    credential: Mapped[Digest]
