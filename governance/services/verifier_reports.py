"""Reports of independent verifiers on the record of an election: who checked it, with which tool, what they found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.board import checkpoint
from governance.board import entries as e
from governance.domain.seats.words import spelt
from governance.domain.signing_in import Role
from governance.errors import MalformedError, RuleError
from governance.services import elections, officers
from governance.store.boards import BoardEntry, Checkpoint
from governance.store.seats import Certificate, VerifierReport

_MAX = 200
_HEX = 64


@dataclass(frozen=True, slots=True)
class Report:
    """What an independent verifier says.

    Attributes:
        counts: Whether it is about the record that holds the result, and says that it verifies.
    """

    name: str
    tool: str
    address: str
    holds: bool
    counts: bool
    entered: datetime


def enter(
    session: Session,
    by: str,
    election: str,
    *,
    name: str,
    tool: str,
    root: str,
    holds: bool,
    address: str = "",
    now: datetime,
) -> bool:
    """Enter what an independent verifier says of the record; whether it counts.

    Args:
        session: The database.
        by: An officer, or one of the secretariat.
        election: Of which election.
        name: Who verified it.
        tool: With which tool.
        root: The root of the record that they checked, 64 hexadecimal digits.
        holds: Whether it verifies.
        address: Where the report is published.
        now: The time.

    Raises:
        NotPermittedError: Somebody else enters it.
        MalformedError: The root is none, or a text is missing or too long.
        RuleError: This verifier has reported already, or the result was certified.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    elections.get(session, election)
    name, tool, address = name.strip(), tool.strip(), address.strip()
    if not spelt(name) or not tool or max(map(len, (name, tool, address))) > _MAX:
        msg = "Say who verified the record, and with which tool."
        raise MalformedError(msg)
    try:
        digest = bytes.fromhex(root) if len(root) == _HEX else b""
    except ValueError:
        digest = b""
    if not digest:
        msg = "The root of the record has 64 digits from 0 to 9 and a to f: verifiers print it."
        raise MalformedError(msg)
    if session.get(Certificate, election) is not None:
        msg = "The result is certified: reports that come later change nothing."
        raise RuleError(msg)
    same = select(VerifierReport).filter_by(election_id=election)
    if any(spelt(row.name) == spelt(name) for row in session.scalars(same)):
        msg = f"{name} has reported already: one report of each verifier counts."
        raise RuleError(msg)
    session.add(
        VerifierReport(
            election_id=election, name=name, tool=tool, address=address, root=digest, holds=holds, entered=now, by_id=by
        )
    )
    session.flush()
    told = f"entered the report of {name} ({'verifies' if holds else 'does not verify'})"
    officers.note(session, by, told, election=election, now=now)
    return digest in _roots(session, election) and holds


def _roots(session: Session, election: str) -> frozenset[bytes]:
    """The roots of the record from the moment on when it had every result."""
    results = select(func.max(BoardEntry.seq)).filter_by(election_id=election)
    last = session.scalar(results.where(BoardEntry.kind.in_((e.Count.kind, e.Void.kind))))
    if last is None:
        return frozenset()
    rows = session.scalars(select(Checkpoint.signed).filter_by(election_id=election).where(Checkpoint.size > last))
    return frozenset(checkpoint.parse(signed).root for signed in rows)


def every(session: Session, election: str) -> tuple[Report, ...]:
    """Every report on an election, the oldest first."""
    roots = _roots(session, election)
    rows = session.scalars(select(VerifierReport).filter_by(election_id=election).order_by(VerifierReport.id))
    return tuple(
        Report(row.name, row.tool, row.address, row.holds, row.holds and row.root in roots, row.entered) for row in rows
    )
