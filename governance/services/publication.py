"""The record of an election as a file: as far as it has come, for officials' tools, or whole, for everybody."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.board import canonical, checkpoint, record
from governance.board import entries as e
from governance.errors import NotFoundError
from governance.services import records, witnesses
from governance.store.boards import Blob, BoardEntry

README = """{title}: the record of election {election}.

Whoever has this file can check the whole election: `governance verify` and `governance-verify` are two programs that
share no code. docs/protocol.md says what they check.

The files {names}are for people. No program reads them to check anything: they say again what the record says.
"""


class Source:
    """A board in the database as a `record.Source`, up to one checkpoint: the record does not change while it is read."""

    def __init__(self, session: Session, election: str) -> None:
        """Fix how far the record is read.

        Raises:
            NotFoundError: The board is empty.
        """
        self._session = session
        self._election = election
        self._signed = witnesses.head(session, election)
        self._size = checkpoint.size_of(self._signed)
        self._sizes: dict[bytes, int] | None = None

    def entries(self) -> Iterator[bytes]:
        """The entries' bytes in order."""
        query = (
            select(BoardEntry.raw)
            .filter_by(election_id=self._election)
            .where(BoardEntry.seq < self._size)
            .order_by(BoardEntry.seq)
        )
        with self._session.scalars(query, execution_options={"yield_per": 500}) as raws:
            yield from raws

    def checkpoint(self) -> bytes:
        """The signed checkpoint over exactly these entries."""
        return self._signed

    def blob_sizes(self) -> dict[bytes, int]:
        """The size of each blob that an entry refers to, by its SHA-256."""
        if self._sizes is None:
            parsed = (e.parse(raw) for raw in self._others())
            self._sizes = {ref.sha256: ref.size for entry in parsed for ref in references(entry)}
        return self._sizes

    def _others(self) -> Iterable[bytes]:
        query = select(BoardEntry.raw).filter_by(election_id=self._election)
        return self._session.scalars(query.where(BoardEntry.kind != e.Ballot.kind, BoardEntry.seq < self._size))

    def chunks(self, digest: bytes) -> Iterator[bytes]:
        """The bytes of one blob, in one piece."""
        data = self._session.scalar(select(Blob.data).filter_by(election_id=self._election, sha256=digest))
        if data is None:
            msg = f"The blob {digest.hex()[:16]}… is missing."
            raise NotFoundError(msg)
        yield data

    def others(self) -> Iterable[str]:
        """Nothing for people lies on a board."""
        return ()


def references(entry: e.Entry) -> tuple[e.Ref, ...]:
    """The blobs that an entry refers to."""
    match entry:
        case e.Manifest():
            return tuple(e.Ref(one.sha256, one.size) for one in entry.credentials)
        case e.Shuffle():
            return entry.input, entry.output, entry.proof
        case e.Decrypt():
            return entry.input, entry.factors
        case e.Result():
            return (entry.ballots,)
        case e.Count():
            return (entry.stages,)
        case _:
            return ()


def write(session: Session, election: str, file: BinaryIO) -> None:
    """Write the record as far as it has come; with the files for people once results stand.

    Raises:
        NotFoundError: There is no such election, or its board is empty.
    """
    source = Source(session, election)
    blobs = (b"".join(source.chunks(digest)) for digest in source.blob_sizes())
    record.write(file, source.entries(), source.checkpoint(), blobs, _for_people(source, election))


def name(election: str) -> str:
    """The name of the file."""
    return f"{election}.record.zip"


def _for_people(source: Source, election: str) -> dict[str, bytes]:
    entries = [e.parse(raw) for raw in source._others()]  # noqa: SLF001  its own class
    manifest = next((entry for entry in entries if isinstance(entry, e.Manifest)), None)
    if manifest is None:
        return {}
    contests = {contest.id: contest for contest in manifest.contests}
    withdrawn = {(entry.contest, entry.candidate) for entry in entries if isinstance(entry, e.Withdraw)}
    files: dict[str, bytes] = {}
    for entry in entries:
        if isinstance(entry, e.Result):
            papers = canonical.parse(b"".join(source.chunks(entry.ballots.sha256)))["papers"]
            gone = {candidate for contest, candidate in withdrawn if contest == entry.contest}
            contest = contests[entry.contest]
            files[f"{contest.id}.blt"] = records.as_blt(contest.title, contest.candidates, contest.seats, gone, papers)
        if isinstance(entry, e.Count):
            files[f"{entry.contest}.json"] = b"".join(source.chunks(entry.stages.sha256))
    names = "".join(f"{one}, " for one in sorted(files)).removesuffix(", ") + " " if files else "for people, if any, "
    told = README.format(title=manifest.title, election=election, names=names)
    return {"README.txt": told.encode(), **files}
