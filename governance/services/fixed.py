"""What of an election is fixed once members are nominated: terms, contests, rules of standing; the ballot while it is adopted.

Who knows who stands could else make the rules fit. Who votes is not fixed here: two people freeze the roll.
"""

from datetime import datetime

from governance.domain import calendar as dates
from governance.domain.calendar import Period, in_utc
from governance.domain.draft import Draft
from governance.domain.eligibility.language import Node, Purpose, RuleSet
from governance.errors import RuleError


def begun(draft: Draft, *, announced: bool, now: datetime) -> datetime | None:
    """When nominations began; None while they have not, or where the calendar has none."""
    span = dates.find(draft.calendar, Period.NOMINATIONS)
    return span.begins if span and announced and span.begins <= now else None


def why_not(before: Draft, after: Draft, *, announced: bool, now: datetime) -> str:
    """Why a draft cannot become another one, in a sentence; empty if it can."""
    since = begun(before, announced=announced, now=now)
    if since and (before.nominations != after.nominations or _shape(before) != _shape(after)):
        return (
            f"Nominations began on {in_utc(since)}. Since then their terms are fixed, and so are the contests, their "
            "places, their order, limits and caps, and how they are counted: people were nominated for them."
        )
    if before.planned and dates.find(before.calendar, Period.NOMINATIONS) and _ballot(before) != _ballot(after):
        return (
            "The list of candidates is on the ballot. Take its adoption back first, on the page of that list; then "
            "change this, and adopt the list again."
        )
    return ""


def check(before: Draft, after: Draft, *, announced: bool, now: datetime) -> None:
    """Check that a draft may become another one.

    Raises:
        RuleError: `why_not`.
    """
    if why := why_not(before, after, announced=announced, now=now):
        raise RuleError(why)


def _shape(draft: Draft) -> list[tuple[object, ...]]:
    return [
        (
            *(one.id, one.seats, one.after, one.caps, one.rule, one.min_ballots),
            [(limit.attribute, limit.value, limit.min, limit.max) for limit in one.constraints],
            [candidate.id for candidate in one.candidates if candidate.reopen],
        )
        for one in draft.plan
    ]


def check_rules(draft: Draft, before: RuleSet, after: RuleSet, *, announced: bool, now: datetime) -> None:
    """Check that rules of eligibility may become other ones.

    Raises:
        RuleError: Nominations have begun, and it is not about voting alone.
    """
    since = begun(draft, announced=announced, now=now)
    if since and any(_of_standing(before, one) != _of_standing(after, one) for one in _STANDING):
        msg = (
            f"Nominations began on {in_utc(since)}. Since then the rules of who may nominate, second and stand are fixed: "
            "whoever knows who stands does not change them."
        )
        raise RuleError(msg)


_STANDING = (Purpose.NOMINATE, Purpose.SECOND, Purpose.STAND)


def _of_standing(rules: RuleSet, purpose: Purpose) -> tuple[Node, dict[str, Node]]:
    return rules.purposes[purpose], {name: one[purpose] for name, one in rules.contests.items() if purpose in one}


def _ballot(draft: Draft) -> tuple[object, ...]:
    return draft.contests, draft.unopposed, draft.planned
