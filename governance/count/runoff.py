"""The alternative vote with papers of several values, for a vacancy (docs/counting.md 7.2): exact, in whole units."""

from collections.abc import Iterable, Sequence

from governance.count.ballots import Ranking
from governance.count.irv import ID
from governance.count.progress import EXCLUSION, FIRST_PREFERENCES
from governance.count.report import Count, Stage, Tie
from governance.count.ties import lowest

Valued = tuple[int, int, Ranking]
"""How many papers are alike, what each counts, in units, and what they say."""


def runoff(  # noqa: PLR0913  a count depends on all of these, and on nothing else
    candidates: tuple[str, ...],
    papers: Sequence[Valued],
    *,
    standing: Iterable[int],
    order: Sequence[int],
    places: int,
    reopen: int | None,
) -> Count:
    """Exclude the lowest until somebody has more than half of the votes that are not exhausted.

    A paper begins again with its first preference. In every stage the tallies and `non_transferable` add up to the
    papers' values, not to `valid`, which is their number.

    Args:
        candidates: All ids, in order of index.
        papers: Those that are counted.
        standing: Who can be elected; all others are passed over, as withdrawn.
        order: The order of lots, every candidate once.
        places: How many decimal places a unit has.
        reopen: The candidate who is "re-open nominations", if there is one.
    """
    continuing = {*standing}
    withdrawn = tuple(one for one in range(len(candidates)) if one not in continuing)
    lots = {candidate: place for place, candidate in enumerate(order)}
    rank = [lots[candidate] for candidate in range(len(candidates))]
    total = sum(number * value for number, value, _ in papers)
    history: list[tuple[int, ...]] = []
    stages: list[Stage] = []
    ties: list[Tie] = []
    excluded: tuple[int, ...] = ()
    while True:
        tallies = _tallies(papers, continuing, len(candidates))
        history.append(tallies)
        majority = sum(tallies) // 2 + 1
        elected = tuple(one for one in continuing if tallies[one] >= majority or len(continuing) == 1)
        stages.append(
            Stage(
                number=len(history),
                action=EXCLUSION if excluded else FIRST_PREFERENCES,
                candidates=excluded,
                tallies=tallies,
                non_transferable=total - sum(tallies),
                quota=majority,
                elected=elected,
                excluded=excluded,
                guarded=(),
                doomed=(),
            )
        )
        if elected or not continuing:
            break
        choice = lowest(continuing, history, rank)
        if choice.by:
            ties.append(Tie(len(history) + 1, choice.among, choice.chosen, choice.by))
        excluded = (choice.chosen,)
        continuing.remove(choice.chosen)
    return Count(
        rule=ID,
        candidates=candidates,
        seats=1,
        valid=sum(number for number, _, _ in papers),
        places=places,
        withdrawn=withdrawn,
        reopen=reopen,
        elected=elected,
        stages=tuple(stages),
        ties=tuple(ties),
        unconstrained=False,
    )


def _tallies(papers: Iterable[Valued], continuing: set[int], candidates: int) -> tuple[int, ...]:
    """What each has of the papers on which they come first of those who continue."""
    tallies = [0] * candidates
    for number, value, ranking in papers:
        for candidate in ranking:
            if candidate in continuing:
                tallies[candidate] += number * value
                break
    return tuple(tallies)
