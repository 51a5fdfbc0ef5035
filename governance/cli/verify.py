"""`governance verify`: the fast verifier, from the server's own library (docs/interfaces.md)."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from governance.board import checkpoint, verify
from governance.board.checks import Check
from governance.board.record import NotARecordError, RecordFile
from governance.errors import MalformedError
from governance.offline import files
from governance.offline.edge import shown_lines

FAILED = 1
WRONG_CALL = 2


@click.command("verify")
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--earlier",
    "earlier",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint seen earlier, which the record must extend. May be given more than once.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def command(record: Path, earlier: tuple[Path, ...], *, as_json: bool) -> None:
    """Verify RECORD, every check of the protocol.

    Exit code 0: everything holds. 1: a check failed. 2: this is not a record, or the call is wrong.
    """
    checkpoints = [files.read_any(path, checkpoint.MAX_CHECKPOINT) for path in earlier]
    for path, data in zip(earlier, checkpoints, strict=True):
        if not checkpoint.looks_like_one(data):
            raise click.UsageError(f"{path} is no checkpoint")
    report = verify.Report()
    with files.opened(record) as file:
        try:
            report = verify.check(RecordFile(file), checkpoints, progress=_progress if sys.stderr.isatty() else None)
        except NotARecordError as error:
            raise click.UsageError(str(error)) from None
        except MalformedError as error:
            report.lines.append(verify.Line(Check.FORM, ok=False, detail=str(error)))
    text = json.dumps(as_dict(report), ensure_ascii=False) if as_json else shown_lines(_text(report))
    click.echo(text.encode())  # as bytes: UTF-8 wherever it goes
    sys.exit(0 if report.ok else FAILED)


def as_dict(report: verify.Report) -> dict[str, Any]:
    """The report as interfaces.md has it."""
    return {
        "ok": report.ok,
        "election": report.election,
        "ceremony": report.ceremony,
        "manifest": report.manifest,
        "origin": report.origin,
        "log_key": report.log_key,
        "root": report.root,
        "checks": [
            {"section": line.check.section, "name": line.check.title, "ok": line.ok, "detail": line.detail}
            for line in report.lines
        ],
        "cancelled": report.cancelled,
        "contests": {
            name: {
                "ballots": outcome.ballots,
                "blank": outcome.blank,
                "invalid": outcome.invalid,
                "elected": list(outcome.elected),
            }
            for name, outcome in report.contests.items()
        },
    }


def _text(report: verify.Report) -> str:
    lines = [
        f"{'ok  ' if line.ok else 'FAIL'}  section {line.check.section:>2}  {line.check.title:<10} {line.detail}"
        for line in report.lines
    ]
    lines += [
        "",
        f"election  {report.election}",
        f"ceremony  {report.ceremony}",
        f"manifest  {report.manifest}",
        f"origin    {report.origin}",
        f"log key   {report.log_key}",
        f"root      {report.root}",
        "Compare these with what was published elsewhere: a record cannot prove which election it is.",
        "",
    ]
    if report.failure:
        check = report.failure.check
        lines.append(f"REFUSED: section {check.section}, {check.title}: {report.failure.detail}")
    elif report.cancelled:
        lines.append("Everything holds. The election was cancelled: there is no result.")
    else:
        lines += [
            f"contest {name}: {one.ballots} ballots, {one.blank} blank, {one.invalid} invalid; "
            f"elected: {', '.join(one.elected) or 'nobody'}"
            for name, one in report.contests.items()
        ]
        lines.append("Everything holds.")
    return "\n".join(lines)


def _progress(what: str, done: int, of: int) -> None:
    click.echo(f"\r{what}: {done}{f' of {of}' if of else ''}      ", nl=done == of, err=True)
