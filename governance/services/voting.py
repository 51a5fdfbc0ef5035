"""Casting a ballot, and its receipt (docs/protocol.md, sections 5, 8 and 13).

Every check comes before anything is written, so a ballot that is refused has changed nothing; what is written is durable
before the receipt leaves, once the caller's transaction has committed. The same bytes again get the same receipt.

The mail that tells a member of a ballot names no tracker. The tracker is public: in a mailbox it would tie an address to
one entry of the board for ever, in systems where the pairing cannot be destroyed after the appeals (section 12). Whoever
wants to compare finds it on the receipt, and on the page that shows a signed-in member's last ballot.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.board.judge import Judge, Phase
from governance.crypto import ballot as sealing
from governance.domain import limits
from governance.domain.plain import text
from governance.errors import MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import boards, officers, often, post, proofs, roll
from governance.store.boards import BallotLink, Blob, BoardEntry, Receipt
from governance.store.elections import Election, RollLine, Style
from governance.store.members import Member
from governance.store.types import Base
from governance.store.vault import vault

MAX_BALLOT = 2**16
"""Bytes of a ballot."""
_HASH = 32
_MAIL_LIFE = timedelta(days=3)
"""Mail of ballots that could not be sent goes then: its order is that of the ballots."""

# Built once: casting is what happens thousands of times.
_RECEIPT = insert(Base.metadata.tables[Receipt.__tablename__])
_LINK = insert(Base.metadata.tables[BallotLink.__tablename__])
_VOTER = (
    select(Member.name, Member.email, Style.contests)
    .join(RollLine, RollLine.member_id == Member.id)
    .join(Style, (RollLine.election_id == Style.election_id) & (RollLine.style == Style.number))
    .where(RollLine.election_id == bindparam("election"), RollLine.member_id == bindparam("member"))
)
_LINKS = select(BallotLink.member, BallotLink.credential).where(
    BallotLink.election_id == bindparam("election"),
    (BallotLink.member == bindparam("who")) | (BallotLink.credential == bindparam("credential")),
)


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt: where the ballot stands, what proves it, and the signed head of that tree."""

    index: int
    tracker: str
    path: tuple[bytes, ...]
    checkpoint: bytes

    def as_dict(self) -> dict[str, Any]:
        """As the booth keeps it."""
        return {
            "index": self.index,
            "tracker": self.tracker,
            "proof": [step.hex() for step in self.path],
            "checkpoint": self.checkpoint.decode(),
        }


def cast(session: Session, member: str, election: str, raw: bytes, *, now: datetime) -> Received:
    """Take a ballot: all of the protocol's checks, a place on the board, a receipt.

    Raises:
        NotFoundError: There is no such election, or it has not been announced.
        NotPermittedError: The member is not on the roll, or this is not their credential.
        MalformedError: Too large, not in canonical form, or the proof does not hold.
        RuleError: Voting is not open, or the ballot does not follow this voter's last one.
        CheckError: The judge refuses it for another reason.
        TooOftenError: The member cast very often.
    """
    if len(raw) > MAX_BALLOT:
        msg = "A ballot has at most 64 KiB."
        raise MalformedError(msg)
    entry = e.parse(raw)
    if not isinstance(entry, e.Ballot):
        msg = "These bytes are no ballot."
        raise MalformedError(msg)
    voter = _voter(session, election, member)
    box = vault(session)
    who, credential = box.tag("voter", election, member), box.tag("credential", election, bytes(entry.credential))
    links = _links(session, election, who, credential)
    digest = sha256(raw).digest()
    again = session.get(Receipt, (election, digest)) if (who, credential) in links else None
    if again is not None:
        return _received(session, again, entry)
    if often.reached(session, limits.REFUSED, member, now):
        raise limits.REFUSED.refuse()
    board = boards.opened(session, election)
    _check(board.judge, voter, entry, now)
    _check_pairing(links, who, credential)
    _check_proof(board.judge, entry)
    if not often.count(session, limits.CAST, member, now):
        raise limits.CAST.refuse()
    placed = board.append(raw, proven=True)
    path = b"".join(placed.path)
    connection = session.connection()
    connection.execute(_RECEIPT, {"election_id": election, "ballot": digest, "seq": placed.index, "path": path})
    if not links:
        connection.execute(_LINK, {"election_id": election, "member": who, "credential": credential})
    post.queue(
        session, voter.email, *_mail(session, voter, board.judge, again=bool(links)), now=now, expires=now + _MAIL_LIFE
    )
    return Received(placed.index, tracker(entry), placed.path, placed.checkpoint)


def note_refusal(session: Session, member: str, *, now: datetime) -> None:
    """Count a ballot that was refused; in a transaction of its own, for the refusal's has been rolled back."""
    often.count(session, limits.REFUSED, member, now)


@dataclass(frozen=True, slots=True)
class _Voter:
    name: str
    email: str
    contests: tuple[str, ...]


def _voter(session: Session, election: str, member: str) -> _Voter:
    found = session.execute(_VOTER, {"election": election, "member": member}).one_or_none()
    if found is None:
        msg = "You are not on the roll of this election."
        raise NotPermittedError(msg)
    return _Voter(found[0], found[1], roll.split(found[2]))


def _links(session: Session, election: str, who: bytes, credential: bytes) -> set[tuple[bytes, bytes]]:
    found = session.execute(_LINKS, {"election": election, "who": who, "credential": credential})
    return {(member, other) for member, other in found}


