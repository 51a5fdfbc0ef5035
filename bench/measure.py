"""Run a program and say how long it took, how much of the processors, and how much memory at its peak."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all processors together."""
    peak: float
    """MiB at the peak of its largest process."""
    out: str


def run(command: Sequence[str]) -> Run:
    """Run a command to its end.

    Raises:
        CalledProcessError: It failed.
    """
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        out = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    lines = [list(head), ["---"] * len(head), *[[str(cell) for cell in row] for row in rows]]
    sys.stdout.write(f"\n{title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    sys.stdout.flush()
