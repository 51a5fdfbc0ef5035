"""Who may decide about a nomination and when, each refusal one plain sentence; and the mail that there is a decision."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.draft import Draft
from governance.domain.nominations.record import Nomination
from governance.domain.signing_in import Role
from governance.errors import GovernanceError, NotPermittedError, RuleError
from governance.services import elections, officers, post
from governance.services import nomination_records as records
from governance.services.nomination_records import Filed
from governance.store.elections import Election
from governance.store.members import Member


@dataclass(frozen=True, slots=True)
class Here:
    """An election as scrutiny looks at it, with all its nominations."""

    row: Election
    draft: Draft
    filed: Sequence[Filed]
    now: datetime

    @property
    def over(self) -> bool:
        """Whether who stands can no longer change here."""
        return self.row.frozen is not None or self.row.abandoned is not None

    def title(self, filed: Filed) -> str:
        """Of the contest that a nomination is for, also where the adopted list divided it or needs no vote in it."""
        return next((one.title for one in self.draft.plan if one.id == filed.row.contest), filed.row.contest)


def look(session: Session, election: str, now: datetime) -> Here:
    """An election and its nominations.

    Raises:
        NotFoundError: There is no such election.
    """
    row = elections.get(session, election)
    return Here(row, elections.draft_of(row), records.every(session, election), now)


def told(error: GovernanceError | None) -> str:
    """The sentence of a refusal; empty if there is none."""
    return str(error) if error else ""


# ---- who -------------------------------------------------------------------------------------------------------------


def refusal(session: Session, by: str, filed: Filed, here: Here) -> GovernanceError | None:
    """Why somebody may not decide about a nomination now, as the error that deciding raises."""
    if by == officers.COMMAND:
        return NotPermittedError("Say who decides it: it is kept in the log.")
    if Role.OFFICER not in officers.person(session, by).roles:
        return NotPermittedError("Only returning officers decide about nominations.")
    if why := part_in(session, by, filed, here):
        return NotPermittedError(why)
    why = _not_now(filed.nomination, here)
    return RuleError(why) if why else None


def part_in(session: Session, by: str, filed: Filed, here: Here) -> str:
    """Why somebody is too close to a nomination to decide anything about it; empty if they are not."""
    if by in _concerned(session, filed.nomination):
        return "This nomination concerns you, so somebody else has to decide about it."
    contest = filed.row.contest
    rivals = {one.nomination.nominee for one in here.filed if one.row.contest == contest and one.nomination.stands}
    if by in rivals.union(who.member for one in here.draft.plan if one.id == contest for who in one.candidates):
        return "You stand in this contest, so somebody else has to decide about this nomination."
    return ""


def _concerned(session: Session, it: Nomination) -> set[str]:
    """Who is in a nomination, and those officials who vote for these if they are organisations."""
    rows = session.scalars(select(Member).where(Member.id.in_(it.concerned), Member.delegate != ""))
    delegates = {one.delegate.casefold() for one in rows}
    running = officers.names(session, officers.deciders(session)) if delegates else {}
    return it.concerned | {one for one, name in running.items() if name.casefold() in delegates}


# ---- when ------------------------------------------------------------------------------------------------------------


def _not_now(it: Nomination, here: Here) -> str:
    until, scrutiny = records.accepted_until(here.draft.calendar), dates.find(here.draft.calendar, Period.SCRUTINY)
    begins = min(until, scrutiny.begins) if scrutiny else until
    reasons = {
        "The roll is frozen: who stands is decided.": here.over,
        "The nominee is no longer in it: there is nothing to decide.": it.ended,
        "The nominee has not accepted: there is nothing to decide.": it.accepted is None,
        f"Nominations are decided from {dates.in_utc(begins)}.": here.now < begins,
        "The decision was challenged: an answer alone can change it.": bool(it.challenges),
        "The list of candidates is adopted: take that back before you change a decision.": bool(it.candidate),
    }
    return next((why for why, holds in reasons.items() if holds), "")


# ---- mail ------------------------------------------------------------------------------------------------------------


def tell(session: Session, people: Collection[str], election: str, what: str, *, now: datetime) -> None:
    """Mail people that there is “a decision” or “an answer”; what it says stands on the page alone."""
    ours, title = officers.organisation(session), elections.show(session, election).title
    for one in sorted(set(people) - {""}):
        name, address = officers.name_and_address(session, one)
        text = (
            f"Dear {name},\n\n"
            f"There is {what} about a nomination in “{title}”. To read it, with its reasons and what you can do, sign "
            "in: your page has it under “Nominations”.\n\n"
            f"Questions: {ours.contact}\n"
        )
        post.queue(session, address, f"There is {what} about a nomination", text, now=now)
