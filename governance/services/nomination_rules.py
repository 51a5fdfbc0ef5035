"""When and by whom something can be done with nominations: each refusal is one plain sentence.

What somebody may by the rules of eligibility is asked of `eligibility`; the calendar and the terms are asked here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain.calendar import Period, in_utc
from governance.domain.draft import Contest, Draft, Span
from governance.domain.eligibility.answers import Answer, supplies, why_not
from governance.domain.eligibility.facts import shown
from governance.domain.eligibility.language import Purpose
from governance.domain.names import slug
from governance.domain.nominations import filling
from governance.domain.nominations.record import Nomination
from governance.domain.nominations.support import Known, Support, support
from governance.domain.phases import CALLED_OFF, Progress
from governance.domain.terms import Terms
from governance.errors import NotFoundError
from governance.services import elections, eligibility, members, nomination_records, officers, surroundings
from governance.services.nomination_records import Filed
from governance.store.elections import Election
from governance.store.nominations import NominationRow

_DOES = {Purpose.NOMINATE: "nominate", Purpose.SECOND: "second", Purpose.STAND: "stand"}


@dataclass(frozen=True)
class Setting:
    """An election as nominations look at it, at one moment: what takes a while to find out is found out once."""

    session: Session
    row: Election
    draft: Draft
    progress: Progress
    now: datetime

    @cached_property
    def ask(self) -> Callable[[str, Purpose, str], Answer]:
        """What the rules answer, of (member, purpose, contest)."""
        return eligibility.asking(self.session, self.row.id, now=self.now)

    @cached_property
    def filed(self) -> list[Filed]:
        """All nominations, the oldest first, as they were when they were read."""
        return nomination_records.every(self.session, self.row.id)

    @cached_property
    def officials(self) -> Mapping[str, tuple[str, ...]]:
        """Who runs it, and as what."""
        return surroundings.officials(self.session, self.draft)

    def about(self, member: str) -> list[Filed]:
        """The nominations of a member, and those that they made, the oldest first."""
        if "filed" in vars(self):  # all are read already
            return [one for one in self.filed if member in (one.nomination.nominee, one.nomination.by)]
        if member not in self._about:
            self._about[member] = nomination_records.of_member(self.session, self.row.id, member)
        return self._about[member]

    @cached_property
    def _about(self) -> dict[str, list[Filed]]:
        return {}

    @cached_property
    def _people(self) -> dict[str, Known]:
        return {}

    def people(self, asked: Iterable[str]) -> list[Known]:
        """What the members' list knows of seconders for independence, by their ids, in this order; of each it is read once."""
        wanted = list(asked)
        if missing := set(wanted) - self._people.keys():
            attributes = [one.attribute for one in self.terms.independent]
            self._people.update(members.values_of(self.session, missing, attributes))
        return [self._people[one] for one in wanted]

    @property
    def id(self) -> str:
        """Of the election."""
        return self.row.id

    @property
    def title(self) -> str:
        """Of the election."""
        return self.progress.manifest.title if self.progress.manifest else self.draft.title

    @property
    def terms(self) -> Terms:
        """As declared beforehand."""
        return self.draft.nominations

    @property
    def period(self) -> Span | None:
        """When nominations are open; None where the officer enters the candidates."""
        return dates.find(self.draft.calendar, Period.NOMINATIONS)

    @property
    def accepted_until(self) -> datetime:
        """When acceptance ends, and with it what a nominee can write."""
        return nomination_records.accepted_until(self.draft.calendar)

    def elected(self, contest: str, candidate: str) -> bool:
        """Whether somebody is elected in a contest without a vote."""
        found = (one for one in self.draft.unopposed if one.contest == contest)
        return any(who.id == candidate for one in found for who in one.candidates)

    def listed(self, *contests: str) -> list[str]:
        """What the record may say of whoever stands in one of these contests, through limits; in words."""
        return [
            shown(one) for one in dict.fromkeys(one for name in contests for one in filling.listed(self.draft, name))
        ]

    def contest_title(self, contest: str) -> str:
        """The title of a contest as it was, though it may have left the ballot or been divided since."""
        return next((one.title for one in self.draft.plan if one.id == contest), contest)


def setting(session: Session, election: str, *, now: datetime) -> Setting:
    """An election whose calendar was announced.

    Raises:
        NotFoundError: There is none, or it was not announced yet.
    """
    row = elections.get(session, election)
    if not elections.announced(session, row):
        msg = "There is no such election, or it has not been announced yet."
        raise NotFoundError(msg)
    return Setting(session, row, elections.draft_of(row), elections.progress(session, row), now)


# ---- when ------------------------------------------------------------------------------------------------------------


def closed(here: Setting) -> str:
    """Why nobody can nominate or second now, in a sentence; empty if they can."""
    period = here.period
    if (why := _settled(here)) or period is None:
        return why
    if here.now < period.begins:
        return f"Nominations begin on {in_utc(period.begins)}."
    return "" if here.now < period.ends else f"Nominations ended on {in_utc(period.ends)}."


def answered(here: Setting) -> str:
    """Why a nomination can no longer be accepted, or corrected by the nominee; empty if it can."""
    until = here.accepted_until
    return _settled(here) or (
        "" if here.now < until else f"The time to accept, and to change anything, ended on {in_utc(until)}."
    )