def _check(judge: Judge, voter: _Voter, entry: e.Ballot, now: datetime) -> None:
    if judge.phase is not Phase.OPEN or text(now) >= judge.closes:
        over = judge.phase >= Phase.OPEN
        msg = "Voting has closed: this ballot was not taken." if over else "Voting has not opened yet."
        raise RuleError(msg)
    if tuple(vote.id for vote in entry.contests) != voter.contests:
        msg = "This ballot is for other contests than yours."
        raise NotPermittedError(msg)
    before = judge.voters.get(bytes(entry.credential))
    if before is not None and judge.manifest is not None and not judge.manifest.revotes:
        msg = "You have voted, and this election allows no second vote."
        raise RuleError(msg)
    if entry.previous != (before.digest if before else sealing.PREVIOUS_NONE):
        msg = "A newer ballot of yours is in the box. Look at it, and seal this one again if you want to replace it."
        raise RuleError(msg)


def _check_pairing(links: set[tuple[bytes, bytes]], who: bytes, credential: bytes) -> None:
    """Always the same credential from one member, one member for each credential."""
    if any(member == who and other != credential for member, other in links):
        msg = "You have voted with another code before: it must be the same one."
        raise NotPermittedError(msg)
    if any(member != who for member, _ in links):
        msg = "This code is another member's."
        raise NotPermittedError(msg)


def _check_proof(judge: Judge, entry: e.Ballot) -> None:
    if judge.manifest is None:  # pragma: no cover  voting is open
        return
    votes = tuple(sealing.Ciphertext(vote.a, vote.b) for vote in entry.contests)
    statement = sealing.Statement(judge.ctx, entry.credential, entry.previous, judge.manifest.public_key, votes)
    sealing.check(statement, sealing.Proof(entry.proof.commitments, entry.proof.responses))


def _mail(session: Session, voter: _Voter, judge: Judge, *, again: bool) -> tuple[str, str]:
    title = judge.manifest.title if judge.manifest else ""
    what = "Your earlier ballot was replaced by a new one" if again else "Your ballot was taken"
    text_ = (
        f"Dear {voter.name},\n\n"
        f"{what} in: {title}\n\n"
        "If that was you, there is nothing to do. If it was not, tell us at once, and vote again: the last ballot counts.\n\n"
        f"{officers.organisation(session).contact}\n"
    )
    return f"{what}: {title}", text_


def tracker(entry: e.Ballot) -> str:
    """What the voter compares (section 8)."""
    return sealing.tracker(e.unproven_bytes(entry))


def _received(session: Session, kept: Receipt, entry: e.Ballot) -> Received:
    signed = boards.head(session, kept.election_id, kept.seq + 1)
    path = tuple(kept.path[at : at + _HASH] for at in range(0, len(kept.path), _HASH))
    return Received(kept.seq, tracker(entry), path, signed)


# ---- afterwards ------------------------------------------------------------------------------------------------------


def receipt(session: Session, election: str, index: int) -> Received:
    """The receipt of a ballot at the newest checkpoint: anybody may ask, it says nothing that the board does not.

    Raises:
        NotFoundError: No ballot stands there.
    """
    row = session.get(BoardEntry, (election, index))
    entry = e.parse(row.raw) if row is not None and row.kind == e.Ballot.kind else None
    if not isinstance(entry, e.Ballot):
        msg = "There is no ballot at that place of the board."
        raise NotFoundError(msg)
    path, signed = proofs.inclusion(session, election, index)
    return Received(index, tracker(entry), path, signed)


def last_ballot(session: Session, election: str, credential: bytes) -> tuple[int, bytes] | None:
    """Index and bytes of the last ballot under a credential; None if there is none. The next one names its hash."""
    row = session.execute(
        select(BoardEntry.seq, BoardEntry.raw)
        .filter_by(election_id=election, credential=credential)
        .order_by(BoardEntry.seq.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def contests_of(session: Session, election: str, credential: bytes) -> tuple[str, ...]:
    """The contests that a credential votes in: those of the registrar's list in which it stands.

    Raises:
        NotFoundError: The election has not been announced, or it stands in no list: the code is another election's.
    """
    manifest = e.parse(boards.manifest(session, election))
    if isinstance(manifest, e.Manifest):
        for style in manifest.credentials:
            listed = session.scalar(select(Blob.data).filter_by(election_id=election, sha256=style.sha256)) or b""
            place = bisect_left(range(style.count), credential, key=lambda i: listed[i * _HASH : (i + 1) * _HASH])
            if listed[place * _HASH : (place + 1) * _HASH] == credential:
                return style.contests
    msg = "This code is not one of this election. Was it sent to you for another one?"
    raise NotFoundError(msg)


def has_voted(session: Session, member: str, election: str) -> bool | None:
    """Whether a ballot of this member's is in the box; None once that was forgotten on purpose."""
    tag = vault(session).tag("voter", election, member)
    if session.get(BallotLink, (election, tag)) is not None:
        return True
    forgotten = session.scalar(select(Election.forgotten).filter_by(id=election))
    return None if forgotten is not None else False


def turnout(session: Session, election: str) -> tuple[int, int]:
    """How many have voted, of how many on the roll."""
    ballots = select(func.count(BoardEntry.credential.distinct())).filter_by(election_id=election)
    voters = select(func.count()).select_from(RollLine).filter_by(election_id=election)
    return session.scalar(ballots) or 0, session.scalar(voters) or 0
