"""The rules of eligibility of each election: every version as it was saved, and which one was frozen.

Triggers of the fourth migration refuse every change and every deletion of both.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base, Digest, Id


class RuleVersion(Base):
    """One version of an election's rules."""

    __tablename__ = "rule_version"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    form: Mapped[bytes]
    """The canonical bytes of `domain.eligibility.language`."""
    digest: Mapped[Digest]
    saved_by: Mapped[Id]
    """Id of a member, or `command`."""
    saved: Mapped[datetime]
    why: Mapped[str]


class FrozenRules(Base):
    """The version that holds since the roll was frozen."""

    __tablename__ = "frozen_rules"
    __table_args__ = (
        ForeignKeyConstraint(["election_id", "number"], ["rule_version.election_id", "rule_version.number"]),
    )

    election_id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[int]
    frozen: Mapped[datetime]
