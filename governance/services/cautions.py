"""What is allowed in setting an election up, and should be meant: by its draft, by the roll as it would be, by who sits."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import feasible_rolls
from governance.domain.draft import BUILT_IN, Contest
from governance.domain.person import Person
from governance.services import elections, officers, surroundings
from governance.services.roll import Frozen


def warnings(session: Session, election: str, frozen: Frozen) -> tuple[str, ...]:
    """All that should be meant, in sentences without names of voters.

    Args:
        session: The database.
        election: Its id; it is a draft.
        frozen: As `roll.preview` gave it: to work it out takes half a second for 5,000 members.
    """
    row = elections.still_drafted(session, election)
    draft, people = elections.draft_of(row), surroundings.beside(session, row)
    return (
        *elections.warnings(session, election),
        *feasible_rolls.warnings(draft, frozen.rolls),
        *(one for contest in draft.plan for one in _seated(contest, people)),
    )


def of_roll(session: Session, election: str, frozen: Frozen) -> tuple[str, ...]:
    """Why this roll (`roll.preview`) could not be frozen, in sentences."""
    return feasible_rolls.problems(elections.draft_of(elections.get(session, election)), frozen.rolls)


def sitting(session: Session, by: str, election: str, attribute: str, value: str, *, now: datetime) -> int | None:
    """How many of a value sit in the body in places that are not filled now, by the register; that it was asked is in the log.

    None where the register knows no seat of the body.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: The roll is frozen.
    """
    people = surroundings.beside(session, elections.drafted(session, by, election))
    if people is None:
        return None
    if attribute not in BUILT_IN:
        told = f"looked up how many who sit declared {attribute} = {value}"
        officers.note(session, by, told, election=election, now=now)
    return surroundings.sitting_with(people, attribute, value)


def _seated(contest: Contest, people: Sequence[Person] | None) -> Iterator[str]:
    """Where limits count others than the register has, and where caps pass over who sits."""
    if people is None:
        return
    for one in contest.constraints:
        found = surroundings.sitting_with(people, one.attribute, one.value)
        if found != one.seated:
            yield (
                f"{contest.title}: the limit for {one.attribute} = {one.value} counts {one.seated} who sit already; by the "
                f"register of seats it is {found}."
            )
    limited = {(one.attribute, one.value.strip().casefold()) for one in contest.constraints}
    for cap in contest.caps:
        values = (
            Counter(filter(None, (one.value(cap.attribute) for one in people))) if cap.attribute in BUILT_IN else {}
        )
        for value, number in sorted(values.items()):
            if number >= cap.most and (cap.attribute, value.casefold()) not in limited:
                yield (
                    f"{contest.title}: the cap on {cap.attribute} does not count who sits already, and for {value} that is "
                    f"{number} of at most {cap.most}. If it shall count them, add a limit for {cap.attribute} = {value}."
                )
