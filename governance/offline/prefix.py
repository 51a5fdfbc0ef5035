"""A record as far as it has come, read from a file and verified as a beginning of one (protocol.md, section 13)."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from governance.board import checkpoint, merkle, verify
from governance.board import entries as e
from governance.board.checks import Check, CheckError
from governance.board.judge import Judge
from governance.board.record import NotARecordError, RecordFile
from governance.board.setup import Keys
from governance.errors import MalformedError, RuleError
from governance.offline import files


@dataclass(frozen=True, slots=True)
class Prefix:
    """A record that holds as far as it has come."""

    judge: Judge
    size: int
    root: bytes
    roots: dict[int, bytes]
    """Roots of the first so many entries, for the sizes that were asked for."""
    at_close: bytes
    """The root of the tree that ends with `close`; empty before it."""

    @property
    def keys(self) -> Keys:
        """The trustees' ceremony.

        Raises:
            RuleError: It has not begun.
        """
        if self.judge.keys is None:
            msg = "this record has no ceremony yet"
            raise RuleError(msg)
        return self.judge.keys

    @property
    def manifest(self) -> e.Manifest:
        """The manifest.

        Raises:
            RuleError: It does not stand yet.
        """
        if self.judge.manifest is None:
            msg = "this record has no manifest yet"
            raise RuleError(msg)
        return self.judge.manifest


def read(path: Path, sizes: Collection[int] = ()) -> Prefix:
    """Verify a record so far.

    Once the manifest stands, the checkpoint must have the log's signature and the quorum of cosignatures. Before it
    nothing says who the log and the witnesses are: then the checkpoint must only be of these very entries.

    Args:
        path: A record file.
        sizes: Of earlier trees, whose roots are wanted.

    Raises:
        NotARecordError: It is none.
        CheckError: The first check that fails.
    """
    with files.opened(path) as file:
        try:
            source = RecordFile(file)
            report, judge = verify.judge(source)
            if report.failure is not None:
                formed = any(line.check is Check.FORM and line.ok for line in report.lines)
                if report.manifest or not formed:
                    raise CheckError(report.failure.check, report.failure.detail)
                judge = _before_manifest(source)
            return _roots(source, judge, bytes.fromhex(report.root), sizes)
        except NotARecordError:
            raise
        except MalformedError as error:
            raise CheckError(Check.FORM, str(error)) from None


def _before_manifest(source: RecordFile) -> Judge:
    """Judge entries that end before the manifest; their form was judged already."""

    def no_blob(_: e.Ref) -> bytes:  # pragma: no cover  what refers to one may not stand before the manifest
        raise CheckError(Check.ORDER, "a blob is referred to before the manifest")

    judge = Judge(no_blob)
    for raw in source.entries():
        judge.take(raw, e.parse(raw))
    return judge


def _roots(source: RecordFile, judge: Judge | None, root: bytes, sizes: Collection[int]) -> Prefix:
    if judge is None:  # pragma: no cover  a record that held was judged
        raise CheckError(Check.ORDER, "the record was not judged")
    tree = merkle.Tree()
    roots = {0: tree.root()}
    at_close = b""
    for raw in source.entries():
        tree.append(merkle.leaf(raw))
        if tree.size in sizes:
            roots[tree.size] = tree.root()
        if b'"kind":"close"' in raw and isinstance(e.parse(raw), e.Close):
            at_close = tree.root()
    seen = checkpoint.parse(source.checkpoint())
    if tree.root() != root or (seen.size, seen.root) != (tree.size, root):
        raise CheckError(Check.BOARD, "the checkpoint is of other entries than the record has")
    return Prefix(judge, tree.size, root, roots, at_close)
