"""What a database put back from a copy has to answer before members vote on it: every board, the key, what was published.

Each finding is one sentence. A database that is damaged is told apart before (`store.backup.damage`), for nothing here
could be believed of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import ScalarResult, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from governance.board import checkpoint, merkle
from governance.board import entries as e
from governance.board.record import RecordFile
from governance.crypto import signature
from governance.errors import GovernanceError, MalformedError, ProofError
from governance.services import boards, continuity
from governance.store.accounts import SecondStep
from governance.store.boards import BoardEntry, Checkpoint, Log, Receipt
from governance.store.declarations import Declaration
from governance.store.members import Member
from governance.store.nominations import NominationEvent, NominationRow
from governance.store.objections import Objection
from governance.store.seats import Application, ResultChallenge, SeatOutsider, SeatRequest
from governance.store.vault import VaultError, vault

Column = InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None]

SEALED: Mapping[str, tuple[Column, ...]] = {
    "log seed": (Log.seed,),
    "declared attributes": (Member.attributes,),
    "second step": (SecondStep.secret,),
    "declarations of interest": (Declaration.answer,),
    "nominations": (NominationRow.named, NominationEvent.details),
    "objections to the roll": (Objection.said, Objection.answer),
    "challenges to a result": (ResultChallenge.said, ResultChallenge.answer),
    "applications for a seat": (Application.said,),
    "people of the register who are no members": (SeatOutsider.said,),
    "what is asked for about seats": (SeatRequest.sealed,),
}
"""Everything that is encrypted at rest, by the purpose under which it is (a test compares them with the services)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    text: str
    holds: bool = False


def inspect(session: Session, folder: Path, against: Iterable[tuple[str, bytes]] = ()) -> Iterator[Finding]:
    """Look at everything, in an order in which the first thing that does not hold explains the rest.

    Args:
        session: The database; nothing is written.
        folder: Where records are published.
        against: (name, bytes) of checkpoints that others kept: witnesses, voters with their receipts.
    """
    records, marks = _files(folder)  # before the database, which may be in use: it is to be the newer one
    yield from _key(session)
    for election in session.scalars(select(Log.election_id).order_by(Log.election_id)).all():
        yield _board(session, election)
    yield from _published(session, folder, records, marks)
    for name, data in against:
        yield _kept(session, name, data)


# ---- the key ---------------------------------------------------------------------------------------------------------


def _key(session: Session) -> Iterator[Finding]:
    """Open one of each kind: the first and the last that there is."""
    box, opened, shut = vault(session), list[str](), list[str]()
    for purpose, columns in SEALED.items():
        samples = [data for column in columns for data in _samples(session, column) if data]
        try:
            for data in samples:
                box.open(purpose, data)
        except VaultError:
            shut.append(purpose)
        else:
            opened += [purpose] if samples else []
    if shut:
        yield Finding(
            f"The key of this installation does not open: {', '.join(shut)}. The database was written with another key: "
            "put the file secret.key beside it that belongs to it. Without it, nobody's second step, no log key and no "
            "declaration can be read."
        )
    elif opened:
        yield Finding(f"The key opens what is encrypted: {', '.join(opened)}.", holds=True)
    else:
        yield Finding("Nothing is encrypted in this database yet, so its key could not be tried.", holds=True)


def _samples(session: Session, column: Column) -> list[bytes | None]:
    table = column.class_.__table__
    query = select(column).where(column.is_not(None), func.length(column) > 0)
    keys = table.primary_key.columns
    last = query.order_by(*(one.desc() for one in keys))
    return [session.scalar(one.limit(1)) for one in (query.order_by(*keys), last)]


# ---- boards ----------------------------------------------------------------------------------------------------------


def _board(session: Session, election: str) -> Finding:
    name = f"Board of {election}"
    try:
        board = boards.judged(session, election)
        why = _beside(session, election, board)
    except GovernanceError as error:
        return Finding(f"{name}: {str(error).rstrip('.')}.")
    if why:
        return Finding(f"{name}: {why}.")
    return Finding(
        f"{name}: {board.tree.size} entries, {board.judge.ballots} of them ballots; each was judged again.", holds=True
    )


