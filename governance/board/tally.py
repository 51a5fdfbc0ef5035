"""One contest from its sealed list to its count, judged entry by entry (protocol.md, sections 9 to 11).

The same functions make what they check: a server that builds `result` and `count` entries, and a verifier that compares.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from governance.board import canonical
from governance.board.checks import Check, CheckError, Need
from governance.board.entries import Contest, Count, Decrypt, Ref, Result, Shuffle, Void
from governance.board.setup import Keys
from governance.count import rules
from governance.count.ballots import profile
from governance.count.constraints import Constraint
from governance.count.report import Count as Counted
from governance.count.watching import Watcher
from governance.crypto import decryption, equality, group, lots, ranking, shuffle
from governance.crypto.ballot import Ciphertext
from governance.crypto.group import Element
from governance.errors import GovernanceError, MalformedError

MAX_COUNT = 2**26
"""Bytes of a count blob."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the papers of a contest say."""

    blank: int
    invalid: int
    papers: Mapping[tuple[str, ...], int]
    """How many papers are alike, by the ids of their candidates, first preference first."""

    def blob(self) -> bytes:
        """The result blob (section 11)."""
        papers = [[self.papers[ids], list(ids)] for ids in sorted(self.papers)]
        return canonical.dump({"blank": self.blank, "invalid": self.invalid, "papers": papers})


def ref(blob: bytes) -> Ref:
    """The reference to a blob."""
    return Ref(sha256(blob).digest(), len(blob))


def read_plaintexts(contest: Contest, plaintexts: Sequence[Element]) -> Opened:
    """Turn decrypted elements into papers: blanks and INVALID ones are counted apart."""
    n, limit = len(contest.candidates), contest.max_ranks
    rankings = group.each(lambda i: ranking.read(plaintexts[i], n, limit), len(plaintexts))
    alike = Counter(rankings)
    invalid, blank = alike.pop(None, 0), alike.pop((), 0)
    ids = [candidate.id for candidate in contest.candidates]
    return Opened(blank, invalid, {tuple(ids[i] for i in one): alike[one] for one in alike if one is not None})


def count_papers(
    contest: Contest,
    opened: Opened,
    ctx: bytes,
    withdrawn: Iterable[str],
    elected_before: Iterable[str],
    watcher: Watcher | None = None,
) -> Counted:
    """Count a contest by its rule (section 11 and counting.md).

    Args:
        contest: From the manifest.
        opened: Its papers.
        ctx: SHA-512 of the manifest.
        withdrawn: This contest's candidates who withdrew.
        elected_before: Whom the contests of `after` elected, re-open candidates left out.
        watcher: Who is told how papers move; it changes nothing.
    """
    ids = [candidate.id for candidate in contest.candidates]
    before = set(elected_before)
    gone = {*withdrawn, *before}
    return rules.count(
        contest.rule["id"],
        profile(ids, [(number, one) for one, number in opened.papers.items()]),
        seats=contest.seats,
        order=lots.order(lots.seed(ctx, contest.id, opened.blob()), ids),
        withdrawn=[one for one in ids if one in gone],
        reopen=next((candidate.id for candidate in contest.candidates if candidate.reopen), None),
        constraints=[
            Constraint(c.attribute, c.value, c.min, c.max, c.candidates, c.seated).after(before)
            for c in contest.constraints
        ],
        watcher=watcher,
    )


def count_blob(counted: Counted) -> bytes:
    """The stages blob: the whole count object of interfaces.md, in canonical form."""
    return canonical.dump(counted.as_dict())


