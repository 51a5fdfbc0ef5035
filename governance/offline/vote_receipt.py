"""Whether a ballot stands in a record (protocol.md, sections 8 and 13).

What is asked about is the sealed ballot itself, or a receipt as the booth and the server save it: JSON {ballot: base64,
election, receipt: canonical JSON {checkpoint, index, proof}}. A receipt is the log's signed promise; where it does not fit
the record, the two files together are the evidence.
"""

import base64
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from governance.board import canonical, checkpoint, merkle
from governance.board import entries as e
from governance.board.checks import Check, CheckError
from governance.crypto import ballot
from governance.errors import MalformedError, ProofError, RuleError
from governance.offline.vote_record import Public

MOST = 2**20
"""Bytes of a file."""
_KEPT = {"ballot", "election", "receipt"}
_RECEIPT = {"checkpoint", "index", "proof"}
_EVIDENCE = "keep both files, they are the evidence, and tell the organisation and the auditors"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server promised."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """A ballot that is asked about; nothing of it is checked yet but the form."""

    raw: bytes
    entry: e.Ballot
    receipt: Receipt | None

    @property
    def tracker(self) -> str:
        """What the voter has kept."""
        return ballot.tracker(e.unproven_bytes(self.entry))

    @property
    def size(self) -> int:
        """How many entries the board had at the receipt; 0 without one."""
        return checkpoint.size_of(self.receipt.checkpoint) if self.receipt else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a ballot."""

    index: int
    """Its number on the board."""
    later: int
    """The number of the ballot that replaced it; -1 if none did, so that it counts."""
    compared: bool
    """Whether the record was found to extend the one of the receipt; it is False where there is none, or the record is
    older."""


def read(data: bytes) -> Given:
    """Read a sealed ballot or a receipt.

    Raises:
        MalformedError: It is neither.
    """
    try:
        value = json.loads(data.decode("utf-8"))
        if isinstance(value, dict) and value.keys() == _KEPT:
            return _given(base64.b64decode(value["ballot"], validate=True), _receipt(value["receipt"]))
        return _given(data, None)
    except (MalformedError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        msg = "this file is neither a sealed ballot nor a receipt as the booth or the website saves it"
        raise MalformedError(msg) from None


def _given(raw: bytes, receipt: Receipt | None) -> Given:
    entry = e.parse(raw)
    if not isinstance(entry, e.Ballot):
        raise TypeError
    return Given(raw, entry, receipt)


def _receipt(text: str) -> Receipt:
    value: Any = canonical.parse(text.encode())
    signed = value["checkpoint"].encode()
    if value.keys() != _RECEIPT or type(value["index"]) is not int or not checkpoint.looks_like_one(signed):
        raise TypeError
    return Receipt(value["index"], tuple(map(bytes.fromhex, value["proof"])), signed)


def check(given: Given, public: Public) -> Standing:
    """Look for a ballot in a record that was read with the size of its receipt.

    Raises:
        CheckError: Receipt and record do not go together.
        RuleError: The ballot is of another election, or not in the record.
    """
    if given.entry.election != public.manifest.election:
        msg = f"the ballot is of the election {given.entry.election}, and the record of {public.manifest.election}"
        raise RuleError(msg)
    if given.receipt is not None:
        _check_receipt(given, given.receipt, public)
    index = public.place(given.raw)
    if index is None:
        raise RuleError(_missing(given, public))
    voter = public.judge.voters[bytes(given.entry.credential)]
    later = -1 if voter.digest == sha256(given.raw).digest() else voter.place
    return Standing(index, later, compared=bool(public.earlier))


def _check_receipt(given: Given, receipt: Receipt, public: Public) -> None:
    try:
        head = checkpoint.parse(receipt.checkpoint)
        checkpoint.check_log(head, checkpoint.read_key(public.manifest.board.key, checkpoint.LOG))
        merkle.check_inclusion(merkle.leaf(given.raw), receipt.index, head.size, receipt.path, head.root)
    except (MalformedError, ProofError) as error:
        raise CheckError(Check.BOARD, f"the receipt does not hold ({error})") from None
    if head.size <= public.size and head.root != public.earlier:
        detail = f"the record does not extend the board of the receipt: there are two boards; {_EVIDENCE}"
        raise CheckError(Check.BOARD, detail)


def _missing(given: Given, public: Public) -> str:
    if given.size > public.size:
        return (
            f"the record is older than the receipt ({public.size} entries, and {given.size} when the receipt was given): "
            "fetch it anew in a few minutes"
        )
    return (
        f"this ballot is not among the {public.size} entries of the record. While people vote, the file that the website "
        "hands out may be five minutes old: if you handed it in later than that, fetch the file anew. If it was taken "
        f"longer ago, {_EVIDENCE}"
    )
