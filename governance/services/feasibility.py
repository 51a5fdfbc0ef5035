"""Whether those who stand so far can fulfil what was promised, while others can still be nominated (product.md 3.9)."""

from sqlalchemy.orm import Session

from governance.domain.draft import Candidate, Draft
from governance.domain.nominations import ballot
from governance.domain.nominations.filling import Admitted, attributes
from governance.services import elections, members, nomination_records
from governance.services.nomination_records import Filed


def feasibility(session: Session, election: str) -> tuple[str, ...]:
    """What accepted nominees so far cannot fulfil, in sentences without names: too few, guarantees, limits and caps.

    It is for officers: whoever calls it has asked for that.

    Raises:
        NotFoundError: There is no such election.
    """
    draft = elections.draft_of(elections.get(session, election))
    return ballot.so_far(draft, admitted(session, draft, _standing(session, election)))


def _standing(session: Session, election: str) -> list[Filed]:
    every = nomination_records.every(session, election)
    return [one for one in every if one.nomination.stands and one.nomination.admitted is not False]


def admitted(session: Session, draft: Draft, found: list[Filed]) -> list[Admitted]:
    """Candidates of these nominations, with what the members' list says today of what limits are about."""
    asked = sorted(attributes(draft))
    people = members.facts_of(session, {one.nomination.nominee for one in found})
    made = []
    for one in found:
        person = people[one.nomination.nominee]
        candidate = Candidate(one.row.candidate, person.listed_as, member=person.id)
        made.append(Admitted(one.row.contest, candidate, {name: person.value(name) for name in asked}))
    return made
