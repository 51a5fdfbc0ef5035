"""A body's history from a page of text: what would be entered is shown first; entering it takes two people."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.membership import address
from governance.domain.seats import entering, page
from governance.domain.seats.entering import Plan
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import officers, seats
from governance.services.officers import Two
from governance.store.members import Body, Member


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page would enter.

    Attributes:
        told: Every entry in a sentence, with the vacancies that follow; empty while lines are to be mended.
        digest: Names exactly this, so that nothing else is entered.
    """

    plan: Plan
    told: tuple[str, ...]
    digest: str

    @property
    def ready(self) -> bool:
        """Whether it can be entered."""
        return not self.plan.mistakes and not self.plan.conflicts and bool(self.plan.facts)


def preview(session: Session, by: str, body: str, data: bytes, *, now: datetime) -> Preview:
    """What a page of text would enter into the register, line by line; nothing is entered.

    Raises:
        NotPermittedError: Only the secretariat and officers may.
        MalformedError: The page is too long, no text, or empty.
        RuleError: There is no such body.
    """
    officers.require(session, by, Role.SECRETARIAT, Role.OFFICER)
    return look(session, body, data, now=now)


def look(session: Session, body: str, data: bytes, *, now: datetime) -> Preview:
    """As `preview`, for services.

    Raises:
        MalformedError: The page is too long, no text, or empty.
        RuleError: There is no such body.
    """
    if session.get(Body, body) is None:
        msg = "There is no such body."
        raise RuleError(msg)
    read = page.read(data)
    plan = entering.plan(read, seats.book(session), body, seats.day_of(now), _members(session, read))
    whole = not plan.mistakes and not plan.conflicts and plan.facts
    told = tuple(seats.tried(session, plan.facts, now=now)) if whole else ()
    return Preview(plan, told, sha256(repr((body, plan.facts, seats.load(session).last)).encode()).hexdigest())


def _members(session: Session, read: page.Page) -> dict[str, str]:
    """The ids of the members whom a page names by id or by address."""
    named = {one.member for one in read.held if one.member}
    rows = session.execute(
        select(Member.id, Member.address).where(Member.id.in_(named) | Member.address.in_(map(address, named)))
    ).all()
    known = {row.id: row.id for row in rows} | {row.address: row.id for row in rows}
    return {name: known.get(name) or known.get(address(name), "") for name in named}


def enter(session: Session, by: Two, body: str, data: bytes, digest: str, *, now: datetime, why: str = "") -> int:
    """Enter what a preview showed; how many entries were made.

    Raises:
        NotPermittedError: It is not two people who may.
        RuleError: Lines are to be mended, nothing is new, or the page or the register has changed since the preview.
    """
    officers.require_two(session, by, Role.SECRETARIAT, Role.OFFICER)
    seen = look(session, body, data, now=now)
    check(seen)
    if seen.digest != digest:
        msg = "The page or the register has changed since the preview. Please look at it again."
        raise RuleError(msg)
    made = seats.append(session, seen.plan.facts, by=by, now=now, why=why)
    officers.note(session, by, f"entered {len(made)} entries about {body} from a page", now=now, why=why)
    return len(made)


def check(seen: Preview) -> None:
    """Check that a page can be entered.

    Raises:
        RuleError: Lines are to be mended, or nothing is new.
    """
    if wrong := len(seen.plan.mistakes) + len(seen.plan.conflicts):
        msg = f"{wrong} {'line of the page needs' if wrong == 1 else 'lines of the page need'} to be mended first."
        raise RuleError(msg)
    if not seen.plan.facts:
        msg = "Everything on this page stands in the register already."
        raise RuleError(msg)
