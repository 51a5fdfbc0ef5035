"""From the sealed votes to the result: mixes and factors are taken in, results and counts published once they are due.

The officer can at no point hand the count anything: `result` and `count` follow from what stands on the board.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.board import tally as making
from governance.board.contribution import Contribution
from governance.board.tally import Tally
from governance.domain.phases import Phase
from governance.errors import RuleError
from governance.services import boards, elections
from governance.services.boards import Board
from governance.store.elections import Election


def take(session: Session, row: Election, index: int, given: Contribution, *, now: datetime) -> list[int]:
    """Append a trustee's mixes or factors, and what follows from them.

    Args:
        session: The database.
        row: The election.
        index: The trustee who hands them in.
        given: Entries and their blobs.
        now: The time.

    Returns:
        Where the entries stand.

    Raises:
        RuleError: Voting has not closed, the contest is settled or not due, or the file is another trustee's.
        CheckError: The judge refuses a proof, and says which.
    """
    del now
    stands = elections.progress(session, row)
    placed = {raw: boards.place_of(session, row.id, raw) for raw in given.entries}
    if all(at is not None for at in placed.values()):
        return [at for at in placed.values() if at is not None]
    if stands.phase is not Phase.TALLY:
        msg = "Votes are mixed and opened after voting has closed, until the result stands."
        raise RuleError(msg)
    board = boards.opened(session, row.id)
    board.put(*given.blobs)
    for raw in given.entries:
        if placed[raw] is None:
            placed[raw] = _append(board, raw, index)
    publish_due(session, row.id)
    return [at for at in placed.values() if at is not None]


def _append(board: Board, raw: bytes, index: int) -> int:
    entry = e.parse(raw)
    if not isinstance(entry, e.Shuffle | e.Decrypt) or entry.trustee != index:
        msg = "This file was made by another trustee than you."
        raise RuleError(msg)
    contest = board.judge.tallies.get(entry.contest)
    if contest is None or contest.elected is not None:
        msg = f"Contest {entry.contest} is settled, or is none of this election."
        raise RuleError(msg)
    if isinstance(entry, e.Shuffle):
        _may_mix(contest, index)
        board.put(contest.last)
    else:
        _may_open(contest, index)
    return board.append(raw).index


def _may_mix(contest: Tally, index: int) -> None:
    name = contest.contest.title
    if contest.decrypted:
        msg = f"{name}: its opening has begun, so it is mixed no more."
        raise RuleError(msg)
    if index in contest.mixers:
        msg = f"{name}: you have mixed it already."
        raise RuleError(msg)


def _may_open(contest: Tally, index: int) -> None:
    name = contest.contest.title
    missing = contest.least_mixers - len(contest.mixers)
    if missing > 0:
        msg = f"{name}: {missing} more {'trustee has' if missing == 1 else 'trustees have'} to mix it before it is opened."
        raise RuleError(msg)
    if index in contest.decrypted:
        msg = f"{name}: you have given your part already."
        raise RuleError(msg)


def publish_due(session: Session, election: str) -> list[str]:
    """Publish results and counts of contests that enough trustees have opened, in order; gives their ids."""
    board = boards.opened(session, election)
    done = []
    for name, contest in board.judge.tallies.items():
        enough = len(contest.factors) == contest.keys.entry.threshold and contest.opened is None and not contest.void
        if contest.elected is None and enough:
            result = contest.open().blob()
            board.put(result)
            board.append(e.Result(name, making.ref(result)))
        if contest.elected is None and contest.opened is not None and _may_count(board, contest):
            _count(board, contest)
            done.append(name)
    return done


def _may_count(board: Board, contest: Tally) -> bool:
    return all(board.judge.tallies[name].elected is not None for name in contest.contest.after)


def _count(board: Board, contest: Tally) -> None:
    stages, elected = counted(board, contest)
    board.put(stages)
    board.append(e.Count(contest.contest.id, contest.contest.rule["id"], elected, making.ref(stages)))


def counted(board: Board, contest: Tally) -> tuple[bytes, tuple[str, ...]]:
    """The stages blob of a contest whose result stands, and whom it elects."""
    if contest.opened is None:  # pragma: no cover  whoever calls has looked
        raise RuleError("The result does not stand yet.")
    judge = board.judge
    withdrawn = judge.withdrawn.get(contest.contest.id, ())
    before = judge.elected_before(contest.contest)
    count = making.count_papers(contest.contest, contest.opened, contest.ctx, withdrawn, before)
    return making.count_blob(count), tuple(count.names(count.elected))
