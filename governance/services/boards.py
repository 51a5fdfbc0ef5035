"""The server's own board of an election: every entry is judged, stored, hashed and signed in one transaction.

Whoever appends holds the lock of `database.writing` until the transaction ends, on SQLite as on PostgreSQL: nobody else
writes meanwhile; the primary key (election, seq) is the last word. The state that the entries fold to (`board.judge`) is
kept in memory between transactions. It leaves the cache when a transaction begins to append, first catches up with what
other processes appended, and comes back only when the transaction has committed: memory never gets ahead of the
database, and after any failure it is thrown away and folded anew.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from threading import Lock

from sqlalchemy import Engine, event, func, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from governance.board import checkpoint, merkle
from governance.board import entries as e
from governance.board.checks import Check, CheckError
from governance.board.judge import Judge
from governance.errors import MalformedError, NotFoundError
from governance.services import continuity
from governance.store.boards import Blob, BoardEntry, Checkpoint, Log
from governance.store.database import is_writing
from governance.store.types import Base
from governance.store.vault import vault

SEED = "log seed"
"""The purpose under which logs' seeds are encrypted."""
KEPT = 8
"""How many boards stay in memory."""
_OPEN = "boards"
_ENTRY = insert(Base.metadata.tables[BoardEntry.__tablename__])
_CHECKPOINT = insert(Base.metadata.tables[Checkpoint.__tablename__])


