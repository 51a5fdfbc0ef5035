"""“May I?”, what-if and the roll, with the members of a large body: seconds on this machine, never a verdict."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import table
from governance.domain.eligibility.templates import CONTRIBUTORS, DEFAULT, SETTLED
from governance.services import elections, eligibility, roll
from tests.services.stage import ELECTION, Stage, a_draft, a_stage
from tests.web.browser import Someone, application


def timed(times: int, act: Callable[[int], object]) -> list[str]:
    """Milliseconds: median and 95% of so many runs by the clock, and the mean of the processor."""
    taken, used = [], time.process_time()
    for number in range(times):
        start = time.perf_counter()
        act(number)
        taken.append((time.perf_counter() - start) * 1000)
    used = (time.process_time() - used) * 1000 / times
    return [f"{sorted(taken)[int(part * (times - 1))]:.1f}" for part in (0.5, 0.95)] + [f"{used:.1f}"]


def measure(stage: Stage, count: int, times: int) -> None:
    """Print the table."""
    with stage.writing() as session:
        version = elections.show(session, ELECTION).version
        eligibility.save(session, "officer", ELECTION, SETTLED, version, now=stage.now)
    browser = Someone(application(stage), stage).let_in("m7")

    def service(number: int) -> object:
        with stage.reading() as session:
            return eligibility.may_i(session, f"m{number * 37 % count + 1}", ELECTION, now=stage.now)

    def page(_number: int) -> object:
        answer = browser.get(f"/elections/{ELECTION}/may-i")
        if answer.status_code != 200:  # noqa: PLR2004
            raise RuntimeError(answer.status)
        return answer

    def what_if(number: int) -> object:
        with stage.writing() as session:
            rules = (CONTRIBUTORS, DEFAULT)[number % 2]
            return eligibility.what_if(session, "officer", ELECTION, rules, now=stage.now)

    def preview(_number: int) -> object:
        with stage.reading() as session:
            return roll.preview(session, "officer", ELECTION)

    rows = [
        (name, *timed(runs, act))
        for name, runs, act in (
            ("“May I?”, the service (goal: 50)", times, service),
            ("“May I?”, the whole page", times, page),
            ("what-if over five purposes", 4, what_if),
            ("who would stand on the roll", 4, preview),
        )
    ]
    table(f"{count} members, milliseconds", ["what", "median", "95%", "of the processor"], rows)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=5000)
    parser.add_argument("--times", type=int, default=200)
    arguments = parser.parse_args()
    sys.stdout.write(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {datetime.now(UTC):%d %B %Y}\n")
    with TemporaryDirectory() as folder, a_stage(Path(folder)) as stage:
        stage.set_up(arguments.members)
        stage.draft(a_draft())
        measure(stage, arguments.members, arguments.times)


if __name__ == "__main__":
    main()
