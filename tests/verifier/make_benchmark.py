"""Make a large record with the tests' prover: python make_benchmark.py BALLOTS CANDIDATES OUT.zip (minutes)."""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "governance"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from tests.verifier.prover import Maker, Plan, contest  # noqa: E402


def main() -> None:
    """Make the record."""
    ballots, size, out = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    chance = random.Random(7)
    names = [f"c{i}" for i in range(size)]
    votes = [(i, {"board": tuple(chance.sample(range(size), chance.randint(0, size)))}) for i in range(ballots)]
    plan = Plan(
        contests=[contest("board", *names, seats=7)],
        styles=[("board",)] * ballots,
        votes=votes,
        seed="bench",
        mixers=(1, 2),
        decrypters=(1, 3),
    )
    start = time.monotonic()
    out.write_bytes(Maker(plan).make().zip())
    print(f"{ballots} ballots in {time.monotonic() - start:.0f} s: {out}")


if __name__ == "__main__":
    main()
