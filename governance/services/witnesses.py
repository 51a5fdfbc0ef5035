"""Witnesses: what they cosign, which checkpoints enough of them have cosigned (docs/protocol.md, sections 7 and 13).

A witness says that a board only ever grew. Its signature is all that it needs to be heard here: whoever brings it, and
however often, it is stored once. Witnesses ask each for themselves, and while people vote the board has grown meanwhile;
so the first one's checkpoint is offered to the others for a while, until enough of them have cosigned the same one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from governance.board import checkpoint
from governance.board import entries as e
from governance.board.checkpoint import LOG, WITNESS, VerifierKey, read_key
from governance.errors import MalformedError, NotFoundError, ProofError, RuleError
from governance.services import boards
from governance.store.boards import Cosignature

MAX_COSIGNED = 2**13
"""Bytes of what is handed in: a checkpoint and some dozens of lines, each of which costs a check at most."""
BATCH = timedelta(hours=1)
"""So long the others are offered what one has cosigned."""
KEPT = 64
"""Cosignatures of one witness that are kept: the newest."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far witnesses have come."""

    quorum: int
    names: tuple[str, ...]
    here: tuple[str, ...]
    """Those who have cosigned the newest checkpoint."""
    confirmed: int
    """How many entries the newest checkpoint has that enough of them cosigned; 0 if there is none."""


def take(session: Session, election: str, data: bytes, *, now: datetime) -> tuple[str, ...]:
    """Take in a checkpoint that witnesses have cosigned; the same again changes nothing.

    Returns:
        The names of the witnesses whose cosignature holds.

    Raises:
        NotFoundError: There is no such election, or it has not been announced.
        RuleError: It has no witnesses, or its board never had that size.
        MalformedError: It is no checkpoint.
        ProofError: It is of another board, or nobody in it is a witness of this election.
    """
    manifest = _manifest(session, election)
    if not manifest.board.witnesses:
        msg = "This election has no witnesses, so nothing can be cosigned."
        raise RuleError(msg)
    if len(data) > MAX_COSIGNED:
        msg = "A cosigned checkpoint has at most 8 KiB."
        raise MalformedError(msg)
    given = checkpoint.parse(data)
    try:
        own = checkpoint.parse(boards.head(session, election, given.size))
    except NotFoundError:
        msg = f"This board never had {given.size} entries."
        raise RuleError(msg) from None
    if given.text != own.text:
        _refuse_other(given, read_key(manifest.board.key, LOG))
    lines = checkpoint.cosignatures(given, _keys(manifest))
    if not lines:
        msg = "No cosignature in it is of a witness of this election, or none holds."
        raise ProofError(msg)
    for name, line in lines.items():
        _keep(session, Cosignature(election_id=election, size=given.size, witness=name, line=line, at=now))
    return tuple(lines)


def _refuse_other(given: checkpoint.Checkpoint, log: VerifierKey) -> None:
    try:
        checkpoint.check_log(given, log)
    except ProofError:
        msg = "This checkpoint is of another board."
        raise ProofError(msg) from None
    msg = (
        "This checkpoint has the signature of this log, and is not of this board: somebody was shown another one. "
        "Keep the file, and tell the auditors: it is the evidence."
    )
    raise ProofError(msg)


def _keep(session: Session, made: Cosignature) -> None:
    key = {"election_id": made.election_id, "witness": made.witness}
    if session.get(Cosignature, (made.election_id, made.size, made.witness)) is None:
        session.add(made)
        session.flush()
    newest = select(Cosignature.size).filter_by(**key).order_by(Cosignature.size.desc()).limit(KEPT)
    least = min(session.scalars(newest))
    session.execute(delete(Cosignature).filter_by(**key).where(Cosignature.size < least))


# ---- reading ---------------------------------------------------------------------------------------------------------


def head(session: Session, election: str, size: int | None = None) -> bytes:
    """The checkpoint over the first so many entries, over all if no number is given, with all that was cosigned of it.

    Raises:
        NotFoundError: The board is empty or shorter.
    """
    signed = boards.head(session, election, size)
    query = (
        select(Cosignature.line)
        .filter_by(election_id=election, size=checkpoint.size_of(signed))
        .order_by(Cosignature.witness)
    )
    return signed + b"".join(session.scalars(query))


def to_cosign(session: Session, election: str, *, now: datetime) -> bytes:
    """The checkpoint that a witness is to cosign next.

    Raises:
        NotFoundError: The board is empty.
    """
    started = (
        select(Cosignature.size)
        .filter_by(election_id=election)
        .group_by(Cosignature.size)
        .having(func.count() < quorum(session, election))
        .having(func.min(Cosignature.at) > now - BATCH)
        .order_by(Cosignature.size.desc())
    )
    return head(session, election, session.scalar(started.limit(1)))


def confirmed(session: Session, election: str) -> bytes | None:
    """The newest checkpoint that enough witnesses have cosigned; None if there is none, or none are needed."""
    needed = quorum(session, election)
    if not needed:
        return None
    enough = select(Cosignature.size).filter_by(election_id=election).group_by(Cosignature.size)
    size = session.scalar(enough.having(func.count() >= needed).order_by(Cosignature.size.desc()).limit(1))
    return None if size is None else head(session, election, size)


def quorum(session: Session, election: str) -> int:
    """How many witnesses are needed; 0 before the announcement."""
    try:
        return _manifest(session, election).board.quorum
    except NotFoundError:
        return 0


def standing(session: Session, election: str) -> Standing | None:
    """How far the witnesses have come; None if the election has none."""
    try:
        manifest = _manifest(session, election)
    except NotFoundError:
        return None
    if not manifest.board.witnesses:
        return None
    keys = _keys(manifest)
    newest = checkpoint.parse(head(session, election))
    done = confirmed(session, election)
    return Standing(
        manifest.board.quorum,
        tuple(key.name for key in keys),
        tuple(checkpoint.cosignatures(newest, keys)),
        checkpoint.size_of(done) if done else 0,
    )


def has_quorum(session: Session, election: str, signed: bytes) -> bool:
    """Whether enough witnesses have cosigned a checkpoint."""
    try:
        manifest = _manifest(session, election)
    except NotFoundError:
        return True
    return checkpoint.cosigners(checkpoint.parse(signed), _keys(manifest)) >= manifest.board.quorum


def _manifest(session: Session, election: str) -> e.Manifest:
    found = e.parse(boards.manifest(session, election))
    if not isinstance(found, e.Manifest):  # pragma: no cover  the database says what it is
        raise NotFoundError("There is no manifest.")
    return found


def _keys(manifest: e.Manifest) -> list[VerifierKey]:
    return [read_key(one, WITNESS) for one in manifest.board.witnesses]
