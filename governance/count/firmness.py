"""How firm is a result? Other laws, the closest stage, and how many papers decide (docs/counting.md 10.2).

For officers and auditors. What is called proven holds whatever the papers that change say; what is called found was
counted again. The work is bounded by a number of counts, never by time, so the same papers give the same answer.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from governance.count import ers97, irv, meek, rules, scottish, wigm
from governance.count.ballots import Paper, Profile, Ranking
from governance.count.constraints import Constraint
from governance.count.margins import ELECTED, Margin, margins
from governance.count.report import Count
from governance.errors import GovernanceError

ONE_AT_A_TIME = frozenset({irv.ID, scottish.ID, wigm.ID, meek.ID})
"""Rules that with one seat exclude the lowest alone until somebody has more than half."""

BY_QUOTA = frozenset({scottish.ID, wigm.ID, wigm.ID_BATCH, ers97.ID, meek.ID})
"""Rules by which whoever has one more than valid / (seats + 1) first preferences, cut to a whole number, is elected."""

LEAST_COUNTS, MOST_COUNTS, PAPERS_TO_COUNT = 16, 200, 500_000
"""How often is counted in search of other winners: so many papers in all, but within these bounds."""

CountPapers = Callable[[Iterable[Paper]], Count]


@dataclass(frozen=True, slots=True)
class OtherRule:
    """What another law comes to on the same papers.

    Attributes:
        rule: Its id.
        elected: Whom it elects, in order; None if it does not count these papers.
        same: Whether they are the same people.
        why: Why it does not count them, or "".
    """

    rule: str
    elected: tuple[str, ...] | None
    same: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Papers that, changed, elect others: verified by counting them.

    Attributes:
        papers: How many.
        taken_from: Whose first preferences they are; the candidate is left out on them.
        given_to: Who stands first on them in place of that one.
        elected: Whom the changed papers elect, in order.
    """

    papers: int
    taken_from: str
    given_to: str
    elected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firmness:
    """How firm a result is.

    Attributes:
        count: The result.
        others: Every other law that is offered.
        margins: For each stage that elects or excludes, what it turned on.
        at_least: Proven: with fewer papers changed, added or left out, the same are elected. None: they always are.
        found: The smallest change found that elects others; None if none was.
        counts: How often was counted in search of it.
    """

    count: Count
    others: tuple[OtherRule, ...]
    margins: tuple[Margin, ...]
    at_least: int | None
    found: Change | None
    counts: int

    @property
    def closest(self) -> Margin | None:
        """The smallest margin; of several the first."""
        return min(self.margins, key=lambda margin: margin.votes, default=None)

    def as_dict(self) -> dict[str, Any]:
        """As JSON: ids for indices, votes as decimal strings."""
        found = self.found
        return {
            "rules": [
                {"rule": other.rule, "elected": None if other.elected is None else [*other.elected], "same": other.same}
                for other in self.others
            ],
            "margins": [self._margin(margin) for margin in self.margins],
            "closest": None if self.closest is None else self._margin(self.closest),
            "at_least": self.at_least,
            "at_most": None
            if found is None
            else {
                "papers": found.papers,
                "from": found.taken_from,
                "to": found.given_to,
                "elected": [*found.elected],
            },
            "counts": self.counts,
        }

    def _margin(self, margin: Margin) -> dict[str, Any]:
        names = self.count.candidates
        return {
            "stage": margin.stage,
            "what": margin.what,
            "candidate": names[margin.candidate],
            "other": names[margin.other],
            "votes": self.count.votes(margin.votes),
        }


def firmness(  # noqa: PLR0913  a count depends on all of these, and on nothing else
    rule_id: str,
    profile: Profile,
    *,
    seats: int,
    order: Sequence[str | int],
    withdrawn: Iterable[str | int] = (),
    reopen: str | int | None = None,
    constraints: Iterable[Constraint] = (),
    most_counts: int | None = None,
) -> Firmness:
    """Count, and see how firm the result is.

    Args:
        rule_id: As all but the last for `rules.count`, with the same errors.
        profile: See there.
        seats: See there.
        order: See there.
        withdrawn: See there.
        reopen: See there.
        constraints: See there.
        most_counts: How often to count in search of other winners; by the number of papers, if not given.
    """
    limits, gone = [*constraints], [*withdrawn]

    def count(papers: Iterable[Paper], rule: str = rule_id) -> Count:
        again = Profile(profile.candidates, [*papers])
        return rules.count(rule, again, seats=seats, order=order, withdrawn=gone, reopen=reopen, constraints=limits)

    counted = count(profile.papers)
    papers = _merged(profile.papers, {*counted.withdrawn})
    search = _Search(counted, papers, count, most_counts)
    search.run()
    return Firmness(
        count=counted,
        others=tuple(_other(rule, counted, partial(count, profile.papers, rule)) for rule in _others(rule_id)),
        margins=tuple(margins(counted)),
        at_least=_at_least(counted, constrained=bool(limits)),
        found=search.found,
        counts=search.counts,
    )


