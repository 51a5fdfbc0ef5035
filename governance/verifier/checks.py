"""The numbered checks, in the order of protocol.md section 15: form, tree, ceremony, manifest, entry by entry, board."""

import hashlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import board, ceremony, manifest
from .election import Election
from .failure import SECTIONS, CheckFailedError
from .form import Ballot, Entry
from .record import Record, fields
from .shuffle import Generators
from .tally import Context, Outcome


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    section: str
    name: str
    ok: bool
    detail: str


@dataclass(slots=True)
class Report:
    """What a verifier says of a record; texts are empty where the record was refused before they were known."""

    election: str = ""
    cer: str = ""
    ctx: str = ""
    origin: str = ""
    log_key: str = ""
    root: str = ""
    cancelled: bool = False
    checks: list[Check] = field(default_factory=list)
    contests: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def passed(self, name: str, detail: str, section: str = "") -> None:
        """Add a check that holds."""
        self.checks.append(Check(section or SECTIONS[name], name, ok=True, detail=detail))

    def failed(self, failure: CheckFailedError) -> None:
        """Add the check that does not hold."""
        self.checks.append(Check(failure.section, failure.name, ok=False, detail=failure.detail))


def verify(path: Path, earlier: Sequence[bytes], progress: Callable[[str], None]) -> Report:
    """Verify a record; raise NotARecordError when it is none.

    `earlier` are checkpoints that the record must extend. The report's first check that is not ok is the verdict.
    """
    report = Report()
    try:
        _verify(path, earlier, progress, report)
    except CheckFailedError as failure:
        report.failed(failure)
    return report


def _verify(path: Path, earlier: Sequence[bytes], progress: Callable[[str], None], report: Report) -> None:
    with Record(path, progress) as record:
        _verify_record(record, earlier, progress, report)


def _verify_record(record: Record, earlier: Sequence[bytes], progress: Callable[[str], None], report: Report) -> None:
    root = record.root(record.size)
    report.root = root.hex()
    _identify(record, report)
    try:
        record.check_tree()
    except CheckFailedError as failure:
        if failure.name == "tree":
            report.passed("form", f"{record.size} entries, {len(record.references)} blobs")
        raise
    report.passed("form", f"{record.size} entries, {len(record.references)} blobs")
    report.passed("tree", "every blob has the SHA-256 of its name")

    entries = deque(record.entries)
    record.entries = []
    before: list[Entry | Ballot] = []
    entry: Entry | None = None
    while entries and entry is None:
        following = entries.popleft()
        if isinstance(following, Entry) and following.kind == "manifest":
            entry = following
        else:
            before.append(following)
    opened = ceremony.check(before)
    report.passed("ceremony", f"{opened.threshold} of {opened.count} trustees")
    if entry is None:
        msg = "the record has no manifest"
        raise CheckFailedError("order", msg)
    known = frozenset(ballot.credential for ballot in entries if isinstance(ballot, Ballot))
    agreed = manifest.check(entry, opened, record.pieces, known)
    report.passed("manifest", "every contest's rankings can be encoded", "4")
    report.passed("manifest", f"{len(agreed.contests)} contests, {len(agreed.styles)} credentials")

    election = Election(Context(record, opened, agreed, Generators()), progress)
    election.walk(entries)
    report.cancelled = election.cancelled
    for name, detail in _walked(election):
        report.passed(name, detail)
    _check_board(record, agreed, root, earlier)
    report.passed("board", f"signed by {agreed.origin}, size {record.size}, quorum {agreed.quorum}")
    report.contests = election.outcomes()


def _identify(record: Record, report: Report) -> None:
    """Note what the record says it is, before anything is checked of it."""
    for entry in record.entries:
        if isinstance(entry, Ballot):
            continue
        if entry.kind == "ceremony" and not report.cer:
            report.cer = hashlib.sha512(entry.raw).hexdigest()
            report.election = fields(entry)["election"]
        if entry.kind == "manifest":
            report.ctx = hashlib.sha512(entry.raw).hexdigest()
            value = fields(entry)["board"]
            report.origin, report.log_key = value["origin"], value["key"]
            return


def _walked(election: Election) -> list[tuple[str, str]]:
    """List the checks that a walk to the end has made."""
    if election.cancelled:
        return [("order", "cancelled: judged as far as it goes"), ("ballot", f"{election.ballots} ballots")]
    return [
        ("order", "every entry stands where it may"),
        ("ballot", f"{election.ballots} ballots"),
        ("close", "opened and closed as announced"),
        ("mix input", "every mixer took the list before it"),
        ("shuffle", f"{election.mixes} mixes"),
        ("decrypt", "every factor is proved"),
        ("result", "recomputed from the factors"),
        ("count", "counted again, stage by stage"),
    ]


def _check_board(record: Record, agreed: manifest.Manifest, root: bytes, earlier: Sequence[bytes]) -> None:
    final = board.check_signed(record.checkpoint, agreed.log, "the checkpoint")
    wrong = ""
    if final.size != record.size:
        wrong = f"the checkpoint is of {final.size} entries, the record has {record.size}"
    elif final.root != root:
        wrong = "the checkpoint's root is not that of the entries"
    elif board.count_cosignatures(final, agreed.witnesses) < agreed.quorum:
        wrong = "the checkpoint has fewer cosignatures than the quorum"
    if wrong:
        raise CheckFailedError("board", wrong)
    for number, data in enumerate(earlier, 1):
        what = f"earlier checkpoint {number}"
        older = board.check_signed(data, agreed.log, what)
        if older.size > record.size:
            msg = f"{what} is of {older.size} entries, the record has {record.size}"
            raise CheckFailedError("board", msg)
        if record.root(older.size) != older.root:
            msg = f"the record does not extend {what}: another root for {older.size} entries"
            raise CheckFailedError("board", msg)
