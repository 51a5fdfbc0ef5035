"""What a report is about: a count, what the candidates are called, and what is known of the papers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from governance.count.ballots import Paper
from governance.count.report import Count, Stage, Tie
from governance.errors import MalformedError

LEAST = 20
"""With fewer ballots no statistics are shown, whatever an election allows: a figure would be of few people."""


@dataclass(frozen=True, slots=True)
class Papers:
    """How the papers of a contest were filled in; sums alone, no paper.

    Attributes:
        ballots: All that were counted, blank and invalid ones among them.
        blank: Without any preference.
        invalid: That could not be read as a ballot.
        lengths: How many papers rank so many candidates (from 1).
        voters: How many people could have voted; None where that is not known.
    """

    ballots: int
    blank: int
    invalid: int
    lengths: Mapping[int, int]
    voters: int | None = None

    @property
    def turnout(self) -> str | None:
        """Ballots of those who could have voted, as a percentage with one place, cut."""
        if not self.voters:
            return None
        tenths = self.ballots * 1000 // self.voters
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a report shows.

    Attributes:
        title: Of the contest; may be empty.
        count: What happened.
        names: Of the candidates, in the count's order.
        papers: None where nothing is known of them, or where they are too few.
        max_ranks: The most preferences of a paper; None if all candidates could be ranked.
        constrained: Whether places were kept or limited for groups.
        made_up: Whether people and votes are a demonstration's.
    """

    title: str
    count: Count
    names: tuple[str, ...]
    papers: Papers | None = None
    max_ranks: int | None = None
    constrained: bool = False
    made_up: bool = field(default=False, kw_only=True)

    @property
    def winners(self) -> list[str]:
        """The people elected, in order."""
        return [self.names[one] for one in self.count.elected if one != self.count.reopen]

    def order(self) -> list[int]:
        """Candidates as a reader looks for them: the elected in order, then the others, who stayed longest first."""
        count = self.count
        left = {one: stage.number for stage in count.stages for one in stage.excluded}
        never = len(count.stages) + 1

        def place(one: int) -> tuple[int, int]:
            if one in count.elected:
                return 0, count.elected.index(one)
            return (2, 0) if one in count.withdrawn else (1, -left.get(one, never))

        return sorted(range(len(self.names)), key=place)


def papers(found: Iterable[Paper], *, invalid: int = 0, voters: int | None = None, least: int = LEAST) -> Papers | None:
    """What is told of papers; None if there are fewer than `least` (never below `LEAST`)."""
    lengths: Counter[int] = Counter()
    for number, ranking in found:
        lengths[len(ranking)] += number
    ballots = lengths.total() + invalid
    if ballots < max(least, LEAST):
        return None
    blank = lengths.pop(0, 0)
    return Papers(ballots, blank, invalid, MappingProxyType(dict(sorted(lengths.items()))), voters)


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """A name for each candidate that nobody else has: who shares one gets their number in the list."""
    times = Counter(names)
    labels = tuple(f"{name} #{n}" if times[name] > 1 else name for n, name in enumerate(names, 1))
    if len(set(labels)) == len(labels):
        return labels
    return tuple(f"{name} #{n}" for n, name in enumerate(names, 1))


def from_json(found: Any, candidates: Sequence[str], reopen: str | None = None) -> Count:
    """The count that an object of docs/interfaces.md, "A count as JSON", says.

    Args:
        found: The object.
        candidates: All ids, in order.
        reopen: The id of "re-open nominations".

    Raises:
        MalformedError: It is not such an object, or not of these candidates.
    """
    try:
        return _Reading(candidates, len(found["quota"].partition(".")[2])).count(found, reopen)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise MalformedError("the count is not of the form that a count has") from error


class _Reading:
    def __init__(self, candidates: Sequence[str], places: int) -> None:
        self._ids = tuple(candidates)
        self._index = {one: number for number, one in enumerate(candidates)}
        self._places = places

    def count(self, found: Any, reopen: str | None) -> Count:
        return Count(
            rule=str(found["rule"]),
            candidates=self._ids,
            seats=int(found["seats"]),
            valid=int(found["valid"]),
            places=self._places,
            withdrawn=self._who(found["withdrawn"]),
            reopen=None if reopen is None else self._index[reopen],
            elected=self._who(found["elected"]),
            stages=tuple(map(self._stage, found["stages"])),
            ties=tuple(
                Tie(int(tie["stage"]), self._who(tie["among"]), self._index[tie["chosen"]], str(tie["by"]))
                for tie in found["ties"]
            ),
            unconstrained=False,
        )

    def _who(self, ids: Any) -> tuple[int, ...]:
        return tuple(self._index[one] for one in ids)

    def _units(self, votes: str) -> int:
        whole, _, part = votes.partition(".")
        if len(part) != self._places or not (whole + part).isdecimal():
            raise ValueError(votes)
        return int(whole + part)

    def _stage(self, found: Any) -> Stage:
        return Stage(
            number=int(found["number"]),
            action=str(found["action"]),
            candidates=self._who(found["candidates"]),
            tallies=tuple(self._units(found["tallies"][one]) for one in self._ids),
            non_transferable=self._units(found["non_transferable"]),
            quota=self._units(found["quota"]),
            elected=self._who(found["elected"]),
            excluded=self._who(found["excluded"]),
            guarded=self._who(found["guarded"]),
            doomed=self._who(found["doomed"]),
        )
