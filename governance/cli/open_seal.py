"""`governance open-seal`: what a booth had sealed, checked away from it (docs/protocol.md, section 8)."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from governance.board import entries as e
from governance.board import opened_seal
from governance.board.checks import Check, CheckError
from governance.board.record import NotARecordError, RecordFile
from governance.cli.verify import FAILED
from governance.crypto import ballot
from governance.offline import prefix
from governance.offline.asking import shown
from governance.offline.fetching import Server

_MOST = 2**20
_MOST_RECORD = 2**29
_SECONDS = 600


@click.command("open-seal")
@click.argument("seal", type=click.File("rb"))
@click.option(
    "--record",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The election's record, as far as it has come; fetched by yourself, not by the page that sealed.",
)
@click.option("--url", help="Fetch the record from here: the address of the election's page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(seal: BinaryIO, record: Path | None, url: str | None, *, as_json: bool) -> None:
    """Check SEAL, a file that the booth saved when a seal was opened instead of cast; - reads it from standard input.

    The ranking that the booth says it sealed is sealed again with the same random numbers: the result must be the very
    bytes whose tracker the booth had shown before. Do it on another device than the one that sealed.

    Exit code 0: it holds. 1: a check failed. 2: this is no opened seal, or the call is wrong.
    """
    if (record is None) == (url is None):
        raise click.UsageError("give --record or --url")
    opened = opened_seal.read(seal.read(_MOST + 1)[: _MOST + 1])
    try:
        with _record(record, url) as path:
            so_far = prefix.read(path)
            rankings = opened_seal.check(opened, so_far.judge)
            _refuse_cast(path, opened.tracker)
    except NotARecordError as error:
        raise click.UsageError(str(error)) from None
    except CheckError as error:
        click.echo(f"REFUSED: {shown(str(error))}" if not as_json else json.dumps({"ok": False, "detail": str(error)}))
        sys.exit(FAILED)
    told = {
        "ok": True,
        "tracker": opened.tracker,
        "election": so_far.manifest.election,
        "manifest": so_far.judge.ctx.hex(),
        "rankings": {name: list(ids) for name, ids in rankings.items()},
    }
    text = json.dumps(told, ensure_ascii=False) if as_json else _text(opened.tracker, so_far, rankings)
    click.echo(text.encode())  # as bytes: UTF-8 wherever it goes


@contextmanager
def _record(given: Path | None, url: str | None) -> Iterator[Path]:
    """The file that was given, or one that is fetched and deleted again."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fetched.record.zip"
        path.write_bytes(Server(url or "", _SECONDS).get("/record", _MOST_RECORD))
        yield path


def _refuse_cast(path: Path, tracker: str) -> None:
    """A seal that was opened is never cast: what it held is known to whoever has the file.

    Raises:
        CheckError: The record has this very ballot.
    """
    with path.open("rb") as file:
        for raw in RecordFile(file).entries():
            entry = e.parse(raw)
            if isinstance(entry, e.Ballot) and ballot.tracker(e.unproven_bytes(entry)) == tracker:
                raise CheckError(Check.BALLOT, "the ballot of this seal was cast as well, though it had been opened")


def _text(tracker: str, so_far: prefix.Prefix, rankings: opened_seal.Rankings) -> str:
    manifest = so_far.manifest
    lines = [
        f"tracker   {tracker}",
        f"election  {manifest.election}: {shown(manifest.title)}",
        f"manifest  {so_far.judge.ctx.hex()}",
        "",
    ]
    for contest in manifest.contests:
        if contest.id in rankings:
            names = {candidate.id: candidate.name for candidate in contest.candidates}
            lines.append(f"{shown(contest.title)}:")
            ranked = [f"  {place}. {shown(names[one])}" for place, one in enumerate(rankings[contest.id], 1)]
            lines += ranked or ["  (blank)"]
    lines += [
        "",
        "The seal held exactly this ranking. Compare the tracker with the one that the booth had shown before it opened the",
        "seal, and the ranking with yours. This seal can no longer be cast: vote with a new one.",
    ]
    return "\n".join(lines)
