"""Count a BLT file with a package that anybody can install; run by `bench.counting` in an environment of its own.

    python peers.py PACKAGE FILE.blt

Prints the numbers of the elected candidates in rising order. Nothing of this repository is imported here.
"""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

Papers = list[tuple[int, list[int]]]


def read(path: str) -> tuple[int, int, Papers]:
    """Candidates, seats and papers of a plain BLT file, one paper a line, as each package's users would write it."""
    with Path(path).open(encoding="utf-8") as file:
        lines: Iterator[list[str]] = (line.split() for line in file)
        candidates, seats = map(int, next(lines))
        papers = []
        for words in lines:
            if words == ["0"]:
                break
            papers.append((int(words[0]), [int(word) for word in words[1:-1]]))
    return candidates, seats, papers


def pyrankvote(candidates: int, seats: int, papers: Papers) -> list[int]:
    """It has no weights: every paper is an object of its own, the same one repeated."""
    package = import_module("pyrankvote")
    who = [package.Candidate(str(number)) for number in range(1, candidates + 1)]
    ballots = []
    for number, ranking in papers:
        ballots += [package.Ballot([who[one - 1] for one in ranking])] * number
    return [int(winner.name) for winner in package.single_transferable_vote(who, ballots, seats).get_winners()]


def stvpoll(candidates: int, seats: int, papers: Papers) -> list[int]:
    """Its Scottish rule, without lots."""
    rule = import_module("stvpoll.scottish_stv").ScottishSTV
    poll = rule(seats=seats, candidates=range(1, candidates + 1), random_in_tiebreaks=False)
    for number, ranking in papers:
        poll.add_ballot(ranking, number)
    return list(poll.calculate().elected_as_tuple())


def votekit(_: int, seats: int, papers: Papers) -> list[int]:
    """Its STV, one at a time."""
    package, rule = import_module("votekit"), import_module("votekit.elections").STV
    ballots = [package.RankBallot(ranking=[{str(one)} for one in ranking], weight=number) for number, ranking in papers]
    election = rule(package.RankProfile(ballots=ballots), n_seats=seats, simultaneous=False)
    return [int(winner) for group in election.get_elected() for winner in group]


PACKAGES: dict[str, Callable[[int, int, Papers], list[int]]] = {
    "pyrankvote": pyrankvote,
    "stvpoll": stvpoll,
    "votekit": votekit,
}

if __name__ == "__main__":
    sys.stdout.write(" ".join(map(str, sorted(PACKAGES[sys.argv[1]](*read(sys.argv[2]))))) + "\n")
