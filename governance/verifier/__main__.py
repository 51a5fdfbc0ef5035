"""The command `governance-verify RECORD.zip [--earlier CHECKPOINT]… [--json]`.

Exit codes (interfaces.md): 0 all holds, 1 a check failed, 2 the input is no record or the call is wrong.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn

from .board import looks_like_checkpoint
from .checks import Check, Report, verify
from .failure import NotARecordError
from .record import MAX_CHECKPOINT

EXIT_HOLDS: Final = 0
EXIT_FAILED: Final = 1
EXIT_NO_RECORD: Final = 2


def _plain(text: str) -> str:
    """Escape what a terminal might obey: a record is made by strangers."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def _streams_that_are_there() -> None:
    """A stream that was closed before we began is None: what is written to it goes nowhere, and the verdict stays."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  open to the end


def _silent(_message: str) -> None:
    pass


def _to_terminal(message: str) -> None:
    sys.stderr.write(f"\r\x1b[K{message}")
    sys.stderr.flush()


def _read_earlier(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_CHECKPOINT + 1)
    except OSError as error:
        msg = f"{path}: {error.strerror or 'cannot be read'}"
        raise NotARecordError(msg) from None
    if len(data) > MAX_CHECKPOINT or not looks_like_checkpoint(data):
        msg = f"{path}: not a checkpoint"
        raise NotARecordError(msg)
    return data


def as_json(report: Report) -> str:
    """Return the report as interfaces.md has it."""
    return json.dumps(
        {
            "ok": report.ok,
            "election": report.election,
            "ceremony": report.cer,
            "manifest": report.ctx,
            "origin": report.origin,
            "log_key": report.log_key,
            "root": report.root,
            "checks": [
                {"section": check.section, "name": check.name, "ok": check.ok, "detail": check.detail}
                for check in report.checks
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
    )


def as_text(report: Report) -> str:
    """Return the report for people: one line for each check, then what to compare with what was published."""
    lines = [
        f"{'ok  ' if check.ok else 'FAIL'} {check.section:>2} {check.name:<9}  {check.detail}"
        for check in report.checks
    ]
    for name, outcome in report.contests.items():
        elected = ", ".join(outcome.elected) or "nobody"
        lines.append(
            f"{name}: {outcome.ballots} ballots, {outcome.blank} blank, {outcome.invalid} invalid; elected: {elected}"
        )
    if report.cancelled:
        lines.append("This election was cancelled: it has no result.")
    lines.append("A record does not prove which election it is. Compare these with what was published elsewhere:")
    lines += [
        f"  {label:<9} {value}"
        for label, value in (
            ("election", report.election),
            ("ceremony", report.cer),
            ("manifest", report.ctx),
            ("origin", report.origin),
            ("log key", report.log_key),
            ("root", report.root),
        )
    ]
    lines.append("ALL HOLDS" if report.ok else "REFUSED")
    return "\n".join(_plain(line) for line in lines)


def _verified(path: Path, earlier: Sequence[bytes], progress: Callable[[str], None]) -> Report:
    try:
        return verify(path, earlier, progress)
    except (NotARecordError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - the last resort: never a traceback, and never "all holds"
        detail = f"the verifier could not finish: {type(error).__name__}: {error}"[:300]
        return Report(checks=[Check("1", "form", ok=False, detail=detail)])


def _refused(why: str) -> int:
    """Say on one line why there is no verdict."""
    sys.stderr.write(f"governance-verify: {_plain(why)}\n")
    return EXIT_NO_RECORD


def _unsaid(error: OSError) -> int:
    """The verdict could not be written (a full disk, say): whoever waits for it must not take silence for one."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return _refused(f"the report cannot be written: {error.strerror}")


class _Parser(argparse.ArgumentParser):
    """A wrong call is said on one line too."""

    def error(self, message: str) -> NoReturn:
        sys.exit(_refused(message))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _Parser(prog="governance-verify", description="Verify the record of a sealed-ballot election.")
    parser.add_argument("record", type=Path, metavar="RECORD.zip")
    parser.add_argument(
        "--earlier",
        type=Path,
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="a checkpoint kept from before, which the record must extend",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    _streams_that_are_there()
    options = parser.parse_args(arguments)
    on_terminal = sys.stderr.isatty()
    try:
        earlier = [_read_earlier(path) for path in options.earlier]
        report = _verified(options.record, earlier, _to_terminal if on_terminal else _silent)
    except NotARecordError as error:
        return _refused(str(error))
    except KeyboardInterrupt:
        return _refused("interrupted")
    if on_terminal:
        _to_terminal("")
    text = as_json(report) if options.json else as_text(report)
    try:
        # Bytes, so that no locale can refuse what a record names its candidates.
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has gone: the exit code still says how it ended, and Python is not to complain at its end.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
    except OSError as error:
        return _unsaid(error)
    return EXIT_HOLDS if report.ok else EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
