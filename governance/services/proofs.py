"""Proofs for readers: that an entry is on a board, that a board only grew (docs/protocol.md, section 13; RFC 6962).

The hashes of a board's complete subtrees are kept in memory, some 100 bytes an entry, and grow with it: a proof costs a
few lookups, however long the board is. What is proven is compared with the signed checkpoint each time.
"""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from governance.board import checkpoint, merkle
from governance.board.checks import Check, CheckError
from governance.errors import NotFoundError
from governance.services import witnesses
from governance.store.boards import BoardEntry

KEPT = 8
"""How many boards' hashes stay in memory."""


class Hashes:
    """The tree over a board that only grows, with every complete subtree: row h has those of 2^h leaves."""

    __slots__ = ("_rows", "lock")

    def __init__(self) -> None:
        self._rows: list[list[bytes]] = [[]]
        self.lock = Lock()

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._rows[0])

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more entry."""
        height, top = 0, leaf
        self._rows[0].append(top)
        while len(self._rows[height]) % 2 == 0:
            top = merkle.node(*self._rows[height][-2:])
            height += 1
            if height == len(self._rows):
                self._rows.append([])
            self._rows[height].append(top)

    def root(self, start: int, stop: int) -> bytes:
        """The root over the leaves from `start` to before `stop`; `start` begins a subtree of at least that size."""
        count = stop - start
        if count == 0:
            return merkle.EMPTY
        height = count.bit_length() - 1
        if count == 1 << height:
            return self._rows[height][start >> height]
        middle = start + (1 << height)
        return merkle.node(self.root(start, middle), self.root(middle, stop))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of one leaf in the tree of the first `size` (RFC 6962, 2.1.1)."""
        start, stop, path = 0, size, list[bytes]()
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self.root(middle, stop))
                stop = middle
            else:
                path.append(self.root(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, size: int) -> list[bytes]:
        """The proof that the tree of the first `old` leaves (1..size) is a beginning (RFC 6962, 2.1.2)."""
        start, stop, path, whole = 0, size, list[bytes](), True
        while old != stop:
            middle = start + _split(stop - start)
            if old <= middle:
                path.append(self.root(middle, stop))
                stop = middle
            else:
                path.append(self.root(start, middle))
                start, whole = middle, False
        return [*([] if whole else [self.root(start, stop)]), *path[::-1]]


def _split(size: int) -> int:
    """The largest power of two smaller than size."""
    return 1 << ((size - 1).bit_length() - 1)


_cache: OrderedDict[tuple[Engine, str], Hashes] = OrderedDict()
_lock = Lock()


def inclusion(session: Session, election: str, index: int) -> tuple[tuple[bytes, ...], bytes]:
    """The inclusion proof of an entry in the newest tree, and the checkpoint of that tree.

    Raises:
        NotFoundError: There is no such entry.
        CheckError: The board in the database is not the one that was signed.
    """
    signed = witnesses.head(session, election)
    size = checkpoint.size_of(signed)
    if not 0 <= index < size:
        msg = "The board has no such entry."
        raise NotFoundError(msg)
    return tuple(_hashes(session, election, signed).inclusion(index, size)), signed


def consistency(session: Session, election: str, old: int) -> tuple[tuple[bytes, ...], bytes]:
    """The proof that a later tree extends the one of the first `old` entries, and the checkpoint of the later one.

    The later one is the newest that enough witnesses have cosigned, if it has that many entries; else the newest of all.

    Raises:
        NotFoundError: The board never had that size.
        CheckError: The board in the database is not the one that was signed.
    """
    signed = later(session, election, old)
    size = checkpoint.size_of(signed)
    if not 1 <= old <= size:
        msg = "The board never had that size."
        raise NotFoundError(msg)
    return tuple(_hashes(session, election, signed).consistency(old, size)), signed


def later(session: Session, election: str, old: int) -> bytes:
    """The checkpoint of which `consistency` speaks.

    Raises:
        NotFoundError: The board is empty.
    """
    confirmed = witnesses.confirmed(session, election)
    if confirmed is not None and checkpoint.size_of(confirmed) >= old:
        return confirmed
    return witnesses.head(session, election)


def _hashes(session: Session, election: str, signed: bytes) -> Hashes:
    """The hashes of a board, at least as far as a checkpoint goes; its root is the checkpoint's."""
    key = (session.get_bind().engine, election)
    head = checkpoint.parse(signed)
    for _ in range(2):
        with _lock:
            kept = _cache.setdefault(key, Hashes())
            _cache.move_to_end(key)
            while len(_cache) > KEPT:
                _cache.popitem(last=False)
        with kept.lock:
            _grow(session, election, kept, head.size)
            if kept.size >= head.size and kept.root(0, head.size) == head.root:
                return kept
        with _lock:
            _cache.pop(key, None)  # another database came into this one's place: look once more
    raise CheckError(Check.TREE, "the board in the database is not the one that was signed")


def _grow(session: Session, election: str, kept: Hashes, size: int) -> None:
    query = (
        select(BoardEntry.leaf)
        .filter_by(election_id=election)
        .where(BoardEntry.seq >= kept.size, BoardEntry.seq < size)
        .order_by(BoardEntry.seq)
    )
    with session.scalars(query, execution_options={"yield_per": 1000}) as leaves:
        for leaf in leaves:
            kept.append(leaf)
