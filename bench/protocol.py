"""Sealing, shuffling, opening and verifying, beside plain libsodium multiplications in the same run."""

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import run, table
from governance.crypto import ballot, group, randomness, ranking, shuffle, sodium

PROVE = {"base": 5, "variable": 6, "add": 9}
"""Multiplications and additions that the shuffle and its proof need for one ballot (protocol.md, section 9)."""
CHECK = {"base": 1, "variable": 8, "add": 10}


def _micros(work: Callable[[], object], times: int = 2000) -> float:
    start = time.process_time()  # the processor's time, as in the ratio below: others may be at work
    for _ in range(times):
        work()
    return (time.process_time() - start) / times * 1e6


def plain() -> dict[str, float]:
    """Microseconds of one call of libsodium, one thread."""
    out, scalar = sodium.buffer(32), (2**251 + 12345).to_bytes(32, "little")
    point = group.multiply_base(secrets.randbelow(group.ORDER))
    costs = {
        "variable": _micros(lambda: sodium.multiply(out, scalar, point)),
        "base": _micros(lambda: sodium.multiply_base(out, scalar)),
        "add": _micros(lambda: sodium.add(out, point, point)),
        "decode": _micros(lambda: sodium.is_valid(point)),
    }
    table("Plain libsodium, one thread", ["call", "µs"], [(name, f"{cost:.1f}") for name, cost in costs.items()])
    return costs


def shuffling(costs: dict[str, float], count: int) -> None:
    """One shuffle of `count` ballots with its proof, and the check of it."""
    draw = secrets.token_bytes
    key = group.multiply_base(randomness.scalar(draw))
    before = [ballot.encrypt(ranking.embed(i), key, randomness.scalar(draw)) for i in range(count)]
    place = shuffle.Place(bytes(64), "bench", 1, key)
    nonces = shuffle.Nonces(
        permutation=randomness.permutation(draw, count),
        reencryption=randomness.scalars(draw, count),
        commitment=randomness.scalars(draw, count),
        chain=randomness.scalars(draw, count),
        omega=randomness.scalars(draw, 4),
        omega_hat=randomness.scalars(draw, count),
        omega_prime=randomness.scalars(draw, count),
    )
    wall, cpu = time.perf_counter(), time.process_time()
    after = shuffle.reencrypt(before, key, nonces)
    proof = shuffle.prove(place, before, after, nonces)
    made = time.perf_counter() - wall, time.process_time() - cpu
    wall, cpu = time.perf_counter(), time.process_time()
    shuffle.check(place, before, after, proof)
    checked = time.perf_counter() - wall, time.process_time() - cpu
    rows = []
    for name, goal, (wall, cpu), needs in [
        ("shuffle with proof", 0.9, made, PROVE),
        ("its check", 1.1, checked, CHECK),
    ]:
        floor = sum(costs[call] * times for call, times in needs.items()) / 1000
        per = cpu / count * 1000
        rows.append(
            (name, f"{per:.2f}", goal, f"{floor:.2f}", f"{per / floor:.2f}", f"{wall:.2f}", f"{cpu / wall:.2f}")
        )
    head = ["", "ms a ballot and core", "goal", "plain multiplications, ms", "ratio", "wall s", "cores used"]
    table(f"Shuffle of {count} ballots", head, rows)


def elections(sizes: list[int], folder: Path) -> None:
    """`governance demo` and `governance verify`, as programs."""
    command = [sys.executable, "-c", "from governance.cli.main import main; main()"]
    rows, verified = [], []
    for size in sizes:
        words = ["demo", "--ballots", str(size), "--candidates", "20", "--seats", "5", "--out", str(folder / str(size))]
        whole = run([*command, *words])
        told = json.loads(whole.out)
        seconds = told["seconds"]
        parts = [f"{seconds[name]:.1f}" for name in ("seal", "cast", "shuffle", "check", "decrypt", "count", "verify")]
        rows.append((size, f"{whole.wall:.1f}", f"{whole.peak:.0f}", f"{whole.wall / size * 1000:.2f}", *parts))
        again = run([*command, "verify", told["record"]])
        other = run([sys.executable, "-S", "-m", "governance.verifier", told["record"]])
        bytes_ = Path(told["record"]).stat().st_size
        for name, one in [("governance verify", again), ("governance-verify", other)]:
            each = f"{one.wall / size * 1000:.2f}"
            verified.append((size, name, f"{one.wall:.1f}", f"{one.cpu:.1f}", f"{one.peak:.0f}", each, bytes_))
    head = [
        "ballots",
        "wall s",
        "peak MiB",
        "ms a ballot",
        "seal",
        "cast",
        "shuffle",
        "check",
        "decrypt",
        "count",
        "verify",
    ]
    table(
        "governance demo: 20 candidates, 5 seats, 2 mixers, 2 of 3 trustees (goal: 1,000 in 60 s and 300 MB)",
        head,
        rows,
    )
    head = ["ballots", "", "wall s", "cpu s", "peak MiB of its largest process", "ms a ballot", "record's bytes"]
    goals = "4,000 ballots: governance verify in 12 s, governance-verify in 60 s and 300 MB"
    table(f"Verifying (goals: {goals})", head, verified)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, nargs="*", default=[1000, 4000, 10_000])
    parser.add_argument("--shuffle", type=int, default=2000)
    arguments = parser.parse_args()
    sys.stdout.write(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    shuffling(plain(), arguments.shuffle)
    with TemporaryDirectory() as folder:
        elections(arguments.ballots, Path(folder))


if __name__ == "__main__":
    main()
