"""What a roll makes of a draft: a contest that could never be opened, and what the public record would show of few voters.

A roll is given by its styles: how many voters have exactly these contests (docs/protocol.md, section 7).
"""

from collections.abc import Iterator, Mapping

from governance.board.setup import MIN_BALLOTS
from governance.crypto import ranking
from governance.domain import quorum
from governance.domain.draft import Contest, Draft
from governance.domain.feasible import SMALL

FEW = 5
"""Of a style with fewer voters than this it is easily seen who of them voted."""
FAR = 10
"""Possible rankings exceed voters by far, where there are more of them than so many for each voter."""
_MANY = 10**6
Rolls = Mapping[tuple[str, ...], int]


def problems(draft: Draft, rolls: Rolls) -> tuple[str, ...]:
    """Why no election can be held with this roll: a contest in which nobody may vote, or fewer than have to."""
    return tuple(_problems(draft, rolls))


def _problems(draft: Draft, rolls: Rolls) -> Iterator[str]:
    for one in draft.contests:
        voters = quorum.on_rolls(rolls, one.id)
        needed = quorum.least(one.min_ballots, draft.nominations.quorum, voters)
        if not voters:
            yield f"Nobody may vote in {one.title}."
        elif voters < needed:
            lower = f"Lower that number ({MIN_BALLOTS} is the least), let" if needed > MIN_BALLOTS else "Let"
            yield (
                f"{one.title}: it is opened only if {needed} vote, and {voters} may, so it could never be opened. {lower} "
                "more members vote in it, or merge it with another contest."
            )


def warnings(draft: Draft, rolls: Rolls) -> tuple[str, ...]:
    """What is allowed with this roll, and should be meant."""
    return (*_small(draft, rolls), *_few(draft, rolls), *_patterns(draft, rolls))


def _small(draft: Draft, rolls: Rolls) -> Iterator[str]:
    for one in draft.contests:
        voters = quorum.on_rolls(rolls, one.id)
        if 0 < voters < SMALL:
            yield (
                f"{one.title}: {voters} may vote. Every ranking is published: among fewer than {SMALL}, it can show how "
                "somebody voted."
            )


def _few(draft: Draft, rolls: Rolls) -> Iterator[str]:
    titles = {one.id: one.title for one in draft.contests}
    for contests, voters in rolls.items():
        what = " and ".join(f"“{titles[one]}”" for one in contests)
        only = "there alone" if len(contests) == 1 else "in exactly these"
        if voters == 1:
            yield f"{what}: one member votes {only}. The public record shows whether this person voted."
        elif voters < FEW:
            yield (
                f"{what}: {voters} members vote {only}. The public record shows how many of them did; where it is all or "
                "none, it shows that of each."
            )


def _patterns(draft: Draft, rolls: Rolls) -> Iterator[str]:
    for one in draft.contests:
        voters, standing = quorum.on_rolls(rolls, one.id), len(one.candidates)
        ways = ranking.total(standing, one.limit)
        fewer = _fewer(one, voters)
        if voters and fewer and ways > FAR * voters:
            yield (
                f"{one.title}: {_told(ways)} rankings are possible, and {voters} may vote. Somebody who pays or threatens a "
                "member could ask for a rare one, and look for it among those that are published. If at most "
                f"{fewer} could be ranked, {_told(ranking.total(standing, fewer))} would be possible."
            )


def _fewer(contest: Contest, voters: int) -> int:
    """How many could be ranked so that rankings do not exceed voters by far, one at least; 0 where no fewer can be."""
    standing = len(contest.candidates)
    fitting = (k for k in range(contest.limit - 1, 0, -1) if ranking.total(standing, k) <= FAR * voters)
    return next(fitting, min(1, max(0, contest.limit - 1)))


def _told(number: int) -> str:
    return f"{number:,}" if number < _MANY else "more than a million"
