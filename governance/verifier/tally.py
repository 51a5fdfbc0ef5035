"""One contest after the close: mixing, decryption, result and count (protocol.md sections 9, 10 and 11)."""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from . import canonical, parallel, proofs, shuffle
from .ceremony import Ceremony, signature_holds
from .constraints import Bound, TooHardError
from .count import MAX_RESULT, CountTooLongError, Terms, count
from .failure import CheckFailedError
from .form import Entry
from .group import (
    AFFINE_SIZE,
    IDENTITY_BYTES,
    POINT_SIZE,
    Extended,
    add,
    encode,
    from_affine,
    multiply,
    negate,
)
from .manifest import Contest, Manifest
from .ranking import code_of, ranking_of
from .record import Record, fields
from .shuffle import CiphertextList
from .transcript import ORDER

MIN_MIXERS: Final = 2
Ranking = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What the contests of a record share."""

    record: Record
    ceremony: Ceremony
    manifest: Manifest
    generators: shuffle.Generators


@dataclass(frozen=True, slots=True)
class Outcome:
    """A contest's figures for the report."""

    ballots: int
    blank: int
    invalid: int
    elected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Result:
    blank: int
    invalid: int
    papers: list[tuple[int, tuple[str, ...]]]
    blob: bytes


def lagrange(trustees: Sequence[int]) -> tuple[list[int], int]:
    """Coefficients λ_j = Π l/(l - j) as small integers over one denominator: (numerators, denominator)."""
    exact = [
        math.prod((Fraction(other, other - own) for other in trustees if other != own), start=Fraction(1))
        for own in trustees
    ]
    denominator = math.lcm(*(each.denominator for each in exact))
    return [int(each * denominator) for each in exact], denominator


def _small_multiple(factor: int, point: Extended) -> Extended:
    return multiply(factor, point) if factor >= 0 else multiply(-factor, negate(point))


def _same(reference: dict[str, Any], data: bytes) -> bool:
    return bool(reference["size"] == len(data)) and bool(reference["sha256"] == hashlib.sha256(data).hexdigest())


