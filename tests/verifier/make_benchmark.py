"""Make a large record with the tests' prover (minutes).

python -m tests.verifier.make_benchmark BALLOTS CANDIDATES OUT.zip
"""

import sys
from pathlib import Path

from tests.verifier.prover import Maker, Plan, contest


def main() -> None:
    """Make the record."""
    ballots, size, out = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    chance = Maker(Plan(seed="votes"))
    votes = []
    for voter in range(ballots):
        order = sorted(range(size), key=lambda _: chance.random())
        votes.append((voter, {"board": tuple(order[: chance.random() % (size + 1)])}))
    plan = Plan(
        contests=[contest("board", *(f"c{number}" for number in range(size)), seats=7)],
        styles=[("board",)] * ballots,
        votes=votes,
        seed="bench",
        mixers=(1, 2),
        decrypters=(1, 3),
    )
    out.write_bytes(Maker(plan).make().zip())


if __name__ == "__main__":
    main()