def _others(rule_id: str) -> list[str]:
    return [rule for rule in rules.RULES if rule != rule_id]


def _other(rule: str, counted: Count, count: Callable[[], Count]) -> OtherRule:
    try:
        elected = count()
    except GovernanceError as error:
        return OtherRule(rule, None, same=False, why=str(error))
    return OtherRule(rule, tuple(elected.names(elected.elected)), same={*elected.elected} == {*counted.elected})


def _merged(papers: Iterable[Paper], withdrawn: set[int]) -> dict[Ranking, int]:
    """The papers that count, without who withdrew; sorted, so that their order in the file does not matter."""
    alike: Counter[Ranking] = Counter()
    for number, ranking in papers:
        alike[tuple(one for one in ranking if one not in withdrawn)] += number
    del alike[()]
    return dict(sorted(alike.items()))


# -- proven: at least --------------------------------------------------------------------------------------------------


def _at_least(count: Count, *, constrained: bool) -> int | None:
    """How many papers it takes at the least, as far as it is cheap to prove: 1 is always true."""
    standing = len(count.candidates) - len(count.withdrawn)
    if count.reopen is None and standing <= count.seats:
        return None
    if constrained:
        return 1
    proven = 1
    if count.seats == 1 and count.rule in ONE_AT_A_TIME and count.elected:
        proven = max(proven, -(-_narrowest(count) // 2))
    if count.reopen is None and count.rule in BY_QUOTA:
        proven = max(proven, _above_the_quota(count) + 1)
    return proven


def _narrowest(count: Count) -> int:
    """The margin, in votes, that fewer than half as many papers cannot overcome, with one seat.

    A paper moves any difference between sums of tallies by two at most. Where those excluded between two stages have
    less together than each who is left then, by more than that, they all go first, in whatever order; where the
    winner has more than half by more than that, nobody else wins. So a way through the stages is as firm as its
    weakest step, and the firmest way counts.
    """
    unit: int = 10**count.places
    (winner,) = count.elected
    continuing = {*range(len(count.candidates))}.difference(count.withdrawn)
    nodes: list[tuple[frozenset[int], tuple[int, ...]]] = []
    for stage in count.stages:
        continuing.difference_update(stage.excluded)
        if stage.candidates or stage.number == 1:
            nodes.append((frozenset(continuing), stage.tallies))
    # How firmly each stage is reached, from the first on.
    reached = [0] * len(nodes)
    reached[0] = sum(nodes[0][1]) + unit
    best = 0
    for here, (left, tallies) in enumerate(nodes):
        best = max(best, min(reached[here], 2 * tallies[winner] - sum(tallies)))
        for there in range(here + 1, len(nodes)):
            stays = nodes[there][0]
            gap = min(tallies[one] for one in stays) - sum(tallies[one] for one in left - stays)
            reached[there] = max(reached[there], min(reached[here], gap))
    return best // unit


def _above_the_quota(count: Count) -> int:
    """How many papers may change while all who are elected still have a quota of first preferences; 0 if not all have."""
    first = count.stages[0]
    if len(count.elected) != count.seats or {*first.elected} != {*count.elected}:
        return 0
    least = min(first.tallies[one] for one in count.elected) // 10**count.places
    low, high = 0, least
    while low < high:
        middle = (low + high + 1) // 2
        if least - middle > (count.valid + middle) // (count.seats + 1):
            low = middle
        else:
            high = middle - 1
    return low


# -- found: at most ----------------------------------------------------------------------------------------------------


class _Search:
    """Looks for few papers that, changed, elect others.

    Of one candidate's first preferences so many are given to another; the least number that elects others is found by
    halving. Who is taken from whom comes from the closest stages first, then from every winner and loser.

    Attributes:
        found: The smallest change so far.
        counts: How often was counted.
    """

    def __init__(self, base: Count, papers: dict[Ranking, int], count: CountPapers, most_counts: int | None) -> None:
        self.found: Change | None = None
        self.counts = 0
        self._base = base
        self._papers = papers
        self._count = count
        by_size = max(LEAST_COUNTS, min(MOST_COUNTS, PAPERS_TO_COUNT // max(1, len(papers))))
        self._most = by_size if most_counts is None else most_counts

    def run(self) -> None:
        """Search until all pairs are tried, or it was counted often enough."""
        tried: set[tuple[int, int]] = set()
        for pair in self._pairs():
            if pair in tried:
                continue
            tried.add(pair)
            if not self._try(*pair):
                return

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Whose papers to give to whom, the most promising first."""
        base = self._base
        for margin in sorted(margins(base), key=lambda margin: margin.votes):
            yield (margin.candidate, margin.other) if margin.what == ELECTED else (margin.other, margin.candidate)
        elected = [*reversed(base.elected)]
        out = [one for stage in base.stages for one in stage.excluded]
        left = {*range(len(base.candidates))}.difference(elected, out, base.withdrawn)
        losers = [*sorted(left), *reversed(out)]
        yield from ((winner, loser) for loser in losers for winner in elected)
        yield from ((one, loser) for loser in losers for one in losers if one != loser)

    def _try(self, giver: int, receiver: int) -> bool:
        """Find the least number of papers for this pair, if fewer do than are known to; False if there are no more counts."""
        source = [(ranking, number) for ranking, number in self._papers.items() if ranking[0] == giver]
        # Those that would come to the receiver later are worth least to them.
        source.sort(key=lambda paper: receiver in paper[0])
        low, high = 0, sum(number for _, number in source)
        if self.found:
            high = min(high, self.found.papers - 1)
        middle = high
        while low < high and middle > low:
            if self.counts >= self._most:
                return False
            if change := self._change(giver, receiver, source, middle):
                self.found, high = change, middle
            else:
                low = middle
            middle = (low + high) // 2
        return True

    def _change(self, giver: int, receiver: int, source: Iterable[tuple[Ranking, int]], number: int) -> Change | None:
        """Count with so many papers changed; None if the same are elected."""
        papers = Counter(self._papers)
        left = number
        for ranking, alike in source:
            moved = min(left, alike)
            papers[ranking] -= moved
            papers[(receiver, *(one for one in ranking if one not in {giver, receiver}))] += moved
            left -= moved
        self.counts += 1
        again = self._count((alike, ranking) for ranking, alike in papers.items() if alike)
        if {*again.elected} == {*self._base.elected}:
            return None
        names = self._base.candidates
        return Change(number, names[giver], names[receiver], tuple(again.names(again.elected)))


# -- in words ----------------------------------------------------------------------------------------------------------


def text(firm: Firmness) -> str:
    """What an officer or an auditor reads, a line for each thing."""
    lines = ["How firm is it?", *map(_rule_line, firm.others)]
    if firm.closest is None:
        lines.append("Closest stage: none; nobody else could have been elected.")
    else:
        lines.append(f"Closest stage: {_margin_line(firm.count, firm.closest)}")
    if firm.at_least is None:
        lines.append("Proven: whatever the papers say, the same are elected.")
    else:
        lines.append(f"Proven at least: {_papers(firm.at_least)} must be others before anybody else is elected.")
    if firm.found:
        change = firm.found
        lines.append(
            f"Found at most: {_papers(change.papers)}. If so many had {change.given_to} first and not "
            f"{change.taken_from}, these were elected: {', '.join(change.elected)}"
        )
    elif firm.at_least is not None:
        lines.append(f"Found at most: nothing that elects others, in {firm.counts} counts. That proves nothing.")
    lines.append("Stage by stage:")
    lines += [f"  {_margin_line(firm.count, margin)}" for margin in firm.margins]
    return "\n".join(lines)


def _papers(number: int) -> str:
    return "1 paper" if number == 1 else f"{number} papers"


def _rule_line(other: OtherRule) -> str:
    if other.elected is None:
        return f"By {other.rule}: not counted ({other.why})"
    return f"By {other.rule}: {'the same' if other.same else 'others: ' + (', '.join(other.elected) or 'nobody')}"


def _margin_line(count: Count, margin: Margin) -> str:
    candidate, other = count.names((margin.candidate, margin.other))
    votes = count.votes(margin.votes)
    what = "elected, with" if margin.what == ELECTED else "excluded, with"
    more = "more than" if margin.what == ELECTED else "fewer than"
    return f"stage {margin.stage}: {candidate} {what} {votes} {more} {other}"