def _settled(here: Setting) -> str:
    if here.progress.phase in CALLED_OFF:
        return "This election was given up, so there are no nominations any more."
    if here.period is None:
        return "This election has no time for nominations: the returning officer enters who stands."
    return "The roll is frozen, so it is settled who stands." if here.row.frozen is not None else ""


# ---- who -------------------------------------------------------------------------------------------------------------


def refused(purpose: Purpose, answer: Answer) -> str:
    """Why the rules do not let somebody do it, and what to do about it; empty if they let them."""
    if answer.allowed:
        return ""
    return " ".join(
        [f"By the rules of this election you may not {_DOES[purpose]}: {why_not(answer)}", *supplies(answer)]
    )


def may_not(here: Setting, member: str, purpose: Purpose, contest: str) -> str:
    """Why a member may not nominate or second in a contest by the rules; empty if they may."""
    return refused(purpose, here.ask(member, purpose, contest))


def cannot_stand(here: Setting, member: str, contest: str) -> str:
    """Why a member cannot stand in a contest, in a sentence; empty if they can."""
    if here.officials.get(member):
        return "Whoever runs this election, as officer, registrar or trustee, cannot stand in it."
    if why := may_not(here, member, Purpose.STAND, contest):
        return why
    mine = [one.nomination for one in here.about(member) if one.nomination.nominee == member and one.nomination.stands]
    if any(one.contest == contest for one in mine):
        return "You stand in this contest already. Withdraw that nomination first if this one shall take its place."
    others = {one.contest for one in mine if one.admitted is not False}
    if len(others) >= here.terms.contests:
        many = "one contest" if here.terms.contests == 1 else f"{here.terms.contests} contests"
        told = ", ".join(f"“{here.contest_title(one)}”" for one in sorted(others))
        return f"One can stand in {many} of this election, and you stand in {told}. Withdraw there first."
    return ""


def standing_of(session: Session, election: str, member: str) -> list[Nomination]:
    """The nominations that a member has accepted and not withdrawn."""
    found = (one.nomination for one in nomination_records.of_member(session, election, member))
    return [one for one in found if one.nominee == member and one.accepted is not None and not one.ended]


def contest(here: Setting, name: str) -> Contest:
    """A contest as it was planned.

    Raises:
        NotFoundError: There is none of this id.
    """
    found = next((one for one in here.draft.plan if one.id == name), None)
    if found is None:
        msg = "There is no such contest in this election."
        raise NotFoundError(msg)
    return found


def supported(here: Setting, nomination: Nomination) -> Support:
    """How far the support of a nomination has come; whether each may second is looked at again in scrutiny."""
    return support(here.terms, here.people(nomination.seconders))


def candidate_id(here: Setting, member: str) -> str:
    """The id that a member has as a candidate, in all contests of an election; made from the name if there is none."""
    mine = next((one.id for one in here.draft.standing if one.member == member), "")
    rows = here.session.scalars(select(NominationRow).filter_by(election_id=here.id)).all()
    mine = mine or next((row.candidate for row in rows if row.nominee_id == member and row.candidate), "")
    taken = {row.candidate for row in rows} | {one.id for one in here.draft.standing}
    taken |= {one.id for contest in here.draft.plan for one in contest.candidates}
    return mine or slug(officers.names(here.session, [member])[member], taken)


def sees(filed: Filed, member: str) -> bool:
    """Whether a member may see a nomination: all may while it stands; else those who had a part in it."""
    one = filed.nomination
    if member in (one.by, one.nominee):
        return True
    if one.accepted is None:
        return False
    return member in one.seconders or not (one.ended or one.admitted is False)


def visible(
    session: Session, by: str, election: str, number: int, *, now: datetime, here: Setting | None = None
) -> tuple[Setting, Filed]:
    """A nomination and its election, for a member who may see it.

    Raises:
        NotFoundError: There is none of this number that they may see.
        NotPermittedError: The membership is not active.
    """
    here = here or setting(session, election, now=now)
    officers.person(session, by)
    filed = nomination_records.get(session, election, number)
    if not sees(filed, by):
        msg = "There is no such nomination."
        raise NotFoundError(msg)
    return here, filed


def not_by(here: Setting, *, itself: bool) -> str:
    """Why one cannot nominate oneself, or somebody else, by the terms; empty if one can."""
    if itself and not here.terms.by_self:
        return "In this election nobody nominates themselves: somebody else has to."
    return "" if itself or here.terms.by_others else "In this election everybody nominates themselves, and nobody else."


def mine_in(about: Iterable[Nomination], member: str, contest: str) -> Nomination | None:
    """The nomination by which a member stands in a contest, or is asked to."""
    mine = [one for one in about if one.nominee == member and one.contest == contest and not one.ended]
    return next((one for one in mine if one.accepted is not None), mine[0] if mine else None)


def cannot_second(here: Setting, one: Nomination, by: str) -> str:
    """Why a member cannot second a nomination, in a sentence; empty if they can."""
    if by == one.nominee:
        return "This is your own nomination: others have to second it."
    if by == one.by:
        return "You made this nomination, so others have to second it."
    if one.accepted is None or one.ended or one.admitted is False:
        return "This nomination does not stand, so it cannot be seconded."
    why = closed(here)
    return why or may_not(here, by, Purpose.SECOND, one.contest)
