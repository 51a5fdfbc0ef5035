"""The members' list and the roll: import of a CSV file, freezing, and what a member and an officer ask of it afterwards."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import table
from governance.services import consents, corrections, growth, members, objections, officers, roll
from governance.services.consents import Act, Wish
from tests.services.stage import ELECTION, HEAD, START, Stage, a_draft, a_stage, people

GOALS = {"import": "10 s", "freeze": "5 s"}


@contextmanager
def timed(rows: list[tuple[str, ...]], what: str, goal: str = "") -> Iterator[None]:
    """Note how long something took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    rows.append((what, f"{time.perf_counter() - wall:.2f}", f"{time.process_time() - cpu:.2f}", goal))


def a_file(count: int) -> bytes:
    """So many members: one in ten is an organisation, each has declared an employer."""
    lines = [
        f"{line},{f'Employer {i % 200}'},{f'organisation,Delegate {i}' if i % 10 == 0 else 'individual,'}"
        for i, line in enumerate(people(count))
    ]
    return "\n".join([f"{HEAD},employer,kind,delegate", *lines, ""]).encode()


def imported(stage: Stage, data: bytes) -> Callable[[], None]:
    """A preview, and then what it showed, as the pages do it."""

    def done() -> None:
        with stage.reading() as session:
            seen = members.preview(session, "secretary", data)
        with stage.writing() as session:
            members.apply(session, "secretary", data, seen.digest, now=stage.now)

    return done


def frozen(stage: Stage) -> None:
    """Asked for, and approved: as two people do it on the pages."""
    with stage.writing() as session:
        number = consents.ask(session, "officer", Wish(Act.FREEZE, ELECTION), "It is time.", now=stage.now)
    with stage.writing() as session:
        consents.approve(session, "secretary", number, now=stage.now)


def corrected(stage: Stage) -> None:
    """An objection, upheld, and one line put right."""
    with stage.writing() as session:
        number = objections.lodge(session, "m1", ELECTION, "I moved.", now=stage.now)
        objections.decide(session, "officer", ELECTION, number, "So it is.", upheld=True, now=stage.now)
    data = f"{HEAD}\n{people(1)[0].replace('Peru,Americas', 'Kenya,Africa')}\n".encode()
    with stage.writing() as session:
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=stage.now)
    with stage.writing() as session:
        corrections.correct(session, officers.Two("officer", "secretary"), ELECTION, "m1", now=stage.now)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=5000)
    count: int = parser.parse_args().members
    rows: list[tuple[str, ...]] = []
    with TemporaryDirectory() as folder, a_stage(Path(folder)) as stage:
        stage.set_up(1)
        stage.draft(a_draft())
        data = a_file(count)
        once = imported(stage, data)
        with timed(rows, f"import of {count} members (preview and apply)", GOALS["import"]):
            once()
        with timed(rows, "the same file again"):
            once()
        stage.now = START
        with timed(rows, f"freezing the roll of {count} (asked for and approved)", GOALS["freeze"]):
            frozen(stage)
        with timed(rows, "one correction after an objection"):
            corrected(stage)
        with stage.reading() as session:
            for what, ask in (
                ("“may I vote?”", lambda: roll.may_vote(session, ELECTION, "m2")),
                ("my line with its proof", lambda: roll.my_line(session, ELECTION, "m2")),
                ("growth report", lambda: growth.report(session, "officer", START.date(), now=START)),
            ):
                with timed(rows, what):
                    ask()
    table("Members and roll (seconds)", ["what", "seconds", "of processor", "goal below"], rows)


if __name__ == "__main__":
    main()
