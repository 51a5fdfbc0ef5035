"""The ceremony and the manifest of a record, judged (protocol.md, sections 4, 6 and 7)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha512

from governance.board import checkpoint
from governance.board.checks import Check, CheckError, Need
from governance.board.entries import (
    Ceremony,
    Constraint,
    Contest,
    Credentials,
    Manifest,
    Ref,
    Signed,
    TrusteeCommit,
    TrusteeConfirm,
    TrusteeKey,
    TrusteeReady,
    credentials_bytes,
    signed_bytes,
)
from governance.count.rules import RULES
from governance.crypto import ceremony, group, ranking, schnorr, signature
from governance.crypto.group import SIZE, Element
from governance.errors import GovernanceError, MalformedError

MIN_TRUSTEES = 2
MAX_TRUSTEES = 9
MAX_SEATS = 1000
MAX_CANDIDATES = 1000
MIN_BALLOTS = 2


_need = Need(Check.CEREMONY)


@dataclass(slots=True)
class Keys:
    """The trustees' key ceremony as far as the record has come."""

    entry: Ceremony
    cer: bytes
    """SHA-512 of the ceremony entry."""
    commits: dict[int, bytes] = field(default_factory=dict)
    key_entries: dict[int, bytes] = field(default_factory=dict)
    dealings: dict[int, tuple[Element, ...]] = field(default_factory=dict)
    confirmed: set[int] = field(default_factory=set)
    ready: set[int] = field(default_factory=set)
    shares: dict[int, Element] = field(default_factory=dict)
    """Y_j of each trustee, once all keys stand."""

    @property
    def n(self) -> int:
        """How many trustees there are."""
        return len(self.entry.trustees)

    def public_key(self) -> Element:
        """Y."""
        return ceremony.public_key(self.dealings)

    def begin(self) -> None:
        """Check the ceremony entry by itself.

        Raises:
            CheckError: `ceremony`.
        """
        entry, n = self.entry, self.n
        _need(MIN_TRUSTEES <= n <= MAX_TRUSTEES, f"there are {n} trustees, not 2 to {MAX_TRUSTEES}")
        _need(n < 2 * entry.threshold <= 2 * n, f"a threshold of {entry.threshold} does not suit {n}")
        numbers = [trustee.index for trustee in entry.trustees]
        _need(numbers == list(range(1, n + 1)), "the trustees are not numbered 1 to n in order")
        identities = [entry.registrar.identity, *(trustee.identity for trustee in entry.trustees)]
        boxes = [trustee.box for trustee in entry.trustees]
        _need(all(map(signature.is_good_key, identities)), "an identity is no good Ed25519 key")
        _need(all(map(signature.is_good_box, boxes)), "a box key is of small order")
        _need(len({*identities, *boxes}) == 2 * n + 1, "two of the ceremony's keys are the same")

    def signed(self, index: int, entry: Signed, check: Check = Check.CEREMONY) -> None:
        """Check that `index` is a trustee's and that the trustee signed.

        Raises:
            CheckError: `check`.
        """
        Need(check)(1 <= index <= self.n, f"there is no trustee {index}")
        key = self.entry.trustees[index - 1].identity
        try:
            signature.check(key, signed_bytes(entry), entry.signature, f"{entry.kind} of trustee {index}")
        except GovernanceError as error:
            raise CheckError(check, str(error)) from None

    def _before(self, done: Iterable[object], what: str) -> None:
        count = len(list(done))
        _need(count == self.n, f"only {count} of {self.n} trustees {what}")

    def commit(self, entry: TrusteeCommit) -> None:
        """Take in a trustee-commit."""
        _need(entry.index not in self.commits, f"trustee {entry.index} committed twice")
        _need(not self.key_entries, "a commit came after a key")
        self.signed(entry.index, entry)
        self.commits[entry.index] = entry.commit

    def key(self, raw: bytes, entry: TrusteeKey) -> None:
        """Take in a trustee-key, whose bytes were committed to."""
        index = entry.index
        self._before(self.commits, "had committed before the first key")
        _need(index not in self.dealings, f"trustee {index} gave two keys")
        self.signed(index, entry)
        _need(sha512(raw).digest() == self.commits[index], f"trustee {index}'s key was not committed to")
        proof = schnorr.Proof(entry.proof.commitment, entry.proof.response)
        dealing = ceremony.Dealing(entry.commitments, proof)
        try:
            ceremony.check_dealing(self.cer, index, self.entry.threshold, dealing)
        except GovernanceError as error:
            raise CheckError(Check.CEREMONY, str(error)) from None
        self.key_entries[index] = raw
        self.dealings[index] = entry.commitments
        if len(self.dealings) == self.n:
            self.shares = {j: ceremony.public_share(self.dealings, j) for j in range(1, self.n + 1)}
            public = {self.public_key(), *self.shares.values()}
            _need(group.IDENTITY not in public, "the public key or a trustee's share is the identity")

    def confirm(self, entry: TrusteeConfirm) -> None:
        """Take in a trustee-confirm."""
        self._before(self.dealings, "had given a key before the first confirmed")
        _need(entry.index not in self.confirmed, f"trustee {entry.index} confirmed twice")
        self.signed(entry.index, entry)
        keys = sha512(b"".join(self.key_entries[j] for j in range(1, self.n + 1))).digest()
        _need(entry.keys == keys, f"trustee {entry.index} confirmed other keys")
        self.confirmed.add(entry.index)

    def is_agreed(self) -> None:
        """Check that every trustee confirmed, before the manifest."""
        self._before(self.confirmed, "confirmed before the manifest")

    def take_ready(self, context: bytes, entry: TrusteeReady) -> None:
        """Take in a trustee-ready for the manifest of ctx."""
        _need(entry.index not in self.ready, f"trustee {entry.index} was ready twice")
        self.signed(entry.index, entry)
        _need(entry.manifest == context, f"trustee {entry.index} is ready for another manifest")
        proof = schnorr.Proof(entry.proof.commitment, entry.proof.response)
        try:
            ceremony.check_ready(context, entry.index, self.shares[entry.index], proof)
        except GovernanceError as error:
            raise CheckError(Check.CEREMONY, str(error)) from None
        self.ready.add(entry.index)

    def is_ready(self) -> None:
        """Check that every trustee is ready, before voting opens."""
        self._before(self.ready, "are ready")


