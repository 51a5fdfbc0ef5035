"""The rules of counting that are offered, and the one way to count (docs/counting.md).

Another rule is another file with a function from `Contest` to `Count`, and one line in `RULES`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from governance.count import ers97, irv, meek, scottish, wigm
from governance.count.ballots import MAX_SEATS, Contest, Profile
from governance.count.constraints import Constraint
from governance.count.report import Count
from governance.count.watching import Watcher
from governance.errors import MalformedError, RuleError

Rule = Callable[[Contest], Count]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        scottish.ID: scottish.count,
        meek.ID: meek.count,
        wigm.ID: wigm.count,
        wigm.ID_BATCH: wigm.count_batch,
        ers97.ID: ers97.count,
        irv.ID: irv.count,
    }
)

DEFAULT = scottish.ID


def count(  # noqa: PLR0913  a count depends on all of these, and on nothing else
    rule_id: str,
    profile: Profile,
    *,
    seats: int,
    order: Sequence[str | int],
    withdrawn: Iterable[str | int] = (),
    reopen: str | int | None = None,
    constraints: Iterable[Constraint] = (),
    watcher: Watcher | None = None,
) -> Count:
    """Count the papers of one contest.

    Args:
        rule_id: One of `RULES`.
        profile: Candidates and papers; candidates are named by id or by index below.
        seats: Places to fill, 1 to `MAX_SEATS`.
        order: The order of lots, every candidate once: among those still tied after looking back,
            the first is the one who is transferred or excluded (docs/protocol.md 11).
        withdrawn: Passed over on every paper.
        reopen: The candidate who is "re-open nominations", if there is one.
        constraints: With `seated` as it is once earlier contests are counted.
        watcher: Who is told how papers move; it changes nothing.

    Raises:
        RuleError: The rule is not offered.
        MalformedError: An argument does not fit the contest.
    """
    if rule_id not in RULES:
        raise RuleError(f"the rule {rule_id!r} is not offered; offered: {', '.join(RULES)}")
    if not 1 <= seats <= MAX_SEATS:
        raise MalformedError(f"the number of seats is {seats}, not between 1 and {MAX_SEATS}")
    contest = Contest(
        profile=profile,
        seats=seats,
        lots=_lots(profile, order),
        withdrawn=frozenset(map(profile.index, withdrawn)),
        reopen=None if reopen is None else profile.index(reopen),
        groups=tuple(constraint.group(profile.candidates) for constraint in constraints),
        watcher=watcher,
    )
    if contest.reopen in contest.withdrawn:
        raise MalformedError("the re-open candidate cannot withdraw")
    if any(contest.reopen in group.members for group in contest.groups):
        raise MalformedError("the re-open candidate cannot stand in a constraint")
    return RULES[rule_id](contest)


def _lots(profile: Profile, order: Sequence[str | int]) -> tuple[int, ...]:
    """Of every candidate, the place in the order of lots."""
    places = {profile.index(candidate): place for place, candidate in enumerate(order)}
    if not len(places) == len(order) == len(profile.candidates):
        raise MalformedError("the order of lots does not name every candidate once")
    return tuple(places[candidate] for candidate in range(len(order)))