@dataclass(slots=True)
class Tally:
    """Where one contest stands after `close`."""

    contest: Contest
    ctx: bytes
    keys: Keys
    public_key: Element
    sealed: bytes
    """list_0."""
    last: bytes = b""
    """The list that was accepted last: list_0, then each mixer's output."""
    mixers: list[int] = field(default_factory=list)
    factors: dict[int, list[Element]] = field(default_factory=dict)
    """The first k trustees' factors."""
    decrypted: set[int] = field(default_factory=set)
    opened: Opened | None = None
    result: bytes = b""
    elected: tuple[str, ...] | None = None
    """Whom the contest elected, re-open nominations included; () if it is void, None if it is not counted yet."""
    void: bool = False

    def __post_init__(self) -> None:
        """Nobody has mixed yet."""
        self.last = self.sealed

    @property
    def size(self) -> int:
        """N."""
        return len(self.sealed) // 64

    @property
    def least_mixers(self) -> int:
        """max(2, k)."""
        return max(2, self.keys.entry.threshold)

    def _need(self, holds: bool, check: Check, detail: str) -> None:  # noqa: FBT001  it reads as a sentence
        Need(check, f"contest {self.contest.id}")(holds, detail)

    def _ciphertexts(self, blob: bytes, check: Check) -> list[Ciphertext]:
        try:
            return shuffle.read_list(blob)
        except MalformedError as error:
            raise CheckError(check, f"contest {self.contest.id}: {error}") from None

    def take_void(self, entry: Void) -> None:
        """Take in a `void` entry.

        Raises:
            CheckError: `close`.
        """
        begun = self.mixers or self.elected is not None
        self._need(not begun, Check.CLOSE, "it is void after it was begun")
        least = self.contest.min_ballots
        self._need(self.size < least, Check.CLOSE, f"it is void although it has {self.size} of {least} ballots")
        self._need(
            entry.ballots == self.size, Check.CLOSE, f"{entry.ballots} ballots are not the {self.size} there are"
        )
        self.void = True
        self.elected = ()

    def take_shuffle(self, entry: Shuffle, blob: Callable[[Ref], bytes]) -> None:
        """Take in a mixer's entry.

        Raises:
            CheckError: `close` where the contest is too small to be opened, else `shuffle` or `mix input`.
        """
        enough = self.size >= self.contest.min_ballots
        self._need(enough, Check.CLOSE, f"it is mixed although it has only {self.size} ballots")
        number = len(self.mixers) + 1
        self._need(not self.decrypted and self.opened is None, Check.SHUFFLE, "it is mixed after it was decrypted")
        self._need(entry.mixer == number, Check.SHUFFLE, f"mixer {entry.mixer} comes where mixer {number} should")
        self._need(entry.trustee not in self.mixers, Check.SHUFFLE, f"trustee {entry.trustee} mixes twice")
        self.keys.signed(entry.trustee, entry, Check.SHUFFLE)
        self._need(
            entry.input == ref(self.last), Check.MIX_INPUT, f"mixer {number} mixed another list than it was given"
        )
        self._need(entry.output.size == len(self.last), Check.SHUFFLE, f"mixer {number} changed the number of ballots")
        proof_size = shuffle.proof_size(self.size)
        self._need(entry.proof.size == proof_size, Check.SHUFFLE, f"mixer {number}'s proof has a wrong size")
        output = blob(entry.output)
        before, after = shuffle.read_list(self.last), self._ciphertexts(output, Check.SHUFFLE)
        place = shuffle.Place(self.ctx, self.contest.id, number, self.public_key)
        try:
            shuffle.check(place, before, after, shuffle.load(blob(entry.proof), self.size))
        except MalformedError as error:
            raise CheckError(Check.SHUFFLE, f"contest {self.contest.id}, mixer {number}: {error}") from None
        self.mixers.append(entry.trustee)
        self.last = output

    def take_decrypt(self, entry: Decrypt, blob: Callable[[Ref], bytes]) -> None:
        """Take in a trustee's factors.

        Raises:
            CheckError: `shuffle` where too few mixed, else `decrypt`.
        """
        trustee = entry.trustee
        enough = len(self.mixers) >= self.least_mixers
        self._need(enough, Check.SHUFFLE, f"it is decrypted after {len(self.mixers)} of {self.least_mixers} mixers")
        self._need(self.opened is None, Check.DECRYPT, "it is decrypted after its result")
        self._need(trustee not in self.decrypted, Check.DECRYPT, f"trustee {trustee} decrypts twice")
        self.keys.signed(trustee, entry, Check.DECRYPT)
        self._need(entry.input == ref(self.last), Check.DECRYPT, f"trustee {trustee} decrypted another list")
        self._need(
            entry.factors.size == 32 * self.size, Check.DECRYPT, f"trustee {trustee}'s factors have a wrong size"
        )
        place = decryption.Place(self.ctx, self.contest.id, trustee)
        try:
            factors = group.decode_list(blob(entry.factors))
            proofs = [equality.Proof(proof.c, proof.s) for proof in entry.proofs]
            decryption.check(place, self.keys.shares[trustee], shuffle.read_list(self.last), factors, proofs)
        except MalformedError as error:
            raise CheckError(Check.DECRYPT, f"contest {self.contest.id}, trustee {trustee}: {error}") from None
        self.decrypted.add(trustee)
        if len(self.factors) < self.keys.entry.threshold:
            self.factors[trustee] = factors

    def open(self) -> Opened:
        """The papers, once k trustees have decrypted.

        Raises:
            CheckError: `decrypt`.
        """
        need = self.keys.entry.threshold
        self._need(len(self.factors) == need, Check.DECRYPT, f"only {len(self.factors)} of {need} trustees decrypted")
        plaintexts = decryption.combine(shuffle.read_list(self.last), self.factors)
        return read_plaintexts(self.contest, plaintexts)

    def take_result(self, entry: Result, blob: Callable[[Ref], bytes]) -> None:
        """Take in a `result` entry.

        Raises:
            CheckError: `order` where there is one already, `decrypt` where too few decrypted, else `result`.
        """
        self._need(self.opened is None, Check.ORDER, "it has two results")
        opened = self.open()
        expected = opened.blob()
        self._need(entry.ballots.size == len(expected), Check.RESULT, "the result is not what the trustees opened")
        self._need(blob(entry.ballots) == expected, Check.RESULT, "the result is not what the trustees opened")
        self.opened, self.result = opened, expected
        self.factors.clear()

    def take_count(
        self, entry: Count, withdrawn: Iterable[str], elected_before: Iterable[str], blob: Callable[[Ref], bytes]
    ) -> None:
        """Take in a `count` entry, counting again.

        Raises:
            CheckError: `order` where there is no result yet or a count already, else `count`.
        """
        self._need(self.elected is None, Check.ORDER, "it is counted twice")
        if self.opened is None:
            raise CheckError(Check.ORDER, f"contest {self.contest.id}: it is counted before its result")
        rule = self.contest.rule["id"]
        self._need(entry.rule == rule, Check.COUNT, f"it was to be counted by {rule}")
        try:
            counted = count_papers(self.contest, self.opened, self.ctx, withdrawn, elected_before)
        except GovernanceError as error:
            raise CheckError(Check.COUNT, f"contest {self.contest.id}: {error}") from None
        expected = count_blob(counted)
        self._need(len(expected) <= MAX_COUNT, Check.COUNT, "its stages are larger than 64 MiB")
        elected = tuple(counted.names(counted.elected))
        self._need(entry.elected == elected, Check.COUNT, "the papers elect others, or in another order")
        same = entry.stages.size == len(expected) and blob(entry.stages) == expected
        self._need(same, Check.COUNT, "the stages are not what the papers give")
        self.elected = elected