class Tally:
    """The state of one contest; every method checks one entry and raises CheckFailedError."""

    __slots__ = (
        "_contest", "_context", "_ctx", "_decrypted", "_factors", "_list", "_mixed", "_result", "is_void", "outcome",
    )  # fmt: skip

    def __init__(self, context: Context, contest: Contest, first: CiphertextList) -> None:
        """Start from list_0."""
        self._context = context
        self._contest = contest
        self._ctx = context.manifest.ctx
        self._list = first
        self._mixed: list[int] = []
        self._decrypted: list[int] = []
        self._factors: list[bytes] = []
        self._result: _Result | None = None
        self.is_void = first.count < contest.min_ballots
        self.outcome: Outcome | None = None

    @property
    def ballots(self) -> int:
        """N."""
        return self._list.count

    def void(self, entry: Entry) -> None:
        """Check a `void` (section 9)."""
        if not self.is_void:
            msg = f"{self._contest.name} is declared void with {self.ballots} ballots"
            raise CheckFailedError("close", msg)
        if self.outcome is not None:
            msg = f"{self._contest.name} is declared void twice"
            raise CheckFailedError("close", msg)
        if fields(entry)["ballots"] != self.ballots:
            msg = f"{self._contest.name} is declared void with another number of ballots than {self.ballots}"
            raise CheckFailedError("close", msg)
        self.outcome = Outcome(self.ballots, 0, 0, ())

    # --- Mixing ------------------------------------------------------------------------------------------------

    def shuffle(self, entry: Entry) -> None:
        """Check a `shuffle` (section 9), in the order that the section gives."""
        value = fields(entry)
        name, count = self._contest.name, self.ballots
        self._may_mix(entry, value)
        if not _same(value["input"], self._list.blob):
            msg = f"{name}: the input of mixer {value['mixer']} is not the list before it"
            raise CheckFailedError("mix input", msg)
        self._context.record.settle(value["input"])
        if value["output"]["size"] != 2 * POINT_SIZE * count:
            msg = f"{name}: the output of mixer {value['mixer']} has another length than its input"
            raise CheckFailedError("shuffle", msg)
        if value["proof"]["size"] != shuffle.proof_size(count):
            msg = f"{name}: the proof of mixer {value['mixer']} has a wrong size"
            raise CheckFailedError("shuffle", msg)
        after = shuffle.decode_list(self._context.record.blob(value["output"]))
        wrong = after
        if isinstance(after, CiphertextList):
            statement = shuffle.Statement(self._ctx, name, value["mixer"], self._context.manifest.public_key)
            blob = self._context.record.blob(value["proof"])
            wrong = shuffle.check(statement, self._list, after, blob, self._context.generators)
        if wrong or not isinstance(after, CiphertextList):
            msg = f"{name}, mixer {value['mixer']}: {wrong}"
            raise CheckFailedError("shuffle", msg)
        self._list = after
        self._mixed.append(value["trustee"])

    def _may_mix(self, entry: Entry, value: dict[str, Any]) -> None:
        identity = self._context.ceremony.identities.get(value["trustee"])
        wrong = ""
        if self._decrypted:
            wrong = "is mixed after a decryption"
        elif value["mixer"] != len(self._mixed) + 1:
            wrong = f"mixer {value['mixer']} stands where {len(self._mixed) + 1} must"
        elif identity is None or value["trustee"] in self._mixed:
            wrong = "is mixed by an unknown trustee or twice by one"
        elif not signature_holds(entry, identity):
            wrong = f"the signature of trustee {value['trustee']} does not verify"
        if wrong:
            msg = f"entry {entry.index}: {self._contest.name}: {wrong}"
            raise CheckFailedError("shuffle", msg)

    # --- Decryption --------------------------------------------------------------------------------------------

    def decrypt(self, entry: Entry) -> None:
        """Check a `decrypt` (section 10)."""
        value = fields(entry)
        identity = self._may_decrypt(entry, value)
        where = f"{self._contest.name}, trustee {value['trustee']}"
        runs = -(-self.ballots // proofs.RUN)
        wrong = ""
        if not _same(value["input"], self._list.blob):
            wrong = "what is decrypted is not the last mixer's list"
        elif value["factors"]["size"] != POINT_SIZE * self.ballots:
            wrong = "another number of factors than ballots"
        elif len(value["proofs"]) != runs:
            wrong = f"{len(value['proofs'])} proofs, not {runs}"
        elif not signature_holds(entry, identity):
            wrong = "the signature does not verify"
        if not wrong:
            wrong = self._check_factors(value)
        if wrong:
            msg = f"{where}: {wrong}"
            raise CheckFailedError("decrypt", msg)
        self._decrypted.append(value["trustee"])

    def _may_decrypt(self, entry: Entry, value: dict[str, Any]) -> bytes:
        identity = self._context.ceremony.identities.get(value["trustee"])
        wrong, name = "", "decrypt"
        needed = max(MIN_MIXERS, self._context.ceremony.threshold)
        if len(self._mixed) < needed:
            wrong, name = f"is decrypted after {len(self._mixed)} mixers; there must be {needed}", "shuffle"
        elif self._result is not None:
            wrong = "is decrypted after its result"
        elif identity is None or value["trustee"] in self._decrypted:
            wrong = "is decrypted by an unknown trustee or twice by one"
        if wrong or identity is None:
            msg = f"entry {entry.index}: {self._contest.name} {wrong}"
            raise CheckFailedError(name, msg)
        return identity

    def _check_factors(self, value: dict[str, Any]) -> str:
        """Check the factors and their proofs; return "" or what is wrong."""
        factors = self._context.record.blob(value["factors"])
        trustee = value["trustee"]
        for index in range(self.ballots):
            if factors[POINT_SIZE * index : POINT_SIZE * (index + 1)] == IDENTITY_BYTES:
                return f"factor {index} is the identity"
        affine = shuffle.decode_points(factors)
        if isinstance(affine, int):
            return f"factor {affine} does not decode"
        blob, lists = self._list.blob, self._list.affine
        digests = bytes.fromhex(value["input"]["sha256"] + value["factors"]["sha256"])
        for run, proof in enumerate(value["proofs"]):
            indices = range(run * proofs.RUN, min((run + 1) * proofs.RUN, self.ballots))
            ones = (
                b"".join(blob[2 * POINT_SIZE * at : 2 * POINT_SIZE * at + POINT_SIZE] for at in indices),
                b"".join(lists[2 * AFFINE_SIZE * at : 2 * AFFINE_SIZE * at + AFFINE_SIZE] for at in indices),
            )
            others = (
                factors[POINT_SIZE * indices.start : POINT_SIZE * indices.stop],
                affine[AFFINE_SIZE * indices.start : AFFINE_SIZE * indices.stop],
            )
            context = proofs.decryption_context(self._ctx, self._contest.name, trustee, run, digests)
            pair = (proofs.scalar(bytes.fromhex(proof["c"])), proofs.scalar(bytes.fromhex(proof["s"])))
            if not proofs.equality_holds(self._context.ceremony.shares[trustee], ones, others, context, pair):
                return f"the proof of run {run} does not hold"
        if len(self._decrypted) < self._context.ceremony.threshold:
            self._factors.append(affine)
        return ""

    def _plaintexts(self) -> tuple[int, Counter[Ranking]]:
        """Decrypt list_m with the first k trustees' factors: (number of invalid ones, rankings)."""
        numerators, denominator = lagrange(self._decrypted[: len(self._factors)])
        inverse = pow(denominator, -1, ORDER)
        size = len(self._contest.candidates)

        def part(low: int, high: int) -> tuple[int, Counter[Ranking]]:
            invalid = 0
            found: Counter[Ranking] = Counter()
            for index in range(low, high):
                at = AFFINE_SIZE * index
                # denominator·M = denominator·B - Σ numerator·D: small multiples, then one division at most.
                total = _small_multiple(
                    denominator, from_affine(self._list.affine[2 * at + AFFINE_SIZE : 2 * at + 2 * AFFINE_SIZE])
                )
                for factor, numerator in zip(self._factors, numerators, strict=True):
                    total = add(total, _small_multiple(-numerator, from_affine(factor[at : at + AFFINE_SIZE])))
                code = code_of(encode(total if denominator == 1 else multiply(inverse, total)))
                ranking = None if code is None else ranking_of(code, size, self._contest.limit)
                if ranking is None:
                    invalid += 1
                else:
                    found[ranking] += 1
            return invalid, found

        invalid, rankings = 0, Counter[Ranking]()
        for more_invalid, more in parallel.over_range(part, self.ballots):
            invalid += more_invalid
            rankings.update(more)
        return invalid, rankings

    # --- Result and count --------------------------------------------------------------------------------------

    def result(self, entry: Entry) -> None:
        """Check a `result` (section 11)."""
        name = self._contest.name
        if self._result is not None:
            msg = f"{name} has two results"
            raise CheckFailedError("order", msg)
        if len(self._decrypted) < self._context.ceremony.threshold:
            msg = f"{name} has a result after {len(self._decrypted)} decryptions"
            raise CheckFailedError("decrypt", msg)
        invalid, rankings = self._plaintexts()
        blank = rankings.pop((), 0)
        candidates = self._contest.candidates
        papers = sorted(
            ((number, tuple(candidates[place] for place in ranking)) for ranking, number in rankings.items()),
            key=lambda paper: paper[1],
        )
        shown: dict[str, object] = {
            "blank": blank, "invalid": invalid, "papers": [[number, list(names)] for number, names in papers],
        }  # fmt: skip
        blob = canonical.write(shown)
        reference = fields(entry)["ballots"]
        if not _same(reference, blob):
            msg = (
                f"{name}: the published result is not what the decryption gives "
                f"({blank} blank, {invalid} invalid, {len(papers)} different rankings)"
            )
            raise CheckFailedError("result", msg)
        self._context.record.settle(reference)
        self._result = _Result(blank, invalid, papers, blob)
        # Nothing after this needs the points.
        self._factors = []

    def count(self, entry: Entry, withdrawn: frozenset[str], elected_before: frozenset[str]) -> None:
        """Check a `count` (section 11).

        `withdrawn` are those who withdrew here, `elected_before` whom the `after` contests elected, without reopen.
        """
        value, contest = fields(entry), self._contest
        if self._result is None or self.outcome is not None:
            msg = f"{contest.name} has a count before its result, or a second one"
            raise CheckFailedError("order", msg)
        result = self._result
        seed = hashlib.sha512(
            b"governance/v1/lots" + self._ctx + len(contest.name.encode()).to_bytes(4, "big")
            + contest.name.encode() + result.blob
        ).digest()  # fmt: skip
        terms = Terms(
            seats=contest.seats,
            candidates=contest.candidates,
            order=tuple(sorted(contest.candidates, key=lambda name: hashlib.sha512(seed + name.encode()).digest())),
            withdrawn=(withdrawn | elected_before).intersection(contest.candidates),
            reopen=contest.reopen,
            constraints=tuple(
                (
                    Bound(
                        each.least - each.seated - len(each.candidates & elected_before),
                        each.most - each.seated - len(each.candidates & elected_before),
                    ),
                    each.candidates,
                )
                for each in contest.constraints
            ),
        )
        try:
            counted = count(result.papers, terms, contest.rule)
        except CountTooLongError:
            msg = f"{contest.name}: the count would be longer than 64 MiB"
            raise CheckFailedError("count", msg) from None
        except TooHardError:
            msg = f"{contest.name}: whether its constraints can be met was not found within a bounded search"
            raise CheckFailedError("count", msg) from None
        self._compare(value, counted)
        elected = tuple(value["elected"])
        self.outcome = Outcome(self.ballots, result.blank, result.invalid, elected)

    def _compare(self, value: dict[str, Any], counted: dict[str, object]) -> None:
        name = self._contest.name
        wrong = ""
        if value["rule"] != self._contest.rule:
            wrong = "counted by another rule"
        elif value["elected"] != counted["elected"]:
            wrong = f"the count elects {counted['elected']}"
        elif value["stages"]["size"] > MAX_RESULT or not _same(value["stages"], canonical.write(counted)):
            wrong = "the published count object is not what the papers give"
        if wrong:
            msg = f"{name}: {wrong}"
            raise CheckFailedError("count", msg)
