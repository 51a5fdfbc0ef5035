"""The register of seats, and what leads to its entries: requests, appointments, certification (docs/seats.md).

Triggers of the eighth migration refuse every change and every deletion of entries, reports, certificates, decisions and files.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base, Digest, Id


class SeatEntry(Base):
    """One entry of the register."""

    __tablename__ = "seat_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without a gap."""
    recorded: Mapped[datetime]
    by_id: Mapped[Id]
    """Id of a member, `clock` or `command`."""
    second_id: Mapped[str | None] = mapped_column(String(64))
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("seat_entry.number"), unique=True)
    fact: Mapped[bytes]
    """Canonical JSON of `domain.seats.form`."""
    why: Mapped[str]


class SeatRequest(Base):
    """What one person asked for and a second one has to approve; it is settled once, and stays."""

    __tablename__ = "seat_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[Id]
    details: Mapped[dict[str, Any]]
    """Of a request from before it was encrypted, until the clock has done so; else empty."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary())
    """What is asked for: JSON, encrypted, since it can tell of somebody's health."""
    why: Mapped[str]
    """Everybody reads it, once it is approved."""
    asked_by: Mapped[str] = mapped_column(ForeignKey("member.id"))
    asked: Mapped[datetime]
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    settled: Mapped[datetime | None]
    approved: Mapped[bool | None]
    """None while it waits."""


class SeatOutsider(Base):
    """What is known of a person of the register who is no member: JSON {email, attributes}, encrypted."""

    __tablename__ = "seat_outsider"

    person: Mapped[Id] = mapped_column(primary_key=True)
    said: Mapped[bytes] = mapped_column(LargeBinary())


class SeatContest(Base):
    """A seat that a contest fills, said before the roll is frozen."""

    __tablename__ = "seat_contest"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    contest: Mapped[Id] = mapped_column(primary_key=True)
    seat: Mapped[Id] = mapped_column(primary_key=True)
    instead_of: Mapped[str | None] = mapped_column(ForeignKey("election.id"))
    """Of a by-election: the election whose rules and cut-off it has."""


class ResultChallenge(Base):
    """A challenge to a result; it is decided once, and stays."""

    __tablename__ = "result_challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    said: Mapped[bytes] = mapped_column(LargeBinary())
    """Encrypted."""
    at: Mapped[datetime]
    withdrawn: Mapped[datetime | None]
    decided: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    upheld: Mapped[bool | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary())


class VerifierReport(Base):
    """What an independent verifier says of the record of an election."""

    __tablename__ = "verifier_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), index=True)
    name: Mapped[str]
    tool: Mapped[str]
    address: Mapped[str]
    """Where it is published; empty if nowhere."""
    root: Mapped[Digest]
    """Of the record that they checked."""
    holds: Mapped[bool]
    entered: Mapped[datetime]
    by_id: Mapped[Id]


class Certificate(Base):
    """A result that was certified by two officers."""

    __tablename__ = "certificate"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    at: Mapped[datetime]
    first_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    second_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    root: Mapped[Digest]
    reports: Mapped[int]
    why: Mapped[str]


class Appointment(Base):
    """An appointment from its beginning: an open call, or a direct proposal."""

    __tablename__ = "appointment"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat: Mapped[Id] = mapped_column(index=True)
    call: Mapped[bool]
    """Whether applications are asked for; else somebody is proposed."""
    text: Mapped[str]
    """Public."""
    opened: Mapped[datetime]
    opened_by: Mapped[Id]
    closes: Mapped[datetime | None]
    after_election: Mapped[str | None] = mapped_column(ForeignKey("election.id"))
    """It is not decided before this one is certified."""
    start: Mapped[date]
    """The first day in office that is meant."""
    ended: Mapped[datetime | None]
    """When it was given up."""


class Application(Base):
    """Somebody who applied or was proposed; what they say is encrypted, and erased with the appointment."""

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    said: Mapped[bytes] = mapped_column(LargeBinary())
    """JSON {name, email, text, attributes}, encrypted; empty once it was erased."""
    proposed_by: Mapped[Id]
    at: Mapped[datetime]
    withdrawn: Mapped[datetime | None]


class AppointmentDecision(Base):
    """The decision of the appointing authority, approved by a second person."""

    __tablename__ = "appointment_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    holding: Mapped[Id]
    at: Mapped[datetime]
    by_id: Mapped[Id]
    second_id: Mapped[Id]
    details: Mapped[dict[str, Any]]
    """Reference, day, reasons, who recused themselves, the ratifying vote: public."""
    file: Mapped[str]
    """SHA-256 of the instrument's file in hexadecimal; empty without one."""


class InstrumentFile(Base):
    """The file of an instrument, under its SHA-256."""

    __tablename__ = "instrument_file"

    digest: Mapped[Id] = mapped_column(primary_key=True)
    """In hexadecimal."""
    name: Mapped[str]
    data: Mapped[bytes]
