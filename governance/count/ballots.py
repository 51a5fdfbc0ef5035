"""Papers and contests: what a rule of counting is given, already checked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from governance.count.constraints import Group
from governance.count.watching import Watcher
from governance.errors import MalformedError

MAX_SEATS = 1000
"""The most seats of a contest (docs/protocol.md 7)."""

Ranking = tuple[int, ...]
"""Indices of candidates, first preference first, none twice; () is a blank paper."""

Paper = tuple[int, Ranking]
"""How many papers are alike (>= 1), and what they say."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The papers of one contest.

    Only `profile` and the BLT reader make one, so that rankings need not be checked again.

    Attributes:
        candidates: Their ids, all different, in the order of the manifest.
        papers: In any order; alike papers may stand in several entries.
    """

    candidates: tuple[str, ...]
    papers: Sequence[Paper]

    def index(self, candidate: str | int) -> int:
        """Which candidate an id or an index means.

        Raises:
            MalformedError: There is no such candidate.
        """
        if isinstance(candidate, str) and candidate in self.candidates:
            return self.candidates.index(candidate)
        if isinstance(candidate, int) and 0 <= candidate < len(self.candidates):
            return candidate
        raise MalformedError(f"there is no candidate {candidate!r} in this contest")


def profile(candidates: Iterable[str], papers: Iterable[tuple[int, Sequence[str]]]) -> Profile:
    """A profile from papers that name candidates by id, as a result blob does.

    Raises:
        MalformedError: Two candidates with one id, a number of papers below 1, a candidate who
            is unknown or stands twice on a paper.
    """
    ids = tuple(candidates)
    index = {candidate: number for number, candidate in enumerate(ids)}
    if len(index) != len(ids):
        raise MalformedError("two candidates have the same id")
    return Profile(ids, [_paper(index, number, ranking) for number, ranking in papers])


def _paper(index: Mapping[str, int], number: int, ranking: Sequence[str]) -> Paper:
    if number < 1:
        raise MalformedError(f"a number of papers is {number}, below 1")
    unknown = [candidate for candidate in ranking if candidate not in index]
    if unknown:
        raise MalformedError(f"a paper names {unknown[0]!r}, who is no candidate")
    if len(set(ranking)) != len(ranking):
        raise MalformedError("a paper names a candidate twice")
    return number, tuple(index[candidate] for candidate in ranking)


@dataclass(frozen=True, slots=True)
class Contest:
    """All that a count depends on; only `rules.count` makes one.

    Attributes:
        seats: Places to fill, >= 1.
        lots: Of every candidate, the place in the order of lots, from 0.
        withdrawn: Passed over on every paper.
        reopen: The candidate who is "re-open nominations".
        groups: The constraints; none is another thing than constraints that bind nobody.
        watcher: Who is told how papers move; the count does not depend on it.
    """

    profile: Profile
    seats: int
    lots: tuple[int, ...]
    withdrawn: frozenset[int]
    reopen: int | None
    groups: tuple[Group, ...]
    watcher: Watcher | None = field(default=None, compare=False)
