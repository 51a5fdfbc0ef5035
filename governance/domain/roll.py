"""Who may vote in which contest, and why not (docs/protocol.md, section 7: one person, one roll)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from governance.domain.draft import BUILT_IN, Contest, Draft


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules look at."""

    id: str
    name: str
    active: bool
    joined: date
    country: str
    region: str
    attributes: Mapping[str, str]

    def value(self, attribute: str) -> str:
        """What this person has or has declared; empty if nothing."""
        return str(getattr(self, attribute)) if attribute in BUILT_IN else self.attributes.get(attribute, "")


def why_not(person: Person, draft: Draft, contest: Contest) -> str:
    """Why a person may not vote in a contest, in one sentence; empty if they may."""
    cutoff = draft.calendar.cutoff.date()
    if not person.active:
        return "The membership is not active."
    if person.joined > cutoff:
        return f"Voters must have been members by {cutoff.isoformat()}; this membership began on {person.joined.isoformat()}."
    for attribute, values in contest.electorate.items():
        if person.value(attribute) not in values:
            shown = attribute.replace("_", " ")
            return f"This contest is for members whose {shown} is {' or '.join(values)}."
    return ""


def style(person: Person, draft: Draft) -> tuple[str, ...]:
    """The contests that a person votes in, in the order of the manifest; () if in none."""
    return tuple(contest.id for contest in draft.contests if not why_not(person, draft, contest))
