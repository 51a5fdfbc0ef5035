"""All papers as Meek's rule distributes them, arranged so that each way through the elected is worked out once.

How much of a paper is left (w) depends only on which elected candidates it has passed, in which order: those who are
excluded keep nothing, and a hopeful candidate keeps all. So the papers hang on a tree. A node is a sequence of elected
candidates; what is left after them is the same for every paper that begins so, rounding included, because each paper
is rounded by itself before it is multiplied by how many are alike. Papers wait at a node for the hopeful candidate who
comes next, and move on only when that one is elected or excluded.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from operator import mul

from governance.count.ballots import Paper
from governance.count.papers import Held, number_of, unread

ROOT = 0


class Tree:
    """The papers of a contest, and what is left of them at each node."""

    def __init__(self, candidates: int, papers: Iterable[Paper], hopeful: Collection[int]) -> None:
        self._hopeful = {*hopeful}
        self._elected: set[int] = set()
        self._parents = [ROOT]
        self._passed = [-1]
        self._through = [0]
        self._children: dict[tuple[int, int], int] = {}
        self._waiting: list[dict[int, list[Held]]] = [{} for _ in range(candidates)]
        self._numbers: list[dict[int, int]] = [{} for _ in range(candidates)]
        self._place(ROOT, unread(papers))

    def elect(self, candidate: int) -> None:
        """From now on this candidate keeps a part, and passes the rest on."""
        self._hopeful.remove(candidate)
        self._elected.add(candidate)
        for node, papers in self._take(candidate):
            child = self._child(node, candidate)
            self._through[child] += number_of(papers)
            self._place(child, papers)

    def exclude(self, candidate: int) -> None:
        """From now on this candidate keeps nothing."""
        self._hopeful.remove(candidate)
        for node, papers in self._take(candidate):
            self._place(node, papers)

    def _take(self, candidate: int) -> list[tuple[int, list[Held]]]:
        taken = [*self._waiting[candidate].items()]
        self._waiting[candidate], self._numbers[candidate] = {}, {}
        return taken

    def _child(self, node: int, candidate: int) -> int:
        """The node that follows a node when a paper passes this candidate."""
        found = self._children.get((node, candidate))
        if found is None:
            found = self._children[node, candidate] = len(self._parents)
            self._parents.append(node)
            self._passed.append(candidate)
            self._through.append(0)
        return found

    def _place(self, start: int, papers: Iterable[Held]) -> None:
        """Let papers that have come to a node go on to the next hopeful candidate, if there is one."""
        hopeful, elected = self._hopeful, self._elected
        placed: defaultdict[tuple[int, int], list[Held]] = defaultdict(list)
        for paper in papers:
            node = start
            number, preferences = paper
            for candidate in preferences:
                if candidate in hopeful:
                    placed[candidate, node].append(paper)
                    break
                if candidate in elected:
                    node = self._child(node, candidate)
                    self._through[node] += number
        for (candidate, node), parcel in placed.items():
            self._waiting[candidate].setdefault(node, []).extend(parcel)
            numbers = self._numbers[candidate]
            numbers[node] = numbers.get(node, 0) + number_of(parcel)

    def distribute(self, keep: Sequence[int], unit: int) -> list[int]:
        """Everybody's votes, in units.

        Args:
            keep: Every elected candidate's keep factor, in units, at most one vote.
            unit: How many units are a vote.
        """
        votes = [0] * len(keep)
        pass_on = [unit - kept for kept in keep]
        left = [unit]
        for parent, candidate, number in zip(self._parents[1:], self._passed[1:], self._through[1:], strict=True):
            before = left[parent]
            # before - ceil(before x keep / unit): what is kept is rounded up, so what is passed on is rounded down.
            after = before * pass_on[candidate] // unit
            left.append(after)
            votes[candidate] += (before - after) * number
        for candidate in self._hopeful:
            numbers = self._numbers[candidate]
            votes[candidate] = sum(map(mul, map(left.__getitem__, numbers), numbers.values()))
        return votes
