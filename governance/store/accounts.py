"""Sign-in requests, sessions, second steps, and how often what was done.

No secret lies here: keyed hashes, and what is encrypted with a key that is not in the database.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.signing_in import Purpose
from governance.store.types import Base, Digest


class SignIn(Base):
    """A request for a link and six digits. One for an unknown address looks the same, without a member."""

    __tablename__ = "sign_in"

    ticket: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Keyed hash of what the asking browser holds."""
    link: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """Keyed hash of what the mail holds."""
    digits: Mapped[Digest]
    """Keyed hash of ticket and digits."""
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"), index=True)
    purpose: Mapped[Purpose]
    expires: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    used: Mapped[bool] = mapped_column(default=False)


class SignedIn(Base):
    """A session; deleting the row ends it."""

    __tablename__ = "signed_in"

    token: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Keyed hash of the cookie."""
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    since: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)
    passed: Mapped[datetime | None]
    """When the second step was passed last in it."""
    tries: Mapped[int] = mapped_column(default=0)
    """Wrong codes since then."""


class SecondStep(Base):
    """The authenticator of a person."""

    __tablename__ = "second_step"

    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), primary_key=True)
    secret: Mapped[bytes]
    """Encrypted."""
    last: Mapped[int]
    """The last step whose code was used."""
    since: Mapped[datetime]


class RecoveryCode(Base):
    """One that was not used yet."""

    __tablename__ = "recovery_code"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Keyed hash of whose it is and of its digits."""
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)


class Often(Base):
    """How often something was done in one window."""

    __tablename__ = "often"

    who: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Keyed hash of the limit's name and of who did it."""
    start: Mapped[datetime] = mapped_column(primary_key=True)
    times: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)
