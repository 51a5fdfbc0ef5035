"""BLT, the common file form of ranked papers: what such a file says, and writing one.

`governance.count.blt_reader` reads one; the form is docs/counting.md 8.2.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from governance.count.ballots import Paper, Profile
from governance.errors import MalformedError

Groups = tuple[tuple[int, ...], ...]
"""Of a paper, for each preference the indices of those ranked equally; () is one left out."""


@dataclass(frozen=True, slots=True)
class LoosePaper:
    """How many papers rank candidates equally or leave a preference out, and begin on which line."""

    number: int
    ranking: Groups
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Election:
    """What a BLT file says. Candidates are indices.

    Attributes:
        names: Of the candidates, none empty; two may be the same.
        withdrawn: In order of index.
        tie: The order of lots; withdrawn candidates may be missing; () if the file has none.
        papers: The strict ones, blank ones among them.
        loose: The others.
    """

    title: str
    names: tuple[str, ...]
    seats: int
    withdrawn: tuple[int, ...] = ()
    tie: tuple[int, ...] = ()
    papers: Sequence[Paper] = ()
    loose: Sequence[LoosePaper] = ()

    def profile(self, ids: tuple[str, ...]) -> Profile:
        """The papers with an id for each candidate, for a rule that takes strict rankings only.

        Raises:
            MalformedError: There is a paper that is not strict.
        """
        for paper in self.loose:
            equal = any(len(group) > 1 for group in paper.ranking)
            what = "ranks candidates equally (=)" if equal else "leaves a preference out (-)"
            raise MalformedError(f"line {paper.line}: the paper {what}, which no rule offered here allows")
        return Profile(ids, self.papers)


def write(election: Election) -> bytes:
    """A BLT file that `read` reads as this election."""
    lines = [f"{len(election.names)} {election.seats}"]
    if election.withdrawn:
        lines.append(" ".join(f"-{candidate + 1}" for candidate in election.withdrawn))
    if election.tie:
        lines.append(f"[tie {' '.join(str(candidate + 1) for candidate in election.tie)}]")
    lines += [
        " ".join(map(str, (number, *(candidate + 1 for candidate in ranking), 0)))
        for number, ranking in election.papers
    ]
    lines += [" ".join(map(str, (paper.number, *map(_group, paper.ranking), 0))) for paper in election.loose]
    lines += ["0", *map(_quoted, election.names), _quoted(election.title)]
    return "\n".join([*lines, ""]).encode()


def _group(candidates: tuple[int, ...]) -> str:
    return "=".join(str(candidate + 1) for candidate in candidates) or "-"


def _quoted(name: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
