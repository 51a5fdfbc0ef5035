"""What people make: byte for byte what the contract's independent vectors say, from the same secrets and chance."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256, sha512
from itertools import permutations
from typing import Any

import pytest

from governance.board import canonical, contribution, making, merkle, tally
from governance.board import entries as e
from governance.board.making import Booth, Voter
from governance.crypto import ceremony, decryption, group, shuffle, signature
from governance.crypto.credentials import Credential
from governance.crypto.randomness import Draw
from tests.shared import PROTOCOL, needs_shared

SEED = bytes(range(32))
IDENTITY = signature.public_key(SEED)
CER = bytes(range(64))


def element(text: str) -> group.Element:
    return group.decode(bytes.fromhex(text))


def scalar(text: str) -> int:
    return group.decode_scalar(bytes.fromhex(text))


def chance(*values: int) -> Draw:
    """Draws that give these numbers one after the other, 64 bytes each, and no more of them than are asked for."""
    left: Iterator[int] = iter(values)

    def draw(size: int) -> bytes:
        whole, odd = divmod(size, 64)
        if odd:  # a number below a bound, high byte first
            return next(left).to_bytes(size, "big")
        return b"".join(next(left).to_bytes(64, "little") for _ in range(whole))

    return draw


def swaps(permutation: Sequence[int]) -> list[int]:
    """The draws, last place first, with which Fisher and Yates come to a permutation."""
    items, drawn = list(range(len(permutation))), []
    for last in range(len(items) - 1, 0, -1):
        other = items.index(permutation[last])
        items[last], items[other] = items[other], items[last]
        drawn.append(other)
    return drawn


# ---- the registrar -----------------------------------------------------------------------------------------------------


@needs_shared
@pytest.mark.parametrize("number", range(2))
def test_the_contracts_own_lists_of_credentials(number: int) -> None:
    vector = PROTOCOL["credentials_signature"]
    case = vector["lists"][number]
    listed: dict[str, Any] = json.loads(case["in_manifest"])
    leaves = [json.loads(text) for text in case["roll_leaves"]]
    voters = [Voter(one["member"], one["name"], bytes.fromhex(one["salt"])) for one in leaves]
    publics = [element(case["blob"][at : at + 64]) for at in range(0, len(case["blob"]), 64)]
    seed, cer = bytes.fromhex(vector["registrar_ed25519_seed"]), bytes.fromhex(vector["cer"])

    for some in (publics, publics[::-1]):  # in whatever order the codes were made
        for people in permutations(voters):
            roll = making.roll(people)
            made, blob = making.credentials("ref-vectors", cer, listed["contests"], some, roll, seed)

            assert blob.hex() == case["blob"]
            assert canonical.dump(e.to_json(made)).decode() == case["in_manifest"]
            assert e.credentials_bytes("ref-vectors", cer, made).decode() == case["signed"]
    assert [voter.leaf().decode() for voter in voters] == case["roll_leaves"]
    path = [bytes.fromhex(step) for step in case["inclusion_of_1"]]
    merkle.check_inclusion(merkle.leaf(voters[1].leaf()), 1, 3, path, making.roll(voters).root)


def test_a_roll_is_in_order_of_the_bytes_of_its_members() -> None:
    """Of U+FF5E and U+1F600 the first has the greater UTF-16 code unit, the second the greater bytes."""
    people = [Voter(member, "A", bytes(16)) for member in ("z", "é", "\uff5e", "\U0001f600")]

    assert making.roll(people[::-1]) == e.Roll(4, merkle.root([merkle.leaf(voter.leaf()) for voter in people]))


# ---- trustees ----------------------------------------------------------------------------------------------------------


def keys() -> dict[int, e.TrusteeKey]:
    return {j: making.trustee_key(CER, j, [5 + j, 6], 7, SEED) for j in (3, 1, 2)}


@needs_shared
def test_the_contracts_own_keys_of_trustees() -> None:
    vector = PROTOCOL["trustee_key"]
    for one in vector["trustees"]:
        coefficients = [scalar(text) for text in one["coefficients"]]
        made = making.trustee_key(bytes.fromhex(vector["cer"]), one["index"], coefficients, scalar(one["w"]), SEED)

        value = json.loads(e.dump(made))
        signature.check(IDENTITY, e.signed_bytes(made), made.signature, "key")
        del value["signature"]
        proof = {"commitment": one["R"], "response": one["z"]}
        expected = {"kind": "trustee-key", "index": one["index"], "commitments": one["commitments"], "proof": proof}
        assert value == expected
        assert json.loads(e.signed_bytes(made)) == expected


@needs_shared
def test_the_contracts_own_readiness() -> None:
    vector, seed = PROTOCOL["ready"], bytes.fromhex(PROTOCOL["signature"]["ed25519_seed"])
    for one in vector["trustees"]:
        ctx = bytes.fromhex(vector["ctx"])
        made = making.trustee_ready(ctx, one["index"], scalar(one["x"]), scalar(one["w"]), seed)

        assert e.signed_bytes(made).decode() == one["signed"]
        assert made.signature.hex() == one["signature"]


@needs_shared
def test_the_contracts_own_signed_entry() -> None:
    vector = PROTOCOL["signature"]
    entry = e.parse(vector["entry"].encode())
    assert isinstance(entry, e.TrusteeCommit)

    made = making.sign(replace(entry, signature=making.UNSIGNED), bytes.fromhex(vector["ed25519_seed"]))

    assert e.dump(made).decode() == vector["entry"]


def test_a_commitment_is_to_the_bytes_of_the_key_and_signed() -> None:
    for j, key in keys().items():
        made = making.trustee_commit(key, SEED)

        assert (made.index, made.commit) == (j, sha512(e.dump(key)).digest())
        signature.check(IDENTITY, e.signed_bytes(made), made.signature, "commitment")


def test_a_confirmation_is_of_all_keys_in_order_and_signed() -> None:
    made = making.trustee_confirm(2, keys(), SEED)

    in_order = b"".join(e.dump(key) for _, key in sorted(keys().items()))
    assert (made.index, made.keys) == (2, sha512(in_order).digest())
    signature.check(IDENTITY, e.signed_bytes(made), made.signature, "confirmation")


def test_a_share_goes_from_one_trustee_to_one_other() -> None:
    box = bytes(31) + b"\1"
    raw = making.share_message(CER, 3, e.Trustee(2, "Bo", IDENTITY, ceremony.box_key(box)), 5, SEED)

    share = contribution.read_share(raw)
    assert (share.ceremony, share.sender, share.to) == (CER, 3, 2)
    assert ceremony.open_share(share.enc, share.ct, CER, 3, 2, box) == 5
    share.check(IDENTITY)


# ---- voters and mixers ---------------------------------------------------------------------------------------------------


def contests(vector: dict[str, Any]) -> tuple[e.Contest, ...]:
    return tuple(
        e.Contest(
            id=one["id"],
            title="",
            seats=1,
            max_ranks=one["m"],
            min_ballots=2,
            candidates=tuple(e.Candidate(f"c{i}", "", reopen=False) for i in range(one["n"])),
            rule={"id": "scottish-stv"},
            constraints=(),
            after=(),
        )
        for one in vector["contests"]
    )


@needs_shared
@pytest.mark.parametrize("number", range(3))
def test_the_contracts_own_ballots(number: int) -> None:
    vector = PROTOCOL["ballot"][number]
    booth = Booth("ref-vectors", bytes.fromhex(vector["ctx"]), element(vector["Y"]), contests(vector))
    secret = scalar(vector["sk"])
    drawn = chance(*(scalar(one["r"]) for one in vector["contests"]), *(scalar(text) for text in vector["w"]))
    voter = Credential(secret, group.multiply_base(secret))

    made = booth.seal(voter, bytes.fromhex(vector["previous"]), [one["ranking"] for one in vector["contests"]], drawn)

    assert e.dump(made).decode() == vector["entry"]
    assert e.unproven_bytes(made).decode() == vector["without_proof"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_ballot_has_one_ranking_for_each_contest(count: int) -> None:
    booth = Booth(
        "x", bytes(64), group.multiply_base(9), contests({"contests": [{"id": c, "n": 3, "m": 3} for c in "ab"]})
    )
    drawn = chance(*range(1, 10))

    with pytest.raises(ValueError, match="argument"):
        booth.seal(Credential(5, group.multiply_base(5)), bytes(32), [[0]] * count, drawn)


@needs_shared
@pytest.mark.parametrize("number", range(2))
def test_the_contracts_own_shuffles(number: int) -> None:
    vector = PROTOCOL["shuffle"][number]
    names = ("r_prime", "r", "rho", "omega", "omega_hat", "omega_prime")
    drawn = chance(*swaps(vector["psi"]), *(scalar(text) for name in names for text in vector[name]))
    place = shuffle.Place(bytes.fromhex(vector["ctx"]), vector["contest"], vector["mixer"], element(vector["Y"]))
    sealed = bytes.fromhex(vector["input"])

    entry, output, proof = making.mix(place, 3, sealed, drawn, SEED)

    assert (output.hex(), proof.hex()) == (vector["output"], vector["proof"])
    refs = [e.Ref(sha256(blob).digest(), len(blob)) for blob in (sealed, output, proof)]
    assert [entry.input, entry.output, entry.proof] == refs
    assert (entry.contest, entry.mixer, entry.trustee) == (vector["contest"], vector["mixer"], 3)
    signature.check(IDENTITY, e.signed_bytes(entry), entry.signature, "shuffle")


@needs_shared
def test_the_contracts_own_factors() -> None:
    vector = PROTOCOL["decrypt"]
    sealed = bytes.fromhex(vector["list"])
    for one in vector["decrypts"]:
        place = decryption.Place(bytes.fromhex(vector["ctx"]), vector["contest"], one["trustee"])

        entry, blob = making.decrypt(place, scalar(one["x"]), sealed, chance(scalar(one["r"])), SEED)

        assert blob.hex() == one["factors"]
        assert entry.proofs == (e.Equality(scalar(one["c"]), scalar(one["s"])),)
        assert [entry.input, entry.factors] == [e.Ref(sha256(it).digest(), len(it)) for it in (sealed, blob)]
        assert (entry.contest, entry.trustee) == (vector["contest"], one["trustee"])
        signature.check(IDENTITY, e.signed_bytes(entry), entry.signature, "decrypt")


@needs_shared
def test_the_contracts_own_result() -> None:
    vector = PROTOCOL["result"]
    papers = Counter(map(tuple, vector["papers_in"]))

    assert tally.Opened(vector["blank"], vector["invalid"], papers).blob().decode() == vector["blob"]
