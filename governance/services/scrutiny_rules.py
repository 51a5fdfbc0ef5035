"""Who may decide about a nomination and when, each refusal one plain sentence; and the mail that there is a decision."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.draft import Draft
from governance.domain.nominations.record import Challenge, Nomination
from governance.domain.signing_in import Role
from governance.errors import GovernanceError, NotPermittedError, RuleError
from governance.services import elections, officers, post
from governance.services import nomination_records as records
from governance.services.nomination_records import Filed
from governance.store.elections import Election
from governance.store.members import Member


@dataclass(frozen=True)
class Here:
    """An election as scrutiny looks at it, with all its nominations: what holds for many of them is looked up once."""

    session: Session
    row: Election
    draft: Draft
    filed: Sequence[Filed]
    now: datetime

    @cached_property
    def _roles(self) -> dict[str, frozenset[Role]]:
        return {}

    def roles(self, member: str) -> frozenset[Role]:
        """Of somebody who may act.

        Raises:
            NotPermittedError: The membership is not active.
        """
        if member not in self._roles:
            self._roles[member] = officers.person(self.session, member).roles
        return self._roles[member]

    @cached_property
    def delegates(self) -> Mapping[str, str]:
        """Who votes for organisations, in lower case, by the ids of these."""
        rows = self.session.execute(select(Member.id, Member.delegate).where(Member.delegate != ""))
        return {row.id: row.delegate.casefold() for row in rows}

    @cached_property
    def running(self) -> Mapping[str, str]:
        """The names of officers and the secretariat, in lower case, by their ids."""
        found = officers.names(self.session, officers.deciders(self.session))
        return {one: name.casefold() for one, name in found.items()}

    @cached_property
    def standing(self) -> Mapping[str, set[str]]:
        """Ids of the members who stand, by contest."""
        found: dict[str, set[str]] = {}
        for one in self.filed:
            if one.nomination.stands:
                found.setdefault(one.row.contest, set()).add(one.nomination.nominee)
        for contest in self.draft.plan:
            found.setdefault(contest.id, set()).update(who.member for who in contest.candidates)
        return found

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
    return Here(session, row, elections.draft_of(row), records.every(session, election), now)


def told(error: GovernanceError | None) -> str:
    """The sentence of a refusal; empty if there is none."""
    return str(error) if error else ""


# ---- who -------------------------------------------------------------------------------------------------------------


def refusal(by: str, filed: Filed, here: Here) -> GovernanceError | None:
    """Why somebody may not decide about a nomination now, as the error that deciding raises."""
    if by == officers.COMMAND:
        return NotPermittedError("Say who decides it: it is kept in the log.")
    if Role.OFFICER not in here.roles(by):
        return NotPermittedError("Only returning officers decide about nominations.")
    if why := part_in(by, filed, here):
        return NotPermittedError(why)
    why = _not_now(filed.nomination, here)
    return RuleError(why) if why else None


def part_in(by: str, filed: Filed, here: Here) -> str:
    """Why somebody is too close to a nomination to decide anything about it; empty if they are not."""
    if by in _concerned(filed.nomination, here):
        return "This nomination concerns you, so somebody else has to decide about it."
    if by in here.standing.get(filed.row.contest, ()):
        return "You stand in this contest, so somebody else has to decide about this nomination."
    return ""


def _concerned(it: Nomination, here: Here) -> set[str]:
    """Who is in a nomination, and those officials who vote for these if they are organisations."""
    delegates = {here.delegates[one] for one in it.concerned if one in here.delegates}
    return (
        it.concerned | {one for one, name in here.running.items() if name in delegates} if delegates else it.concerned
    )


# ---- when ------------------------------------------------------------------------------------------------------------


def _not_now(it: Nomination, here: Here) -> str:
    until, scrutiny = records.accepted_until(here.draft.calendar), dates.find(here.draft.calendar, Period.SCRUTINY)
    begins = min(until, scrutiny.begins) if scrutiny else until
    reasons = {
        "The roll is frozen: who stands is decided.": here.over,
        "The nominee is no longer in it: there is nothing to decide.": it.ended,
        "The nominee has not accepted: there is nothing to decide.": it.accepted is None,
        f"Nominations are decided from {dates.in_utc(begins)}.": here.now < begins,
        "The decision was challenged: an answer alone can change it.": it.challenged,
        "The list of candidates is adopted: take that back before you change a decision.": bool(it.candidate),
    }
    return next((why for why, holds in reasons.items() if holds), "")


# ---- mail ------------------------------------------------------------------------------------------------------------


def tell_heard(session: Session, here: Here, it: Nomination, asked: Challenge, *, now: datetime) -> None:
    """Mail whom a challenge is about: that they can read it and reply, or that it was taken back; never from whom it is."""
    name, address = officers.name_and_address(session, asked.about)
    if not address:
        return
    ours, title = officers.organisation(session), elections.show(session, here.row.id).title
    what = "appeal against your decision about a nomination" if asked.appeal else "objection to your nomination"
    if asked.retracted:
        subject = f"An {what} was taken back"
        told = f"The {what} in “{title}” (number {it.number}) was taken back. There is nothing left for you to do.\n\n"
    else:
        until = dates.in_utc(records.heard_until(here.draft, asked))
        subject = f"There is an {what}"
        told = (
            f"There is an {what} in “{title}” (number {it.number}). You can read what it says, and answer it once, before "
            f"somebody decides. Nobody decides before {until} unless you have answered.\n\n"
            "Sign in: your page has it under “What needs me now”. You need not answer, but whoever decides would like to "
            "know your side.\n\n"
        )
    post.queue(session, address, subject, f"Dear {name},\n\n{told}Questions: {ours.contact}\n", now=now)


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