def _beside(session: Session, election: str, board: boards.Board) -> str:
    """What lies beside the entries: hashes for proofs, a checkpoint after each, a receipt of each ballot, the log's key."""
    tree = merkle.Tree()
    for leaf in boards.leaves(session, election):
        tree.append(leaf)
    if tree.root() != board.tree.root():
        return "the hashes for proofs are not those of the entries"
    count, least = session.execute(
        select(func.count(), func.min(Checkpoint.size)).filter_by(election_id=election)
    ).one()
    if (count, least if count else 1) != (board.tree.size, 1):
        return "a checkpoint is missing"
    receipts = select(Receipt.seq, Receipt.ballot).filter_by(election_id=election)
    given = {row[0]: row[1] for row in session.execute(receipts)}
    query = select(BoardEntry.seq, BoardEntry.raw).filter_by(election_id=election, kind=e.Ballot.kind)
    with session.execute(query, execution_options={"yield_per": 500}) as ballots:
        for seq, raw in ballots:
            if given.pop(seq, b"") != sha256(raw).digest():
                return f"the receipt of the ballot at entry {seq} is missing, or another one's"
    if given:
        return f"a receipt says entry {min(given)}, and no ballot stands there"
    return _log_key(session, election, board)


def _log_key(session: Session, election: str, board: boards.Board) -> str:
    try:
        seed = vault(session).open(boards.SEED, session.get_one(Log, election).seed)
    except VaultError:
        return ""  # told above, once
    key = checkpoint.VerifierKey(board.origin, checkpoint.LOG, signature.public_key(seed))
    if board.tree.size:
        try:
            checkpoint.check_log(checkpoint.parse(boards.head(session, election)), key)
        except ProofError as error:
            return str(error)
    return ""


# ---- what was published ----------------------------------------------------------------------------------------------


def _files(folder: Path) -> tuple[list[tuple[str, Path]], list[tuple[str, Path, checkpoint.Checkpoint | None]]]:
    """(election, record file), and (election, mark, what it says)."""
    named = ((continuity.NAME.fullmatch(path.name), path) for path in sorted(folder.glob("*.record.zip")))
    marks = [(election, path, continuity.head_of(path)) for election, path in continuity.marked(folder)]
    return [(match[1], path) for match, path in named if match], marks


def _published(
    session: Session,
    folder: Path,
    records: list[tuple[str, Path]],
    marks: list[tuple[str, Path, checkpoint.Checkpoint | None]],
) -> Iterator[Finding]:
    """Every record file, entry by entry, and every mark."""
    for election, path in records:
        if why := _record(session, election, path):
            yield Finding(f"{path.name}: {why}")
    for election, path, told in marks:
        if told is None:
            yield Finding(f"{path.name}: it cannot be read. Remove it, and the server makes it anew.")
        elif why := _extends(session, election, told):
            yield Finding(f"{path.name}: {why}")
    count = len(records) + len(marks)
    told_ = f"Looked at {count} published records and marks" if count else "Nothing was published yet"
    yield Finding(f"{told_} in {folder}.", holds=True)


def _record(session: Session, election: str, path: Path) -> str:
    try:
        with path.open("rb") as opened:
            file = RecordFile(opened)
            told = checkpoint.parse(file.checkpoint())
            with _raws(session, election) as own:
                for number, (ours, theirs) in enumerate(zip(own, file.entries(), strict=False)):
                    if ours != theirs:
                        return f"its entry {number} is another one than in the database."
    except FileNotFoundError:
        return ""  # the server, in use, has cleared it away
    except (MalformedError, OSError) as error:
        return f"it cannot be read: {error}. Remove it, and the server writes it anew."
    return _extends(session, election, told)


def _raws(session: Session, election: str) -> ScalarResult[bytes]:
    query = select(BoardEntry.raw).filter_by(election_id=election).order_by(BoardEntry.seq)
    return session.scalars(query, execution_options={"yield_per": 500})


def _extends(session: Session, election: str, told: checkpoint.Checkpoint) -> str:
    """Why the database does not go on from a checkpoint; empty if it does."""
    size = boards.size(session, election)
    if told.size > size:
        return (
            f"it has {told.size} entries, the database {size} of {election}. The database is older than what was "
            "published: look for a newer copy. Until then the server adds nothing to this board."
        )
    if checkpoint.parse(boards.head(session, election, told.size)).root != told.root:
        return f"the first {told.size} entries of {election} in the database are others."
    return ""


# ---- what others kept ------------------------------------------------------------------------------------------------


def _kept(session: Session, name: str, data: bytes) -> Finding:
    """Whether a board goes on from a checkpoint that somebody kept, and whose log key is the board's."""
    try:
        told = checkpoint.parse(data)
        log = session.scalar(select(Log).filter_by(origin=told.origin))
        if log is None:
            return Finding(f"{name}: the database has no board with the origin {told.origin}.")
        seed = vault(session).open(boards.SEED, log.seed)
        checkpoint.check_log(told, checkpoint.VerifierKey(log.origin, checkpoint.LOG, signature.public_key(seed)))
    except (MalformedError, VaultError) as error:
        return Finding(f"{name}: {str(error).rstrip('.')}.")
    why = _extends(session, log.election_id, told)
    if why:
        return Finding(f"{name}: {why}")
    return Finding(f"{name}: the board of {log.election_id} goes on from it ({told.size} entries).", holds=True)
