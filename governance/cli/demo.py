"""`governance demo`: one whole election without a browser (docs/interfaces.md)."""

import json
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from governance.board import verify
from governance.board.record import RecordFile
from governance.board.setup import MIN_BALLOTS
from governance.cli.polls import read_bytes
from governance.count import blt_reader, plain_text
from governance.crypto import randomness
from governance.crypto.randomness import Draw
from governance.errors import GovernanceError, MalformedError
from governance.offline import files
from governance.services.rehearsal import Plan, Rehearsal

MAX_BALLOTS = 1_000_000
MAX_CANDIDATES = 1000
AGAIN = 20
"""One ballot in so many is a voter's second."""
BLANK = 40
ABSENT = 5
"""One member in so many does not vote."""
_FIXED = datetime(2026, 3, 1, 9, tzinfo=UTC)

Ballots = list[tuple[int, Sequence[int]]]


@click.command("demo")
@click.option("--ballots", type=click.IntRange(1, MAX_BALLOTS), help="How many sealed ballots are cast.")
@click.option("--candidates", type=click.IntRange(1, MAX_CANDIDATES), help="How many stand.")
@click.option("--seats", type=click.IntRange(1, 1000), help="How many are elected (with --papers: as the file says).")
@click.option(
    "--papers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Seal every paper of a BLT file."
)
@click.option("--trustees", type=click.IntRange(2, 9), default=3, show_default=True)
@click.option("--threshold", type=click.IntRange(1, 9), help="How many trustees can open; more than half if not given.")
@click.option("--mixers", type=click.IntRange(2, 9), help="How many trustees mix; two or the threshold if not given.")
@click.option(
    "--seed", help="Makes the same election again. Never for a real one: whoever knows it knows every secret."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the record is written."
)
def command(
    ballots: int | None,
    candidates: int | None,
    seats: int | None,
    papers: Path | None,
    trustees: int,
    threshold: int | None,
    mixers: int | None,
    seed: str | None,
    out: Path,
) -> None:
    """Run one whole election: roll, credentials, ceremony, sealed ballots, mixes, decryption, count; verify its record.

    Give --ballots, --candidates and --seats, or --papers. Prints one line of JSON.
    """
    drawn = papers is None
    if drawn and not (ballots and candidates and seats):
        raise click.UsageError("give --ballots, --candidates and --seats, or --papers FILE.blt")
    if not drawn and (ballots or candidates):
        raise click.UsageError("--papers brings its own ballots and candidates")
    threshold = threshold or trustees // 2 + 1
    mixers = mixers or max(2, threshold)
    if not trustees < 2 * threshold <= 2 * trustees:
        raise click.UsageError(f"the threshold must be more than half of the {trustees} trustees, and at most all")
    if not max(2, threshold) <= mixers <= trustees:
        raise click.UsageError("mixers: at least as many as the threshold and two, at most all trustees")
    draw: Draw = secrets.token_bytes if seed is None else randomness.stream(b"governance demo/" + seed.encode())
    title, names, places, cast, withdrawn = (
        _random(ballots or 0, candidates or 0, seats or 0, draw) if papers is None else _from_file(papers, seats, draw)
    )
    opens = _FIXED if seed is not None else datetime.now(UTC).replace(microsecond=0) - timedelta(days=7)
    plan = Plan(
        election="demo",
        title=title,
        names=names,
        seats=places,
        ballots=cast,
        voters=max(MIN_BALLOTS, (highest := max((voter for voter, _ in cast), default=0) + 1) + highest // ABSENT),
        withdrawn=withdrawn,
        opens=opens,
        trustees=trustees,
        threshold=threshold,
        mixers=mixers,
    )
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{plan.election}.record.zip"
    if path.is_dir():
        raise MalformedError(f"{path} is a folder: move it away, or name another folder with --out")
    files.possible(path)  # before the work is done
    rehearsal = Rehearsal(plan, draw, _progress if sys.stderr.isatty() else lambda *_: None)
    with tempfile.TemporaryFile() as record:
        rehearsal.run(record)
        record.seek(0)
        with files.writing(path, files.PUBLIC) as file:
            shutil.copyfileobj(record, file)
    start = time.perf_counter()
    with path.open("rb") as file:
        report = verify.check(RecordFile(file))
    rehearsal.seconds["verify"] = time.perf_counter() - start
    if report.failure:
        raise GovernanceError(f"the record does not verify: {report.failure.detail}")
    shown = ("seal", "cast", "shuffle", "decrypt", "count", "verify")
    line = {
        "record": str(path),
        "ballots": len(cast),
        "voters": plan.voters,
        "elected": list(next(iter(report.contests.values())).elected),
        "seconds": {name: round(rehearsal.seconds.get(name, 0.0), 3) for name in (*shown, "check")},
    }
    click.echo(json.dumps(line))


GIVEN = ("Amina", "Bruno", "Chidi", "Dalia", "Eero", "Farida", "Goran", "Hana", "Iqbal", "Jacinta", "Kofi", "Lucía")
FAMILY = ("Abara", "Benali", "Castillo", "Dlamini", "Eriksen", "Fonseca", "Ghimire", "Haddad", "Ito", "Jurić", "Kamau")


def _random(
    ballots: int, candidates: int, seats: int, draw: Draw
) -> tuple[str, tuple[str, ...], int, Ballots, tuple[int, ...]]:
    """Ballots of invented voters, who lean to some candidates; some vote again, some leave theirs blank."""
    lists = len(GIVEN) * len(FAMILY)  # the two have no common divisor, so that many pairs are all different
    names = tuple(
        f"{GIVEN[i % len(GIVEN)]} {FAMILY[i % len(FAMILY)]}" + (f" {i // lists + 1}" if i >= lists else "")
        for i in range(candidates)
    )
    longest = Plan("demo", "", names, seats, [], 0, (), _FIXED).max_ranks()
    again = ballots // AGAIN if ballots > AGAIN else 0
    first = [(voter, _choice(voter, candidates, longest, draw)) for voter in range(ballots - again)]
    second = [(voter * 7 % len(first), _choice(voter + 1, candidates, longest, draw)) for voter in range(again)]
    return "Advisory group", names, seats, [*first, *second], ()


def _choice(voter: int, candidates: int, longest: int, draw: Draw) -> tuple[int, ...]:
    """A ranking: whoever stands earlier on the list is liked a little more, and its length is drawn too."""
    if voter % BLANK == BLANK - 1:
        return ()
    liking = [randomness.below(draw, 1000) + 500 * candidate // candidates for candidate in range(candidates)]
    order = sorted(range(candidates), key=liking.__getitem__)
    return tuple(order[: 1 + randomness.below(draw, longest)])


def _from_file(path: Path, seats: int | None, draw: Draw) -> tuple[str, tuple[str, ...], int, Ballots, tuple[int, ...]]:
    """Every paper of a BLT file as a ballot of its own, in an order that says nothing of the file's."""
    election = blt_reader.read(read_bytes(path, plain_text.MAX_BYTES))
    papers = list(_each_paper(election.profile(election.names).papers))
    order = randomness.permutation(draw, len(papers))
    cast: Ballots = [(voter, papers[which]) for voter, which in enumerate(order)]
    return election.title or path.stem, election.names, seats or election.seats, cast, election.withdrawn


def _each_paper(papers: Sequence[tuple[int, tuple[int, ...]]]) -> Iterator[tuple[int, ...]]:
    for number, ranking in papers:
        for _ in range(number):
            yield ranking


def _progress(what: str, done: int, of: int) -> None:
    click.echo(f"\r{what}: {done} of {of}      ", nl=done == of, err=True)
