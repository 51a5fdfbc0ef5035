"""The record as a state machine: which entry may follow which, and what each must fulfil (protocol.md, 6 to 13).

Bytes come in one entry at a time; either the state moves on or `CheckError` names the check that fails. Ballots' proofs
are checked a batch at a time in threads, and always before anything that comes after them is judged. The server folds
its own board through the same machine, so what is due next is never a status column.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256, sha512

from governance.board import entries as e
from governance.board.checks import Check, CheckError, Need
from governance.board.setup import Keys, Style, check_manifest
from governance.board.tally import Tally
from governance.crypto import ballot, group
from governance.crypto.ballot import Ciphertext
from governance.errors import ProofError

BATCH = 512


class Phase(IntEnum):
    """How far a record has come."""

    NOTHING = 0
    CEREMONY = 1
    MANIFEST = 2
    OPEN = 3
    CLOSED = 4
    CANCELLED = 5


@dataclass(slots=True)
class Voter:
    """The last ballot of one credential."""

    place: int
    """The number of its entry, from 0."""
    digest: bytes
    """SHA-256 of its entry: what the next ballot must name as `previous`."""
    style: Style
    votes: tuple[Ciphertext, ...]


@dataclass(slots=True)
class Judge:
    """The state after some entries of one record.

    Attributes:
        blob: Reads a blob that an entry refers to, checked against its hash and size.
    """

    blob: Callable[[e.Ref], bytes]
    phase: Phase = Phase.NOTHING
    number: int = 0
    """How many entries were judged."""
    keys: Keys | None = None
    manifest: e.Manifest | None = None
    ctx: bytes = b""
    styles: list[Style] = field(default_factory=list)
    closes: str = ""
    """The close that was announced last."""
    ballots: int = 0
    voters: dict[bytes, Voter] = field(default_factory=dict)
    withdrawn: dict[str, list[str]] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    seen: set[Check] = field(default_factory=set)
    """Checks that were made at least once, and held."""
    _pending: list[tuple[int, ballot.Statement, ballot.Proof]] = field(default_factory=list)

    def take(self, raw: bytes, entry: e.Entry) -> None:
        """Judge the next entry; `raw` are its bytes, `entry` what `entries.parse` made of them.

        Raises:
            CheckError: The first check that fails, also of a ballot before this entry.
        """
        self.number += 1
        if not isinstance(entry, e.Ballot):
            self.flush()
        try:
            self._take(raw, entry)
        except CheckError as error:
            self.flush()
            raise CheckError(error.check, f"entry {self.number - 1}: {error.detail}") from None
        if len(self._pending) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Check the ballots' proofs that are waiting.

        Raises:
            CheckError: `ballot`, for the first that does not hold.
        """
        pending, self._pending = self._pending, []

        def failure(i: int) -> str:
            try:
                ballot.check(pending[i][1], pending[i][2])
            except ProofError as error:
                return str(error)
            return ""

        for i, detail in enumerate(group.each(failure, len(pending))):
            if detail:
                raise CheckError(Check.BALLOT, f"entry {pending[i][0]}: {detail}")

    def finish(self, *, whole: bool) -> None:
        """Judge the end of the record; `whole` is False where a beginning of one is judged.

        Raises:
            CheckError: `ballot` for a ballot that waited, `ceremony` where it is not complete, `order` where something
                else is missing.
        """
        self.flush()
        if self.manifest is None:
            if self.keys is not None:
                self.keys.is_agreed()
            raise CheckError(Check.ORDER, "the record ends before its manifest")
        if not whole or self.phase is Phase.CANCELLED:
            return
        if self.phase is not Phase.CLOSED:
            raise CheckError(Check.ORDER, "the record ends before voting closed")
        for name, tally in self.tallies.items():
            if tally.elected is None:
                raise CheckError(Check.ORDER, f"contest {name} is neither counted nor void")

    def elected_before(self, contest: e.Contest) -> list[str]:
        """Whom the contests of `after` elected, re-open candidates left out (section 7).

        Raises:
            CheckError: `order`, where one of them is not counted yet.
        """
        elected: list[str] = []
        for name in contest.after:
            tally = self.tallies[name]
            if tally.elected is None:
                raise CheckError(Check.ORDER, f"contest {contest.id} is counted before {name}")
            reopen = {candidate.id for candidate in tally.contest.candidates if candidate.reopen}
            elected.extend(one for one in tally.elected if one not in reopen)
        return elected

    def style_of(self, credential: bytes) -> Style | None:
        """The style of a listed credential."""
        return next((style for style in self.styles if credential in style), None)

    def _at(self, *phases: Phase, entry: e.Entry, check: Check = Check.ORDER) -> None:
        if self.phase not in phases:
            raise CheckError(check, f"{entry.kind} may not stand here")

    def _after_manifest(self, entry: e.Entry) -> None:
        if self.manifest is None or self.phase is Phase.CANCELLED:
            raise CheckError(Check.ORDER, f"{entry.kind} may not stand here")

    def _take(self, raw: bytes, entry: e.Entry) -> None:
        if isinstance(entry, e.Ballot):
            self._ballot(raw, entry)
            return
        if isinstance(entry, e.Notice):
            return
        if self.phase is Phase.CANCELLED:
            raise CheckError(Check.ORDER, f"{entry.kind} stands after the election was cancelled")
        match entry:
            case e.Ceremony():
                self._at(Phase.NOTHING, entry=entry)
                self.keys = Keys(entry, sha512(raw).digest())
                self.keys.begin()
                self.phase = Phase.CEREMONY
            case e.TrusteeCommit() | e.TrusteeKey() | e.TrusteeConfirm() | e.TrusteeReady():
                self._trustee(raw, entry)
                self.seen.add(Check.CEREMONY)
            case e.Manifest():
                self._manifest(raw, entry)
            case e.Withdraw():
                self._withdraw(entry)
            case e.Open() | e.Extend() | e.Close() | e.Cancel():
                self._time(entry)
            case e.Void() | e.Shuffle() | e.Decrypt() | e.Result() | e.Count():
                self._tally(entry)

    def _ceremony(self, entry: e.Entry) -> Keys:
        if self.keys is None:
            raise CheckError(Check.ORDER, f"{entry.kind} stands before the ceremony")
        return self.keys

    def _trustee(self, raw: bytes, entry: e.TrusteeCommit | e.TrusteeKey | e.TrusteeConfirm | e.TrusteeReady) -> None:
        keys = self._ceremony(entry)
        self._at(Phase.CEREMONY, Phase.MANIFEST, entry=entry)
        due = Phase.MANIFEST if isinstance(entry, e.TrusteeReady) else Phase.CEREMONY
        self._at(due, entry=entry, check=Check.CEREMONY)
        match entry:
            case e.TrusteeCommit():
                keys.commit(entry)
            case e.TrusteeKey():
                keys.key(raw, entry)
            case e.TrusteeConfirm():
                keys.confirm(entry)
            case e.TrusteeReady():
                keys.take_ready(self.ctx, entry)

    def _manifest(self, raw: bytes, entry: e.Manifest) -> None:
        keys = self._ceremony(entry)
        self._at(Phase.CEREMONY, entry=entry)
        keys.is_agreed()
        self.styles = check_manifest(entry, keys, self.blob)
        self.manifest, self.ctx, self.closes = entry, sha512(raw).digest(), entry.closes
        self.seen |= {Check.CODEC, Check.MANIFEST}
        self.phase = Phase.MANIFEST

    def _withdraw(self, entry: e.Withdraw) -> None:
        self._at(Phase.MANIFEST, Phase.OPEN, entry=entry)
        contest = next((one for one in self._contests() if one.id == entry.contest), None)
        candidates = {candidate.id: candidate for candidate in contest.candidates} if contest else {}
        candidate = candidates.get(entry.candidate)
        gone = self.withdrawn.setdefault(entry.contest, [])
        if candidate is None or candidate.reopen or entry.candidate in gone:
            raise CheckError(Check.COUNT, f"{entry.candidate} cannot withdraw from contest {entry.contest}")
        gone.append(entry.candidate)

    def _contests(self) -> Iterable[e.Contest]:
        return self.manifest.contests if self.manifest else ()

    def _time(self, entry: e.Open | e.Extend | e.Close | e.Cancel) -> None:
        need = Need(Check.CLOSE)
        match entry:
            case e.Open():
                self._at(Phase.MANIFEST, entry=entry)
                self._ceremony(entry).is_ready()
                opens = self.manifest.opens if self.manifest else ""
                need(entry.at >= opens, "voting opens before the announced time")
                self.phase = Phase.OPEN
            case e.Extend():
                self._at(Phase.OPEN, entry=entry)
                need(entry.closes > self.closes, "voting is extended to no later time")
                self.closes = entry.closes
            case e.Close():
                self._at(Phase.OPEN, entry=entry)
                need(entry.at >= self.closes, "voting closes before the announced time")
                need(entry.ballots == self.ballots, f"{entry.ballots} ballots are not the {self.ballots} there are")
                self._begin_tallies()
                self.phase = Phase.CLOSED
            case e.Cancel():
                self._at(Phase.MANIFEST, Phase.OPEN, Phase.CLOSED, entry=entry)
                self.phase = Phase.CANCELLED
        self.seen.add(Check.CLOSE)

    def _ballot(self, raw: bytes, entry: e.Ballot) -> None:
        self._after_manifest(entry)
        self._at(Phase.OPEN, entry=entry, check=Check.BALLOT)
        need = Need(Check.BALLOT)
        manifest, keys = self.manifest, self.keys
        if manifest is None or keys is None:  # pragma: no cover  the phase is OPEN
            return
        need(entry.election == manifest.election, "it is of another election")
        style = self.style_of(entry.credential)
        if style is None:
            raise CheckError(Check.BALLOT, "its credential is not on the list")
        need(tuple(vote.id for vote in entry.contests) == style.contests, "its contests are not those of its voter")
        voter = self.voters.get(entry.credential)
        need(voter is None or manifest.revotes, "this election allows no second vote")
        previous = voter.digest if voter else ballot.PREVIOUS_NONE
        need(entry.previous == previous, "it does not follow this voter's last ballot")
        votes = tuple(Ciphertext(vote.a, vote.b) for vote in entry.contests)
        need(all(vote.a != group.IDENTITY for vote in votes), "a sealed vote's first half is the identity")
        statement = ballot.Statement(self.ctx, entry.credential, entry.previous, manifest.public_key, votes)
        self._pending.append((self.number - 1, statement, ballot.Proof(entry.proof.commitments, entry.proof.responses)))
        self.voters[bytes(entry.credential)] = Voter(self.number - 1, sha256(raw).digest(), style, votes)
        self.ballots += 1
        self.seen.add(Check.BALLOT)

    def sealed(self, contest: str) -> bytes:
        """list_0 of a contest: the counting ballots that carry it, in the order of their entries (section 9)."""
        last = sorted(self.voters.values(), key=lambda voter: voter.place)
        carrying = (voter for voter in last if contest in voter.style.contests)
        return b"".join(bytes(voter.votes[voter.style.contests.index(contest)]) for voter in carrying)

    def _begin_tallies(self) -> None:
        if self.manifest is None or self.keys is None:  # pragma: no cover  the phase is OPEN
            return
        for contest in self.manifest.contests:
            sealed = self.sealed(contest.id)
            self.tallies[contest.id] = Tally(contest, self.ctx, self.keys, self.manifest.public_key, sealed)

    def _tally(self, entry: e.Void | e.Shuffle | e.Decrypt | e.Result | e.Count) -> None:
        check = _SECTION[type(entry)]
        self._after_manifest(entry)
        self._at(Phase.CLOSED, entry=entry, check=Check.SHUFFLE if isinstance(entry, e.Shuffle) else Check.ORDER)
        tally = self.tallies.get(entry.contest)
        if tally is None:
            raise CheckError(check, f"there is no contest {entry.contest}")
        if tally.void:
            raise CheckError(Check.CLOSE, f"contest {entry.contest} is void")
        match entry:
            case e.Void():
                tally.take_void(entry)
            case e.Shuffle():
                tally.take_shuffle(entry, self.blob)
                self.seen.add(Check.MIX_INPUT)
            case e.Decrypt():
                tally.take_decrypt(entry, self.blob)
            case e.Result():
                tally.take_result(entry, self.blob)
            case e.Count():
                before = self.elected_before(tally.contest)
                tally.take_count(entry, self.withdrawn.get(entry.contest, ()), before, self.blob)
        self.seen.add(check)


_SECTION: dict[type[e.Entry], Check] = {
    e.Void: Check.CLOSE,
    e.Shuffle: Check.SHUFFLE,
    e.Decrypt: Check.DECRYPT,
    e.Result: Check.RESULT,
    e.Count: Check.COUNT,
}
