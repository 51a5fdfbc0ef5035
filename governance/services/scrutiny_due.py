"""What an officer, or the secretariat, has to do about nominations: for the page of what needs them now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.nominations.record import Status
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.services import answers, outstanding
from governance.services import nomination_records as records
from governance.services.answers import Asked
from governance.services.elections import Shown
from governance.services.officers import Person
from governance.services.scrutiny_rules import Here, look, refusal


@dataclass(frozen=True, slots=True)
class Todo:
    """What somebody may do now.

    Attributes:
        decide: Nominations that wait for scrutiny.
        appeals: That wait for an answer, as `objections`.
        reply: (nomination, challenge, until) of appeals against decisions of theirs to which they have not replied.
        adopt: Whether the list of candidates can be adopted, and is not.
    """

    decide: int = 0
    appeals: int = 0
    objections: int = 0
    reply: tuple[tuple[int, int, datetime], ...] = ()
    adopt: bool = False


def due(session: Session, person: Person, shown: Shown, *, now: datetime) -> Todo:
    """What is due from somebody in one election: nothing but from officials, while it is a draft and members nominate."""
    officer = Role.OFFICER in person.roles
    if not (officer or Role.SECRETARIAT in person.roles) or shown.phase is not Phase.DRAFT:
        return Todo()
    if not outstanding.nominated(shown.draft):
        return Todo()
    here = look(session, shown.id, now)
    found = [one.nomination for one in here.filed]
    asked = [
        one
        for filed in here.filed
        for one in filed.nomination.waiting
        if not answers.may_answer(person.id, Asked(here, filed, one))
    ]
    appeals = sum(one.appeal for one in asked)
    return Todo(
        decide=_to_decide(person, here) if officer else 0,
        appeals=appeals,
        objections=len(asked) - appeals,
        reply=tuple(
            (filed.row.id, one.number, records.heard_until(here.draft, one))
            for filed in here.filed
            for one in filed.nomination.waiting
            if one.appeal and one.about == person.id and one.reply is None
        ),
        adopt=officer
        and not outstanding.is_adopted(session, shown.id, found)
        and not outstanding.before_list(session, shown.id, found, now=now),
    )


def _to_decide(person: Person, here: Here) -> int:
    until = records.accepted_until(here.draft.calendar)
    waits = [one for one in here.filed if one.nomination.status(here.now, until) is Status.STANDS]
    return sum(refusal(person.id, one, here) is None for one in waits)
