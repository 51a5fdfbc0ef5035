"""The record after its manifest, entry by entry (protocol.md sections 6 and 8 to 13)."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from . import ceremony, proofs
from .failure import CheckFailedError
from .form import Ballot, Entry
from .group import IDENTITY_BYTES, POINT_SIZE
from .manifest import Contest
from .record import fields
from .shuffle import CiphertextList
from .tally import Context, Outcome, Tally

NO_PREVIOUS: Final = bytes(32)
_PROOFS_AT_ONCE: Final = 8192


@dataclass(frozen=True, slots=True)
class _Cast:
    """What is kept of a credential's last ballot."""

    contests: tuple[str, ...]
    ciphertexts: bytes
    affine: bytes


class Election:
    """The walk over the entries from the manifest on; `walk` raises the first failure."""

    def __init__(self, context: Context, progress: Callable[[str], None]) -> None:
        self._context = context
        self._manifest = context.manifest
        self._progress = progress
        self._ready: set[int] = set()
        self._opened = self._closed = False
        self.cancelled = False
        self._closes = context.manifest.closes
        self._unproved: list[Ballot] = []
        self._last: dict[bytes, bytes] = {}
        self._cast: dict[bytes, _Cast] = {}
        self._withdrawn: dict[str, set[str]] = {name: set() for name in context.manifest.contests}
        self._tallies: dict[str, Tally] = {}
        self.ballots = 0
        self.mixes = 0
        self._handlers: Mapping[str, Callable[[Entry], None]] = {
            "trustee-ready": self._on_ready,
            "open": self._on_open,
            "extend": self._on_extend,
            "close": self._on_close,
            "cancel": self._on_cancel,
            "withdraw": self._on_withdraw,
            "shuffle": self._on_shuffle,
            "decrypt": self._on_decrypt,
            "result": self._on_result,
            "count": self._on_count,
            "void": self._on_void,
        }

    def walk(self, entries: deque[Entry | Ballot]) -> None:
        """Check all entries, which are taken off the queue; raise CheckFailedError for the first that fails."""
        try:
            while entries:
                self._check(entries.popleft())
            self._check_end()
        except CheckFailedError:
            # Proofs are checked in batches: a ballot before the entry that failed may be the first failure.
            self._prove()
            raise
        self._prove()

    def outcomes(self) -> dict[str, Outcome]:
        """Return the contests' figures, in manifest order; none when the election was cancelled."""
        if self.cancelled:
            return {}
        return {name: tally.outcome for name, tally in self._tallies.items() if tally.outcome is not None}

    def _check(self, entry: Entry | Ballot) -> None:
        kind = "ballot" if isinstance(entry, Ballot) else entry.kind
        if self.cancelled:
            raise self._misplaced(entry, kind)
        if isinstance(entry, Ballot):
            self._on_ballot(entry)
        elif kind in self._handlers:
            self._handlers[kind](entry)
        elif not self._opened:
            raise ceremony.misplaced(entry)
        else:
            raise self._misplaced(entry, kind)

    def _misplaced(self, entry: Entry | Ballot, kind: str) -> CheckFailedError:
        return CheckFailedError("order", f"entry {entry.index} may not stand here: {kind}")

    def _check_end(self) -> None:
        if self.cancelled:
            return
        if not self._closed:
            msg = "the record ends before the election was closed or cancelled"
            raise CheckFailedError("order", msg)
        for name, tally in self._tallies.items():
            if tally.outcome is None:
                msg = f"contest {name} has neither a count nor a void"
                raise CheckFailedError("order", msg)

    # --- Before the poll ---------------------------------------------------------------------------------------

    def _on_ready(self, entry: Entry) -> None:
        if self._opened:
            raise self._misplaced(entry, entry.kind)
        ceremony.check_ready(entry, self._context.ceremony, self._manifest.ctx, self._ready)

    def _on_open(self, entry: Entry) -> None:
        if self._opened:
            raise self._misplaced(entry, "open")
        if len(self._ready) != self._context.ceremony.count:
            msg = f"{len(self._ready)} of {self._context.ceremony.count} trustees are ready before the opening"
            raise CheckFailedError("ceremony", msg)
        if fields(entry)["at"] < self._manifest.opens:
            msg = "the election opens before the announced time"
            raise CheckFailedError("close", msg)
        self._opened = True

    def _on_withdraw(self, entry: Entry) -> None:
        if self._closed:
            raise self._misplaced(entry, "withdraw")
        value = fields(entry)
        contest = self._manifest.contests.get(value["contest"])
        candidate = value["candidate"]
        if contest is None or candidate not in contest.candidates or candidate == contest.reopen:
            msg = f"entry {entry.index}: an unknown candidate, or re-open nominations, withdraws"
            raise CheckFailedError("count", msg)
        if candidate in self._withdrawn[contest.name]:
            msg = f"entry {entry.index}: a candidate withdraws twice"
            raise CheckFailedError("count", msg)
        self._withdrawn[contest.name].add(candidate)

    def _on_cancel(self, _entry: Entry) -> None:
        self.cancelled = True

    # --- The poll ----------------------------------------------------------------------------------------------

    def _on_extend(self, entry: Entry) -> None:
        if not self._opened or self._closed:
            raise self._misplaced(entry, "extend")
        closes = fields(entry)["closes"]
        if closes <= self._closes:
            msg = f"entry {entry.index}: the close is not put off to a later time"
            raise CheckFailedError("close", msg)
        self._closes = closes

    def _on_ballot(self, ballot: Ballot) -> None:
        """Check all of section 8 but the proof, which waits for its batch."""
        wrong = self._ballot_fault(ballot)
        if wrong:
            msg = f"entry {ballot.index}: the ballot {wrong}"
            raise CheckFailedError("ballot", msg)
        self.ballots += 1
        self._last[ballot.credential] = ballot.digest
        # A re-voter stands where the last ballot stands.
        self._cast.pop(ballot.credential, None)
        self._cast[ballot.credential] = _Cast(ballot.contests, ballot.ciphertexts, ballot.ciphertexts_affine)
        self._unproved.append(ballot)
        if len(self._unproved) >= _PROOFS_AT_ONCE:
            self._prove()

    def _ballot_fault(self, ballot: Ballot) -> str:
        """Say what is wrong with a ballot apart from its proof, "" when nothing is."""
        style = self._manifest.styles.get(ballot.credential)
        previous = self._last.get(ballot.credential, NO_PREVIOUS)
        proof_size = POINT_SIZE * (len(ballot.contests) + 1)
        first_points = [
            ballot.ciphertexts[at : at + POINT_SIZE] for at in range(0, len(ballot.ciphertexts), 2 * POINT_SIZE)
        ]
        faults = (
            (not self._opened or self._closed, "stands outside the time between open and close"),
            (ballot.election != self._manifest.election, "is of another election"),
            (style is None, "is by a credential that is not listed"),
            (ballot.contests != style, "has not exactly the contests of its credential's style, in order"),
            (len(ballot.commitments) != proof_size, "has a wrong number of commitments"),
            (len(ballot.responses) != proof_size, "has a wrong number of responses"),
            (ballot.previous != previous, "does not name the credential's last ballot as the previous one"),
            (previous != NO_PREVIOUS and not self._manifest.revotes, "is a second one, which is not allowed here"),
            (IDENTITY_BYTES in first_points, "has an A that is the identity"),
        )
        return next((wrong for is_so, wrong in faults if is_so), "")

    def _prove(self) -> None:
        """Check the proofs of the ballots that wait."""
        waiting, self._unproved = self._unproved, []
        if not waiting:
            return
        bad = proofs.first_bad_ballot(waiting, self._manifest.ctx, self._manifest.public_key)
        if bad is not None:
            msg = f"entry {waiting[bad].index}: the ballot's proof does not hold"
            raise CheckFailedError("ballot", msg)
        self._progress(f"{self.ballots} ballots checked")

    def _on_close(self, entry: Entry) -> None:
        if not self._opened or self._closed:
            raise self._misplaced(entry, "close")
        value = fields(entry)
        if value["at"] < self._closes:
            msg = "the election closes before the announced time"
            raise CheckFailedError("close", msg)
        if value["ballots"] != self.ballots:
            msg = f"the close speaks of {value['ballots']} ballots; there are {self.ballots}"
            raise CheckFailedError("close", msg)
        self._closed = True
        self._prove()
        for name, contest in self._manifest.contests.items():
            self._tallies[name] = Tally(self._context, contest, self._first_list(contest))
        self._cast.clear()
        self._last.clear()

    def _first_list(self, contest: Contest) -> CiphertextList:
        """list_0: the (A, B) of the counting ballots that carry the contest, in the order of their entries."""
        blob, affine = bytearray(), bytearray()
        for cast in self._cast.values():
            if contest.name in cast.contests:
                place = cast.contests.index(contest.name)
                blob += cast.ciphertexts[64 * place : 64 * place + 64]
                affine += cast.affine[128 * place : 128 * place + 128]
        return CiphertextList(bytes(blob), bytes(affine))

    # --- After the close ---------------------------------------------------------------------------------------

    def _tally(self, entry: Entry, check: str, before: str) -> Tally:
        """Return the tally of an entry's contest; `before` is the check that fails before the close."""
        if not self._closed:
            msg = f"entry {entry.index} may not stand before the close: {entry.kind}"
            raise CheckFailedError(before, msg)
        tally = self._tallies.get(fields(entry)["contest"])
        if tally is None:
            msg = f"entry {entry.index} is of an unknown contest: {entry.kind}"
            raise CheckFailedError(check, msg)
        if tally.is_void and entry.kind != "void":
            msg = f"entry {entry.index}: a {entry.kind} of a contest with too few ballots for anything but a void"
            raise CheckFailedError("close", msg)
        return tally

    def _on_shuffle(self, entry: Entry) -> None:
        self._tally(entry, "shuffle", "shuffle").shuffle(entry)
        self.mixes += 1
        self._progress(f"{self.mixes} mixes checked")

    def _on_decrypt(self, entry: Entry) -> None:
        self._tally(entry, "decrypt", "order").decrypt(entry)

    def _on_result(self, entry: Entry) -> None:
        self._tally(entry, "result", "order").result(entry)

    def _on_void(self, entry: Entry) -> None:
        self._tally(entry, "close", "order").void(entry)

    def _on_count(self, entry: Entry) -> None:
        tally = self._tally(entry, "count", "order")
        contest = self._manifest.contests[fields(entry)["contest"]]
        before: set[str] = set()
        for other in contest.after:
            outcome = self._tallies[other].outcome
            if outcome is None:
                msg = f"{contest.name} is counted before {other}"
                raise CheckFailedError("order", msg)
            before.update(name for name in outcome.elected if name != self._manifest.contests[other].reopen)
        tally.count(entry, frozenset(self._withdrawn[contest.name]), frozenset(before))
