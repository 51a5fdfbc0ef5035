"""`governance roll check`: whether the announced roll has one's own line (docs/protocol.md, section 7)."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from governance.board import own_line
from governance.board.checks import CheckError
from governance.board.record import NotARecordError
from governance.cli.verify import FAILED
from governance.offline import prefix
from governance.offline.asking import shown
from governance.offline.fetching import Server

_MOST_RECORD = 2**29
_SECONDS = 600


@click.group("roll")
def group() -> None:
    """The roll of an election, as a voter can check it."""


@group.command("check")
@click.argument("line", type=click.File("rb"))
@click.option(
    "--record",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The election's record, as far as it has come.",
)
@click.option("--url", help="Fetch the record from here: the address of the election's page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(line: BinaryIO, record: Path | None, url: str | None, *, as_json: bool) -> None:
    """Check LINE, the file from the page “The roll”, against the announced election; - reads it from standard input.

    The record is verified as far as it has come, and the line against the roll's root in it. What the page says is not
    believed. Nothing is sent anywhere.

    Exit code 0: the announced roll has the line. 1: a check failed. 2: this is no such file, or the call is wrong.
    """
    if (record is None) == (url is None):
        raise click.UsageError("give --record or --url")
    given = own_line.read(line.read(own_line.MOST + 1))
    try:
        with _record(record, url) as path:
            manifest = prefix.read(path).manifest
        own_line.check(given, manifest)
    except NotARecordError as error:
        raise click.UsageError(str(error)) from None
    except CheckError as error:
        click.echo(f"REFUSED: {shown(str(error))}" if not as_json else json.dumps({"ok": False, "detail": str(error)}))
        sys.exit(FAILED)
    titles = [contest.title for contest in manifest.contests if contest.id in given.contests]
    told = {
        "ok": True,
        "election": manifest.election,
        "member": given.member,
        "name": given.name,
        "contests": list(given.contests),
        "root": given.root.hex(),
        "voters": given.size,
    }
    lines = [
        f"The announced roll of “{shown(manifest.title)}” has this line:",
        f"  {shown(given.name)} (member {shown(given.member)})",
        *(f"  votes in: {shown(title)}" for title in titles),
        f"It is one of {given.size} with the same contests; root {given.root.hex()}.",
    ]
    text = json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines)
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
