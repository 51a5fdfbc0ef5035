"""Whether reserved places, guarantees and caps can be met at all, and if not, why, in a plain sentence."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from governance.count.constraints import Group, Limits
from governance.domain.draft import Contest

MOST = 10**4
"""No body has so many places; a number above it is a slip."""


class _Named(NamedTuple):
    name: str
    group: Group


def problems(contest: Contest, after: Sequence[Contest]) -> Iterator[str]:
    """Why the limits of a contest cannot be met.

    Args:
        contest: Whose limits.
        after: The contests that are counted before it.
    """
    before = {one.id for other in after for one in other.candidates if not one.reopen}
    spare = sum(other.seats for other in after)
    order = {candidate.id: i for i, candidate in enumerate(contest.candidates) if not candidate.reopen}
    groups = []
    for one in contest.constraints:
        name = f"{one.attribute} = {one.value}"
        named = set(one.candidates)
        if not one.attribute.strip() or not one.value.strip():
            yield "a limit needs to say what it is about, and for which value."
            return
        if not 0 <= one.min <= one.max <= MOST or not 0 <= one.seated <= MOST:
            yield f"the minimum and maximum for {name} do not fit."
            return
        if len(named) < len(one.candidates) or not named <= order.keys() | before:
            yield f"the limit for {name} names somebody twice, or who does not stand here."
            return
        # Whom earlier contests elect is not known yet: any number of those named may be among them.
        helped = min(len(named & before), spare)
        members = frozenset(order[who] for who in named if who in order)
        groups.append(_Named(name, Group(members, one.min - one.seated - helped, one.max - one.seated)))
    standing = list(order.values())
    if groups and standing and not Limits(standing, contest.seats, [group for _, group in groups]).feasible:
        yield _why(standing, contest.seats, groups)


def _why(standing: Sequence[int], seats: int, groups: Sequence[_Named]) -> str:
    """The smallest reason that there is: one limit, two of them, or all together."""
    for one in groups:
        if not Limits(standing, seats, [one.group]).feasible:
            return _why_one(len(standing), min(seats, len(standing)), one)
    for one, other in combinations(groups, 2):
        if not Limits(standing, seats, [one.group, other.group]).feasible:
            return f"the limits for {one.name} and for {other.name} cannot both be met by those who stand."
    return "no choice of these candidates can meet all its limits together."


def _why_one(standing: int, filled: int, one: _Named) -> str:
    name, (members, low, high) = one.name, (one.group.members, one.group.low, one.group.high)
    have = len(members)
    if high < 0:
        return f"more than the maximum for {name} sit already."
    if low > have:
        return f"{low} of {name} have to be elected, and {have} of them {'stands' if have == 1 else 'stand'}."
    if low > filled:
        return f"{low} of {name} have to be elected, and {filled} can be elected at all."
    return (
        f"at most {high} of {name} may be elected, and others who stand: {standing - have}, "
        f"too few for {filled} places."
    )
