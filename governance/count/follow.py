"""How did a paper like mine travel? A ranking followed through a count (docs/counting.md 10.1).

The papers are counted as ever, and the rule tells by what it moves them; a ranking is then walked along what was told.
So one count serves any number of rankings, cast or not, and following cannot change it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from governance.count import rules
from governance.count.ballots import Profile, Ranking
from governance.count.progress import EXCLUSION
from governance.count.report import Count, Stage, decimal
from governance.count.watching import Keeps, Lying, PassesOn
from governance.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Stop:
    """Where one paper is at the end of a stage. Votes are in the rule's unit.

    Attributes:
        number: Of the stage.
        holder: The continuing or elected candidate, or the one being excluded, in whose hands the paper is: whose votes
            would take it along. None: it is with nobody any more. Under Meek, the hopeful candidate at the end of what
            it passes, if any.
        shares: What of the paper counts for whom, in the order in which it came to them; only who has some of it.
        lost: What counts for nobody: all of these together are one vote.
    """

    number: int
    holder: int | None
    shares: tuple[tuple[int, int], ...]
    lost: int

    def of(self, candidate: int) -> int:
        """What of the paper counts for a candidate."""
        return dict(self.shares).get(candidate, 0)


class Trail:
    """A count, and what its rule told of how papers moved.

    Attributes:
        count: The count, the same byte for byte as without a trail.
        moves: By what papers move in a stage, by its number; as a `Told` heard it.
        shares: By what they are shared out, likewise.
    """

    def __init__(self, count: Count, moves: Mapping[int, PassesOn], shares: Mapping[int, Keeps]) -> None:
        """A trail of what a `Told` heard."""
        self.count = count
        self._unit = 10**count.places
        self.moves = moves
        self.shares = shares
        self._receivers = [*_receivers(count)]

    def follow(self, ranking: Ranking) -> tuple[Stop, ...]:
        """Where a paper with this ranking (indices) was at the end of each stage; () if it counts for nobody."""
        if self.shares:
            return tuple(self._shared(ranking))
        return tuple(self._moved(ranking))

    def _moved(self, ranking: Ranking) -> Iterator[Stop]:
        """One holder at a time, who may pass on a part and keep the rest."""
        place = _next(ranking, 0, self._receivers[0])
        if place is None:
            return
        holder: int | None = ranking[place]
        value, since, lost = self._unit, 1, 0
        kept = {ranking[place]: value}
        for stage, receivers in zip(self.count.stages, self._receivers, strict=True):
            passes_on = self._passes_on(stage)
            if passes_on and holder is not None and holder in stage.candidates:
                ahead = _next(ranking, place + 1, receivers)
                new = passes_on(Lying(value, since, ahead is not None))
                if new is not None:
                    kept[holder] = value - new
                    value, since = new, stage.number
                    if ahead is None:
                        holder, lost = None, new
                    else:
                        holder, place = ranking[ahead], ahead
                        kept[holder] = new
            yield _stop(stage, holder, kept, lost)

    def _passes_on(self, stage: Stage) -> PassesOn | None:
        """By what papers move in a stage: what the rule told; an exclusion of which it told nothing, at their value."""
        told = self.moves.get(stage.number)
        return told or (_whole if stage.action == EXCLUSION else None)

    def _shared(self, ranking: Ranking) -> Iterator[Stop]:
        """Meek: in every stage the paper is shared out anew; `final` is without, and nothing changes."""
        if _next(ranking, 0, self._receivers[0]) is None:
            return
        stop: Stop | None = None
        for stage, receivers in zip(self.count.stages, self._receivers, strict=True):
            keeps = self.shares.get(stage.number)
            if keeps is None and stop is not None:
                yield Stop(stage.number, stop.holder, stop.shares, stop.lost)
                continue
            left = self._unit
            kept: dict[int, int] = {}
            for candidate in ranking:
                if keeps and left:
                    kept[candidate] = keeps(left, candidate)
                    left -= kept[candidate]
            holder = next((one for one in ranking if one in receivers and kept.get(one)), None)
            stop = _stop(stage, holder, kept, left)
            yield stop


class Told:
    """Keeps what a rule tells (`watching.Watcher`)."""

    def __init__(self) -> None:
        """Nothing told yet."""
        self._moves: dict[int, PassesOn] = {}
        self._shares: dict[int, Keeps] = {}

    def moves(self, stage: int, passes_on: PassesOn) -> None:
        """By what papers move in a stage."""
        self._moves[stage] = passes_on

    def shares(self, stage: int, keeps: Keeps) -> None:
        """By what papers are shared out in a stage."""
        self._shares[stage] = keeps

    def trail(self, count: Count) -> Trail:
        """The trail of the count that was watched."""
        return Trail(count, MappingProxyType(self._moves), MappingProxyType(self._shares))


def counted(rule_id: str, profile: Profile, **asked: Any) -> Trail:
    """Count a contest as `rules.count` does, with the same arguments and errors, so that rankings can be followed."""
    told = Told()
    return told.trail(rules.count(rule_id, profile, watcher=told, **asked))


def ranking_of(profile: Profile, names: Sequence[str | int]) -> Ranking:
    """A ranking by ids or indices as indices.

    Raises:
        MalformedError: A candidate who is unknown or named twice.
    """
    ranking = tuple(map(profile.index, names))
    if len(set(ranking)) < len(ranking):
        raise MalformedError("the ranking names a candidate twice")
    return ranking


def as_dict(count: Count, stop: Stop) -> dict[str, Any]:
    """A stop as JSON: ids for indices, votes as decimal strings with the rule's places."""
    return {
        "number": stop.number,
        "holder": None if stop.holder is None else count.candidates[stop.holder],
        "shares": {count.candidates[one]: decimal(units, count.places) for one, units in stop.shares},
        "lost": decimal(stop.lost, count.places),
    }


def text(trail: Trail, ranking: Ranking) -> str:
    """The journey in words, a line for each stage."""
    count = trail.count
    lines = [f"A paper that ranks {', '.join(count.names(ranking)) or 'nobody'}:"]
    stops = trail.follow(ranking)
    if not stops:
        lines.append("  counts for nobody.")
    for stop in stops:
        parts = [f"{count.votes(units)} for {count.candidates[one]}" for one, units in stop.shares]
        if stop.lost:
            parts.append(f"{count.votes(stop.lost)} for nobody any more")
        lines.append(f"  stage {stop.number}: {', '.join(parts)}")
    return "\n".join(lines)


def _receivers(count: Count) -> Iterator[frozenset[int]]:
    """For each stage, who could receive papers in it (docs/counting.md 8.4 A4)."""
    continuing = {*range(len(count.candidates))}.difference(count.withdrawn)
    for stage in count.stages:
        continuing.difference_update(stage.excluded)
        yield frozenset(continuing)
        continuing.difference_update(stage.elected)


def _next(ranking: Ranking, start: int, receivers: frozenset[int]) -> int | None:
    """The place, from `start` on, of the first preference that can receive."""
    return next((place for place in range(start, len(ranking)) if ranking[place] in receivers), None)


def _whole(paper: Lying) -> int:
    return paper.value


def _stop(stage: Stage, holder: int | None, kept: Mapping[int, int], lost: int) -> Stop:
    return Stop(stage.number, holder, tuple((one, units) for one, units in kept.items() if units), lost)
