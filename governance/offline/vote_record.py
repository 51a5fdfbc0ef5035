"""The public file of an election, as a voter's own program reads it (protocol.md, section 13).

Everything in it is verified as far as it has come, but one thing: while people vote the board grows with every ballot,
and the witnesses are a while behind. Their quorum is no condition here; whether it is there is said. What a vote means
does not hang on it: the manifest was signed by every trustee, and a code gives a credential of this ceremony alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from governance.board import checkpoint, merkle, verify
from governance.board import entries as e
from governance.board.checks import Check, CheckError, Need
from governance.board.judge import Judge
from governance.board.record import NotARecordError, RecordFile
from governance.board.setup import Keys
from governance.crypto import ballot
from governance.errors import MalformedError, ProofError, RuleError
from governance.offline import files


@dataclass(frozen=True, slots=True)
class Public:
    """A record that holds as far as it has come."""

    path: Path
    judge: Judge
    keys: Keys
    manifest: e.Manifest
    size: int
    """How many entries it has."""
    root: bytes
    earlier: bytes
    """The root of its first so many entries as were asked for; empty if it has fewer."""
    cosigned: int
    """How many listed witnesses have cosigned it."""

    @property
    def is_confirmed(self) -> bool:
        """Whether that is enough of them; always, where there are none."""
        return self.cosigned >= self.manifest.board.quorum

    def entries(self) -> Iterator[bytes]:
        """The entries' bytes, once more."""
        with files.opened(self.path) as file:
            yield from RecordFile(file).entries()

    def place(self, raw: bytes) -> int | None:
        """Where an entry stands, counted from 0; None if it does not."""
        return next((number for number, one in enumerate(self.entries()) if one == raw), None)

    def last_tracker(self, credential: bytes) -> str:
        """The tracker of a credential's last ballot; empty if there is none."""
        voter = self.judge.voters.get(credential)
        if voter is None:
            return ""
        entry = e.parse(next(islice(self.entries(), voter.place, None)))
        return ballot.tracker(e.unproven_bytes(entry)) if isinstance(entry, e.Ballot) else ""


def read(path: Path, earlier: int = 0) -> Public:
    """Verify a record as far as it has come.

    Args:
        path: A record file.
        earlier: Of so many entries the root is wanted.

    Raises:
        NotARecordError: It is none.
        CheckError: The first check that fails.
        RuleError: Its election has not been announced.
    """
    with files.opened(path) as file:
        try:
            return _read(path, RecordFile(file), earlier)
        except NotARecordError:
            raise
        except MalformedError as error:
            raise CheckError(Check.FORM, str(error)) from None


def _read(path: Path, source: RecordFile, earlier: int) -> Public:
    report, judge = verify.judge(source)
    failure = report.failure
    if failure is not None and failure.check in (Check.CEREMONY, Check.ORDER) and not report.manifest:
        msg = "the election of this record has not been announced yet: there is nothing to vote on"
        raise RuleError(msg)
    if failure is not None and failure.check is not Check.BOARD:
        raise CheckError(failure.check, failure.detail)
    if judge is None or judge.keys is None or judge.manifest is None:  # pragma: no cover  it was judged to its end
        raise CheckError(Check.ORDER, "the record was not judged")
    board = judge.manifest.board
    need = Need(Check.BOARD)
    try:
        head = checkpoint.parse(source.checkpoint())
        checkpoint.check_log(head, checkpoint.read_key(board.key, checkpoint.LOG))
    except (MalformedError, ProofError) as error:
        raise CheckError(Check.BOARD, str(error)) from None
    same = (head.size, head.root.hex()) == (judge.number, report.root)
    need(same, "the checkpoint is of other entries than the record has")
    witnesses = [checkpoint.read_key(text, checkpoint.WITNESS) for text in board.witnesses]
    return Public(
        path=path,
        judge=judge,
        keys=judge.keys,
        manifest=judge.manifest,
        size=head.size,
        root=head.root,
        earlier=_root(source, earlier) if 0 < earlier <= head.size else b"",
        cosigned=checkpoint.cosigners(head, witnesses),
    )


def _root(source: RecordFile, size: int) -> bytes:
    tree = merkle.Tree()
    for raw in source.entries():
        if tree.size == size:
            break
        tree.append(merkle.leaf(raw))
    return tree.root()