@dataclass(frozen=True, slots=True)
class Style:
    """Which contests a list of credentials votes in, and who is on it."""

    contests: tuple[str, ...]
    listed: bytes
    """The blob: public credentials, 32 bytes each, ascending."""

    def __contains__(self, credential: bytes) -> bool:
        """Whether a credential is on the list, by bisection: the blob is all the memory it takes."""
        at = bisect_left(range(len(self.listed) // SIZE), credential, key=self._item)
        return self._item(at) == credential

    def _item(self, at: int) -> bytes:
        return self.listed[SIZE * at : SIZE * (at + 1)]


def check_manifest(entry: Manifest, keys: Keys, blob: Callable[[Ref], bytes]) -> list[Style]:
    """Check sections 4 and 7 and give the ballot styles.

    Args:
        entry: The manifest.
        keys: The ceremony before it.
        blob: Reads a blob, checked against its hash.

    Raises:
        CheckError: `manifest`, or `tree` where a large blob differs from its hash.
    """
    need = Need(Check.MANIFEST)
    need(entry.version == 1, f"version {entry.version} of the protocol is unknown")
    need(entry.election == keys.entry.election, "it is of another election than the ceremony")
    need(entry.ceremony == keys.cer, "it is of another ceremony")
    need(entry.public_key == keys.public_key(), "its public key is not the ceremony's")
    need(entry.opens < entry.closes, "voting would close before it opens")
    need(bool(entry.contests), "there is no contest")
    _check_board(entry, keys)
    known: dict[str, Contest] = {}
    for contest in entry.contests:
        need(contest.id not in known, f"two contests have the id {contest.id}")
        _check_contest(contest, known)
        known[contest.id] = contest
    standing = Counter(c.id for contest in entry.contests for c in contest.candidates)
    reopens = {c.id for contest in entry.contests for c in contest.candidates if c.reopen}
    need(all(standing[one] == 1 for one in reopens), "a re-open candidate stands in two contests")
    constrained = {one for contest in entry.contests for c in contest.constraints for one in c.candidates}
    need(constrained.isdisjoint(reopens), "a re-open candidate stands in a constraint")
    return _check_credentials(entry, keys, list(known), blob)


def _check_contest(contest: Contest, earlier: dict[str, Contest]) -> None:
    need = Need(Check.MANIFEST, f"contest {contest.id}")
    codec = Need(Check.CODEC, f"contest {contest.id}")
    ids = [candidate.id for candidate in contest.candidates]
    need(len(ids) <= MAX_CANDIDATES, f"it has more than {MAX_CANDIDATES} candidates")
    need(len(set(ids)) == len(ids), "two candidates have one id")
    codec(
        1 <= contest.max_ranks <= len(ids),
        f"{contest.max_ranks} preferences of {len(ids)}",
    )
    codec(
        ranking.fits(len(ids), contest.max_ranks),
        "it has too many possible rankings",
    )
    need(1 <= contest.seats <= MAX_SEATS, f"{contest.seats} seats are not 1 to {MAX_SEATS}")
    need(contest.min_ballots >= MIN_BALLOTS, "fewer than two ballots would be opened")
    need(
        sum(candidate.reopen for candidate in contest.candidates) <= 1, "more than one candidate is re-open nominations"
    )
    rule = contest.rule["id"]
    need(rule in RULES, f"the rule {rule!r:.80} is not offered")
    need(contest.rule.keys() == {"id"}, f"the rule {rule} has no such parameters")
    need(rule != "irv" or contest.seats == 1, "irv fills one seat")
    need(len(set(contest.after)) == len(contest.after), "a contest stands twice in after")
    need(all(one in earlier for one in contest.after), "after names a contest that is not earlier in the list")
    allowed = {*ids, *(c.id for one in contest.after for c in earlier[one].candidates)}
    for constraint in contest.constraints:
        _check_constraint(contest, constraint, allowed)


def _check_constraint(contest: Contest, constraint: Constraint, allowed: set[str]) -> None:
    name = f"contest {contest.id}, constraint {constraint.attribute}={constraint.value}"[:200]
    need = Need(Check.MANIFEST, name)
    need(0 <= constraint.min <= constraint.max, "its minimum and maximum do not fit")
    need(constraint.seated >= 0, "fewer than no members are seated")
    need(len(set(constraint.candidates)) == len(constraint.candidates), "it names a candidate twice")
    need(allowed.issuperset(constraint.candidates), "it names somebody who does not stand here")


def _check_board(entry: Manifest, keys: Keys) -> None:
    """The log's and the witnesses' keys."""
    board = entry.board
    try:
        log = checkpoint.read_key(board.key, checkpoint.LOG)
        witnesses = [checkpoint.read_key(text, checkpoint.WITNESS) for text in board.witnesses]
    except MalformedError as error:
        raise CheckError(Check.MANIFEST, f"board: {error}") from None
    need = Need(Check.MANIFEST, "board")
    need(log.name == board.origin, "the origin is not the name in the log's key")
    need(len({log.name, *(w.name for w in witnesses)}) == len(witnesses) + 1, "two keys have one name")
    ceremony_keys = {keys.entry.registrar.identity}
    ceremony_keys.update(key for trustee in keys.entry.trustees for key in (trustee.identity, trustee.box))
    own = {log.key, *(w.key for w in witnesses)}
    need(len(own) == len(witnesses) + 1, "two keys are the same")
    need(own.isdisjoint(ceremony_keys), "a key of the board is a key of the ceremony")
    least = 1 if witnesses else 0
    need(
        least <= board.quorum <= len(witnesses), f"a quorum of {board.quorum} does not suit {len(witnesses)} witnesses"
    )


def _check_credentials(entry: Manifest, keys: Keys, contests: list[str], blob: Callable[[Ref], bytes]) -> list[Style]:
    """Every list of credentials: its contests, its signature, and every key on it."""
    need = Need(Check.MANIFEST, "credentials")
    need(bool(entry.credentials), "there is no list")
    styles: list[Style] = []
    for one in entry.credentials:
        _check_list(one, contests, need)
        message = credentials_bytes(entry.election, keys.cer, one)
        try:
            signature.check(keys.entry.registrar.identity, message, one.signature, "credentials of the registrar")
        except GovernanceError as error:
            raise CheckError(Check.MANIFEST, str(error)) from None
        need(all(style.contests != one.contests for style in styles), "two lists are of one style")
        listed = blob(Ref(one.sha256, one.size))
        _check_listed(listed, styles, need)
        styles.append(Style(one.contests, listed))
    voted = {contest for style in styles for contest in style.contests}
    need(voted == set(contests), "nobody may vote in one of the contests")
    return styles


def _check_list(one: Credentials, contests: list[str], need: Need) -> None:
    need(bool(one.contests), "a list is for no contest")
    chosen = set(one.contests)
    need(
        list(one.contests) == [contest for contest in contests if contest in chosen], "contests unknown or out of order"
    )
    need(one.count >= 1, "a list is empty")
    need(one.count <= one.roll.count, "there are more credentials than voters on the roll")
    need(one.size == SIZE * one.count, "a list has another size than its count says")


def _check_listed(listed: bytes, others: list[Style], need: Need) -> None:
    before = group.IDENTITY  # ascending from above the identity: no identity, no repetition
    for at in range(0, len(listed), SIZE):
        try:
            credential = group.decode(listed[at : at + SIZE])
        except MalformedError:
            detail = f"credentials: number {at // SIZE + 1} is no element of the group"
            raise CheckError(Check.MANIFEST, detail) from None
        need(credential > before, "a list is not sorted, repeats a key, or has the identity")
        need(not any(credential in style for style in others), "a credential stands on two lists")
        before = credential
