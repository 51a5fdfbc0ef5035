"""Which rules of eligibility an election has: kept in versions, frozen once; the built-in ones where none were saved."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.eligibility.language import RuleSet, canonical, parse
from governance.domain.eligibility.templates import DEFAULT
from governance.errors import RuleError
from governance.store.eligibility import FrozenRules, RuleVersion


@dataclass(frozen=True, slots=True)
class Book:
    """The rules that hold for an election.

    Attributes:
        number: Of their version; 0 where none was saved.
        frozen: When they were frozen.
    """

    rules: RuleSet
    number: int = 0
    frozen: datetime | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of their canonical form."""
        return sha256(canonical(self.rules)).hexdigest()


def latest(session: Session, election: str) -> RuleVersion | None:
    """The version that was saved last."""
    query = select(RuleVersion).filter_by(election_id=election).order_by(RuleVersion.number.desc()).limit(1)
    return session.scalar(query)


def in_force(session: Session, election: str) -> Book:
    """The frozen version, else the last one, else what is built in."""
    frozen = session.get(FrozenRules, election)
    row = session.get(RuleVersion, (election, frozen.number)) if frozen else latest(session, election)
    if row is None:
        return Book(DEFAULT)
    return Book(_read(row.form), row.number, frozen.frozen if frozen else None)


@lru_cache(maxsize=64)
def _read(form: bytes) -> RuleSet:
    return parse(form)


def keep(session: Session, by: str, election: str, rules: RuleSet, *, now: datetime, why: str = "") -> int:
    """Save a version; gives its number. What has the same bytes as the last one makes no new version.

    Raises:
        RuleError: The rules are frozen.
    """
    if session.get(FrozenRules, election) is not None:
        msg = "The rules were frozen with the roll: they hold until the end of this election."
        raise RuleError(msg)
    last, form = latest(session, election), canonical(rules)
    if last is not None and last.form == form:
        return last.number
    number = last.number + 1 if last else 1
    told = {"form": form, "digest": sha256(form).digest(), "saved_by": by, "saved": now, "why": why}
    session.add(RuleVersion(election_id=election, number=number, **told))
    session.flush()
    return number


def freeze(session: Session, by: str, election: str, *, now: datetime) -> Book:
    """Freeze the rules that hold now; those that are built in become a version first, so that they never change.

    Raises:
        RuleError: They are frozen already.
    """
    number = keep(session, by, election, in_force(session, election).rules, now=now, why="frozen with the roll")
    session.add(FrozenRules(election_id=election, number=number, frozen=now))
    session.flush()
    return in_force(session, election)


def carry_over(session: Session, by: str, source: str, election: str, *, now: datetime) -> None:
    """Give an election the rules of another one, if any were saved there."""
    book = in_force(session, source)
    if book.number:
        keep(session, by, election, book.rules, now=now, why=f"taken from {source}")
