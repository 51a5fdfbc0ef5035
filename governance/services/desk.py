"""The desk where ballots are handed in: those who come at the same time share one transaction, and so one fsync.

Each is judged by itself; a ballot that is refused has written nothing, so the others are not touched. Receipts leave only
after the transaction that all of them stand in has committed. If it cannot, nobody gets one, and nothing was taken.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock

from sqlalchemy.orm import Session

from governance.errors import GovernanceError
from governance.services import voting
from governance.services.continuity import BehindError
from governance.services.voting import Received

Transaction = Callable[[], AbstractContextManager[Session]]
"""Begins a transaction that writes, and commits it at its end: the edge's own."""
MOST = 64
"""Ballots in one transaction: each waits for all of them."""


@dataclass(slots=True)
class _Ballot:
    """One that waits at the desk."""

    member: str
    election: str
    raw: bytes
    now: datetime
    receipt: Received | None = None
    error: BaseException | None = None
    woken: Event = field(default_factory=Event)
    """Set once it is answered, or once it is its turn to serve."""


class Desk:
    """One for each process; its threads come with one ballot each. The first who comes serves all who came."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._lock = Lock()
        self._waiting: list[_Ballot] = []
        self._serving = False

    def cast(self, member: str, election: str, raw: bytes, *, now: datetime) -> Received:
        """As `voting.cast`, in a transaction that is shared with whoever comes at the same time.

        Raises:
            GovernanceError: As `voting.cast`; the refusal has been counted.
        """
        mine = _Ballot(member, election, raw, now)
        with self._lock:
            self._waiting.append(mine)
            first, self._serving = not self._serving, True
        if not first:
            mine.woken.wait()
        if mine.receipt is None and mine.error is None:
            self._serve()
        if mine.error is not None:
            raise mine.error
        assert mine.receipt is not None  # noqa: S101  whoever was served has one or the other
        return mine.receipt

    def _serve(self) -> None:
        """Serve whoever waits, the one whose turn it is first; then wake them, and whoever serves next."""
        with self._lock:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            self._take(batch)
        except BaseException as error:  # noqa: BLE001  raised again by everybody whose ballot it was
            for one in batch:
                one.receipt, one.error = None, error  # nothing was committed, so nobody has a receipt
        finally:
            with self._lock:
                self._serving = bool(self._waiting)
                following = self._waiting[:1]
            for one in (*batch, *following):
                one.woken.set()

    def _take(self, batch: Sequence[_Ballot]) -> None:
        with self._transaction() as session:
            for one in batch:
                try:
                    one.receipt = voting.cast(session, one.member, one.election, one.raw, now=one.now)
                except GovernanceError as error:
                    one.error = error
                    if not isinstance(error, BehindError):  # which is nobody's doing
                        voting.note_refusal(session, one.member, now=one.now)
