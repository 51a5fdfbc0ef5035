"""Casting through the services: ballots a second, every check made, each durable before its receipt.

SQLite with synchronous=FULL; threads of one process, or several processes. With strace on the machine the fsyncs of a
run are counted; one transaction carries every ballot that came while the last one was being written (`services.desk`).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from sqlalchemy.orm import Session

from bench.measure import table
from governance.services import boards
from governance.services.desk import Desk
from governance.store import database
from governance.store.vault import Vault
from tests.services.stage import ELECTION, KEY, OPEN, a_draft, a_stage, sealed

SYNCS = "trace=fsync,fdatasync"
_CALLS = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s.*?(f(?:data)?sync)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An election that is open, and a sealed ballot for each voter."""

    path: Path
    ballots: Sequence[tuple[str, bytes]]


@contextmanager
def prepared(folder: Path, count: int) -> Iterator[Prepared]:
    """Set up an election of two contests with so many voters, and seal their ballots."""
    with a_stage(folder) as stage:
        stage.until_open(count, a_draft())
        yield Prepared(folder / "test.sqlite", sealed(stage, range(1, count + 1)))


def cast(path: Path, ballots: Sequence[tuple[str, bytes]], threads: int) -> list[float]:
    """Cast ballots from so many threads of this process; the seconds that each took."""
    engine = database.engine(f"sqlite:///{path}")
    make = database.sessions(engine, Vault(KEY))

    @contextmanager
    def transaction() -> Iterator[Session]:
        with make() as session, database.writing(session):
            yield session

    desk = Desk(transaction)
    waited: list[float] = []

    def client(mine: Sequence[tuple[str, bytes]]) -> None:
        for member, raw in mine:
            start = time.perf_counter()
            desk.cast(member, ELECTION, raw, now=OPEN)
            waited.append(time.perf_counter() - start)

    with make() as session, database.writing(session):
        boards.opened(session, ELECTION)  # a server that has just started folds the board once
    running = [Thread(target=client, args=(ballots[i::threads],)) for i in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    engine.dispose()
    return waited


def _percentile(waited: Sequence[float], part: float) -> str:
    return f"{sorted(waited)[int(part * (len(waited) - 1))] * 1000:.0f}"


def in_one_process(count: int, clients: Sequence[int]) -> None:
    """Several numbers of clients, each with an election of its own."""
    rows = []
    for threads in clients:
        with TemporaryDirectory() as folder, prepared(Path(folder), count) as made:
            wall, cpu = time.perf_counter(), time.process_time()
            waited = cast(made.path, made.ballots, threads)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rows.append(
            (
                threads,
                f"{count / wall:.0f}",
                f"{cpu / count * 1000:.2f}",
                _percentile(waited, 0.5),
                _percentile(waited, 0.99),
            )
        )
    head = ["clients", "ballots/s", "ms of processor a ballot", "median ms", "99% ms"]
    table(f"Casting {count} ballots, one process (goal: 150 a second)", head, rows)


def in_processes(count: int, processes: int, threads: int) -> None:
    """Several processes on one database; their fsyncs counted by strace where it is installed."""
    strace = shutil.which("strace")
    rows = []
    for counted in (False, True):
        if counted and strace is None:
            sys.stdout.write("strace is not installed: fsyncs were not counted\n")
            break
        with TemporaryDirectory() as folder, prepared(Path(folder), count) as made:
            commands = []
            for i in range(processes):
                part = Path(folder) / f"{i}.ballots"
                part.write_bytes(b"".join(m.encode() + b" " + raw + b"\n" for m, raw in made.ballots[i::processes]))
                words = [sys.executable, "-m", "bench.casting", "--client", str(made.path), str(part), str(threads)]
                trace = [strace or "", "-f", "-c", "-e", SYNCS, "-o", f"{part}.strace"] if counted else []
                commands.append([*trace, *words])
            running = [subprocess.Popen(one, stdout=subprocess.PIPE, text=True) for one in commands]
            spans = [tuple(map(float, one.communicate()[0].split())) for one in running]
            wall = max(end for _, end in spans) - min(start for start, _ in spans)
            calls = [
                int(number) for path in Path(folder).glob("*.strace") for number, _ in _CALLS.findall(path.read_text())
            ]
        syncs = f"{sum(calls)} ({sum(calls) / count:.2f} a ballot)" if counted else "not counted"
        rows.append((processes, threads, f"{count / wall:.0f}", syncs))
    table(f"Casting {count} ballots, several processes", ["processes", "clients each", "ballots/s", "fsyncs"], rows)


def client(path: Path, part: Path, threads: int) -> None:
    """One process of several: print when it began and ended."""
    lines = [line.partition(b" ") for line in part.read_bytes().splitlines()]
    ballots = [(member.decode(), raw) for member, _, raw in lines]
    start = time.monotonic()
    cast(path, ballots, threads)
    sys.stdout.write(f"{start} {time.monotonic()}\n")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, default=2000)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8, 32])
    parser.add_argument("--client", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.client:
        path, part, threads = arguments.client
        client(Path(path), Path(part), int(threads))
        return
    sys.stdout.write(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {datetime.now(UTC):%d %B %Y}\n")
    in_one_process(arguments.ballots, arguments.clients)
    in_processes(arguments.ballots, 2, 8)


if __name__ == "__main__":
    main()