class Tree(merkle.Tree):
    """The tree over a board, which knows the way to the entry that comes next."""

    __slots__ = ()

    def next_path(self) -> list[bytes]:
        """The audit path of the next leaf in the tree that ends with it: the complete subtrees, the last one first."""
        return self._peaks[::-1]


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an entry stands, and what proves it."""

    index: int
    path: tuple[bytes, ...]
    """Its inclusion proof in the tree that ends with it."""
    checkpoint: bytes
    """Signed, over exactly the entries up to this one."""


@dataclass(slots=True)
class Board:
    """A board that a transaction may append to.

    Attributes:
        judge: What its entries fold to.
    """

    election: str
    origin: str
    seed: bytes = field(repr=False)
    judge: Judge = field(init=False, repr=False)
    tree: Tree = field(default_factory=Tree)
    last: bytes = b""
    """The leaf hash of the last entry."""
    session: Session | None = None

    def put(self, *blobs: bytes) -> None:
        """Keep blobs that the next entry refers to."""
        session = self._session()
        for blob in blobs:
            digest = sha256(blob).digest()
            if session.get(Blob, (self.election, digest)) is None:
                session.add(Blob(election_id=self.election, sha256=digest, size=len(blob), data=blob))
        session.flush()

    def append(self, entry: e.Entry | bytes, *, proven: bool = False) -> Appended:
        """Judge the next entry; if it may stand, store it and sign the tree.

        Args:
            entry: An entry, or the bytes of one that came from outside, which are stored as they came.
            proven: A ballot whose proof was checked already: the judge checks it again later, with many others.

        Raises:
            MalformedError: The bytes are no entry.
            CheckError: It may not stand here.
        """
        raw = entry if isinstance(entry, bytes) else e.dump(entry)
        parsed = e.parse(raw) if isinstance(entry, bytes) else entry
        self._judge(raw, parsed, proven=proven)
        path = tuple(self.tree.next_path())
        index = self.tree.size
        self._grow(raw)
        return self._store(raw, parsed, index, path)

    def _judge(self, raw: bytes, parsed: e.Entry, *, proven: bool) -> None:
        number, ballots = self.judge.number, self.judge.ballots
        try:
            self.judge.take(raw, parsed)
            if not proven:
                self.judge.flush()
        except CheckError:
            if proven and self.judge.ballots == ballots:
                self.judge.number = number  # a ballot that is refused has changed nothing else
            else:
                forget(self._session())
            raise

    def _grow(self, raw: bytes) -> None:
        self.last = merkle.leaf(raw)
        self.tree.append(self.last)

    def _store(self, raw: bytes, parsed: e.Entry, index: int, path: tuple[bytes, ...]) -> Appended:
        signed = checkpoint.sign(self.origin, self.tree.size, self.tree.root(), self.seed)
        credential = bytes(parsed.credential) if isinstance(parsed, e.Ballot) else None
        connection = self._session().connection()
        row = {"election_id": self.election, "seq": index, "kind": parsed.kind, "raw": raw, "leaf": self.last}
        connection.execute(_ENTRY, {**row, "credential": credential})
        connection.execute(_CHECKPOINT, {"election_id": self.election, "size": index + 1, "signed": signed})
        return Appended(index, path, signed)

    def read_blob(self, ref: e.Ref) -> bytes:
        """A blob that an entry refers to.

        Raises:
            MalformedError: It is not there, or differs from its hash or size.
        """
        data = self._session().scalar(select(Blob.data).filter_by(election_id=self.election, sha256=ref.sha256)) or b""
        if len(data) != ref.size or sha256(data).digest() != ref.sha256:
            msg = f"a blob differs from its hash {ref.sha256.hex()[:16]}…"
            raise MalformedError(msg)
        return data

    def _session(self) -> Session:
        assert self.session is not None  # noqa: S101  a board is used only while its transaction lasts
        return self.session

    def catch_up(self) -> bool:
        """Fold what was appended since; False if memory is not a beginning of what the database has."""
        session, size = self._session(), self.tree.size
        query = (
            select(BoardEntry.seq, BoardEntry.raw, BoardEntry.leaf)
            .filter_by(election_id=self.election)
            .where(BoardEntry.seq >= max(size - 1, 0))
            .order_by(BoardEntry.seq)
        )
        known = size == 0
        with session.execute(query, execution_options={"yield_per": 500}) as rows:
            for seq, raw, leaf in rows:
                if seq == size - 1:
                    known = leaf == self.last
                    continue
                if not known or seq != self.tree.size:
                    return False
                self.judge.take(raw, e.parse(raw))
                self._grow(raw)
        return known

    def is_what_was_signed(self) -> None:
        """Check that the entries are those of the last checkpoint: nothing else is ever built on or signed.

        Raises:
            CheckError: They are not: the database was tampered with, or badly restored.
        """
        query = select(Checkpoint.signed).filter_by(election_id=self.election).order_by(Checkpoint.size.desc())
        signed = self._session().scalar(query.limit(1))
        head = checkpoint.parse(signed) if signed else None
        told = (head.size, head.root) if head else (0, merkle.EMPTY)
        if told != (self.tree.size, self.tree.root()):
            raise CheckError(Check.TREE, "the board in the database is not the one that was signed")


# ---- one transaction -------------------------------------------------------------------------------------------------

_cache: OrderedDict[tuple[Engine, str], Board] = OrderedDict()
_lock = Lock()


def opened(session: Session, election: str) -> Board:
    """The board of an election, to append to in this transaction.

    Raises:
        NotFoundError: There is no such election, or it has no board yet.
        BehindError: The database lacks what was published: it was put back from an older copy.
        CheckError: What stands in the database does not hold: it was tampered with.
    """
    if not is_writing(session):
        msg = "a board is opened in a transaction that began with `database.writing`"
        raise RuntimeError(msg)
    mine: dict[str, Board] = session.info.setdefault(_OPEN, {})
    if election in mine:
        return mine[election]  # nobody else has written since this transaction began
    continuity.require(session, election)
    with _lock:
        board = _cache.pop((session.get_bind().engine, election), None)
    board = board or _empty(session, election)
    board.session = session
    if not board.catch_up():
        board = _empty(session, election)
        board.session = session
        if not board.catch_up():
            raise CheckError(Check.TREE, "the board in the database has gaps")
    board.is_what_was_signed()
    mine[election] = board
    return board


def judged(session: Session, election: str) -> Board:
    """A board folded anew from its entries alone, every proof checked; nothing of it is kept, and no key is needed.

    Raises:
        NotFoundError: It has no board yet.
        MalformedError: An entry is none.
        CheckError: It does not hold.
    """
    log = _log(session, election)
    board = Board(election, log.origin, b"")
    board.judge, board.session = Judge(board.read_blob), session
    if not board.catch_up():
        raise CheckError(Check.TREE, "the board in the database has gaps")
    board.judge.flush()
    board.is_what_was_signed()
    return board


def _empty(session: Session, election: str) -> Board:
    log = _log(session, election)
    board = Board(election, log.origin, vault(session).open(SEED, log.seed))
    board.judge = Judge(board.read_blob)
    return board


def _log(session: Session, election: str) -> Log:
    log = session.get(Log, election)
    if log is None:
        msg = "This election has no board yet."
        raise NotFoundError(msg)
    return log


def forget(session: Session) -> None:
    """Throw away what this session has in memory."""
    session.info.pop(_OPEN, None)


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if session.in_nested_transaction():
        return
    mine: dict[str, Board] = session.info.pop(_OPEN, {})
    with _lock:
        for election, board in mine.items():
            board.session = None
            _cache[session.get_bind().engine, election] = board
        while len(_cache) > KEPT:
            _cache.popitem(last=False)


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, _previous: SessionTransaction) -> None:
    forget(session)


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        forget(session)


# ---- reading: what is committed, without a judge ---------------------------------------------------------------------


def entries(session: Session, election: str, *, start: int = 0, limit: int | None = None) -> list[tuple[int, bytes]]:
    """(index, bytes) of entries, in order."""
    rows = session.execute(
        select(BoardEntry.seq, BoardEntry.raw)
        .filter_by(election_id=election)
        .where(BoardEntry.seq >= start)
        .order_by(BoardEntry.seq)
        .limit(limit)
    )
    return [(seq, raw) for seq, raw in rows]


def but_ballots(session: Session, election: str) -> Iterable[e.Entry]:
    """Every entry that is no ballot: what `domain.phases` folds."""
    rows = session.scalars(
        select(BoardEntry.raw)
        .filter_by(election_id=election)
        .where(BoardEntry.kind != e.Ballot.kind)
        .order_by(BoardEntry.seq)
    )
    return map(e.parse, rows)


def place_of(session: Session, election: str, raw: bytes) -> int | None:
    """Where an entry of these bytes stands; None if nowhere."""
    query = select(BoardEntry.seq).filter_by(election_id=election, leaf=merkle.leaf(raw)).order_by(BoardEntry.seq)
    return session.scalar(query.limit(1))


def cer(session: Session, election: str) -> bytes:
    """SHA-512 of the ceremony entry.

    Raises:
        NotFoundError: There is none yet.
    """
    raw = session.scalar(select(BoardEntry.raw).filter_by(election_id=election, kind=e.Ceremony.kind))
    if raw is None:
        msg = "The key ceremony has not begun."
        raise NotFoundError(msg)
    return sha512(raw).digest()


def manifest(session: Session, election: str) -> bytes:
    """The bytes of the manifest.

    Raises:
        NotFoundError: The election has not been announced.
    """
    raw = session.scalar(select(BoardEntry.raw).filter_by(election_id=election, kind=e.Manifest.kind))
    if raw is None:
        msg = "This election has not been announced yet."
        raise NotFoundError(msg)
    return raw


def size(session: Session, election: str) -> int:
    """How many entries stand."""
    return session.scalar(select(func.max(Checkpoint.size)).filter_by(election_id=election)) or 0


def head(session: Session, election: str, size_: int | None = None) -> bytes:
    """The signed checkpoint over the first so many entries; over all if no number is given.

    Raises:
        NotFoundError: The board is empty or shorter.
    """
    query = select(Checkpoint.signed).filter_by(election_id=election).order_by(Checkpoint.size.desc())
    signed = session.scalar((query if size_ is None else query.filter_by(size=size_)).limit(1))
    if signed is None:
        msg = "This board has no such checkpoint."
        raise NotFoundError(msg)
    return signed


def leaves(session: Session, election: str, size_: int | None = None) -> Sequence[bytes]:
    """The leaf hashes of the first so many entries."""
    query = select(BoardEntry.leaf).filter_by(election_id=election).order_by(BoardEntry.seq)
    return session.scalars(query.limit(size_)).all()
